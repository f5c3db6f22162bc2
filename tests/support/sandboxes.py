"""Two stores side by side, made as the runtime makes them, for the isolation suite. Also a program of its own:

``python -m tests.support.sandboxes HOME MEANS`` probes shop-001 beside shop-002 and prints the findings as JSON, so
that the same measurement can be started as another user.
"""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path

from galleria.control.runtimes.port import InstanceSpec
from galleria.control.runtimes.process import artifact, isolation, profiles
from galleria.control.runtimes.process.folders import make_platform_folders
from galleria.control.runtimes.process.ids import GATEWAY, PLANE, Ids
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.probe import Finding, Targets
from galleria.control.runtimes.process.runtime import ProcessRuntime
from galleria.control.runtimes.process.sandbox import Bind, Launch, Means

STORES = ("shop-001", "shop-002")


def two_stores(home: Path) -> Layout:
    """Make a platform's folders, its secrets and two stores under ``home``; nothing is started."""
    layout = Layout(home)
    make_platform_folders(layout, Ids(layout))
    for secret in (layout.plane / "registry.db", layout.plane / "signing-key", layout.runner / "token"):
        secret.write_text("canary")
        secret.chmod(0o600)
    make_platform_folders(layout, Ids(layout))
    (layout.home / "operator-token").write_text("canary")
    runtime = ProcessRuntime(home)
    for store_id in STORES:
        runtime.make_instance(InstanceSpec(store_id, artifact.artifact()), "SECRET=canary\n")
    return layout


def ground(layout: Layout, means: Means) -> profiles.Ground:
    """The ground of a platform with a chosen means of isolation."""
    ids = Ids(layout)
    return profiles.Ground(layout, means, ids.of_part(PLANE), ids.of_part(GATEWAY))


def store_launch(layout: Layout, means: Means) -> Launch:
    """How a program of shop-001 is started that runs from a bundle.

    So its sandbox has an empty place with the state folder's name, above the bundle.
    """
    launch = profiles.store_launch(ground(layout, means), STORES[0], ("probe",), Ids(layout).of_store(STORES[0]))
    bundle = layout.home / "bundles" / "0123456789abcdef"
    bundle.mkdir(parents=True, exist_ok=True)
    return replace(launch, binds=(*launch.binds, Bind(str(bundle), str(bundle))))


def findings(layout: Layout, means: Means) -> list[Finding]:
    """Probe shop-001 beside shop-002, with a live socket in every place where a neighbour or the platform has one."""
    launch = store_launch(layout, means)
    neighbour = layout.store(STORES[1])
    doors = [neighbour.run / "engine-blue.sock", neighbour.agent / "agent.sock"]
    doors += [layout.plane_socket, layout.supervisor_socket, layout.gateway / "health.sock"]
    with ExitStack() as stack:
        for door in doors:
            isolation.listen_at(stack, door)
        lures = stack.enter_context(isolation.bait(layout))
        return isolation.run_probe(launch, isolation.merge(lures, isolation.targets_around(layout, launch)))


def targets(layout: Layout, means: Means) -> Targets:
    """What the probe is set on, without the bait."""
    return isolation.targets_around(layout, store_launch(layout, means))


if __name__ == "__main__":
    made = two_stores(Path(sys.argv[1]))
    sys.stdout.write(json.dumps([asdict(finding) for finding in findings(made, Means(sys.argv[2]))]))
