"""The platform's own programs: gateway, control plane, runner. How they are started, and whether they are."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from galleria.contracts import dotenv
from galleria.contracts.problems import ContractBroken
from galleria.contracts.words import ProcessState
from galleria.control.runtimes.files import write_atomically
from galleria.control.runtimes.process import artifact, configurations, origins, profiles, store_files, supervision
from galleria.control.runtimes.process.ids import GATEWAY, PLANE, Ids
from galleria.control.runtimes.process.launcher import read_record, started_at_tick
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.means import find_means
from galleria.control.runtimes.process.origins import Origin
from galleria.control.runtimes.process.profiles import GATEWAY_PROGRAM, PLANE_PROGRAM, RUNNER_PROGRAM, Ground
from galleria.control.runtimes.process.sandbox import Identity, Launch, Means
from galleria.control.runtimes.process.supervision import Supervisor

PARTS: Final = (PLANE_PROGRAM, GATEWAY_PROGRAM, RUNNER_PROGRAM)
"""In the order in which they start."""

PLANE_HOST: Final = "galleria.localhost"

REGISTRY_KEY: Final = "GALLERIA_REGISTRY_URL"


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
        return self.address_of(PLANE_HOST)

    def address_of(self, host: str) -> str:
        """The address at which ``host`` is reached through the gateway."""
        return f"http://{host}" if self.port == 80 else f"http://{host}:{self.port}"


def read_place(layout: Layout) -> Place | None:
    """Read where the platform was last brought up, or None if it never was.

    :raises OSError: it can't be read, which says nothing about whether it is there.
    """
    try:
        raw = json.loads(layout.platform_file.read_text("utf-8"))
        return Place(str(raw["listen"]), int(raw["port"]))
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return None


def write_place(layout: Layout, place: Place) -> None:
    """Remember where the platform is brought up."""
    text = json.dumps({"listen": place.listen, "port": place.port, "format": 1}, indent=1)
    write_atomically(layout.platform_file, text)


def registry_url(layout: Layout) -> str:
    """The registry's address: the environment's, else the one of the last `up`; empty for the default."""
    return os.environ.get(REGISTRY_KEY) or _kept_registry_url(layout)


def registry_differs(layout: Layout) -> bool:
    """Say whether the environment names another registry than the one of the last `up`."""
    return registry_url(layout) != _kept_registry_url(layout)


def keep_registry_url(layout: Layout) -> None:
    """Remember the registry's address: an `up` without it in the environment must not found an empty one."""
    if registry_differs(layout):
        write_atomically(layout.registry_file, registry_url(layout) + "\n", mode=0o600)


def _kept_registry_url(layout: Layout) -> str:
    try:
        return layout.registry_file.read_text("utf-8").strip()
    except FileNotFoundError:
        return ""


def follow_place(layout: Layout, place: Place) -> None:
    """Let every store's public address have the platform's port, in every version of its configuration. Nothing else in
    it changes.

    The store may write there, so a link or what is no configuration of ours is left alone, and so is an address with
    TLS: that is of a door in front of ours.
    """
    for root, below, name in configurations.files(layout.instances):
        with suppress(OSError, ContractBroken), store_files.opened(root, *below) as folder:
            text = store_files.read(folder, name) or ""
            if (moved := _moved(text, place)) != text:
                store_files.write(folder, name, moved, _owner_of(folder, name))


def _owner_of(folder: int, name: str) -> Identity:
    about = os.stat(name, dir_fd=folder, follow_symlinks=False)
    return Identity(about.st_uid, about.st_gid)


def _moved(text: str, place: Place) -> str:
    """Rewrite the public address in the text of a store's `.env`. Pure."""
    values = dotenv.read(text)
    host, url = values.get("GALLERIA_STORE_HOST", ""), urlsplit(values.get("GALLERIA_PUBLIC_URL", ""))
    if not host or url.scheme != "http" or url.hostname != host:
        return text
    line = f"GALLERIA_PUBLIC_URL={dotenv.quote(place.address_of(host))}"
    return re.sub(r"(?m)^[ \t]*GALLERIA_PUBLIC_URL=[^\r\n]*", lambda _: line, text)


def found_plane(layout: Layout) -> str:
    """Run the plane's set-up program, which makes what is missing. Returns what it made, as a sentence.

    :raises subprocess.CalledProcessError: it failed; its last words are in ``stderr``.
    """
    command = [sys.executable, "-m", "galleria.control.plane", "init", "--home", str(layout.home)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=_with_registry(layout))
    made = json.loads(done.stdout.splitlines()[-1])["made"]
    return f"made {', '.join(made)}" if made else ""


def _with_registry(layout: Layout) -> dict[str, str]:
    url = registry_url(layout)
    return {**os.environ, REGISTRY_KEY: url} if url else dict(os.environ)


def write_programs(layout: Layout, place: Place, *, as_before: bool = False) -> None:
    """Write how the three are started. Processes that run are not touched.

    :param as_before: the runner's settings stay as they were, whatever the environment says.
    """
    ids = Ids(layout)
    ground = Ground(layout, find_means(), ids.of_part(PLANE), ids.of_part(GATEWAY))
    passed_on = {REGISTRY_KEY: url} if (url := registry_url(layout)) else {}
    runner_settings = _runner_settings(layout, as_before=as_before)
    write_atomically(layout.installed_file, artifact.to_tell().model_dump_json(), mode=0o600)
    chosen = origins.read(layout).now
    plane, runner = (origins.source(layout, chosen.get(part)) for part in (PLANE_PROGRAM, RUNNER_PROGRAM))
    if runner is not None:
        runner_settings[artifact.TOLD] = str(layout.installed_file)
    launches = {
        PLANE_PROGRAM: profiles.plane_launch(ground, {"GALLERIA_PUBLIC_URL": place.plane_url, **passed_on}, plane),
        GATEWAY_PROGRAM: profiles.gateway_launch(ground, place.listen, place.port),
        RUNNER_PROGRAM: profiles.runner_launch(ground, runner_settings, runner),
    }
    for priority, part in enumerate(PARTS):
        write_atomically(layout.launch_file(part), launches[part].to_json(), mode=0o600)
        conf = supervision.program_conf(layout, part, priority=priority, autostart=True)
        write_atomically(_conf(layout, part), conf, mode=0o600)


def _runner_settings(layout: Layout, *, as_before: bool) -> dict[str, str]:
    """What the runner is told: by the environment of who brings the platform up, or just as it was told before."""
    told: Mapping[str, str] = os.environ
    if as_before:
        launch = layout.launch_file(RUNNER_PROGRAM)
        told = Launch.from_json(launch.read_text("utf-8")).environment
    return {name: value for name, value in told.items() if name.startswith("GALLERIA_RUNNER_")}


def restart(layout: Layout, part: str) -> None:
    """Stop one of the three and start it as it is written down now.

    :raises RuntimeUnavailable: the supervisor is not there.
    """
    supervisor = Supervisor(layout)
    supervisor.stop([part])
    supervisor.start(part)


def runs_from(layout: Layout, part: str, origin: Origin | None) -> bool:
    """Say whether one of the three runs right now, and was started from this origin (None: the installed environment).

    What is written down is what it starts from next; what runs says itself what it was started from.
    """
    chosen = origins.source(layout, origin) or artifact.installed()
    record = read_record(Launch(part, (), (), Means.NONE, state=str(layout.supervisor / "run")))
    if record is None or started_at_tick(record.outer) != record.started:
        return False
    with suppress(OSError):
        command = Path(f"/proc/{record.outer}/cmdline").read_bytes().split(b"\0")
        return os.fsencode(chosen.python) in command
    return False


def start_missing(layout: Layout) -> None:
    """Start those of the three that do not run, and what the supervisor gave up. The supervisor must be there."""
    supervisor = Supervisor(layout)
    supervisor.take_up(PARTS)
    for part in PARTS:
        supervisor.start(part)
    supervision.revive(layout, older_than_seconds=0)


def not_running(layout: Layout) -> list[str]:
    """Name those of the three that do not run; all of them if the supervisor is gone."""
    supervisor = Supervisor(layout)
    if not supervisor.alive():
        return list(PARTS)
    well = (ProcessState.RUNNING, ProcessState.STARTING)
    running = {each.program for each in supervisor.watched() if each.state in well}
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
