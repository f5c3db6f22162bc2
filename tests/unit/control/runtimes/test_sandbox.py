"""What bubblewrap is told: only what was bound is there, the network only when asked, and root is given up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from galleria.control.runtimes.process.sandbox import (
    Bind,
    Identity,
    Launch,
    Limits,
    Means,
    bwrap_arguments,
    inner_command,
)

PLAIN = Launch(
    program="store-shop-001.engine-blue",
    argv=("/a/bin/python", "-I", "-m", "program"),
    binds=(Bind("/srv/artifact", "/a"), Bind("/srv/instances/shop-001", "/store", writable=True)),
    means=Means.BUBBLEWRAP,
    environment={"B": "2", "A": "1"},
    bwrap="/a/bwrap",
)
AS_ROOT = replace(PLAIN, identity=Identity(1001, 1002, (1003, 1004)))


def pairs(arguments: list[str], option: str) -> list[str]:
    """What follows each ``option``."""
    return [arguments[index + 1] for index, each in enumerate(arguments) if each == option]


def binds(arguments: list[str], option: str) -> list[tuple[str, str]]:
    """Sources and targets of each mount."""
    found = [index for index, each in enumerate(arguments) if each == option]
    return [(arguments[index + 1], arguments[index + 2]) for index in found]


def test_what_is_bound_is_read_only_unless_writable() -> None:
    arguments = bwrap_arguments(PLAIN)
    assert binds(arguments, "--bind") == [("/srv/instances/shop-001", "/store")]
    read_only = [pair for pair in binds(arguments, "--ro-bind") if pair[0] != pair[1]]
    assert read_only == [("/srv/artifact", "/a")]


def test_nothing_else_of_the_machine_is_there() -> None:
    arguments = bwrap_arguments(PLAIN)
    system = {source for option in ("--ro-bind", "--ro-bind-try") for source, _ in binds(arguments, option)}
    assert {source.split("/")[1] for source in system - {"/srv/artifact"}} <= {
        "usr",
        "bin",
        "sbin",
        "lib",
        "lib64",
        "etc",
    }
    assert not {"/etc", "/etc/passwd", "/etc/shadow", "/", "/proc", "/home", "/root", "/var", "/run"} & system
    assert "--dev-bind" not in arguments
    assert pairs(arguments, "--tmpfs") == ["/tmp"]


def test_the_root_itself_is_read_only() -> None:
    arguments = bwrap_arguments(PLAIN)
    assert pairs(arguments, "--remount-ro") == ["/"]
    assert arguments.index("--remount-ro") > arguments.index("--bind")


@pytest.mark.parametrize("launch", [PLAIN, AS_ROOT])
def test_every_program_has_namespaces_of_its_own(launch: Launch) -> None:
    assert {"--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-net"} <= set(bwrap_arguments(launch))


@pytest.mark.parametrize("launch", [PLAIN, AS_ROOT])
def test_the_network_is_there_only_when_asked_for(launch: Launch) -> None:
    assert "--unshare-net" in bwrap_arguments(launch)
    assert "--unshare-net" not in bwrap_arguments(replace(launch, network=True))


def test_an_ordinary_user_gets_a_user_namespace_and_no_further_one() -> None:
    arguments = bwrap_arguments(PLAIN)
    assert {"--unshare-user", "--disable-userns"} <= set(arguments)
    assert "--cap-add" not in arguments
    assert "setpriv" not in " ".join(inner_command(PLAIN, supervised=True))


def test_root_keeps_only_what_it_needs_to_give_itself_up() -> None:
    arguments = bwrap_arguments(AS_ROOT)
    assert "--unshare-user" not in arguments
    assert pairs(arguments, "--cap-drop") == ["ALL"]
    assert pairs(arguments, "--cap-add") == ["CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"]
    assert arguments.index("--cap-drop") < arguments.index("--cap-add")


def test_the_program_itself_runs_without_root() -> None:
    command = inner_command(AS_ROOT, supervised=True)
    drop, program = command[: command.index("--")], command[command.index("--") + 1 :]
    assert drop[0] == "/usr/bin/setpriv"
    assert (pairs(drop, "--reuid"), pairs(drop, "--regid"), pairs(drop, "--groups")) == (
        ["1001"],
        ["1002"],
        ["1003,1004"],
    )
    assert (pairs(drop, "--bounding-set"), pairs(drop, "--inh-caps")) == (["-all"], ["-all"])
    assert "--no-new-privs" in drop
    assert "--ambient-caps" not in drop
    assert program == ["/usr/bin/env", "--chdir=/store", "--default-signal=TERM", *PLAIN.argv]


def test_without_further_groups_all_are_cleared() -> None:
    assert "--clear-groups" in inner_command(replace(PLAIN, identity=Identity(1, 1)), supervised=False)


def test_a_low_port_is_the_only_privilege_that_can_be_kept() -> None:
    launch = replace(AS_ROOT, low_ports=True)
    assert "CAP_NET_BIND_SERVICE" in pairs(bwrap_arguments(launch), "--cap-add")
    command = inner_command(launch, supervised=True)
    assert pairs(command, "--bounding-set") == ["-all,+net_bind_service"]
    assert pairs(command, "--ambient-caps") == ["+net_bind_service"]


def test_only_a_supervised_program_is_told_to_hear_term() -> None:
    assert "--default-signal=TERM" not in inner_command(PLAIN, supervised=False)


def test_the_environment_is_only_what_was_given() -> None:
    arguments = bwrap_arguments(PLAIN)
    assert arguments[arguments.index("--clearenv") :] == ["--clearenv", "--setenv", "A", "1", "--setenv", "B", "2"]


@pytest.mark.parametrize("option", ["--die-with-parent", "--new-session"])
def test_lifetime_and_session_are_told_when_wished(option: str) -> None:
    assert option not in bwrap_arguments(PLAIN)
    assert option in bwrap_arguments(replace(PLAIN, die_with_parent=True, new_session=True))


def test_folders_above_a_mount_can_be_passed_by_everybody() -> None:
    launch = replace(PLAIN, binds=(Bind("/x", "/deep/down/here"), Bind("/y", "/deep/down/here/within")))
    arguments = bwrap_arguments(launch)
    assert pairs(arguments, "--dir") == ["/deep", "/deep/down"]


def test_no_mount_where_a_program_could_put_a_link() -> None:
    launch = replace(PLAIN, binds=(*PLAIN.binds, Bind("/srv/agents/shop-001", "/store/agent", writable=True)))
    with pytest.raises(ValueError, match="/store/agent"):
        bwrap_arguments(launch)


@pytest.mark.parametrize(
    "launch",
    [
        PLAIN,
        AS_ROOT,
        replace(
            AS_ROOT,
            means=Means.LANDLOCK,
            network=True,
            log="/l/engine.log",
            state="/s",
            limits=Limits(open_files=9, processes=5),
            die_with_parent=True,
            new_session=True,
            low_ports=True,
            environment={"NAME": 'quotes " and \u00e9 and \n'},
        ),
        replace(PLAIN, binds=(), argv=(), environment={}),
    ],
)
def test_a_launch_file_says_all_of_a_launch(launch: Launch) -> None:
    assert Launch.from_json(launch.to_json()) == launch


@pytest.mark.parametrize(
    "text", ["", "7", "{}", "[]", PLAIN.to_json().replace("bubblewrap", "hope"), PLAIN.to_json()[:-9]]
)
def test_what_is_no_launch_file_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        Launch.from_json(text)


def test_nothing_is_mounted_where_a_program_could_put_a_link() -> None:
    inside = Bind("/srv/agents/shop-001", "/store/agent", writable=True)
    with pytest.raises(ValueError, match="/store/agent would be mounted inside /store"):
        bwrap_arguments(replace(PLAIN, binds=(*PLAIN.binds, inside)))
    beside = replace(inside, target="/agent")
    assert ("/srv/agents/shop-001", "/agent") in binds(
        bwrap_arguments(replace(PLAIN, binds=(*PLAIN.binds, beside))), "--bind"
    )
