"""Caddy's configuration. Pure, and the same for every set of stores: which there are is said by the doors.

Paths are relative to Caddy's working directory, the state folder.
"""

from __future__ import annotations

import html
import string
from typing import Final, TypeAlias

from galleria.control.gateway.doors import CLOSED, DOORS, ENGINE, STOREFRONT, UNSEEN
from galleria.control.gateway.port import UNSEEN_HEADER
from galleria.control.gateway.rules import HOST_PATTERN, PLANE_HOSTS

JsonValue: TypeAlias = "str | int | float | bool | None | list[JsonValue] | dict[str, JsonValue]"
Json: TypeAlias = "dict[str, JsonValue]"

ENGINE_PATHS: Final = ("/graphql", "/admin", "/admin/*", "/static/*", "/media/*", "/downloadable/download/*")
"""What of a store's host the engine answers; all else is the storefront's."""

INTERNAL_PATHS: Final = ("/_health",)
"""What a store's processes answer to the platform only: through the public door nobody gets there. The engine's own
`/health` needs no mention, since the gateway leads no such path to the engine."""

PLANE_SOCKET: Final = "plane/run/plane.sock"
HEALTH_SOCKET: Final = "gateway/health.sock"
"""Where Caddy says that it is there. It says nothing else: a store may lead shoppers here by a link."""

_STORAGE: Final = "gateway/storage"

_HOST: Final = "{http.regexp.door.host}"
"""The host as it was matched: never what the request says, which may hold anything."""

_UNSEEN_DOOR: Final = f"{UNSEEN}/{{http.regexp.unseen.secret}}"
"""An unseen door, by its secret as it was matched."""

_RETRY_FOR: Final = "3s"
"""How long a request waits for a process that is restarted. Only a failed connect is tried again: nothing was sent."""

_DRAIN_FOR: Final = "60s"
"""How long requests under way may go on when the gateway is told to end."""

_BODY_LIMIT: Final = 64 * 1024 * 1024


def caddy_config(listen: str) -> Json:
    """Work out the configuration: the control plane's own hosts first, then the doors, and a 404 page last.

    :param listen: Caddy's name for the one public door.
    """
    return {
        # Nobody has to tell Caddy anything, so nobody can.
        "admin": {"disabled": True, "config": {"persist": False}},
        "logging": {"logs": {"default": {"level": "WARN"}}},
        "storage": {"module": "file_system", "root": _STORAGE},
        "apps": {
            "http": {
                "grace_period": _DRAIN_FOR,
                "servers": {
                    "door": {
                        "listen": [listen],
                        "automatic_https": {"disable": True},
                        "routes": [_plane_route(), _in_lower_case(), _unseen(), _doors(), _nobody()],
                        "errors": {"routes": [_unreachable()]},
                    },
                    "health": {
                        "listen": [f"unix/{HEALTH_SOCKET}"],
                        "automatic_https": {"disable": True},
                        "routes": [{"handle": [{"handler": "static_response", "status_code": 204}]}],
                    },
                },
            }
        },
    }


def _plane_route() -> Json:
    return {
        "match": [{"host": list(PLANE_HOSTS)}],
        # Server-sent events must not wait in a buffer.
        "handle": [_limit(), {**_proxy(PLANE_SOCKET), "flush_interval": -1}],
        "terminal": True,
    }


def _in_lower_case() -> Json:
    """Host names are the same in any case (RFC 9110, 4.2.3); a link's name is not."""
    letters: list[JsonValue] = [{"search": letter, "replace": letter.lower()} for letter in string.ascii_uppercase]
    return {
        "match": [{"header_regexp": {"Host": {"pattern": "[A-Z]"}}}],
        "handle": [{"handler": "headers", "request": {"replace": {"Host": letters}}}],
    }


def _doors() -> Json:
    """Lead through the door of the host, if it is a well-formed name and there is one."""
    inner: list[JsonValue] = [
        # A door that is closed or opened between the two looks leads on: it never looks like a shop that is not there.
        {"match": [_at_the_door(CLOSED)], "handle": [_closed()], "terminal": True},
        {
            "match": [_at_the_door("")],
            "handle": [_through(_HOST)],
            "terminal": True,
        },
    ]
    return {
        "match": [{"vars_regexp": {"{http.request.host}": {"name": "door", "pattern": f"^(?P<host>{HOST_PATTERN})$"}}}],
        "handle": [{"handler": "subroute", "routes": inner}],
    }


def _unseen() -> Json:
    """Lead whoever knows a secret through the door of that secret. Whoever names another one is like anybody else."""
    inner: list[JsonValue] = [
        {
            "match": [{"file": {"root": DOORS, "try_files": [f"/{_UNSEEN_DOOR}/"]}}],
            "handle": [{"handler": "headers", "request": {"delete": [UNSEEN_HEADER]}}, _through(_UNSEEN_DOOR)],
            "terminal": True,
        }
    ]
    return {
        "match": [{"header_regexp": {UNSEEN_HEADER: {"name": "unseen", "pattern": "^(?P<secret>[0-9a-f]{64})$"}}}],
        "handle": [{"handler": "subroute", "routes": inner}],
    }


def _through(door: str) -> Json:
    engine, storefront = (f"{DOORS}/{door}/{name}" for name in (ENGINE, STOREFRONT))
    routes: list[JsonValue] = [
        {"match": [{"path": list(INTERNAL_PATHS)}], "handle": [_no_page()], "terminal": True},
        {"match": [{"path": list(ENGINE_PATHS)}], "handle": [_limit(), _proxy(engine)], "terminal": True},
        {"handle": [_limit(), _proxy(storefront)]},
    ]
    return {"handler": "subroute", "routes": routes}


def _at_the_door(name: str) -> Json:
    return {"file": {"root": DOORS, "try_files": [f"/{_HOST}/{name}"]}}


def _closed() -> Json:
    return _page(503, "This shop is closed right now", "Please come back a little later.")


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


def _proxy(socket: str) -> Json:
    return {
        "handler": "reverse_proxy",
        "upstreams": [{"dial": f"unix/{socket}"}],
        # Each request follows the door's links anew; a connection that was kept would lead to where they led before.
        "transport": {"protocol": "http", "keep_alive": {"enabled": False}},
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
