"""Every answer of the running plane is in the envelope, whatever is asked."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import Failure
from tests.support.running_plane import RunningPlane, fresh_plane


@pytest.fixture(scope="module")
def running() -> Iterator[RunningPlane]:
    with fresh_plane() as plane:
        yield plane


@pytest.fixture
def admin(running: RunningPlane) -> Iterator[httpx.Client]:
    with running.client(running.operator_token) as client:
        yield client


def failure(response: httpx.Response, code: ErrorCode) -> Failure:
    found = Failure.model_validate_json(response.content)
    assert (found.error_code, response.status_code) == (code, code.http_status), response.text
    assert found.retryable is code.retryable
    assert response.headers["X-Request-Id"] == found.request_id
    return found


def test_every_problem_has_its_code(admin: httpx.Client, running: RunningPlane) -> None:
    json_type = {"Content-Type": "application/json"}
    spec = {"store_id": "shop-001", "name": "One"}
    failure(admin.get("/api/v1/nothing"), ErrorCode.NOT_FOUND)
    failure(admin.put("/api/v1/stores"), ErrorCode.METHOD_NOT_ALLOWED)
    failure(admin.get("/api/v1/stores/shop-404"), ErrorCode.STORE_NOT_FOUND)
    failure(admin.get("/api/v1/stores/BAD_ID"), ErrorCode.STORE_ID_INVALID)
    failure(admin.get("/api/v1/deployments/dep-404"), ErrorCode.DEPLOYMENT_NOT_FOUND)
    failure(admin.get("/api/v1/stores?page=0"), ErrorCode.INVALID_REQUEST)
    failure(admin.get("/api/v1/stores?page_size=201"), ErrorCode.INVALID_REQUEST)
    failure(admin.get("/api/v1/stores?state=lovely"), ErrorCode.INVALID_REQUEST)
    failure(admin.post("/api/v1/stores", content="{", headers=json_type), ErrorCode.INVALID_REQUEST)
    failure(admin.post("/api/v1/stores", json={**spec, "surprise": 1}), ErrorCode.INVALID_REQUEST)
    failure(admin.post("/api/v1/stores", json={**spec, "store_id": "-x"}), ErrorCode.STORE_ID_INVALID)
    failure(admin.post("/api/v1/stores", json={**spec, "name": "a\0b"}), ErrorCode.INVALID_REQUEST)
    failure(admin.post("/api/v1/stores/shop-001/start", headers={"If-Match": "x"}), ErrorCode.INVALID_REQUEST)
    failure(admin.post("/api/v1/stores/shop-001/operations/db.dump"), ErrorCode.INVALID_REQUEST)
    big = "x" * (1024 * 1024 + 1)
    failure(admin.post("/api/v1/stores", content=big, headers=json_type), ErrorCode.PAYLOAD_TOO_LARGE)
    with running.client() as nobody:
        failure(nobody.get("/status"), ErrorCode.UNAUTHENTICATED)
        assert nobody.get("/status").headers["WWW-Authenticate"] == "Bearer"
    with running.client("gal_wrong") as wrong:
        failure(wrong.get("/status"), ErrorCode.TOKEN_INVALID)
    with running.client(running.runner_token) as runner:
        failure(runner.get("/api/v1/stores"), ErrorCode.FORBIDDEN)
    failure(admin.post("/api/v1/runner/claim", json={"runner_id": "x", "runtimes": []}), ErrorCode.FORBIDDEN)


def test_a_body_without_a_length_is_bounded_too(admin: httpx.Client) -> None:
    chunks = (b"x" * 65536 for _ in range(20))
    response = admin.post("/api/v1/stores", content=chunks, headers={"Content-Type": "application/json"})
    failure(response, ErrorCode.PAYLOAD_TOO_LARGE)


def test_a_message_never_repeats_what_was_sent(admin: httpx.Client) -> None:
    response = admin.post("/api/v1/stores", json={"store_id": "shop-001", "name": 5, "currency": "canary-value"})
    assert "canary-value" not in response.text


def test_request_ids_are_taken_over_and_made(admin: httpx.Client) -> None:
    given = {"X-Request-Id": "req-from-the-cli-1"}
    answer = admin.get("/health", headers=given)
    assert answer.headers["X-Request-Id"] == answer.json()["request_id"] == "req-from-the-cli-1"
    strange = admin.get("/health", headers={"X-Request-Id": "a b\tc"})
    assert strange.json()["request_id"].startswith("req-")
    assert admin.get("/health").json()["request_id"] != admin.get("/health").json()["request_id"]


def test_a_session_reads_the_api_and_changes_nothing(running: RunningPlane) -> None:
    with running.client() as browser:
        failure(
            browser.get("/api/v1/stores", headers={"Cookie": "galleria_session=made-up"}), ErrorCode.UNAUTHENTICATED
        )
        failure(
            browser.post("/api/v1/stores", json={}, headers={"Cookie": "galleria_session=made-up"}),
            ErrorCode.UNAUTHENTICATED,
        )


def test_whoami_and_status(admin: httpx.Client) -> None:
    assert admin.get("/api/v1/whoami").json()["data"] == {"name": "first-admin", "role": "admin", "kind": "human"}
    status = admin.get("/status").json()["data"]
    assert status["audit"]["verified"] is True
    assert status["registry"] == "sqlite"
