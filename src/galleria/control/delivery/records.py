"""What this runner made: one small file a store, under HOME/runner/stores.

It answers one question before anything is removed: did *this* deployment make it? A folder that was there before is
somebody's shop, and no undo may touch it.
"""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Making(StrEnum):
    """How far a store's instance is."""

    HALF = "half-made"
    WHOLE = "whole"


class InstanceRecord(BaseModel):
    """One instance and the deployment that made it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    store_id: str
    host: str
    making: Making
    deployment_id: str
    attempt: int
    since: AwareDatetime


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
        file = self._file(record.store_id)
        fresh = file.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as out:
            out.write(record.model_dump_json())
            out.flush()
            os.fsync(out.fileno())
        fresh.rename(file)

    def forget(self, store_id: str) -> None:
        """Drop a record. Gone already is fine."""
        self._file(store_id).unlink(missing_ok=True)

    def all(self) -> list[InstanceRecord]:
        """Return every record, sorted by store."""
        files = sorted(self._folder.glob("*.json"))
        return [InstanceRecord.model_validate_json(file.read_bytes()) for file in files]

    def _file(self, store_id: str) -> Path:
        return self._folder / f"{store_id}.json"
