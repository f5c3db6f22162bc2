"""The runtime port: everything that may be asked of the place where instances run, and every error it may raise.

There is no 'exec' and no 'read file' in it, on purpose: who holds a runtime can start, stop, observe and remove a
store, and can't look into it (DESIGN.md section 2). Every act can safely run twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import IsolationReport, ObservedProcess
from galleria.contracts.words import Catalogue, Component, IsolationMode, Runtime, Slot


class RuntimeFault(Exception):
    """Something a runtime could not do. The message is one sentence for an operator: no secret, no trace."""


class RuntimeUnavailable(RuntimeFault):
    """Retry: nothing is wrong with what was asked; ask again after `retry_after` seconds."""

    def __init__(self, message: str, *, retry_after: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RuntimeRefused(RuntimeFault):
    """Give up: asked again without a change it fails again. `code` says why in the API's words."""

    def __init__(self, message: str, *, code: ErrorCode = ErrorCode.STATE_CONFLICT) -> None:
        super().__init__(message)
        self.code = code


class RuntimeBroken(RuntimeFault):
    """Bug: the runtime met something that it says can't happen. Keep the cause and tell a developer."""


@dataclass(frozen=True)
class Artifact:
    """What the store's programs are started from. One digest for all components while they ship together."""

    digest: str
    """``sha256:`` and 64 hex digits over the code and every installed distribution."""
    version: str

    def by_component(self) -> dict[Component, str]:
        """Name the digest once per store component, as `Revision.artifacts` wants it."""
        return dict.fromkeys((Component.ENGINE, Component.STOREFRONT, Component.SHOP_AGENT), self.digest)

    def version_by_component(self) -> dict[Component, str]:
        """Name the version once per store component, as `Revision.versions` wants it."""
        return dict.fromkeys((Component.ENGINE, Component.STOREFRONT, Component.SHOP_AGENT), self.version)


@dataclass(frozen=True)
class Template:
    """A migrated, indexed, filled engine data folder that stores are born from. Made once per artifact."""

    artifact: Artifact
    catalogue: Catalogue
    made_now: bool = False
    """False if it was there already."""


@dataclass(frozen=True)
class InstanceSpec:
    """What a runtime must know to make room for a store. Nothing in it is secret."""

    store_id: str
    artifact: Artifact
    isolation_mode: IsolationMode = IsolationMode.STRICT
    slot: Slot = Slot.BLUE


@dataclass(frozen=True)
class Doors:
    """The Unix sockets that a store's processes answer HTTP on (absolute paths, as the gateway sees them)."""

    engine: Path
    storefront: Path
    agent: Path


@dataclass(frozen=True)
class ObservedInstance:
    """One store as the runtime sees it now. Observed fact, never what was asked for."""

    store_id: str
    processes: tuple[ObservedProcess, ...]
    isolation: IsolationReport | None
    """The last measurement, or None if none was made yet."""


@runtime_checkable
class RuntimePort(Protocol):
    """Where instances run. Blocking calls; every act is idempotent and raises only `RuntimeFault`s."""

    @property
    def kind(self) -> Runtime:
        """Which runtime this is."""
        ...

    def prepare_artifact(self) -> Artifact:
        """Make sure that the artifact is there and startable, and name it by its digest.

        :raises RuntimeRefused: it is not complete.
        """
        ...

    def make_template(self, artifact: Artifact, catalogue: Catalogue) -> Template:
        """Make the template for ``catalogue`` unless it is there; in a sandbox that can write nothing else.

        :raises RuntimeRefused: the engine's template program failed (nothing half-made is left).
        """
        ...

    def make_instance(self, spec: InstanceSpec, env_text: str) -> None:
        """Make the store's folder, user id and start-up files. ``env_text`` bears secrets: written 0600, never logged.

        Run again it writes the same files anew; the store's data is not touched. Nothing is started.

        :raises RuntimeRefused: bad id, or no room (disk full).
        """
        ...

    def copy_template(self, store_id: str, template: Template) -> None:
        """Give the store its first data by copying ``template``. A store that already has data keeps it.

        :raises RuntimeRefused: the store or the template is not there, or the disk is full.
        """
        ...

    def provision_engine(self, store_id: str) -> None:
        """Run the engine's provisioning program in the store's own sandbox.

        :raises RuntimeRefused: it failed; the reason lies in the store's own log, for the store's owner only.
        """
        ...

    def start(self, store_id: str, component: Component | None = None) -> None:
        """Start all of a store's processes, or one; running ones stay. From now on it starts with the platform too.

        Returns when they are launched; whether they do well is for `observe` and the store's own doors to say.

        :raises RuntimeUnavailable: the supervisor is not there right now.
        :raises RuntimeRefused: no such store (STORE_NOT_FOUND), or its programs can't be started.
        """
        ...

    def stop(self, store_id: str, component: Component | None = None) -> None:
        """Stop all of a store's processes, or one, and wait until they have ended. They stay stopped."""
        ...

    def restart(self, store_id: str, component: Component | None = None) -> None:
        """Stop, then start."""
        ...

    def remove_instance(self, store_id: str) -> None:
        """Stop the store and remove all that is of it: processes, folder, data, sockets. Gone already is fine."""
        ...

    def doors(self, store_id: str, slot: Slot = Slot.BLUE) -> Doors:
        """Name the store's sockets, whether or not something answers there."""
        ...

    def observe(self) -> Sequence[ObservedInstance]:
        """Look at every instance that exists here, stopped ones too.

        :raises RuntimeUnavailable: the supervisor is not there right now.
        """
        ...

    def probe_isolation(self, store_id: str) -> IsolationReport:
        """Start the probe exactly as a store process and report what it could break. Remembered for `observe`.

        :raises RuntimeRefused: no such store.
        """
        ...

    def keep_up(self) -> bool:
        """Mend the runtime's own machinery: supervisor gone, logs too long. Call it every few seconds.

        :returns: whether something had to be mended.
        """
        ...
