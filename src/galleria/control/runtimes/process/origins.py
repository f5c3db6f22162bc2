"""What control plane and runner start from: the installed environment, or a bundle that they were upgraded to."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from galleria.control.runtimes.files import write_atomically
from galleria.control.runtimes.port import Artifact
from galleria.control.runtimes.process import bundles
from galleria.control.runtimes.process.artifact import Source
from galleria.control.runtimes.process.layout import Layout


class Origin(BaseModel):
    """The artifact of one part, and the release that it came with."""

    model_config = ConfigDict(frozen=True)

    release_id: str
    digest: str
    version: str


class Origins(BaseModel):
    """What each part starts from, and what it started from before. A part that is missing starts from the installed
    environment."""

    model_config = ConfigDict(frozen=True)

    now: dict[str, Origin] = {}
    before: dict[str, Origin] | None = None
    """None: there is nothing to go back to."""
    taken_back: bool = False
    """Whether ``now`` is what a rollback led to; then ``before`` is what was newer."""


def read(layout: Layout) -> Origins:
    """Read it; a platform that was never upgraded has none."""
    try:
        return Origins.model_validate_json(layout.parts_file.read_bytes())
    except FileNotFoundError:
        return Origins()


def write(layout: Layout, origins: Origins) -> None:
    """Write it, in one step. What runs is not touched."""
    write_atomically(layout.parts_file, origins.model_dump_json(indent=1), mode=0o600)


def artifacts_needed(layout: Layout) -> set[str]:
    """Name every artifact that a part of the platform starts from, or may be taken back to."""
    found = read(layout)
    return {origin.digest for side in (found.now, found.before or {}) for origin in side.values()}


def source(layout: Layout, origin: Origin | None) -> Source | None:
    """Name what a part is started from; None for the installed environment.

    A bundle that is gone is no reason not to come up: the installed environment is always there.
    """
    if origin is None:
        return None
    chosen = Artifact(origin.digest, origin.version)
    return bundles.source(layout, chosen) if bundles.is_there(layout, chosen) else None
