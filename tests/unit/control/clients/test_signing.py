"""The signing key is made once, kept 0600, and never shown."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from galleria.contracts import instance
from galleria.contracts.words import ActorKind, Operation
from galleria.control.clients.signing import Actor, SigningKeyBroken, load_or_create
from tests.support.configs import complete_values


def test_a_key_is_made_once_with_mode_0600_and_found_again(tmp_path: Path) -> None:
    first = load_or_create(tmp_path / "signing-key")
    assert load_or_create(tmp_path / "signing-key").public_jwk == first.public_jwk
    assert stat.S_IMODE((tmp_path / "signing-key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["signing-key"]


def test_of_two_makers_at_once_the_first_wins(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: load_or_create(tmp_path / "signing-key").public_jwk, range(8)))
    assert len(set(keys)) == 1


def test_the_public_part_is_what_a_store_configuration_takes_and_has_no_private_part(tmp_path: Path) -> None:
    key = load_or_create(tmp_path / "signing-key")
    private = json.loads((tmp_path / "signing-key").read_text())["d"]
    assert instance.check(complete_values() | {"GALLERIA_AGENT_PUBLIC_KEY": key.public_jwk})
    assert private not in key.public_jwk + repr(key) + str(vars(key))


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"kty":"OKP","crv":"Ed25519","x":"AAAA"}', "not json"])
def test_a_broken_file_is_refused_and_left_as_it_is(tmp_path: Path, content: str) -> None:
    (tmp_path / "signing-key").write_text(content)
    with pytest.raises(SigningKeyBroken):
        load_or_create(tmp_path / "signing-key")
    assert (tmp_path / "signing-key").read_text() == content


def test_a_public_key_alone_does_not_pass_for_a_signing_key(tmp_path: Path) -> None:
    public = load_or_create(tmp_path / "one").public_jwk
    (tmp_path / "two").write_text(public)
    with pytest.raises(SigningKeyBroken):
        load_or_create(tmp_path / "two")


def test_no_two_tokens_are_the_same(tmp_path: Path) -> None:
    key = load_or_create(tmp_path / "signing-key")
    actor = Actor("operator:anna", ActorKind.HUMAN)
    made = {key.token("shop-001", Operation.STATUS, actor, now=lambda: 1000.0) for _ in range(50)}
    assert len(made) == 50
