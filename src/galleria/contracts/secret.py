"""A secret value as a type, so that no print, log line, message or document can carry it by accident."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

MASK: Final = "***"


class SecretValue:
    """Text that prints and serialises as ``***``; `reveal` is the one way to it, and easy to search for."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_text", text)

    def reveal(self) -> str:
        """Return the secret itself. Pass it straight to what needs it; never keep, format or log it."""
        text: str = object.__getattribute__(self, "_text")
        return text

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a secret value does not change")

    def __repr__(self) -> str:
        return f"SecretValue({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, specification: str) -> str:
        return format(MASK, specification)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SecretValue):
            return NotImplemented
        return hmac.compare_digest(self.reveal().encode(), other.reveal().encode())

    def __hash__(self) -> int:
        return hash((SecretValue, self.reveal()))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret value is not pickled or copied into another process")

    def __copy__(self) -> SecretValue:
        return self

    def __deepcopy__(self, memo: object) -> SecretValue:
        return self

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema  # only a model that holds a secret needs pydantic

        return core_schema.no_info_plain_validator_function(
            lambda given: given if isinstance(given, cls) else cls(str(given)),
            serialization=core_schema.plain_serializer_function_ser_schema(lambda _secret: MASK),
        )
