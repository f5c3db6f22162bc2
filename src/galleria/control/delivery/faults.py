"""What can go wrong while delivering, sorted by what the runner does next: ask again, give up, stop, call it a bug."""

from __future__ import annotations

from dataclasses import dataclass

from galleria.contracts.errors import ErrorCode
from galleria.contracts.problems import ContractBroken
from galleria.contracts.wire import SmokeRun
from galleria.control.delivery.verification.problems import ContractUnreadable
from galleria.control.gateway.port import GatewayRefused, GatewayUnavailable
from galleria.control.runtimes.port import RuntimeRefused, RuntimeUnavailable
from galleria.control.secrets.port import SecretNotFound, SecretUnavailable


class DeliveryFault(Exception):
    """Something the runner could not do. The message is one sentence for an operator: no secret, no trace."""


class AskAgain(DeliveryFault):
    """Retry: nothing is wrong with what was asked; ask again after `retry_after` seconds."""

    def __init__(self, message: str, *, retry_after: float = 0.5) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class GiveUp(DeliveryFault):
    """Give up: asked again without a change it fails again. `code` says why in the API's words."""

    def __init__(self, message: str, *, code: ErrorCode = ErrorCode.STATE_CONFLICT) -> None:
        super().__init__(message)
        self.code = code


class NotNew(GiveUp):
    """Give up: something fails that was there before, so it says nothing about what is deployed."""


class DoorFailed(GiveUp):
    """Give up: a shopper who comes through the public door is not served. ``run`` says what failed."""

    def __init__(self, message: str, run: SmokeRun) -> None:
        super().__init__(message, code=ErrorCode.SMOKE_FAILED)
        self.run = run


class LeaseLost(DeliveryFault):
    """Stop: the deployment belongs to another attempt now. Nothing more is done and nothing is undone."""


class PlaneBroken(DeliveryFault):
    """Bug: the plane answered something that its contract does not know."""


@dataclass(frozen=True)
class Verdict:
    """What to do about an error: ask again after `retry_after` seconds, or never (None), and why, as a sentence."""

    reason: str
    retry_after: float | None = None
    known: bool = True
    """False for a bug: an error that no port declares."""
    blames: bool = True
    """Whether it says something about what is deployed, if the step does."""


def sort(error: Exception) -> Verdict:
    """Sort any error that a step raised. What no port declares is a bug: named by its type alone, since its text may
    carry what must not leave this machine."""
    match error:
        case AskAgain() | RuntimeUnavailable() | GatewayUnavailable():
            return Verdict(str(error), retry_after=error.retry_after)
        case NotNew():
            return Verdict(str(error), blames=False)
        case SecretUnavailable():
            return Verdict(str(error), retry_after=1.0)
        case (
            GiveUp() | RuntimeRefused() | GatewayRefused() | SecretNotFound() | ContractBroken() | ContractUnreadable()
        ):
            return Verdict(str(error))
        case _:
            name = type(error).__name__
            return Verdict(f"The runner met an error that it does not know ({name}); its log has more.", known=False)
