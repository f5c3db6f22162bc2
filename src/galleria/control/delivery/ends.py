"""How deployments ended that the plane has not heard of yet: a small file each, under HOME/runner/ends.

A deployment whose end was lost is handed out again. It is not done again, then: what was written down is told.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from galleria.contracts.wire import FinishReport, StepReport
from galleria.control.runtimes.files import write_atomically

_KEPT_SECONDS: Final = 30 * 86400.0
"""For how long an end is kept that nobody asks for: its deployment was ended by somebody else."""


class Ended(BaseModel):
    """An end, and what of its steps the plane has not heard either."""

    model_config = ConfigDict(frozen=True)

    report: FinishReport
    untold: tuple[StepReport, ...] = ()


class Ends:
    """The ends of one runner. Each write is atomic and on disk when it returns."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, deployment_id: str, ended: Ended) -> None:
        """Write an end down, in place of the one before."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._forget_old_ones()
        write_atomically(self._file(deployment_id), ended.model_dump_json(), mode=0o600)

    def find(self, deployment_id: str) -> Ended | None:
        """Return how a deployment ended, if it did and the plane has not heard it. One that can't be read is none."""
        try:
            return Ended.model_validate_json(self._file(deployment_id).read_bytes())
        except (OSError, ValidationError):
            return None

    def forget(self, deployment_id: str) -> None:
        """Drop an end: the plane has heard it. Gone already is fine; told again, it changes nothing."""
        with suppress(OSError):
            self._file(deployment_id).unlink()

    def _forget_old_ones(self) -> None:
        before = time.time() - _KEPT_SECONDS
        for file in self._folder.glob("*.json"):
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < before:
                    file.unlink()

    def _file(self, deployment_id: str) -> Path:
        return self._folder / f"{deployment_id}.json"
