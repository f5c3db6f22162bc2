"""The plane as a process: set up once, quick to start and to stop, true after being killed."""

from __future__ import annotations

import json
import signal
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import URL

from tests.support.running_plane import RunningPlane, fresh_plane, init, running

CLAIM_SECONDS = 10
CLAIM = {"runner_id": "runner-a", "runtimes": ["process"], "wait_seconds": CLAIM_SECONDS}


def register(plane: RunningPlane, store_id: str = "shop-001") -> httpx.Response:
    with plane.client(plane.operator_token) as client:
        return client.post("/api/v1/stores", json={"store_id": store_id, "name": "One"})


@contextmanager
def in_background(work: threading.Thread) -> Iterator[None]:
    work.start()
    yield
    work.join(60)
    assert not work.is_alive()


def test_init_makes_everything_once() -> None:
    with tempfile.TemporaryDirectory(prefix="g-") as folder:
        home = Path(folder)
        first = init(home)
        assert first["made"] == ["signing-key", "session-secret", "registry", "operator-token", "runner-token"]
        files = [home / "operator-token", home / "runner/token", home / "plane/signing-key", home / "plane/registry.db"]
        before = [file.read_bytes() for file in files]
        assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
        assert init(home)["made"] == []
        assert [file.read_bytes() for file in files[:3]] == before[:3]


def test_init_hands_over_once_and_gives_the_runner_a_working_token() -> None:
    with tempfile.TemporaryDirectory(prefix="g-") as folder:
        home = Path(folder)
        init(home)
        with running(home) as plane, plane.client(plane.operator_token) as client:
            assert client.get("/status").status_code == 200
        (home / "operator-token").unlink()  # taken over by its operator, who has signed in with it
        (home / "runner/token").write_text("gal_from-another-platform\n", "ascii")
        assert init(home)["made"] == ["runner-token"]
        with running(home) as plane, plane.client(plane.runner_token) as client:
            assert client.post("/api/v1/runner/claim", json={**CLAIM, "wait_seconds": 0}).status_code == 204


def test_no_secret_is_printed_or_logged() -> None:
    with fresh_plane() as plane:
        register(plane)
        told = json.dumps(init(plane.home)) + plane.log()
        for secret in (plane.operator_token, plane.runner_token):
            assert secret not in told


def test_a_claim_waits_and_comes_at_once() -> None:
    with fresh_plane() as plane, plane.client(plane.runner_token) as runner:
        answers: list[tuple[httpx.Response, float]] = []

        def claim() -> None:
            response = runner.post("/api/v1/runner/claim", json=CLAIM)
            answers.append((response, time.monotonic()))

        with in_background(threading.Thread(target=claim)):
            time.sleep(0.5)
            assert answers == []
            asked = time.monotonic()
            assert register(plane).status_code == 202
        ((response, answered),) = answers
        assert response.json()["data"]["spec"]["store_id"] == "shop-001"
        assert answered - asked < CLAIM_SECONDS


def test_a_runner_that_hung_up_gets_no_work() -> None:
    with fresh_plane() as plane, plane.client(plane.runner_token) as runner:
        with pytest.raises(httpx.ReadTimeout):
            runner.post("/api/v1/runner/claim", json=CLAIM, timeout=0.5)
        register(plane)
        time.sleep(0.2)
        second = runner.post("/api/v1/runner/claim", json={**CLAIM, "runner_id": "runner-b", "wait_seconds": 2})
        assert second.status_code == 200
        assert second.json()["data"]["attempt"] == 1


def test_events_are_streamed() -> None:
    with fresh_plane() as plane, plane.client(plane.operator_token) as client:
        lines: list[str] = []
        with client.stream("GET", "/api/v1/events") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            incoming = stream.iter_lines()
            assert next(incoming) == "retry: 2000"
            register(plane)
            for line in incoming:
                if line.startswith("data: "):
                    lines.append(line[6:])
                if len(lines) == 3:
                    break
        events = [json.loads(line) for line in lines]
        assert {event["type"] for event in events} == {"deployment", "store", "audit"}
        assert events[0]["store_id"] == "shop-001"


def test_it_stops_soon_whatever_is_open() -> None:
    with (
        fresh_plane() as plane,
        plane.client(plane.operator_token) as client,
        plane.client(plane.runner_token) as runner,
    ):
        ends: list[object] = []
        listening = threading.Event()

        def listen() -> None:
            with client.stream("GET", "/api/v1/events") as stream:
                listening.set()
                ends.append(list(stream.iter_lines()))

        def claim() -> None:
            ends.append(runner.post("/api/v1/runner/claim", json=CLAIM).status_code)

        waiting = [threading.Thread(target=listen), threading.Thread(target=claim)]
        for thread in waiting:
            thread.start()
        assert listening.wait(60)
        time.sleep(0.5)  # until the claim waits too
        plane.process.send_signal(signal.SIGTERM)
        assert plane.process.wait(CLAIM_SECONDS - 1) == 0, "the claim was waited for"
        for thread in waiting:
            thread.join(60)
        assert len(ends) == 2
        assert 204 in ends
        assert not plane.socket.exists()


def test_a_killed_plane_comes_back_with_everything() -> None:
    with fresh_plane() as plane:
        register(plane)
        plane.process.kill()
        plane.process.wait(60)
        with running(plane.home) as again, again.client(again.operator_token) as client:
            found = client.get("/api/v1/stores/shop-001").json()["data"]
            assert found["state"] == "deploying"
            assert client.get("/api/v1/audit/verify").json()["data"]["verified"] is True


@pytest.mark.postgres
def test_it_runs_on_postgresql(postgresql: URL) -> None:
    address = postgresql.render_as_string(hide_password=False)
    with fresh_plane({"GALLERIA_REGISTRY_URL": address}) as plane, plane.client(plane.operator_token) as client:
        assert register(plane).status_code == 202
        assert client.get("/status").json()["data"]["registry"] == "postgresql"
        assert not (plane.home / "plane" / "registry.db").exists()


def test_without_init_it_says_what_to_do() -> None:
    with tempfile.TemporaryDirectory(prefix="g-") as folder:
        (Path(folder) / "plane" / "run").mkdir(parents=True)
        plane = running(Path(folder))
        with pytest.raises(RuntimeError, match="Run 'init' first"):
            plane.__enter__()
