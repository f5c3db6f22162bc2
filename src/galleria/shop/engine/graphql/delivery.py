"""What is answered to who asks for a file below ``/downloadable/download/``: decided here, sent by the web.

Addresses are Magento's: ``link/id/HASH/`` (bought), ``sample/sample_id/N/`` and ``linkSample/link_id/N/`` (public).
"""

from __future__ import annotations

import html
import mimetypes
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, quote

from django.db.models import F, Q
from django.utils import timezone

from galleria.shop.engine import project as projects
from galleria.shop.engine.graphql import accounts, downloads
from galleria.shop.engine.graphql.context import RequestContext
from galleria.shop.engine.graphql.endpoint import caller_of
from galleria.shop.engine.graphql.records.models import CustomerToken, PurchasedLink
from galleria.shop.engine.served_files import find_below
from galleria.shop.engine.shelf.models import DownloadLink, DownloadSample

if TYPE_CHECKING:
    from collections.abc import Mapping

Headers = tuple[tuple[str, str], ...]

NOT_FOUND: Final = "We can't find the link you requested."
NOT_YET: Final = "The link is not available."
EXPIRED: Final = "The link has expired."
SIGN_IN: Final = "Sign in and open your downloads again: this address was made for somebody who is signed in."

_GUARDED: Final[Headers] = (
    ("x-content-type-options", "nosniff"),
    ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    ("referrer-policy", "no-referrer"),
    ("x-robots-tag", "noindex, nofollow"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for a file. Header names in lower case; ``counts``: whether the file is really sent (GET)."""

    path: str
    query_string: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Delivery:
    """What to answer: a file, or a body."""

    status: int
    headers: Headers
    file: Path | None = None
    body: bytes = b""


def decide(asked: Asked) -> Delivery:
    """Return the answer to a request; a file that is sent counts as fetched."""
    parts = asked.path.removeprefix(downloads.PREFIX).strip("/").split("/")
    match parts:
        case ["link", "id", name]:
            return _bought(name, asked)
        case ["sample", "sample_id", number] if number.isdecimal():
            sample = DownloadSample.objects.filter(pk=number[:18], product__is_public=True).first()
            return _refused(404, NOT_FOUND) if sample is None else _shown(sample.file, sample.url)
        case ["linkSample", "link_id", number] if number.isdecimal():
            link = DownloadLink.objects.filter(pk=number[:18], product__is_public=True).first()
            return _refused(404, NOT_FOUND) if link is None else _shown(link.sample_file, link.sample_url)
        case _:
            return _refused(404, NOT_FOUND)


def _shown(file: str, url: str) -> Delivery:
    """Return a sample's file, which anybody may see."""
    return _handed_over(file, url, "public, max-age=3600")


def _bought(name: str, asked: Asked) -> Delivery:
    """Return a bought file to its buyer. Another's is not told from one that there is not."""
    link = PurchasedLink.objects.filter(hash=name).select_related("line__order").first()
    if link is None:
        return _refused(404, NOT_FOUND)
    if not link.is_shareable and link.line.order.user_id is not None:
        asker = _asker(name, asked)
        if asker is None:
            return _refused(403, SIGN_IN)
        if asker != link.line.order.user_id:
            return _refused(404, NOT_FOUND)
    status = downloads.status_of(link)
    if status == downloads.PENDING:
        return _refused(403, NOT_YET)
    if status == downloads.EXPIRED:
        return _refused(410, EXPIRED)
    answer = _handed_over(link.file, link.url, "private, no-store")
    if answer.status < 400 and asked.counts and not _count(link):
        return _refused(410, EXPIRED)
    return answer


def _asker(name: str, asked: Asked) -> int | None:
    """Return who asks: whom the ticket in the address is for while they are signed in, or whose token is sent."""
    customer = accounts.current_customer(RequestContext(caller_of(asked.headers)))
    if customer is not None:
        return int(customer.pk)
    holder = downloads.holder_of(name, parse_qs(asked.query_string).get("ticket", [""])[0])
    signed_in = CustomerToken.objects.filter(user_id=holder, expires_at__gt=timezone.now(), user__is_active=True)
    return holder if holder is not None and signed_in.exists() else None


def _count(link: PurchasedLink) -> bool:
    """Count one more fetch, unless it would be one too many: condition and change are one statement."""
    room = PurchasedLink.objects.filter(Q(allowed=0) | Q(used__lt=F("allowed")), pk=link.pk)
    return bool(room.update(used=F("used") + 1))


def _handed_over(file: str, url: str, caching: str) -> Delivery:
    """Return a kept file, or the way to one that is kept elsewhere: the store itself fetches nothing."""
    if not file and url.startswith(("https://", "http://")):
        headers = (*_GUARDED, ("location", url), ("cache-control", "no-store"))
        return Delivery(302, headers)
    found = find_below(projects.current().downloads, file)
    if found is None:
        return _refused(404, NOT_FOUND)
    name = Path(file).name
    plain = "".join(sign if sign.isascii() and sign.isprintable() and sign not in '"\\%' else "_" for sign in name)
    headers = (
        ("content-type", mimetypes.guess_type(name)[0] or "application/octet-stream"),
        ("content-disposition", f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"),
        ("content-length", str(found.stat().st_size)),
        ("cache-control", caching),
        *_GUARDED,
    )
    return Delivery(200, headers, file=found)


def _refused(status: int, sentence: str) -> Delivery:
    page = _PAGE.replace("SENTENCE", html.escape(sentence)).encode()
    headers = (*_GUARDED, ("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store"))
    return Delivery(status, headers, body=page)


_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Download</title>
<style>
:root { color-scheme: light dark; font: 1.125rem/1.6 system-ui, sans-serif }
body { margin: 0; min-height: 100vh; display: grid; place-items: center }
main { max-width: 34rem; padding: 2rem; text-align: center }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0 0 1rem }
</style>
</head>
<body><main><h1>SENTENCE</h1><p><a href="/">To the shop</a></p></main></body>
</html>
"""
