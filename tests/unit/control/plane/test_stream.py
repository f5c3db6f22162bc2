"""A stream of events ends with the token or session that opened it, however much there is to tell."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import httpx
import pytest

from galleria.contracts.wire import TokenCreated, TokenSpec
from galleria.contracts.words import ActorKind, Role
from galleria.control.plane import access, sessions
from galleria.control.plane.api import people
from galleria.control.plane.api.app import create_app
from galleria.control.plane.events import Change, Event
from galleria.control.plane.services import tokens
from tests.support.planes import Plane

ONE = Event(type=Change.STORE, store_id="shop-001")
ORIGIN = access.Origin("req-stream-0001")


def a_token(plane: Plane, expires_in: timedelta | None = None) -> TokenCreated:
    expires_at = None if expires_in is None else plane.clock() + expires_in
    spec = TokenSpec(name="ana", role=Role.VIEWER, kind=ActorKind.HUMAN, expires_at=expires_at)
    return tokens.create_token(plane.services, plane.caller(role=Role.ADMIN), spec)


async def ends(plane: Plane, headers: dict[str, str], act: Callable[[], object], bound: float = 60) -> bool:
    """Open the stream as the app does, with news all the time; ``act``; say whether the stream ends then."""
    app = create_app(plane.services)
    listening, heard = asyncio.Event(), 0

    async def chatter() -> None:
        while True:
            plane.services.events.publish(ONE)
            await asyncio.sleep(0.005)

    async def listen() -> None:
        nonlocal heard
        sent: list[bytes] = []

        async def receive() -> dict[str, object]:
            await asyncio.sleep(3600)
            return {"type": "http.disconnect"}

        async def send(message: dict[str, object]) -> None:
            nonlocal heard
            if message["type"] == "http.response.start":
                assert message["status"] == 200
            body = message.get("body", b"")
            assert isinstance(body, bytes)
            sent.append(body)
            heard = sum(one.startswith(b"data: ") for one in sent)
            if b": still here\n\n" in sent and heard > 3:
                listening.set()

        request = httpx.Request("GET", "http://galleria.localhost/api/v1/events", headers=headers)
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/api/v1/events",
            "raw_path": b"/api/v1/events",
            "query_string": b"",
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
        }
        await app(scope, receive, send)  # type: ignore[arg-type]

    talking, stream = asyncio.create_task(chatter()), asyncio.create_task(listen())
    try:
        async with asyncio.timeout(30):
            await listening.wait()
        act()
        done, _ = await asyncio.wait([stream], timeout=bound)
        return bool(done) and stream.exception() is None
    finally:
        for task in (talking, stream):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "HEARTBEAT_SECONDS", 0.05)


@pytest.mark.parametrize("how", ["revoked", "expired", "nothing"])
async def test_a_busy_stream_ends_with_its_token(plane: Plane, how: str) -> None:
    token = a_token(plane, timedelta(hours=1))
    acts = {
        "revoked": lambda: tokens.revoke_token(plane.services, plane.caller(role=Role.ADMIN), token.token.token_id),
        "expired": lambda: plane.clock.pass_by(3601),
        "nothing": lambda: None,
    }
    headers = {"Authorization": f"Bearer {token.secret}"}
    assert await ends(plane, headers, acts[how], 2 if how == "nothing" else 60) is (how != "nothing")


@pytest.mark.parametrize("how", ["signed out", "expired", "token revoked", "nothing"])
async def test_a_busy_stream_ends_with_its_session(plane: Plane, how: str) -> None:
    token = a_token(plane)
    session = sessions.sign_in(plane.services, token.secret, ORIGIN)
    acts = {
        "signed out": lambda: sessions.sign_out(plane.services, session),
        "expired": lambda: plane.clock.pass_by(sessions.LIFETIME.total_seconds() + 1),
        "token revoked": lambda: tokens.revoke_token(
            plane.services, plane.caller(role=Role.ADMIN), token.token.token_id
        ),
        "nothing": lambda: None,
    }
    headers = {"Cookie": f"{sessions.COOKIE}={session.cookie}"}
    assert await ends(plane, headers, acts[how], 2 if how == "nothing" else 60) is (how != "nothing")
