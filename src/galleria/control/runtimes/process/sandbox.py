"""What a sandboxed program may see, as a plain value, and the bubblewrap arguments that make it so.

Pure, and standard library only: the launcher imports it at every start of every process.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

STORE_PLACE: Final = "/store"
"""Where a store's folder is mounted inside its sandbox."""

_SYSTEM_FOLDERS: Final = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SYSTEM_FILES: Final = ("/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types", "/etc/ssl/openssl.cnf")
_TMP_BYTES: Final = 256 * 1024 * 1024


class Means(StrEnum):
    """What does the isolating."""

    BUBBLEWRAP = "bubblewrap"
    LANDLOCK = "landlock"
    NONE = "none"


@dataclass(frozen=True)
class Bind:
    """A folder or file of the machine that exists in the sandbox too."""

    source: str
    target: str
    writable: bool = False


@dataclass(frozen=True)
class Identity:
    """User and group id of a process; `groups` are further groups. Only a platform run by root has any."""

    uid: int
    gid: int
    groups: tuple[int, ...] = ()


@dataclass(frozen=True)
class Limits:
    """Resource limits; None leaves one as it is. Never the address space: Python maps more than it uses."""

    open_files: int = 4096
    processes: int | None = None


@dataclass(frozen=True)
class Launch:
    """How to start one program: everything the launcher needs to know, and nothing that it looks up itself."""

    program: str
    argv: tuple[str, ...]
    binds: tuple[Bind, ...]
    means: Means
    cwd: str = STORE_PLACE
    environment: dict[str, str] = field(default_factory=dict)
    identity: Identity | None = None
    network: bool = False
    hostname: str = "store"
    log: str | None = None
    """The file that output goes to; None leaves it where it is."""
    state: str | None = None
    """The folder of lock and process records; None means that nobody supervises this program."""
    limits: Limits = field(default_factory=Limits)
    die_with_parent: bool = False
    new_session: bool = False
    """Whether it is cut off from the terminal it was started on."""
    low_ports: bool = False
    """Whether it may listen on a port below 1024."""
    bwrap: str = ""

    def to_json(self) -> str:
        """Write it as the text of a launch file."""
        return json.dumps(asdict(self), indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Launch:
        """Read a launch file that `to_json` wrote.

        :raises ValueError, KeyError, TypeError: it did not.
        """
        raw = json.loads(text)
        identity = raw.pop("identity")
        return cls(
            **{
                **raw,
                "argv": tuple(raw["argv"]),
                "binds": tuple(Bind(**bind) for bind in raw["binds"]),
                "means": Means(raw["means"]),
                "identity": Identity(identity["uid"], identity["gid"], tuple(identity["groups"])) if identity else None,
                "limits": Limits(**raw["limits"]),
            }
        )


def bwrap_arguments(launch: Launch) -> list[str]:
    """Work out what bubblewrap is told, up to but without the program.

    As an ordinary user it makes a user namespace and forbids further ones; as root it needs none, and the program gives
    up root afterwards (`drop_root`), so that the store's user id is real and its folder is closed to every other one.
    """
    _refuse_mounts_in_reach(launch.binds)
    arguments = ["--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try"]
    if not launch.network:
        arguments += ["--unshare-net"]
    if launch.identity is None:
        arguments += ["--unshare-user", "--disable-userns"]
    else:
        arguments += ["--cap-drop", "ALL"]
        for capability in _capabilities(launch):
            arguments += ["--cap-add", capability]
    arguments += ["--hostname", launch.hostname]
    if launch.die_with_parent:
        arguments += ["--die-with-parent"]
    if launch.new_session:
        arguments += ["--new-session"]
    arguments += _system()
    for folder in _folders_above(launch.binds):
        # Bubblewrap would make them for root's eyes only.
        arguments += ["--perms", "0755", "--dir", folder]
    for bind in launch.binds:
        arguments += ["--bind" if bind.writable else "--ro-bind", bind.source, bind.target]
    arguments += ["--remount-ro", "/", "--chdir", "/", "--clearenv"]
    for name, value in sorted(launch.environment.items()):
        arguments += ["--setenv", name, value]
    return arguments


def _refuse_mounts_in_reach(binds: tuple[Bind, ...]) -> None:
    """Refuse a mount point that the program of another mount could replace by a link, before root is given up."""
    for bind in binds:
        inside = [other for other in binds if other.writable and Path(other.target) in Path(bind.target).parents]
        if inside:
            raise ValueError(f"{bind.target} would be mounted inside {inside[0].target}, which programs can write")


def inner_command(launch: Launch, *, supervised: bool) -> list[str]:
    """Work out the whole command inside the sandbox: give up root, go to the working folder, hear TERM, be the program.

    Only a program that has given up root goes to its folder: root without its capabilities may not.
    """
    hear = ["--default-signal=TERM"] if supervised else []
    return [*_drop_root(launch), "/usr/bin/env", f"--chdir={launch.cwd}", *hear, *launch.argv]


def _drop_root(launch: Launch) -> list[str]:
    if launch.identity is None:
        return []
    identity = launch.identity
    groups = ["--groups", ",".join(map(str, identity.groups))] if identity.groups else ["--clear-groups"]
    bounds = "-all,+net_bind_service" if launch.low_ports else "-all"
    ambient = ["--ambient-caps", "+net_bind_service"] if launch.low_ports else []
    user = ["--reuid", str(identity.uid), "--regid", str(identity.gid), *groups]
    return ["/usr/bin/setpriv", *user, "--bounding-set", bounds, "--inh-caps", bounds, *ambient, "--no-new-privs", "--"]


def _folders_above(binds: tuple[Bind, ...]) -> list[str]:
    """The folders that lead to the binds and come from none of them, outer ones first."""
    targets = [Path(bind.target) for bind in binds]
    above = {folder for target in targets for folder in target.parents if folder != Path("/")}
    return [str(folder) for folder in sorted(above) if not any(folder.is_relative_to(target) for target in targets)]


def _capabilities(launch: Launch) -> tuple[str, ...]:
    drop = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")
    return (*drop, "CAP_NET_BIND_SERVICE") if launch.low_ports else drop


def _system() -> list[str]:
    """The machine's programs and libraries, read-only. Old layouts have folders where new ones have links."""
    arguments: list[str] = []
    for folder in map(Path, _SYSTEM_FOLDERS):
        if folder.is_symlink():
            arguments += ["--symlink", str(folder.readlink()), str(folder)]
        elif folder.is_dir():
            arguments += ["--ro-bind", str(folder), str(folder)]
    for file in _SYSTEM_FILES:
        arguments += ["--ro-bind-try", file, file]
    return [
        *arguments,
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--size",
        str(_TMP_BYTES),
        "--perms",
        "1777",
        "--tmpfs",
        "/tmp",  # noqa: S108 - the sandbox's own
    ]
