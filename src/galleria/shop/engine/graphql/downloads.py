"""Files that customers bought: what is noted with an order, how they are listed, by which address they are fetched.

The rules are Magento's: a link's file may be fetched once the order is invoiced (its status says so), as often as the
link allowed for each piece bought, and only by who bought it unless the link is shareable.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final, cast

from ariadne import QueryType
from django.core import signing

from galleria.shop.engine.graphql import configuration
from galleria.shop.engine.graphql.accounts import require_customer
from galleria.shop.engine.graphql.customers import timestamp
from galleria.shop.engine.graphql.records.models import PurchasedLink
from galleria.shop.engine.shelf.models import DownloadLink

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.contrib.auth.models import AbstractUser
    from graphql import GraphQLResolveInfo
    from oscar.apps.order.abstract_models import AbstractLine

query = QueryType()

PENDING: Final = "pending"
AVAILABLE: Final = "available"
EXPIRED: Final = "expired"

PREFIX: Final = "/downloadable/download/"
"""Where files are fetched, as in Magento."""

TICKET_SECONDS: Final = 3600
"""How long an address that was shown may be followed: as long as a sign-in."""

_INVOICED: Final = frozenset({"Processing", "Complete"})
_CANCELLED: Final = frozenset({"Canceled"})


def note_purchase(line: AbstractLine, parts: Sequence[Mapping[str, object]]) -> None:
    """Note what the buyer of a line may fetch. ``parts`` are the links that were chosen."""
    links = DownloadLink.objects.in_bulk([int(str(part["id"])) for part in parts])
    PurchasedLink.objects.bulk_create(
        PurchasedLink(
            line=line,
            hash=secrets.token_urlsafe(32),
            title=link.title,
            file=link.file,
            url=link.url,
            allowed=link.downloads * line.quantity,
            is_shareable=link.is_shareable,
        )
        for link in links.values()
    )


def status_of(link: PurchasedLink) -> str:
    """Return Magento's word for whether the file may be fetched."""
    order_status = link.line.order.status
    if order_status in _CANCELLED or (link.allowed and link.used >= link.allowed):
        return EXPIRED
    return AVAILABLE if order_status in _INVOICED else PENDING


def purchases(customer: AbstractUser) -> list[PurchasedLink]:
    """Return everything a customer bought to download, the newest first."""
    return list(PurchasedLink.objects.filter(line__order__user=customer).select_related("line__order").order_by("-pk"))


def address(link: PurchasedLink) -> str:
    """Return where the file is fetched by who may see this.

    It is for the buyer's eyes: unless the link is shareable it carries a ticket, which is good for an hour and only
    while the buyer is signed in. A guest has nothing to sign in with: the address itself, sent by letter, is the key.
    """
    plain = f"{configuration.public_url()}{PREFIX}link/id/{link.hash}/"
    buyer = link.line.order.user_id
    if link.is_shareable or buyer is None:
        return plain
    return f"{plain}?ticket={signing.dumps(buyer, salt=_salt(link.hash))}"


def holder_of(link_hash: str, ticket: str) -> int | None:
    """Return whom a ticket for the link was made for, None for one that is not (or no longer) good."""
    try:
        return cast("int", signing.loads(ticket, salt=_salt(link_hash), max_age=TICKET_SECONDS))
    except signing.BadSignature:
        return None


def _salt(link_hash: str) -> str:
    return f"galleria.downloads.{link_hash}"


@query.field("customerDownloadableProducts")
def resolve_downloads(_parent: object, info: GraphQLResolveInfo) -> dict[str, object]:
    """Answer what a customer bought to download."""
    return {"items": [_item(link) for link in purchases(require_customer(info.context))]}


def _item(link: PurchasedLink) -> dict[str, object]:
    order = link.line.order
    return {
        "date": timestamp(order.date_placed),
        "download_url": address(link),
        "order_increment_id": order.number,
        "remaining_downloads": str(max(0, link.allowed - link.used)) if link.allowed else "Unlimited",
        "status": status_of(link),
    }


BINDABLES = (query,)
