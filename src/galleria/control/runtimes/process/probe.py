"""Tries everything that a store process must not be able to do, and reports what worked.

Started exactly as a store process is. Reads its targets as JSON from standard input, writes its findings as JSON.
It does no harm when something works: it adds nothing that it does not remove, and detaches from what it attached to.
Standard library only.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final

_CONNECT_SECONDS: Final = 2.0
_ATTACH, _DETACH = 16, 17
_NEW_USER_NAMESPACE: Final = 0x10000000


class Attempt(StrEnum):
    """What is tried. Each must be denied, but for `OWN_FOLDER`, which must work or the probe proves nothing."""

    OWN_FOLDER = "own folder"
    READ_FILE = "read file"
    WRITE_FILE = "write file"
    LIST_FOLDER = "list folder"
    WRITE_FOLDER = "write folder"
    LISTEN_TCP = "listen tcp"
    CONNECT_TCP = "connect tcp"
    CONNECT_SOCKET = "connect socket"
    CONNECT_ABSTRACT = "connect abstract socket"
    SIGNAL = "signal"
    TRACE = "trace"
    SEE_PROCESS = "see process"
    WRITE_ARTIFACT = "write artifact"
    GAIN_PRIVILEGES = "gain privileges"
    MAKE_NAMESPACE = "make namespace"


@dataclass(frozen=True)
class Process:
    """A process outside, told from one inside that has the same number by the tick at which it began."""

    pid: int
    started: int


@dataclass(frozen=True)
class Targets:
    """What to try the attempts on. All of it must exist when the probe runs; paths as the machine knows them."""

    own: str
    files: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)
    sockets: list[str] = field(default_factory=list)
    abstract: list[str] = field(default_factory=list)
    processes: list[Process] = field(default_factory=list)
    artifact: list[str] = field(default_factory=list)
    inodes: dict[str, list[int]] = field(default_factory=dict)
    """Device and inode of folders. A sandbox has an empty place of a folder's name if something below is mounted."""

    def to_json(self) -> str:
        """Write it as the probe reads it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Targets:
        """Read what `to_json` wrote."""
        raw = json.loads(text)
        return cls(**{**raw, "processes": [Process(**each) for each in raw["processes"]]})


@dataclass(frozen=True)
class Finding:
    """One attempt on one target: whether it worked, and if not, the error that denied it."""

    attempt: Attempt
    target: str
    worked: bool
    error: str = ""


def main() -> None:
    """Try everything on the targets of standard input and write the findings to standard output."""
    targets = Targets.from_json(sys.stdin.read())
    sys.stdout.write(json.dumps([asdict(finding) for finding in _findings(targets)]))


def _findings(targets: Targets) -> Iterator[Finding]:
    for attempt, target, act in _plan(targets):
        try:
            act()
        except OSError as error:
            yield Finding(attempt, target, worked=False, error=type(error).__name__ + f" {error.errno}")
        else:
            yield Finding(attempt, target, worked=True)


def _plan(targets: Targets) -> Iterator[tuple[Attempt, str, Callable[[], None]]]:
    yield Attempt.OWN_FOLDER, targets.own, partial(_write_into, targets.own)
    for file in targets.files:
        yield Attempt.READ_FILE, file, partial(_read, file)
        yield Attempt.WRITE_FILE, file, partial(_open_for_writing, file)
    for folder in targets.folders:
        yield Attempt.LIST_FOLDER, folder, partial(_in_the_very, folder, targets.inodes.get(folder), _list)
        yield Attempt.WRITE_FOLDER, folder, partial(_in_the_very, folder, targets.inodes.get(folder), _write_into)
    yield Attempt.LISTEN_TCP, "127.0.0.1", _listen
    for port in targets.ports:
        yield Attempt.CONNECT_TCP, str(port), partial(_connect, socket.AF_INET, ("127.0.0.1", port))
    for path in targets.sockets:
        yield Attempt.CONNECT_SOCKET, path, partial(_connect, socket.AF_UNIX, path)
    for name in targets.abstract:
        yield Attempt.CONNECT_ABSTRACT, name, partial(_connect, socket.AF_UNIX, "\0" + name)
    for process in targets.processes:
        yield Attempt.SIGNAL, str(process.pid), partial(_signal, process)
        yield Attempt.TRACE, str(process.pid), partial(_trace, process)
        yield Attempt.SEE_PROCESS, str(process.pid), partial(_see, process)
    for folder in targets.artifact:
        yield Attempt.WRITE_ARTIFACT, folder, partial(_write_into, folder)
    yield Attempt.GAIN_PRIVILEGES, "root", _gain_privileges
    yield Attempt.MAKE_NAMESPACE, "user namespace", _make_namespace


def _read(path: str) -> None:
    with Path(path).open("rb") as file:
        file.read(1)


def _open_for_writing(path: str) -> None:
    os.close(os.open(path, os.O_WRONLY | os.O_APPEND))


def _in_the_very(folder: str, inode: list[int] | None, act: Callable[[str], None]) -> None:
    """Act on a folder if it is the one that is meant, and not another that only has its name here."""
    if inode is not None:
        here = Path(folder).stat()
        if [here.st_dev, here.st_ino] != inode:
            raise FileNotFoundError(errno.ENOENT, "another folder of that name", folder)
    act(folder)


def _list(folder: str) -> None:
    next(Path(folder).iterdir(), None)


def _write_into(folder: str) -> None:
    path = Path(folder) / f".probe-{os.getpid()}"
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    path.unlink()


def _listen() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as door:
        door.bind(("127.0.0.1", 0))
        door.listen(1)


def _connect(family: socket.AddressFamily, address: str | tuple[str, int]) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as line:
        line.settimeout(_CONNECT_SECONDS)
        if isinstance(address, str) and len(os.fsencode(address)) > 107:
            # Too long to be named, but not to be reached: go where it lies.
            os.chdir(Path(address).parent)
            address = Path(address).name
        line.connect(address)


def _signal(process: Process) -> None:
    os.kill(process.pid, 0)
    with contextlib.suppress(FileNotFoundError, PermissionError):
        _require_the_same(process)


def _trace(process: Process) -> None:
    with contextlib.suppress(FileNotFoundError, PermissionError):
        _require_the_same(process)
    libc = _libc()
    _checked(libc.ptrace(_ATTACH, process.pid, None, None))
    os.waitpid(process.pid, 0)
    libc.ptrace(_DETACH, process.pid, None, None)


def _see(process: Process) -> None:
    _read(f"/proc/{process.pid}/cmdline")
    _require_the_same(process)


def _require_the_same(process: Process) -> None:
    text = Path(f"/proc/{process.pid}/stat").read_text("ascii", "replace")
    if int(text.rpartition(")")[2].split()[19]) != process.started:
        raise ProcessLookupError(3, "another process, of this sandbox, has that number")


def _gain_privileges() -> None:
    status = dict(
        line.split(":", 1) for line in Path("/proc/self/status").read_text("ascii").splitlines() if ":" in line
    )
    held = int(status["CapEff"], 16) | int(status["CapPrm"], 16) | int(status["CapAmb"], 16)
    if status["NoNewPrivs"].strip() == "1" and held == 0:
        os.setuid(0)
        os.setgid(0)


def _make_namespace() -> None:
    _checked(_libc().unshare(_NEW_USER_NAMESPACE))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


if __name__ == "__main__":
    main()
