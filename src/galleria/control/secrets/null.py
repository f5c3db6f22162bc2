"""The null part: secrets that live as long as this process."""

from __future__ import annotations

from collections.abc import Mapping

from galleria.contracts.secret import SecretValue
from galleria.control.secrets.generate import generate
from galleria.control.secrets.port import SecretNotFound, SecretRef


class NullSecrets:
    """Keeps in memory what it was told to keep."""

    def __init__(self) -> None:
        self._kept: dict[str, Mapping[str, SecretValue]] = {}

    def keep(self, store_id: str, values: Mapping[str, SecretValue]) -> None:
        """Let ``store_id`` have ``values`` from now on; an empty mapping takes them away."""
        self._kept[store_id] = dict(values)

    def draw(self, store_id: str) -> Mapping[str, SecretValue]:
        """See `SecretsPort.draw`."""
        return generate() | dict(self._kept.get(store_id, {}))

    def references(self, store_id: str) -> tuple[SecretRef, ...]:
        """See `SecretsPort.references`."""
        return tuple(SecretRef(store_id, key) for key in self._kept.get(store_id, {}))

    def resolve(self, ref: SecretRef) -> SecretValue:
        """See `SecretsPort.resolve`."""
        value = self._kept.get(ref.store_id, {}).get(ref.key)
        if value is None or ref.version != 1:
            raise SecretNotFound(f"There is no {ref}.")
        return value
