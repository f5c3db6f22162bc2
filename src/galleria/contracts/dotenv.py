"""The grammar of our `.env` files: `KEY=value` lines that a POSIX shell reads to the same values.

A value stands bare, in 'single' or in "double" quotes; nothing is substituted. Pure text to text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from galleria.contracts.errors import ErrorCode
from galleria.contracts.problems import ContractBroken

_LINE = re.compile(r"([A-Z_][A-Z0-9_]*)=(.*)")
_BARE = re.compile(r"[A-Za-z0-9_./:@%+,=-]*")
_SINGLE = re.compile(r"'([^']*)'")
_DOUBLE = re.compile(r'"((?:[^"\\$`]|\\["\\$`])*)"')


def read(text: str) -> dict[str, str]:
    """Return the values of ``text`` by key, in their order.

    Raises:
        ContractBroken: ``config_invalid_value`` for a line that is none of blank, ``# comment`` or ``KEY=value``, for a
            value that needs quotes, and for a key that stands twice.
    """
    values: dict[str, str] = {}
    for number, key, value in _lines(text):
        if key in values:
            raise _broken(f"{key} stands twice (again on line {number}); keep one of the two.", key)
        values[key] = value
    return values


def quote(value: str) -> str:
    """Return ``value`` as it stands after the equals sign."""
    if value and _BARE.fullmatch(value):
        return value
    if "'" not in value:
        return f"'{value}'"
    return '"' + re.sub(r'(["\\$`])', r"\\\1", value) + '"'


def _lines(text: str) -> Iterator[tuple[int, str, str]]:
    for number, raw in enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"), start=1):
        line = raw.strip(" \t")
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise _broken(
                f"Line {number} is not KEY=value with a key in capitals; correct it or put # before it.",
                f"line {number}",
            )
        yield number, match[1], _unquote(match[1], match[2])


def _unquote(key: str, written: str) -> str:
    if _BARE.fullmatch(written):
        return written
    if single := _SINGLE.fullmatch(written):
        return single[1]
    if double := _DOUBLE.fullmatch(written):
        return re.sub(r"\\(.)", r"\1", double[1])
    raise _broken(f"{key} needs quotes around its value: {key}='...'.", key)


def _broken(message: str, key: str) -> ContractBroken:
    return ContractBroken(ErrorCode.CONFIG_INVALID_VALUE, message, key=key)
