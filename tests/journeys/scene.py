"""A store that sells on a platform of its own, and a workshop that builds what is deployed to it: for crash tests."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from galleria.contracts.delivery import ConfigureSpec, DeploySpec, RollbackSpec
from galleria.contracts.wire import Deployment, DeploymentSummary
from galleria.contracts.words import Component, Slot
from galleria.control.delivery.moving import OTHER
from tests.journeys.living import LivingPlatform, living_platform, until
from tests.journeys.truth import Witnesses, marking
from tests.support.workshop import Change, Workshop, appending, workshop

STORE = "shop-001"
STOREFRONT = "src/galleria/shop/storefront"
ENGINE = "src/galleria/shop/engine"

_SETTINGS = {"GALLERIA_RUNNER_WATCH_SECONDS": "0.5", "GALLERIA_RUNNER_WARM_SECONDS": "3600"}

Spec = DeploySpec | RollbackSpec | ConfigureSpec


@dataclass
class Scene:
    """A store that sells, and what can be deployed to it."""

    platform: LivingPlatform
    shop: Workshop
    marks: dict[str | None, str | None] = field(default_factory=lambda: {None: None})

    @property
    def witnesses(self) -> Witnesses:
        return Witnesses(self.platform, STORE, self.marks)

    def release(self, mark: str, *components: Component, added: dict[str, str] | None = None) -> str:
        """Build a release whose storefront says so, and wait until it can be asked for."""
        changes: dict[str, Change] = {f"{STOREFRONT}/app.py": marking(mark)}
        if not components:  # all of them, each another one than before
            changes |= {f"src/galleria/shop/{each}/__init__.py": appending(f"# {mark}") for each in ("engine", "agent")}
        release_id = self.shop.release(changes, *components, added=added)
        self.marks[release_id] = mark
        until(lambda: self.platform.knows(release_id), f"the control plane to hear of {release_id}")
        return release_id

    def prepared(self, name: str) -> ConfigureSpec:
        """Put another configuration beside the store's own, and return what it is asked for with."""
        command = [sys.executable, "-m", "galleria.control.delivery", "prepare-configuration", "--home"]
        more = [str(self.platform.home), "--store", STORE, "--set", f"GALLERIA_STORE_NAME={name}"]
        done = subprocess.run([*command, *more], capture_output=True, text=True, check=True)
        return ConfigureSpec.model_validate({k: v for k, v in json.loads(done.stdout).items() if k != "event"})

    def migrated(self, migration: str) -> int:
        """How often the store's database has seen a migration."""
        file = self.platform.files / "instances" / STORE / "data" / "engine.db"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            return len(database.execute("SELECT 1 FROM django_migrations WHERE name = ?", (migration,)).fetchall())

    def free_slot(self) -> Slot:
        """Name the slot that a new storefront would be in."""
        return OTHER[self.witnesses.slots.live[Component.STOREFRONT].slot]

    def shown(self, asked: DeploymentSummary | None) -> Deployment:
        """Return a deployment as the control plane shows it now."""
        assert asked is not None
        with self.platform.plane as plane:
            return plane.get(f"/api/v1/deployments/{asked.deployment_id}", Deployment)

    def started(self, asked: Deployment) -> bool:
        """Whether new processes of a deployment were started."""
        return any(step.name == "wait until healthy" for step in self.shown(asked).steps)

    def be_another_runner(self) -> None:
        """Let the next runner of the platform be another one, which knows nothing of what the one before had begun."""
        for name in ("id", "dbos.sqlite", "dbos.sqlite-wal", "dbos.sqlite-shm"):
            (self.platform.files / "runner" / name).unlink(missing_ok=True)

    def ask(self, spec: Spec) -> Deployment:
        act = {DeploySpec: "deploy", RollbackSpec: "rollback", ConfigureSpec: "configure"}[type(spec)]
        with self.platform.plane as plane:
            return plane.post(f"/api/v1/stores/{STORE}/{act}", Deployment, spec)


@contextmanager
def a_scene(folder: Path) -> Iterator[Scene]:
    """Bring one up; ``folder`` is where the workshop is."""
    with living_platform(settings=_SETTINGS) as platform:
        platform.create(STORE)
        yield Scene(platform, workshop(folder, platform.files))


def migration() -> str:
    """Return the text of a migration that adds to the schema of the engine's shelf."""
    folder = Path(__file__).parents[2] / ENGINE / "shelf" / "migrations"
    return _MIGRATION.replace("{before}", max(file.stem for file in folder.glob("0*.py")))


_MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shelf", "{before}")]
    operations = [migrations.AddField("productrecord", "note", models.CharField(max_length=40, null=True))]
"""
