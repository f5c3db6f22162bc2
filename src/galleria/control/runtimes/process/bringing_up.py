"""The platform's own coming up, as a list of steps."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from galleria.control.runtimes.files import write_atomically
from galleria.control.runtimes.port import RuntimeUnavailable
from galleria.control.runtimes.process import artifact, doorstep
from galleria.control.runtimes.process.doorstep import Door, Stopped
from galleria.control.runtimes.process.folders import make_platform_folders
from galleria.control.runtimes.process.ids import Ids
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.profiles import (
    GATEWAY_PROGRAM,
    PLANE_PROGRAM,
    RUNNER_PROGRAM,
    gateway_launch,
    plane_launch,
    runner_launch,
)
from galleria.control.runtimes.process.runtime import ProcessRuntime
from galleria.control.runtimes.process.supervision import Supervisor, group_conf, start_supervisor

HEALTHY_SECONDS: Final = 30.0
"""How long the plane may take to answer through the gateway."""

_PRIORITIES: Final = {GATEWAY_PROGRAM: 100, PLANE_PROGRAM: 200, RUNNER_PROGRAM: 300}
_INIT_SECONDS: Final = 60.0
_HANDED_ON: Final = ("GALLERIA_REGISTRY_URL", "GALLERIA_LEASE_SECONDS", "GALLERIA_RUNNER_SLOTS")

Step = tuple[str, Callable[[], str]]


class BringUp:
    """Brings the platform in ``layout`` up behind ``door``. Each step can safely run again."""

    def __init__(self, layout: Layout, door: Door) -> None:
        self._layout = layout
        self._door = door
        self._ids = Ids(layout)
        self._runtime = ProcessRuntime(layout.home)
        self._handed_on = {name: os.environ[name] for name in _HANDED_ON if os.environ.get(name)}

    def steps(self) -> list[Step]:
        """Name the steps in their order; each returns a sentence of what it did."""
        return [
            ("check this machine", self._check),
            ("make the state folder", self._make_folders),
            ("prepare the artifact", self._prepare_artifact),
            ("set up the control plane", self._found_plane),
            ("write how everything is started", self._write_programs),
            ("start the supervisor", self._start),
            ("wait for the control plane", self._wait),
        ]

    def _check(self) -> str:
        check(self._layout, self._door)
        return f"{doorstep.check_python()}, port {self._door.port}, isolation by {self._runtime.ground.means}"

    def _make_folders(self) -> str:
        self._layout.home.mkdir(parents=True, exist_ok=True)
        told = {"listen": self._door.listen, "port": self._door.port}
        write_atomically(self._layout.platform_file, json.dumps(told, indent=1), mode=0o644)
        make_platform_folders(self._layout, self._ids)
        return str(self._layout.home)

    def _prepare_artifact(self) -> str:
        return self._runtime.prepare_artifact().digest[:19]

    def _found_plane(self) -> str:
        command = [artifact.python(), "-I", "-m", "galleria.control.plane", "init", "--home", str(self._layout.home)]
        environment = {"PATH": os.defpath, "LANG": "C.UTF-8", **self._handed_on}
        ended = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=_INIT_SECONDS
        )
        if ended.returncode != 0:
            last = (ended.stderr.strip() or "no word").splitlines()[-1]
            raise Stopped(f"The control plane can't be set up: {last[:300]}", "Mend that and run up again.", code=1)
        make_platform_folders(self._layout, self._ids)
        made = json.loads(ended.stdout)["made"]
        return f"made {', '.join(made)}" if made else "all there"

    def _write_programs(self) -> str:
        ground = self._runtime.ground
        plane = {"GALLERIA_PUBLIC_URL": self._door.public_url, **self._handed_on}
        for launch in (
            gateway_launch(ground, self._door.listen, self._door.port),
            plane_launch(ground, plane),
            runner_launch(ground, self._handed_on),
        ):
            name = launch.program
            write_atomically(self._layout.launch_file(f"{name}:{name}"), launch.to_json(), mode=0o600)
            conf = group_conf(self._layout, name, [name], priority=_PRIORITIES[name], autostart=True)
            write_atomically(self._layout.conf_d / f"{name}.conf", conf, mode=0o600)
        self._runtime.rewrite_launch_files()
        return f"{len(self._runtime.store_ids())} stores"

    def _start(self) -> str:
        start_supervisor(self._layout)
        supervisor = Supervisor(self._layout)
        for name in _PRIORITIES:
            supervisor.add_group(name)
            supervisor.start(f"{name}:{name}")
        return ""

    def _wait(self) -> str:
        deadline = time.monotonic() + HEALTHY_SECONDS
        while not healthy(self._door):
            if time.monotonic() > deadline:
                raise Stopped(
                    f"The control plane does not answer after {HEALTHY_SECONDS:.0f} s.",
                    f"Look at {self._layout.plane / 'plane.log'} and {self._layout.gateway / 'logs' / 'gateway.log'}.",
                    code=1,
                )
            time.sleep(0.05)
        return self._door.public_url


def check(layout: Layout, door: Door) -> None:
    """Check all that must be so before anything starts.

    :raises Stopped: names what is not, and the next step.
    """
    doorstep.check_python()
    doorstep.check_home(layout)
    known = doorstep.read_door(layout)
    if known is not None and known != door and Supervisor(layout).alive():
        raise Stopped(
            f"This platform is up on {known.listen}:{known.port}.", "Bring it down before moving it to another port."
        )
    doorstep.check_port(layout, door)
    for program in (artifact.caddy(), Path("/usr/bin/setpriv"), Path("/usr/bin/env")):
        if not program.is_file():
            raise Stopped(f"{program} is missing.", "Install the platform's requirements again.", code=1)


def all_up(layout: Layout, door: Door) -> bool:
    """Say whether the supervisor, its three parts and the way to the plane are all there already."""
    try:
        running = {each.group for each in Supervisor(layout).watched() if each.pid is not None}
    except RuntimeUnavailable:
        return False
    return set(_PRIORITIES) <= running and healthy(door)


def healthy(door: Door) -> bool:
    """Ask the plane, through the gateway, whether it is well."""
    line = http.client.HTTPConnection(door.reach, door.port, timeout=5)
    try:
        line.request("GET", "/health", headers={"Host": "galleria.localhost"})
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()
