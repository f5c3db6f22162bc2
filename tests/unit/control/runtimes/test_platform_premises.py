"""The platform program where nothing has to run: whose folder it is, what it refuses, what it removes."""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from galleria.control.runtimes.process import parts, platform, premises
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.parts import Place
from tests.support.ports import free_port

HERE = Place("127.0.0.1", 8080)
REGISTRY = "postgresql+psycopg://galleria:secret@db.example/galleria"


@pytest.fixture
def layout() -> Iterator[Layout]:
    """A state folder with a short path, as sockets need it."""
    with tempfile.TemporaryDirectory(prefix="g-", ignore_cleanup_errors=True) as folder:
        yield Layout(Path(folder, "home"))


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GALLERIA_LISTEN", parts.REGISTRY_KEY):
        monkeypatch.delenv(name, raising=False)


def _made(layout: Layout, *names: str) -> None:
    layout.home.mkdir(mode=0o700, exist_ok=True)
    for name in names:
        (layout.home / name).touch()


@contextmanager
def _something_runs(layout: Layout) -> Iterator[None]:
    """Hold the lock that every program of a platform holds while it runs."""
    run = layout.supervisor / "run"
    run.mkdir(parents=True)
    with (run / "gateway.gateway.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(capsys: pytest.CaptureFixture[str], layout: Layout, *arguments: str) -> tuple[int, dict[str, str]]:
    """Run an act; returns its exit code and its last event."""
    act, *more = arguments
    code = platform.main([act, "--home", str(layout.home), "--json", *more])
    return code, json.loads(capsys.readouterr().out.splitlines()[-1])


# --- another place while it is up -------------------------------------------------------------------------------------


def test_another_port_is_refused_while_it_is_up(layout: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    _made(layout, "platform.lock")
    parts.write_place(layout, HERE)
    before = layout.platform_file.read_bytes()
    with _something_runs(layout):
        code, event = _run(capsys, layout, "up", "--port", "9090")
    assert code == 3
    assert event["message"] == "This platform is up on 127.0.0.1:8080."
    assert event["next"] == "Bring it down first: galleria down"
    assert layout.platform_file.read_bytes() == before


def test_another_registry_is_refused_while_it_is_up(
    layout: Layout, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _made(layout, "platform.lock")
    parts.write_place(layout, HERE)
    monkeypatch.setenv(parts.REGISTRY_KEY, REGISTRY)
    with _something_runs(layout):
        code, event = _run(capsys, layout, "up")
    assert code == 3
    assert "GALLERIA_REGISTRY_URL" in event["message"]
    assert "secret" not in event["message"]


def test_a_registry_is_kept_for_an_up_without_it(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    _made(layout)
    assert parts.registry_url(layout) == ""
    monkeypatch.setenv(parts.REGISTRY_KEY, REGISTRY)
    parts.keep_registry_url(layout)
    monkeypatch.delenv(parts.REGISTRY_KEY)
    assert parts.registry_url(layout) == REGISTRY
    assert not parts.registry_differs(layout)
    assert layout.registry_file.stat().st_mode & 0o777 == 0o600


# --- stores follow the port -------------------------------------------------------------------------------------------

ENV = (
    "# GALLERIA_PUBLIC_URL=kept in a comment\r\n\nGALLERIA_STORE_HOST='shop-001.localhost'\n"
    "GALLERIA_PUBLIC_URL={}\r\nGALLERIA_SECRET_KEY='a\\b $c'\n\n"
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("http://shop-001.localhost:8080", "http://shop-001.localhost:9090"),
        ("'http://shop-001.localhost'", "http://shop-001.localhost:9090"),
        ("https://shop-001.localhost", "https://shop-001.localhost"),
        ("http://elsewhere.example", "http://elsewhere.example"),
    ],
)
def test_a_store_s_address_follows_the_port_and_nothing_else_changes(layout: Layout, before: str, after: str) -> None:
    env = layout.store("shop-001").env
    env.parent.mkdir(parents=True)
    env.write_bytes(ENV.format(before).encode())
    env.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(env, 12345, 12345)
    owner = env.stat().st_uid
    parts.follow_place(layout, Place("127.0.0.1", 9090))
    assert env.read_bytes() == ENV.format(after).encode()
    assert (env.stat().st_mode & 0o777, env.stat().st_uid) == (0o600, owner)


def test_a_link_in_place_of_a_store_s_configuration_is_not_followed(layout: Layout, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger"
    stranger.write_text(ENV.format("http://shop-001.localhost:8080"))
    env = layout.store("shop-001").env
    env.parent.mkdir(parents=True)
    env.symlink_to(stranger)
    parts.follow_place(layout, Place("127.0.0.1", 9090))
    assert env.is_symlink()
    assert ":8080" in stranger.read_text()


# --- whose folder -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["status", "up", "down", "reset"])
def test_another_user_s_platform_is_not_absent(layout: Layout, capsys: pytest.CaptureFixture[str], act: str) -> None:
    _made(layout)
    parts.write_place(layout, HERE)
    if os.geteuid() == 0:
        os.chown(layout.platform_file, 12345, 12345)
    else:
        layout.home.chmod(0)
    code, event = _run(capsys, layout, act)
    if os.geteuid() != 0:
        layout.home.chmod(0o700)
    assert code == 3
    assert event["message"] == f"{layout.home} belongs to another user."
    assert event["next"] == "Run it as that user."
    assert layout.platform_file.exists()


@pytest.mark.parametrize(
    "names", [("platform.lock",), ("platform.lock", "ids.lock"), ("platform.lock", "ids.lock", ".ids.json.4711.new")]
)
def test_what_a_killed_first_up_left_is_ours(
    layout: Layout, capsys: pytest.CaptureFixture[str], names: tuple[str, ...]
) -> None:
    _made(layout, *names)
    assert _run(capsys, layout, "check", "--port", str(free_port()))[0] == 0
    removed = {"event": "end", "outcome": "absent", "detail": f"{layout.home} is removed."}
    assert _run(capsys, layout, "reset") == (0, removed)
    assert not layout.home.exists()


@pytest.mark.parametrize("text", ["", "{}", '{"port": 80}', '["format", "listen", "port"]'])
def test_a_stranger_s_folder_is_left_alone(layout: Layout, capsys: pytest.CaptureFixture[str], text: str) -> None:
    _made(layout, "thesis.odt")
    (layout.home / "supervisor" / "launch.d").mkdir(parents=True)
    layout.platform_file.write_text(text)
    for act in ("reset", "up"):
        code, event = _run(capsys, layout, act)
        assert (code, event["event"]) == (3, "error")
    assert _run(capsys, layout, "down")[1]["outcome"] == "absent"
    assert {entry.name for entry in layout.home.iterdir()} == {"thesis.odt", "supervisor", "platform.json"}


def test_reset_removes_its_own_and_names_what_it_left(layout: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    _made(layout, "thesis.odt", "operator-token", "registry-url", "platform.lock")
    (layout.instances / "shop-001" / "data").mkdir(parents=True)
    parts.write_place(layout, HERE)
    code, event = _run(capsys, layout, "reset")
    assert code == 0
    assert "thesis.odt" in event["detail"]
    assert [entry.name for entry in layout.home.iterdir()] == ["thesis.odt"]


def test_reset_knows_every_folder_that_a_platform_has(layout: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    named = [getattr(layout, name) for name, one in vars(Layout).items() if isinstance(one, property)]
    folders = {place for place in named if isinstance(place, Path) and place.parent == layout.home and not place.suffix}
    assert {layout.bundles, layout.artifacts, layout.instances, layout.doors} <= folders
    for folder in folders:
        folder.mkdir(parents=True)
    parts.write_place(layout, HERE)
    removed = {"event": "end", "outcome": "absent", "detail": f"{layout.home} is removed."}
    assert _run(capsys, layout, "reset") == (0, removed)
    assert not layout.home.exists()


def test_the_lock_is_held_during_removal_and_goes_last(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    _made(layout, "operator-token", "zzz-not-ours")
    parts.write_place(layout, HERE)
    seen: list[str] = []

    def look(entry: Path) -> None:
        with layout.lock_file.open() as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        seen.append(entry.name)

    monkeypatch.setattr("galleria.control.runtimes.process.folders.take_away", look)
    assert platform.main(["reset", "--home", str(layout.home), "--json"]) == 0
    assert seen == ["operator-token", "platform.json"]
    assert not layout.lock_file.exists()


def test_whoever_waited_for_a_reset_holds_a_lock_that_is_there(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    _made(layout)
    flock = fcntl.flock
    waits: list[int] = []

    def reset_while_waiting(descriptor: int, operation: int) -> None:
        if not waits:
            layout.lock_file.unlink()
            layout.home.rmdir()
        waits.append(operation)
        flock(descriptor, operation)

    with monkeypatch.context() as waiting:
        waiting.setattr(fcntl, "flock", reset_while_waiting)
        with premises.locked(layout):
            assert len(waits) == 2
            with layout.lock_file.open() as other, pytest.raises(BlockingIOError):
                flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
