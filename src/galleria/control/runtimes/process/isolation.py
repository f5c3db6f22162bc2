"""Measures a store's isolation: starts the probe as a store process beside bait, and judges what it found."""

from __future__ import annotations

import json
import os
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from galleria.contracts.wire import IsolationReport
from galleria.contracts.words import IsolationLevel
from galleria.control.runtimes.port import RuntimeBroken
from galleria.control.runtimes.process import probe
from galleria.control.runtimes.process.launcher import started_at_tick
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.probe import Attempt, Finding, Process, Targets
from galleria.control.runtimes.process.running import run_once
from galleria.control.runtimes.process.sandbox import STORE_PLACE, Launch, Means

_PROBE: Final = Path(probe.__file__)

_PROBE_SECONDS: Final = 20.0
_WORST: Final = frozenset({Attempt.READ_FILE, Attempt.WRITE_FILE, Attempt.LIST_FOLDER, Attempt.WRITE_FOLDER})
_SENTENCES: Final = {
    Attempt.READ_FILE: "A store process can read files of other stores or of the platform.",
    Attempt.WRITE_FILE: "A store process can change files of other stores or of the platform.",
    Attempt.LIST_FOLDER: "A store process can look into folders of other stores or of the platform.",
    Attempt.WRITE_FOLDER: "A store process can put files into folders of other stores or of the platform.",
    Attempt.LISTEN_TCP: "A store process can listen on TCP.",
    Attempt.CONNECT_TCP: "A store process can connect to TCP ports of this machine.",
    Attempt.CONNECT_SOCKET: "A store process can connect to Unix sockets that are not its own.",
    Attempt.CONNECT_ABSTRACT: "A store process can connect to abstract Unix sockets of this machine.",
    Attempt.SIGNAL: "A store process can signal processes that are not its own.",
    Attempt.TRACE: "A store process can trace processes that are not its own.",
    Attempt.SEE_PROCESS: "A store process can see processes that are not its own.",
    Attempt.WRITE_ARTIFACT: "A store process can change the artifact that it runs from.",
    Attempt.GAIN_PRIVILEGES: "A store process has privileges or can gain some.",
    Attempt.MAKE_NAMESPACE: "A store process can make namespaces of its own.",
}


def measure(layout: Layout, launch: Launch) -> IsolationReport:
    """Run the probe as ``launch`` would run a store's program, and report.

    :param launch: how a program of the store is started; its arguments are replaced.
    :raises RuntimeBroken: the probe failed, so nothing is known.
    :raises RuntimeUnavailable: it did not end in time.
    """
    with bait(layout) as lures:
        return judge(run_probe(launch, merge(lures, targets_around(layout, launch))), launch.means)


def judge(findings: Sequence[Finding], means: Means) -> IsolationReport:
    """Say what the findings amount to. Pure but for the time of day.

    :raises RuntimeBroken: the probe could not even use its own folder, so its denials prove nothing.
    """
    if not any(finding.attempt is Attempt.OWN_FOLDER and finding.worked for finding in findings):
        raise RuntimeBroken("The isolation probe can't write its own store's folder, so it proves nothing.")
    broken = {finding.attempt for finding in findings if finding.worked} - {Attempt.OWN_FOLDER}
    level = IsolationLevel.PARTIAL if broken else IsolationLevel.FULL
    if broken & _WORST:
        level = IsolationLevel.NONE
    missing = [sentence for attempt, sentence in _SENTENCES.items() if attempt in broken]
    return IsolationReport(level=level, means=means.value, missing=missing, measured_at=datetime.now(UTC))


def run_probe(launch: Launch, targets: Targets) -> list[Finding]:
    """Start the probe as ``launch`` and return what it found.

    :raises RuntimeBroken: it failed.
    :raises RuntimeUnavailable: it did not end in time.
    """
    # As text: the probe is part of no store component's artifact.
    started = replace(launch, argv=(launch.argv[0], "-I", "-c", _PROBE.read_text("utf-8")), log=None)
    ended = run_once(started, text=targets.to_json(), wait_seconds=_PROBE_SECONDS)
    if ended.returncode != 0:
        raise RuntimeBroken(f"The isolation probe ended with {ended.returncode}: {ended.stderr[-500:].strip()}")
    return [Finding(**{**each, "attempt": Attempt(each["attempt"])}) for each in json.loads(ended.stdout)]


def targets_around(layout: Layout, launch: Launch) -> Targets:
    """List what is really there around a store: a neighbour, the plane, the supervisor, the gateway, the runner."""
    own = next(Path(bind.source) for bind in launch.binds if bind.target == STORE_PLACE)
    neighbours = [place for place in sorted(layout.instances.glob("*")) if place != own and place.is_dir()][:1]
    files = [layout.plane / "registry.db", layout.plane / "signing-key", layout.home / "operator-token"]
    files += [layout.runner / "token", *(place / ".env" for place in neighbours)]
    files += [file for place in neighbours for file in (place / "config").glob("*.env")]
    folders = [layout.home, layout.plane, layout.supervisor, layout.runner, *neighbours]
    folders = [folder for folder in folders if folder.is_dir()]
    sockets = [layout.plane_socket, layout.supervisor_socket, layout.gateway / "health.sock"]
    for place in neighbours:
        sockets += [*(place / "run").glob("*.sock"), *layout.store(place.name).agent.glob("*.sock")]
    return Targets(
        own=STORE_PLACE if launch.means is Means.BUBBLEWRAP else str(own),
        files=[str(file) for file in files if file.is_file()],
        folders=[str(folder) for folder in folders],
        sockets=[str(path) for path in sockets if path.is_socket()],
        artifact=[bind.source for bind in launch.binds if not bind.writable and bind.target == bind.source],
        inodes={str(folder): [folder.stat().st_dev, folder.stat().st_ino] for folder in folders},
    )


@contextmanager
def bait(layout: Layout) -> Iterator[Targets]:
    """Lay out what a neighbour would have: a secret file, a listening socket of each kind, a process (this one).

    So that a lone store on a fresh platform is measured against something, and each denial is one of something real.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bait-", dir=layout.supervisor)))
        secret = folder / ".env"
        secret.touch(mode=0o600)
        path = _listening(stack, socket.AF_UNIX, str(folder / "s.sock"))
        name = f"galleria-bait-{os.getpid()}-{folder.name}"
        _listening(stack, socket.AF_UNIX, "\0" + name)
        tcp = _listening(stack, socket.AF_INET, ("127.0.0.1", 0))
        yield Targets(
            own="",
            files=[str(secret)],
            folders=[str(folder)],
            ports=[int(tcp.getsockname()[1])],
            sockets=[str(path.getsockname())],
            abstract=[name],
            processes=[Process(os.getpid(), started_at_tick(os.getpid()) or 0)],
        )


def listen_at(stack: ExitStack, path: Path) -> None:
    """Listen on a Unix socket for as long as the stack lives."""
    path.unlink(missing_ok=True)
    _listening(stack, socket.AF_UNIX, str(path))
    path.chmod(0o660)
    stack.callback(path.unlink, missing_ok=True)


def _listening(stack: ExitStack, family: socket.AddressFamily, address: str | tuple[str, int]) -> socket.socket:
    door = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
    door.bind(address)
    door.listen(8)
    return door


def merge(lures: Targets, real: Targets) -> Targets:
    """Put the bait beside what is really there."""
    return Targets(
        own=real.own,
        files=lures.files + real.files,
        folders=lures.folders + real.folders,
        ports=lures.ports + real.ports,
        sockets=lures.sockets + real.sockets,
        abstract=lures.abstract + real.abstract,
        processes=lures.processes + real.processes,
        artifact=lures.artifact + real.artifact,
        inodes=lures.inodes | real.inodes,
    )
