"""Broken releases, each really built, signed and promoted: no shopper meets one, and the store ends where it was.

While each of them is deployed, shoppers walk through the shop without pause.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from galleria.contracts.delivery import ReleaseInfo
from galleria.contracts.wire import Page
from galleria.contracts.words import Component, DeploymentStatus, RollbackClass
from tests.journeys.living import LivingPlatform, living_platform, until
from tests.journeys.shoppers import shopping
from tests.support.workshop import Change, Workshop, appending, replacing, workshop

pytestmark = pytest.mark.platform

STORE = "shop-001"
SETTINGS = {
    "GALLERIA_RUNNER_WATCH_SECONDS": "4",
    "GALLERIA_RUNNER_HEALTHY_SECONDS": "12",
    "GALLERIA_RUNNER_WARM_SECONDS": "3600",
}
STOREFRONT = "src/galleria/shop/storefront"
ENGINE = "src/galleria/shop/engine"


@pytest.fixture(scope="module")
def platform() -> Iterator[LivingPlatform]:
    with living_platform(settings=SETTINGS) as platform:
        yield platform


@pytest.fixture(scope="module")
def shop(platform: LivingPlatform, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """The workshop; the store was born from a good release of it."""
    made = workshop(tmp_path_factory.mktemp("workshop"), platform.files)
    good = made.release({f"{STOREFRONT}/__init__.py": appending("# good")})
    platform.create(STORE)
    revision = platform.selling(STORE).revision
    assert revision is not None
    assert (revision.number, revision.release_id) == (1, good)
    with platform.plane as plane:
        (release,) = plane.get("/api/v1/releases", Page[ReleaseInfo]).items
    assert revision.artifacts == {part.component: part.artifact for part in release.components}
    return made


@dataclass(frozen=True)
class Broken:
    """One way to be broken, and what its deployment says."""

    component: Component
    changes: Mapping[str, Change]
    says: str
    status: DeploymentStatus = DeploymentStatus.FAILED
    added: Mapping[str, str] = field(default_factory=dict)


_DOOR = """
_whole = application


def application(made):
    inner = _whole(made)

    async def broken(scope, receive, send):
        if scope["type"] == "http" and any(name == b"x-forwarded-host" for name, _ in scope["headers"]):
            await send({"type": "http.response.start", "status": 500, "headers": []})
            await send({"type": "http.response.body", "body": b"broken on purpose"})
            return
        await inner(scope, receive, send)

    return broken
"""

_LEAK = """
_whole = application


def application(made):
    import threading
    inner, kept = _whole(made), []

    def leak():
        import os, time
        while len(kept) < 12:
            kept.append(b"x" * 64 * 1024 * 1024)
            time.sleep(0.3)
        os._exit(1)

    async def leaking(scope, receive, send):
        shopper = scope["type"] == "http" and any(name == b"x-forwarded-host" for name, _ in scope["headers"])
        if shopper and not kept:
            kept.append(b"")
            threading.Thread(target=leak, daemon=True).start()
        await inner(scope, receive, send)

    return leaking
"""

_MIGRATION_THAT_WORKS = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shelf", "{before}")]
    operations = [migrations.AddField("productrecord", "note", models.CharField(max_length=40, null=True))]
"""

_MIGRATION_THAT_FAILS = """
from django.db import migrations


def fail(apps, schema_editor):
    raise RuntimeError("broken on purpose")


class Migration(migrations.Migration):
    dependencies = [("shelf", "9001_works")]
    operations = [migrations.RunPython(fail)]
    galleria_rollback_class = "B"
"""


def last_migration() -> str:
    """Name the engine's newest migration of its shelf."""
    folder = Path(__file__).parents[2] / ENGINE / "shelf" / "migrations"
    return max(file.stem for file in folder.glob("0*.py"))


BROKEN = {
    "does not start": Broken(
        Component.STOREFRONT,
        {f"{STOREFRONT}/__init__.py": appending('raise SystemExit("broken on purpose")')},
        "The new storefront does not start",
    ),
    "hangs on start": Broken(
        Component.ENGINE,
        {f"{ENGINE}/serve.py": appending("def run(*_):\n    import time\n    time.sleep(3600)")},
        "Not healthy after 12 s: engine",
    ),
    "answers GraphQL with errors": Broken(
        Component.ENGINE,
        {f"{ENGINE}/graphql/endpoint.py": appending('def read(request):\n    raise RequestRefused("broken")')},
        "Smoke the new slot",
    ),
    "shows an error for a page": Broken(
        Component.STOREFRONT,
        {f"{STOREFRONT}/app.py": appending('async def _broken(*_):\n    raise RuntimeError\n\n\nPAGES["/"] = _broken')},
        "Smoke the new slot",
    ),
    "fails only through the door": Broken(
        Component.STOREFRONT, {f"{STOREFRONT}/app.py": appending(_DOOR)}, "Through the gateway it fails"
    ),
    "leaks and dies after the switch": Broken(
        Component.STOREFRONT,
        {f"{STOREFRONT}/app.py": appending(_LEAK)},
        "Watch: The new storefront",
        DeploymentStatus.ROLLED_BACK,
    ),
    "says that everything is sold out": Broken(
        Component.ENGINE,
        {
            f"{ENGINE}/shelf/reading.py": replacing("return self._salable[row.id]", "return False"),
            f"{ENGINE}/graphql/goods.py": replacing("salable=product.is_public", "salable=False and product.is_public"),
        },
        "catalogue query (the new slot says that everything is sold out, and the shop sells)",
    ),
    "fails half-way through its migrations": Broken(
        Component.ENGINE,
        {f"{ENGINE}/shelf/apps.py": appending("# migrates")},
        "Migrate: ",
        added={
            f"{ENGINE}/shelf/migrations/9001_works.py": _MIGRATION_THAT_WORKS.replace("{before}", last_migration()),
            f"{ENGINE}/shelf/migrations/9002_fails.py": _MIGRATION_THAT_FAILS,
        },
    ),
}


@pytest.mark.parametrize("way", BROKEN)
def test_a_broken_release_never_meets_a_shopper(platform: LivingPlatform, shop: Workshop, way: str) -> None:
    broken = BROKEN[way]
    release_id = shop.release(broken.changes, broken.component, added=broken.added)
    before = platform.selling(STORE)
    with shopping(platform, STORE) as met:
        ended = platform.deploy(STORE, release_id)
    assert met.errors == []
    assert met.answers > 20
    assert ended.status is broken.status, ended.reason
    assert broken.says in ended.reason
    after = platform.selling(STORE)
    assert before.revision is not None
    assert after.revision is not None
    assert (after.revision.number, after.revision.artifacts) == (before.revision.number, before.revision.artifacts)
    assert release_id in [each.release_id for each in after.quarantined]
    until(lambda: all(process.live for process in platform.store(STORE).processes), "the broken processes to be gone")


def test_a_good_release_is_taken_after_all_of_these(platform: LivingPlatform, shop: Workshop) -> None:
    good = shop.release({f"{STOREFRONT}/__init__.py": appending("# better")}, Component.STOREFRONT)
    before = platform.store_pids(STORE)
    with shopping(platform, STORE) as met:
        ended = platform.deploy(STORE, good)
        assert ended.status is DeploymentStatus.SUCCEEDED, ended.reason
        assert ended.rollback_class is RollbackClass.A
        back = platform.roll_back(STORE, reason="to see that it works")
        assert back.status is DeploymentStatus.SUCCEEDED, back.reason
    assert met.errors == []
    after = platform.store_pids(STORE)
    for untouched in (Component.ENGINE, Component.SHOP_AGENT):
        assert after[untouched]
        assert after[untouched] <= before[untouched], "one that was kept warm may have ended, and none is new"
