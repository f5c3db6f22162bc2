"""The control plane's process can open no file of a store: in its sandbox none of them exists."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from galleria.control.runtimes.process import isolation, profiles
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.probe import Attempt, Finding, Targets
from galleria.control.runtimes.process.sandbox import Means
from tests.support import sandboxes


@pytest.fixture(scope="module")
def layout() -> Iterator[Layout]:
    """A platform's folders with two stores."""
    home = Path(tempfile.mkdtemp(prefix="g-", dir="/tmp"))
    try:
        yield sandboxes.two_stores(home)
    finally:
        shutil.rmtree(home)


def _probe(layout: Layout, **environment: str) -> list[Finding]:
    launch = profiles.plane_launch(sandboxes.ground(layout, Means.BUBBLEWRAP), environment)
    store = layout.store("shop-001")
    with ExitStack() as stack:
        doors = [store.run / "engine-blue.sock", store.run / "storefront-blue.sock"]
        doors += [layout.supervisor_socket, layout.gateway / "health.sock"]
        for door in (*doors, store.agent / "agent.sock"):
            isolation.listen_at(stack, door)
        lures = stack.enter_context(isolation.bait(layout))
        real = Targets(
            own="/plane",
            files=[str(store.env), str(layout.home / "operator-token"), str(layout.runner / "token")],
            folders=[str(layout.instances), str(store.root), str(layout.supervisor), str(layout.runner)],
            sockets=[*map(str, doors), "/agents/shop-001/agent.sock"],
        )
        return isolation.run_probe(launch, isolation.merge(lures, real))


def test_it_reaches_the_agents_socket_and_nothing_else(layout: Layout) -> None:
    worked = {(finding.attempt, finding.target) for finding in _probe(layout) if finding.worked}
    assert worked == {(Attempt.OWN_FOLDER, "/plane"), (Attempt.CONNECT_SOCKET, "/agents/shop-001/agent.sock")}


def test_a_registry_on_another_machine_opens_the_network_and_no_file(layout: Layout) -> None:
    found = _probe(layout, GALLERIA_REGISTRY_URL="postgresql+psycopg://galleria@db.example/galleria")
    worked = {finding.attempt for finding in found if finding.worked}
    assert Attempt.CONNECT_TCP in worked
    assert not worked & {Attempt.READ_FILE, Attempt.WRITE_FILE, Attempt.LIST_FOLDER, Attempt.WRITE_FOLDER}


@pytest.mark.parametrize(
    ("url", "network", "folders"),
    [
        ("", False, ()),
        ("sqlite:////plane/registry.db", False, ()),
        ("postgresql+psycopg://u@h:5432/db", True, ()),
        ("postgresql+psycopg:///db?host=/run/postgresql", False, ("/run/postgresql",)),
    ],
)
def test_what_a_registry_address_opens(url: str, network: bool, folders: tuple[str, ...]) -> None:
    assert profiles.registry_needs(url) == (network, folders)
