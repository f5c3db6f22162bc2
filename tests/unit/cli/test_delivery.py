"""Deploying, rolling back and rolling out by command: what is shown on the way, how it ends, what is next."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import URL
from starlette.types import ASGIApp
from typer.testing import CliRunner, Result

from galleria.cli import delivery, place, programs, records, rollouts, stores, watch
from galleria.cli.client import PlaneClient
from galleria.cli.main import app
from galleria.contracts import wire
from galleria.contracts.words import (
    ActorKind,
    DeploymentStatus,
    Outcome,
    Role,
    RollbackClass,
    Stage,
)
from galleria.control.plane.api.app import create_app
from galleria.control.plane.services import runners, tokens
from galleria.control.registry.database import sqlite_url
from tests.support.planes import AS_RUNNER, RUNNER_ID, Plane, claim_request, release_id


class InProcess(httpx.BaseTransport):
    """Asks the app itself, without a network."""

    def __init__(self, asked: ASGIApp) -> None:
        self._transport = httpx.ASGITransport(asked)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run(self._ask(request))

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        answer = await self._transport.handle_async_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())


@pytest.fixture
def registry_url(tmp_path: Path) -> URL:
    return sqlite_url(tmp_path / "registry.db")


@pytest.fixture
def at_work(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> Plane:
    """A plane with a store that sells and a runner with releases; the command line talks to it."""
    plane.sell("shop-001")
    plane.sell("shop-002")
    plane.have_releases(1, 2)
    wish = wire.TokenSpec(name="ben", role=Role.OPERATOR, kind=ActorKind.HUMAN)
    secret = tokens.create_token(plane.services, plane.caller("ana", Role.ADMIN), wish).secret
    headers = {"Authorization": f"Bearer {secret}"}

    def connect() -> PlaneClient:
        client = PlaneClient(place.find(), secret)
        client._http.close()
        client._http = httpx.Client(
            transport=InProcess(create_app(plane.services)), base_url="http://galleria.localhost", headers=headers
        )
        return client

    for module in (delivery, records, rollouts, stores):
        monkeypatch.setattr(module, "connect", connect)
    return plane


def carry_out(plane: Plane, status: DeploymentStatus) -> None:
    claim = plane.claim()
    now = plane.clock()
    for stage, name, rollback_class in (
        (Stage.VERIFICATION, "classify the migrations", RollbackClass.B),
        (Stage.DEPLOY, "switch", None),
    ):
        report = wire.StepReport(
            runner_id=RUNNER_ID,
            stage=stage,
            name=name,
            outcome=Outcome.PASSED,
            started_at=now,
            finished_at=now + timedelta(seconds=1.5),
            rollback_class=rollback_class,
        )
        runners.report_step(plane.services, AS_RUNNER, claim.deployment_id, report)
    plane.smoke(claim.deployment_id)
    plane.clock.pass_by(4.2)
    plane.finish(claim, status, "" if status is DeploymentStatus.SUCCEEDED else "The shop page answers 500.")
    plane.have_releases(1, 2)


@contextmanager
def runner(plane: Plane, status: DeploymentStatus = DeploymentStatus.SUCCEEDED) -> Iterator[None]:
    """A runner that carries out whatever is asked for, for as long as the block runs."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            if runners.seconds_to_lease_end(plane.services, []) and _asked(plane):
                carry_out(plane, status)
            time.sleep(0.02)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _asked(plane: Plane) -> bool:
    with plane.services.database.reading() as session:
        query = runners._claimable(claim_request().runtimes, plane.clock())
        return session.scalar(query.limit(1)) is not None


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_a_deploy_shows_its_stages_the_class_and_one_last_line(at_work: Plane) -> None:
    with runner(at_work):
        result = run("deploy", "shop-001", "--release", release_id(1))
    assert result.exit_code == 0, result.output
    lines = result.stdout.strip().splitlines()
    assert "verification" in lines
    assert any("classify the migrations 1.5 s" in line for line in lines)
    assert any("rollback class B" in line for line in lines)
    assert lines[-1] == f"shop-001 runs revision 2 of {release_id(1)}, 4.2 s, rollback class B"


@pytest.mark.parametrize("status", [DeploymentStatus.FAILED, DeploymentStatus.ROLLED_BACK])
def test_a_deploy_that_did_not_succeed_fails_in_one_line(at_work: Plane, status: DeploymentStatus) -> None:
    with runner(at_work, status):
        result = run("deploy", "shop-001", "-r", release_id(1))
    assert result.exit_code == 1
    (line,) = result.stderr.strip().splitlines()
    assert "The shop page answers 500." in line
    assert "galleria deployment show dep-" in line
    again = run("deploy", "shop-001", "-r", release_id(1))
    assert again.exit_code == 3
    assert "quarantined" in again.stderr
    shown = run("store", "show", "shop-001")
    assert release_id(1) in shown.stdout


def test_a_rollback_and_what_a_store_ran(at_work: Plane) -> None:
    with runner(at_work):
        assert run("deploy", "shop-001", "-r", release_id(1)).exit_code == 0
        result = run("rollback", "shop-001", "--reason", "prices were wrong")
    assert result.exit_code == 0, result.output
    assert result.stdout.strip().splitlines()[-1] == "shop-001 is back at revision 1, 4.2 s"
    found = json.loads(run("store", "revisions", "shop-001", "--json").stdout)
    assert [(one["number"], one["current"]) for one in found["items"]] == [(2, False), (1, True)]
    assert "● 1" in run("store", "revisions", "shop-001").stdout
    listed = run("deployment", "list", "--store", "shop-001").stdout
    assert "2 → 1" in listed.replace("\n", " ")
    last = json.loads(run("deployment", "list", "--json").stdout)["items"][0]["deployment_id"]
    shown = run("deployment", "show", last).stdout
    assert last in listed.split()
    assert "prices were wrong" in shown
    assert "4.2 s" in shown
    again = run("rollback", "shop-001", "--to", "1")
    assert again.exit_code == 3
    assert "shop-001 runs revision 1 already" in again.stderr
    nowhere = run("rollback", "shop-001")
    assert nowhere.exit_code in (1, 3)
    assert "galleria store revisions" in nowhere.stderr


def test_what_to_do_next_is_said_once(at_work: Plane) -> None:
    result = run("deploy", "shop-001", "-r", "rel-000000000000")
    assert result.stderr.count("galleria release list") == 1
    assert run("deployment", "show", "dep-0").stderr.count("galleria deployment list") == 1
    assert run("deployment", "list", "--store", "shop-999").stdout.strip() == "No deployment matches."


def test_ctrl_c_says_what_goes_on_and_how_to_watch_it_again(at_work: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(watch, "follow", pressed)
    monkeypatch.setattr(rollouts, "_until_ended", pressed)
    result = run("deploy", "shop-001", "-r", release_id(1))
    assert result.exit_code == 130
    last = json.loads(run("deployment", "list", "--json").stdout)["items"][0]
    assert last["status"] == "requested"
    assert f"galleria deployment watch {last['deployment_id']}" in result.stderr
    rolled = run("rollout", "start", "-r", release_id(1), "--stores", "shop-002", "--waves", "100%")
    assert rolled.exit_code == 130
    rollout_id = json.loads(run("rollout", "list", "--json").stdout)["items"][0]["rollout_id"]
    assert f"galleria rollout watch {rollout_id}" in rolled.stderr


def test_a_rollout_is_followed_to_its_end_and_taken_back(at_work: Plane) -> None:
    with runner(at_work):
        result = run("rollout", "start", "--release", release_id(1), "--stores", "shop-*", "--waves", "1,100%")
        assert result.exit_code == 0, result.output
        assert "2 of 2 stores run it" in result.stdout
        rollout_id = json.loads(run("rollout", "list", "--json").stdout)["items"][0]["rollout_id"]
        assert "wave" in run("rollout", "show", rollout_id).stdout
        back = run("rollout", "rollback", rollout_id)
        assert back.exit_code == 0, back.output
        assert run("rollout", "resume", rollout_id).exit_code == 3
    assert "rolled back" in run("rollout", "list").stdout


def test_a_rollout_that_halts_fails_and_names_both_ways_on(at_work: Plane) -> None:
    with runner(at_work, DeploymentStatus.FAILED):
        result = run("rollout", "start", "--release", release_id(1), "--stores", "all")
    assert result.exit_code == 1
    assert "1 of 2 stores failed" in result.stderr
    assert "galleria rollout resume rol-" in result.stderr
    assert "galleria rollout rollback rol-" in result.stderr
    assert run("rollout", "start", "--release", "rel-1", "--stores", "all").exit_code == 2
    bad = run("rollout", "start", "--release", release_id(1), "--stores", "nowhere")
    assert "There is no store nowhere" in bad.stderr


LOCAL = """
import json, sys
said = " ".join(sys.argv[1:])
print(json.dumps({{"event": "step", "name": "switch", "outcome": "passed", "seconds": 0.4, "detail": said}}))
print(json.dumps({{"event": "end", "status": "{status}", "reason": "Revision 1 sells.", "seconds": 1.2}}))
sys.exit({code})
"""


@pytest.mark.parametrize(("status", "code"), [("succeeded", 0), ("needs_attention", 1)])
def test_a_local_rollback_asks_no_plane(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, status: str, code: int
) -> None:
    program = tmp_path / "program.py"
    program.write_text(LOCAL.format(status=status, code=code), "utf-8")
    once: Callable[..., Iterator[programs.Event]] = programs._events
    monkeypatch.setattr(programs, "_events", lambda arguments, **more: once([str(program), *arguments[1:]], **more))
    result = run("rollback", "shop-001", "--local", "--to", "1", "--reason", "down")
    assert result.exit_code == code
    assert "rollback --home" in result.stdout.replace("\n", " ")
    assert "--store shop-001 --to 1 --reason down" in result.stdout.replace("\n", " ")
    if code:
        assert "RUNBOOK" in result.stderr
