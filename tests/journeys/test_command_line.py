"""An operator with both hands on the keyboard."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.living import LivingPlatform, living_platform, until

pytestmark = pytest.mark.platform

GALLERIA = Path(sys.executable).with_name("galleria")


class Keyboard:
    """An operator's terminal on the machine of one platform."""

    def __init__(self, platform: LivingPlatform) -> None:
        self._platform = platform

    def galleria(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Type a command and wait for its end."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("GALLERIA_")}
        place = {"GALLERIA_HOME": str(self._platform.home), "GALLERIA_PORT": str(self._platform.port)}
        config = {"XDG_CONFIG_HOME": str(self._platform.home / "config")}
        return subprocess.run(
            [GALLERIA, *arguments],
            env={**clean, **place, **config, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


@pytest.fixture(scope="module")
def keyboard() -> Iterator[Keyboard]:
    with living_platform() as platform:
        keyboard = Keyboard(platform)
        first = keyboard.galleria("up", "--json")
        assert first.returncode == 0, first.stderr
        yield keyboard


def test_status_tells_the_truth_while_the_platform_is_up(keyboard: Keyboard) -> None:
    result = keyboard.galleria("status", "--json")
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["plane"]["audit"]["verified"] is True
    assert any(runner["alive"] for runner in told["plane"]["runners"])
    assert {store["store_id"]: store["state"] for store in told["stores"]}["shop-001"] == "selling"


def test_a_runner_that_hangs_is_ended_by_its_pid_and_started_anew(keyboard: Keyboard) -> None:
    def runner() -> int | None:
        pids = json.loads(keyboard.galleria("status", "--json").stdout)["platform"]["pids"].split(", ")
        return {name: int(pid) for name, pid in map(str.split, pids)}.get("runner")

    hanging = runner()
    assert hanging is not None
    os.kill(hanging, signal.SIGKILL)
    until(lambda: runner() not in (None, hanging), "another runner")
    until(lambda: keyboard.galleria("status").returncode == 0, "a platform that is well")


def test_up_again_changes_nothing(keyboard: Keyboard) -> None:
    before = json.loads(keyboard.galleria("store", "show", "shop-001", "--json").stdout)
    again = keyboard.galleria("up", "--json")
    assert again.returncode == 0, again.stderr
    after = json.loads(keyboard.galleria("store", "show", "shop-001", "--json").stdout)
    assert [p["since"] for p in before["processes"]] == [p["since"] for p in after["processes"]]
    assert before["last_deployment"] == after["last_deployment"]


def test_every_operation_says_what_it_really_did(keyboard: Keyboard) -> None:
    for act in ("health", "status", "flush", "reindex", "cron", "diagnostics", "smoke"):
        result = keyboard.galleria("ops", act, "shop-001", "--json")
        assert result.returncode == 0, f"{act}: {result.stderr}"
        run = json.loads(result.stdout)
        assert run["outcome"] == "passed", act
        assert run["message"], act


def test_tables_fit_a_narrow_terminal(keyboard: Keyboard) -> None:
    for arguments in (["store", "list"], ["deployment", "list"], ["audit", "list", "--page-size", "5"], ["status"]):
        result = keyboard.galleria(*arguments, COLUMNS="80")
        assert result.returncode == 0, result.stderr
        assert all(len(line) <= 80 for line in result.stdout.splitlines()), result.stdout


def test_the_audit_holds_and_names_the_operator(keyboard: Keyboard) -> None:
    assert keyboard.galleria("audit", "verify").returncode == 0
    listed = json.loads(keyboard.galleria("audit", "list", "--store", "shop-001", "--json").stdout)
    assert any(entry["action"] == "store.register" for entry in listed["items"])


def test_an_unknown_store_is_said_to_be_unknown(keyboard: Keyboard) -> None:
    result = keyboard.galleria("store", "show", "no-such-shop")
    assert result.returncode == 1
    assert "galleria store list" in result.stderr


def test_a_wrong_token_is_refused(keyboard: Keyboard) -> None:
    result = keyboard.galleria("store", "list", GALLERIA_TOKEN="wrong")
    assert result.returncode == 3
    assert "galleria login" in result.stderr
