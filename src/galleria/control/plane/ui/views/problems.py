"""An error as a page: what happened, who did it, and the way on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from galleria.contracts.errors import ErrorCode
from galleria.control.plane.ui.views import marks

_TITLES: Final[Mapping[ErrorCode, str]] = {
    ErrorCode.NOT_FOUND: "Nothing is here",
    ErrorCode.STORE_NOT_FOUND: "No such store",
    ErrorCode.DEPLOYMENT_NOT_FOUND: "No such deployment",
    ErrorCode.FORBIDDEN: "Not allowed",
    ErrorCode.STORE_BUSY: "Somebody is at it already",
    ErrorCode.STORE_CHANGED: "The store has changed in between",
    ErrorCode.STATE_CONFLICT: "That makes no sense right now",
    ErrorCode.RATE_LIMITED: "Too many attempts",
    ErrorCode.UNAVAILABLE: "Not available right now",
    ErrorCode.INTERNAL: "The control plane failed",
}

_BAD: Final = marks.Mark(marks.Tone.BAD, marks.Shape.OCTAGON, "Failed")
_WARN: Final = marks.Mark(marks.Tone.WARN, marks.Shape.TRIANGLE, "Refused")


@dataclass(frozen=True)
class ProblemPage:
    """The whole page."""

    title: str
    message: str
    facts: tuple[tuple[str, str], ...]
    mark: marks.Mark
    code: str
    request_id: str
    way_on: str
    way_on_word: str


def problem_page(code: ErrorCode, message: str, details: Mapping[str, str], request_id: str) -> ProblemPage:
    """Work the page out."""
    way_on, word = _way_on(code, details)
    return ProblemPage(
        title=_TITLES.get(code, "This did not work"),
        message=message,
        facts=tuple((key.replace("_", " ").capitalize(), value) for key, value in details.items()),
        mark=_BAD if code.http_status >= 500 else _WARN,
        code=code.value,
        request_id=request_id,
        way_on=way_on,
        way_on_word=word,
    )


def _way_on(code: ErrorCode, details: Mapping[str, str]) -> tuple[str, str]:
    deployment, store = details.get("deployment_id"), details.get("store_id")
    if code is ErrorCode.STORE_BUSY and deployment:
        return f"/deployments/{deployment}", "Watch that deployment"
    if store and code is not ErrorCode.STORE_NOT_FOUND:
        return f"/stores/{store}", f"Go to {store}"
    if code is ErrorCode.DEPLOYMENT_NOT_FOUND:
        return "/deployments", "All deployments"
    return "/", "All stores"
