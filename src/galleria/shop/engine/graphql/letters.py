"""Letters to customers and to the merchant, through Django's mail settings of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import send_mail

from galleria.observability import logs
from galleria.shop.engine.graphql import configuration, downloads
from galleria.shop.engine.graphql.records.models import PurchasedLink

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser
    from oscar.apps.order.abstract_models import AbstractOrder

    from galleria.shop.engine.graphql.records.models import ContactMessage

log = logs.get(__name__)


def password_reset(user: AbstractUser, token: str) -> None:
    """Send a link by which a customer sets a new password."""
    proof = urlencode({"email": user.email, "token": token})
    link = f"{configuration.public_url()}/customer/account/createPassword/?{proof}"
    _send(
        f"Reset your {configuration.shop_name()} password",
        f"To choose a new password, open this link within a day:\n\n{link}\n\nIf you did not ask for it, do nothing.\n",
        user.email,
    )


def contact(message: ContactMessage) -> None:
    """Send a shopper's message to the merchant."""
    merchant = str(getattr(settings, "OSCAR_FROM_EMAIL", settings.DEFAULT_FROM_EMAIL))
    body = f"{message.name} <{message.email}> {message.telephone}\n\n{message.comment}\n"
    _send(f"Message from {message.name[:60]}", body, merchant)


def _send(subject: str, body: str, to: str) -> None:
    """Send one letter; a mail server that is away is the operator's trouble, not the shopper's."""
    try:
        send_mail(" ".join(subject.split()), body, None, [to])
    except OSError as error:
        log.error("letter not sent", kind=type(error).__name__)


def order_placed(order: AbstractOrder) -> None:
    """Confirm an order to who placed it."""
    lines = "\n".join(f"{line.quantity} x {line.title}" for line in order.lines.all())
    total = f"{order.total_incl_tax} {order.currency}"
    body = f"Thank you for your order {order.number}.\n\n{lines}\n\nTotal: {total}\n{_files_of(order)}"
    _send(f"Your {configuration.shop_name()} order {order.number}", body, order.record.email)


def _files_of(order: AbstractOrder) -> str:
    """Return where a guest fetches what was bought; a customer finds it in the account."""
    links = PurchasedLink.objects.filter(line__order=order).select_related("line__order")
    if not links:
        return ""
    if order.user_id is not None:
        return "\nYour files are in your account as soon as your payment has come.\n"
    named = "\n".join(f"{link.title}: {downloads.address(link)}" for link in links)
    return f"\nYour files, as soon as your payment has come:\n{named}\n"
