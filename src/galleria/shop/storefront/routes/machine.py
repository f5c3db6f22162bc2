"""What programs ask for: health, pictures, style sheets, sitemap, robots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse, PlainTextResponse, Response

from galleria.shop.storefront.data.errors import EngineUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from galleria.shop.storefront.routes.visit import Services

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
    """A product's picture in one of the sizes that pages use."""

    async def answer(request: Request) -> Response:
        width, path = int(request.path_params["width"]), str(request.path_params["path"])
        webp = "image/webp" in request.headers.get("Accept", "")
        try:
            found = await services.pictures.get(path, width, webp=webp)
        except EngineUnavailable:
            return PlainTextResponse("Try again later.", 503, headers={"Retry-After": "10"})
        if found is None:
            return PlainTextResponse("Not found.", 404)
        return Response(
            found.body,
            media_type=found.media_type,
            headers={
                "Cache-Control": _PICTURE_AGE,
                "Vary": "Accept",
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": _STILL,
            },
        )

    return answer
