"""The stand-in where user namespaces are closed: Landlock by its three system calls. Standard library only.

It denies files and TCP, and since ABI 6 signals to processes outside. It does not stop a connect to a Unix socket by
its path, and it does not hide other processes' existence; the probe finds that and says so.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable
from typing import Final

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION: Final = 1
_PATH_BENEATH: Final = 1
_NO_NEW_PRIVILEGES: Final = 38
_SECCOMP: Final = 22
_FILTER_MODE: Final = 2

_EXECUTE, _WRITE, _READ, _LIST = 1, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _IOCTL = 1 << 14, 1 << 15
_FILE_RIGHTS: Final = _EXECUTE | _WRITE | _READ | _TRUNCATE | _IOCTL
_READ_RIGHTS: Final = _EXECUTE | _READ | _LIST
_FILE_BITS_BY_ABI: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_TCP: Final = 0b11
_SCOPES: Final = 0b11  # abstract Unix sockets and signals


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    result = int(libc.syscall(ctypes.c_long(number), *arguments))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def abi() -> int:
    """Say which Landlock version the kernel has; 0 for none."""
    try:
        return _call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION))
    except OSError:
        return 0


def confine(readable: Iterable[str], writable: Iterable[str], *, network: bool, filters: bytes) -> None:
    """Confine this process and all that it starts to these paths, for ever. Paths that don't exist are left out.

    :param filters: a seccomp program to load as well; empty for none.
    :raises OSError: the kernel has no Landlock.
    """
    version = abi()
    handled = (1 << _FILE_BITS_BY_ABI.get(version, 16)) - 1
    tcp = _TCP if version >= 4 and not network else 0
    scopes = _SCOPES if version >= 6 else 0
    attributes = struct.pack("=QQQ", handled, tcp, scopes)[: 8 if version < 4 else 16 if version < 6 else 24]
    ruleset = _call(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0))
    for path in readable:
        _allow(ruleset, path, _READ_RIGHTS & handled)
    for path in writable:
        _allow(ruleset, path, handled)
    _prctl(_NO_NEW_PRIVILEGES, 1)
    _call(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    os.close(ruleset)
    if filters:
        _load_filter(filters)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not stat.S_ISDIR(os.fstat(place).st_mode):
        rights &= _FILE_RIGHTS
    rule = struct.pack("=Qi", rights, place)
    _call(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), rule, ctypes.c_uint32(0))
    os.close(place)


def _prctl(option: int, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    padded = [*arguments, 0, 0, 0, 0][:4]
    wide = [ctypes.c_ulong(each) if isinstance(each, int) else each for each in padded]
    if libc.prctl(ctypes.c_int(option), *wide) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _load_filter(filters: bytes) -> None:
    instructions = ctypes.create_string_buffer(filters, len(filters))
    descriptor = struct.pack("@HP", len(filters) // 8, ctypes.addressof(instructions))
    _prctl(_SECCOMP, _FILTER_MODE, ctypes.create_string_buffer(descriptor, len(descriptor)))
