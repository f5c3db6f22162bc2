"""The runtime port: everything that may be asked of the place where instances run, and every error it may raise.

There is no 'exec' and no 'read file' in it, on purpose: who holds a runtime can start, stop, observe and remove a
store, and can't look into it (DESIGN.md section 2). Every act can safely run twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import IsolationReport, ObservedProcess
from galleria.contracts.words import Catalogue, Component, IsolationMode, RollbackClass, Runtime, Slot


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
    """What a store's programs are started from: a component's bundle, or the installed environment, which has one
    digest for all components."""

    digest: str
    """``sha256:`` and 64 hex digits: of the bundle's manifest, or over the code and every installed distribution."""
    version: str


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
    """What its programs are started from, but for those that have one of their own in `artifacts`."""
    isolation_mode: IsolationMode = IsolationMode.STRICT
    slot: Slot = Slot.BLUE
    artifacts: Mapping[Component, Artifact] = field(default_factory=dict)

    def artifact_of(self, component: Component) -> Artifact:
        """What a component is started from."""
        return self.artifacts.get(component, self.artifact)


@dataclass(frozen=True)
class Placement:
    """One component of a revision, and the place its process runs in."""

    component: Component
    slot: Slot
    artifact: Artifact
    config_version: int = 1


@dataclass(frozen=True)
class Placements:
    """Everything that has a place in one store: what is live, and what is in other slots beside it."""

    live: Mapping[Component, Placement]
    beside: Mapping[Component, Placement]
    """A slot being prepared, or an old one that is kept warm. Its processes do not start with the platform."""


@dataclass(frozen=True)
class MigrationPlan:
    """What an engine artifact would do to a store's database. Names and counts only; nothing of what is in it."""

    rollback_class: RollbackClass
    pending: tuple[str, ...]
    """``app.name`` of each migration that would run, in order."""
    reasons: tuple[str, ...]
    """Why it is not class A, a sentence each."""
    level: str
    """Names the schema after it: 12 hex digits over the names of all migrations then applied."""
    unknown: tuple[str, ...] = ()
    """``app.name`` of what a newer engine did to the database, and this one does not know."""


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

    def doors(self, store_id: str, slots: Mapping[Component, Slot] | None = None) -> Doors:
        """Name the store's sockets, whether or not something answers there.

        ``slots`` names for each component the slot that is meant; a component that is not in it is meant as it is live.
        """
        ...

    # --- slots: moving a store to another revision --------------------------------------------------------------------

    def fetch_artifact(self, component: Component, artifact: Artifact) -> bool:
        """Make a component's bundle startable on this machine: check its digest, unpack it, compile it.

        :returns: False if it was there already.
        :raises RuntimeRefused: it is not here (NOT_FOUND), a byte of it was changed (RELEASE_REFUSED), or no room.
        """
        ...

    def placements(self, store_id: str) -> Placements:
        """Say what has a place in the store.

        :raises RuntimeRefused: no such store.
        """
        ...

    def prepare_slot(self, store_id: str, placements: Sequence[Placement]) -> None:
        """Write how the processes of a slot beside the live one are started; what is live is not touched.

        Nothing is started. A slot that holds something else is emptied first; one that holds just this goes on as it
        runs.

        :raises RuntimeRefused: no such store, a placement in a live slot (STATE_CONFLICT), or an artifact or a
            configuration that is not here (NOT_FOUND).
        """
        ...

    def start_slot(self, store_id: str, components: Sequence[Component]) -> None:
        """Start those processes beside the live ones; running ones stay.

        :raises RuntimeUnavailable: the supervisor is not there right now.
        :raises RuntimeRefused: one of them was not prepared (STATE_CONFLICT).
        """
        ...

    def switch_slots(self, store_id: str, slots: Mapping[Component, Slot]) -> None:
        """Make these slots the live ones of these components: they start with the platform from now on, and the agent's
        and the storefront's links lead to them. The ones before stay as they run, beside. Live already: nothing to do.

        The way back is the same call with the slots of before. The gateway is not part of it; whoever calls this moves
        the door as well.

        :raises RuntimeRefused: there is nothing in such a slot, or a component that stays live would be left with an
            engine that does not (STATE_CONFLICT).
        """
        ...

    def empty_slot(self, store_id: str, components: Sequence[Component]) -> None:
        """Stop those components' processes beside the live ones and forget them. Nothing there is fine."""
        ...

    def plan_migrations(self, store_id: str, artifact: Artifact) -> MigrationPlan:
        """Ask an engine artifact, in the store's sandbox, what it would do to the database. Nothing is changed.

        :raises RuntimeRefused: the program failed; the reason lies in the store's own log.
        """
        ...

    def migrate(self, store_id: str, artifact: Artifact, config_version: int) -> MigrationPlan:
        """Run an engine artifact's forward-only migrations in the store's sandbox. Run again, it does what is left.

        :returns: what was done.
        :raises RuntimeRefused: it failed; what was done by then stays or was taken back by the database, migration by
            migration.
        """
        ...

    def put_configuration(self, store_id: str, version: int, env_text: str) -> None:
        """Keep a version of the store's configuration, 0600, beside the others. It bears secrets: never logged.

        :raises RuntimeRefused: no such store, or another text lies there under this number (STATE_CONFLICT).
        """
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

    @property
    def is_down(self) -> bool:
        """Whether somebody brought the platform down on purpose: then nobody mends or starts anything."""
        ...

    def keep_up(self, *, at_once: bool = False) -> bool:
        """Mend the runtime's own machinery: supervisor gone, logs too long. Call it every few seconds.

        :param at_once: what gave up to start is started again now, however short ago that was.
        :returns: whether something had to be mended.
        """
        ...
