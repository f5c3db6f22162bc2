"""A runner that never returns: how soon another one has its deployment."""

from __future__ import annotations

from galleria.contracts import wire
from galleria.contracts.words import AuditAction, Outcome, Stage
from galleria.control.plane.context import PageRequest
from galleria.control.plane.services import auditing, deployments, runners
from tests.support.planes import AS_RUNNER, Plane, claim_request

LEASE_SECONDS = 30


def test_a_runner_that_never_returns_is_taken_over_once_its_lease_of_thirty_seconds_is_over(plane: Plane) -> None:
    plane.register()
    first = plane.claim("runner-a")
    assert first.lease_seconds == LEASE_SECONDS
    plane.clock.pass_by(20)
    runners.heartbeat(plane.services, AS_RUNNER, first.deployment_id, wire.Heartbeat(runner_id="runner-a"))
    plane.clock.pass_by(LEASE_SECONDS - 0.1)
    assert runners.claim(plane.services, AS_RUNNER, claim_request("runner-b")) is None
    assert 0 < runners.seconds_to_lease_end(plane.services, claim_request().runtimes) < 0.2, "who waits is woken then"
    plane.clock.pass_by(0.2)
    second = plane.claim("runner-b")
    assert (second.deployment_id, second.attempt) == (first.deployment_id, 2)
    shown = deployments.show_deployment(plane.services, plane.caller(), first.deployment_id)
    assert shown.runner_id == "runner-b"


def test_the_one_that_takes_over_hears_how_far_it_got_and_why_is_on_record(plane: Plane) -> None:
    plane.register()
    first = plane.claim("runner-a")
    begun = plane.clock.moment
    report = wire.StepReport(
        runner_id="runner-a", stage=Stage.DEPLOY, name="copy template", outcome=Outcome.RUNNING, started_at=begun
    )
    runners.report_step(plane.services, AS_RUNNER, first.deployment_id, report)
    plane.clock.pass_by(LEASE_SECONDS + 1)
    second = plane.claim("runner-b")
    assert [(step.name, step.outcome) for step in second.steps] == [("copy template", Outcome.RUNNING)]
    seen = auditing.list_audit(plane.services, plane.caller(), auditing.AuditFilter(), PageRequest()).items
    expired = next(entry for entry in seen if entry.action is AuditAction.DEPLOYMENT_LEASE_EXPIRE)
    assert "runner-a fell silent" in expired.detail
