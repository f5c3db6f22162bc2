"""The workflows' steps work: their scripts are run as they stand, with what the workflow would give them.

Real: the contract checks, in this repository; bundling, verifying, taking over and promoting, with a small repository
of the same shape whose locks are empty, so that nothing is downloaded. What asks a control plane (finding the way back,
deploy, smoke, roll back) asks one that answers over HTTP in the wire's types as it was told to: what is asked, and how
a step ends by what is answered, is true; what a plane does then is for the journeys to say. Moving the platform itself
is not run: of these two steps only the words are held against the command's manual.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from galleria.contracts.delivery import DeploySpec, RollbackSpec
from galleria.contracts.words import Component, DeploymentStatus, Outcome
from galleria.control.artifacts.layout import Layout
from galleria.control.delivery.release import shelf, signing
from galleria.control.delivery.release.components import PARTS
from tests.support import workflows
from tests.support.told_plane import ToldPlane, answering

ROOT = workflows.ROOT
ALL = workflows.read_all()
BIN = Path(sys.executable).parent
NOBODY: Final = "http://127.0.0.1:9"  # the discard port: nobody listens
UNREACHABLE: Final = 4
TOKEN: Final = "gop_not-a-token-of-anything"

ELSEWHERE: Final = {
    ("deliver", "Install what a bare Debian lacks"): "installs Debian's packages",
    ("pr-gate", "Install what a bare Debian lacks"): "installs Debian's packages",
    ("deliver", "Build"): "make test has run it before these tests",
    ("pr-gate", "Build"): "make test has run it before these tests",
    ("deliver", "Make the environment"): "make test has run it before these tests, with --dev",
    ("deliver", "Test"): "it is what runs these tests",
    ("pr-gate", "Test"): "it is what runs these tests",
}
"""Steps that are not run here, and why."""

RUN: Final = {
    ("pr-gate", "Contract checks"),
    ("deliver", "Contract checks"),
    ("pr-gate", "Bundle"),
    ("deliver", "Bundle"),
    ("deliver", "Verify"),
    ("deliver", "Promote"),
    ("deliver", "Find the way back"),
    ("deliver", "Deploy to the store"),
    ("deliver", "Upgrade the platform"),
    ("deliver", "Smoke"),
    ("deliver", "Roll the store back"),
    ("deliver", "Roll the platform back"),
}
"""Steps that are run below."""


@dataclass(frozen=True)
class Ran:
    """How a step ended. ``outputs`` is what it wrote for later steps."""

    code: int
    said: str
    outputs: dict[str, str]


class Workshop:
    """A place to run steps in: a folder for their files, and an environment with nothing of ours but what is given."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def run(self, workflow: str, step: str, cwd: Path, env: Mapping[str, str]) -> Ran:
        """Run a step's script as a workflow does: bash, stopping at the first error."""
        script = ALL[workflow].step(step).run
        outputs, summary = self._folder / "outputs", self._folder / "summary"
        outputs.write_text("")
        base = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(self._folder), "LANG": "C.UTF-8"}
        files = {"GITHUB_OUTPUT": str(outputs), "GITHUB_STEP_SUMMARY": str(summary), "TMPDIR": str(self._folder)}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=cwd,
            env={**base, **files, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        pairs = [line.partition("=") for line in outputs.read_text().splitlines()]
        return Ran(done.returncode, done.stdout, {key: value for key, _, value in pairs})


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clean clone in small: every unit's packages and empty locks, with this environment as its own."""
    folder = tmp_path / "clone"
    contracts = ROOT / "src/galleria/contracts"
    for parts in PARTS.values():
        for package in parts.packages:
            (folder / "src/galleria" / package).mkdir(parents=True, exist_ok=True)
            (folder / "src/galleria" / package / "__init__.py").write_text("")
        (folder / "requirements").mkdir(exist_ok=True)
        (folder / "requirements" / parts.lock).write_text("")
    for package in ("control", "shop"):
        (folder / "src/galleria" / package / "__init__.py").write_text("")
    (folder / "src/galleria/__init__.py").write_text('__version__ = "1.2.3"\n')
    (folder / "src/galleria/py.typed").write_text("")
    for path in contracts.glob("*.*"):
        if path.suffix in (".graphql", ".yaml", ".json"):
            shutil.copy(path, folder / "src/galleria/contracts")
    shutil.copy(ROOT / ".gitignore", folder)
    (folder / ".gitignore").write_text((ROOT / ".gitignore").read_text() + ".venv\n")  # here it is a link
    (folder / ".venv").symlink_to(BIN.parent)
    git = ["git", "-C", str(folder), "-c", "user.name=Test", "-c", "user.email=test@example.com"]
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "first"], check=True)
    return folder


def test_every_step_is_run_here_or_says_why_not() -> None:
    steps = {
        (name, step.name) for name, workflow in ALL.items() for job in workflow.jobs for step in job.steps if step.run
    }
    assert steps == {*ELSEWHERE, *RUN}


@pytest.mark.parametrize("name", ["pr-gate", "deliver"])
def test_the_contract_checks_are_the_same_command_and_only_one_is_run(name: str) -> None:
    step = ALL[name].step("Contract checks")
    assert step.run.strip() == 'make contracts SINCE="$SINCE"'
    assert set(step.env) == {"SINCE"}


def test_contract_checks(workshop: Workshop) -> None:
    ran = workshop.run("pr-gate", "Contract checks", ROOT, {"SINCE": "HEAD"})
    assert ran.code == 0, ran.said
    assert "No contract breaks who speaks HEAD." in ran.said


def test_contract_checks_refuse_a_revision_that_is_not_there(workshop: Workshop) -> None:
    ran = workshop.run("pr-gate", "Contract checks", ROOT, {"SINCE": "no-such-revision"})
    assert ran.code != 0
    assert "There is no revision no-such-revision" in ran.said


def test_the_gate_bundles_every_unit_and_verifies_it(workshop: Workshop, clone: Path) -> None:
    ran = workshop.run("pr-gate", "Bundle", clone, {})
    assert ran.code == 0, ran.said
    ((release, promoted),) = shelf.list_releases(Layout(clone / "var/artifacts"))
    assert {part.component for part in release.components} == set(Component)
    assert promoted == ()
    assert f"{release.release_id} is whole" in " ".join(ran.said.split())


def test_a_bundle_travels_from_the_build_to_the_platform(workshop: Workshop, clone: Path, tmp_path: Path) -> None:
    public = signing.create_key(tmp_path / "key")
    env = {"COMPONENT": "storefront", "SIGNING_KEY": (tmp_path / "key").read_text()}
    built = workshop.run("deliver", "Bundle", clone, env)
    assert built.code == 0, built.said
    release = built.outputs["release"]
    assert not list(tmp_path.glob("tmp.*")), "the key stays behind"

    home, work = tmp_path / "home", tmp_path / "work"
    (home / "trust").mkdir(parents=True)
    work.mkdir()
    on_platform = {"GALLERIA_HOME": str(home), "RELEASE": release, "COMPONENT": "storefront"}
    shutil.copytree(clone / "var/artifacts", work / release)  # what keeping and fetching the bundle does
    assert workshop.run("deliver", "Verify", work, on_platform).code == 3, "no key is trusted yet"
    assert shelf.list_releases(Layout(home / "artifacts")) == []

    public.rename(home / "trust/ci.pub")
    taken = workshop.run("deliver", "Verify", work, on_platform)
    assert taken.code == 0, taken.said
    assert list(work.iterdir()) == []
    promoted = workshop.run("deliver", "Promote", work, on_platform)
    assert promoted.code == 0, promoted.said
    ((found, environments),) = shelf.list_releases(Layout(home / "artifacts"))
    assert found.release_id == release
    assert [part.component for part in found.components] == [Component.STOREFRONT]
    assert environments == ("production",)


@pytest.fixture
def plane() -> Iterator[ToldPlane]:
    with answering(ToldPlane(TOKEN)) as told:
        yield told


def _on_platform(url: str, home: Path) -> dict[str, str]:
    """Return what the deploy job and its steps give, with nothing left out and nothing more."""
    given = {
        "COMPONENT": "storefront",
        "RELEASE": "rel-0123456789ab",
        "STORE": "shop-001",
        "GALLERIA_HOME": str(home),
        "GALLERIA_URL": url,
    }
    (job,) = [job for job in ALL["deliver"].jobs if job.name == "deploy"]
    assert set(job.plain["env"]) == set(given)
    return {**given, "GALLERIA_TOKEN": TOKEN, "REVISION": "7"}


def test_the_way_back_is_the_revision_that_the_store_runs(workshop: Workshop, plane: ToldPlane, tmp_path: Path) -> None:
    ran = workshop.run("deliver", "Find the way back", tmp_path, _on_platform(plane.url, tmp_path))
    assert ran.code == 0, ran.said
    assert ran.outputs == {"revision": "7"}
    assert plane.asked == []


def test_a_deployment_is_asked_for_and_waited_for(workshop: Workshop, plane: ToldPlane, tmp_path: Path) -> None:
    env = _on_platform(plane.url, tmp_path)
    ran = workshop.run("deliver", "Deploy to the store", tmp_path, env)
    assert ran.code == 0, ran.said
    ((path, body),) = plane.asked
    assert path == "/api/v1/stores/shop-001/deploy"
    spec = DeploySpec.model_validate_json(body)
    assert spec == DeploySpec(release_id=env["RELEASE"], components=[Component.STOREFRONT])

    plane.status = DeploymentStatus.ROLLED_BACK
    assert workshop.run("deliver", "Deploy to the store", tmp_path, env).code == 1


def test_a_smoke_run_that_fails_fails_the_step(workshop: Workshop, plane: ToldPlane, tmp_path: Path) -> None:
    env = _on_platform(plane.url, tmp_path)
    assert workshop.run("deliver", "Smoke", tmp_path, env).code == 0
    plane.smoke = Outcome.FAILED
    assert workshop.run("deliver", "Smoke", tmp_path, env).code == 1
    assert [path for path, _ in plane.asked] == ["/api/v1/stores/shop-001/operations/verify.smoke"] * 2


def test_the_way_back_is_gone_to_the_revision_that_was_found(
    workshop: Workshop, plane: ToldPlane, tmp_path: Path
) -> None:
    env = _on_platform(plane.url, tmp_path)
    ran = workshop.run("deliver", "Roll the store back", tmp_path, env)
    assert ran.code == 0, ran.said
    ((path, body),) = plane.asked
    assert path == "/api/v1/stores/shop-001/rollback"
    spec = RollbackSpec.model_validate_json(body)
    assert spec == RollbackSpec(to_revision=7, reason=f"The delivery of {env['RELEASE']} failed.")


@pytest.mark.parametrize("step", ["Find the way back", "Deploy to the store", "Smoke", "Roll the store back"])
def test_what_asks_the_plane_fails_when_nobody_answers(workshop: Workshop, tmp_path: Path, step: str) -> None:
    ran = workshop.run("deliver", step, tmp_path, _on_platform(NOBODY, tmp_path))
    assert ran.code == UNREACHABLE, ran.said
    assert NOBODY in ran.said
    assert TOKEN not in ran.said
    assert ran.outputs == {}


@pytest.mark.parametrize("step", ["Upgrade the platform", "Roll the platform back"])
def test_what_moves_the_platform_is_a_command_with_these_options(workshop: Workshop, tmp_path: Path, step: str) -> None:
    """It is not run: there is no cheap platform to move. The command's own manual names each option of the step."""
    words = ALL["deliver"].step(step).run.split()
    command = [word for word in words if re.fullmatch(r"[a-z][a-z-]*", word)]
    manual = subprocess.run([BIN / command[0], *command[1:], "--help"], capture_output=True, text=True, check=False)
    assert manual.returncode == 0, manual.stderr
    for option in (word for word in words if word.startswith("--")):
        assert option in manual.stdout
