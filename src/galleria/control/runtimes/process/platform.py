"""``python -m galleria.control.runtimes.process.platform up|down|reset|status|check``: the platform on this machine.

It makes no stores: that is asked of the control plane. Every act can safely run twice.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import psutil

from galleria.control.runtimes.port import RuntimeBroken, RuntimeFault
from galleria.control.runtimes.process import folders, leftovers, parts, supervision
from galleria.control.runtimes.process.ids import Ids
from galleria.control.runtimes.process.layout import HOME_LENGTH_LIMIT, Layout
from galleria.control.runtimes.process.parts import Place
from galleria.control.runtimes.process.profiles import GATEWAY_PROGRAM
from galleria.control.runtimes.process.progress import Progress, Trouble
from galleria.control.runtimes.process.runtime import ProcessRuntime
from galleria.control.runtimes.process.supervision import Supervisor

DOWN_MARK: Final = "down"
"""A file in the supervisor's folder: the platform is meant to be down, so nobody mends it."""

_START_SECONDS: Final = 45.0
_STOP_SECONDS: Final = 45.0
_REFUSED: Final = 3


def up(layout: Layout, place: Place, progress: Progress) -> None:
    """Bring up supervisor, gateway, plane and runner, and the stores that should run."""
    with progress.step("check this machine") as detail:
        _check_folder(layout)
        known = parts.read_place(layout)
        running = Supervisor(layout).alive()
        if running and known == place and not parts.not_running(layout) and parts.plane_answers(place):
            detail("already up")
            progress.end("up", _where(layout, place))
            return
        if not _own_gateway(layout, known, place):
            _check_port(place)
    with _locked(layout):
        _bring_up(layout, place, progress)
    progress.end("up", _where(layout, place))


def _bring_up(layout: Layout, place: Place, progress: Progress) -> None:
    with progress.step("make folders, keys and tokens") as detail:
        folders.make_platform_folders(layout, Ids(layout))
        detail(_found_plane(layout))
        folders.make_platform_folders(layout, Ids(layout))  # what was made by us now becomes the plane's
        parts.write_place(layout, place)
        parts.write_programs(layout, place)
        _renew_stores(layout)
        (layout.supervisor / DOWN_MARK).unlink(missing_ok=True)
    with progress.step("start the supervisor"):
        supervision.start_supervisor(layout)
        parts.start_missing(layout)
    with progress.step("start gateway, control plane and runner"):
        _wait(
            lambda: parts.plane_answers(place) and not parts.not_running(layout),
            _START_SECONDS,
            lambda: Trouble(
                f"{', '.join(parts.not_running(layout)) or 'the control plane'} did not come up in time.",
                f"Look at the logs: {layout.plane}/plane.log, {layout.gateway}/logs, {layout.runner}/logs.",
            ),
        )


def _renew_stores(layout: Layout) -> None:
    """Stores start from the artifact and by the means of now; what still runs goes on as it is."""
    runtime = ProcessRuntime(layout.home)
    runtime.prepare_artifact()
    runtime.rewrite_launch_files()


def _found_plane(layout: Layout) -> str:
    try:
        return parts.found_plane(layout)
    except subprocess.CalledProcessError as error:
        said = str(error.stderr).strip().splitlines()
        raise Trouble(said[-1] if said else "The plane's set-up failed.", "Mend that, then try again.") from error


def down(layout: Layout, progress: Progress) -> None:
    """Stop everything that was started, and prove that nothing is left."""
    if not layout.supervisor.is_dir():
        progress.end("absent", f"There is no platform in {layout.home}; nothing to stop.")
        return
    with _locked(layout), progress.step("stop everything") as detail:
        (layout.supervisor / DOWN_MARK).touch(mode=0o600)
        supervisor = Supervisor(layout)
        if supervisor.alive():
            pid = supervisor.pid()
            supervisor.shut_down()
            with suppress(Trouble):
                _wait(lambda: not psutil.pid_exists(pid), _STOP_SECONDS, lambda: Trouble("", ""))
        if left := leftovers.end(layout):
            detail(f"ended what had outlived its supervisor: {', '.join(left)}")
    progress.end("down", f"Everything is stopped; the data stays in {layout.home}.")


def reset(layout: Layout, progress: Progress) -> None:
    """Stop everything and remove the state folder."""
    if not layout.home.exists():
        progress.end("absent", f"There is no platform in {layout.home}; nothing to reset.")
        return
    _check_folder(layout)
    down(layout, progress)
    with progress.step("remove the state folder"):
        shutil.rmtree(layout.home)
    progress.end("absent", f"{layout.home} is removed.")


def status(layout: Layout, progress: Progress) -> None:
    """Say what is there, by looking."""
    place = parts.read_place(layout)
    if place is None or not layout.supervisor.is_dir():
        progress.end("absent", f"There is no platform in {layout.home}. Bring it up: galleria up")
        return
    missing = parts.not_running(layout)
    left = leftovers.running(layout)
    answers = parts.plane_answers(place)
    if not missing and answers:
        progress.end("up", _where(layout, place))
    elif not left and len(missing) == len(parts.PARTS):
        progress.end("down", f"The platform in {layout.home} is down. Bring it up: galleria up")
    elif not Supervisor(layout).alive():
        progress.end("partial", f"The supervisor is gone, but {len(left)} programs run on. Mend it: galleria up")
    else:
        what = f"{', '.join(missing)} not running" if missing else "the control plane does not answer"
        progress.end("partial", f"Partly up: {what}. The supervisor tries again; or: galleria down, galleria up")


def check(layout: Layout, place: Place, progress: Progress) -> None:
    """Check what `up` needs, and start nothing."""
    with progress.step("check this machine"):
        _check_folder(layout)
        _check_port(place)
    progress.end("ready", "This machine has what the platform needs.")


def _where(layout: Layout, place: Place) -> str:
    return f"Up at {place.plane_url}, state in {layout.home}."


def _own_gateway(layout: Layout, known: Place | None, place: Place) -> bool:
    """Whether it is this platform's own gateway that has the port, with or without its supervisor."""
    return known == place and GATEWAY_PROGRAM in {name.split(".")[0] for name in leftovers.running(layout)}


def _check_folder(layout: Layout) -> None:
    if layout.too_long():
        raise Trouble(
            f"The state folder's path is too long for Unix sockets: {len(os.fsencode(layout.home))} bytes, "
            f"at most {HOME_LENGTH_LIMIT}: {layout.home}.",
            "Choose a shorter one: GALLERIA_HOME=$HOME/galleria",
            _REFUSED,
        )
    if layout.home.exists() and not layout.home.is_dir():
        raise Trouble(f"{layout.home} is not a folder.", "Set GALLERIA_HOME to another place.", _REFUSED)
    ours = layout.platform_file.is_file() or layout.launch_d.is_dir()
    if layout.home.is_dir() and not ours and any(layout.home.iterdir()):
        raise Trouble(
            f"{layout.home} holds other files and no platform; it is left alone.",
            "Set GALLERIA_HOME to an empty folder.",
            _REFUSED,
        )


def _check_port(place: Place) -> None:
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((place.listen, place.port))
        except PermissionError as error:
            raise Trouble(
                f"Port {place.port} needs root here.", "Choose one above 1023: GALLERIA_PORT=8080", _REFUSED
            ) from error
        except OSError as error:
            raise Trouble(
                f"Port {place.port} on {place.listen} is taken{_taken_by(place.port)}.",
                f"Stop that, or choose another: GALLERIA_PORT={place.port + 1}",
                _REFUSED,
            ) from error


def _taken_by(port: int) -> str:
    with suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            where = connection.laddr
            if connection.status == psutil.CONN_LISTEN and where and where.port == port and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    return ""


def _wait(done: Callable[[], bool], seconds: float, trouble: Callable[[], Trouble]) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise trouble()
        time.sleep(0.05)


@contextmanager
def _locked(layout: Layout) -> Iterator[None]:
    """One `up` or `down` at a time; the second waits and then finds it done."""
    layout.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with layout.lock_file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one act; returns the exit code: 0 done, 1 failed, 2 misuse, 3 refused."""
    parser = argparse.ArgumentParser(prog="galleria.control.runtimes.process.platform", description=__doc__)
    parser.add_argument("act", choices=["up", "down", "reset", "status", "check"])
    parser.add_argument("--home", type=Path, required=True, help="the state folder")
    parser.add_argument("--port", type=int, help="the public port; default: the last one, else 8080")
    parser.add_argument("--json", action="store_true", help="say it as JSON lines")
    told = parser.parse_args(arguments)
    layout, progress = Layout(told.home.absolute()), Progress(as_json=told.json)
    known = parts.read_place(layout)
    port = told.port or (known.port if known else 8080)
    place = Place(os.environ.get("GALLERIA_LISTEN") or (known.listen if known else "127.0.0.1"), port)
    acts: dict[str, Callable[[], None]] = {
        "up": lambda: up(layout, place, progress),
        "down": lambda: down(layout, progress),
        "reset": lambda: reset(layout, progress),
        "status": lambda: status(layout, progress),
        "check": lambda: check(layout, place, progress),
    }
    try:
        acts[told.act]()
    except Trouble as trouble:
        progress.trouble(trouble)
        return trouble.exit_code
    except RuntimeFault as fault:
        bug = isinstance(fault, RuntimeBroken)
        progress.trouble(Trouble(str(fault), "Tell a developer." if bug else "Try again in a moment."))
        return 1
    except OSError as error:
        progress.trouble(Trouble(f"{error.filename or layout.home}: {error.strerror}.", "Mend that, then try again."))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
