"""The workflows keep the house's rules: pinned, with least rights, without secrets where strangers' code runs."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from galleria.contracts.words import STORE_COMPONENTS, Component
from galleria.control.delivery.release.components import PARTS
from tests.support import workflows

ROOT = workflows.ROOT
ALL = workflows.read_all()
UNITS = [component.value for component in Component]
BIN = Path(sys.executable).parent

each_workflow = pytest.mark.parametrize("name", ALL)
each_unit = pytest.mark.parametrize("unit", UNITS)


def test_there_is_one_workflow_a_unit_the_way_they_share_and_the_gate() -> None:
    assert set(ALL) == {*UNITS, "deliver", "pr-gate"}


@each_workflow
def test_every_action_and_image_is_pinned_by_its_hash(name: str) -> None:
    for line in ALL[name].text.splitlines():
        if found := re.search(r"\buses: (\S+)(.*)$", line):
            if not found[1].startswith("./"):
                assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", found[1]), line
                assert re.fullmatch(r" # v\d+\.\d+\.\d+", found[2]), f"{line}: say its version"
        elif found := re.search(r"\bimage: (\S+)$", line):
            assert re.fullmatch(r"[\w./:-]+@sha256:[0-9a-f]{64}", found[1]), line


@each_workflow
def test_nobody_has_a_right_but_to_read_the_code(name: str) -> None:
    assert ALL[name].plain["permissions"] == {}
    for job in ALL[name].jobs:
        checks_out = any(step.uses.startswith("actions/checkout@") for step in job.steps) or "uses" in job.plain
        assert job.plain["permissions"] == ({"contents": "read"} if checks_out else {}), job.name


@each_workflow
def test_no_credentials_stay_behind_and_no_expression_stands_in_a_script(name: str) -> None:
    for job in ALL[name].jobs:
        for step in job.steps:
            assert "${{" not in step.run, f"{step.name}: give it by env"
            if step.uses.startswith("actions/checkout@"):
                assert step.arguments["persist-credentials"] == "false"


@each_workflow
def test_every_job_has_an_end(name: str) -> None:
    for job in ALL[name].jobs:
        assert "uses" in job.plain or int(job.plain["timeout-minutes"]) <= 60, job.name


def test_the_gate_has_no_secret_and_no_machine_of_ours() -> None:
    gate = ALL["pr-gate"]
    assert list(gate.plain["on"]) == ["pull_request"]
    assert "secrets" not in gate.text
    assert "environment" not in gate.plain["jobs"]["gate"]
    assert "self-hosted" not in gate.text


def test_secrets_are_given_to_the_step_that_needs_them_and_no_other() -> None:
    for job in ALL["deliver"].jobs:
        assert "secrets." not in str(job.plain.get("env", {})), job.name
    having = {step.name for job in ALL["deliver"].jobs for step in job.steps if "secrets." in str(step.env)}
    assert having == {"Bundle", "Find the way back", "Deploy to the store", "Smoke", "Roll the store back"}


def test_the_platforms_machine_runs_nothing_that_was_checked_out() -> None:
    at_home = [job for job in ALL["deliver"].jobs if "self-hosted" in job.plain["runs-on"]]
    assert [job.name for job in at_home] == ["deploy"]
    for step in at_home[0].steps:
        assert "checkout" not in step.uses
        assert "infra/" not in step.run


@each_unit
def test_a_unit_is_delivered_when_what_it_is_made_of_changes(unit: str) -> None:
    parts = PARTS[Component(unit)]
    made_of = [f"src/galleria/{folder}/**" for folder in parts.packages] + [f"requirements/{parts.lock}"]
    on = ALL[unit].plain["on"]
    assert set(on) == {"push", "workflow_dispatch"}
    assert on["push"]["branches"] == ["main"]
    assert on["push"]["paths"] == [*made_of, f".github/workflows/{unit}.yml", ".github/workflows/deliver.yml"]


@each_unit
def test_a_unit_names_itself_and_tests_that_exist(unit: str) -> None:
    (job,) = ALL[unit].jobs
    assert job.plain["uses"] == "./.github/workflows/deliver.yml"
    assert job.plain["with"]["component"] == unit
    for path in job.plain["with"]["tests"].split():
        assert (ROOT / path).exists(), path


def test_every_test_of_the_product_is_some_units() -> None:
    named = {path for unit in UNITS for path in ALL[unit].jobs[0].plain["with"]["tests"].split()}
    ours = {path for path in (ROOT / "tests").rglob("test_*.py") if "house" not in path.parts}
    left = [path for path in ours if not any((ROOT / one) in (path, *path.parents) for one in named)]
    assert sorted({str(path.parent.relative_to(ROOT)) for path in left}) == LEFT_TO_THE_GATE


LEFT_TO_THE_GATE = [
    "tests/conformance/commerce",  # needs the recordings of a running Magento
    "tests/unit/cli",  # no unit: it comes with the wheel
    "tests/unit/contracts",
    "tests/unit/observability",
    "tests/unit/serving",
]


@each_workflow
def test_two_runs_of_one_thing_never_overlap(name: str) -> None:
    if name == "deliver":  # its callers see to it
        return
    concurrency = ALL[name].plain["concurrency"]
    assert concurrency["group"].startswith("pr-gate-" if name == "pr-gate" else f"deliver-{name}")
    assert concurrency["cancel-in-progress"] == ("true" if name == "pr-gate" else "false")


def test_the_way_of_a_unit_has_its_steps_in_order() -> None:
    jobs = ALL["deliver"].jobs
    for before, after in itertools.pairwise(jobs):
        assert after.plain["needs"] == before.name
    steps = [step.name for job in jobs for step in job.steps]
    wanted = [
        "Build",
        "Test",
        "Contract checks",
        "Bundle",
        "Verify",
        "Promote",
        "Find the way back",
        "Deploy to the store",
        "Upgrade the platform",
        "Smoke",
        "Roll the store back",
        "Roll the platform back",
    ]
    assert [name for name in steps if name in wanted] == wanted
    assert steps[-2:] == wanted[-2:]


def test_the_way_back_is_gone_on_failure_and_only_then() -> None:
    for name in ("Roll the store back", "Roll the platform back"):
        assert "(failure() || cancelled()) &&" in ALL["deliver"].step(name).condition
    assert "steps.deployed.outcome" in ALL["deliver"].step("Roll the store back").condition
    deploying = next(job for job in ALL["deliver"].jobs if job.name == "deploy").plain["steps"]
    assert [step["name"] for step in deploying if step.get("id") == "deployed"] == ["Deploy to the store"]
    others = [step for job in ALL["deliver"].jobs for step in job.steps if not step.name.startswith("Roll the ")]
    assert not [step.name for step in others if "failure()" in step.condition or "always()" in step.condition]
    assert not [job.name for job in ALL["deliver"].jobs if "continue-on-error" in str(job.plain)]


def test_a_unit_is_either_a_stores_or_the_platforms() -> None:
    def named(step: str) -> set[str]:
        return {unit for unit in UNITS if f'"{unit}"' in ALL["deliver"].step(step).condition}

    of_a_store = {component.value for component in STORE_COMPONENTS}
    assert named("Deploy to the store") == named("Roll the store back") == of_a_store
    assert named("Upgrade the platform") == set(UNITS) - of_a_store


def test_the_gate_has_its_steps_in_order() -> None:
    names = [step.name for step in ALL["pr-gate"].jobs[0].steps]
    assert names[-4:] == ["Build", "Test", "Contract checks", "Bundle"]


def _copy(folder: Path, change: tuple[str, str]) -> Path:
    copies = folder / ".github/workflows"
    copies.mkdir(parents=True)
    for path in workflows.FOLDER.glob("*.yml"):
        shutil.copy(path, copies)
    for config in ("zizmor.yml", "actionlint.yaml"):
        shutil.copy(ROOT / ".github" / config, folder / ".github")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)  # both look for the repository's configuration
    text = (copies / "deliver.yml").read_text(encoding="utf-8")
    assert text.count(change[0]) >= 1
    (copies / "deliver.yml").write_text(text.replace(*change), encoding="utf-8")
    return copies


def _checks(copies: Path) -> dict[str, int]:
    """Run what `make check` runs, as its script says it, on the copies."""
    script = (ROOT / "infra/scripts/check").read_text(encoding="utf-8")
    found = {}
    for tool in ("actionlint", "zizmor"):
        line = re.search(rf"^run \.venv/bin/{tool} (.*)$", script, re.MULTILINE)
        assert line is not None, f"make check does not run {tool}"
        command = f"{BIN}/{tool} {line[1].replace('.venv/bin', str(BIN))}"
        done = subprocess.run(["bash", "-c", command], cwd=copies.parents[1], capture_output=True, check=False)
        found[tool] = done.returncode
    return found


@pytest.mark.parametrize(
    ("change", "finder"),
    [
        (("needs: check", "needs: nobody"), "actionlint"),
        (('echo "release=$release"', "echo release=$release"), "actionlint"),
        (("          persist-credentials: false\n", ""), "zizmor"),
        (('"$TESTS"', '"${{ inputs.tests }}"'), "zizmor"),
        (("@11bd71901bbe5b1630ceea73d27597364c9af683", "@v4"), "zizmor"),
        (("permissions: {}\n\njobs", "permissions: write-all\n\njobs"), "zizmor"),
        (("name: deliver\n", "name: deliver\n"), ""),
    ],
    ids=["job", "quoting", "credentials", "injection", "tag", "rights", "nothing"],
)
def test_make_check_finds_a_mistake(tmp_path: Path, change: tuple[str, str], finder: str) -> None:
    found = _checks(_copy(tmp_path, change))
    if finder:
        assert found[finder] != 0
    else:
        assert found == {"actionlint": 0, "zizmor": 0}
