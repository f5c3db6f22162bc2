"""What the platform knows of itself."""

from __future__ import annotations

from galleria.contracts.wire import Health, PlaneStatus
from galleria.contracts.words import Component
from galleria.control.plane.callers import Caller
from galleria.control.plane.context import Services
from galleria.control.plane.services import auditing, fleet, runners


def health(services: Services) -> Health:
    """Say that the plane answers. Public, so it says no more."""
    return Health(service=Component.CONTROL_PLANE, healthy=True, version=services.version)


def status(services: Services, caller: Caller) -> PlaneStatus:
    """Return the fleet's counts, the runners and the audit's state."""
    del caller
    return PlaneStatus(
        version=services.version,
        started_at=services.started_at,
        registry=services.database.kind,
        stores=fleet.counts(services),
        runners=runners.list_runners(services),
        audit=auditing.chain_state(services),
    )
