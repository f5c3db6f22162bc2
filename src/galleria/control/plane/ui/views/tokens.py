"""The tokens page: who may do what, since when, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from galleria.contracts.wire import TokenInfo
from galleria.contracts.words import ActorKind, Role
from galleria.control.plane.ui.views import marks, times

ROLE_WORDS: Final[Mapping[Role, str]] = {
    Role.VIEWER: "Viewer: sees everything, changes nothing",
    Role.OPERATOR: "Operator: also creates, starts, stops, and runs operations",
    Role.ADMIN: "Admin: also decommissions stores and manages tokens",
}

KIND_WORDS: Final[Mapping[ActorKind, str]] = {ActorKind.HUMAN: "A person", ActorKind.AUTOMATION: "Automation"}

_VALID: Final = marks.Mark(marks.Tone.OK, marks.Shape.CHECK, "Valid")
_EXPIRED: Final = marks.Mark(marks.Tone.OFF, marks.Shape.SQUARE, "Expired")
_REVOKED: Final = marks.Mark(marks.Tone.OFF, marks.Shape.DASH, "Revoked")


@dataclass(frozen=True)
class TokenLine:
    """One token, without its secret."""

    token_id: str
    name: str
    role: str
    kind: str
    mark: marks.Mark
    created: times.Moment
    last_used: times.Moment | None
    expires: times.Moment | None
    revoke_href: str | None


def token_line(token: TokenInfo, now: datetime) -> TokenLine:
    """Show one token."""
    mark = _VALID
    if token.revoked_at is not None:
        mark = _REVOKED
    elif token.expires_at is not None and token.expires_at <= now:
        mark = _EXPIRED
    return TokenLine(
        token_id=token.token_id,
        name=token.name,
        role=token.role.value,
        kind=token.kind.value,
        mark=mark,
        created=times.moment(token.created_at, now),
        last_used=times.maybe_moment(token.last_used_at, now),
        expires=times.maybe_moment(token.expires_at, now),
        revoke_href=f"/tokens/{token.token_id}/revoke" if mark is _VALID else None,
    )


@dataclass(frozen=True)
class Tokens:
    """The listing."""

    lines: tuple[TokenLine, ...]
    roles: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]


def tokens(infos: Iterable[TokenInfo], now: datetime) -> Tokens:
    """Valid tokens first, then those that open nothing any more; newest first in both."""
    newest_first = sorted(infos, key=lambda token: token.created_at, reverse=True)
    lines = [token_line(token, now) for token in newest_first]
    return Tokens(
        lines=tuple(sorted(lines, key=lambda line: line.revoke_href is None)),
        roles=tuple((role.value, words) for role, words in ROLE_WORDS.items()),
        kinds=tuple((kind.value, words) for kind, words in KIND_WORDS.items()),
    )
