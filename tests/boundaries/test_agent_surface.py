"""What the agent offers is the operations enum, no more; and nothing of the store gets out with an answer."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator

import pytest
from starlette.routing import Route

from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import Operation
from galleria.control.clients.agent import ShopAgentClient
from galleria.shop.agent.operations import ACTS
from tests.support import agent_openapi, fake_store
from tests.support.configs import CANARY_SECRET
from tests.support.running_agent import RunningAgent, running_agent

CANARY = "canary-customer-jane-roe"


@pytest.fixture(scope="module")
def agent() -> Iterator[RunningAgent]:
    values = {
        "GALLERIA_SECRET_KEY": CANARY_SECRET,
        "GALLERIA_SESSION_SECRET": CANARY_SECRET[::-1],
        "GALLERIA_STORE_NAME": CANARY,
        "GALLERIA_MERCHANT_EMAIL": f"{CANARY}@shop.test",
    }
    with running_agent(values) as running:
        yield running


@pytest.fixture(autouse=True)
def _as_before(agent: RunningAgent) -> Iterator[None]:
    yield
    (agent.store_dir / "engine-says.json").unlink(missing_ok=True)
    vars(agent.shop).update(vars(fake_store.Shop()))


def test_routes_acts_and_client_methods_are_the_operations() -> None:
    routes = {
        (method, route.path)
        for route in agent_openapi.bare_app().routes
        if isinstance(route, Route)
        for method in route.methods or ()
    }
    assert routes == {(operation.method, operation.path) for operation in Operation}
    assert len(agent_openapi.bare_app().routes) == len(Operation)
    assert set(ACTS) == set(Operation)
    methods = {name for name, _ in inspect.getmembers(ShopAgentClient, inspect.isfunction) if not name.startswith("_")}
    assert methods == {operation.value.replace(".", "_") for operation in Operation}


@pytest.mark.parametrize("path", ["/", "/ops", "/ops/shell", "/health/", "//health", "/docs", "/openapi.json"])
def test_no_other_path_is_there(agent: RunningAgent, path: str) -> None:
    answer = agent.ask("GET", path, agent.token(Operation.STATUS))
    assert (answer.status_code, answer.json()["error_code"]) == (404, ErrorCode.NOT_FOUND)


@pytest.mark.parametrize("operation", Operation)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_no_other_method_is_there(agent: RunningAgent, operation: Operation, method: str) -> None:
    if method == operation.method:
        return
    answer = agent.ask(method, operation.path, agent.token(operation))
    assert (answer.status_code, answer.json()["error_code"]) == (405, ErrorCode.METHOD_NOT_ALLOWED)
    assert answer.headers["Allow"] == operation.method


def test_a_body_is_refused(agent: RunningAgent) -> None:
    path = Operation.CACHE_FLUSH.path
    long = agent.ask("POST", path, agent.token(Operation.CACHE_FLUSH), body=b"x" * 2_000_000)
    assert (long.status_code, long.json()["error_code"]) == (413, ErrorCode.PAYLOAD_TOO_LARGE)
    short = agent.ask("POST", path, agent.token(Operation.CACHE_FLUSH), body=b"{}")
    assert (short.status_code, short.json()["error_code"]) == (422, ErrorCode.INVALID_REQUEST)


def test_health_is_public_and_says_nothing_of_the_trade(agent: RunningAgent) -> None:
    answer = agent.ask("GET", "/health")
    assert answer.status_code == 200
    assert answer.json()["data"] == {"store_id": "shop-001", "healthy": True}


def test_a_well_formed_request_id_is_kept_and_another_replaced(agent: RunningAgent) -> None:
    kept = agent.ask("GET", "/health", headers={"X-Request-Id": "req-from-the-plane"})
    assert kept.json()["request_id"] == kept.headers["X-Request-Id"] == "req-from-the-plane"
    replaced = agent.ask("GET", "/nothing", headers={"X-Request-Id": "<script>"})
    assert replaced.json()["request_id"].startswith("req-")


LEAKS = f"""Traceback (most recent call last):
  File "/store/data/engine.db", line 1
    {CANARY} {CANARY_SECRET} 10.0.0.7
"""


@pytest.mark.parametrize(
    "said",
    [
        {"printed": LEAKS},
        {"printed": json.dumps({"ok": False, "error": LEAKS})},
        {"printed": json.dumps({"ok": True, "entries_removed": CANARY, "documents": CANARY, "jobs_run": CANARY})},
        {"printed": LEAKS, "exit_code": 1, "stderr": LEAKS},
        {"printed": json.dumps({"ok": True, "checks": [{"name": CANARY, "ok": True, "detail": LEAKS}]})},
        {"printed": json.dumps({"ok": True, "checks": [{"name": "database", "ok": False, "detail": LEAKS}]})},
        {"printed": "{" * 200_000},
        {"printed": "x" * 300_000 + CANARY},
    ],
)
@pytest.mark.parametrize("operation", [operation for operation in Operation if operation is not Operation.HEALTH])
def test_nothing_that_the_engine_prints_gets_out(
    agent: RunningAgent, operation: Operation, said: dict[str, str]
) -> None:
    for command in fake_store.ANSWERS:
        fake_store.say(agent.store_dir, command, **said)
    answer = agent.run(operation)
    assert answer.status_code in (200, 502)
    assert_clean(agent, answer.text, dict(answer.headers))


@pytest.mark.parametrize("operation", [Operation.VERIFY_SMOKE])
def test_nothing_that_the_shop_answers_gets_out(agent: RunningAgent, operation: Operation) -> None:
    agent.shop.page = agent.shop.product_page = f"<html>{LEAKS}</html>"
    assert_clean(agent, agent.run(operation).text, {})
    agent.shop.user_errors = [{"message": LEAKS}]
    assert_clean(agent, agent.run(operation).text, {})
    agent.shop.errors = [{"message": LEAKS}]
    assert_clean(agent, agent.run(operation).text, {})


def test_every_answer_is_in_the_envelope(agent: RunningAgent) -> None:
    answers = [agent.run(operation) for operation in Operation] + [agent.ask("GET", "/x"), agent.ask("PUT", "/health")]
    for answer in answers:
        envelope = answer.json()
        assert {"request_id", "timestamp", "status", "message"} <= set(envelope)
        assert envelope["status"] == ("success" if answer.status_code == 200 else "failure")
        assert ("error_code" in envelope, "retryable" in envelope) == (envelope["status"] == "failure",) * 2
        assert answer.headers["Cache-Control"] == "no-store"
        assert_clean(agent, answer.text, dict(answer.headers))


def assert_clean(agent: RunningAgent, text: str, headers: dict[str, str]) -> None:
    for secret in (
        CANARY,
        CANARY_SECRET,
        CANARY_SECRET[::-1],
        "Traceback",
        "/store",
        str(agent.home),
        "10.0.0.7",
        ".sock",
    ):
        assert secret not in text + json.dumps(headers)
