"""Every runtime keeps the port's promises: the null one, and the process runtime with a real supervisor and sandbox.

The store's programs are the real engine, storefront and agent, born from the demo template.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import STORE_COMPONENTS, Catalogue, Component, IsolationLevel, ProcessState
from galleria.control.runtimes.port import Artifact, InstanceSpec, RuntimeRefused, Template
from galleria.control.runtimes.process import leftovers, templates
from galleria.control.runtimes.process.launcher import read_record
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.sandbox import Launch, Means
from galleria.control.runtimes.process.supervision import Supervisor
from tests.conformance.runtime.staging import NEIGHBOUR, STORE, Stage, wait

STORE_MEMORY_BYTES = 200_000_000
BAD_IDS = ["", ".", "..", "../shop-001", "Shop-001", "shop-001/data", "shop 001", "shop-001\n"]


# --- a store's life ---------------------------------------------------------------------------------------------------


def test_every_act_can_run_twice(stage: Stage) -> None:
    runtime = stage.runtime
    assert stage.runtime.prepare_artifact() == stage.artifact
    stage.template()
    assert not stage.template().made_now
    for _ in range(2):
        stage.make(STORE)
        runtime.copy_template(STORE, stage.template())
        runtime.provision_engine(STORE)
    runtime.start(STORE)
    first = stage.wait_for(STORE)
    runtime.start(STORE)
    again = stage.wait_for(STORE)
    assert {name: each.since for name, each in again.items()} == {name: each.since for name, each in first.items()}
    for _ in range(2):
        runtime.stop(STORE)
        assert {each.state for each in stage.processes(STORE).values()} == {ProcessState.STOPPED}
    for _ in range(2):
        runtime.remove_instance(STORE)
        assert list(runtime.observe()) == []


def test_components_start_stop_and_restart_one_by_one(stage: Stage) -> None:
    stage.provision(STORE)
    stage.runtime.start(STORE, Component.ENGINE)
    stage.wait_for(STORE, storefront=ProcessState.STOPPED, shop_agent=ProcessState.STOPPED)
    stage.runtime.start(STORE)
    before = stage.wait_for(STORE)
    stage.runtime.restart(STORE, Component.ENGINE)
    after = stage.wait_for(STORE)
    assert after[Component.ENGINE].since > before[Component.ENGINE].since
    assert after[Component.STOREFRONT].since == before[Component.STOREFRONT].since
    stage.runtime.stop(STORE, Component.STOREFRONT)
    stage.wait_for(STORE, storefront=ProcessState.STOPPED)
    stage.runtime.restart(STORE)
    stage.wait_for(STORE)


def test_a_neighbour_is_not_touched(stage: Stage) -> None:
    stage.make(NEIGHBOUR)
    stage.make(STORE)
    assert [each.store_id for each in stage.runtime.observe()] == [STORE, NEIGHBOUR]
    stage.runtime.remove_instance(STORE)
    assert [each.store_id for each in stage.runtime.observe()] == [NEIGHBOUR]
    assert {each.state for each in stage.processes(NEIGHBOUR).values()} == {ProcessState.STOPPED}


def test_the_last_isolation_report_is_remembered(stage: Stage) -> None:
    stage.make(STORE)
    assert next(iter(stage.runtime.observe())).isolation is None
    for _ in range(2):
        report = stage.runtime.probe_isolation(STORE)
        assert next(iter(stage.runtime.observe())).isolation == report
    assert report.level is IsolationLevel.FULL or report.missing


# --- refusals ---------------------------------------------------------------------------------------------------------

ACTS: dict[str, Callable[[Stage, str], object]] = {
    "copy template": lambda stage, store_id: stage.runtime.copy_template(
        store_id, Template(stage.artifact, Catalogue.DEMO)
    ),
    "provision engine": lambda stage, store_id: stage.runtime.provision_engine(store_id),
    "start": lambda stage, store_id: stage.runtime.start(store_id),
    "stop": lambda stage, store_id: stage.runtime.stop(store_id),
    "stop one": lambda stage, store_id: stage.runtime.stop(store_id, Component.ENGINE),
    "restart": lambda stage, store_id: stage.runtime.restart(store_id),
    "probe isolation": lambda stage, store_id: stage.runtime.probe_isolation(store_id),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("store_id", ["shop-009", "../shop-001"])
def test_an_unknown_store_is_refused(stage: Stage, act: str, store_id: str) -> None:
    with pytest.raises(RuntimeRefused) as refused:
        ACTS[act](stage, store_id)
    assert refused.value.code is ErrorCode.STORE_NOT_FOUND


@pytest.mark.parametrize("store_id", BAD_IDS)
def test_a_bad_id_is_neither_made_nor_removed(stage: Stage, store_id: str) -> None:
    with pytest.raises(RuntimeRefused) as not_made:
        stage.runtime.make_instance(InstanceSpec(store_id, stage.artifact), "SECRET=x\n")
    with pytest.raises(RuntimeRefused) as not_removed:
        stage.runtime.remove_instance(store_id)
    assert {not_made.value.code, not_removed.value.code} == {ErrorCode.STORE_ID_INVALID}
    assert list(stage.runtime.observe()) == []


def test_a_missing_template_is_refused(stage: Stage) -> None:
    stage.template()
    stage.make(STORE)
    other = Artifact("sha256:" + "f" * 64, "0")
    with pytest.raises(RuntimeRefused) as refused:
        stage.runtime.copy_template(STORE, Template(other, Catalogue.DEMO))
    assert refused.value.code is ErrorCode.NOT_FOUND


def test_an_engine_without_data_is_not_provisioned(stage: Stage) -> None:
    stage.make(STORE)
    with pytest.raises(RuntimeRefused):
        stage.runtime.provision_engine(STORE)


def test_nothing_has_to_be_mended_when_all_is_well(stage: Stage) -> None:
    assert not stage.runtime.keep_up()


# --- what the process runtime does on the machine ---------------------------------------------------------------------


def test_memory_is_observed_while_it_runs(process: Stage) -> None:
    process.provision(STORE)
    process.runtime.start(STORE)
    process.wait_for(STORE)
    wait(lambda: all(door.exists() for door in _doors(process)))

    def measured() -> list[int]:
        return [each.memory_bytes or 0 for each in process.processes(STORE).values()]

    # What is shown may be a moment old, from when a process had only just been started.
    wait(lambda: all(measured()) and sum(measured()) > 10_000_000)
    assert sum(measured()) < STORE_MEMORY_BYTES
    process.runtime.stop(STORE)
    assert {each.memory_bytes for each in process.processes(STORE).values()} == {None}


def test_a_store_keeps_the_data_it_has(process: Stage, home: Layout) -> None:
    process.provision(STORE)
    mark = home.store(STORE).data / "mark"
    mark.write_text("sold")
    process.provision(STORE)
    assert mark.read_text() == "sold"


def test_start_up_files_are_for_their_owner_only(process: Stage, home: Layout) -> None:
    process.make(STORE)
    secret = [home.store(STORE).env, *home.launch_d.iterdir(), *home.conf_d.iterdir()]
    assert {file.stat().st_mode & 0o777 for file in secret} == {0o600}


def test_a_removed_store_leaves_no_file_process_or_lock(process: Stage, home: Layout) -> None:
    process.provision(STORE)
    process.runtime.probe_isolation(STORE)
    process.runtime.start(STORE)
    process.wait_for(STORE)
    running = leftovers.running(home, f"store-{STORE}.")
    state = str(home.supervisor / "run")
    records = [read_record(Launch(each, (), (), Means.NONE, state=state)) for each in running]
    assert len(running) == len(STORE_COMPONENTS)
    process.runtime.remove_instance(STORE)
    assert [record for record in records if record is None or psutil.pid_exists(record.outer)] == []
    assert leftovers.running(home) == []
    assert list(home.home.rglob(f"*{STORE}*")) == []
    assert Supervisor(home).watched() == []
    assert templates.template_folder(home, process.artifact, Catalogue.DEMO).is_dir()


def test_a_killed_supervisor_stops_no_store(process: Stage, home: Layout) -> None:
    process.provision(STORE)
    process.runtime.start(STORE)
    process.wait_for(STORE)
    wait(lambda: all(door.exists() for door in _doors(process)))
    doors = [door.stat().st_ino for door in _doors(process)]
    before = leftovers.running(home)
    psutil.Process(Supervisor(home).pid()).kill()
    wait(lambda: not Supervisor(home).alive())
    assert leftovers.running(home) == before
    assert process.runtime.keep_up()
    seen = process.wait_for(STORE)
    assert {each.restarts for each in seen.values()} == {0}
    assert [door.stat().st_ino for door in _doors(process)] == doors  # a new process would have made new sockets
    process.runtime.stop(STORE)
    assert leftovers.running(home) == []


def _doors(stage: Stage) -> list[Path]:
    doors = stage.runtime.doors(STORE)
    return [doors.engine, doors.storefront, doors.agent]
