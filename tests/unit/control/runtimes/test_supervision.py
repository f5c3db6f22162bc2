"""The supervisor's configuration as text: read back the way the supervisor reads it."""

from __future__ import annotations

import configparser
import shlex
from pathlib import Path

import pytest

from galleria.control.runtimes.port import RuntimeUnavailable
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.supervision import Supervisor, program_conf, supervisord_conf

AWKWARD = Layout(Path("/h/100% sure"))
PROGRAM = "store-shop-001.engine-blue"


def parsed(text: str) -> configparser.RawConfigParser:
    """The text as sections; values as written."""
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return parser


def expanded(value: str) -> str:
    """A value as the supervisor expands it: Python's own per cent formatting, with its names."""
    return value % {"here": "/h", "program_name": "p"}


def unit(layout: Layout = AWKWARD, *, autostart: bool = True) -> configparser.SectionProxy:
    """The engine of shop-001."""
    return parsed(program_conf(layout, PROGRAM, priority=500, autostart=autostart))[f"program:{PROGRAM}"]


def test_per_cent_signs_are_escaped() -> None:
    command = shlex.split(expanded(unit()["command"]))
    assert command[-1] == f"/h/100% sure/supervisor/launch.d/{PROGRAM}.json"
    assert command[1:4] == ["-I", "-m", "galleria.control.runtimes.process.launcher"]
    own = parsed(supervisord_conf(AWKWARD))
    assert expanded(own["unix_http_server"]["file"]) == str(AWKWARD.supervisor_socket)
    assert expanded(own["supervisord"]["directory"]) == "/h/100% sure"


@pytest.mark.parametrize("autostart", [True, False])
def test_a_stopped_store_stays_stopped_when_the_supervisor_comes_again(autostart: bool) -> None:
    assert unit(autostart=autostart).getboolean("autostart") is autostart


def test_a_program_is_alone_in_its_file_and_is_mended() -> None:
    section = unit()
    assert parsed(program_conf(AWKWARD, PROGRAM, priority=500, autostart=True)).sections() == [f"program:{PROGRAM}"]
    assert section["process_name"] == PROGRAM
    assert section.getint("priority") == 500
    assert section.getboolean("autorestart")
    assert int(section["startretries"]) >= 3
    assert section.getboolean("stopasgroup")
    assert section.getboolean("killasgroup")


def test_only_its_owner_commands_the_supervisor() -> None:
    conf = parsed(supervisord_conf(Layout(Path("/h"))))
    assert conf["unix_http_server"]["chmod"] == "0600"
    assert "inet_http_server" not in conf
    assert conf["include"]["files"] == "/h/supervisor/conf.d/*.conf"


def test_a_supervisor_that_is_gone_says_so(tmp_path: Path) -> None:
    supervisor = Supervisor(Layout(tmp_path))
    assert not supervisor.alive()
    with pytest.raises(RuntimeUnavailable):
        supervisor.watched()
    supervisor.shut_down()
