"""The small question on its own connection, asked of a server that misbehaves."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from galleria.shop.storefront.data.errors import EngineUnavailable
from galleria.shop.storefront.data.looking import Look

GOOD = b"HTTP/1.1 200 OK\r\nX-Word: %s\r\nContent-Length: 2\r\n\r\n{}"


class Server:
    """Answers each request with the next of ``answers``; None closes the connection instead."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.answers: list[bytes | None] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                answer = self.answers.pop(0)
                if answer is None:
                    return
                writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    with tempfile.TemporaryDirectory(prefix="g-look-") as folder:
        made = Server(Path(folder) / "e.sock")
        handler: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]] = made.serve
        async with await asyncio.start_unix_server(handler, made.socket):
            yield made


async def test_one_connection_serves_many_looks(server: Server) -> None:
    server.answers = [GOOD % b"one", GOOD % b"one", GOOD % b"two"]
    look = Look(str(server.socket), "shop", 5)
    assert [await look.header("X-Word") for _ in range(3)] == [(200, "one"), (200, "one"), (200, "two")]
    assert await _connections(server) == 1
    await look.close()


async def test_a_connection_that_was_closed_meanwhile_is_made_anew(server: Server) -> None:
    server.answers = [GOOD % b"one", None, GOOD % b"two"]
    look = Look(str(server.socket), "shop", 5)
    assert await look.header("X-Word") == (200, "one")
    assert await look.header("X-Word") == (200, "two")
    assert await _connections(server) == 2
    await look.close()


async def test_a_server_that_closes_does_not_keep_the_connection(server: Server) -> None:
    server.answers = [b"HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", GOOD % b"one"]
    look = Look(str(server.socket), "shop", 5)
    assert await look.header("X-Word") == (503, None)
    assert await look.header("X-Word") == (200, "one")
    await look.close()


@pytest.mark.parametrize("answer", [None, b"rubbish\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"])
async def test_no_answer_is_an_engine_that_is_away(server: Server, answer: bytes | None) -> None:
    server.answers = [answer, answer]
    look = Look(str(server.socket), "shop", 5)
    with pytest.raises(EngineUnavailable):
        await look.header("X-Word")


async def test_a_slow_answer_is_an_engine_that_is_away_and_is_never_taken_for_the_next(server: Server) -> None:
    server.answers = [b"", GOOD % b"one"]
    look = Look(str(server.socket), "shop", 0.05)
    with pytest.raises(EngineUnavailable):
        await look.header("X-Word")
    assert await look.header("X-Word") == (200, "one")
    await look.close()


async def test_nobody_there_is_an_engine_that_is_away() -> None:
    with pytest.raises(EngineUnavailable):
        await Look("/nowhere/e.sock", "shop", 5).header("X-Word")


async def _connections(server: Server) -> int:
    await asyncio.sleep(0)
    return server.connections
