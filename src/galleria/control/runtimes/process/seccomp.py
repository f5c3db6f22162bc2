"""A small system call filter, for every sandboxed program: no new namespaces, mounts, tracing, or kernel key rings.

Bubblewrap and Landlock decide what a program can see; this takes away the calls that no program of ours makes and that
kernel break-outs are made of. Standard library only.
"""

from __future__ import annotations

import platform
import struct
from typing import Final

_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000
_EPERM: Final = 1
_ENOSYS: Final = 38
_CLONE_NEWUSER: Final = 0x10000000
_AF_UNIX: Final = 1
_X32_BIT: Final = 0x40000000

_LOAD: Final = 0x20  # BPF_LD | BPF_W | BPF_ABS
_EQUALS: Final = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_AT_LEAST: Final = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_ANY_BIT: Final = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_RETURN: Final = 0x06

_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data

# Architecture word, then the numbers of: clone, socket, clone3, and the calls that are simply refused
# (unshare setns ptrace process_vm_readv process_vm_writev add_key request_key keyctl bpf perf_event_open userfaultfd
#  mount umount2 pivot_root chroot io_uring_setup kexec_load init_module finit_module open_by_handle_at).
_MACHINES: Final = {
    "x86_64": (
        0xC000003E, 56, 41, 435,
        (272, 308, 101, 310, 311, 248, 249, 250, 321, 298, 323, 165, 166, 155, 161, 425, 246, 175, 313, 304),
    ),
    "aarch64": (
        0xC00000B7, 220, 198, 435,
        (97, 268, 117, 270, 271, 217, 218, 219, 280, 241, 282, 40, 39, 41, 51, 425, 104, 105, 273, 265),
    ),
}  # fmt: skip


def program(*, unix_sockets_only: bool) -> bytes:
    """Make the filter as an array of ``struct sock_filter``; empty on a machine whose call numbers are not known here.

    :param unix_sockets_only: refuse every socket that is not a Unix one too.
    """
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return b""
    architecture, clone, socket, clone3, refused = machine
    steps = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUALS, 1, 0, architecture), (_RETURN, 0, 0, _ERRNO | _EPERM)]
    steps += [(_LOAD, 0, 0, _NUMBER), (_AT_LEAST, 0, 1, _X32_BIT), (_RETURN, 0, 0, _ERRNO | _EPERM)]
    for number in refused:
        steps += [(_EQUALS, 0, 1, number), (_RETURN, 0, 0, _ERRNO | _EPERM)]
    # clone3 hides its flags behind a pointer; without it the C library falls back to clone.
    steps += [(_EQUALS, 0, 1, clone3), (_RETURN, 0, 0, _ERRNO | _ENOSYS)]
    steps += [(_EQUALS, 0, 3, clone), (_LOAD, 0, 0, _FIRST_ARGUMENT)]
    steps += [(_ANY_BIT, 0, 1, _CLONE_NEWUSER), (_RETURN, 0, 0, _ERRNO | _EPERM)]
    if unix_sockets_only:
        steps += [(_LOAD, 0, 0, _NUMBER), (_EQUALS, 0, 3, socket), (_LOAD, 0, 0, _FIRST_ARGUMENT)]
        steps += [(_EQUALS, 1, 0, _AF_UNIX), (_RETURN, 0, 0, _ERRNO | _EPERM)]
    steps += [(_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
