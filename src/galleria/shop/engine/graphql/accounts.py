"""Who a customer is: sign-in, tokens, passwords. Tokens are kept as digests, passwords as Django hashes them."""

from __future__ import annotations

import hashlib
import re
import secrets
import string
from datetime import timedelta
from typing import TYPE_CHECKING, Final, cast

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from galleria.shop.engine.graphql.errors import InvalidInput, NotAuthenticated, NotAuthorized
from galleria.shop.engine.graphql.limits import PER_ACCOUNT_FAILURES
from galleria.shop.engine.graphql.records.models import CustomerProfile, CustomerToken

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser

    from galleria.shop.engine.graphql.context import RequestContext

TOKEN_LIFETIME: Final = timedelta(hours=1)
MIN_PASSWORD_LENGTH: Final = 8
MIN_PASSWORD_CLASSES: Final = 3
MAX_PASSWORD_LENGTH: Final = 256
NOT_SIGNED_IN: Final = "The current customer isn't authorized."
SIGN_IN_REFUSED: Final = (
    "The account sign-in was incorrect or your account is disabled temporarily. Please wait and try again later."
)
_NAME: Final = re.compile(r"[\w\s.,'\u2019`&\-()]{1,255}")


def current_customer(context: RequestContext) -> AbstractUser | None:
    """Return who is signed in, None for a guest or a token that is not (or no longer) good."""
    token = context.caller.token
    if token is None:
        return None
    return context.once("customer", lambda: _customer_of(token))


def require_customer(context: RequestContext, message: str = NOT_SIGNED_IN) -> AbstractUser:
    """Return who is signed in. Raises NotAuthorized for a guest."""
    customer = current_customer(context)
    if customer is None:
        raise NotAuthorized(message)
    return customer


def _customer_of(token: str) -> AbstractUser | None:
    found = (
        CustomerToken.objects.filter(digest=_digest(token), expires_at__gt=timezone.now(), user__is_active=True)
        .select_related("user", "user__profile")
        .first()
    )
    return None if found is None else cast("AbstractUser", found.user)


def profile_of(user: AbstractUser) -> CustomerProfile:
    """Return a customer's profile, an unsaved one when there is none yet."""
    try:
        profile: CustomerProfile = user.profile  # type: ignore[attr-defined]
    except CustomerProfile.DoesNotExist:
        profile = CustomerProfile(user=user)
    return profile


def customer_by_email(email: str) -> AbstractUser | None:
    """Return the customer with this address in any case, None when there is none."""
    found = get_user_model().objects.filter(email__iexact=email.strip(), is_staff=False).first()
    return cast("AbstractUser | None", found)


def sign_in(context: RequestContext, email: str, password: str) -> str:
    """Return a new token.

    Raises NotAuthenticated with the same words for an unknown address and a wrong password, RequestRefused (429) after
    too many failures, InvalidInput when one of the two is empty.
    """
    if not email:
        raise InvalidInput('Specify the "email" value.')
    if not password:
        raise InvalidInput('Specify the "password" value.')
    key = f"{context.caller.address}\0{email.strip().casefold()}"
    context.limiter.require_room("sign-in", key, PER_ACCOUNT_FAILURES)
    user = customer_by_email(email)
    if not _password_fits(user, password):
        context.limiter.attempt("sign-in", key, PER_ACCOUNT_FAILURES)
        raise NotAuthenticated(SIGN_IN_REFUSED)
    if user is None:  # pragma: no cover - _password_fits has refused
        raise NotAuthenticated(SIGN_IN_REFUSED)
    token = secrets.token_urlsafe(24)
    CustomerToken.objects.create(digest=_digest(token), user=user, expires_at=timezone.now() + TOKEN_LIFETIME)
    return token


def sign_out(context: RequestContext, user: AbstractUser) -> None:
    """Void every token of a customer, as Magento's revocation does."""
    CustomerToken.objects.filter(user=user).delete()
    context.forget("customer")


def require_password(user: AbstractUser, password: str) -> None:
    """Raise NotAuthenticated unless this is the customer's password."""
    if not _password_fits(user, password):
        raise NotAuthenticated("Invalid login or password.")


def _password_fits(user: AbstractUser | None, password: str) -> bool:
    """Take the same time whether the account exists or not."""
    if len(password) > MAX_PASSWORD_LENGTH:
        return False
    if user is None or not user.is_active:
        check_password(password, _unknown_account_hash())
        return False
    return user.check_password(password)


_unknown_hash: str | None = None


def _unknown_account_hash() -> str:
    global _unknown_hash
    if _unknown_hash is None:
        _unknown_hash = make_password(secrets.token_urlsafe(8))
    return _unknown_hash


def check_new_password(password: str) -> None:
    """Raise InvalidInput for a password that Magento's stock rules refuse."""
    if len(password) < MIN_PASSWORD_LENGTH:
        raise InvalidInput(
            f"The password needs at least {MIN_PASSWORD_LENGTH} characters. Create a new password and try again."
        )
    if len(password) > MAX_PASSWORD_LENGTH:
        raise InvalidInput("Please enter a password with at most 256 characters.")
    if password.strip() != password:
        raise InvalidInput("The password can't begin or end with a space. Verify the password and try again.")
    classes = (str.islower, str.isupper, str.isdigit, lambda c: c in string.punctuation or not c.isalnum())
    if sum(any(test(c) for c in password) for test in classes) < MIN_PASSWORD_CLASSES:
        raise InvalidInput(
            f"Minimum of different classes of characters in password is {MIN_PASSWORD_CLASSES}. "
            "Classes of characters: Lower Case, Upper Case, Digits, Special Characters."
        )


def is_email(text: str) -> bool:
    """Say whether this looks like an e-mail address."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def check_name(value: str, label: str) -> None:
    """Raise InvalidInput for a name with anything that no name has (links, markup)."""
    if value and not _NAME.fullmatch(value):
        raise InvalidInput(f"{label} is not valid!")


def create_customer(email: str, password: str | None, firstname: str, lastname: str) -> AbstractUser:
    """Return a new customer. Raises InvalidInput when the address is taken."""
    model = get_user_model()
    address = email.strip()
    taken = InvalidInput("A customer with the same email address already exists in an associated website.")
    if model.objects.filter(email__iexact=address).exists():
        raise taken
    user = cast("AbstractUser", model(email=address, first_name=firstname, last_name=lastname))
    if any(f.name == "username" for f in model._meta.get_fields()):
        user.username = "c-" + hashlib.sha256(address.casefold().encode()).hexdigest()[:28]
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise taken from None
    return user


def reset_token(user: AbstractUser) -> str:
    """Return what a customer proves the ownership of the address with; good once, for a day."""
    return default_token_generator.make_token(user)


def reset_password(email: str, token: str, password: str) -> None:
    """Set a new password. Raises InvalidInput for a bad address, token or password."""
    if not email or not is_email(email):
        raise InvalidInput("The email address has an invalid format.")
    if not token:
        raise InvalidInput("resetPasswordToken must be specified")
    if not password:
        raise InvalidInput("newPassword must be specified")
    user = customer_by_email(email)
    if user is None or not default_token_generator.check_token(user, token):
        raise InvalidInput("The password token is mismatched. Reset and try again.")
    check_new_password(password)
    _set_password(user, password)


def change_password(context: RequestContext, user: AbstractUser, current: str, password: str) -> None:
    """Set a new password and void every sign-in but the one that asks.

    Raises InvalidInput for an absent or bad password, NotAuthenticated when ``current`` is not the old one.
    """
    if not current:
        raise InvalidInput('Specify the "currentPassword" value.')
    if not password:
        raise InvalidInput('Specify the "newPassword" value.')
    require_password(user, current)
    check_new_password(password)
    _set_password(user, password, keep=context.caller.token)


def _set_password(user: AbstractUser, password: str, keep: str | None = None) -> None:
    """Whoever signed in with the old password, or stole a token of it, is out; ``keep`` names a token that is not."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        CustomerToken.objects.filter(user=user).exclude(digest=_digest(keep or "")).delete()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
