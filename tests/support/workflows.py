"""The workflows as plain values, for the tests that hold them to the house's rules."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / ".github/workflows"


@dataclass(frozen=True)
class Step:
    """One step of a job. ``run`` is its script; empty when it uses an action."""

    name: str
    run: str
    uses: str
    condition: str
    env: dict[str, str]
    arguments: dict[str, str]


@dataclass(frozen=True)
class Job:
    """One job. ``plain`` is all that the file says of it."""

    name: str
    plain: dict[str, Any]

    @property
    def steps(self) -> list[Step]:
        """Its steps in order; none when it calls another workflow."""
        return [
            Step(
                name=one["name"],
                run=one.get("run", ""),
                uses=one.get("uses", ""),
                condition=one.get("if", ""),
                env=one.get("env", {}),
                arguments=one.get("with", {}),
            )
            for one in self.plain.get("steps", [])
        ]


@dataclass(frozen=True)
class Workflow:
    """One file. ``text`` is what stands in it."""

    name: str
    text: str
    plain: dict[str, Any]

    @property
    def jobs(self) -> list[Job]:
        """Its jobs, in the file's order."""
        return [Job(name, plain) for name, plain in self.plain["jobs"].items()]

    def step(self, name: str) -> Step:
        """Return the first step of this name."""
        return next(step for job in self.jobs for step in job.steps if step.name == name)


def read(path: Path) -> Workflow:
    """Read a workflow. Every scalar stays text: YAML 1.1 would take the key ``on`` for a truth value."""
    text = path.read_text(encoding="utf-8")
    return Workflow(path.stem, text, yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506 - makes text only


def read_all() -> dict[str, Workflow]:
    """Return every workflow by its file's name."""
    return {path.stem: read(path) for path in sorted(FOLDER.glob("*.yml"))}
