"""What may be asked of whatever keeps the stores' secrets, and the errors it may raise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from galleria.contracts.secret import SecretValue


@dataclass(frozen=True)
class SecretRef:
    """Which secret of which store: what revisions, records and reports hold instead of a value."""

    store_id: str
    key: str
    version: int = 1

    def __str__(self) -> str:
        return f"secret:{self.store_id}/{self.key}@{self.version}"


class SecretFault(Exception):
    """Anything that a provider of secrets raises. Its text never holds a value."""


class SecretNotFound(SecretFault):
    """Give up: there is no such secret."""


class SecretUnavailable(SecretFault):
    """Try again later: the place where the secrets lie does not answer."""


class SecretsPort(Protocol):
    """Where the secrets of stores come from. Blocking calls; raises only `SecretFault`s."""

    def draw(self, store_id: str) -> Mapping[str, SecretValue]:
        """Return a value for every key of the store's configuration that is generated.

        The values that the store already has, otherwise new ones of 256 random bits in base64url.

        :raises SecretUnavailable: whether it has any can't be known now.
        """
        ...

    def references(self, store_id: str) -> tuple[SecretRef, ...]:
        """Return what the store has, by reference; nothing for a store without secrets.

        :raises SecretUnavailable: they can't be looked at now.
        """
        ...

    def resolve(self, ref: SecretRef) -> SecretValue:
        """Return the value behind ``ref``, for injecting it into the store's own sandbox and nowhere else.

        :raises SecretNotFound: the store has no such secret, or not in this version.
        :raises SecretUnavailable: it can't be looked at now.
        """
        ...
