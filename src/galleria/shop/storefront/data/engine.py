"""The one connection to the engine, and the translation of its failures."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar, cast
from urllib.parse import urljoin, urlsplit

# httpx brings its command line along (click, rich, pygments: 10 MB) wherever these are installed. No shop needs it.
if "httpx" not in sys.modules:
    sys.modules["httpx._main"] = None  # type: ignore[assignment]
import httpx

if sys.modules.get("httpx._main", sys) is None:
    del sys.modules["httpx._main"]
from pydantic import ValidationError

from galleria.contracts.freshness import GENERATION_HEADER
from galleria.shop.storefront.client.client import CommerceClient
from galleria.shop.storefront.client.exceptions import (
    GraphQLClientError,
    GraphQLClientGraphQLMultiError,
    GraphQLClientHttpError,
)
from galleria.shop.storefront.data.connection import Getting, Posting
from galleria.shop.storefront.data.errors import Category, EngineBroken, EngineUnavailable, Refused
from galleria.shop.storefront.data.looking import Look

if TYPE_CHECKING:
    from galleria.shop.storefront.client.async_base_client import HttpClient

T = TypeVar("T")

READ_SECONDS: Final = 5.0
CONNECT_SECONDS: Final = 1.0
_BUSY: Final = frozenset({408, 425, 429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class EngineAddress:
    """Where the engine answers: over a Unix socket (ours) or at a GraphQL address (also a real Magento's)."""

    graphql: str
    """The address of the GraphQL endpoint, ``http(s)://host[:port]/graphql``."""
    socket: str | None = None
    """The Unix socket that ``graphql`` is reached through, if any."""

    @classmethod
    def parse(cls, text: str, host: str) -> EngineAddress:
        """Read ``unix:/path`` or ``http(s)://host/graphql``; ``host`` is the shop's own host name.

        Raises:
            ValueError: ``text`` is neither.
        """
        if text.startswith("unix:/"):
            return cls(f"http://{host}/graphql", text.removeprefix("unix:"))
        if text.startswith(("http://", "https://")):
            return cls(text)
        raise ValueError("--engine is neither unix:/path/of.sock nor http(s)://host/graphql")

    @property
    def foreign(self) -> bool:
        """Whether this is not the store's own engine, which is reached through its socket only."""
        return self.socket is None

    def media(self, told: str = "") -> str:
        """Return the address under which pictures lie.

        ``told`` is what the engine's configuration says. Our own keeps them beside its GraphQL endpoint; those of a
        Magento may lie on another host.
        """
        beside = self.graphql.rsplit("/", 1)[0] + "/media/"
        found = urljoin(beside, told) if self.foreign and told else beside
        return found if found.endswith("/") else found + "/"


class Engine:
    """A pool of kept-alive connections to the engine."""

    def __init__(
        self,
        address: EngineAddress,
        read_seconds: float = READ_SECONDS,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.address = address
        self._http = httpx.AsyncClient(
            transport=transport
            or httpx.AsyncHTTPTransport(
                verify=address.foreign,  # our own is never asked over TLS: no certificates are loaded (4 MB)
                uds=address.socket,
                limits=httpx.Limits(max_connections=64, max_keepalive_connections=16),
            ),
            timeout=httpx.Timeout(read_seconds, connect=CONNECT_SECONDS),
            trust_env=False,
        )
        host = urlsplit(address.graphql).netloc
        self._look = Look(address.socket, host, read_seconds) if address.socket and transport is None else None
        ours = not address.foreign
        self._posting = CommerceClient(
            url=address.graphql, http_client=cast("HttpClient", Posting(self._http, ours=ours))
        )
        self._getting = CommerceClient(
            url=address.graphql, http_client=cast("HttpClient", Getting(self._http, ours=ours))
        )

    async def ask(self, call: Callable[[CommerceClient], Awaitable[T]]) -> T:
        """Return what ``call`` gets for one shopper: a cart, a customer, anything that changes something.

        Raises:
            EngineUnavailable: no answer, or none in time.
            Refused: the engine said no.
            EngineBroken: the answer breaks the contract.
        """
        return await self._translated(call(self._posting))

    async def read(self, call: Callable[[CommerceClient], Awaitable[T]]) -> T:
        """Return what ``call`` gets from the engine: what is the same for everybody. Raises as `ask` does."""
        return await self._translated(call(self._getting))

    async def read_some(self, call: Callable[[CommerceClient], Awaitable[T]], read: Callable[[object], T]) -> T:
        """Return as much as there is where ``call`` asks for several things and some may not exist.

        The contract answers the others all the same, with an error of category no-such-entity at the place of what is
        missing. ``read`` makes the answer of its data. Raises as `ask` does.
        """

        async def some() -> T:
            try:
                return await call(self._getting)
            except GraphQLClientGraphQLMultiError as error:
                missing = all((one.extensions or {}).get("category") == Category.NO_SUCH_ENTITY for one in error.errors)
                if error.data is None or not missing:
                    raise
                return read(error.data)

        return await self._translated(some())

    async def generation(self) -> str | None:
        """Return the word that changes with whatever the public may see; None when this engine has none.

        Raises `EngineUnavailable`.
        """
        if self._look is not None:
            status, told = await self._look.header(GENERATION_HEADER)
        else:
            try:
                answer = await self._http.get(self.address.graphql, params={"query": "{__typename}"})
            except httpx.RequestError as error:
                raise EngineUnavailable(type(error).__name__) from error
            status, told = answer.status_code, answer.headers.get(GENERATION_HEADER)
        if status in _BUSY:
            raise EngineUnavailable(f"status {status}")
        return told

    async def _translated(self, answer: Awaitable[T]) -> T:
        try:
            return await answer
        except httpx.RequestError as error:
            raise EngineUnavailable(type(error).__name__) from error
        except GraphQLClientHttpError as error:
            if error.status_code in _BUSY:
                raise EngineUnavailable(f"status {error.status_code}") from error
            raise EngineBroken(f"status {error.status_code}") from error
        except GraphQLClientGraphQLMultiError as error:
            raise _refusal(error) from error
        except (GraphQLClientError, ValidationError) as error:
            raise EngineBroken(type(error).__name__) from error

    async def picture(self, path: str, media: str = "") -> bytes | None:
        """Return the picture kept under ``path``, or None when there is none. Raises `EngineUnavailable`.

        ``media`` is where the engine's configuration says that pictures lie.
        """
        try:
            answer = await self._http.get(self.address.media(media) + path)
        except httpx.RequestError as error:
            raise EngineUnavailable(type(error).__name__) from error
        if answer.status_code >= 500:
            raise EngineUnavailable(f"status {answer.status_code}")
        return answer.content if answer.status_code == 200 else None

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()
        if self._look is not None:
            await self._look.close()


def as_customer(token: str | None) -> dict[str, str]:
    """Return the headers that say who asks."""
    return {"Authorization": f"Bearer {token}"} if token else {}


def _refusal(error: GraphQLClientGraphQLMultiError) -> Exception:
    first = error.errors[0]
    category = (first.extensions or {}).get("category")
    try:
        return Refused(first.message, Category(str(category)))
    except ValueError:
        return EngineBroken(f"error of category {category}")
