"""Moving one store: the pages on which a deploy or a rollback is asked for."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from galleria.contracts.delivery import DeploySpec, RollbackSpec
from galleria.contracts.errors import ErrorCode
from galleria.contracts.going_back import revision_before
from galleria.contracts.words import DeploymentKind, Role
from galleria.control.plane.context import MAX_PAGE_SIZE, PageRequest, Services
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import deployments, fleet, history, releases, wishing
from galleria.control.plane.services.aiming import Wish
from galleria.control.plane.sessions import Session
from galleria.control.plane.ui import asking, pages
from galleria.control.plane.ui.views import forms, moves, summaries

router = APIRouter()

ALL = PageRequest(page_size=MAX_PAGE_SIZE)

_SHOWN = (ErrorCode.STATE_CONFLICT, ErrorCode.RELEASE_NOT_FOUND, ErrorCode.RELEASE_QUARANTINED, ErrorCode.IRREVERSIBLE,
          ErrorCode.REVISION_NOT_FOUND, ErrorCode.INVALID_REQUEST)  # fmt: skip
"""Refusals that are about what was chosen: shown beside the form, which keeps it."""


@router.get("/stores/{store_id}/deploy")
def show_deploy(services: asking.InServices, session: asking.SignedIn, store_id: str, release: str = "") -> Response:
    """Let one choose a release, and say what will change."""
    asking.require(session, Role.OPERATOR)
    return _deploy(services, session, store_id, forms.Form({"release_id": release[:64], "parts": "", "accept": ""}))


@router.post("/stores/{store_id}/deploy")
def deploy(services: asking.InServices, session: asking.Acting, typed: asking.Typed, store_id: str) -> Response:
    """Ask for it and show the deployment that it becomes."""
    form = forms.Form({"release_id": typed.get("release_id", "")[:64], **forms.ticked(typed)})
    try:
        spec = DeploySpec.model_validate({"release_id": form.values["release_id"], **forms.chosen(form)})
        return _ask(services, session, Wish.to_deploy(spec), store_id, typed)
    except ValidationError:
        problem = forms.Problem("release_id", "Choose one of the releases.")
    except PlaneProblem as refused:
        if refused.code not in _SHOWN:
            raise
        problem = forms.Problem(refused.details.get("field", "release_id"), refused.message)
    return _deploy(services, session, store_id, forms.Form(form.values, (problem,)))


@router.get("/stores/{store_id}/rollback")
def show_rollback(services: asking.InServices, session: asking.SignedIn, store_id: str, to: str = "") -> Response:
    """Let one choose a revision, and say what will change."""
    asking.require(session, Role.OPERATOR)
    return _rollback(services, session, store_id, forms.Form({"to_revision": to[:9], "reason": ""}))


@router.post("/stores/{store_id}/rollback")
def roll_back(services: asking.InServices, session: asking.Acting, typed: asking.Typed, store_id: str) -> Response:
    """Ask for it and show the deployment that it becomes."""
    form = forms.Form({"to_revision": typed.get("to_revision", "")[:9], "reason": typed.get("reason", "").strip()})
    try:
        spec = RollbackSpec.model_validate({"to_revision": form.values["to_revision"], "reason": form.values["reason"]})
        return _ask(services, session, Wish.to_roll_back(spec), store_id, typed)
    except ValidationError as invalid:
        wrong = str(invalid.errors()[0]["loc"][0])
        words = "Choose one of the revisions." if wrong == "to_revision" else "Reason: up to 500 plain characters."
        problem = forms.Problem(wrong, words)
    except PlaneProblem as refused:
        if refused.code not in _SHOWN:
            raise
        problem = forms.Problem("to_revision", refused.message)
    return _rollback(services, session, store_id, forms.Form(form.values, (problem,)))


def _ask(services: Services, session: Session, wish: Wish, store_id: str, typed: asking.Typed) -> Response:
    made = wishing.request(services, session.caller, wish, store_id, asking.seen_version(typed))
    return RedirectResponse(f"/deployments/{made.deployment_id}", 303)


def _deploy(services: Services, session: Session, store_id: str, form: forms.Form) -> Response:
    caller = session.caller
    store = fleet.show_store(services, caller, store_id)
    known = releases.list_releases(services, caller, ALL).items
    failed, last = releases.count_failed(services), _last_time(services, session, store_id, DeploymentKind.DEPLOY)
    ask = moves.deploy_page(store, known, failed, caller.role, last)
    form = moves.with_release(form, ask.choices, failed, {one.release_id for one in known if one.promoted})
    around = pages.frame(services, session, "/stores")
    return pages.page("deploy.html", around, 422 if form.problems else 200, ask=ask, form=form)


def _rollback(services: Services, session: Session, store_id: str, form: forms.Form) -> Response:
    caller = session.caller
    store = fleet.show_store(services, caller, store_id)
    known = history.list_revisions(services, caller, store_id, ALL).items
    if not form.values["to_revision"]:
        here = store.revision.number if store.revision else 0
        before = revision_before(known, here, {held.release_id for held in store.quarantined})
        form = forms.Form({**form.values, "to_revision": str(before.number if before else "")}, form.problems)
    ask = moves.rollback_page(store, known, _last_time(services, session, store_id, DeploymentKind.ROLLBACK))
    around = pages.frame(services, session, "/stores")
    return pages.page("rollback.html", around, 422 if form.problems else 200, ask=ask, form=form)


def _last_time(services: Services, session: Session, store_id: str, kind: DeploymentKind) -> str | None:
    about = deployments.DeploymentFilter(store_id)
    recent = deployments.list_deployments(services, session.caller, about, ALL).items
    last = next((one for one in recent if one.kind is kind and one.status.final), None)
    return summaries.last_time(last)
