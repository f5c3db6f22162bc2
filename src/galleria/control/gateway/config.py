"""Caddy's whole configuration, worked out from the routes. Pure: what is in force is always one value of it."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from galleria.control.gateway.port import Route
from galleria.control.gateway.rules import PLANE_HOSTS

JsonValue: TypeAlias = "str | int | float | bool | None | list[JsonValue] | dict[str, JsonValue]"
Json: TypeAlias = "dict[str, JsonValue]"

ENGINE_PATHS: Final = ("/graphql", "/admin", "/admin/*", "/static/*", "/media/*", "/downloadable/download/*")
"""What of a store's host the engine answers; all else is the storefront's."""

INTERNAL_PATHS: Final = ("/_health",)
"""What a store's processes answer to the platform only: through the public door nobody gets there. The engine's own
`/health` needs no mention, since the gateway leads no such path to the engine."""

_RETRY_FOR: Final = "3s"
"""How long a request waits for a process that is restarted. Only a failed connect is tried again: nothing was sent."""

_DRAIN_FOR: Final = "60s"
"""How long requests that began under the configuration before may go on."""

_BODY_LIMIT: Final = 64 * 1024 * 1024


@dataclass(frozen=True)
class GatewayPlaces:
    """Where the gateway's own sockets and folders lie (absolute)."""

    admin_socket: Path
    plane_socket: Path
    storage: Path


def caddy_config(places: GatewayPlaces, listen: str, routes: Iterable[Route], admin_secret: str | None = None) -> Json:
    """Work out the configuration for ``routes``, with the control plane's own hosts first and a 404 page last.

    :param listen: ``address:port`` of the one public door.
    :param admin_secret: a host name that requests to the admin API must name as their origin. None: all are refused.
    """
    ordered = sorted(routes, key=lambda route: route.store_id)
    return {
        "admin": {
            "listen": f"unix/{places.admin_socket}",
            # A store may put a link to this socket where its own socket was: the door would lead shoppers in here.
            "enforce_origin": True,
            "origins": [admin_secret] if admin_secret else [],
            # The routes' own file is what the gateway starts from; a second copy could only disagree with it.
            "config": {"persist": False},
        },
        # At level INFO Caddy writes the admin secret into its log.
        "logging": {"logs": {"default": {"level": "WARN"}}},
        "storage": {"module": "file_system", "root": str(places.storage)},
        "apps": {
            "http": {
                "grace_period": _DRAIN_FOR,
                "servers": {
                    "door": {
                        "listen": [listen],
                        "automatic_https": {"disable": True},
                        "routes": [_plane_route(places.plane_socket), *map(_store_route, ordered), _nobody()],
                        "errors": {"routes": [_unreachable()]},
                    }
                },
            }
        },
    }


def _plane_route(socket: Path) -> Json:
    return {
        "@id": "control-plane",
        "match": [{"host": list(PLANE_HOSTS)}],
        # Server-sent events must not wait in a buffer.
        "handle": [_limit(), {**_proxy(socket), "flush_interval": -1}],
        "terminal": True,
    }


def _store_route(route: Route) -> Json:
    inner: list[JsonValue] = [
        {"match": [{"path": list(INTERNAL_PATHS)}], "handle": [_no_page()], "terminal": True},
        {"match": [{"path": list(ENGINE_PATHS)}], "handle": [_limit(), _proxy(route.engine_socket)], "terminal": True},
        {"handle": [_limit(), _proxy(route.storefront_socket)]},
    ]
    if route.closed:
        inner = [{"handle": [_page(503, "This shop is closed right now", "Please come back a little later.")]}]
    return {
        "@id": route.store_id,
        "match": [{"host": [route.host]}],
        "handle": [{"handler": "subroute", "routes": inner}],
        "terminal": True,
    }


def _no_page() -> Json:
    return _page(404, "There is no such page", "Check the address, or begin at the shop's front page.")


def _nobody() -> Json:
    return {"handle": [_page(404, "There is no shop here", "Check the address: no shop answers to this name.")]}


def _unreachable() -> Json:
    sentence = "It does not answer at the moment. Please try again in a few seconds."
    return {
        "match": [{"expression": "{http.error.status_code} in [502, 503, 504]"}],
        "handle": [_page(503, "We will be right back", sentence)],
        "terminal": True,
    }


def _proxy(socket: Path) -> Json:
    return {
        "handler": "reverse_proxy",
        "upstreams": [{"dial": f"unix/{socket}"}],
        "load_balancing": {"try_duration": _RETRY_FOR, "try_interval": "50ms"},
    }


def _limit() -> Json:
    return {"handler": "request_body", "max_size": _BODY_LIMIT}


def _page(status: int, title: str, sentence: str) -> Json:
    headers: dict[str, JsonValue] = {
        "Content-Type": ["text/html; charset=utf-8"],
        "Cache-Control": ["no-store"],
        "Content-Security-Policy": ["default-src 'none'; style-src 'unsafe-inline'"],
    }
    if status == 503:
        headers["Retry-After"] = ["5"]
    body = _PAGE.replace("TITLE", html.escape(title)).replace("SENTENCE", html.escape(sentence))
    return {"handler": "static_response", "status_code": status, "headers": headers, "body": body}


_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>TITLE</title>
<style>
:root { color-scheme: light dark; font: 1.125rem/1.6 system-ui, sans-serif }
body { margin: 0; min-height: 100vh; display: grid; place-items: center }
main { max-width: 34rem; padding: 2rem; text-align: center }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .5rem }
p { margin: 0; opacity: .8 }
</style>
</head>
<body><main><h1>TITLE</h1><p>SENTENCE</p></main></body>
</html>
"""
