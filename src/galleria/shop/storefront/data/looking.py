"""One small question asked over and over on one connection: what a page costs more when it must be fresh.

Once a page, so every microsecond shows: over the pool of httpx it takes 1.0 ms, here 0.3 ms.
"""

from __future__ import annotations

import asyncio
from typing import Final

import h11

from galleria.shop.storefront.data.errors import EngineUnavailable

QUESTION: Final = "/graphql?query={__typename}"
"""The smallest document there is; every GraphQL server answers it."""
_CHUNK: Final = 65_536
_TRIES: Final = 2


class Look:
    """Asks over a Unix socket for the headers of an answer. One at a time; the caller sees to that."""

    def __init__(self, socket: str, host: str, seconds: float) -> None:
        self._socket = socket
        self._request = h11.Request(method="GET", target=QUESTION, headers=[("Host", host)])
        self._seconds = seconds
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._protocol = h11.Connection(h11.CLIENT)

    async def header(self, name: str) -> tuple[int, str | None]:
        """Return the status of the answer and one of its headers.

        Raises `EngineUnavailable`. A connection that was kept may have been closed at its other end: then once more.
        """
        for left in reversed(range(_TRIES)):
            fresh = self._streams is None
            try:
                async with asyncio.timeout(self._seconds):
                    return await self._ask(name.lower().encode())
            except (OSError, EOFError, TimeoutError, h11.ProtocolError) as error:
                await self.close()
                if fresh or not left or isinstance(error, TimeoutError):
                    raise EngineUnavailable(type(error).__name__) from error
            except asyncio.CancelledError:
                await self.close()  # an answer half read is nobody's
                raise
        raise EngineUnavailable("no answer")

    async def close(self) -> None:
        """Give the connection back."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _ask(self, name: bytes) -> tuple[int, str | None]:
        if self._streams is None:
            self._streams = await asyncio.open_unix_connection(self._socket)
            self._protocol = h11.Connection(h11.CLIENT)
        reader, writer = self._streams
        writer.write((self._protocol.send(self._request) or b"") + (self._protocol.send(h11.EndOfMessage()) or b""))
        status, found = 0, None
        while not isinstance(event := self._protocol.next_event(), h11.EndOfMessage):
            if event is h11.NEED_DATA:
                self._protocol.receive_data(await reader.read(_CHUNK))
            elif isinstance(event, h11.ConnectionClosed):
                raise EOFError
            elif isinstance(event, h11.Response):
                status = event.status_code
                found = next((value.decode("latin-1") for key, value in event.headers if key == name), None)
        if self._protocol.our_state is h11.DONE and self._protocol.their_state is h11.DONE:
            self._protocol.start_next_cycle()
        else:
            await self.close()
        return status, found
