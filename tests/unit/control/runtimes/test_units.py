"""A store's files on the machine, when its owner is hostile and when two change them at once. Nothing is started."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from galleria.contracts import instance
from galleria.contracts.words import STORE_COMPONENTS, Component, Slot
from galleria.control.runtimes.port import InstanceSpec, Placement
from galleria.control.runtimes.process import folders, units
from galleria.control.runtimes.process.ids import Ids
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.runtime import ProcessRuntime
from galleria.control.runtimes.slots import Place, Slots
from tests.support.configs import complete_values

ONE, OTHER = "shop-001", "shop-002"
BLUE, GREEN = (dict.fromkeys(STORE_COMPONENTS, slot) for slot in (Slot.BLUE, Slot.GREEN))


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path)


@pytest.fixture
def runtime(layout: Layout) -> ProcessRuntime:
    """A runtime with two stores, each with a green slot beside the live one."""
    folders.make_platform_folders(layout, Ids(layout))
    runtime = ProcessRuntime(layout.home)
    installed = runtime.prepare_artifact()
    for store_id in (ONE, OTHER):
        runtime.make_instance(InstanceSpec(store_id, installed), instance.render_env(complete_values(store_id)))
        runtime.prepare_slot(store_id, [Placement(each, Slot.GREEN, installed) for each in STORE_COMPONENTS])
    return runtime


def live(runtime: ProcessRuntime, store_id: str) -> dict[Component, Slot]:
    return {each: place.slot for each, place in runtime.placements(store_id).live.items()}


def link(layout: Layout, store_id: str) -> str:
    return str((layout.store(store_id).run / "storefront.sock").readlink())


@pytest.mark.parametrize("planted", ["file", "link", "nothing"])
def test_sockets_are_removed_as_far_as_the_store_lets_them(
    runtime: ProcessRuntime, layout: Layout, planted: str
) -> None:
    run, agent = layout.store(ONE).run, layout.store(ONE).agent / "agent-green.sock"
    agent.touch()
    run.rename(run.with_name("away"))
    if planted == "file":
        run.touch()
    elif planted == "link":
        run.symlink_to(layout.store(OTHER).run)
        (layout.store(OTHER).run / "engine-green.sock").touch()
    places = runtime._book.read(ONE).beside.values()
    units.remove_sockets(layout, ONE, places)
    assert not agent.exists()
    assert planted != "link" or (layout.store(OTHER).run / "engine-green.sock").exists()


def test_a_hostile_store_keeps_no_other_from_being_renewed(runtime: ProcessRuntime, layout: Layout) -> None:
    run = layout.store(ONE).run
    run.rename(run.with_name("away"))
    run.touch()
    (layout.store(OTHER).run / "storefront.sock").unlink()
    assert runtime.rewrite_launch_files() == [ONE]
    assert link(layout, OTHER) == "storefront-blue.sock"


def test_a_switch_meanwhile_is_not_undone_by_renewing(
    runtime: ProcessRuntime, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`up` renews every store's files while the runner, another process, moves one of them."""
    switching = threading.Thread(target=ProcessRuntime(layout.home).switch_slots, args=(ONE, GREEN))
    write_units = runtime._write_units

    def slowly(store_id: str, slots: Slots, places: Iterable[Place]) -> None:
        if store_id == ONE:
            switching.start()
            switching.join(0.5)
        write_units(store_id, slots, places)

    monkeypatch.setattr(runtime, "_write_units", slowly)
    assert runtime.rewrite_launch_files() == []
    switching.join(30)
    assert (live(runtime, ONE), link(layout, ONE)) == (GREEN, "storefront-green.sock")
    assert (live(runtime, OTHER), link(layout, OTHER)) == (BLUE, "storefront-blue.sock")


def test_a_store_that_is_struck_out_leaves_no_lock(runtime: ProcessRuntime, layout: Layout) -> None:
    with runtime._book.alone(ONE):
        runtime._book.strike(ONE)
    with runtime._book.alone(ONE, wait=False):
        pass
    assert [file.name for file in sorted(layout.placements.iterdir()) if ONE in file.name] == []
