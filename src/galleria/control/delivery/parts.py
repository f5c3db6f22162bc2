"""What the steps work with. Put together once, in `wiring`; tests put the null parts in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from galleria.control.delivery.clock import Clock
from galleria.control.delivery.knocking import KnockingPort
from galleria.control.delivery.plane import PlanePort
from galleria.control.delivery.records import Records
from galleria.control.delivery.releases import ReleasesPort
from galleria.control.gateway.port import GatewayPort
from galleria.control.runtimes.port import RuntimePort
from galleria.control.secrets.port import SecretsPort


@dataclass(frozen=True)
class Parts:
    """The ports around the runner, and what it keeps itself."""

    home: Path
    runner_id: str
    runtime: RuntimePort
    gateway: GatewayPort
    plane: PlanePort
    secrets: SecretsPort
    knocking: KnockingPort
    records: Records
    clock: Clock
    releases: ReleasesPort
    environment: str = "production"
    """Which environment this runner deploys to: releases must be promoted for it."""
    healthy_seconds: float = 30.0
    """A store that is not healthy by then does not start (it takes 1 to 2 s)."""
    watch_seconds: float = 10.0
    """For how long new processes are watched after a switch."""
    warm_seconds: float = 600.0
    """For how long the old ones are kept after it."""
