"""Ends the processes that were kept beside the live ones for long enough."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from galleria.contracts.words import Component
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.records import Busy, InstanceRecord
from galleria.observability import logs

_log = logs.get(__name__)


AGAIN_SECONDS: Final = 60
"""A slot that could not be emptied is tried again that long afterwards."""


def end_what_was_warm(parts: Parts) -> list[str]:
    """Empty the warm slots whose time is over; return the stores. One that is being deployed to is left alone, and one
    that can't be looked after keeps no other from it."""
    return [
        record.store_id for record in parts.records.all() if _is_over(parts, record) and _end(parts, record.store_id)
    ]


def _is_over(parts: Parts, record: InstanceRecord) -> bool:
    return record.warm is not None and record.moving is None and record.warm.until <= parts.clock.now()


def _end(parts: Parts, store_id: str) -> bool:
    try:
        with parts.records.working_on(store_id, wait=False):
            return _empty(parts, store_id)
    except Busy:
        return False
    except Exception:  # whatever a store did to its own folders
        _log.exception("warm slot stays", store_id=store_id)
        _put_off(parts, store_id)
        return False


def _empty(parts: Parts, store_id: str) -> bool:
    record = parts.records.find(store_id)  # again: it may have changed before we were alone
    if record is None or record.warm is None or not _is_over(parts, record):
        return False
    if _shoppers_meet(parts, store_id, record.warm.components):
        _log.error("warm slot stays: its store's door leads there", store_id=store_id)
        _put_off(parts, store_id)
        return False
    parts.runtime.empty_slot(store_id, record.warm.components)
    parts.records.change(store_id, lambda each: each.model_copy(update={"warm": None}))
    _log.info("warm slot ended", store_id=store_id)
    return True


def _shoppers_meet(parts: Parts, store_id: str, components: Sequence[Component]) -> bool:
    """Whether the store's door leads to what is beside, whatever the runtime takes for live."""
    door, beside = parts.gateway.door_of(store_id), parts.runtime.placements(store_id).beside
    if door is None:
        return False
    gone = {each: place.slot for each, place in beside.items() if each in components}
    old = parts.runtime.doors(store_id, gone)
    met = {
        Component.ENGINE: door.engine_socket == old.engine,
        Component.STOREFRONT: door.storefront_socket == old.storefront,
    }
    return any(met.get(each, False) for each in gone)


def _put_off(parts: Parts, store_id: str) -> None:
    until = parts.clock.now() + timedelta(seconds=AGAIN_SECONDS)

    def later(record: InstanceRecord) -> InstanceRecord:
        warm = record.warm.model_copy(update={"until": until}) if record.warm else None
        return record.model_copy(update={"warm": warm})

    parts.records.change(store_id, later)
