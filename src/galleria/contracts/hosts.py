"""Which host names a shop may have."""

from __future__ import annotations

import re
from typing import Final

from galleria.contracts.errors import ErrorCode
from galleria.contracts.problems import ContractBroken

RESERVED_HOSTS: Final = frozenset({"galleria.localhost", "localhost"})
"""The control plane's own names."""

HOST_LENGTH_LIMIT: Final = 90
"""Longest host name of a shop. DNS takes 253, but the gateway has it in the path of a Unix socket, of 107 bytes."""

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def validate_host(text: str) -> str:
    """Return ``text`` when a shop may have it as its host name (RFC 1123 section 2.1).

    Raises:
        ContractBroken: with ``host_invalid``, when it has upper case, a port, a dot at the end, a label that DNS does
            not take, more than 90 characters, is an IP address, or is the control plane's own name.
    """
    if text in RESERVED_HOSTS:
        raise _broken(f"{text} is the control plane's own name; choose another host.")
    labels = text.split(".")
    if len(text) > HOST_LENGTH_LIMIT:
        raise _broken(f"The host has {len(text)} characters; choose one of at most {HOST_LENGTH_LIMIT}.")
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise _broken(
            "The host is not a host name: use small letters, digits and hyphens in parts joined by dots, without a "
            "port, such as shop-001.localhost."
        )
    if labels[-1].isdigit() or re.fullmatch(r"0x[0-9a-f]*", labels[-1]):  # what URL parsers read as an IP address
        raise _broken("The host is an IP address; give the shop a name, such as shop-001.localhost.")
    return text


def _broken(message: str) -> ContractBroken:
    return ContractBroken(ErrorCode.HOST_INVALID, message, key="host")
