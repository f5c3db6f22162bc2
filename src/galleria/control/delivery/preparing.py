"""Prepares another configuration of a store, on the runner's machine: what is in it never leaves it.

``python -m galleria.control.delivery prepare-configuration --home DIR --store ID --set KEY=VALUE --rotate KEY``. What
comes out are two numbers, which a deployment of kind ``configure`` is then asked for with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from galleria.contracts import dotenv, instance
from galleria.contracts.errors import ErrorCode
from galleria.contracts.problems import ContractBroken
from galleria.contracts.secret import SecretValue
from galleria.control.delivery.local import REFUSED, Say
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.records import InstanceRecord
from galleria.control.runtimes.port import RuntimeFault, RuntimeRefused
from galleria.control.secrets.files import read_own
from galleria.control.secrets.generate import generate

CHANGEABLE: Final = (
    "GALLERIA_STORE_NAME",
    "GALLERIA_PUBLIC_URL",
    "GALLERIA_THEME",
    "GALLERIA_LOCALE",
    "GALLERIA_COUNTRY",
)
"""What may be set. The rest says who the store is, or what its data were made with."""

VERSION_KEY: Final = "GALLERIA_CONFIG_VERSION"


@dataclass(frozen=True)
class Change:
    """What is to be another: values that are set, and secrets that are drawn anew."""

    values: Mapping[str, str]
    rotated: Sequence[str]


def read_change(settings: Sequence[str], rotated: Sequence[str]) -> Change:
    """Read ``KEY=VALUE`` and the names of secrets.

    :raises ContractBroken: a key that can't be changed in this way, named.
    """
    values: dict[str, str] = {}
    for each in settings:
        key, equals, value = each.partition("=")
        if key not in CHANGEABLE or not equals:
            message = f"--set takes KEY=VALUE with one of {', '.join(CHANGEABLE)}; not {key}."
            raise ContractBroken(ErrorCode.CONFIG_UNKNOWN_KEY, message, key=key)
        values[key] = value
    for key in rotated:
        if key not in instance.generated_keys():
            message = f"--rotate takes one of {', '.join(instance.generated_keys())}; not {key}."
            raise ContractBroken(ErrorCode.CONFIG_UNKNOWN_KEY, message, key=key)
    if not values and not rotated:
        message = "Nothing is to be changed: give --set KEY=VALUE or --rotate KEY."
        raise ContractBroken(ErrorCode.CONFIG_MISSING_KEY, message, key="")
    return Change(values, tuple(rotated))


def changed(before: Mapping[str, str], change: Change, version: int) -> dict[str, str | SecretValue]:
    """Return the values of the next configuration. Pure but for the secrets that are drawn."""
    drawn = generate()
    rotated = {key: drawn[key] for key in change.rotated}
    secret = {key: SecretValue(value) for key, value in before.items() if key in instance.secret_keys()}
    return {**before, **secret, **change.values, **rotated, VERSION_KEY: str(version)}


def prepare_configuration(
    parts: Parts, store_id: str, settings: Sequence[str], rotated: Sequence[str], say: Say
) -> int:
    """Put the next configuration beside the store's others, and return the exit code: 0 done, 3 refused."""
    record = parts.records.find(store_id)
    if record is None:
        say({"event": "error", "message": f"There is no instance of {store_id} here."})
        return REFUSED
    version = 1 + max((each.config_version for each in record.revisions), default=1)
    secret_version = _secret_version(record, drawn_anew=bool(rotated))
    try:
        change = read_change(settings, rotated)
        before = dotenv.read(read_own(_live(parts.home, store_id)))
        version = _put(parts, store_id, before, change, version)
    except (ContractBroken, RuntimeFault) as refused:
        say({"event": "error", "message": str(refused)})
        return REFUSED
    except (OSError, UnicodeDecodeError):
        say({"event": "error", "message": f"The configuration of {store_id} can't be read now."})
        return REFUSED
    say({"event": "end", "config_version": version, "secret_version": secret_version})
    return 0


def _secret_version(record: InstanceRecord, *, drawn_anew: bool) -> int:
    """Number the secrets of the next configuration: those that the store has now, unless some are drawn anew."""
    if drawn_anew:
        return 1 + max((each.secret_version for each in record.revisions), default=1)
    current = record.revision(record.current)
    return current.secret_version if current else 1


def _put(parts: Parts, store_id: str, before: Mapping[str, str], change: Change, version: int) -> int:
    """Put it under the first free number: one may lie there that was prepared and never deployed."""
    while True:
        try:
            parts.runtime.put_configuration(store_id, version, instance.render_env(changed(before, change, version)))
        except RuntimeRefused as refused:
            if refused.code is not ErrorCode.STATE_CONFLICT:
                raise
            version += 1
        else:
            return version


def _live(home: Path, store_id: str) -> Path:
    return home / "instances" / store_id / ".env"
