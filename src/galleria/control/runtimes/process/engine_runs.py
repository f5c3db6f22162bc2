"""Engine programs that are run once in a store's own sandbox: provisioning and migrations.

What a program prints comes from inside the store: it is taken in the form that is agreed, and in no other.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from galleria.contracts.words import RollbackClass
from galleria.control.runtimes.port import MigrationPlan, RuntimeRefused
from galleria.control.runtimes.process import logs, profiles
from galleria.control.runtimes.process.artifact import Source
from galleria.control.runtimes.process.profiles import Ground
from galleria.control.runtimes.process.running import run_once
from galleria.control.runtimes.process.sandbox import STORE_PLACE, Identity

_PROVISION_SECONDS: Final = 60.0
_PLAN_SECONDS: Final = 60.0
_MIGRATE_SECONDS: Final = 600.0

_Migration = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,100}\.[A-Za-z0-9_]{1,200}$")]


class _Answer(BaseModel):
    """What ``plan-migrations`` and ``migrate`` print when they have done it."""

    model_config = ConfigDict(extra="ignore")

    ok: Literal[True]
    rollback_class: RollbackClass
    migrations: Annotated[tuple[_Migration, ...], Field(max_length=1000)]
    reasons: Annotated[tuple[Annotated[str, Field(max_length=300)], ...], Field(max_length=1000)]
    level: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
    unknown: Annotated[tuple[_Migration, ...], Field(max_length=1000)] = ()


class _Failure(BaseModel):
    """What ``migrate`` prints when a migration has failed."""

    model_config = ConfigDict(extra="ignore")

    ok: Literal[False]
    failed: _Migration


@dataclass(frozen=True)
class Engine:
    """An engine to run programs of: in whose sandbox, from what, with which configuration."""

    ground: Ground
    store_id: str
    source: Source
    config_version: int
    owner: Identity | None

    def provision(self) -> None:
        """Run the provisioning program.

        :raises RuntimeRefused: it failed.
        """
        if self._run("provision", _PROVISION_SECONDS).returncode != 0:
            raise RuntimeRefused("The engine's provisioning program failed; the reason is in the store's own log.")

    def plan_migrations(self) -> MigrationPlan:
        """Ask what the engine would do to the database.

        :raises RuntimeRefused: the program failed.
        """
        plan = _plan(self._run("plan-migrations", _PLAN_SECONDS, "--json").stdout)
        if plan is None:
            raise RuntimeRefused("The engine can't plan its migrations; the reason is in the store's own log.")
        return plan

    def migrate(self) -> MigrationPlan:
        """Bring the database up to the engine's level.

        :raises RuntimeRefused: a migration failed.
        """
        printed = self._run("migrate", _MIGRATE_SECONDS, "--json").stdout
        plan = _plan(printed)
        if plan is None:
            raise RuntimeRefused(f"{_failed(printed)} failed; the reason is in the store's own log.")
        return plan

    def _run(self, command: str, wait_seconds: float, *more: str) -> subprocess.CompletedProcess[str]:
        config = ("--config", profiles.config_place(self.config_version))
        module = ("galleria.shop.engine", command, "--store-dir", STORE_PLACE, *config, *more)
        launch = profiles.store_launch(self.ground, self.store_id, module, self.owner, self.source)
        ended = run_once(launch, wait_seconds=wait_seconds)
        logs.append(self.ground.layout.store(self.store_id).logs, f"{command}.log", ended.stderr)
        return ended


def _plan(printed: str) -> MigrationPlan | None:
    try:
        answer = _Answer.model_validate_json(printed)
    except ValidationError:
        return None
    return MigrationPlan(answer.rollback_class, answer.migrations, answer.reasons, answer.level, answer.unknown)


def _failed(printed: str) -> str:
    try:
        return f"Migration {_Failure.model_validate_json(printed).failed}"
    except ValidationError:
        return "The engine's migration program"
