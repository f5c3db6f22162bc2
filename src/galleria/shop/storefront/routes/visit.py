"""One request of one shopper, and the services that answer it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from starlette.responses import HTMLResponse, RedirectResponse, Response

from galleria.shop.storefront.data.carts import Holder
from galleria.shop.storefront.pages.frame import frame
from galleria.shop.storefront.web import forms

if TYPE_CHECKING:
    from starlette.requests import Request

    from galleria.shop.storefront.data.carts import Carts
    from galleria.shop.storefront.data.catalogue import Catalogue
    from galleria.shop.storefront.data.checkouts import Checkouts
    from galleria.shop.storefront.data.contents import Contents
    from galleria.shop.storefront.data.customers import Customers
    from galleria.shop.storefront.data.engine import Engine
    from galleria.shop.storefront.data.purchases import Cart
    from galleria.shop.storefront.routes.placed import PlacedOrders
    from galleria.shop.storefront.settings import Settings
    from galleria.shop.storefront.web.forms import Form
    from galleria.shop.storefront.web.pictures import Pictures
    from galleria.shop.storefront.web.sessions import Session, SessionCookie
    from galleria.shop.storefront.web.static import StaticFiles
    from galleria.shop.storefront.web.templates import Templates


@dataclass(frozen=True)
class Services:
    """What lives as long as the process."""

    settings: Settings
    engine: Engine
    catalogue: Catalogue
    carts: Carts
    checkouts: Checkouts
    customers: Customers
    contents: Contents
    placed: PlacedOrders
    cookie: SessionCookie
    templates: Templates
    static: StaticFiles
    pictures: Pictures


@dataclass
class Visit:
    """One request. ``session`` is what the browser will keep afterwards."""

    request: Request
    services: Services
    session: Session
    form: Form

    @property
    def path(self) -> str:
        """The path asked for."""
        return self.request.url.path

    @property
    def here(self) -> str:
        """The path and query asked for."""
        query = self.request.url.query
        return f"{self.path}?{query}" if query else self.path

    @property
    def scripted(self) -> bool:
        """Whether the page's script asks."""
        return self.request.headers.get("HX-Request") == "true"

    @property
    def partial(self) -> bool:
        """Whether the page's script asks, and wants a piece of a page."""
        return self.request.headers.get("HX-Request-Type") == "partial"

    @property
    def holder(self) -> Holder | None:
        """Whose cart this shopper has, if any."""
        return Holder(self.session.cart, self.session.token) if self.session.cart else None

    def param(self, name: str) -> str | None:
        """Return a parameter of the query string."""
        return self.request.query_params.get(name)

    def took(self, cart: Cart) -> None:
        """Remember the cart as it now is."""
        self.session = self.session.with_cart(cart.id, cart.pieces)

    def say(self, text: str, *, good: bool = True, undo: Mapping[str, str] | None = None) -> None:
        """Let the next page say ``text``."""
        self.session = self.session.saying(text, good=good, undo=undo)

    def go(self, path: str, status: int = 303) -> Response:
        """Answer with another address of this shop."""
        return RedirectResponse(forms.local_path(path), status_code=status)

    async def draw(self, template: str, status: int = 200, **values: object) -> Response:
        """Answer with a page of the theme."""
        text = self.services.templates.draw(template, await self.context() | values)
        self.session = replace(self.session, notice=None)
        return HTMLResponse(
            text,
            status_code=status,
            headers=_PAGE_HEADERS | {"Speculation-Rules": f'"{self.services.static.address("speculation.json")}"'},
        )

    async def context(self) -> dict[str, object]:
        """Return what every template may use."""
        settings = self.services.settings
        surrounding = await frame(self.services.catalogue, self.services.contents, settings.store_name)
        return {
            "shop": surrounding.shop,
            "theme": self.services.static.theme(surrounding.shop.theme),
            "menu": surrounding.menu,
            "footer_pages": surrounding.pages,
            "session": self.session,
            "path": self.path,
            "here": self.here,
            "locale": surrounding.shop.locale,
            "form_token": forms.token(settings.session_secret, self.session.seed),
            "public_url": settings.public_url,
        }


_PAGE_HEADERS: Final = {"Cache-Control": "private, no-cache"}

View: TypeAlias = Callable[[Visit], Awaitable[Response]]
