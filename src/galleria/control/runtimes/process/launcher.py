"""Starts one program in its sandbox: ``python -I -m galleria.control.runtimes.process.launcher LAUNCH_FILE``.

It works from a launch file (`sandbox.Launch`) and replaces itself by the sandbox: nothing of it stays in memory.
A running program holds a lock. If the lock is held when the launcher comes (a new supervisor after the old one was
killed), the launcher adopts the running program: it waits for its end and passes signals on, and nothing is restarted.
Standard library only.
"""

from __future__ import annotations

import fcntl
import json
import os
import resource
import select
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

from galleria.control.runtimes.process import landlock, seccomp
from galleria.control.runtimes.process.sandbox import Launch, Means, bwrap_arguments, inner_command

LOG_BYTES: Final = 5_000_000
"""A log longer than this is put aside at the next start."""

_OLD_LOGS: Final = 3
_GRACE_SECONDS: Final = 8.0
_DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_SYSTEM: Final = ("/usr", "/lib", "/lib64", "/bin", "/sbin", "/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types")


def main(arguments: list[str]) -> NoReturn:
    """Start or adopt the program of the launch file ``arguments[0]``; ends only when the program does."""
    launch = Launch.from_json(Path(arguments[0]).read_text("utf-8"))
    os.umask(0o007)
    lock = take_lock(launch)
    if lock is None:
        sys.exit(adopt(launch))
    if launch.log is not None:
        send_output_to(Path(launch.log))
    _limit(launch)
    if launch.state is not None:
        _write_record(launch)
    _replace(launch, lock)


def start_unsupervised(launch: Launch) -> NoReturn:
    """Replace this process by the program, without lock or record (provisioning, merchant programs, the probe)."""
    os.umask(0o007)
    if launch.log is not None:
        send_output_to(Path(launch.log))
    _limit(launch)
    _replace(launch, -1)


# --- lock, record, adoption -------------------------------------------------------------------------------------------


def _state_file(launch: Launch, suffix: str) -> Path:
    return Path(launch.state or "") / f"{launch.program.replace(':', '.')}.{suffix}"


def take_lock(launch: Launch) -> int | None:
    """Take the program's lock and return its descriptor (-1 if nobody supervises it); None if the program runs."""
    if launch.state is None:
        return -1
    lock = os.open(_state_file(launch, "lock"), os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


@dataclass(frozen=True)
class Record:
    """Who runs: the sandbox's outer process (leader of the process group), and the first process inside, if known."""

    outer: int
    started: int
    inner: int | None


def started_at_tick(pid: int) -> int | None:
    """Say at which clock tick since boot a process began, which tells it from a later one with its number.

    None if it has ended, also when nobody has buried it yet.
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


def count_starts(state: Path, program: str) -> int:
    """Say how often a program was started since an operator last stopped it."""
    try:
        return int((state / f"{program.replace(':', '.')}.starts").read_text("ascii"))
    except (OSError, ValueError):
        return 0


def _write_record(launch: Launch) -> None:
    if os.getpgrp() != os.getpid():
        os.setsid()
    _state_file(launch, "info").unlink(missing_ok=True)
    starts = count_starts(Path(launch.state or ""), launch.program) + 1
    _state_file(launch, "starts").write_text(str(starts), "ascii")
    write_record(launch, os.getpid())


def write_record(launch: Launch, outer: int) -> None:
    """Write down that process ``outer``, the leader of a process group, runs the program."""
    text = json.dumps({"outer": outer, "started": started_at_tick(outer)})
    _state_file(launch, "pid").write_text(text, "ascii")


def read_record(launch: Launch) -> Record | None:
    """Read who runs the program, or None if there is no readable record."""
    try:
        raw = json.loads(_state_file(launch, "pid").read_text("ascii"))
        outer, started = int(raw["outer"]), int(raw["started"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    try:
        inner = int(json.loads(_state_file(launch, "info").read_text("ascii"))["child-pid"])
    except (OSError, ValueError, KeyError, TypeError):
        inner = None
    return Record(outer, started, inner)


def adopt(launch: Launch) -> int:
    """Stand in for a program that runs already: wait for its end, pass a TERM on, and kill it when it will not go."""
    record = read_record(launch)
    alive = _open_process(record) if record is not None else None
    if record is None or alive is None:
        return _wait_for_lock(launch)
    deadline: list[float] = []

    def pass_on(_signal: int, _frame: FrameType | None) -> None:
        deadline.append(time.monotonic() + _GRACE_SECONDS)
        _signal_group(record, signal.SIGTERM)

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, pass_on)
    poll = select.poll()
    poll.register(alive, select.POLLIN)
    while not poll.poll(200):
        if deadline and time.monotonic() > deadline[0]:
            _signal_group(record, signal.SIGKILL)
    return 0


def _open_process(record: Record) -> int | None:
    try:
        outer = os.pidfd_open(record.outer)
    except OSError:
        outer = None
    if outer is not None and started_at_tick(record.outer) == record.started:
        return outer
    if record.inner is None:
        return None
    try:
        return os.pidfd_open(record.inner)
    except OSError:
        return None


def _signal_group(record: Record, number: signal.Signals) -> None:
    # The group outlives its leader, and the kernel gives its number to nobody else while it does.
    try:
        os.killpg(record.outer, number)
    except ProcessLookupError:
        return


def _wait_for_lock(launch: Launch) -> int:
    while (lock := take_lock(launch)) is None:
        time.sleep(0.1)
    os.close(lock)
    return 0


# --- logs and limits --------------------------------------------------------------------------------------------------


def send_output_to(log: Path) -> None:
    """Send output to ``log``, appending; put the old file aside first when it is long.

    A store owns the folder above and could plant links in it, so that none is followed.
    """
    folder = os.open(log.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _put_aside_when_long(folder, log.name)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        output = os.open(log.name, flags, 0o640, dir_fd=folder)
    finally:
        os.close(folder)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)


def _put_aside_when_long(folder: int, name: str) -> None:
    try:
        size = os.stat(name, dir_fd=folder, follow_symlinks=False).st_size
    except FileNotFoundError:
        return
    if size < LOG_BYTES:
        return
    for age in range(_OLD_LOGS - 1, 0, -1):
        try:
            os.rename(f"{name}.{age}", f"{name}.{age + 1}", src_dir_fd=folder, dst_dir_fd=folder)
        except FileNotFoundError:
            continue
    os.rename(name, f"{name}.1", src_dir_fd=folder, dst_dir_fd=folder)


def _limit(launch: Launch) -> None:
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, launch.limits.open_files)
    if launch.limits.processes is not None:
        _lower(resource.RLIMIT_NPROC, launch.limits.processes)


def _lower(what: int, wanted: int) -> None:
    _soft, hard = resource.getrlimit(what)
    value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(what, (value, value))


# --- becoming the program ---------------------------------------------------------------------------------------------


def _replace(launch: Launch, lock: int) -> NoReturn:
    if launch.means is Means.BUBBLEWRAP:
        _become_bubblewrap(launch, lock)
    _become_program(launch, lock)


def _become_bubblewrap(launch: Launch, lock: int) -> NoReturn:
    arguments = bwrap_arguments(launch)
    keep = []
    filters = seccomp.program(unix_sockets_only=not launch.network)
    if filters:
        keep.append(_in_memory(filters))
        arguments += ["--seccomp", str(keep[-1])]
    if lock >= 0:
        # Bubblewrap's first process inside keeps it for as long as anything runs there; the program never sees it.
        keep.append(lock)
        arguments += ["--sync-fd", str(lock)]
        info = os.open(_state_file(launch, "info"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        keep.append(info)
        arguments += ["--info-fd", str(info)]
    # The arguments name this machine's paths; passed like this, the sandbox can't read them in its process list.
    keep.append(_in_memory(b"\0".join(map(os.fsencode, arguments)) + b"\0"))
    command = [launch.bwrap, "--args", str(keep[-1]), "--", *inner_command(launch, supervised=lock >= 0)]
    if lock >= 0:
        # Bubblewrap passes no signal on: it would die of TERM and leave the program. So only the program hears it.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _keep_only(keep)
    os.execv(launch.bwrap, command)  # noqa: S606 - becoming the sandbox is the launcher's whole purpose


def _become_program(launch: Launch, lock: int) -> NoReturn:
    os.chdir(outside(launch, launch.cwd))
    argv = [in_place(launch, argument) for argument in launch.argv]
    environment = {name: in_place(launch, value) for name, value in launch.environment.items()}
    if launch.identity is not None:
        os.setgroups(launch.identity.groups)
        os.setgid(launch.identity.gid)
        os.setuid(launch.identity.uid)
    if launch.means is Means.LANDLOCK:
        readable = [*_SYSTEM, "/proc/self", *(bind.source for bind in launch.binds if not bind.writable)]
        writable = [*_DEVICES, *(bind.source for bind in launch.binds if bind.writable)]
        filters = seccomp.program(unix_sockets_only=not launch.network)
        landlock.confine(readable, writable, network=launch.network, filters=filters)
    _keep_only([lock] if lock >= 0 else [])
    os.execve(argv[0], argv, environment)  # noqa: S606


def outside(launch: Launch, path: str) -> str:
    """Translate a path inside the sandbox to the machine's own, for the means that mount nothing."""
    best = max(
        (bind for bind in launch.binds if path == bind.target or path.startswith(bind.target.rstrip("/") + "/")),
        key=lambda bind: len(bind.target),
        default=None,
    )
    return path if best is None else best.source + path[len(best.target) :]


def in_place(launch: Launch, argument: str) -> str:
    """Translate an argument that is a path, or ``unix:`` and a path. Sockets become relative, to stay short."""
    prefix, path = ("unix:", argument[5:]) if argument.startswith("unix:") else ("", argument)
    if not path.startswith("/"):
        return argument
    real = outside(launch, path)
    if real != path and path.endswith(".sock"):
        real = os.path.relpath(real, outside(launch, launch.cwd))
    return prefix + real


def _in_memory(content: bytes) -> int:
    place = os.memfd_create("galleria", 0)
    os.write(place, content)
    os.lseek(place, 0, os.SEEK_SET)
    return place


def _keep_only(keep: list[int]) -> None:
    for descriptor in keep:
        os.set_inheritable(descriptor, True)
    low = 3
    for descriptor in sorted(keep):
        os.closerange(low, descriptor)
        low = descriptor + 1
    os.closerange(low, 65536)


if __name__ == "__main__":
    main(sys.argv[1:])
