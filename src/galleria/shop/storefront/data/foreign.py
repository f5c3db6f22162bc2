"""What an engine that is not ours, a real Magento, may answer beyond the contract, and how it is taken.

Its extensions add kinds of products that nobody here has heard of: each is then what its interface says, no more. And
one broken product of a list makes an error beside the list: the others are shown all the same.
"""

from __future__ import annotations

import json
import re
from typing import Final

KNOWN_TYPES: Final = frozenset(
    {
        *("BundleProduct", "ConfigurableProduct", "DownloadableProduct", "GroupedProduct"),
        *("SimpleProduct", "VirtualProduct"),
        *("BundleCartItem", "ConfigurableCartItem", "DownloadableCartItem", "SimpleCartItem", "VirtualCartItem"),
        *("BundleOrderItem", "DownloadableOrderItem", "OrderItem"),
        *("BundleWishlistItem", "ConfigurableWishlistItem", "DownloadableWishlistItem"),
        *("GroupedProductWishlistItem", "SimpleWishlistItem", "VirtualWishlistItem"),
    }
)
"""The contract's kinds of what a shop sells. All of theirs that are none of these have names that end alike."""
_KINDS: Final = re.compile(r"(?<=\w)(Product|CartItem|OrderItem|WishlistItem)$")
_TYPE: Final = re.compile(rb'"__typename":\s*"(\w+)"')


def known_as(name: str, operation: str) -> str:
    """Return the type that ``name`` is taken for where ``operation`` asked: itself, or the interface of its kind."""
    kind = _KINDS.search(name)
    if kind is None or name in KNOWN_TYPES:
        return name
    return "RoutableInterface" if operation == "Resolve" else f"{kind[1]}Interface"


def understood(content: bytes, operation: str) -> bytes:
    """Return the body of an answer as the contract would have it. What is no such body is returned as it is."""
    content = _TYPE.sub(lambda found: _renamed(found, operation), content)
    return _without_pieces(content) if b'"errors"' in content else content


def _renamed(found: re.Match[bytes], operation: str) -> bytes:
    name = found[1].decode()
    known = known_as(name, operation)
    return found[0] if known == name else f'"__typename":"{known}"'.encode()


def _without_pieces(content: bytes) -> bytes:
    """Leave errors out that are about a piece of the answer: the piece is null, which the contract allows for."""
    try:
        body = json.loads(content)
    except ValueError:
        return content
    errors = body.get("errors") if isinstance(body, dict) and isinstance(body.get("data"), dict) else None
    if not errors or not all(isinstance(error, dict) and len(error.get("path") or ()) > 1 for error in errors):
        return content
    return json.dumps({"data": body["data"]}).encode()
