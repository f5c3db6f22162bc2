"""The supervisor's configuration as text: read back the way the supervisor reads it."""

from __future__ import annotations

import configparser
import shlex
from pathlib import Path

import pytest

from galleria.control.runtimes.port import RuntimeUnavailable
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.supervision import Supervisor, group_conf, supervisord_conf

AWKWARD = Layout(Path("/h/100% sure"))
NAMES = ["engine-blue", "storefront-blue", "agent-blue"]


def parsed(text: str) -> configparser.RawConfigParser:
    """The text as sections; values as written."""
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return parser


def expanded(value: str) -> str:
    """A value as the supervisor expands it: Python's own per cent formatting, with its names."""
    return value % {"here": "/h", "program_name": "p"}


def group(layout: Layout = AWKWARD, *, autostart: bool = True) -> configparser.RawConfigParser:
    """The group of shop-001."""
    return parsed(group_conf(layout, "store-shop-001", NAMES, priority=500, autostart=autostart))


def test_per_cent_signs_are_escaped() -> None:
    for name in NAMES:
        command = shlex.split(expanded(group()[f"program:store-shop-001.{name}"]["command"]))
        assert command[-1] == f"/h/100% sure/supervisor/launch.d/store-shop-001.{name}.json"
        assert command[1:4] == ["-I", "-m", "galleria.control.runtimes.process.launcher"]
    own = parsed(supervisord_conf(AWKWARD))
    assert expanded(own["unix_http_server"]["file"]) == str(AWKWARD.supervisor_socket)
    assert expanded(own["supervisord"]["directory"]) == "/h/100% sure"


@pytest.mark.parametrize("autostart", [True, False])
def test_a_stopped_store_stays_stopped_when_the_supervisor_comes_again(autostart: bool) -> None:
    sections = [group(autostart=autostart)[f"program:store-shop-001.{name}"] for name in NAMES]
    assert {section.getboolean("autostart") for section in sections} == {autostart}


def test_a_group_starts_in_order_and_is_mended() -> None:
    conf = group()
    assert conf["group:store-shop-001"]["programs"].split(",") == [f"store-shop-001.{name}" for name in NAMES]
    sections = [conf[f"program:store-shop-001.{name}"] for name in NAMES]
    assert [section["process_name"] for section in sections] == NAMES
    assert [section.getint("priority") for section in sections] == [0, 1, 2]
    for section in sections:
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
