"""A store process can reach nothing but its own store: every attempt is denied, as root and as an ordinary user.

The probe runs exactly as a store process does, with two stores present. The suite is shown to fail without a launcher.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from galleria.contracts.words import IsolationLevel
from galleria.control.runtimes.process import isolation, landlock
from galleria.control.runtimes.process.means import find_means
from galleria.control.runtimes.process.probe import Attempt, Finding
from galleria.control.runtimes.process.sandbox import Means

ORDINARY_USER = 12345
FORBIDDEN = [attempt for attempt in Attempt if attempt is not Attempt.OWN_FOLDER]
STARTERS = ["root", "ordinary user"] if os.geteuid() == 0 else ["ordinary user"]


def _measure(starter: str, means: Means) -> list[Finding]:
    home = Path(tempfile.mkdtemp(prefix="g-", dir="/tmp"))
    try:
        as_other: list[str] = []
        if starter == "ordinary user" and os.geteuid() == 0:
            os.chown(home, ORDINARY_USER, ORDINARY_USER)
            as_other = ["setpriv", "--reuid", str(ORDINARY_USER), "--regid", str(ORDINARY_USER), "--clear-groups"]
        command = [*as_other, sys.executable, "-m", "tests.support.sandboxes", str(home), means.value]
        ended = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            cwd=Path(__file__).parents[2],
            env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        assert ended.returncode == 0, ended.stderr
        return [Finding(**{**each, "attempt": Attempt(each["attempt"])}) for each in json.loads(ended.stdout)]
    finally:
        shutil.rmtree(home)


@pytest.fixture(scope="module", params=STARTERS)
def starter(request: pytest.FixtureRequest) -> str:
    """Who starts the platform."""
    return str(request.param)


@pytest.fixture(scope="module")
def denied(starter: str) -> list[Finding]:
    """What the probe found in the sandbox that this machine offers."""
    return _measure(starter, Means.BUBBLEWRAP)


def test_this_machine_offers_the_full_means() -> None:
    assert find_means() is Means.BUBBLEWRAP


@pytest.mark.parametrize("attempt", FORBIDDEN)
def test_denied(denied: list[Finding], attempt: Attempt) -> None:
    tried = [finding for finding in denied if finding.attempt is attempt]
    assert tried, f"nothing was there to try {attempt} on"
    assert [finding for finding in tried if finding.worked] == []


def test_the_probe_can_do_what_a_store_may(denied: list[Finding]) -> None:
    assert any(finding.attempt is Attempt.OWN_FOLDER and finding.worked for finding in denied)


def test_measured_as_full(denied: list[Finding]) -> None:
    assert isolation.judge(denied, Means.BUBBLEWRAP).level is IsolationLevel.FULL


def test_the_neighbour_and_the_platform_were_tried(denied: list[Finding]) -> None:
    tried = {finding.target.split("/", 3)[-1] for finding in denied}
    wanted = {
        "instances/shop-002",
        "instances/shop-002/.env",
        "instances/shop-002/run/engine-blue.sock",
        "agents/shop-002/agent.sock",
        "plane/registry.db",
        "plane/run/plane.sock",
        "supervisor/supervisor.sock",
        "gateway/health.sock",
        "operator-token",
    }
    assert wanted <= tried


def test_with_the_launcher_off_the_suite_fails(starter: str) -> None:
    """As root the store's own user id still closes files; as an ordinary user nothing is left."""
    found = _measure(starter, Means.NONE)
    worked = {finding.attempt for finding in found if finding.worked} - {Attempt.OWN_FOLDER}
    always = {
        Attempt.LISTEN_TCP,
        Attempt.CONNECT_TCP,
        Attempt.CONNECT_ABSTRACT,
        Attempt.SEE_PROCESS,
        Attempt.GAIN_PRIVILEGES,
        Attempt.MAKE_NAMESPACE,
    }
    assert always <= worked
    if starter == "ordinary user":
        files = {Attempt.READ_FILE, Attempt.WRITE_FILE, Attempt.LIST_FOLDER, Attempt.WRITE_FOLDER}
        assert files | {Attempt.CONNECT_SOCKET, Attempt.SIGNAL, Attempt.TRACE} <= worked
        assert isolation.judge(found, Means.NONE).level is IsolationLevel.NONE


@pytest.mark.skipif(landlock.abi() < 6, reason="this kernel's Landlock is older than ABI 6")
def test_the_stand_in_is_measured_for_what_it_is(starter: str) -> None:
    found = _measure(starter, Means.LANDLOCK)
    worked = {finding.attempt for finding in found if finding.worked} - {Attempt.OWN_FOLDER}
    report = isolation.judge(found, Means.LANDLOCK)
    if starter == "ordinary user":
        assert worked == {Attempt.CONNECT_SOCKET}
        assert report.level is IsolationLevel.PARTIAL
        assert report.missing == ["A store process can connect to Unix sockets that are not its own."]
    else:
        assert worked == set()
