"""Only the control plane gets anything done, on one store, one operation, once: attacks on a running agent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import Operation
from tests.support.running_agent import STORE, RunningAgent, running_agent

OPERATION = Operation.CACHE_FLUSH


@pytest.fixture(scope="module")
def agent() -> Iterator[RunningAgent]:
    with running_agent() as running:
        yield running


def claims(**changes: object) -> dict[str, object]:
    now = int(time.time())
    right: dict[str, object] = {
        "iss": "galleria-control-plane",
        "aud": f"shop-agent:{STORE}",
        "sub": "operator:anna",
        "act": {"sub": "control-plane", "kind": "human"},
        "store_id": STORE,
        "scope": OPERATION.value,
        "jti": f"jti-{time.monotonic_ns()}-{len(changes)}",
        "iat": now,
        "exp": now + 60,
    }
    right.update(changes)
    return {name: value for name, value in right.items() if value is not None}


def signed(agent: RunningAgent, header: dict[str, str] | None = None, **changes: object) -> str:
    key = agent.key._key  # the attacks need what the client never hands out
    return jwt.encode(header or {"alg": "Ed25519"}, claims(**changes), key, algorithms=["Ed25519"])


def by_hand(header: dict[str, str], payload: dict[str, object], signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(payload).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def with_hs256_keyed_with_the_public_key(agent: RunningAgent) -> str:
    token = by_hand({"alg": "HS256", "typ": "JWT"}, claims()).rstrip(".")
    signature = hmac.new(agent.key.public_jwk.encode(), token.encode(), hashlib.sha256).digest()
    return f"{token}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def with_a_key_of_its_own_in_the_header(_agent: RunningAgent) -> str:
    key = OKPKey.generate_key("Ed25519", private=True)
    header: dict[str, Any] = {"alg": "Ed25519", "jwk": key.as_dict(private=False)}
    return jwt.encode(header, claims(), key, algorithms=["Ed25519"])


def with_another_body(agent: RunningAgent) -> str:
    head, _, signature = signed(agent).split(".")
    body = by_hand({}, claims(sub="operator:mallory")).split(".")[1]
    return ".".join((head, body, signature))


NOW = time.time
ATTACKS: dict[str, tuple[Callable[[RunningAgent], str], int, ErrorCode]] = {
    "another store's": (lambda a: a.token(OPERATION, "shop-002"), 403, ErrorCode.WRONG_STORE),
    "another store in aud": (lambda a: signed(a, aud="shop-agent:shop-002"), 403, ErrorCode.WRONG_STORE),
    "another store in store_id": (lambda a: signed(a, store_id="shop-002"), 403, ErrorCode.WRONG_STORE),
    "another operation": (lambda a: a.token(Operation.STATUS), 403, ErrorCode.WRONG_OPERATION),
    "operation unknown": (lambda a: signed(a, scope="shell"), 401, ErrorCode.TOKEN_INVALID),
    "all operations": (lambda a: signed(a, scope="*"), 401, ErrorCode.TOKEN_INVALID),
    "expired": (lambda a: signed(a, iat=int(NOW()) - 61, exp=int(NOW()) - 1), 401, ErrorCode.TOKEN_EXPIRED),
    "not yet": (lambda a: signed(a, iat=int(NOW()) + 30, exp=int(NOW()) + 60), 401, ErrorCode.TOKEN_INVALID),
    "not before": (lambda a: signed(a, nbf=int(NOW()) + 30), 401, ErrorCode.TOKEN_INVALID),
    "too long": (lambda a: signed(a, exp=int(NOW()) + 3600), 401, ErrorCode.TOKEN_INVALID),
    "ends before it begins": (
        lambda a: signed(a, iat=int(NOW()) + 3, exp=int(NOW()) + 2),
        401,
        ErrorCode.TOKEN_INVALID,
    ),
    "exp a text": (lambda a: signed(a, exp="9999999999"), 401, ErrorCode.TOKEN_INVALID),
    "exp infinite": (lambda a: signed(a, exp=1e308), 401, ErrorCode.TOKEN_INVALID),
    "no exp": (lambda a: signed(a, exp=None), 401, ErrorCode.TOKEN_INVALID),
    "no jti": (lambda a: signed(a, jti=None), 401, ErrorCode.TOKEN_INVALID),
    "jti with a line": (lambda a: signed(a, jti="0 aaaaaaaaaaaaaaaa\n1 b"), 401, ErrorCode.TOKEN_INVALID),
    "no sub": (lambda a: signed(a, sub=None), 401, ErrorCode.TOKEN_INVALID),
    "sub with a line": (lambda a: signed(a, sub='x"}\n{"actor": "y'), 401, ErrorCode.TOKEN_INVALID),
    "another issuer": (lambda a: signed(a, iss="someone"), 401, ErrorCode.TOKEN_INVALID),
    "wrong key": (
        lambda _: jwt.encode({"alg": "Ed25519"}, claims(), OKPKey.generate_key("Ed25519"), algorithms=["Ed25519"]),
        401,
        ErrorCode.TOKEN_INVALID,
    ),
    "key in header": (with_a_key_of_its_own_in_the_header, 401, ErrorCode.TOKEN_INVALID),
    "another body": (with_another_body, 401, ErrorCode.TOKEN_INVALID),
    "alg none": (lambda _: by_hand({"alg": "none"}, claims()), 401, ErrorCode.TOKEN_INVALID),
    "alg None": (lambda _: by_hand({"alg": "None"}, claims()), 401, ErrorCode.TOKEN_INVALID),
    "no alg": (lambda _: by_hand({}, claims()), 401, ErrorCode.TOKEN_INVALID),
    "HS256 with the public key": (with_hs256_keyed_with_the_public_key, 401, ErrorCode.TOKEN_INVALID),
    "garbage": (lambda _: "a.b.c", 401, ErrorCode.TOKEN_INVALID),
    "two dots": (lambda _: "..", 401, ErrorCode.TOKEN_INVALID),
    "one word": (lambda _: "open-sesame", 401, ErrorCode.TOKEN_INVALID),
    "a list": (lambda _: by_hand({"alg": "Ed25519"}, []) + "x" * 86, 401, ErrorCode.TOKEN_INVALID),  # type: ignore[arg-type]
    "long": (lambda _: "a" * 6000, 401, ErrorCode.TOKEN_INVALID),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_wrong_token_gets_nothing_done_and_is_audited(agent: RunningAgent, name: str) -> None:
    make, status, code = ATTACKS[name]
    ran_before, log_before = ran(agent), len(agent.log)
    token = make(agent)
    answer = agent.run(OPERATION, token)
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)
    assert answer.json()["status"] == "failure"
    assert answer.json()["retryable"] is False
    assert ran(agent) == ran_before
    [line] = [json.loads(line) for line in agent.log[log_before:].splitlines()]
    assert (line["logger"], line["outcome"], line["error_code"]) == ("galleria.audit", "refused", code)
    assert line["request_id"] == answer.json()["request_id"]
    assert "mallory" not in agent.log
    assert token not in agent.log


@pytest.mark.parametrize("operation", [operation for operation in Operation if not operation.public])
def test_no_operation_works_without_a_token_or_with_one_in_another_scheme(
    agent: RunningAgent, operation: Operation
) -> None:
    ran_before = ran(agent)
    for header in ({}, {"Authorization": f"Basic {agent.token(operation)}"}, {"Authorization": agent.token(operation)}):
        answer = agent.ask(operation.method, operation.path, headers=header)
        assert (answer.status_code, answer.json()["error_code"]) == (401, ErrorCode.UNAUTHENTICATED)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert ran(agent) == ran_before


def test_a_token_works_once_even_across_a_restart_of_the_agent(agent: RunningAgent) -> None:
    token = agent.token(OPERATION)
    assert agent.run(OPERATION, token).status_code == 200
    for number in (None, signal.SIGTERM, signal.SIGKILL):
        if number is not None:
            agent.stop(number)
            agent.start()
        ran_before = ran(agent)
        answer = agent.run(OPERATION, token)
        assert (answer.status_code, answer.json()["error_code"]) == (401, ErrorCode.TOKEN_REPLAYED)
        assert ran(agent) == ran_before
    assert agent.run(OPERATION).status_code == 200


def test_of_one_token_used_at_once_by_many_one_wins(agent: RunningAgent) -> None:
    from concurrent.futures import ThreadPoolExecutor

    token = agent.token(Operation.STATUS)
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: agent.run(Operation.STATUS, token).status_code, range(8)))
    assert sorted(codes) == [200] + [401] * 7


def test_a_clock_five_seconds_ahead_is_borne(agent: RunningAgent) -> None:
    assert agent.run(OPERATION, signed(agent, iat=int(time.time()) + 4)).status_code == 200


def test_a_right_act_is_audited_with_who_was_behind_it(agent: RunningAgent) -> None:
    answer = agent.run(OPERATION)
    line = json.loads(agent.log.splitlines()[-1])
    assert (line["operation"], line["actor"], line["outcome"]) == (OPERATION, "operator:anna", "succeeded")
    assert line["request_id"] == answer.json()["request_id"]


def ran(agent: RunningAgent) -> list[str]:
    """What the engine's commands were started for, so far."""
    file = agent.store_dir / "engine-ran.txt"
    return file.read_text().splitlines() if file.exists() else []
