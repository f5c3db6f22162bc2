"""The merchant's account: made at provisioning, its password set anew on request."""

from __future__ import annotations

import secrets
import string
from typing import TYPE_CHECKING, Final

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session

from galleria.shop.engine.commands.files import write_secret
from galleria.shop.engine.problems import Problem

if TYPE_CHECKING:
    from galleria.shop.engine.project import Project

_ALPHABET: Final = string.ascii_letters + string.digits
_GROUPS: Final = 4
_GROUP_LENGTH: Final = 5


def new_password() -> str:
    """Return a password that is hard to guess and can be typed: four groups, 119 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))


def ensure_account(project: Project) -> bool:
    """Make the merchant's account unless there is one, and return whether it was made."""
    users = User.objects
    found = users.filter(is_staff=True, email__iexact=project.merchant_email).first()
    if found is not None and project.merchant_login.exists():
        return False
    password = new_password()
    if found is None:
        users.create_superuser(f"merchant-{project.store_id}", project.merchant_email, password)
    else:
        found.set_password(password)
        found.save(update_fields=["password"])
    _write_login(project, project.merchant_email, password)
    return True


def reset(project: Project, email: str | None) -> dict[str, object]:
    """Give a member of the staff a new password, end every session, and return how to sign in.

    Raises Problem when nobody of the staff has this address.
    """
    wanted = email or project.merchant_email
    user = User.objects.filter(is_staff=True, email__iexact=wanted).first()
    if user is None:
        raise Problem(f"Nobody of the store's staff has the address {wanted}.")
    password = new_password()
    user.set_password(password)
    user.save(update_fields=["password"])
    Session.objects.all().delete()  # only the admin has sessions
    _write_login(project, user.email, password)
    return {"email": user.email, "password": password, "url": _url(project), "kept_in": project.merchant_login.name}


def _write_login(project: Project, email: str, password: str) -> None:
    write_secret(project.merchant_login, f"email: {email}\npassword: {password}\nurl: {_url(project)}\n")


def _url(project: Project) -> str:
    return f"{project.public_url}/admin/"
