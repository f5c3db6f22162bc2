"""The contract file, the running agent and the types say the same; a fuzzer holds the agent to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi import checks

from galleria.contracts.words import Operation
from tests.support import agent_openapi
from tests.support.running_agent import RunningAgent, running_agent

schema = schemathesis.openapi.from_path(agent_openapi.CONTRACT)


@pytest.fixture(scope="module")
def agent() -> Iterator[RunningAgent]:
    with running_agent() as running:
        yield running


def test_the_contract_file_is_what_the_agent_serves() -> None:
    """Regenerate with `python -m tests.support.agent_openapi`."""
    described = agent_openapi.render(agent_openapi.describe(agent_openapi.bare_app()))
    assert agent_openapi.CONTRACT.read_text("utf-8") == described


def test_the_contract_file_lists_the_operations() -> None:
    paths = yaml.safe_load(agent_openapi.CONTRACT.read_text("utf-8"))["paths"]
    listed = {
        (method.upper(), path, about["operationId"]) for path, of in paths.items() for method, about in of.items()
    }
    assert listed == {(operation.method, operation.path, operation.value) for operation in Operation}


@schema.parametrize()
@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
def test_the_running_agent_keeps_its_contract(agent: RunningAgent, case: schemathesis.Case[Any]) -> None:
    operation = Operation(case.operation.definition.raw["operationId"])
    given = {name: str(value) for name, value in (case.headers or {}).items() if name.lower() != "authorization"}
    if len(given) < len(case.headers or {}):  # the fuzzer also leaves the header out, and expects to be refused then
        given["Authorization"] = f"Bearer {agent.token(operation)}"
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(agent.socket)), timeout=20) as client:
        response = client.request(case.method, f"http://agent{case.formatted_path}", headers=_sendable(given))
    # It takes our fresh token for a made-up one; whose tokens work is for tests/boundaries/test_agent_tokens.py to say.
    case.validate_response(response, excluded_checks=[checks.ignored_auth])


def _sendable(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
