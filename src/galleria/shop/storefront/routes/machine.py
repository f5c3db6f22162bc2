"""What programs ask for: health, pictures, style sheets, sitemap, robots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from starlette.responses import JSONResponse, PlainTextResponse, Response

from galleria.shop.storefront.data.errors import EngineBroken, EngineUnavailable, Refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from galleria.shop.storefront.data.catalogue import Catalogue
    from galleria.shop.storefront.data.values import Place
    from galleria.shop.storefront.routes.visit import Services

_NOT_FOR_ROBOTS: Final = (
    "/cart",
    "/checkout",
    "/account",
    "/sign-in",
    "/register",
    "/forgot-password",
    "/search",
    "/*?*sort=",
)
_SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_MOST_ADDRESSES: Final = 50_000
_ADDRESSES_A_PAGE: Final = 200
_PICTURE_AGE: Final = "public, max-age=86400, stale-while-revalidate=604800"
_STILL: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A vector picture opened by itself: drawn, never run."""


def health(_services: Services) -> Callable[[Request], Awaitable[Response]]:
    """Whether this process answers. It says nothing of the engine: whoever asks, asks that one too."""

    async def answer(_request: Request) -> Response:
        return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})

    return answer


def static(services: Services) -> Callable[[Request], Awaitable[Response]]:
    """Style sheets and scripts."""

    async def answer(request: Request) -> Response:
        name = str(request.path_params["name"])
        found = services.static.answer(name, request.headers.get("Accept-Encoding", ""))
        return found or PlainTextResponse("Not found.", 404)

    return answer


def picture(services: Services) -> Callable[[Request], Awaitable[Response]]:
    """A product's picture in one of the sizes and formats that pages use."""

    async def answer(request: Request) -> Response:
        size, path = str(request.path_params["size"]), str(request.path_params["path"])
        try:
            found = await services.pictures.get(path, size)
        except EngineUnavailable:
            return PlainTextResponse("Try again later.", 503, headers={"Retry-After": "10"})
        if found is None:
            return PlainTextResponse("Not found.", 404)
        return Response(
            found.body,
            media_type=found.media_type,
            headers={
                "Cache-Control": _PICTURE_AGE,
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": _STILL,
            },
        )

    return answer


def robots(services: Services) -> Callable[[Request], Awaitable[Response]]:
    """What search engines should leave alone."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _NOT_FOR_ROBOTS)]
    text = "\n".join([*lines, "", f"Sitemap: {services.settings.public_url}/sitemap.xml", ""])

    async def answer(_request: Request) -> Response:
        return PlainTextResponse(text, headers={"Cache-Control": "public, max-age=3600"})

    return answer


def sitemap(services: Services) -> Callable[[Request], Awaitable[Response]]:
    """Every address that search engines should know: at most 50,000, as the protocol says."""

    async def answer(_request: Request) -> Response:
        try:
            paths = await _known_paths(services.catalogue)
        except (EngineUnavailable, EngineBroken, Refused):
            return PlainTextResponse("Try again later.", 503, headers={"Retry-After": "10"})
        places = "".join(f"<url><loc>{escape(services.settings.public_url + path)}</loc></url>" for path in paths)
        text = f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="{_SITEMAP}">{places}</urlset>'
        return Response(text, media_type="application/xml", headers={"Cache-Control": "public, max-age=3600"})

    return answer


async def _known_paths(catalogue: Catalogue) -> list[str]:
    paths = ["/"]
    waiting: list[Place] = [*(await catalogue.menu())]
    while waiting:
        place = waiting.pop()
        paths.append(place.path)
        waiting.extend(place.children)
    number, pages = 1, 1
    while number <= pages and len(paths) < _MOST_ADDRESSES:
        found, pages = await catalogue.addresses(number, _ADDRESSES_A_PAGE)
        paths.extend(found)
        number += 1
    return paths[:_MOST_ADDRESSES]
