"""What the browser keeps for us between two requests: one signed cookie, named per store."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Final

from itsdangerous import BadSignature, URLSafeTimedSerializer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from galleria.contracts.secret import SecretValue

MAX_AGE_SECONDS: Final = 30 * 24 * 3600
_NOTHING: Final = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What the next page says on top, once. ``undo`` are form fields that take it back."""

    text: str
    good: bool = True
    undo: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """One shopper's browser. ``token`` proves to the engine who they are; ``seed`` is what form tokens are made of."""

    seed: str
    cart: str | None = None
    pieces: int = 0
    token: str | None = None
    name: str | None = None
    notice: Notice | None = None
    order: tuple[str, str, str] | None = None
    """Number, e-mail and token of the order just placed, for its confirmation page."""

    @classmethod
    def fresh(cls) -> Session:
        """Return the session of a browser that was never here."""
        return cls(seed=secrets.token_urlsafe(18))

    def signed_in(self, token: str, name: str, cart: str, pieces: int) -> Session:
        """Return the session after signing in. Its seed is new: what was planted before is worth nothing after."""
        return replace(Session.fresh(), token=token, name=name, cart=cart, pieces=pieces)

    def with_cart(self, cart: str | None, pieces: int) -> Session:
        """Return the session with this cart."""
        return replace(self, cart=cart, pieces=pieces)

    def saying(self, text: str, *, good: bool = True, undo: Mapping[str, str] | None = None) -> Session:
        """Return the session whose next page says ``text``."""
        return replace(self, notice=Notice(text, good, tuple((undo or {}).items())))


@dataclass(frozen=True)
class SessionCookie:
    """Reads and writes the cookie."""

    store_id: str
    secure: bool
    secret: SecretValue
    _signer: URLSafeTimedSerializer = field(init=False, repr=False)

    def __post_init__(self) -> None:
        signer = URLSafeTimedSerializer(self.secret.reveal(), salt=f"storefront-session-{self.store_id}")
        object.__setattr__(self, "_signer", signer)

    @property
    def name(self) -> str:
        """The cookie's name. With TLS the browser itself keeps other hosts from planting one (RFC 6265bis, __Host-)."""
        return f"__Host-{self.store_id}" if self.secure else f"galleria-{self.store_id}"

    def read(self, cookies: Mapping[str, str]) -> Session | None:
        """Return the session of a request, or None when it brought none of ours."""
        try:
            kept = self._signer.loads(cookies.get(self.name, _NOTHING), max_age=MAX_AGE_SECONDS)
            return _session(kept)
        except (BadSignature, KeyError, TypeError, ValueError):
            return None

    def write(self, response: Response, session: Session) -> None:
        """Let the browser keep ``session``."""
        kept = {key: value for key, value in asdict(session).items() if value}
        response.set_cookie(
            self.name,
            str(self._signer.dumps(kept)),
            max_age=MAX_AGE_SECONDS,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )


def _session(kept: Mapping[str, object]) -> Session:
    notice, order = kept.get("notice"), kept.get("order")
    return Session(
        seed=str(kept["seed"]),
        cart=_text(kept.get("cart")),
        pieces=int(str(kept.get("pieces", 0))),
        token=_text(kept.get("token")),
        name=_text(kept.get("name")),
        notice=_notice(notice) if isinstance(notice, dict) else None,
        order=(str(order[0]), str(order[1]), str(order[2])) if isinstance(order, list) and len(order) == 3 else None,
    )


def _notice(kept: Mapping[str, object]) -> Notice:
    undo = kept.get("undo")
    pairs = tuple((str(pair[0]), str(pair[1])) for pair in undo) if isinstance(undo, list) else ()
    return Notice(str(kept["text"]), bool(kept.get("good", False)), pairs)


def _text(value: object) -> str | None:
    return str(value) if value else None
