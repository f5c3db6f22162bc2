"""A store's configuration: one schema is sample, manual and check, and every refusal names the key."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
import subprocess
from pathlib import Path

import jsonschema
import pytest
from pydantic import BaseModel

from galleria.contracts import dotenv, instance
from galleria.contracts.errors import ErrorCode
from galleria.contracts.problems import ContractBroken
from galleria.contracts.secret import MASK, SecretValue
from galleria.contracts.words import STORE_ID_PATTERN, IsolationMode, Runtime
from tests.support.configs import CANARY_SECRET, complete_values

ROOT = Path(__file__).parents[3]


def schema() -> dict[str, object]:
    loaded: dict[str, object] = json.loads((ROOT / "src/galleria/contracts" / instance.SCHEMA_FILE).read_text("utf-8"))
    return loaded


def test_the_example_is_rendered_from_the_schema_and_is_the_same_file_everywhere() -> None:
    """Regenerate with `python -m tests.support.configs`."""
    assert (ROOT / "instances/shop-001/.env.example").read_text("utf-8") == instance.render_example()
    assert instance.template() == instance.render_example()


def test_the_schema_is_a_json_schema_that_takes_a_complete_configuration() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.Draft202012Validator(schema()).validate(complete_values())


def test_every_key_is_required_described_and_either_defaulted_placed_or_generated() -> None:
    assert schema()["required"] == list(instance.keys())
    for key, about in instance.keys().items():
        assert about["description"].endswith("."), key
        assert ("default" in about) + ("x-placeholder" in about) + bool(about.get("x-generated")) == 1, key


def test_the_words_of_schema_and_code_are_the_same() -> None:
    assert instance.keys()["GALLERIA_STORE_ID"]["pattern"] == STORE_ID_PATTERN
    assert instance.keys()["GALLERIA_RUNTIME"]["enum"] == list(Runtime)
    assert instance.keys()["GALLERIA_ISOLATION_MODE"]["enum"] == list(IsolationMode)
    fields = {f"GALLERIA_{field.name.upper()}": field.type for field in dataclasses.fields(instance.InstanceConfig)}
    assert list(fields) == list(instance.keys())
    assert {key for key, kind in fields.items() if kind == "SecretValue"} == set(instance.secret_keys())


def test_what_is_rendered_is_parsed_to_the_same_values() -> None:
    values = complete_values() | {"GALLERIA_STORE_NAME": """Zoë's "best" $hop `café` \\ #1"""}
    text = instance.render_env(values)
    config = instance.parse_env(text)
    assert config.store_name == values["GALLERIA_STORE_NAME"]
    assert config.secret_key == SecretValue(values["GALLERIA_SECRET_KEY"])
    assert config.config_version == 1
    assert dotenv.read(text) == values


def test_a_shell_reads_the_same_values(tmp_path: Path) -> None:
    values = complete_values() | {"GALLERIA_STORE_NAME": """It's $HOME "`id`" \\ a!b"""}
    file = tmp_path / ".env"
    file.write_text(instance.render_env(values), "utf-8")
    script = 'set -a; . "$0"; printf %s "$GALLERIA_STORE_NAME|$GALLERIA_AGENT_PUBLIC_KEY"'
    done = subprocess.run(["sh", "-c", script, str(file)], capture_output=True, text=True, check=True)
    assert done.stdout == f"{values['GALLERIA_STORE_NAME']}|{values['GALLERIA_AGENT_PUBLIC_KEY']}"


def test_the_example_itself_is_refused_for_its_placeholder() -> None:
    with pytest.raises(ContractBroken) as caught:
        instance.parse_env(instance.template())
    assert (caught.value.error_code, caught.value.key) == (ErrorCode.CONFIG_PLACEHOLDER, "GALLERIA_STORE_ID")


@pytest.mark.parametrize("key", list(instance.keys()))
def test_a_missing_key_is_named(key: str) -> None:
    values = complete_values()
    del values[key]
    assert refusal(values) == (ErrorCode.CONFIG_MISSING_KEY, key)


@pytest.mark.parametrize("left_over", ["<generated>", "<store id>", "CHANGEME", "change-me", "TODO", "..."])
@pytest.mark.parametrize("key", list(instance.keys()))
def test_a_left_over_placeholder_is_named(key: str, left_over: str) -> None:
    assert refusal(complete_values() | {key: left_over}) == (ErrorCode.CONFIG_PLACEHOLDER, key)


def test_an_unknown_key_is_named() -> None:
    values = complete_values() | {"GALLERIA_CURENCY": "EUR"}
    assert refusal(values) == (ErrorCode.CONFIG_UNKNOWN_KEY, "GALLERIA_CURENCY")


BAD_VALUES = [
    ("GALLERIA_STORE_ID", ["", "a", "Shop-001", "shop_001", "-shop", "shop-", "../shop", "shop-001\n", "s" * 41]),
    ("GALLERIA_STORE_NAME", ["", " x", "x ", "a\nb", "a\x00b", "n" * 81]),
    ("GALLERIA_STORE_HOST", ["", "Shop.test", "shop_1.test", "-a.test", "a..test", "shop.test.", "shop.test:80"]),
    ("GALLERIA_STORE_HOST", ["127.0.0.1", "1", "0x7f000001", "a.0x1f", "galleria.localhost", "localhost", "a" * 64]),
    ("GALLERIA_PUBLIC_URL", ["", "shop.test", "ftp://shop-001.localhost", "http://other.localhost", "http://h/p"]),
    ("GALLERIA_PUBLIC_URL", ["http://shop-001.localhost:99999", "http://shop-001.localhost/"]),
    ("GALLERIA_RUNTIME", ["", "docker", "Process"]),
    ("GALLERIA_ISOLATION_MODE", ["none", "cost_optimised"]),
    ("GALLERIA_ENGINE", ["magento"]),
    (
        "GALLERIA_DATABASE_URL",
        ["", "data/engine.db", "sqlite:////etc/x", "sqlite:///data/../../x", "mysql://x", "sqlite:///a b"],
    ),
    ("GALLERIA_CURRENCY", ["", "eur", "EURO"]),
    ("GALLERIA_LOCALE", ["en", "en-US"]),
    ("GALLERIA_COUNTRY", ["us", "USA"]),
    ("GALLERIA_THEME", ["", "Quiet", "../quiet", "1"]),
    ("GALLERIA_MERCHANT_EMAIL", ["", "merchant", "a@b", "a b@c.test", "a@b.test\n"]),
    ("GALLERIA_SECRET_KEY", ["", "short", CANARY_SECRET + "!"]),
    ("GALLERIA_SESSION_SECRET", ["", "short", CANARY_SECRET + "\n"]),
    ("GALLERIA_AGENT_PUBLIC_KEY", ["", "{}", '{"crv":"Ed25519","d":"s","kty":"OKP","x":"y"}']),
    ("GALLERIA_CONFIG_VERSION", ["", "0", "-1", "1.5", "one"]),
]


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, bad in BAD_VALUES for value in bad])
def test_a_bad_value_is_refused_by_its_key_and_not_repeated(key: str, value: str) -> None:
    values = complete_values() | {key: value}
    assert refusal(values) == (ErrorCode.CONFIG_INVALID_VALUE, key)


def test_no_refusal_repeats_a_secret() -> None:
    with pytest.raises(ContractBroken) as caught:
        instance.check(complete_values() | {"GALLERIA_SECRET_KEY": CANARY_SECRET + " "})
    assert CANARY_SECRET not in str(caught.value)
    with pytest.raises(ContractBroken) as caught:
        instance.parse_env(f"GALLERIA_SECRET_KEY={CANARY_SECRET} x\n")
    assert CANARY_SECRET not in str(caught.value)


def test_code_and_schema_refuse_the_same_values() -> None:
    """Cross-checked by a JSON Schema library; what the code alone refuses are hosts and placeholders."""
    by_code_alone = {"127.0.0.1", "1", "0x7f000001", "a.0x1f", "galleria.localhost", "localhost"}
    by_code_alone |= {"http://other.localhost", "http://h", "http://shop-001.localhost:99999"}
    validator = jsonschema.Draft202012Validator(schema())
    for key, bad in BAD_VALUES:
        for value in set(bad) - by_code_alone:
            if value.endswith("\n"):
                continue  # ECMA's `$`, which JSON Schema means, refuses it; Python's, which the library uses, does not
            assert not validator.is_valid(complete_values() | {key: value}), (key, value)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("GALLERIA_THEME=quiet", "GALLERIA_THEME"),
        ("galleria_theme=quiet", "line 1"),
        ("export GALLERIA_X=1", "line 1"),
        ("no equals", "line 1"),
        ("GALLERIA_CURRENCY=EUR # the euro", "GALLERIA_CURRENCY"),
        ("GALLERIA_STORE_NAME=Two Words", "GALLERIA_STORE_NAME"),
        ("GALLERIA_STORE_NAME='It's'", "GALLERIA_STORE_NAME"),
        ('GALLERIA_STORE_NAME="$HOME"', "GALLERIA_STORE_NAME"),
        ("GALLERIA_STORE_NAME=$(id)", "GALLERIA_STORE_NAME"),
    ],
)
def test_a_line_that_is_no_assignment_or_stands_twice_is_refused(line: str, key: str) -> None:
    with pytest.raises(ContractBroken) as caught:
        dotenv.read(line + "\nGALLERIA_THEME=quiet\n")
    assert (caught.value.error_code, caught.value.key) == (ErrorCode.CONFIG_INVALID_VALUE, key)


def test_a_secret_shows_itself_only_when_revealed() -> None:
    class Holder(BaseModel):
        secret: SecretValue

    secret = SecretValue(CANARY_SECRET)
    config = instance.check(complete_values() | {"GALLERIA_SECRET_KEY": CANARY_SECRET})
    shown = [repr(secret), str(secret), f"{secret:>5}", f"{config!r}", str(dataclasses.asdict(config))]
    holder = Holder.model_validate({"secret": CANARY_SECRET})
    shown += [holder.model_dump_json(), str(holder.model_dump()), repr(holder)]
    assert all(CANARY_SECRET not in text for text in shown)
    assert json.loads(holder.model_dump_json()) == {"secret": MASK}
    assert secret.reveal() == holder.secret.reveal() == copy.deepcopy(secret).reveal() == CANARY_SECRET
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(AttributeError):
        secret.anything = "x"


def refusal(values: dict[str, str]) -> tuple[ErrorCode, str]:
    with pytest.raises(ContractBroken) as caught:
        instance.check(values)
    assert "<" not in caught.value.message
    return caught.value.error_code, caught.value.key
