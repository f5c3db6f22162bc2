"""Ends the processes that were kept beside the live ones for long enough."""

from __future__ import annotations

from galleria.control.delivery.parts import Parts
from galleria.control.delivery.records import Busy, InstanceRecord
from galleria.control.runtimes.port import RuntimeFault
from galleria.observability import logs

_log = logs.get(__name__)


def end_what_was_warm(parts: Parts) -> list[str]:
    """Empty the warm slots whose time is over; return the stores. One that is being deployed to is left alone."""
    ended = []
    for record in parts.records.all():
        if record.warm is None or record.warm.until > parts.clock.now():
            continue
        try:
            with parts.records.working_on(record.store_id, wait=False):
                _end(parts, record.store_id)
        except (Busy, RuntimeFault) as reason:
            _log.info("warm slot stays", store_id=record.store_id, reason=str(reason))
            continue
        ended.append(record.store_id)
    return ended


def _end(parts: Parts, store_id: str) -> None:
    record = parts.records.find(store_id)  # again: it may have changed before we were alone
    if record is None or record.warm is None or record.moving is not None:
        return
    if record.warm.until <= parts.clock.now():
        parts.runtime.empty_slot(store_id, record.warm.components)
        parts.records.change(store_id, _cooled)
        _log.info("warm slot ended", store_id=store_id)


def _cooled(record: InstanceRecord) -> InstanceRecord:
    return record.model_copy(update={"warm": None})
