"""What routes depend on: the services, who asks, which page, which version was seen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, cast

from fastapi import Depends, Header, Path, Query, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from galleria.contracts.words import STORE_ID_PATTERN
from galleria.control.plane import access, sessions
from galleria.control.plane.api import envelope
from galleria.control.plane.callers import Caller, RunnerCaller
from galleria.control.plane.context import MAX_PAGE_SIZE, PageRequest, Services
from galleria.control.plane.services import tokens

_operator_token = HTTPBearer(scheme_name="operator", description="An operator's token.", auto_error=False)
_runner_token = HTTPBearer(scheme_name="runner", description="A runner's token.", auto_error=False)

_Bearer = HTTPAuthorizationCredentials | None


def services(request: Request) -> Services:
    """The services of this app."""
    return cast("Services", request.app.state.services)


def origin(request: Request) -> access.Origin:
    """Where the request comes from: the gateway names the person's address; the runner's socket has none."""
    forwarded = request.headers.get("x-forwarded-for", "").rsplit(",", 1)[-1].strip()
    return access.Origin(envelope.request_id_of(request), forwarded[:64] or "local")


def operator(request: Request, bearer: Annotated[_Bearer, Security(_operator_token)]) -> Caller:
    """The operator who asks. A browser's session may only read here: no page can change things in its person's name."""
    found = services(request)
    if bearer is None and request.method == "GET":
        cookie = request.cookies.get(sessions.COOKIE)
        session = sessions.current(found, cookie, envelope.request_id_of(request))
        if session is not None:
            return session.caller
    return access.operator(found, bearer.credentials if bearer else None, origin(request))


def still_valid(
    request: Request,
    caller: Annotated[Caller, Depends(operator)],
    bearer: Annotated[_Bearer, Security(_operator_token)],
) -> Callable[[], bool]:
    """What tells, at any later time, whether the token or the session that opened this request is still good."""
    found = services(request)
    if bearer is not None:
        return partial(tokens.is_valid, found, caller.token_id)
    return partial(sessions.is_alive, found, request.cookies.get(sessions.COOKIE))


def runner(request: Request, bearer: Annotated[_Bearer, Security(_runner_token)]) -> RunnerCaller:
    """The runner who asks."""
    return access.runner(services(request), bearer.credentials if bearer else None, origin(request))


def page(
    page: Annotated[int, Query(ge=1, le=1_000_000, description="Pages count from 1.")] = 1,
    page_size: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = 50,
) -> PageRequest:
    """Which page of a listing."""
    return PageRequest(page, page_size)


def seen_version(
    if_match: Annotated[
        str | None,
        Header(pattern=r'^"?[0-9]{1,9}"?$', description="The store's version that you saw; act on no other."),
    ] = None,
) -> int | None:
    """The version of the store that the caller has seen."""
    return int(if_match.strip('"')) if if_match else None


InServices = Annotated[Services, Depends(services)]
AsOperator = Annotated[Caller, Depends(operator)]
StillValid = Annotated[Callable[[], bool], Depends(still_valid)]
AsRunner = Annotated[RunnerCaller, Depends(runner)]
InPage = Annotated[PageRequest, Depends(page)]
SeenVersion = Annotated[int | None, Depends(seen_version)]
StoreIdPath = Annotated[str, Path(pattern=STORE_ID_PATTERN, examples=["shop-001"])]
IdPath = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,40}$")]
IdQuery = Annotated[str | None, Query(pattern=STORE_ID_PATTERN)]
TextQuery = Annotated[str | None, Query(max_length=128, pattern=r"^[^\x00-\x1f\x7f]*$")]
