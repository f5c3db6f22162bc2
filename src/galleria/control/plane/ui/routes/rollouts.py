"""Rollouts: the listing, the live page, and what can be asked of one."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from galleria.contracts.delivery import RolloutSpec
from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import Role
from galleria.control.plane.context import MAX_PAGE_SIZE, PageRequest, Services
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import releases, rollouts
from galleria.control.plane.sessions import Session
from galleria.control.plane.ui import asking, pages
from galleria.control.plane.ui.views import forms, moves
from galleria.control.plane.ui.views import rollouts as views

router = APIRouter()

_ADVICE = {
    "release_id": "Release: choose one of the releases.",
    "stores": "Stores: `all`, or ids and patterns with *, separated by commas.",
    "waves": "Waves: numbers or shares of all, separated by commas, growing; the last is 100%.",
    "max_failures": "Halts at: a number of stores, at least 1.",
}


@router.get("/rollouts")
def list_rollouts(services: asking.InServices, session: asking.SignedIn, page: str = "") -> Response:
    """List rollouts, newest first."""
    wanted = PageRequest(asking.page_number(page))
    found = rollouts.list_rollouts(services, session.caller, wanted)
    view = views.listing(found, session.caller.role, services.now())
    return pages.page("rollouts.html", pages.frame(services, session, "/rollouts"), listing=view)


@router.get("/rollouts/new")
def show_new_rollout(services: asking.InServices, session: asking.SignedIn) -> Response:
    """Ask for a rollout's wishes."""
    asking.require(session, Role.OPERATOR)
    return _form(services, session, forms.Form({**views.DEFAULTS, **forms.ticked({})}))


@router.post("/rollouts/new")
def start_rollout(services: asking.InServices, session: asking.Acting, typed: asking.Typed) -> Response:
    """Start it and show it live."""
    values = {key: typed.get(key, default).strip() for key, default in views.DEFAULTS.items()}
    form = forms.Form({**values, **forms.ticked(typed)})
    try:
        waves = [wave.strip() for wave in values["waves"].split(",")]
        spec = RolloutSpec.model_validate({**values, "waves": waves, **forms.chosen(form)})
        made = rollouts.start(services, session.caller, spec)
    except ValidationError as invalid:
        named = {str(error["loc"][0]) for error in invalid.errors() if error["loc"]}
        problems = tuple(forms.Problem(name, words) for name, words in _ADVICE.items() if name in named)
        return _form(services, session, forms.Form(form.values, problems))
    except PlaneProblem as problem:
        if problem.code is ErrorCode.FORBIDDEN:
            raise
        where = problem.details.get("field", "stores" if problem.code is ErrorCode.ROLLOUT_BUSY else "release_id")
        return _form(services, session, forms.Form(form.values, (forms.Problem(where, problem.message),)))
    return RedirectResponse(f"/rollouts/{made.rollout_id}", 303)


@router.get("/rollouts/{rollout_id}")
def show_rollout(services: asking.InServices, session: asking.SignedIn, rollout_id: str) -> Response:
    """Show one rollout, live."""
    found = rollouts.show_rollout(services, session.caller, rollout_id)
    view = views.rollout_view(found, session.caller.role, services.now())
    return pages.page("rollout.html", pages.frame(services, session, "/rollouts"), rollout=view)


@router.post("/rollouts/{rollout_id}/halt")
def halt(services: asking.InServices, session: asking.Acting, rollout_id: str) -> Response:
    """Begin nothing more."""
    rollouts.halt(services, session.caller, rollout_id)
    return RedirectResponse(f"/rollouts/{rollout_id}", 303)


@router.post("/rollouts/{rollout_id}/resume")
def resume(services: asking.InServices, session: asking.Acting, rollout_id: str) -> Response:
    """Go on."""
    rollouts.resume(services, session.caller, rollout_id)
    return RedirectResponse(f"/rollouts/{rollout_id}", 303)


@router.get("/rollouts/{rollout_id}/rollback")
def show_take_back(services: asking.InServices, session: asking.SignedIn, rollout_id: str) -> Response:
    """Say what will change, and ask."""
    asking.require(session, Role.OPERATOR)
    found = rollouts.show_rollout(services, session.caller, rollout_id)
    view = views.rollout_view(found, session.caller.role, services.now())
    around = pages.frame(services, session, "/rollouts")
    return pages.page("rollout_back.html", around, rollout=view, moved=views.moved(found))


@router.post("/rollouts/{rollout_id}/rollback")
def take_back(services: asking.InServices, session: asking.Acting, rollout_id: str) -> Response:
    """Take back what it moved."""
    rollouts.take_back(services, session.caller, rollout_id)
    return RedirectResponse(f"/rollouts/{rollout_id}", 303)


def _form(services: Services, session: Session, form: forms.Form) -> Response:
    known = releases.list_releases(services, session.caller, PageRequest(page_size=MAX_PAGE_SIZE)).items
    failed = releases.count_failed(services)
    ask = views.new_rollout(known, failed, session.caller.role)
    form = moves.with_release(form, ask.choices, failed, {one.release_id for one in known if one.promoted})
    around = pages.frame(services, session, "/rollouts")
    return pages.page("rollout_new.html", around, 422 if form.problems else 200, form=form, ask=ask)
