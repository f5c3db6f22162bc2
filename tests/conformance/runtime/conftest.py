"""Both runtimes, each in turn; the process runtime with a real supervisor and sandbox."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import pytest

from galleria.contracts.words import STORE_COMPONENTS, Component
from galleria.control.artifacts.layout import Layout as ArtifactStore
from galleria.control.delivery.release import shelf
from galleria.control.runtimes.null import NullRuntime
from galleria.control.runtimes.port import Artifact
from galleria.control.runtimes.process import folders, leftovers, supervision
from galleria.control.runtimes.process.ids import Ids
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.runtime import ProcessRuntime
from galleria.control.runtimes.process.supervision import Supervisor
from tests.conformance.runtime.staging import Stage, wait
from tests.support.workshop import workshop

_MADE_UP = {each: Artifact(f"sha256:{number:064x}", "1") for number, each in enumerate(STORE_COMPONENTS, start=1)}


@pytest.fixture(scope="module")
def home() -> Iterator[Layout]:
    """A state folder with a real supervisor, for all of the module."""
    layout = Layout(Path(tempfile.mkdtemp(prefix="g-", dir="/tmp")))
    supervisor = Supervisor(layout)
    try:
        folders.make_platform_folders(layout, Ids(layout))
        supervision.start_supervisor(layout)
        yield layout
    finally:
        pid = supervisor.pid()  # a test may have killed the first one
        supervisor.shut_down()
        wait(lambda: not psutil.pid_exists(pid))
        leftovers.end(layout)
        shutil.rmtree(layout.home)


@pytest.fixture
def process(home: Layout) -> Iterator[Stage]:
    """The process runtime; each test leaves no store behind."""
    runtime = ProcessRuntime(home.home)
    yield Stage(runtime, home)
    for store_id in runtime.store_ids():
        runtime.remove_instance(store_id)


@pytest.fixture(params=["null", "process"])
def stage(request: pytest.FixtureRequest) -> Stage:
    """Each runtime in turn."""
    if request.param == "null":
        return Stage(NullRuntime(), candidates=_MADE_UP)
    made: Stage = request.getfixturevalue("process")
    return made


@pytest.fixture(scope="module")
def built(home: Layout, tmp_path_factory: pytest.TempPathFactory) -> Mapping[Component, Artifact]:
    """Artifacts of this very tree, really built, in the platform's store of artifacts."""
    release_id = workshop(tmp_path_factory.mktemp("workshop"), home.home).release({})
    release = shelf.read(ArtifactStore(home.artifacts), release_id)
    return {part.component: Artifact(part.artifact, part.version) for part in release.components}


@pytest.fixture
def moving(stage: Stage, request: pytest.FixtureRequest) -> Stage:
    """A stage with artifacts to move to, all of them fetched."""
    if stage.layout is not None:
        stage.candidates = request.getfixturevalue("built")
    for component in STORE_COMPONENTS:
        stage.runtime.fetch_artifact(component, stage.candidate(component))
    return stage
