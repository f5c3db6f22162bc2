"""A store's state as a sentence, for every way a store can be. Time is a plain value."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from galleria.contracts import wire
from galleria.contracts.words import (
    Component,
    DeploymentKind,
    DeploymentStatus,
    Outcome,
    ProcessState,
    SmokeCheck,
    StoreState,
    Wanted,
)
from galleria.control.plane.services import smoke
from galleria.control.plane.state import Described, Facts, Seen, describe
from tests.support.planes import START, processes

NOW = START + timedelta(hours=3)


def ago(**span: float) -> timedelta:
    return timedelta(**span)


def deployment(
    kind: DeploymentKind = DeploymentKind.PROVISION,
    status: DeploymentStatus = DeploymentStatus.SUCCEEDED,
    reason: str = "",
) -> wire.DeploymentSummary:
    return wire.DeploymentSummary(
        deployment_id="dep-1",
        store_id="shop-001",
        kind=kind,
        status=status,
        requested_by="ana",
        requested_at=START,
        started_at=None if status is DeploymentStatus.REQUESTED else START + ago(seconds=1),
        finished_at=START + ago(seconds=4) if status.final else None,
        reason=reason,
    )


def smoke_run(*, passed: bool = True, minutes_ago: float = 2) -> wire.SmokeRun:
    results = [
        wire.SmokeResult(
            check=check,
            outcome=Outcome.PASSED if passed or check is not SmokeCheck.CART else Outcome.FAILED,
            seconds=0.1,
            detail="" if passed else "engine answered 502",
        )
        for check in SmokeCheck
    ]
    return smoke.assemble("smk-1", NOW - ago(minutes=minutes_ago), 1, results)


REVISION = wire.Revision(
    number=12, artifacts={}, versions={Component.STOREFRONT: "1.4.0"}, since=NOW - timedelta(hours=2, minutes=59)
)

SELLING = Facts(
    wanted=Wanted.RUNNING,
    registered_at=START,
    revision=REVISION,
    deployment=deployment(),
    seen=Seen(NOW - ago(seconds=2), processes(START + ago(seconds=4)), routed=True),
    smoke=smoke_run(),
)


def seen(state: ProcessState, component: Component = Component.ENGINE, restarts: int = 0) -> Seen:
    """All run but one, which is in ``state``."""
    all_of_them = [
        one.model_copy(update={"state": state, "restarts": restarts, "since": NOW - ago(seconds=8)})
        if one.component is component
        else one
        for one in processes(START)
    ]
    return Seen(NOW, all_of_them, routed=True)


def said(facts: Facts, now: timedelta = timedelta()) -> Described:
    return describe(facts, NOW + now)


def test_selling() -> None:
    found = said(SELLING)
    assert found.state is StoreState.SELLING
    assert found.sentence == "Selling. Revision 12 (storefront 1.4.0) for 2 h. Last smoke passed 2 min ago."
    assert found.since == START + ago(seconds=4)


def test_not_observed_is_never_green() -> None:
    assert said(SELLING, ago(seconds=13)).state is StoreState.SELLING
    found = said(SELLING, ago(seconds=20))
    assert found.state is StoreState.UNOBSERVED
    assert found.sentence == "Not observed for 22 s: is the runner up?"


def test_never_observed() -> None:
    found = said(replace(SELLING, seen=None))
    assert found.state is StoreState.UNOBSERVED
    assert "Never observed" in found.sentence


def test_waiting_for_a_runner() -> None:
    asked = replace(SELLING, revision=None, deployment=deployment(status=DeploymentStatus.REQUESTED))
    found = describe(asked, START + ago(seconds=3))
    assert found.state is StoreState.DEPLOYING
    assert found.sentence == "Provisioning: has waited for a runner for 3 s."
    assert "Next: is the runner up?" in describe(asked, START + ago(seconds=30)).sentence


def test_deploying_and_its_runner_falling_silent() -> None:
    running = deployment(DeploymentKind.RESTART, DeploymentStatus.RUNNING)
    facts = replace(SELLING, deployment=running, lease_until=START + ago(seconds=31))
    assert describe(facts, START + ago(seconds=5)).sentence == "Restarting for 4 s, asked for by ana."
    silent = describe(facts, START + ago(seconds=71))
    assert silent.state is StoreState.DEPLOYING
    assert silent.sentence == "Restarting stands still: its runner's lease ended 40 s ago. Next: is the runner up?"


def test_a_provisioning_that_failed_needs_a_person_and_says_why() -> None:
    failed = deployment(status=DeploymentStatus.FAILED, reason="No space left for the template")
    found = said(replace(SELLING, revision=None, seen=None, smoke=None, deployment=failed))
    assert found.state is StoreState.NEEDS_ATTENTION
    assert found.sentence == (
        "Needs attention. Provisioning failed 2 h ago: No space left for the template. Next: retry or remove it."
    )


@pytest.mark.parametrize(
    "status", [DeploymentStatus.FAILED, DeploymentStatus.ROLLED_BACK, DeploymentStatus.NEEDS_ATTENTION]
)
def test_no_end_but_success_is_green(status: DeploymentStatus) -> None:
    before = replace(SELLING, deployment=deployment(DeploymentKind.RESTART, status), smoke=None)
    assert said(before).state is StoreState.NEEDS_ATTENTION


def test_a_failed_restart_is_outlived_by_a_passed_smoke_run() -> None:
    failed = deployment(DeploymentKind.RESTART, DeploymentStatus.FAILED)
    assert said(replace(SELLING, deployment=failed)).state is StoreState.SELLING
    assert said(replace(SELLING, deployment=failed, smoke=smoke_run(passed=False))).state is StoreState.NEEDS_ATTENTION


def test_stopped() -> None:
    stopped = Seen(NOW, processes(START, ProcessState.STOPPED), routed=True)
    facts = replace(SELLING, wanted=Wanted.STOPPED, deployment=deployment(DeploymentKind.STOP), seen=stopped)
    found = said(facts)
    assert found.state is StoreState.STOPPED
    assert found.sentence.startswith("Stopped by ana 2 h ago. Shoppers see a page that says so.")


def test_meant_to_be_stopped_and_running() -> None:
    found = said(replace(SELLING, wanted=Wanted.STOPPED))
    assert found.state is StoreState.DEGRADED
    assert "meant to be stopped" in found.sentence


@pytest.mark.parametrize(
    "state",
    [
        ProcessState.SILENT,
        ProcessState.RESTARTING,
        ProcessState.STARTING,
        ProcessState.STOPPED,
        ProcessState.GAVE_UP,
    ],
)
@pytest.mark.parametrize("component", [Component.ENGINE, Component.STOREFRONT, Component.SHOP_AGENT])
def test_a_process_that_does_not_run_is_named(state: ProcessState, component: Component) -> None:
    found = said(replace(SELLING, seen=seen(state, component)))
    expected = StoreState.NEEDS_ATTENTION if state is ProcessState.GAVE_UP else StoreState.DEGRADED
    assert found.state is expected
    assert component.value in found.sentence
    assert found.since == NOW - ago(seconds=8)


def test_a_silent_process_is_not_said_to_mend_itself() -> None:
    found = said(replace(SELLING, seen=seen(ProcessState.SILENT, Component.ENGINE)))
    assert found.sentence == "Degraded for 8 s: engine is silent. Next: restart the store."


def test_a_restarting_process_says_how_often() -> None:
    found = said(replace(SELLING, seen=seen(ProcessState.RESTARTING, restarts=2)))
    assert found.sentence == (
        "Degraded for 8 s: engine is restarting (2 restarts so far). Next: nothing, it is being restarted."
    )


def test_a_missing_process_is_no_running_process() -> None:
    found = said(replace(SELLING, seen=Seen(NOW, processes(START)[:2], routed=True)))
    assert found.state is StoreState.DEGRADED
    assert "shop-agent does not run" in found.sentence


def test_without_a_door() -> None:
    found = said(replace(SELLING, seen=Seen(NOW, processes(START), routed=False)))
    assert found.state is StoreState.DEGRADED
    assert "no route" in found.sentence


def test_without_a_smoke_run_nothing_is_green() -> None:
    assert said(replace(SELLING, smoke=None)).state is StoreState.DEGRADED


def test_a_failed_smoke_run_names_its_check() -> None:
    found = said(replace(SELLING, smoke=smoke_run(passed=False)))
    assert found.state is StoreState.DEGRADED
    assert 'check "put into cart and take out" engine answered 502.' in found.sentence


def test_removed() -> None:
    found = said(replace(SELLING, removed_at=NOW - ago(days=3)))
    assert found.state is StoreState.REMOVED
    assert found.sentence == "Removed 3 days ago. Its history stays."


def test_meant_to_be_removed_and_still_here() -> None:
    assert said(replace(SELLING, wanted=Wanted.REMOVED)).state is StoreState.NEEDS_ATTENTION


def test_every_sentence_ends_and_never_says_unknown() -> None:
    for facts in (SELLING, replace(SELLING, seen=None), replace(SELLING, smoke=None)):
        sentence = said(facts).sentence
        assert sentence[-1] in ".?"
        assert "unknown" not in sentence.lower()
