"""Durable workflows: what runs, and how far each one is, outlives the runner (DBOS on SQLite; docs/adr/0040).

DBOS keeps one instance and one registry a process, so there is one journal a process.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID, WorkflowHandle

from galleria.control.delivery.checkpoints import Checkpoints, NullCheckpoints

CarryOut = Callable[[str, Checkpoints], str]
"""Carries out one deployment: the claim as JSON and its checkpoints in, how it ended as a word out."""

_UNFINISHED: Final = ["PENDING", "ENQUEUED"]
_KEPT_DAYS: Final = 30
_EXECUTOR: Final = "runner"
"""DBOS recovers what the executor of this name left unfinished. The state folder's lock admits one runner at a time."""


class Journal(Protocol):
    """Starts workflows and brings unfinished ones back after a restart."""

    def open(self, carry_out: CarryOut) -> None:
        """From now on workflows run, the unfinished ones first."""
        ...

    def start(self, key: str, claim: str) -> None:
        """Start the workflow ``key``; one that was started already is not started again."""
        ...

    def running(self) -> set[str]:
        """Name the workflows that have not ended."""
        ...


class _DbosCheckpoints:
    def once(self, name: str, act: Callable[[], str]) -> str:
        return DBOS.run_step({"name": name}, act)


class DbosJournal:
    """A `Journal` in a SQLite file. Opens no port and calls nobody."""

    def __init__(self, file: Path, shape: str) -> None:
        """``shape`` names the lists of steps: a workflow begun under another shape is not taken up, since its
        checkpoints would not fit. Its lease expires, and the next attempt starts at the top."""
        self._file = file
        self._shape = shape
        self._handles: dict[str, WorkflowHandle[str]] = {}

    def open(self, carry_out: CarryOut) -> None:
        DBOS(config=self._config())

        @DBOS.workflow(name="deployment")
        def deployment(claim: str) -> str:
            return carry_out(claim, _DbosCheckpoints())

        self._deployment = deployment
        DBOS.launch()
        for left in DBOS.list_workflows(status=_UNFINISHED, load_input=False, load_output=False):
            if left.app_version == self._shape:
                self._handles[left.workflow_id] = DBOS.retrieve_workflow(left.workflow_id)
            else:
                DBOS.cancel_workflow(left.workflow_id)
        _forget_old_ones()

    def start(self, key: str, claim: str) -> None:
        with SetWorkflowID(key):
            self._handles[key] = DBOS.start_workflow(self._deployment, claim)

    def running(self) -> set[str]:
        if self._handles:
            found = DBOS.list_workflows(workflow_ids=list(self._handles), load_input=False, load_output=False)
            unfinished = {each.workflow_id for each in found if each.status in _UNFINISHED}
            self._handles = {key: handle for key, handle in self._handles.items() if key in unfinished}
        return set(self._handles)

    def _config(self) -> DBOSConfig:
        return {
            "name": "galleria-runner",
            "system_database_url": f"sqlite:///{self._file}",
            "application_version": self._shape,
            "executor_id": _EXECUTOR,
            "serializer": DBOSPortableJSONSerializer(),
            "enable_otlp": False,
            "log_level": "WARNING",
            # Nothing here waits for DBOS notifications or schedules; polling for them would only burn processor time.
            "notification_listener_polling_interval_sec": 60.0,
            "scheduler_polling_interval_sec": 3600.0,
        }


def _forget_old_ones() -> None:
    """Keep the file small: how a deployment went is the plane's to remember."""
    before = datetime.now(UTC) - timedelta(days=_KEPT_DAYS)
    old = DBOS.list_workflows(completed_before=before.isoformat(), load_input=False, load_output=False)
    if old:
        DBOS.delete_workflows([each.workflow_id for each in old])


class NullJournal:
    """A `Journal` that forgets everything with its process. Runs each workflow in a thread."""

    def __init__(self) -> None:
        self.ended: dict[str, str] = {}
        self._threads: dict[str, threading.Thread] = {}

    def open(self, carry_out: CarryOut) -> None:
        self._carry_out = carry_out

    def start(self, key: str, claim: str) -> None:
        if key in self._threads:
            return

        def run() -> None:
            self.ended[key] = self._carry_out(claim, NullCheckpoints())

        self._threads[key] = threading.Thread(target=run, daemon=True)
        self._threads[key].start()

    def running(self) -> set[str]:
        return {key for key, thread in self._threads.items() if thread.is_alive()}
