"""The client turns every end of a call into an answer, a 'later' or a 'give up', and trusts no store."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import Operation, Slot
from galleria.control.clients import agent as agents
from galleria.control.clients.agent import AgentBusy, AgentRefused, ShopAgentClient
from galleria.control.clients.signing import load_or_create
from tests.support.running_agent import ACTOR, STORE, running_agent


@asynccontextmanager
async def answering(
    folder: Path, answer: bytes, hold: bool = False, name: str = "agent.sock", asked: list[bytes] | None = None
) -> AsyncIterator[ShopAgentClient]:
    """Something on the agent's socket that says ``answer`` to everything, and keeps in ``asked`` what it was asked."""
    (folder / STORE).mkdir(parents=True, exist_ok=True)
    held: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if asked is not None:
            asked.append(head.split(b"\r\n", 1)[0])
        writer.write(answer)
        await writer.drain()
        if hold:
            held.append(writer)
        else:
            writer.close()

    server = await asyncio.start_unix_server(serve, str(folder / STORE / name))
    try:
        yield ShopAgentClient(folder, STORE, load_or_create(folder / "key"), ACTOR)
    finally:
        for writer in held:
            writer.close()
        server.close()
        await server.wait_closed()


def http(status: int, body: object) -> bytes:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
        status,
        len(text),
        text,
    )


def failure(code: str, retryable: bool, message: str = "No.") -> dict[str, object]:
    at = "2026-01-01T00:00:00Z"
    return {
        "request_id": "req-12345678",
        "timestamp": at,
        "status": "failure",
        "message": message,
        "error_code": code,
        "retryable": retryable,
    }


async def test_every_operation_comes_through_to_a_real_agent() -> None:
    with running_agent() as running:
        client = running.client
        assert (await client.health()).data.healthy
        assert (await client.status()).data.documents == 42
        assert (await client.cache_flush()).data.entries_removed == 7
        assert (await client.index_reindex()).data.documents == 42
        assert (await client.cron_run()).data.jobs_run == 3
        assert (await client.diagnostics()).data.checks
        assert (await client.verify_smoke()).data.passed
        assert (await client.status("req-of-the-plane")).request_id == "req-of-the-plane"
        running.stop()
        with pytest.raises(AgentBusy) as caught:
            await client.status()
        assert caught.value.error_code is ErrorCode.AGENT_UNREACHABLE


async def test_a_path_too_long_for_a_socket_address_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("d" * 100)
    (deep / STORE).mkdir(parents=True)
    monkeypatch.chdir(deep / STORE)  # a server needs the trick too

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(http(409, failure("operation_busy", True)))
        writer.close()

    server = await asyncio.start_unix_server(serve, "agent.sock")
    assert len(str(deep / STORE / "agent.sock")) > 107
    with pytest.raises(AgentBusy) as caught:
        await ShopAgentClient(deep, STORE, load_or_create(tmp_path / "key"), ACTOR).status()
    assert caught.value.error_code is ErrorCode.OPERATION_BUSY
    server.close()
    await server.wait_closed()


async def test_failures_are_sorted_by_what_to_do_next(tmp_path: Path) -> None:
    async with answering(tmp_path / "a", http(503, failure("engine_unreachable", True))) as client:
        with pytest.raises(AgentBusy) as busy:
            await client.cache_flush()
        assert busy.value.error_code is ErrorCode.ENGINE_UNREACHABLE
    async with answering(tmp_path / "b", http(502, failure("operation_failed", False))) as client:
        with pytest.raises(AgentRefused) as refused:
            await client.cache_flush()
        assert refused.value.error_code is ErrorCode.OPERATION_FAILED


@pytest.mark.parametrize(
    "answer",
    [
        http(200, {"status": "success"}),
        http(200, b"<html>"),
        http(500, b""),
        http(502, failure("unheard_of", False)),
        http(200, b"[" * 1_000_000),
        http(302, b""),
    ],
)
async def test_an_answer_in_another_form_is_given_up(tmp_path: Path, answer: bytes) -> None:
    async with answering(tmp_path, answer) as client:
        with pytest.raises(AgentRefused) as caught:
            await client.status()
        assert caught.value.error_code is ErrorCode.INTERNAL


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx"])
async def test_a_connection_that_breaks_is_retryable(tmp_path: Path, answer: bytes) -> None:
    async with answering(tmp_path, answer) as client:
        with pytest.raises(AgentBusy) as caught:
            await client.status()
        assert caught.value.error_code is ErrorCode.AGENT_UNREACHABLE


async def test_silence_ends_with_the_operations_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agents, "GRACE_SECONDS", 0.1 - Operation.STATUS.timeout_seconds)
    async with answering(tmp_path, b"", hold=True) as client:
        with pytest.raises(AgentBusy):
            await client.status()


async def test_what_a_store_says_is_cut_and_cleaned(tmp_path: Path) -> None:
    message = "Mail jane.roe@example.com\nx" + "y" * 1000
    async with answering(tmp_path, http(502, failure("operation_failed", False, message))) as client:
        with pytest.raises(AgentRefused) as caught:
            await client.status()
        assert "jane.roe" not in caught.value.message
        assert len(caught.value.message) <= 300
        assert "\n" not in caught.value.message


async def test_a_link_to_anothers_socket_is_not_followed(tmp_path: Path) -> None:
    key = load_or_create(tmp_path / "key")
    async with answering(tmp_path, http(409, failure("operation_busy", True))):
        link = tmp_path / "shop-002" / "agent.sock"
        _link(link, tmp_path / STORE / "agent.sock")
        with pytest.raises(AgentBusy) as caught:
            await ShopAgentClient(tmp_path, "shop-002", key, ACTOR).status()
        assert caught.value.error_code is ErrorCode.AGENT_UNREACHABLE


async def test_each_slot_is_asked_at_its_own_socket_and_the_link_names_the_live_one(tmp_path: Path) -> None:
    key = load_or_create(tmp_path / "key")
    blue, green = (http(409, failure("operation_busy", True, word)) for word in ("blue", "green"))
    heads: list[bytes] = []
    async with (
        answering(tmp_path, blue, name="agent-blue.sock"),
        answering(tmp_path, green, name="agent-green.sock", asked=heads),
    ):
        live = tmp_path / STORE / "agent.sock"
        for named in ("blue", "green"):
            live.unlink(missing_ok=True)
            live.symlink_to(f"agent-{named}.sock")
            for slot, word in ((None, named), (Slot.BLUE, "blue"), (Slot.GREEN, "green")):
                with pytest.raises(AgentBusy) as caught:
                    await ShopAgentClient(tmp_path, STORE, key, ACTOR, slot).status()
                assert caught.value.message == word
        heads.clear()
        for storefront in (None, Slot.BLUE):
            with pytest.raises(AgentBusy):
                await ShopAgentClient(tmp_path, STORE, key, ACTOR, Slot.GREEN).verify_smoke(storefront=storefront)
    assert heads == [b"POST /verify/smoke HTTP/1.1", b"POST /verify/smoke?storefront=blue HTTP/1.1"]


@pytest.mark.parametrize("name", ["agent.sock", "agent-green.sock"])
async def test_a_slot_that_is_a_link_to_anothers_socket_is_not_asked(tmp_path: Path, name: str) -> None:
    key = load_or_create(tmp_path / "key")
    async with answering(tmp_path, http(409, failure("operation_busy", True)), name="agent-blue.sock"):
        theirs = tmp_path / "shop-002"
        theirs.mkdir()
        (theirs / name).symlink_to(f"../{STORE}/agent-blue.sock")
        if name != "agent.sock":
            (theirs / "agent.sock").symlink_to(name)
        with pytest.raises(AgentBusy) as caught:
            await ShopAgentClient(tmp_path, "shop-002", key, ACTOR).status()
        assert caught.value.error_code is ErrorCode.AGENT_UNREACHABLE


async def test_no_agent_and_no_store_id(tmp_path: Path) -> None:
    key = load_or_create(tmp_path / "key")
    with pytest.raises(AgentBusy):
        await ShopAgentClient(tmp_path, STORE, key, ACTOR).health()
    with pytest.raises(AgentRefused):
        ShopAgentClient(tmp_path, "../shop-001", key, ACTOR)


def _link(link: Path, target: Path) -> None:
    link.parent.mkdir()
    link.symlink_to(target)
