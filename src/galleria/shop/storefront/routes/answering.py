"""From a view to an endpoint: the session around it, forged forms kept out, failures turned into pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from galleria.observability import logs
from galleria.shop.storefront.data.asking import Asker, asking, client_address
from galleria.shop.storefront.data.errors import EngineUnavailable, Refused
from galleria.shop.storefront.routes.visit import Services, View, Visit
from galleria.shop.storefront.web import forms, headers
from galleria.shop.storefront.web.forms import Form
from galleria.shop.storefront.web.sessions import Session

if TYPE_CHECKING:
    from starlette.requests import Request

log = logs.get(__name__)

RETRY_SECONDS: Final = "10"
_READING: Final = frozenset({"GET", "HEAD"})


def endpoint(view: View, services: Services) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint that answers with ``view``."""

    async def answer(request: Request) -> Response:
        before = services.cookie.read(request.cookies)
        visit = Visit(request, services, before or Session.fresh(), Form([]))
        address = client_address(request.headers.get("X-Forwarded-For", ""))
        with asking(Asker(address)):
            response = _for_script(visit, await _guarded(view, visit))
        headers.secure(response)
        headers.compress(response, request.headers.get("Accept-Encoding", ""))
        if visit.session != before:
            services.cookie.write(response, visit.session)
        return response

    return answer


def _for_script(visit: Visit, response: Response) -> Response:
    """Answer the page's script: where a piece was asked for and a whole page came, that page takes the place."""
    if visit.partial and 300 <= response.status_code < 400:
        return Response(headers={"HX-Redirect": response.headers["Location"]})
    if visit.scripted and response.status_code >= 400:
        response.headers.update({"HX-Retarget": "main", "HX-Reselect": "main", "HX-Reswap": "outerHTML"})
    return response


async def _guarded(view: View, visit: Visit) -> Response:
    try:
        if visit.request.method not in _READING:
            visit.form = await forms.read_form(visit.request)
            if not _genuine(visit):
                return await problem(visit, 403)
        return await view(visit)
    except forms.TooLarge:
        return await problem(visit, 413)
    except EngineUnavailable as error:
        log.warning("engine unavailable", path=visit.path, reason=str(error))
        return await problem(visit, 503)
    except Refused as refused:
        return await _refused(visit, refused)
    except Exception:
        log.exception("page failed", path=visit.path)
        return await problem(visit, 500)


def _genuine(visit: Visit) -> bool:
    given = visit.form.get(forms.FIELD)
    return forms.is_genuine(visit.services.settings.session_secret, visit.session.seed, given)


async def _refused(visit: Visit, refused: Refused) -> Response:
    """Answer when the engine said no and the view had no better idea."""
    if refused.unknown_person and visit.session.token:
        visit.session = replace(Session.fresh(), notice=None)
        visit.say("You have been signed out. Please sign in again.", good=False)
        return visit.go("/sign-in")
    log.info("engine refused", path=visit.path, category=refused.category.value)
    return await problem(visit, 404 if refused.gone else 400)


async def problem(visit: Visit, status: int) -> Response:
    """Answer with the theme's page for a request that can't be answered."""
    response = await visit.draw("problem.html", status, problem=status, elsewhere=())
    if status == 503:
        response.headers["Retry-After"] = RETRY_SECONDS
    response.headers["Cache-Control"] = "no-store"
    return response
