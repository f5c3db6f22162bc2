"""Another configuration is prepared beside the store's: by number outside, by value only there."""

from __future__ import annotations

import json

import pytest

from galleria.contracts import dotenv, instance
from galleria.contracts.delivery import ConfigureSpec, RollbackSpec
from galleria.control.delivery.checkpoints import NullCheckpoints
from galleria.control.delivery.local import REFUSED
from galleria.control.delivery.preparing import prepare_configuration
from tests.unit.control.delivery.stage import Stage, a_claim
from tests.unit.control.delivery.test_deploy import STORE, carry_out
from tests.unit.control.delivery.test_local import Heard


@pytest.fixture
def selling(stage: Stage) -> Stage:
    """A stage with shop-001 selling, whose configuration lies where the process runtime has it."""
    stage.executor.carry_out(a_claim().model_dump_json(), NullCheckpoints())
    place = stage.parts.home / "instances" / STORE
    place.mkdir(parents=True)
    (place / ".env").write_text(configuration(stage, 1))
    return stage


def configuration(stage: Stage, version: int) -> str:
    return stage.runtime._instances[STORE].configurations[version]


def prepare(stage: Stage, *settings: str, rotate: tuple[str, ...] = ()) -> tuple[int, Heard]:
    heard = Heard()
    return prepare_configuration(stage.parts, STORE, settings, rotate, heard), heard


def test_a_value_becomes_the_next_version_and_nothing_else_changes(selling: Stage) -> None:
    code, heard = prepare(selling, "GALLERIA_STORE_NAME=Another name")
    assert (code, heard.last) == (0, {"event": "end", "config_version": 2, "secret_version": 1})
    before, after = dotenv.read(configuration(selling, 1)), dotenv.read(configuration(selling, 2))
    assert {key for key in before if before[key] != after[key]} == {"GALLERIA_STORE_NAME", "GALLERIA_CONFIG_VERSION"}
    assert instance.parse_env(configuration(selling, 2)).store_name == "Another name"


def test_a_rotated_secret_is_new_and_seen_nowhere_else(selling: Stage) -> None:
    code, heard = prepare(selling, rotate=("GALLERIA_SECRET_KEY",))
    assert (code, heard.last) == (0, {"event": "end", "config_version": 2, "secret_version": 2})
    before, after = (instance.parse_env(configuration(selling, version)) for version in (1, 2))
    assert before.secret_key.reveal() != after.secret_key.reveal()
    assert before.session_secret.reveal() == after.session_secret.reveal()
    assert after.secret_key.reveal() not in json.dumps(heard.events)


def test_a_version_that_was_prepared_and_never_deployed_keeps_its_number(selling: Stage) -> None:
    prepare(selling, "GALLERIA_STORE_NAME=Second")
    _, heard = prepare(selling, "GALLERIA_STORE_NAME=Third")
    assert heard.last["config_version"] == 3
    assert instance.parse_env(configuration(selling, 2)).store_name == "Second"


def test_after_the_secrets_were_taken_back_the_next_configuration_has_the_old_ones(selling: Stage) -> None:
    prepare(selling, rotate=("GALLERIA_SECRET_KEY",))
    carry_out(selling, ConfigureSpec(config_version=2, secret_version=2))
    carry_out(selling, RollbackSpec())
    _, heard = prepare(selling, "GALLERIA_STORE_NAME=Third")
    assert heard.last == {"event": "end", "config_version": 3, "secret_version": 1}
    _, heard = prepare(selling, rotate=("GALLERIA_SECRET_KEY",))
    assert heard.last == {"event": "end", "config_version": 4, "secret_version": 3}


@pytest.mark.parametrize(
    ("settings", "rotate", "named"),
    [
        ((), (), "Nothing is to be changed"),
        (("GALLERIA_STORE_ID=shop-002",), (), "not GALLERIA_STORE_ID"),
        (("GALLERIA_SECRET_KEY=s3cret",), (), "not GALLERIA_SECRET_KEY"),
        (("GALLERIA_STORE_NAME",), (), "KEY=VALUE"),
        (("GALLERIA_STORE_NAME=",), (), "GALLERIA_STORE_NAME"),
        (("GALLERIA_THEME=../x",), (), "GALLERIA_THEME"),
        ((), ("GALLERIA_THEME",), "not GALLERIA_THEME"),
    ],
)
def test_what_can_not_be_is_refused_by_name(
    selling: Stage, settings: tuple[str, ...], rotate: tuple[str, ...], named: str
) -> None:
    code, heard = prepare(selling, *settings, rotate=rotate)
    assert code == REFUSED
    assert named in str(heard.last["message"])
    assert "s3cret" not in str(heard.last["message"])
