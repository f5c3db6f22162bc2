"""The contract file and the app are the same; every answer is in the envelope; fuzzing finds no 500."""

from __future__ import annotations

from typing import Any

import yaml

from galleria.contracts.words import Operation, Role
from tests.support import plane_openapi

METHODS = ("get", "post", "delete", "put", "patch")

ROUTES = {
    "GET /health",
    "GET /status",
    "GET /api/v1/whoami",
    "GET /api/v1/events",
    "GET /api/v1/stores",
    "POST /api/v1/stores",
    "GET /api/v1/stores/{store_id}",
    "DELETE /api/v1/stores/{store_id}",
    "POST /api/v1/stores/{store_id}/start",
    "POST /api/v1/stores/{store_id}/stop",
    "POST /api/v1/stores/{store_id}/restart",
    "POST /api/v1/stores/{store_id}/retry",
    "POST /api/v1/stores/{store_id}/deploy",
    "POST /api/v1/stores/{store_id}/rollback",
    "POST /api/v1/stores/{store_id}/configure",
    "GET /api/v1/stores/{store_id}/revisions",
    "GET /api/v1/stores/{store_id}/operations",
    "POST /api/v1/stores/{store_id}/operations/{operation}",
    "POST /api/v1/stores/{store_id}/merchant-notices",
    "GET /api/v1/deployments",
    "GET /api/v1/deployments/{deployment_id}",
    "GET /api/v1/releases",
    "GET /api/v1/rollouts",
    "POST /api/v1/rollouts",
    "GET /api/v1/rollouts/{rollout_id}",
    "POST /api/v1/rollouts/{rollout_id}/halt",
    "POST /api/v1/rollouts/{rollout_id}/resume",
    "POST /api/v1/rollouts/{rollout_id}/rollback",
    "GET /api/v1/audit",
    "GET /api/v1/audit/verify",
    "GET /api/v1/tokens",
    "POST /api/v1/tokens",
    "DELETE /api/v1/tokens/{token_id}",
    "POST /api/v1/runner/claim",
    "POST /api/v1/runner/deployments/{deployment_id}/heartbeat",
    "POST /api/v1/runner/deployments/{deployment_id}/steps",
    "POST /api/v1/runner/deployments/{deployment_id}/finish",
    "POST /api/v1/runner/deployments/{deployment_id}/smoke",
    "POST /api/v1/runner/observations",
    "POST /api/v1/runner/local-deployments",
}


def contract() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(plane_openapi.CONTRACT.read_text("utf-8"))
    return found


def routes(description: dict[str, Any]) -> set[str]:
    return {
        f"{method.upper()} {path}"
        for path, item in description["paths"].items()
        for method in item
        if method in METHODS
    }


def test_file_and_app_are_equal() -> None:
    assert contract() == plane_openapi.describe(), "run: python -m tests.support.plane_openapi"


def test_there_are_these_routes_and_no_others() -> None:
    assert routes(contract()) == ROUTES


def test_the_operations_are_the_enum() -> None:
    path = contract()["paths"]["/api/v1/stores/{store_id}/operations/{operation}"]
    (parameter,) = [one for one in path["post"]["parameters"] if one["name"] == "operation"]
    name = parameter["schema"]["$ref"].rsplit("/", 1)[-1]
    assert contract()["components"]["schemas"][name]["enum"] == [operation.value for operation in Operation]


def test_every_route_but_health_names_its_token_and_its_failures() -> None:
    for path, item in contract()["paths"].items():
        for method in METHODS:
            if method not in item or path == "/health":
                continue
            (scheme,) = item[method]["security"]
            assert list(scheme) == ["runner" if path.startswith("/api/v1/runner/") else "operator"], path
            assert {"4XX", "5XX"} <= set(item[method]["responses"]), path


def test_no_word_of_trade_is_in_the_contract() -> None:
    names: set[str] = set()
    for name, schema in contract()["components"]["schemas"].items():
        names |= {name.lower(), *(field.lower() for field in schema.get("properties", {}))}
    for word in ("order", "customer", "price", "payment", "email", "address", "cart", "password", "product"):
        assert not [name for name in names if word in name], word


def test_roles_are_three() -> None:
    assert [role.value for role in Role] == contract()["components"]["schemas"]["Role"]["enum"]
