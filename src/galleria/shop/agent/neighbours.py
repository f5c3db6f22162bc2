"""The store's other processes, as the agent talks to them: HTTP over their Unix sockets, every wait bounded."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from galleria.contracts.errors import ErrorCode
from galleria.observability.lean import left_out
from galleria.shop.agent.refusal import Refused

with left_out("click"):  # for httpx's own command line: 6 MB and 50 ms
    import httpx

PATIENCE_SECONDS: Final = 10.0
_NO_TLS: Final = False  # there is none on a Unix socket, and loading authorities takes 10 MB and 20 ms
_KNOCK_SECONDS: Final = 2.0
_MAX_PAGE_BYTES: Final = 4 * 1024 * 1024


class NoReply(Exception):
    """There was no answer in time, or one that is too long."""


@dataclass(frozen=True)
class Reply:
    """An answer over HTTP."""

    status: int
    media_type: str
    text: str


class Neighbour:
    """The engine or the storefront of this store."""

    def __init__(self, socket: Path, host: str, missing: ErrorCode) -> None:
        self._socket = socket
        self._host = host
        self._missing = missing

    async def answers(self) -> bool:
        """Say whether someone takes connections on its socket."""
        try:
            async with asyncio.timeout(_KNOCK_SECONDS):
                _, writer = await asyncio.open_unix_connection(str(self._socket))
        except (OSError, TimeoutError):
            return False
        writer.close()
        return True

    async def require(self) -> None:
        """:raises Refused: ``engine_unreachable`` or ``storefront_unreachable``, when it doesn't answer."""
        if not await self.answers():
            part = "engine" if self._missing is ErrorCode.ENGINE_UNREACHABLE else "storefront"
            raise Refused(self._missing, f"The {part} does not answer; try again when it is up.")

    async def ask(self, method: str, path: str, body: dict[str, object] | None = None) -> Reply:
        """Send one request and return the answer, read whole; redirects are not followed.

        :raises NoReply: no answer in time, or one too long.
        """
        transport = httpx.AsyncHTTPTransport(uds=str(self._socket), verify=_NO_TLS)
        try:
            async with (
                asyncio.timeout(PATIENCE_SECONDS),
                httpx.AsyncClient(transport=transport, timeout=PATIENCE_SECONDS, trust_env=False) as client,
                client.stream(method, f"http://{self._host}{path}", json=body) as response,
            ):
                content = b""
                async for chunk in response.aiter_bytes():
                    content += chunk
                    if len(content) > _MAX_PAGE_BYTES:
                        raise NoReply
                media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
                return Reply(response.status_code, media_type, content.decode("utf-8", "replace"))
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError) as error:
            raise NoReply from error
