from __future__ import annotations

from pathlib import Path

import pytest

from galleria.contracts import wire
from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import (
    ActorKind,
    AuditAction,
    AuditOutcome,
    Component,
    DeploymentKind,
    DeploymentStatus,
    IsolationLevel,
    IsolationMode,
    Operation,
    Outcome,
    ProcessState,
    Role,
    Runtime,
    Slot,
    SmokeCheck,
    Stage,
    StoreState,
    Wanted,
)
from galleria.control.plane.ui.views import (
    acts,
    audit,
    authority,
    deployment,
    fleet,
    forms,
    marks,
    operations,
    paging,
    platform,
    problems,
    summaries,
    times,
    tokens,
)
from galleria.control.plane.ui.views import store as store_views
from tests.unit.control.plane.ui import samples
from tests.unit.control.plane.ui.samples import NOW, before

ROOT = Path(__file__).parents[5]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (1.9, "just now"),
        (22, "22 s ago"),
        (119, "1 min ago"),
        (10_800, "3 h ago"),
        (200_000, "2 d ago"),
        (-90, "in 1 min"),
    ],
)
def test_a_moment_is_relative_in_sight_and_absolute_behind(seconds: float, words: str) -> None:
    shown = times.moment(before(seconds), NOW)
    assert shown.relative == words
    assert "UTC" in shown.absolute


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.084, "84 ms"), (3.42, "3.4 s"), (59.94, "59.9 s"), (120, "2 min"), (125, "2 min 5 s")]
)
def test_a_duration_reads_as_people_say_it(seconds: float, words: str) -> None:
    assert times.duration(seconds) == words


def test_every_state_has_a_tone_a_shape_and_a_word_of_its_own() -> None:
    for table, kind in (
        (marks.STORE_MARKS, StoreState),
        (marks.DEPLOYMENT_MARKS, DeploymentStatus),
        (marks.OUTCOME_MARKS, Outcome),
        (marks.PROCESS_MARKS, ProcessState),
        (marks.ISOLATION_MARKS, IsolationLevel),
        (marks.AUDIT_MARKS, AuditOutcome),
    ):
        assert set(table) == set(kind)
        assert len({mark.word for mark in table.values()}) == len(table)
    shapes_without_colour = {(mark.shape, mark.word) for mark in marks.STORE_MARKS.values()}
    assert len({shape for shape, _ in shapes_without_colour}) == len(marks.STORE_MARKS)


def test_every_act_operation_action_and_stage_has_words() -> None:
    assert set(acts.RULES) == set(acts.Act)
    assert set(operations.RULES) == set(Operation)
    assert set(audit.ACTION_WORDS) == set(AuditAction)
    assert set(deployment.STAGE_WORDS) == set(Stage)
    assert set(summaries.KIND_WORDS) == set(DeploymentKind)


def test_the_fleets_counts_are_filters_that_keep_the_search() -> None:
    page = wire.Page[wire.Store](items=[samples.store()], page=1, page_size=50, total=1)
    counts = {StoreState.SELLING: 41, StoreState.DEGRADED: 1, StoreState.STOPPED: 0}
    view = fleet.fleet(page, counts, fleet.Wish("shop", StoreState.DEGRADED), NOW)
    assert [(count.word, count.count, count.current) for count in view.counts] == [
        ("All", 42, False),
        ("Degraded", 1, True),
        ("Selling", 41, False),
    ]
    assert view.counts[1].href == "/?q=shop&state=degraded"
    assert view.counts[0].href == "/?q=shop"


def test_a_store_that_needs_a_person_says_its_sentence_in_the_table_and_a_selling_one_does_not() -> None:
    assert fleet.row(samples.unborn(), NOW).sentence is not None
    assert fleet.row(samples.store(), NOW).sentence is None


def test_an_empty_fleet_is_not_a_search_without_results() -> None:
    nothing = wire.Page[wire.Store](items=[], page=1, page_size=50, total=0)
    assert fleet.fleet(nothing, {}, fleet.Wish(), NOW).empty
    searched = fleet.fleet(nothing, {StoreState.SELLING: 3}, fleet.Wish("zzz"), NOW)
    assert not searched.empty
    assert searched.nothing_found == "No store matches “zzz”."


def test_isolation_is_never_claimed_before_it_was_measured() -> None:
    line = summaries.isolation_line(IsolationMode.STRICT, None, NOW)
    assert line.mark is marks.NOT_MEASURED
    report = wire.IsolationReport(
        level=IsolationLevel.PARTIAL, means="landlock", missing=["Sockets can be reached.", "Signals."], measured_at=NOW
    )
    measured = summaries.isolation_line(IsolationMode.STRICT, report, NOW)
    assert (measured.mark.word, measured.short) == ("Partial", "Sockets can be reached and 1 more")


def test_a_check_that_did_not_run_is_shown_as_missing() -> None:
    line = summaries.smoke_line(samples.smoke(leave_out=SmokeCheck.CART), NOW)
    assert line is not None
    assert line.mark.word == "Failed"
    assert line.verdict == "6 of 7"
    assert [check.mark.word for check in line.checks].count("Not run") == 1


@pytest.mark.parametrize(
    ("store", "role", "labels"),
    [
        (samples.store(), Role.ADMIN, ["Roll back", "Deploy", "Restart", "Stop", "Decommission"]),
        (samples.store(), Role.OPERATOR, ["Roll back", "Deploy", "Restart", "Stop"]),
        (samples.store(), Role.VIEWER, []),
        (samples.store(wanted=Wanted.STOPPED, state=StoreState.STOPPED), Role.OPERATOR, ["Start"]),
        (samples.unborn(), Role.ADMIN, ["Retry provisioning", "Decommission"]),
        (samples.store(state=StoreState.DEPLOYING), Role.ADMIN, []),
        (samples.store(state=StoreState.REMOVED), Role.ADMIN, []),
    ],
)
def test_only_acts_that_make_sense_and_are_allowed_are_offered(
    store: wire.Store, role: Role, labels: list[str]
) -> None:
    offered = acts.offers(store, role)
    assert [offer.label for offer in offered] == labels
    assert sum(offer.primary for offer in offered) <= 1
    assert (acts.why_no_acts(store, role) is None) == bool(labels)


@pytest.mark.parametrize("act", acts.Act)
def test_a_confirmation_names_the_store_what_changes_and_what_does_not(act: acts.Act) -> None:
    ask = acts.confirmation(act, samples.store(), samples.summary())
    assert ask.will
    assert ask.wont
    assert "{" not in "".join(ask.will + ask.wont)
    assert "shop-001" in "".join(ask.will)
    assert ask.last_time == "Last time it took 3.4 s and succeeded."
    assert ask.asks_for_id == (act is acts.Act.DECOMMISSION)


def test_an_operation_shows_the_newest_run_and_what_it_really_did() -> None:
    runs = [samples.run(Operation.INDEX_REINDEX, 60), samples.run(Operation.INDEX_REINDEX, 600, message="older")]
    lines = operations.operation_lines(samples.store(), runs, Role.OPERATOR, NOW, runs[0].run_id)
    assert [line.operation for line in lines] == [operation.value for operation in Operation]
    reindex = next(line for line in lines if line.operation == "index.reindex")
    assert reindex.last is not None
    assert reindex.last.message == "Rebuilt 1,994 documents in 3.1 s."
    assert reindex.just_run
    assert all(line.href for line in lines)


def test_a_failed_operation_says_whether_to_ask_again() -> None:
    busy = samples.run(
        Operation.CRON_RUN, 5, outcome=Outcome.FAILED, error_code=ErrorCode.OPERATION_BUSY, retryable=True
    )
    assert "may succeed later" in operations.last_run(busy, NOW).advice


def test_operations_are_not_offered_where_no_agent_runs_or_to_a_viewer() -> None:
    for store, role in ((samples.unborn(), Role.ADMIN), (samples.store(), Role.VIEWER)):
        assert not any(line.href for line in operations.operation_lines(store, [], role, NOW))


def test_a_stage_is_as_bad_as_its_worst_step_and_open_when_it_matters() -> None:
    steps = [
        samples.step(Stage.INTAKE, "read what is wanted", Outcome.PASSED, 10, 1),
        samples.step(Stage.DEPLOY, "make store folder", Outcome.PASSED, 9, 1),
        samples.step(Stage.DEPLOY, "copy template", Outcome.FAILED, 8, 2),
    ]
    view = deployment.deployment_view(
        samples.deployment(DeploymentStatus.FAILED, steps, reason="The disk is full."), NOW, may_retry=True
    )
    by_name = {stage.name: stage for stage in view.stages}
    assert view.reason == "The disk is full."
    assert view.retry_href == "/stores/shop-001/retry"
    assert (by_name["Deploy"].mark.word, by_name["Deploy"].open, by_name["Deploy"].took) == ("Failed", True, "3.0 s")
    assert (by_name["Intake"].mark.word, by_name["Intake"].open) == ("Passed", False)
    assert by_name["Completion"].mark.word == "Not reached"
    assert "Rollback" not in by_name


def test_a_running_deployment_says_what_it_is_doing_now() -> None:
    steps = [samples.step(Stage.DEPLOY, "start processes", Outcome.RUNNING, 4, None)]
    view = deployment.deployment_view(samples.deployment(DeploymentStatus.RUNNING, steps), NOW)
    assert view.sentence.startswith("Now: start processes, for 4 s.")
    assert not view.final
    assert view.reason == ""


def test_the_store_page_puts_together_what_is_known() -> None:
    process = wire.ObservedProcess(
        component=Component.ENGINE,
        slot=Slot.BLUE,
        state=ProcessState.RUNNING,
        since=before(60),
        memory_bytes=88 * 1024 * 1024,
    )
    known = store_views.Known(samples.store(processes=[process]), [], [samples.summary()], [])
    view = store_views.store_view(known, Role.ADMIN, NOW)
    assert view.sentence == "Selling. Last smoke passed 2 min ago."
    assert view.processes[0].memory == "88 MiB"
    assert view.memory_total == "88 MiB"
    assert view.time_to_provision == "3.4 s"
    assert view.revision is not None
    assert view.revision.parts[0][2] == "abababababab"


def test_every_test_that_the_authority_card_names_exists() -> None:
    for ban in authority.authority().cant:
        assert ban.tests
        for named in ban.tests:
            file, name = named.split("::")
            assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), named


def entry(**changes: object) -> wire.AuditEntry:
    values: dict[str, object] = {
        "sequence": 7, "at": before(60), "actor": "ana", "actor_kind": ActorKind.HUMAN,
        "action": AuditAction.STORE_STOP,
        "store_id": "shop-001", "outcome": AuditOutcome.ACCEPTED, "request_id": "req-1", "detail": "",
        "previous_hash": "0" * 64, "entry_hash": "1" * 64,
    }  # fmt: skip
    return wire.AuditEntry.model_validate(values | changes)


def test_audit_filters_live_in_the_address() -> None:
    page = wire.Page[wire.AuditEntry](items=[entry()], page=2, page_size=50, total=240)
    state = wire.ChainState(verified=True, entries=240, verified_up_to=240, checked_at=NOW, message="")
    view = audit.audit(page, state, audit.Wish("shop-001", "", AuditAction.STORE_STOP, None, 2), NOW)
    assert view.pager.previous == "/audit?store_id=shop-001&action=store.stop"
    assert view.pager.next == "/audit?store_id=shop-001&action=store.stop&page=3"
    assert view.pager.summary == "51 to 51 of 240"
    assert view.chain.sentence.startswith("Verified up to entry 240.")


def test_a_broken_chain_names_the_entry() -> None:
    state = wire.ChainState(
        verified=False, entries=9, verified_up_to=3, checked_at=NOW, broken_at=4, message="Its hash does not fit."
    )
    shown = audit.chain(state, NOW)
    assert (shown.mark.tone, shown.sentence) == (marks.Tone.BAD, "Broken at entry 4. Its hash does not fit.")


def test_without_a_living_runner_every_page_says_so() -> None:
    chain = wire.ChainState(verified=True, entries=0, verified_up_to=0, checked_at=NOW, message="")
    runner = wire.RunnerInfo(runner_id="a", runtime=Runtime.PROCESS, last_seen_at=before(90), alive=False)
    status = wire.PlaneStatus(
        version="1", started_at=before(600), registry="sqlite", stores={}, runners=[runner], audit=chain
    )
    view = platform.platform(status, NOW)
    assert view.warning is not None
    assert view.runners[0].mark.word == "Silent"
    alive = status.model_copy(update={"runners": [runner.model_copy(update={"alive": True})]})
    assert platform.platform(alive, NOW).warning is None


def test_a_token_that_opens_nothing_any_more_can_not_be_revoked_again() -> None:
    token = wire.TokenInfo(
        token_id="tok-1", name="ana", role=Role.ADMIN, kind=ActorKind.HUMAN, created_at=before(60),
        last_used_at=None, expires_at=before(1), revoked_at=None,
    )  # fmt: skip
    assert tokens.token_line(token, NOW).mark.word == "Expired"
    assert tokens.token_line(token, NOW).revoke_href is None
    assert tokens.token_line(token.model_copy(update={"expires_at": None}), NOW).revoke_href == "/tokens/tok-1/revoke"


def test_a_form_keeps_what_was_typed_and_names_every_field() -> None:
    form, spec = forms.read_store_form({"store_id": "Shop 1", "name": " ", "currency": "EUR"})
    assert spec is None
    assert form.values["store_id"] == "Shop 1"
    assert [problem.field for problem in form.problems] == ["store_id", "name"]
    assert forms.blank_store_form().refused(ErrorCode.HOST_TAKEN, "taken").problem("host") == "taken"


def test_a_right_form_is_a_wish_for_a_store() -> None:
    form, spec = forms.read_store_form({"store_id": "shop-009", "name": "Nine", "host": ""})
    assert not form.problems
    assert spec is not None
    assert (spec.host, spec.isolation_mode) == (None, IsolationMode.STRICT)


def test_a_problem_leads_to_the_deployment_that_is_in_the_way() -> None:
    page = problems.problem_page(ErrorCode.STORE_BUSY, "ana asked", {"deployment_id": "dep-9"}, "req-1")
    assert page.way_on == "/deployments/dep-9"


def test_an_address_carries_only_what_is_said() -> None:
    assert paging.address("/", {"q": "", "state": None}) == "/"
    assert paging.address("/audit", {"actor": "a&b"}) == "/audit?actor=a%26b"
