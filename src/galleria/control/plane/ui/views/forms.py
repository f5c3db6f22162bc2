"""What people typed: kept after an error, and turned into a request only if all of it fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import StoreSpec, TokenSpec
from galleria.contracts.words import STORE_COMPONENTS, Catalogue, IsolationMode

M = TypeVar("M", bound=BaseModel)

CATALOGUES: Final = (
    (
        Catalogue.DEMO.value,
        "Demo catalogue",
        "Products to try the shop with. They go when the merchant imports a catalogue.",
    ),
)

MODES: Final = (
    (IsolationMode.STRICT.value, "Strict", "Nothing is shared with another store."),
    (
        IsolationMode.COST_OPTIMISED.value,
        "Cost-optimised",
        "Heavy services may be shared where a runtime offers that; data and secrets never.",
    ),
)

STORE_DEFAULTS: Final[Mapping[str, str]] = {
    "store_id": "",
    "name": "",
    "host": "",
    "isolation_mode": IsolationMode.STRICT.value,
    "catalogue": Catalogue.DEMO.value,
    "currency": "EUR",
    "locale": "en_US",
}

TOKEN_DEFAULTS: Final[Mapping[str, str]] = {"name": "", "role": "operator", "kind": "human"}

ADVICE: Final[Mapping[str, str]] = {
    "store_id": "Store id: 3 to 40 small letters, digits and hyphens; a letter first, no hyphen last.",
    "name": "Name: 1 to 80 characters.",
    "host": "Host: a host name such as shop-002.example.com, or empty for <store id>.localhost.",
    "isolation_mode": "Isolation mode: choose one of the two.",
    "catalogue": "Catalogue: choose what the shop starts with.",
    "currency": "Currency: three capital letters, such as EUR.",
    "locale": "Locale: language and country, such as en_US.",
}

TOKEN_ADVICE: Final[Mapping[str, str]] = {
    "name": "Name: 1 to 64 letters, digits, dots, hyphens or spaces; a letter or digit first.",
    "role": "Role: choose one of the three.",
    "kind": "Kind: a person or automation.",
}

FIELD_OF_CODE: Final[Mapping[ErrorCode, str]] = {
    ErrorCode.STORE_EXISTS: "store_id",
    ErrorCode.STORE_ID_INVALID: "store_id",
    ErrorCode.HOST_INVALID: "host",
    ErrorCode.HOST_TAKEN: "host",
}
"""Which field a refusal of the plane is about."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a form; ``field`` is empty if it is about the whole of it."""

    field: str
    message: str


@dataclass(frozen=True)
class Form:
    """What was typed, and what is wrong with it."""

    values: Mapping[str, str]
    problems: tuple[Problem, ...] = field(default=())

    def problem(self, name: str) -> str | None:
        """What is wrong with one field."""
        return next((problem.message for problem in self.problems if problem.field == name), None)

    def refused(self, code: ErrorCode, message: str) -> Form:
        """The same form after the plane has refused it."""
        return Form(self.values, (Problem(FIELD_OF_CODE.get(code, ""), message),))


def blank_store_form() -> Form:
    """The form as it is met first."""
    return Form(STORE_DEFAULTS)


def blank_token_form() -> Form:
    """The form as it is met first."""
    return Form(TOKEN_DEFAULTS)


def read_store_form(typed: Mapping[str, str]) -> tuple[Form, StoreSpec | None]:
    """Turn what was typed into a wish for a store, or say field by field why not."""
    values = _trimmed(typed, STORE_DEFAULTS)
    wanted = {key: value for key, value in values.items() if key != "host" or value}
    return _read(StoreSpec, values, wanted, ADVICE)


def read_token_form(typed: Mapping[str, str]) -> tuple[Form, TokenSpec | None]:
    """Turn what was typed into a wish for a token, or say field by field why not."""
    values = _trimmed(typed, TOKEN_DEFAULTS)
    return _read(TokenSpec, values, values, TOKEN_ADVICE)


def ticked(typed: Mapping[str, str]) -> dict[str, str]:
    """What was ticked of a move: the components, separated by blanks, and whether no way back is accepted."""
    parts = [component.value for component in STORE_COMPONENTS if typed.get(f"part-{component.value}")]
    return {"parts": " ".join(parts), "accept": "yes" if typed.get("accept") else ""}


def chosen(form: Form) -> dict[str, object]:
    """What was ticked, as a move's request names it."""
    return {"components": form.values["parts"].split(), "accept_irreversible": bool(form.values["accept"])}


def _trimmed(typed: Mapping[str, str], defaults: Mapping[str, str]) -> dict[str, str]:
    return {key: typed.get(key, default).strip() for key, default in defaults.items()}


def _read(
    model: type[M], values: Mapping[str, str], wanted: Mapping[str, str], advice: Mapping[str, str]
) -> tuple[Form, M | None]:
    try:
        return Form(values), model.model_validate(wanted)
    except ValidationError as invalid:
        named = [str(error["loc"][0]) for error in invalid.errors() if error["loc"]]
        problems = tuple(Problem(name, advice[name]) for name in advice if name in named)
        return Form(values, problems), None
