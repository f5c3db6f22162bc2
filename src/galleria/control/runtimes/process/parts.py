"""The platform's own programs: gateway, control plane, runner. How they are started, and whether they are."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from galleria.contracts.words import ProcessState
from galleria.control.runtimes.files import write_atomically
from galleria.control.runtimes.process import profiles, supervision
from galleria.control.runtimes.process.ids import GATEWAY, PLANE, Ids
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.means import find_means
from galleria.control.runtimes.process.profiles import GATEWAY_PROGRAM, PLANE_PROGRAM, RUNNER_PROGRAM, Ground
from galleria.control.runtimes.process.supervision import Supervisor

PARTS: Final = (PLANE_PROGRAM, GATEWAY_PROGRAM, RUNNER_PROGRAM)
"""In the order in which they start."""

PLANE_HOST: Final = "galleria.localhost"


@dataclass(frozen=True)
class Place:
    """Where the platform is reached."""

    listen: str
    port: int

    @property
    def reach(self) -> str:
        """The address at which a program of this machine reaches it."""
        return "127.0.0.1" if self.listen in ("0.0.0.0", "::", "") else self.listen  # noqa: S104 - compared, not bound

    @property
    def plane_url(self) -> str:
        """The control plane's address."""
        return f"http://{PLANE_HOST}" if self.port == 80 else f"http://{PLANE_HOST}:{self.port}"


def read_place(layout: Layout) -> Place | None:
    """Read where the platform was last brought up, or None if it never was."""
    try:
        raw = json.loads(layout.platform_file.read_text("utf-8"))
        return Place(str(raw["listen"]), int(raw["port"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_place(layout: Layout, place: Place) -> None:
    """Remember where the platform is brought up."""
    text = json.dumps({"listen": place.listen, "port": place.port, "format": 1}, indent=1)
    write_atomically(layout.platform_file, text)


def found_plane(layout: Layout) -> str:
    """Run the plane's set-up program, which makes what is missing. Returns what it made, as a sentence.

    :raises subprocess.CalledProcessError: it failed; its last words are in ``stderr``.
    """
    command = [sys.executable, "-m", "galleria.control.plane", "init", "--home", str(layout.home)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    made = json.loads(done.stdout.splitlines()[-1])["made"]
    return f"made {', '.join(made)}" if made else ""


def write_programs(layout: Layout, place: Place) -> None:
    """Write how the three are started. Processes that run are not touched."""
    ids = Ids(layout)
    ground = Ground(layout, find_means(), ids.of_part(PLANE), ids.of_part(GATEWAY))
    passed_on = {name: value for name, value in os.environ.items() if name == "GALLERIA_REGISTRY_URL"}
    runner_settings = {name: value for name, value in os.environ.items() if name.startswith("GALLERIA_RUNNER_")}
    launches = {
        PLANE_PROGRAM: profiles.plane_launch(ground, {"GALLERIA_PUBLIC_URL": place.plane_url, **passed_on}),
        GATEWAY_PROGRAM: profiles.gateway_launch(ground, place.listen, place.port),
        RUNNER_PROGRAM: profiles.runner_launch(ground, runner_settings),
    }
    for priority, part in enumerate(PARTS):
        write_atomically(layout.launch_file(f"{part}:{part}"), launches[part].to_json(), mode=0o600)
        conf = supervision.group_conf(layout, part, [part], priority=priority, autostart=True)
        write_atomically(_conf(layout, part), conf, mode=0o600)


def start_missing(layout: Layout) -> None:
    """Start those of the three that do not run. The supervisor must be there."""
    supervisor = Supervisor(layout)
    for part in PARTS:
        supervisor.add_group(part)
        supervisor.start(f"{part}:{part}")


def not_running(layout: Layout) -> list[str]:
    """Name those of the three that do not run; all of them if the supervisor is gone."""
    supervisor = Supervisor(layout)
    if not supervisor.alive():
        return list(PARTS)
    well = (ProcessState.RUNNING, ProcessState.STARTING)
    running = {each.group for each in supervisor.watched() if each.state in well}
    return [part for part in PARTS if part not in running]


def plane_answers(place: Place) -> bool:
    """Say whether the control plane answers through the gateway."""
    connection = http.client.HTTPConnection(place.reach, place.port, timeout=2)
    try:
        connection.request("GET", "/health", headers={"Host": PLANE_HOST})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _conf(layout: Layout, part: str) -> Path:
    return layout.conf_d / f"{part}.conf"
