"""The client of shop agents: exactly one method an operation, a token of its own for each call, one address a store."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from galleria.contracts import wire
from galleria.contracts.base import Answer
from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import Failure, Success
from galleria.contracts.words import Operation, Slot, is_store_id
from galleria.control.clients.signing import Actor, SigningKey
from galleria.observability.lean import left_out
from galleria.observability.redaction import redact_text
from galleria.observability.request_ids import HEADER, request_id

with left_out("click"):  # for httpx's own command line: 6 MB and 50 ms
    import httpx

GRACE_SECONDS: Final = 5.0
"""How long an answer may take beyond the agent's own bound."""

_MAX_ANSWER_BYTES: Final = 256 * 1024
_MAX_MESSAGE: Final = 300
_SLOT_SOCKETS: Final = tuple(f"agent-{slot.value}.sock" for slot in Slot)

D = TypeVar("D", bound=Answer)


class AgentFault(Exception):
    """A call that did not do what was asked. ``message`` is fit for an operator."""

    def __init__(self, error_code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.error_code = error_code
        self.message = message


class AgentBusy(AgentFault):
    """Try the same call again later."""


class AgentRefused(AgentFault):
    """Give up: the same call will not succeed."""


class ShopAgentClient:
    """Calls one store's agent on behalf of one actor. Methods raise `AgentBusy` or `AgentRefused`, nothing else.

    ``agents`` is the folder with a folder a store, in which the agents' sockets ``agent-<slot>.sock`` lie; the one that
    ``agent.sock`` names is live. ``slot`` asks the one in that slot.
    """

    def __init__(self, agents: Path, store_id: str, key: SigningKey, actor: Actor, slot: Slot | None = None) -> None:
        if not is_store_id(store_id):
            raise AgentRefused(ErrorCode.STORE_ID_INVALID, "That is no store id.")
        self._folder = agents / store_id
        self._store_id = store_id
        self._key = key
        self._actor = actor
        self._slot = slot

    async def health(self, its_id: str | None = None) -> Success[wire.AgentHealth]:
        """Whether the agent answers."""
        return await self._call(Operation.HEALTH, Success[wire.AgentHealth], its_id)

    async def status(self, its_id: str | None = None) -> Success[wire.AgentStatus]:
        """What the agent sees of its store."""
        return await self._call(Operation.STATUS, Success[wire.AgentStatus], its_id)

    async def cache_flush(self, its_id: str | None = None) -> Success[wire.CacheFlushed]:
        """Empty the engine's cache."""
        return await self._call(Operation.CACHE_FLUSH, Success[wire.CacheFlushed], its_id)

    async def index_reindex(self, its_id: str | None = None) -> Success[wire.Reindexed]:
        """Rebuild the catalogue index."""
        return await self._call(Operation.INDEX_REINDEX, Success[wire.Reindexed], its_id)

    async def cron_run(self, its_id: str | None = None) -> Success[wire.CronRun]:
        """Run the engine's due jobs."""
        return await self._call(Operation.CRON_RUN, Success[wire.CronRun], its_id)

    async def diagnostics(self, its_id: str | None = None) -> Success[wire.Diagnostics]:
        """Look at the store's machinery."""
        return await self._call(Operation.DIAGNOSTICS, Success[wire.Diagnostics], its_id)

    async def verify_smoke(self, its_id: str | None = None, storefront: Slot | None = None) -> Success[wire.AgentSmoke]:
        """Shop, and leave nothing: in the live storefront, or in the one in this slot.

        A run that did not pass is an answer too: see ``data.passed``.
        """
        query = f"?storefront={storefront.value}" if storefront else ""
        return await self._call(Operation.VERIFY_SMOKE, Success[wire.AgentSmoke], its_id, query)

    async def _call(
        self, operation: Operation, shape: type[Success[D]], its_id: str | None, query: str = ""
    ) -> Success[D]:
        headers = {HEADER: request_id(its_id)}
        if not operation.public:
            headers["Authorization"] = f"Bearer {self._key.token(self._store_id, operation, self._actor)}"
        try:
            with _pinned(_socket(self._folder, self._slot)) as address:
                status, content = await _exchange(address, operation, query, headers)
        except (httpx.HTTPError, OSError, TimeoutError):
            raise self._unreachable() from None
        return self._understand(status, content, shape)

    def _understand(self, status: int, content: bytes, shape: type[Success[D]]) -> Success[D]:
        answer = _parsed(shape, content) if status == 200 else None
        if answer is not None:
            return answer.model_copy(update={"message": _plain(answer.message)})
        failure = _parsed(Failure, content)
        if failure is None:
            raise AgentRefused(
                ErrorCode.INTERNAL,
                f"The shop agent of {self._store_id} answered {status} in a form that is not agreed.",
            )
        raise (AgentBusy if failure.retryable else AgentRefused)(failure.error_code, _plain(failure.message))

    def _unreachable(self) -> AgentBusy:
        return AgentBusy(
            ErrorCode.AGENT_UNREACHABLE, f"The shop agent of {self._store_id} does not answer; is the store running?"
        )


def _plain(message: str) -> str:
    """What of a store's sentence is kept: a store is a stranger here."""
    return redact_text(" ".join(message.split()))[:_MAX_MESSAGE]


M = TypeVar("M", bound=BaseModel)


def _parsed(shape: type[M], content: bytes) -> M | None:
    try:
        return shape.model_validate_json(content)
    except ValidationError:
        return None


def _socket(folder: Path, slot: Slot | None) -> Path:
    """Return where the agent of a slot listens; without one, the live agent.

    The store may write that folder. So of the link that names the live agent no more is believed than a slot's name.
    """
    if slot is not None:
        return folder / f"agent-{slot.value}.sock"
    live = folder / "agent.sock"
    try:
        named = live.readlink()
    except OSError:
        return live  # no link: a socket of its own, or nothing
    return next((folder / name for name in _SLOT_SOCKETS if Path(name) == named), live)


@contextmanager
def _pinned(path: Path) -> Iterator[str]:
    """Yield an address of the socket ``path`` that is short (a Unix socket's has room for 107 bytes) and stays.

    The store may write that folder: a link that it puts there, to the socket of somebody else, is not followed.
    """
    descriptor = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            raise FileNotFoundError(path)
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


async def _exchange(address: str, operation: Operation, query: str, headers: dict[str, str]) -> tuple[int, bytes]:
    seconds = operation.timeout_seconds + GRACE_SECONDS
    transport = httpx.AsyncHTTPTransport(uds=address, verify=False)
    async with (
        asyncio.timeout(seconds),
        httpx.AsyncClient(transport=transport, timeout=seconds, trust_env=False) as client,
        client.stream(operation.method, f"http://agent{operation.path}{query}", headers=headers) as reply,
    ):
        return reply.status_code, await _read_bounded(reply)


async def _read_bounded(reply: httpx.Response) -> bytes:
    content = b""
    async for chunk in reply.aiter_bytes():
        content += chunk
        if len(content) > _MAX_ANSWER_BYTES:
            return b""  # no answer of an agent is this long
    return content
