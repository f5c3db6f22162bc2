"""``python -m galleria.control.runtimes.process.platform up|down|reset|status|check``: the platform on this machine.

It makes no stores: that is asked of the control plane. Every act can safely run twice.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

from galleria.control.runtimes.port import RuntimeBroken, RuntimeFault
from galleria.control.runtimes.process import folders, leftovers, parts, premises, supervision
from galleria.control.runtimes.process.ids import Ids
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.parts import Place
from galleria.control.runtimes.process.profiles import GATEWAY_PROGRAM
from galleria.control.runtimes.process.progress import REFUSED, Progress, Trouble
from galleria.control.runtimes.process.runtime import ProcessRuntime
from galleria.control.runtimes.process.supervision import Supervisor

_START_SECONDS: Final = 45.0
_STOP_SECONDS: Final = 45.0


def up(layout: Layout, place: Place, progress: Progress) -> None:
    """Bring up supervisor, gateway, plane and runner, and the stores that should run."""
    with progress.step("check this machine") as detail:
        premises.check(layout)
        known = parts.read_place(layout)
        _refuse_another(layout, place)
        all_run = Supervisor(layout).alive() and not parts.not_running(layout) and not supervision.given_up(layout)
        if all_run and known == place and parts.plane_answers(place):
            detail("already up")
            progress.end("up", _where(layout, place))
            return
        if not _own_gateway(layout, known, place):
            _check_port(place)
    with premises.locked(layout):
        _refuse_another(layout, place)  # another `up` may have come first
        _bring_up(layout, place, progress)
    progress.end("up", _where(layout, place))


def _bring_up(layout: Layout, place: Place, progress: Progress) -> None:
    with progress.step("make folders, keys and tokens") as detail:
        folders.make_platform_folders(layout, Ids(layout))
        detail(_found_plane(layout))
        folders.make_platform_folders(layout, Ids(layout))  # what was made by us now becomes the plane's
        parts.write_place(layout, place)
        parts.keep_registry_url(layout)
        parts.write_programs(layout, place)
        parts.follow_place(layout, place)
        if left := _renew_stores(layout):
            detail(f"left as it was, for what lies in its folders: {', '.join(left)}")
        layout.down_mark.unlink(missing_ok=True)
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


def _renew_stores(layout: Layout) -> list[str]:
    """Stores start from the artifact and by the means of now; what still runs goes on as it is. Returns the ones whose
    own folders do not allow it."""
    runtime = ProcessRuntime(layout.home)
    runtime.prepare_artifact()
    return runtime.rewrite_launch_files()


def _found_plane(layout: Layout) -> str:
    try:
        return parts.found_plane(layout)
    except subprocess.CalledProcessError as error:
        said = str(error.stderr).strip().splitlines()
        raise Trouble(said[-1] if said else "The plane's set-up failed.", "Mend that, then try again.") from error


def down(layout: Layout, progress: Progress) -> None:
    """Stop everything that was started, and prove that nothing is left."""
    nothing = f"There is no platform in {layout.home}; nothing to stop."
    if not layout.supervisor.is_dir() or not premises.is_ours(layout):
        progress.end("absent", nothing)
        return
    with premises.locked(layout):
        stopped = _stop(layout, progress)
    progress.end(
        *("down", f"Everything is stopped; the data stays in {layout.home}.") if stopped else ("absent", nothing)
    )


def _stop(layout: Layout, progress: Progress) -> bool:
    """Stop everything. Answers False if there never was anything. The caller holds the lock."""
    if not layout.supervisor.is_dir():
        return False
    with progress.step("stop everything") as detail:
        layout.down_mark.touch(mode=0o600)
        supervisor = Supervisor(layout)
        if supervisor.alive():
            pid = supervisor.pid()
            supervisor.shut_down()
            with suppress(Trouble):
                _wait(lambda: not psutil.pid_exists(pid), _STOP_SECONDS, lambda: Trouble("", ""))
        if left := leftovers.end(layout):
            detail(f"ended what had outlived its supervisor: {', '.join(left)}")
    return True


def reset(layout: Layout, progress: Progress) -> None:
    """Stop everything and remove the state folder; what in it is not the platform's stays."""
    if not layout.home.exists():
        progress.end("absent", f"There is no platform in {layout.home}; nothing to reset.")
        return
    premises.check(layout)
    with premises.locked(layout):
        _stop(layout, progress)
        with progress.step("remove the state folder"):
            left = premises.remove(layout)
    kept = f"the folder stays, for it holds other files: {', '.join(left)}" if left else ""
    progress.end("absent", f"The platform is removed; {kept}." if left else f"{layout.home} is removed.")


def status(layout: Layout, progress: Progress) -> None:
    """Say what is there, by looking."""
    place = parts.read_place(layout)
    if place is None or not layout.supervisor.is_dir():
        progress.end("absent", f"There is no platform in {layout.home}. Bring it up: galleria up")
        return
    missing, gave_up = parts.not_running(layout), [each.program for each in supervision.given_up(layout)]
    left, supervised = leftovers.running(layout), Supervisor(layout).alive()
    answers, pids = parts.plane_answers(place), _pids(layout) if supervised else ""
    if not missing and not gave_up and answers:
        progress.end("up", _where(layout, place), pids)
    elif not left and not supervised:
        progress.end("down", f"The platform in {layout.home} is down. Bring it up: galleria up")
    elif not supervised:
        progress.end("partial", f"The supervisor is gone, but {len(left)} programs run on. Mend it: galleria up")
    elif gave_up:
        progress.end("partial", f"Partly up: {', '.join(gave_up)} gave up after many attempts. Run: galleria up", pids)
    else:
        what = f"{', '.join(missing)} not running" if missing else "the control plane does not answer"
        progress.end("partial", f"Partly up: {what}. The supervisor tries again; or: galleria down, galleria up", pids)


def _pids(layout: Layout) -> str:
    running = [each for each in Supervisor(layout).watched() if each.program in parts.PARTS and each.pid]
    return ", ".join(f"{each.program} {leftovers.pid_of(layout, each.program) or each.pid}" for each in running)


def check(layout: Layout, place: Place, progress: Progress) -> None:
    """Check what `up` needs, and start nothing."""
    with progress.step("check this machine"):
        premises.check(layout)
        _check_port(place)
    progress.end("ready", "This machine has what the platform needs.")


def _where(layout: Layout, place: Place) -> str:
    return f"Up at {place.plane_url}, state in {layout.home}."


def _own_gateway(layout: Layout, known: Place | None, place: Place) -> bool:
    """Whether it is this platform's own gateway that has the port, with or without its supervisor."""
    return known == place and GATEWAY_PROGRAM in {name.split(".")[0] for name in leftovers.running(layout)}


def _refuse_another(layout: Layout, place: Place) -> None:
    """Refuse to move a platform that is up: what runs would stay where it is."""
    known = parts.read_place(layout)
    if known is None or not (Supervisor(layout).alive() or leftovers.running(layout)):
        return
    next_step = "Bring it down first: galleria down"
    if known != place:
        raise Trouble(f"This platform is up on {known.listen}:{known.port}.", next_step, REFUSED)
    if parts.registry_differs(layout):
        what = f"{parts.REGISTRY_KEY} names another registry than the one that this platform is up with."
        raise Trouble(what, next_step, REFUSED)


def _check_port(place: Place) -> None:
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((place.listen, place.port))
        except PermissionError as error:
            raise Trouble(
                f"Port {place.port} needs root here.", "Choose one above 1023: GALLERIA_PORT=8080", REFUSED
            ) from error
        except OSError as error:
            raise Trouble(
                f"Port {place.port} on {place.listen} is taken{_taken_by(place.port)}.",
                f"Stop that, or choose another: GALLERIA_PORT={place.port + 1}",
                REFUSED,
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one act; returns the exit code: 0 done, 1 failed, 2 misuse, 3 refused."""
    parser = argparse.ArgumentParser(prog="galleria.control.runtimes.process.platform", description=__doc__)
    parser.add_argument("act", choices=["up", "down", "reset", "status", "check"])
    parser.add_argument("--home", type=Path, required=True, help="the state folder")
    parser.add_argument("--port", type=int, help="the public port; default: the last one, else 8080")
    parser.add_argument("--json", action="store_true", help="say it as JSON lines")
    told = parser.parse_args(arguments)
    layout, progress = Layout(told.home.absolute()), Progress(as_json=told.json)
    try:
        premises.check_user(layout)
        _act(told.act, layout, progress, told.port)
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


def _act(act: str, layout: Layout, progress: Progress, asked_port: int | None) -> None:
    known = parts.read_place(layout)
    port = asked_port or (known.port if known else 8080)
    place = Place(os.environ.get("GALLERIA_LISTEN") or (known.listen if known else "127.0.0.1"), port)
    acts: dict[str, Callable[[], None]] = {
        "up": lambda: up(layout, place, progress),
        "down": lambda: down(layout, progress),
        "reset": lambda: reset(layout, progress),
        "status": lambda: status(layout, progress),
        "check": lambda: check(layout, place, progress),
    }
    acts[act]()


if __name__ == "__main__":
    sys.exit(main())
