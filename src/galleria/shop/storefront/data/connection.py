"""How the generated client's documents travel: what is public by GET, the rest by POST, each in its shopper's name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import quote

import httpx

from galleria.shop.storefront.data import asking, foreign

LONGEST_ADDRESS: Final = 7_000
"""Bytes of an address that servers in front of a Magento take as they come (nginx: 8 KiB a header line)."""


class Posting:
    """Sends documents by POST, and tells the engine which client is behind: it counts attempts by client."""

    def __init__(self, http: httpx.AsyncClient, *, ours: bool = True) -> None:
        self._http = http
        self._ours = ours

    async def post(
        self,
        url: str,
        json: object = None,
        data: object = None,
        files: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Ask; ``data`` and ``files`` are never given, no operation of ours sends files."""
        answer = await self._http.post(url, json=json, headers={**(headers or {}), **_client()})
        return self._understood(answer, json)

    def _understood(self, answer: httpx.Response, document: object) -> httpx.Response:
        if self._ours or not answer.is_success:
            return answer
        operation = str(document.get("operationName")) if isinstance(document, Mapping) else ""
        return httpx.Response(answer.status_code, content=foreign.understood(answer.content, operation))

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._http.aclose()


class Getting(Posting):
    """Sends documents by GET, so that caches in front of the engine may answer. For what everybody may see only."""

    async def post(
        self,
        url: str,
        json: object = None,
        data: object = None,
        files: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Ask by GET; by POST where the address would be too long."""
        address = f"{url}?{_query_string(json)}" if isinstance(json, Mapping) else ""
        if not address or len(address) > LONGEST_ADDRESS:
            return await super().post(url, json=json, headers=headers)
        return self._understood(await self._http.get(address, headers=headers), json)


def _client() -> dict[str, str]:
    asker = asking.current()
    return {"X-Forwarded-For": asker.address} if asker is not None and asker.address else {}


def _query_string(document: Mapping[str, object]) -> str:
    parts = [f"query={_squeezed(str(document['query']))}", f"operationName={quote(str(document['operationName']))}"]
    if variables := document.get("variables"):
        text = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
        parts.append(f"variables={quote(text, safe='')}")
    return "&".join(parts)


@lru_cache(maxsize=64)
def _squeezed(query: str) -> str:
    """Return a document without its indentation, written as part of an address."""
    return quote(" ".join(query.split()), safe="{}()!:,$")
