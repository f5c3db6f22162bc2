"""The shop agents as the plane's services see them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import (
    AgentHealth,
    AgentSmoke,
    AgentStatus,
    CacheFlushed,
    CronRun,
    Diagnostics,
    Reindexed,
)
from galleria.contracts.words import ActorKind, Operation, Slot
from galleria.control.clients.agent import AgentBusy, AgentFault, ShopAgentClient
from galleria.control.clients.signing import Actor, SigningKey

AgentAnswer: TypeAlias = AgentHealth | AgentStatus | CacheFlushed | Reindexed | CronRun | Diagnostics | AgentSmoke


@dataclass(frozen=True)
class Behind:
    """The human or automation behind a call, for the agent's own audit."""

    name: str
    kind: ActorKind
    request_id: str


@dataclass(frozen=True)
class Where:
    """Whom of a store's two slots to ask, and in which to shop. None: what shoppers meet."""

    agent: Slot | None = None
    storefront: Slot | None = None


LIVE: Final = Where()
"""What shoppers meet."""


class AgentRefused(Exception):
    """The agent did not do it, or could not be reached. ``code`` is what it, or the way to it, said."""

    def __init__(self, code: ErrorCode, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retryable = retryable


class AgentPort(Protocol):
    """Calls one allowlisted operation of one store's agent, with a token of its own.

    Called from a worker thread; blocks at most `Operation.timeout_seconds` and a little. Raises `AgentRefused` only.
    """

    @property
    def public_key(self) -> str:
        """The key that agents check tokens with: an OKP JWK as JSON, public part."""
        ...

    def call(self, store_id: str, operation: Operation, behind: Behind, where: Where = LIVE) -> AgentAnswer:
        """Have ``operation`` done."""
        ...


class SocketAgents:
    """The `AgentPort` that calls real agents, each over its own socket in ``folder``."""

    def __init__(self, folder: Path, key: SigningKey) -> None:
        self._folder = folder
        self._key = key

    @property
    def public_key(self) -> str:
        """The public part of the signing key."""
        return self._key.public_jwk

    def call(self, store_id: str, operation: Operation, behind: Behind, where: Where = LIVE) -> AgentAnswer:
        """Have ``operation`` done, in an event loop of this thread's own."""
        try:
            client = ShopAgentClient(self._folder, store_id, self._key, Actor(behind.name, behind.kind), where.agent)
            return asyncio.run(_ask(client, operation, behind.request_id, where.storefront))
        except AgentFault as fault:
            raise AgentRefused(fault.error_code, fault.message, retryable=isinstance(fault, AgentBusy)) from fault


async def _ask(client: ShopAgentClient, operation: Operation, request_id: str, storefront: Slot | None) -> AgentAnswer:
    match operation:  # exhaustive: the type checker refuses an operation without its call
        case Operation.HEALTH:
            return (await client.health(request_id)).data
        case Operation.STATUS:
            return (await client.status(request_id)).data
        case Operation.CACHE_FLUSH:
            return (await client.cache_flush(request_id)).data
        case Operation.INDEX_REINDEX:
            return (await client.index_reindex(request_id)).data
        case Operation.CRON_RUN:
            return (await client.cron_run(request_id)).data
        case Operation.DIAGNOSTICS:
            return (await client.diagnostics(request_id)).data
        case Operation.VERIFY_SMOKE:
            return (await client.verify_smoke(request_id, storefront)).data
