"""What this runner made and where each store stands: one small file a store, under HOME/runner/stores.

It answers two questions. Before anything is removed: did *this* deployment make it? A folder that was there before is
somebody's shop, and no undo may touch it. And before anything is taken back, with or without the control plane: what
did this store run, what of it was known healthy, and what must it not run again?
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from enum import StrEnum
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict

from galleria.contracts.wire import Revision
from galleria.contracts.words import Component, RollbackClass
from galleria.control.delivery.moving import Move
from galleria.control.runtimes.files import write_atomically

REVISIONS_KEPT = 20
"""How many revisions of a store are remembered; older ones are no rollback targets any more."""


LEFT_KEPT = 5
"""How many moves are remembered that another deployment took over."""


class Making(StrEnum):
    """How far a store's instance is."""

    HALF = "half-made"
    WHOLE = "whole"


class Warm(BaseModel):
    """The processes of the revision before, which run on beside the live ones until a moment."""

    model_config = ConfigDict(frozen=True)

    components: tuple[Component, ...]
    until: AwareDatetime


class Moving(BaseModel):
    """The move that is under way. A deployment that is taken up again goes on with this very move."""

    model_config = ConfigDict(frozen=True)

    deployment_id: str
    move: Move
    met: bool = False
    """Whether shoppers may have met what is new."""
    migrating: bool = False
    """Whether its migrations may have changed the data."""

    @property
    def irreversible(self) -> bool:
        """Whether the data was changed so that the code of before can't read it."""
        return self.migrating and self.move.rollback_class is RollbackClass.C


class InstanceRecord(BaseModel):
    """One instance, the deployment that made it, and its revisions."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    store_id: str
    host: str
    making: Making
    deployment_id: str
    attempt: int
    since: AwareDatetime
    revisions: tuple[Revision, ...] = ()
    """What the store ran, the oldest first. Empty for a store that an earlier version of the runner made."""
    classes: dict[int, RollbackClass] = {}
    """Of each revision, whether there is a way back from it to the one before."""
    current: int = 0
    """The number of the revision that shoppers meet; 0 if it is not known."""
    quarantined: tuple[str, ...] = ()
    """Releases that failed on this store."""
    warm: Warm | None = None
    moving: Moving | None = None
    settled: str = ""
    """The last deployment that went to its end: taken up again, it finds nothing left to do."""
    left: tuple[Moving, ...] = ()
    """The last moves that another deployment took the store over from: taken up again, they change nothing more."""

    def revision(self, number: int) -> Revision | None:
        """Return the revision of this number, if it is remembered."""
        return next((each for each in self.revisions if each.number == number), None)

    def running(self, revision: Revision, rollback_class: RollbackClass | None = None) -> InstanceRecord:
        """Return the record of a store that runs ``revision`` now, in place of what was known of that number."""
        others = tuple(each for each in self.revisions if each.number != revision.number)
        kept = tuple(sorted((*others, revision), key=lambda each: each.number))[-REVISIONS_KEPT:]
        classes = self.classes if rollback_class is None else {**self.classes, revision.number: rollback_class}
        return self.model_copy(update={"revisions": kept, "current": revision.number, "classes": classes})

    def beginning(self, moving: Moving) -> InstanceRecord:
        """Return the record of a store whose move this is from now on; who was at another one has left it."""
        before = self.moving
        taken = (before,) if before is not None and before.deployment_id != moving.deployment_id else ()
        record = self.model_copy(update={"left": (*self.left, *taken)[-LEFT_KEPT:]})
        if not moving.move.placements:  # nothing moves, so nothing is to be taken back, and what is warm stays warm
            return record.model_copy(update={"moving": None})
        return record.model_copy(update={"moving": moving, "warm": None})

    def without_quarantine_of(self, release_id: str | None) -> InstanceRecord:
        """Return the record of a store that may run this release again."""
        return self.model_copy(update={"quarantined": tuple(each for each in self.quarantined if each != release_id)})

    def with_quarantine_of(self, release_id: str | None) -> InstanceRecord:
        """Return the record of a store that must not run this release again."""
        if release_id is None or release_id in self.quarantined:
            return self
        return self.model_copy(update={"quarantined": (*self.quarantined, release_id)})


class Busy(Exception):
    """Somebody else is at work on this store."""


class Records:
    """The records of one runner. Each write is atomic and on disk when it returns."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, store_id: str) -> InstanceRecord | None:
        """Return the record of a store, or None if this runner made no such instance."""
        try:
            return InstanceRecord.model_validate_json(self._file(store_id).read_bytes())
        except FileNotFoundError:
            return None

    def write(self, record: InstanceRecord) -> None:
        """Write a record down, in place of the one before."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(self._file(record.store_id), record.model_dump_json(), mode=0o600)

    def change(self, store_id: str, act: Callable[[InstanceRecord], InstanceRecord]) -> InstanceRecord | None:
        """Replace a record by what ``act`` makes of it; nobody else's change gets lost. None if there is no record."""
        with self._locked(f"{store_id}.lock", wait=True):
            record = self.find(store_id)
            if record is None:
                return None
            changed = act(record)
            if changed != record:
                self.write(changed)
            return changed

    @contextmanager
    def working_on(self, store_id: str, *, wait: bool) -> Iterator[None]:
        """Be the only one on this machine who deploys to the store, in whatever process.

        :raises Busy: somebody else is, and ``wait`` is false.
        """
        with ExitStack() as held:
            with self._locked(f"{store_id}.lock", wait=True) if not wait else nullcontext():  # see `busy`
                held.enter_context(self._locked(f"{store_id}.busy", wait=wait))
            try:
                yield
            finally:
                if not self._file(store_id).exists():  # the store is gone: nothing of it stays
                    (self._folder / f"{store_id}.busy").unlink(missing_ok=True)

    def busy(self, store_id: str) -> bool:
        """Say whether somebody on this machine deploys to the store now."""
        try:
            # The look itself must not turn away who does not wait; so neither looks while the other does.
            with self._locked(f"{store_id}.lock", wait=True), self._locked(f"{store_id}.busy", wait=False):
                return False
        except Busy:
            return True

    def forget(self, store_id: str) -> None:
        """Drop a record, and the locks that belonged to it. Gone already is fine."""
        for ending in ("json", "lock"):
            (self._folder / f"{store_id}.{ending}").unlink(missing_ok=True)

    def all(self) -> list[InstanceRecord]:
        """Return every record, sorted by store."""
        found = []
        for file in sorted(self._folder.glob("*.json")):
            with suppress(FileNotFoundError):  # the store is being removed while we look
                found.append(InstanceRecord.model_validate_json(file.read_bytes()))
        return found

    @contextmanager
    def _locked(self, name: str, *, wait: bool) -> Iterator[None]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            os.close(descriptor)
            raise Busy(name) from error
        try:
            yield
        finally:
            os.close(descriptor)

    def _file(self, store_id: str) -> Path:
        return self._folder / f"{store_id}.json"


def artifacts_needed(records: Records) -> set[str]:
    """Name every artifact that a store runs, moves to, or may be rolled back to."""
    needed: set[str] = set()
    for record in records.all():
        revisions = list(record.revisions)
        if record.moving is not None:
            revisions += [record.moving.move.origin, record.moving.move.goal]
        for revision in revisions:
            if revision.healthy or revision.number == record.current or record.moving is not None:
                needed.update(revision.artifacts.values())
    return needed
