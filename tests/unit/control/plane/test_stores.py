"""Wishes for stores: who may have them, when they make sense, and what happens when two have them at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import Deployment, MerchantNotice
from galleria.contracts.words import (
    AuditAction,
    AuditOutcome,
    DeploymentKind,
    DeploymentStatus,
    Role,
    StoreState,
    Wanted,
)
from galleria.control.plane.context import PageRequest
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import auditing, deployments, fleet, stores
from tests.support.planes import Plane, spec


def refused(act: Callable[[], object]) -> PlaneProblem:
    with pytest.raises(PlaneProblem) as caught:
        act()
    return caught.value


def audit_of(plane: Plane, action: AuditAction) -> list[tuple[str, AuditOutcome, str | None]]:
    wanted = auditing.AuditFilter(action=action)
    entries = auditing.list_audit(plane.services, plane.caller(), wanted, PageRequest()).items
    return [(entry.actor, entry.outcome, entry.store_id) for entry in reversed(entries)]


def ask(plane: Plane, kind: DeploymentKind, name: str = "ana", version: int | None = None) -> Deployment:
    caller = plane.caller(name, Role.ADMIN)
    return stores.request(plane.services, caller, kind, "shop-001", version)


def test_a_store_comes_to_sell(plane: Plane) -> None:
    asked = plane.register()
    assert (asked.kind, asked.status) == (DeploymentKind.PROVISION, DeploymentStatus.REQUESTED)
    store = fleet.show_store(plane.services, plane.caller(), "shop-001")
    assert (store.state, store.host, store.url) == (
        StoreState.DEPLOYING,
        "shop-001.localhost",
        "http://shop-001.localhost:8080",
    )
    plane.carry_out()
    store = fleet.show_store(plane.services, plane.caller(), "shop-001")
    assert store.state is StoreState.SELLING
    assert store.revision is not None
    assert (store.revision.number, store.time_to_provision_seconds) == (1, 3.4)
    assert store.last_smoke is not None
    assert store.last_smoke.passed
    assert len(store.last_smoke.results) == 7


def test_ids_and_hosts_are_taken_once(plane: Plane) -> None:
    plane.register()
    same_id = refused(lambda: plane.register(name="bob"))
    assert same_id.code is ErrorCode.STORE_EXISTS
    assert same_id.details["registered_by"] == "ana"
    same_host = refused(
        lambda: stores.register_store(plane.services, plane.caller(), spec("shop-002", "shop-001.localhost"))
    )
    assert same_host.code is ErrorCode.HOST_TAKEN
    assert same_host.details["store_id"] == "shop-001"
    assert audit_of(plane, AuditAction.STORE_REGISTER) == [
        ("ana", AuditOutcome.ACCEPTED, "shop-001"),
        ("bob", AuditOutcome.REFUSED, "shop-001"),
        ("ana", AuditOutcome.REFUSED, "shop-002"),
    ]


@pytest.mark.parametrize("host", ["galleria.localhost", "Shop.localhost", "127.0.0.1", "a b", "shop.localhost:80"])
def test_bad_hosts_are_refused_before_anything_is_kept(plane: Plane, host: str) -> None:
    problem = refused(lambda: stores.register_store(plane.services, plane.caller(), spec(host=host)))
    assert problem.code is ErrorCode.HOST_INVALID
    assert fleet.list_stores(plane.services, plane.caller(), fleet.StoreFilter(), PageRequest()).total == 0


def test_a_viewer_changes_nothing(plane: Plane) -> None:
    plane.sell()
    viewer, operator = plane.caller("vic", Role.VIEWER), plane.caller("ana", Role.OPERATOR)
    for kind in DeploymentKind:
        problem = refused(lambda kind=kind: stores.request(plane.services, viewer, kind, "shop-001"))  # type: ignore[misc]
        assert problem.code is ErrorCode.FORBIDDEN
    assert refused(lambda: stores.register_store(plane.services, viewer, spec("shop-9"))).code is ErrorCode.FORBIDDEN
    notice = MerchantNotice(action=AuditAction.MERCHANT_IMPORT, outcome=AuditOutcome.SUCCEEDED)
    problem = refused(lambda: stores.note_merchant_act(plane.services, viewer, "shop-001", notice))
    assert problem.code is ErrorCode.FORBIDDEN
    removing = refused(lambda: stores.request(plane.services, operator, DeploymentKind.DECOMMISSION, "shop-001"))
    assert removing.code is ErrorCode.FORBIDDEN
    assert audit_of(plane, AuditAction.STORE_DECOMMISSION) == [
        ("vic", AuditOutcome.REFUSED, "shop-001"),
        ("ana", AuditOutcome.REFUSED, "shop-001"),
    ]


def test_a_busy_store_says_who_does_what(plane: Plane) -> None:
    plane.sell()
    first = ask(plane, DeploymentKind.STOP, "ana")
    problem = refused(lambda: ask(plane, DeploymentKind.RESTART, "bob"))
    assert problem.code is ErrorCode.STORE_BUSY
    assert problem.code.retryable
    assert "ana asked to stop shop-001" in problem.message
    assert problem.details["deployment_id"] == first.deployment_id
    assert problem.details["requested_by"] == "ana"
    assert ("bob", AuditOutcome.REFUSED, "shop-001") in audit_of(plane, AuditAction.STORE_RESTART)


def test_a_changed_store_is_left_alone(plane: Plane) -> None:
    plane.sell()
    seen = fleet.show_store(plane.services, plane.caller(), "shop-001").version
    ask(plane, DeploymentKind.STOP, "ana", seen)
    plane.carry_out()
    problem = refused(lambda: ask(plane, DeploymentKind.RESTART, "bob", seen))
    assert problem.code is ErrorCode.STORE_CHANGED
    assert "ana asked to stop it" in problem.message
    assert problem.details["kind"] == "stop"


def test_of_two_operators_at_once_one_wins(plane: Plane) -> None:
    plane.sell()
    ends: list[Deployment | PlaneProblem] = []
    ready = threading.Barrier(6)

    def change(name: str, kind: DeploymentKind) -> None:
        ready.wait()
        try:
            ends.append(ask(plane, kind, name))
        except PlaneProblem as problem:
            ends.append(problem)

    kinds = [DeploymentKind.STOP, DeploymentKind.RESTART, DeploymentKind.DECOMMISSION] * 2
    threads = [threading.Thread(target=change, args=(f"op-{n}", kind)) for n, kind in enumerate(kinds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [end for end in ends if isinstance(end, Deployment)]
    lost = [end for end in ends if isinstance(end, PlaneProblem)]
    assert (len(won), len(lost)) == (1, 5)
    assert {problem.code for problem in lost} == {ErrorCode.STORE_BUSY}
    assert {problem.details["requested_by"] for problem in lost} == {won[0].requested_by}


def test_of_two_registrations_at_once_one_wins(plane: Plane) -> None:
    ends: list[object] = []
    ready = threading.Barrier(4)

    def register(name: str) -> None:
        ready.wait()
        try:
            ends.append(plane.register(name=name))
        except PlaneProblem as problem:
            ends.append(problem.code)

    threads = [threading.Thread(target=register, args=(f"op-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [end for end in ends if not isinstance(end, Deployment)] == [ErrorCode.STORE_EXISTS] * 3


@pytest.mark.parametrize(
    ("before", "kind", "allowed"),
    [
        ("selling", DeploymentKind.START, False),
        ("selling", DeploymentKind.STOP, True),
        ("selling", DeploymentKind.RESTART, True),
        ("selling", DeploymentKind.PROVISION, False),
        ("selling", DeploymentKind.DECOMMISSION, True),
        ("stopped", DeploymentKind.START, True),
        ("stopped", DeploymentKind.STOP, False),
        ("stopped", DeploymentKind.RESTART, False),
        ("stopped", DeploymentKind.DECOMMISSION, True),
        ("unborn", DeploymentKind.START, False),
        ("unborn", DeploymentKind.STOP, False),
        ("unborn", DeploymentKind.RESTART, False),
        ("unborn", DeploymentKind.PROVISION, True),
        ("unborn", DeploymentKind.DECOMMISSION, True),
    ],
)
def test_what_makes_sense_when(plane: Plane, before: str, kind: DeploymentKind, allowed: bool) -> None:
    if before == "unborn":
        plane.register()
        plane.finish(plane.claim(), DeploymentStatus.FAILED, "disk full")
    else:
        plane.sell()
    if before == "stopped":
        ask(plane, DeploymentKind.STOP)
        plane.carry_out()
    if allowed:
        assert ask(plane, kind).kind is kind
    else:
        assert refused(lambda: ask(plane, kind)).code is ErrorCode.STATE_CONFLICT


def test_a_failed_provisioning_is_shown_and_retried(plane: Plane) -> None:
    plane.register()
    plane.finish(plane.claim(), DeploymentStatus.FAILED, "No space left on the disk.")
    store = fleet.show_store(plane.services, plane.caller(), "shop-001")
    assert store.state is StoreState.NEEDS_ATTENTION
    assert "No space left on the disk." in store.sentence
    stores.retry(plane.services, plane.caller(), "shop-001")
    plane.carry_out()
    assert fleet.show_store(plane.services, plane.caller(), "shop-001").state is StoreState.SELLING


def test_a_removed_store_is_history_and_its_id_and_host_are_free(plane: Plane) -> None:
    plane.sell()
    ask(plane, DeploymentKind.DECOMMISSION)
    plane.carry_out()
    gone = fleet.show_store(plane.services, plane.caller(), "shop-001")
    assert (gone.state, gone.wanted) == (StoreState.REMOVED, Wanted.REMOVED)
    nothing, removed = fleet.StoreFilter(), fleet.StoreFilter(state=StoreState.REMOVED)
    assert fleet.list_stores(plane.services, plane.caller(), nothing, PageRequest()).total == 0
    assert fleet.list_stores(plane.services, plane.caller(), removed, PageRequest()).total == 1
    assert refused(lambda: ask(plane, DeploymentKind.START)).code is ErrorCode.STORE_NOT_FOUND
    plane.register(name="bob")
    again = fleet.show_store(plane.services, plane.caller(), "shop-001")
    assert (again.state, again.revision) == (StoreState.DEPLOYING, None)
    kept = deployments.DeploymentFilter(store_id="shop-001")
    assert deployments.list_deployments(plane.services, plane.caller(), kept, PageRequest()).total == 3


def test_the_fleet_is_sorted_filtered_and_paged(plane: Plane) -> None:
    for number in range(1, 6):
        plane.sell(f"shop-00{number}")
    plane.observe(*(f"shop-00{number}" for number in range(1, 6)))
    plane.register("shop-006")
    plane.clock.pass_by(1)
    plane.register("shop-007")
    failing = plane.claim()
    plane.finish(failing, DeploymentStatus.FAILED, "bad template")
    found = fleet.list_stores(plane.services, plane.caller(), fleet.StoreFilter(), PageRequest(1, 3))
    assert found.total == 7
    assert [store.store_id for store in found.items] == ["shop-006", "shop-007", "shop-001"]
    assert [store.state for store in found.items] == [
        StoreState.NEEDS_ATTENTION,
        StoreState.DEPLOYING,
        StoreState.SELLING,
    ]
    last = fleet.list_stores(plane.services, plane.caller(), fleet.StoreFilter(), PageRequest(3, 3))
    assert [store.store_id for store in last.items] == ["shop-005"]
    some = fleet.list_stores(plane.services, plane.caller(), fleet.StoreFilter("SHOP-003"), PageRequest())
    assert [store.store_id for store in some.items] == ["shop-003"]
    selling = fleet.StoreFilter(state=StoreState.SELLING)
    assert fleet.list_stores(plane.services, plane.caller(), selling, PageRequest()).total == 5
    assert fleet.counts(plane.services)[StoreState.SELLING] == 5
    assert fleet.counts(plane.services)[StoreState.DEPLOYING] == 1


def test_merchant_acts_are_only_noted(plane: Plane) -> None:
    plane.sell()
    notice = MerchantNotice(action=AuditAction.MERCHANT_IMPORT, outcome=AuditOutcome.FAILED)
    stores.note_merchant_act(plane.services, plane.caller(), "shop-001", notice)
    assert audit_of(plane, AuditAction.MERCHANT_IMPORT) == [("ana", AuditOutcome.FAILED, "shop-001")]
    missing = refused(lambda: stores.note_merchant_act(plane.services, plane.caller(), "shop-404", notice))
    assert missing.code is ErrorCode.STORE_NOT_FOUND
