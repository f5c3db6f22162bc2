"""The file provider: a store's secrets lie in the store's own `.env`, mode 0600, and nowhere else.

It draws and reads; the runtime writes the file at provisioning, in one atomic act with the rest of the configuration.
The store's processes may write their folder, so what is read here is treated as a stranger's.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from galleria.contracts import dotenv, instance
from galleria.contracts.problems import ContractBroken
from galleria.contracts.secret import SecretValue
from galleria.contracts.words import is_store_id
from galleria.control.secrets.generate import generate
from galleria.control.secrets.port import SecretNotFound, SecretRef, SecretUnavailable

_MAX_BYTES: Final = 64 * 1024


class FileSecrets:
    """Secrets in ``<instances>/<store>/.env``."""

    def __init__(self, instances: Path) -> None:
        self._instances = instances

    def draw(self, store_id: str) -> Mapping[str, SecretValue]:
        """See `SecretsPort.draw`."""
        return generate() | self._kept(store_id)

    def references(self, store_id: str) -> tuple[SecretRef, ...]:
        """See `SecretsPort.references`."""
        return tuple(SecretRef(store_id, key) for key in self._kept(store_id))

    def resolve(self, ref: SecretRef) -> SecretValue:
        """See `SecretsPort.resolve`."""
        value = self._kept(ref.store_id).get(ref.key)
        if value is None or ref.version != 1:
            raise SecretNotFound(f"There is no {ref}.")
        return value

    def _kept(self, store_id: str) -> dict[str, SecretValue]:
        if not is_store_id(store_id):
            raise SecretNotFound("That is no store id.")
        try:
            values = dotenv.read(read_own(self._instances / store_id / ".env"))
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            raise SecretUnavailable(f"The configuration of {store_id} can't be read now.") from error
        except (ContractBroken, UnicodeDecodeError):
            return {}
        return {
            key: SecretValue(values[key])
            for key in instance.generated_keys()
            if key in values and instance.value_fits(key, values[key])
        }


def read_own(path: Path) -> str:
    """Read a small regular file without following a link that stands in its place.

    :raises OSError: it is not there, or no file.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise FileNotFoundError(path)
        return file.read(_MAX_BYTES).decode("utf-8")
