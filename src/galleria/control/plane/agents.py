"""The shop agents as the plane's services see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

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
from galleria.contracts.words import ActorKind, Operation

AgentAnswer: TypeAlias = AgentHealth | AgentStatus | CacheFlushed | Reindexed | CronRun | Diagnostics | AgentSmoke


@dataclass(frozen=True)
class Behind:
    """The human or automation behind a call, for the agent's own audit."""

    name: str
    kind: ActorKind
    request_id: str


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

    def call(self, store_id: str, operation: Operation, behind: Behind) -> AgentAnswer:
        """Have ``operation`` done."""
        ...
