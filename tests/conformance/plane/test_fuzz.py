"""Schemathesis asks the running plane everything its contract allows, and much that it does not: never a 500."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
import yaml

from tests.support import plane_openapi
from tests.support.running_plane import RunningPlane, fresh_plane

SKIPPED = {"/api/v1/events", "/api/v1/runner/claim"}
"""They wait on purpose; `test_process` has them."""


def _schema() -> dict[str, object]:
    described: dict[str, object] = yaml.safe_load(Path(plane_openapi.CONTRACT).read_text("utf-8"))
    return described


schema = schemathesis.openapi.from_dict(_schema())


@pytest.fixture(scope="module")
def running() -> Iterator[RunningPlane]:
    with fresh_plane() as plane, plane.client(plane.operator_token) as client:
        client.post("/api/v1/stores", json={"store_id": "shop-001", "name": "One"})
        yield plane


@schema.exclude(path=list(SKIPPED)).parametrize()
@hypothesis.settings(
    max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(hypothesis.HealthCheck), database=None
)
def test_no_answer_is_a_500_or_outside_the_contract(case: schemathesis.Case[Any], running: RunningPlane) -> None:
    runner = case.operation.path.startswith("/api/v1/runner/")
    token = running.runner_token if runner else running.operator_token
    with running.client() as client:
        kwargs = case.as_transport_kwargs(base_url="http://galleria.localhost")
        kwargs["headers"] = {**(kwargs.get("headers") or {}), "Authorization": f"Bearer {token}"}
        kwargs.pop("cookies", None)
        if isinstance(kwargs.get("data"), bytes | str):
            kwargs["content"] = kwargs.pop("data")
        response = client.request(**kwargs)
    assert response.status_code < 500 or response.json()["error_code"] != "internal", response.text
    assert response.status_code != 500
    assert {"request_id", "timestamp", "status", "message"} <= response.json().keys()
