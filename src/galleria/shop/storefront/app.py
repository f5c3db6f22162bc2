"""The storefront put together: services, addresses, application. Called by `serve` and by tests."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import Route

from galleria.shop.storefront.data.cache import AnswerCache
from galleria.shop.storefront.data.carts import Carts
from galleria.shop.storefront.data.catalogue import Catalogue
from galleria.shop.storefront.data.checkouts import Checkouts
from galleria.shop.storefront.data.contents import Contents
from galleria.shop.storefront.data.customers import Customers
from galleria.shop.storefront.data.engine import Engine
from galleria.shop.storefront.data.freshness import Generations
from galleria.shop.storefront.pages import structured
from galleria.shop.storefront.routes import account, cart, catalogue, checkout, content, machine, signing
from galleria.shop.storefront.routes.account import private
from galleria.shop.storefront.routes.answering import endpoint
from galleria.shop.storefront.routes.placed import PlacedOrders
from galleria.shop.storefront.routes.visit import Services
from galleria.shop.storefront.web import texts
from galleria.shop.storefront.web.pictures import Pictures
from galleria.shop.storefront.web.sessions import SessionCookie
from galleria.shop.storefront.web.static import StaticFiles
from galleria.shop.storefront.web.templates import Templates

if TYPE_CHECKING:
    from galleria.shop.storefront.routes.visit import View
    from galleria.shop.storefront.settings import Settings


def services(settings: Settings, engine: Engine | None = None) -> Services:
    """Return what lives as long as the process. ``engine`` is made from the settings unless one is given."""
    engine = engine or Engine(settings.engine)
    cache = AnswerCache(Generations(engine.generation).current)
    catalogue = Catalogue(engine, cache)
    static = StaticFiles(settings.theme)
    return Services(
        settings=settings,
        engine=engine,
        catalogue=catalogue,
        carts=Carts(engine),
        checkouts=Checkouts(engine, cache),
        customers=Customers(engine),
        contents=Contents(engine, cache),
        placed=PlacedOrders(),
        cookie=SessionCookie(settings.store_id, settings.secure, settings.session_secret),
        templates=Templates(
            {
                "static": static.address,
                "store_name": settings.store_name,
                "star_path": texts.STARS,
            },
            {"product_data": structured.product, "trail_data": structured.trail},
        ),
        static=static,
        pictures=Pictures(settings.cache_folder / "pictures", catalogue.picture),
    )


PAGES: dict[str, View] = {
    "/": catalogue.home,
    "/search": catalogue.search,
    "/search/page/{number:int}": catalogue.search,
    "/cart": cart.show,
    "/checkout": checkout.show,
    "/checkout/done": checkout.done,
    "/sign-in": signing.sign_in_page,
    "/register": signing.register_page,
    "/forgot-password": signing.forgot_page,
    "/reset-password": signing.reset_page,
    "/customer/account/createPassword": signing.reset_page,
    "/customer/account/createPassword/": signing.reset_page,
    "/contact": content.contact_page,
    "/account": private(account.overview),
    "/account/orders": private(account.orders),
    "/account/orders/page/{number:int}": private(account.orders),
    "/account/orders/{order}": private(account.order),
    "/account/profile": private(account.profile_page),
    "/account/addresses": private(account.addresses),
    "/account/addresses/new": private(account.address_page),
    "/account/addresses/{number:int}": private(account.address_page),
    "/account/wishlist": private(account.wishlist),
    "/account/downloads": private(account.downloads),
}
"""What is read, by address. Everything else is asked of the catalogue. ``/customer/...``: where a letter leads."""

ACTS: dict[str, View] = {
    "/cart/add": cart.add,
    "/cart/update": cart.update,
    "/cart/remove": cart.remove,
    "/cart/coupon": cart.coupon,
    "/checkout": checkout.send,
    "/sign-in": signing.sign_in,
    "/sign-out": signing.sign_out,
    "/register": signing.register,
    "/forgot-password": signing.forgot,
    "/reset-password": signing.reset,
    "/contact": content.contact,
    "/newsletter": content.subscribe,
    "/review": content.review,
    "/account/reorder": private(account.reorder),
    "/account/profile": private(account.profile),
    "/account/password": private(account.password),
    "/account/addresses/new": private(account.address),
    "/account/addresses/{number:int}": private(account.address),
    "/account/addresses/delete": private(account.delete_address),
    "/account/wishlist/add": private(account.wish),
    "/account/wishlist/remove": private(account.unwish),
}
"""What is done, by address: forms, sent with POST."""


def application(made: Services) -> Starlette:
    """Return the application that answers with ``made``."""

    @contextlib.asynccontextmanager
    async def life(_app: Starlette) -> AsyncIterator[None]:
        yield
        await made.engine.close()

    return Starlette(
        routes=[
            Route("/_health", machine.health(made)),
            Route("/robots.txt", machine.robots(made)),
            Route("/sitemap.xml", machine.sitemap(made)),
            Route("/_static/{name}", machine.static(made)),
            Route("/_picture/{size}/{path:path}", machine.picture(made)),
            *(Route(path, endpoint(view, made), methods=["POST"]) for path, view in ACTS.items()),
            *(Route(path, endpoint(view, made), methods=["GET"]) for path, view in PAGES.items()),
            Route("/{path:path}", endpoint(catalogue.anything, made), methods=["GET"]),
        ],
        lifespan=life,
    )
