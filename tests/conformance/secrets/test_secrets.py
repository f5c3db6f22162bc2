"""Every provider of secrets keeps the same promises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from galleria.contracts import instance
from galleria.contracts.secret import SecretValue
from galleria.control.runtimes.files import write_atomically
from galleria.control.secrets.files import FileSecrets
from galleria.control.secrets.null import NullSecrets
from galleria.control.secrets.port import SecretNotFound, SecretRef, SecretsPort
from tests.support.configs import complete_values

STORE = "shop-001"


@dataclass(frozen=True)
class Case:
    """A provider, and how drawn values become a store's own."""

    secrets: SecretsPort
    keep: Callable[[str, Mapping[str, SecretValue]], None]


@pytest.fixture(params=["null", "files"])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    if request.param == "null":
        null = NullSecrets()
        return Case(null, null.keep)

    def keep(store_id: str, values: Mapping[str, SecretValue]) -> None:
        folder = tmp_path / store_id
        folder.mkdir()
        write_atomically(folder / ".env", instance.render_env(complete_values(store_id) | dict(values)), mode=0o600)

    return Case(FileSecrets(tmp_path), keep)


def test_draws_a_valid_masked_value_for_every_generated_key_and_no_other(case: Case) -> None:
    drawn = case.secrets.draw(STORE)
    assert set(drawn) == set(instance.generated_keys())
    assert instance.check(complete_values() | dict(drawn)).secret_key == drawn["GALLERIA_SECRET_KEY"]
    assert all(value.reveal() not in repr(drawn) for value in drawn.values())


def test_no_two_values_are_the_same(case: Case) -> None:
    values = [value for store in (STORE, "shop-002") for _ in range(5) for value in case.secrets.draw(store).values()]
    assert len(set(values)) == len(values)


def test_what_a_store_has_is_drawn_again_and_found_by_reference(case: Case) -> None:
    drawn = dict(case.secrets.draw(STORE))
    case.keep(STORE, drawn)
    assert dict(case.secrets.draw(STORE)) == drawn
    references = case.secrets.references(STORE)
    assert {ref.key: case.secrets.resolve(ref) for ref in references} == drawn
    assert case.secrets.references("shop-002") == ()


def test_a_reference_never_prints_a_value(case: Case) -> None:
    case.keep(STORE, case.secrets.draw(STORE))
    for ref in case.secrets.references(STORE):
        assert case.secrets.resolve(ref).reveal() not in f"{ref} {ref!r}"
    assert str(SecretRef(STORE, "GALLERIA_SECRET_KEY")) == "secret:shop-001/GALLERIA_SECRET_KEY@1"


@pytest.mark.parametrize(
    "ref",
    [
        SecretRef("shop-002", "GALLERIA_SECRET_KEY"),
        SecretRef(STORE, "GALLERIA_CURRENCY"),
        SecretRef(STORE, "GALLERIA_SECRET_KEY", version=2),
        SecretRef(STORE, "NOTHING"),
        SecretRef("../shop-001", "GALLERIA_SECRET_KEY"),
    ],
)
def test_an_unknown_reference_is_not_found(case: Case, ref: SecretRef) -> None:
    case.keep(STORE, case.secrets.draw(STORE))
    with pytest.raises(SecretNotFound):
        case.secrets.resolve(ref)
