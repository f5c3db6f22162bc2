"""The supervisor: its configuration as text, and its commands over XML-RPC on its Unix socket."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import time
import xmlrpc.client
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from galleria.contracts.words import ProcessState
from galleria.control.runtimes.files import write_atomically
from galleria.control.runtimes.port import RuntimeBroken, RuntimeRefused, RuntimeUnavailable
from galleria.control.runtimes.process import artifact
from galleria.control.runtimes.process.layout import Layout

STOP_SECONDS: Final = 10
"""How long a program may take to end before it is killed."""

_ANSWER_SECONDS: Final = 30.0
_KILL_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 0.02
_SHUTTING_DOWN, _UNKNOWN_NAME, _SPAWN_ERROR, _ALREADY_STARTED, _NOT_RUNNING, _ALREADY_ADDED = 6, 10, 50, 60, 70, 90
_UP: Final = (10, 20)

_STATES: Final = {
    0: ProcessState.STOPPED,
    10: ProcessState.STARTING,
    20: ProcessState.RUNNING,
    30: ProcessState.RESTARTING,
    40: ProcessState.STOPPED,
    100: ProcessState.RESTARTING,
    200: ProcessState.GAVE_UP,
}


@dataclass(frozen=True)
class Watched:
    """One process as the supervisor sees it. Each is alone in its group, which has the same name."""

    program: str
    state: ProcessState
    pid: int | None
    since: datetime


# --- configuration, pure ----------------------------------------------------------------------------------------------


def supervisord_conf(layout: Layout) -> str:
    """The supervisor's own configuration. Paths with a per cent sign are escaped: it is the format's own sign."""
    place = _escaped(layout.supervisor)
    return f"""\
[supervisord]
logfile={place}/supervisord.log
logfile_maxbytes=2MB
logfile_backups=2
pidfile={place}/supervisord.pid
childlogdir={place}
directory={_escaped(layout.home)}
nodaemon=false
silent=true
minfds=1024

[unix_http_server]
file={_escaped(layout.supervisor_socket)}
chmod=0600

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[include]
files={place}/conf.d/*.conf
"""


def program_conf(layout: Layout, program: str, *, priority: int, autostart: bool) -> str:
    """How one program is supervised, apart from every other one.

    :param priority: smaller ones start first.
    :param autostart: whether it starts with the platform.
    """
    command = f'"{artifact.python()}" -I -m galleria.control.runtimes.process.launcher "{layout.launch_file(program)}"'
    return f"""\
[program:{program}]
command={_escaped(command)}
process_name={program}
priority={priority}
autostart={str(autostart).lower()}
autorestart=true
startsecs=1
startretries=20
stopwaitsecs={STOP_SECONDS}
stopasgroup=true
killasgroup=true
stdout_logfile=NONE
stderr_logfile=NONE
"""


def _escaped(text: object) -> str:
    return str(text).replace("%", "%%")


# --- commands ---------------------------------------------------------------------------------------------------------


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=_ANSWER_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class _UnixTransport(xmlrpc.client.Transport):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = str(path)

    def make_connection(self, host: object) -> http.client.HTTPConnection:
        connection = _UnixConnection(self._path)
        self._connection = (None, connection)  # where `close` looks for it
        return connection


class Supervisor:
    """Speaks to the platform's supervisor."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def alive(self) -> bool:
        """Say whether it answers."""
        try:
            self._call("getState")
        except RuntimeUnavailable:
            return False
        return True

    def pid(self) -> int:
        """Its process id."""
        return _number(self._call("getPID"))

    def watched(self) -> list[Watched]:
        """Look at every process."""
        answer = self._call("getAllProcessInfo")
        if not isinstance(answer, list):
            raise RuntimeBroken(f"The supervisor answered with a {type(answer).__name__}.")
        return [_watched(each) for each in answer]

    def take_up(self, programs: Sequence[str]) -> None:
        """Take up programs whose files were written. Those that are known already stay as they are."""
        self._call("reloadConfig")
        for program in programs:
            self._call("addProcessGroup", program, forgive=(_ALREADY_ADDED,))

    def start(self, program: str) -> None:
        """Start one program, without waiting for it to prove itself. Running already is fine.

        :raises RuntimeRefused: it can't be started at all.
        """
        self._call("startProcess", program, False, forgive=(_ALREADY_STARTED,), refuse=(_SPAWN_ERROR, _UNKNOWN_NAME))

    def stop(self, programs: Sequence[str]) -> None:
        """Stop programs, all at once, and wait for their end. Stopped already or unknown is fine.

        :raises RuntimeUnavailable: one of them does not end in time.
        """
        for program in programs:
            self._call("stopProcess", program, False, forgive=(_NOT_RUNNING, _UNKNOWN_NAME))
        deadline = time.monotonic() + STOP_SECONDS + _KILL_SECONDS
        while alive := {each.program for each in self.watched() if each.pid} & set(programs):
            if time.monotonic() > deadline:
                raise RuntimeUnavailable(f"Does not end: {', '.join(sorted(alive))}.")
            time.sleep(_LOOK_SECONDS)

    def forget(self, programs: Sequence[str]) -> None:
        """Stop programs and supervise them no more. Unknown is fine."""
        self.stop(programs)
        for program in programs:
            self._call("removeProcessGroup", program, forgive=(_UNKNOWN_NAME,))

    def shut_down(self) -> None:
        """Tell it to stop everything and end."""
        with suppress(RuntimeUnavailable):
            self._call("shutdown")

    def _call(
        self, method: str, *arguments: str | bool, forgive: tuple[int, ...] = (), refuse: tuple[int, ...] = ()
    ) -> object:
        transport = _UnixTransport(self._layout.supervisor_socket)
        proxy = xmlrpc.client.ServerProxy("http://localhost/RPC2", transport=transport)
        try:
            return getattr(proxy.supervisor, method)(*arguments)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode in forgive:
                return None
            if fault.faultCode in refuse:
                raise RuntimeRefused(f"{arguments[0]} can't be started: {fault.faultString}.") from fault
            if fault.faultCode == _SHUTTING_DOWN:
                raise RuntimeUnavailable("The supervisor is shutting down.") from fault
            raise RuntimeBroken(f"The supervisor refused {method}: {fault.faultString}.") from fault
        except (OSError, http.client.HTTPException, xmlrpc.client.Error) as error:
            raise RuntimeUnavailable("The supervisor does not answer.") from error
        finally:
            transport.close()


def _number(raw: object) -> int:
    if not isinstance(raw, int):
        raise RuntimeBroken(f"The supervisor answered with a {type(raw).__name__} for a number.")
    return raw


def _watched(raw: dict[str, object]) -> Watched:
    state = _number(raw["state"])
    began, ended = _number(raw["start"]), _number(raw["stop"])
    return Watched(
        program=str(raw["group"]),
        state=_STATES.get(state, ProcessState.GAVE_UP),
        pid=_number(raw["pid"]) or None,
        # One that can't even be started ends at no time: what counts is the last attempt.
        since=datetime.fromtimestamp(began if state in _UP else max(began, ended), UTC),
    )


def given_up(layout: Layout) -> list[Watched]:
    """Name the processes that should run and that the supervisor does not try to start any more."""
    try:
        watched = Supervisor(layout).watched()
    except RuntimeUnavailable:
        return []
    return [each for each in watched if each.state is ProcessState.GAVE_UP and wanted(layout, each.program)]


def revive(layout: Layout, older_than_seconds: float = 60) -> list[str]:
    """Start again what gave up longer ago than ``older_than_seconds``. Returns the programs' names."""
    latest = datetime.now(UTC) - timedelta(seconds=older_than_seconds)
    supervisor, revived = Supervisor(layout), []
    for each in given_up(layout):
        if each.since <= latest:
            with suppress(RuntimeRefused, RuntimeBroken):  # one that can't be started keeps no other from it
                supervisor.start(each.program)
                revived.append(each.program)
    return revived


def wanted(layout: Layout, program: str) -> bool:
    """Whether a program starts by itself; one that was stopped by an operator, or is beside a live one, does not."""
    with suppress(FileNotFoundError):
        return "autostart=true" in (layout.conf_d / f"{program}.conf").read_text("utf-8").splitlines()
    return False


def start_supervisor(layout: Layout, *, wait_seconds: float = 10.0) -> None:
    """Start the supervisor apart from this process, and wait until it answers. Nothing to do if it runs.

    :raises RuntimeUnavailable: it does not come up in time.
    """
    supervisor = Supervisor(layout)
    if supervisor.alive():
        return
    write_atomically(layout.supervisor_conf, supervisord_conf(layout), mode=0o600)
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8"}
    with (layout.supervisor / "supervisord.out").open("ab") as output:
        subprocess.run(
            [*artifact.supervisord(), "-c", str(layout.supervisor_conf)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            cwd="/",
            check=False,
            timeout=wait_seconds,
        )
    deadline = time.monotonic() + wait_seconds
    while not supervisor.alive():
        if time.monotonic() > deadline:
            raise RuntimeUnavailable(f"The supervisor does not start; see {layout.supervisor}/supervisord.out.")
        time.sleep(0.02)
