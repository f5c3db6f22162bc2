"""The configuration of one store: `.env` text in, checked values out, and back.

`instance.schema.json` is the one source: the sample, the manual and the checks are all made from it.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal, TypeAlias, TypedDict, cast
from urllib.parse import urlsplit

from galleria.contracts import dotenv
from galleria.contracts.errors import ErrorCode
from galleria.contracts.hosts import validate_host
from galleria.contracts.problems import ContractBroken
from galleria.contracts.secret import SecretValue
from galleria.contracts.words import IsolationMode, Runtime

SCHEMA_FILE: Final = "instance.schema.json"
TEMPLATE_FILE: Final = "templates/instance.env.example"

Values: TypeAlias = Mapping[str, str | SecretValue]
"""Values by key, as they stand in an `.env` file."""

_PLACEHOLDER = re.compile(r"<[^<>]*>|change[-_ ]?me|replace[-_ ]?me|todo|fixme|x{3,}|\.{3}", re.IGNORECASE)

_HEADING: Final = """\
# The configuration of one store: sample, manual and schema at once.
# Provisioning fills what stands in <angle brackets> and writes the result, mode 0600, to the store's own folder.
# Every key must be there once, and no other. Never commit a filled one.
"""

# `x-placeholder` and the like are no Python names, hence the functional form.
KeySchema = TypedDict(
    "KeySchema",
    {
        "title": str,
        "description": str,
        "type": Literal["string"],
        "pattern": str,
        "enum": list[str],
        "minLength": int,
        "maxLength": int,
        "default": str,
        "examples": list[str],
        "x-placeholder": str,
        "x-generated": bool,
        "x-secret": bool,
    },
    total=False,
)


@dataclass(frozen=True)
class InstanceConfig:
    """A store's configuration, every value checked. Field ``x`` is the key ``GALLERIA_X``."""

    store_id: str
    store_name: str
    store_host: str
    public_url: str
    runtime: Runtime
    isolation_mode: IsolationMode
    engine: Literal["embedded"]
    database_url: SecretValue
    currency: str
    locale: str
    country: str
    theme: str
    merchant_email: str
    secret_key: SecretValue
    session_secret: SecretValue
    agent_public_key: str
    config_version: int


@cache
def keys() -> Mapping[str, KeySchema]:
    """Return what the schema says of every key, in the file's order."""
    schema = json.loads((resources.files(__package__) / SCHEMA_FILE).read_text(encoding="utf-8"))
    return cast("dict[str, KeySchema]", schema["properties"])


def generated_keys() -> tuple[str, ...]:
    """Return the keys whose values are drawn at provisioning."""
    return tuple(key for key, about in keys().items() if about.get("x-generated"))


def secret_keys() -> tuple[str, ...]:
    """Return the keys whose values are secret."""
    return tuple(key for key, about in keys().items() if about.get("x-secret"))


def defaults() -> dict[str, str]:
    """Return the values that a new store gets unless told otherwise."""
    return {key: about["default"] for key, about in keys().items() if "default" in about}


def parse_env(text: str) -> InstanceConfig:
    """Return the configuration that ``text``, a store's whole `.env`, stands for.

    Raises:
        ContractBroken: ``config_unknown_key``, ``config_missing_key``, ``config_placeholder`` or
            ``config_invalid_value``; its ``key`` names the key, and no message repeats a value.
    """
    return check(dotenv.read(text))


def render_env(values: Values) -> str:
    """Return the text of a store's `.env`, manual included. It holds secrets: write it with mode 0600.

    Raises:
        ContractBroken: as `parse_env`.
    """
    plain = _plain(values)
    check(plain)
    return _render(plain)


def render_example() -> str:
    """Return the text of `.env.example`: defaults where there are any, placeholders elsewhere."""
    return _render({key: about.get("default") or _placeholder(about) for key, about in keys().items()})


def template() -> str:
    """Return the `.env.example` that is shipped with the package."""
    return (resources.files(__package__) / TEMPLATE_FILE).read_text(encoding="utf-8")


def check(values: Values) -> InstanceConfig:
    """Return the configuration that ``values`` stand for. Raises as `parse_env`."""
    plain = _plain(values)
    known = keys()
    for key in plain:
        if key not in known:
            raise ContractBroken(
                ErrorCode.CONFIG_UNKNOWN_KEY,
                f"{key} is no key of a store's configuration; remove or correct it.",
                key=key,
            )
    for key, about in known.items():
        if key not in plain:
            raise ContractBroken(
                ErrorCode.CONFIG_MISSING_KEY, f"{key} is missing; add it. {about['description']}", key=key
            )
        _check_value(key, plain[key], about)
    _check_host(plain["GALLERIA_STORE_HOST"], plain["GALLERIA_PUBLIC_URL"])
    return _config(plain)


def value_fits(key: str, value: str) -> bool:
    """Say whether ``value`` is what the schema asks of ``key``."""
    about = keys()[key]
    return (
        about.get("minLength", 0) <= len(value) <= about.get("maxLength", 4096)
        and re.fullmatch(about.get("pattern", r"[\s\S]*"), value) is not None  # `$` alone lets a newline by
        and value in about.get("enum", [value])
    )


def _check_value(key: str, value: str, about: KeySchema) -> None:
    if _PLACEHOLDER.fullmatch(value):
        raise ContractBroken(
            ErrorCode.CONFIG_PLACEHOLDER,
            f"{key} still has its placeholder; fill it in. {about['description']}",
            key=key,
        )
    if not value_fits(key, value):
        example = about.get("examples", [about.get("default", "")])[0]
        hint = f" For example: {example}" if example and not about.get("x-secret") else ""
        raise _invalid(key, f"{key} is not valid. {about['description']}{hint}")


def _check_host(host: str, url: str) -> None:
    try:
        validate_host(host)
    except ContractBroken as broken:
        raise _invalid("GALLERIA_STORE_HOST", f"GALLERIA_STORE_HOST is not valid. {broken.message}") from broken
    try:
        parts = urlsplit(url)
        right = parts.hostname == host and parts.port != 0
    except ValueError:  # a port above 65535
        right = False
    if not right:
        raise _invalid("GALLERIA_PUBLIC_URL", "GALLERIA_PUBLIC_URL is not the address of GALLERIA_STORE_HOST.")


def _config(values: Mapping[str, str]) -> InstanceConfig:
    def of(name: str) -> str:
        return values[f"GALLERIA_{name}"]

    return InstanceConfig(
        store_id=of("STORE_ID"),
        store_name=of("STORE_NAME"),
        store_host=of("STORE_HOST"),
        public_url=of("PUBLIC_URL"),
        runtime=Runtime(of("RUNTIME")),
        isolation_mode=IsolationMode(of("ISOLATION_MODE")),
        engine=cast("Literal['embedded']", of("ENGINE")),
        database_url=SecretValue(of("DATABASE_URL")),
        currency=of("CURRENCY"),
        locale=of("LOCALE"),
        country=of("COUNTRY"),
        theme=of("THEME"),
        merchant_email=of("MERCHANT_EMAIL"),
        secret_key=SecretValue(of("SECRET_KEY")),
        session_secret=SecretValue(of("SESSION_SECRET")),
        agent_public_key=of("AGENT_PUBLIC_KEY"),
        config_version=int(of("CONFIG_VERSION")),
    )


def _render(values: Mapping[str, str]) -> str:
    lines = [_HEADING.rstrip("\n")]
    for key, about in keys().items():
        lines.append("")
        if title := about.get("title"):
            lines += [f"# --- {title} ".ljust(118, "-"), ""]
        lines += textwrap.wrap(_manual(about), width=118, initial_indent="# ", subsequent_indent="# ")
        lines.append(f"{key}={dotenv.quote(values[key])}")
    return "\n".join(lines) + "\n"


def _manual(about: KeySchema) -> str:
    examples = about.get("examples", [])
    return " ".join([about["description"], *(f"Example: {example}" for example in examples)])


def _placeholder(about: KeySchema) -> str:
    return "<generated>" if about.get("x-generated") else f"<{about['x-placeholder']}>"


def _plain(values: Values) -> dict[str, str]:
    return {key: value.reveal() if isinstance(value, SecretValue) else value for key, value in values.items()}


def _invalid(key: str, message: str) -> ContractBroken:
    return ContractBroken(ErrorCode.CONFIG_INVALID_VALUE, message, key=key)
