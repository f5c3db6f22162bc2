"""The shop agent's OpenAPI description, made from the app's own routes. As a program it writes the contract file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, create_model
from pydantic.json_schema import models_json_schema
from starlette.applications import Starlette
from starlette.routing import Route

import galleria
from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import Failure, Success
from galleria.contracts.words import Operation, Slot
from galleria.shop.agent import app, profile
from galleria.shop.agent.neighbours import Neighbour
from galleria.shop.agent.operations import ACTS, Store
from galleria.shop.agent.smoke import SmokeRunner
from galleria.shop.agent.tokens import Doorkeeper

CONTRACT: Final = Path(__file__).parents[2] / "src/galleria/contracts/shop-agent.openapi.yaml"

_INFO: Final = """Everything that can be asked of one store's shop agent. It answers on a Unix socket.
All but /health need a token: an Ed25519 JWT signed by the control plane, at most 60 s long, for one store (aud,
store_id), one operation (scope) and one use (jti), with the human or automation behind it (sub, act). No operation
takes a body.
"""
_COMMON = (
    (ErrorCode.UNAUTHENTICATED, "No token, or one that is wrong, has expired or was used before."),
    (ErrorCode.FORBIDDEN, "A token for another store or another operation."),
    (ErrorCode.OPERATION_BUSY, "The same operation is running. Retryable."),
    (ErrorCode.RATE_LIMITED, "Too many requests within a token's life. Retryable."),
    (ErrorCode.OPERATION_FAILED, "The engine could not do it."),
    (ErrorCode.ENGINE_UNREACHABLE, "The engine or the storefront does not answer. Retryable."),
    (ErrorCode.OPERATION_TIMEOUT, "It took too long and was stopped. Retryable."),
)
_ALL = (
    (ErrorCode.PAYLOAD_TOO_LARGE, "A body of more than 1024 bytes."),
    (
        ErrorCode.INVALID_REQUEST,
        "A body, an unknown query, or a request that is not understood.",
    ),
    (ErrorCode.INTERNAL, "The agent failed."),
)

_REQUEST_ID: Final = {
    "name": "X-Request-Id",
    "in": "header",
    "required": False,
    "description": "The id to use, when it is 8 to 64 of letters, digits, dot, underscore and hyphen.",
    "schema": {"type": "string"},
}
_STOREFRONT: Final = {
    "name": app.STOREFRONT_PARAMETER,
    "in": "query",
    "required": False,
    "description": "Shop in the storefront of this slot, live or not; without it, in the live one.",
    "schema": {"type": "string", "enum": [slot.value for slot in Slot]},
}


def bare_app() -> Starlette:
    """Return the app as it is served, with nothing behind it."""
    nothing = Path("/nonexistent")
    neighbour = Neighbour(nothing, "shop.test", ErrorCode.ENGINE_UNREACHABLE)
    store = Store("shop-001", neighbour, neighbour, profile.embedded(nothing), SmokeRunner(neighbour, neighbour))
    return app.build(app.Agent(store, Doorkeeper.__new__(Doorkeeper)))


def describe(served: Starlette) -> dict[str, Any]:
    """Return the OpenAPI 3.1 description of what ``served`` answers."""
    answers: dict[Operation, type[BaseModel]] = {
        operation: create_model(f"{act.answer.__name__}Success", __base__=Success[act.answer])  # type: ignore[name-defined]
        for operation, act in ACTS.items()
    }
    models: list[type[BaseModel]] = [*answers.values(), Failure]
    references, definitions = models_json_schema(
        [(model, "serialization") for model in models], ref_template="#/components/schemas/{model}"
    )
    paths: dict[str, Any] = {}
    for route in served.routes:
        assert isinstance(route, Route)
        assert route.methods is not None
        operation = Operation(route.name)
        for method in route.methods:
            answer = references[answers[operation], "serialization"]
            paths.setdefault(route.path, {})[method.lower()] = _operation(
                operation, answer, references[Failure, "serialization"]
            )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Galleria shop agent", "version": galleria.__version__, "description": _INFO},
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _operation(operation: Operation, answer: dict[str, Any], failure: dict[str, Any]) -> dict[str, Any]:
    documentation = (ACTS[operation].run.__doc__ or "").splitlines()[0]
    failures = [*(() if operation.public else _COMMON), *_ALL]
    header = {"X-Request-Id": {"schema": {"type": "string"}, "description": "The id of this request."}}
    responses = {"200": {"description": "Done.", "headers": header, "content": _json(answer)}}
    for code, description in failures:
        responses[str(code.http_status)] = {"description": description, "headers": header, "content": _json(failure)}
    return {
        "operationId": operation.value,
        "summary": documentation,
        "description": f"Answers within {operation.timeout_seconds:.0f} s.",
        "parameters": [_REQUEST_ID, *([_STOREFRONT] if ACTS[operation].in_slot else [])],
        "security": [] if operation.public else [{"token": []}],
        "responses": dict(sorted(responses.items())),
    }


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def render(description: dict[str, Any]) -> str:
    """Return the contract file's text."""
    plain = json.loads(json.dumps(description))
    return "# Made from the running agent: python -m tests.support.agent_openapi\n" + yaml.safe_dump(
        plain, sort_keys=False, width=118, allow_unicode=True
    )


if __name__ == "__main__":
    CONTRACT.write_text(render(describe(bare_app())), encoding="utf-8")
