"""An upgrade of the platform's own parts: what runs is compared, not only what is written down."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from galleria.contracts.words import Component
from galleria.control.delivery import upgrading
from galleria.control.delivery.faults import GiveUp
from galleria.control.delivery.local import FAILED
from galleria.control.delivery.records import Records
from galleria.control.delivery.upgrading import Upgrading, downgrade, upgrade
from galleria.control.runtimes.process import folders, origins, parts
from galleria.control.runtimes.process.ids import Ids
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.origins import Origin, Origins
from galleria.control.runtimes.process.profiles import PLANE_PROGRAM, RUNNER_PROGRAM
from tests.unit.control.delivery.stage import CONTRACT_TEXTS, ScriptedReleases, artifact_digest

PROGRAMS = (PLANE_PROGRAM, RUNNER_PROGRAM)
API = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\n"


@dataclass
class Platform:
    """A platform whose programs are only remembered: what each was last started from."""

    work: Upgrading
    heard: list[dict[str, object]]
    running: dict[str, Origin | None] = field(default_factory=lambda: dict.fromkeys(PROGRAMS))
    restarts: list[str] = field(default_factory=list)
    dies_after: int = 99
    """After so many restarts the upgrade itself is killed, before the next."""
    ill: set[str] = field(default_factory=set)
    """Releases that do not run."""

    def restart(self, layout: Layout, part: str) -> None:
        if len(self.restarts) == self.dies_after:
            raise KeyboardInterrupt
        self.restarts.append(part)
        self.running[part] = origins.read(layout).now.get(part)

    def runs_from(self, _layout: Layout, part: str, origin: Origin | None) -> bool:
        return self.running[part] == origin

    def wait_until_well(self, _work: Upgrading, _place: parts.Place, part: str) -> None:
        found = self.running[part]
        if found is not None and found.release_id in self.ill:
            raise GiveUp(f"The new {part} does not run steadily; its log says why.")


@pytest.fixture
def releases() -> ScriptedReleases:
    return ScriptedReleases()


@pytest.fixture
def platform(tmp_path: Path, releases: ScriptedReleases, monkeypatch: pytest.MonkeyPatch) -> Platform:
    layout, heard = Layout(tmp_path), list[dict[str, object]]()
    folders.make_platform_folders(layout, Ids(layout))
    parts.write_place(layout, parts.Place("127.0.0.1", 1))
    parts.write_programs(layout, parts.Place("127.0.0.1", 1))
    made = Platform(Upgrading(layout, releases, Records(tmp_path / "stores"), "production", heard.append), heard)
    monkeypatch.setattr(parts, "restart", made.restart)
    monkeypatch.setattr(parts, "runs_from", made.runs_from)
    monkeypatch.setattr(upgrading, "_wait_until_well", made.wait_until_well)
    monkeypatch.setattr("galleria.control.runtimes.process.bundles.fetch", lambda *_: True)
    monkeypatch.setitem(CONTRACT_TEXTS, "control-plane.openapi.yaml", API)
    return made


def add(releases: ScriptedReleases, generation: int) -> str:
    return releases.add(Component.CONTROL_PLANE, Component.RUNNER, generation=generation)


def from_release(platform: Platform, release_id: str, generation: int) -> bool:
    """Whether both programs run from that release."""
    return platform.running == {
        program: Origin(release_id=release_id, digest=artifact_digest(component, generation), version="2.0.0")
        for component, program in upgrading.PROGRAMS.items()
    }


@pytest.mark.parametrize("restarted", [0, 1])
def test_an_upgrade_that_was_cut_off_is_finished_by_the_next_call(
    platform: Platform, releases: ScriptedReleases, restarted: int
) -> None:
    release_id = add(releases, 2)
    platform.dies_after = restarted
    with pytest.raises(KeyboardInterrupt):
        upgrade(platform.work, release_id, [])
    assert not from_release(platform, release_id, 2)
    platform.dies_after = 99
    assert upgrade(platform.work, release_id, []) == 0
    assert from_release(platform, release_id, 2)
    assert sorted(platform.restarts) == sorted(PROGRAMS), "one was started twice"


def test_the_way_back_of_an_upgrade_that_was_cut_off_leads_to_what_ran_before(
    platform: Platform, releases: ScriptedReleases
) -> None:
    good, bad = add(releases, 2), add(releases, 3)
    assert upgrade(platform.work, good, []) == 0
    platform.dies_after = 3
    with pytest.raises(KeyboardInterrupt):
        upgrade(platform.work, bad, [])
    platform.dies_after, platform.ill = 99, {bad}
    assert upgrade(platform.work, bad, []) == FAILED
    assert platform.heard[-1]["status"] == "rolled_back"
    assert from_release(platform, good, 2)
    assert {each.release_id for each in origins.read(platform.work.layout).now.values()} == {good}


@pytest.mark.parametrize("restarted", [0, 1])
def test_a_way_back_that_was_cut_off_is_finished_by_the_next_call_and_goes_no_further(
    platform: Platform, releases: ScriptedReleases, restarted: int
) -> None:
    good, newer = add(releases, 2), add(releases, 3)
    assert upgrade(platform.work, good, []) == 0
    assert upgrade(platform.work, newer, []) == 0
    platform.dies_after = 4 + restarted
    with pytest.raises(KeyboardInterrupt):
        downgrade(platform.work)
    platform.dies_after = 99
    for _ in range(2):
        assert downgrade(platform.work) == 0
        assert from_release(platform, good, 2)
    assert "taken back already" in str(platform.heard[-1]["reason"])
    assert len(platform.restarts) == 6, "one was started twice"


def test_after_a_way_back_an_upgrade_goes_on_and_back_again(platform: Platform, releases: ScriptedReleases) -> None:
    newer = add(releases, 2)
    for _ in range(2):
        assert upgrade(platform.work, newer, []) == 0
        assert from_release(platform, newer, 2)
        assert downgrade(platform.work) == 0
        assert set(platform.running.values()) == {None}


def test_what_runs_already_is_not_started_again(platform: Platform, releases: ScriptedReleases) -> None:
    release_id = add(releases, 2)
    for _ in range(2):
        assert upgrade(platform.work, release_id, []) == 0
    assert "already" in str(platform.heard[-1]["reason"])
    assert sorted(platform.restarts) == sorted(PROGRAMS)
    platform.ill = {release_id}
    assert upgrade(platform.work, release_id, []) == FAILED
    assert platform.heard[-1]["status"] == "failed"
    assert from_release(platform, release_id, 2), "nobody asked for a way back"


def test_a_full_disk_takes_the_upgrade_back(
    platform: Platform, releases: ScriptedReleases, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, written = origins.write, list[Origins]()

    def full(layout: Layout, wanted: Origins) -> None:
        written.append(wanted)
        if len(written) == 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(layout, wanted)

    monkeypatch.setattr(origins, "write", full)
    assert upgrade(platform.work, add(releases, 2), []) == FAILED
    assert platform.heard[-1]["status"] == "rolled_back"
    assert written[-1] == Origins()


def test_a_disk_that_stays_full_needs_attention(
    platform: Platform, releases: ScriptedReleases, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(origins, "write", full)
    assert upgrade(platform.work, add(releases, 2), []) == FAILED
    assert platform.heard[-1]["status"] == "needs_attention"
