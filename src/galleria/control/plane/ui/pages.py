"""Turns views into HTML: the templates, the frame around every page, and the headers that keep a page to itself."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from galleria.contracts.words import Role
from galleria.control.plane.context import Services
from galleria.control.plane.services import status
from galleria.control.plane.sessions import Session
from galleria.control.plane.ui.views import marks, platform

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

_DIGESTS: Final = {
    file.relative_to(STATIC).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()[:16]
    for file in STATIC.rglob("*")
    if file.suffix in {".css", ".js", ".svg"}
}


def asset(name: str) -> str:
    """The address of a static file. It changes with the content, so that a browser may keep the file for ever."""
    return f"/static/{name}?v={_DIGESTS[name]}"


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(
        asset=asset,
        problem_mark=marks.Mark(marks.Tone.BAD, marks.Shape.OCTAGON, "Error"),
        warn_mark=marks.Mark(marks.Tone.WARN, marks.Shape.TRIANGLE, "Take care"),
        change_mark=marks.Mark(marks.Tone.BUSY, marks.Shape.CHANGE, "Changes"),
        same_mark=marks.Mark(marks.Tone.OFF, marks.Shape.SAME, "Stays"),
    )
    return made


ENVIRONMENT: Final = _environment()


@dataclass(frozen=True)
class NavEntry:
    """One entry of the main navigation."""

    word: str
    href: str
    current: bool


@dataclass(frozen=True)
class Who:
    """Who is signed in."""

    name: str
    role: str


@dataclass(frozen=True)
class Frame:
    """What surrounds every page."""

    who: Who | None
    csrf: str
    nav: tuple[NavEntry, ...]
    platform: platform.Platform | None
    may_operate: bool


_NAV: Final = (
    ("Stores", "/", Role.VIEWER),
    ("Deployments", "/deployments", Role.VIEWER),
    ("Rollouts", "/rollouts", Role.VIEWER),
    ("Audit", "/audit", Role.VIEWER),
    ("Platform", "/platform", Role.VIEWER),
    ("Tokens", "/tokens", Role.ADMIN),
)


def frame(services: Services, session: Session, path: str) -> Frame:
    """The frame of a signed-in person's page."""
    caller = session.caller
    known = status.status(services, caller)
    return Frame(
        who=Who(caller.name, caller.role.value),
        csrf=session.csrf,
        nav=tuple(NavEntry(word, href, _within(path, href)) for word, href, role in _NAV if caller.role.includes(role)),
        platform=platform.platform(known, services.now()),
        may_operate=caller.role.includes(Role.OPERATOR),
    )


def bare_frame(csrf: str = "") -> Frame:
    """The frame for somebody who is not signed in."""
    return Frame(who=None, csrf=csrf, nav=(), platform=None, may_operate=False)


def _within(path: str, href: str) -> bool:
    if href == "/":
        return path == "/" or path.startswith("/stores")
    return path.startswith(href)


def page(template: str, around: Frame, code: int = 200, /, **views: object) -> HTMLResponse:
    """Answer with a page."""
    html = ENVIRONMENT.get_template(template).render(frame=around, **views)
    return HTMLResponse(html, code, headers=HEADERS)


def wants_html(request: Request) -> bool:
    """Say whether a browser asks."""
    return "text/html" in request.headers.get("accept", "")
