"""What the process runtime does on the machine when a store moves: units, links, files; a supervisor killed, an older
platform taken over.
"""

from __future__ import annotations

import json
from pathlib import Path

import psutil
import pytest

from galleria.contracts import dotenv
from galleria.contracts.words import STORE_COMPONENTS, Component, ProcessState, Slot
from galleria.control.runtimes.port import Placement
from galleria.control.runtimes.process import artifact, leftovers
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.supervision import Supervisor
from tests.conformance.runtime.staging import STORE, Stage, wait
from tests.conformance.runtime.test_slots import configuration

ENGINE, STOREFRONT, AGENT = STORE_COMPONENTS
SHORT = ("engine", "storefront", "agent")
GREEN = dict.fromkeys(STORE_COMPONENTS, Slot.GREEN)


@pytest.fixture
def running(process: Stage) -> Stage:
    """A stage with one store that runs."""
    process.provision(STORE)
    process.runtime.start(STORE)
    process.wait_for(STORE)
    wait(lambda: all(door.exists() for door in doors(process)))
    return process


def doors(stage: Stage, slots: dict[Component, Slot] | None = None) -> list[Path]:
    """The store's sockets."""
    found = stage.runtime.doors(STORE, slots)
    return [found.engine, found.storefront, found.agent]


def beside(stage: Stage, config_version: int = 1, *components: Component) -> None:
    """Start components from the installed environment in the green slot."""
    chosen = components or STORE_COMPONENTS
    stage.runtime.prepare_slot(STORE, [Placement(each, Slot.GREEN, stage.artifact, config_version) for each in chosen])
    stage.runtime.start_slot(STORE, chosen)
    stage.wait_beside(STORE, *chosen)
    slots = dict.fromkeys(chosen, Slot.GREEN)
    wait(lambda: all(door.exists() for door in doors(stage, slots)))


def test_links_and_the_live_configuration_follow_a_switch(running: Stage, home: Layout) -> None:
    place = home.store(STORE)
    links = (place.agent / "agent.sock", place.run / "storefront.sock")
    assert [str(link.readlink()) for link in links] == ["agent-blue.sock", "storefront-blue.sock"]
    running.runtime.put_configuration(STORE, 2, configuration(STORE, "Two"))
    beside(running, 2)
    assert dotenv.read(place.env.read_text())["GALLERIA_STORE_NAME"] != "Two"
    running.runtime.switch_slots(STORE, GREEN)
    assert [str(link.readlink()) for link in links] == ["agent-green.sock", "storefront-green.sock"]
    assert dotenv.read(place.env.read_text())["GALLERIA_STORE_NAME"] == "Two"
    private = [place.env, *place.config.iterdir(), *home.launch_d.iterdir(), *home.conf_d.iterdir()]
    assert {file.stat().st_mode & 0o777 for file in [*private, *home.placements.iterdir()]} == {0o600}
    links[0].unlink()
    links[0].symlink_to("../../supervisor/supervisor.sock")
    assert running.runtime.keep_up(), "a link that leads elsewhere is mended"
    assert str(links[0].readlink()) == "agent-green.sock"
    assert not running.runtime.keep_up()


def test_an_emptied_slot_leaves_nothing(running: Stage, home: Layout) -> None:
    before = _files(home)
    beside(running)
    assert _files(home) != before
    psutil.Process(_pid(home, f"store-{STORE}.storefront-green")).kill()  # one that can't tidy up
    running.runtime.empty_slot(STORE, STORE_COMPONENTS)
    assert _files(home) == before
    assert sorted(leftovers.running(home)) == sorted(f"store-{STORE}.{name}-blue" for name in SHORT)


def _files(home: Layout) -> set[str]:
    places = (home.launch_d, home.conf_d, home.supervisor / "run", home.store(STORE).run, home.store(STORE).agent)
    return {str(file) for place in places for file in place.iterdir()}


def _pid(home: Layout, program: str) -> int:
    return next(each.pid for each in Supervisor(home).watched() if each.program == program) or 0


def test_what_is_beside_outlives_the_supervisor_and_does_not_start_by_itself(running: Stage, home: Layout) -> None:
    beside(running, 1, STOREFRONT)
    inodes = [door.stat().st_ino for door in doors(running, {STOREFRONT: Slot.GREEN})]
    psutil.Process(Supervisor(home).pid()).kill()
    wait(lambda: not Supervisor(home).alive())
    assert running.runtime.keep_up()
    running.wait_for(STORE)
    running.wait_beside(STORE, STOREFRONT)
    assert [door.stat().st_ino for door in doors(running, {STOREFRONT: Slot.GREEN})] == inodes
    conf = (home.conf_d / f"store-{STORE}.storefront-green.conf").read_text()
    assert "autostart=false" in conf
    running.runtime.switch_slots(STORE, {STOREFRONT: Slot.GREEN})
    starting = {file.stem.rpartition(".")[2] for file in home.conf_d.iterdir() if "autostart=true" in file.read_text()}
    assert starting == {"engine-blue", "storefront-green", "agent-blue"}


def test_a_switch_that_was_cut_off_is_finished_by_the_next_call(
    running: Stage, home: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside(running)

    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(running.runtime, "_settle", cut_off)
        with pytest.raises(KeyboardInterrupt):
            running.runtime.switch_slots(STORE, GREEN)
    assert str((home.store(STORE).agent / "agent.sock").readlink()) == "agent-blue.sock"
    running.runtime.switch_slots(STORE, GREEN)
    assert str((home.store(STORE).agent / "agent.sock").readlink()) == "agent-green.sock"
    starting = {file.stem.rpartition(".")[2] for file in home.conf_d.iterdir() if "autostart=true" in file.read_text()}
    assert starting == {f"{name}-green" for name in SHORT}


def test_a_store_that_is_stopped_stays_stopped_through_a_switch(process: Stage, home: Layout) -> None:
    process.provision(STORE)
    beside(process)
    process.runtime.switch_slots(STORE, GREEN)
    assert not [file for file in home.conf_d.iterdir() if "autostart=true" in file.read_text()]


# --- a platform of the version before ---------------------------------------------------------------------------------


def test_an_older_platforms_store_is_taken_over_without_stopping(process: Stage, home: Layout) -> None:
    process.provision(STORE)
    _as_before(home)
    wait(lambda: _running_before(home) == 3)
    agent = home.store(STORE).agent / "agent.sock"
    wait(agent.is_socket)
    pids = _outer_pids(home)
    assert process.runtime.keep_up()
    seen = process.wait_for(STORE)
    assert {each.restarts for each in seen.values()} == {0}
    assert _outer_pids(home) == pids, "something was started again"
    assert doors(process)[2] == agent, "the agent answers where it did"
    assert not list(home.conf_d.glob(f"store-{STORE}.conf"))
    assert not process.runtime.keep_up()
    process.runtime.restart(STORE)
    process.wait_for(STORE)
    assert str(agent.readlink()) == "agent-blue.sock"
    assert process.runtime.placements(STORE).live[ENGINE] == Placement(ENGINE, Slot.BLUE, process.artifact)


def _as_before(home: Layout) -> None:
    """Make the store look as the version before left it, and start it as that did."""
    place, group = home.store(STORE), f"store-{STORE}"
    (home.placements / f"{STORE}.json").unlink()
    (place.config / "1.env").unlink()
    place.config.rmdir()
    (place.agent / "agent.sock").unlink()
    (place.run / "storefront.sock").unlink()
    for short in SHORT:
        (home.conf_d / f"{group}.{short}-blue.conf").unlink()
        file = home.launch_d / f"{group}.{short}-blue.json"
        text = file.read_text().replace("/store/config/1.env", "/store/.env").replace("agent-blue.sock", "agent.sock")
        assert json.loads(text)
        file.write_text(text)
    sections = [
        f"[program:{group}.{short}-blue]\nprocess_name={short}-blue\nautostart=true\nstopasgroup=true\n"
        f'command="{artifact.python()}" -I -m galleria.control.runtimes.process.launcher '
        f'"{home.launch_d}/{group}.{short}-blue.json"\nstdout_logfile=NONE\nstderr_logfile=NONE\n'
        for short in SHORT
    ]
    members = ",".join(f"{group}.{short}-blue" for short in SHORT)
    (home.conf_d / f"{group}.conf").write_text(f"[group:{group}]\nprograms={members}\n\n" + "\n".join(sections))
    Supervisor(home).take_up([group])


def _running_before(home: Layout) -> int:
    up = (ProcessState.RUNNING,)
    return sum(each.program == f"store-{STORE}" and each.state in up for each in Supervisor(home).watched())


def _outer_pids(home: Layout) -> dict[str, object]:
    files = (home.supervisor / "run").glob(f"store-{STORE}.*.pid")
    return {file.stem: json.loads(file.read_text())["outer"] for file in files}
