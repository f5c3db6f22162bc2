"""The HTTP rules of ``/graphql``: what a request must look like, and what its answer tells caches."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from galleria.contracts.freshness import GENERATION_HEADER
from galleria.shop.engine.graphql.app import GraphQLAnswer, GraphQLRequest, refused
from galleria.shop.engine.graphql.context import Caller
from galleria.shop.engine.graphql.errors import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BODY_BYTES: Final = 1024 * 1024
_NO_STORE: Final = "max-age=0, must-revalidate, no-cache, no-store"
_PUBLIC: Final = "public, max-age=0, must-revalidate"
_VARY: Final = "Store, Content-Currency, Accept-Encoding"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One HTTP request to ``/graphql``. Header names in lower case."""

    method: str
    query_string: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """One HTTP response: always JSON, whatever was asked."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def read(request: HttpRequest) -> GraphQLRequest:
    """Return the GraphQL request in an HTTP one.

    Raises RequestRefused: 405 for another method, 415 for another content type, 400 for what is no GraphQL request.
    """
    caller = caller_of(request.headers)
    if request.method == "GET":
        return _from_query_string(request.query_string, caller)
    if request.method != "POST":
        raise RequestRefused("Only GET and POST are allowed.", status=405)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise RequestRefused("Request content type must be application/json", status=415)
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise RequestRefused("Unable to parse the request.") from None
    if isinstance(body, list):
        raise RequestRefused("Batches of operations are not supported. Send one operation a request.")
    if not isinstance(body, dict):
        raise RequestRefused("The request must be a JSON object.")
    return _from_parts(body.get("query"), body.get("variables"), body.get("operationName"), caller, by_get=False)


def caller_of(headers: Mapping[str, str]) -> Caller:
    """Return who asks, from the headers that the gateway or the storefront set."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return Caller(
        token=token.strip() if scheme.lower() == "bearer" and token.strip() else None,
        store_code=headers.get("store") or None,
        currency=headers.get("content-currency") or None,
        address=headers.get("x-forwarded-for", "").rpartition(",")[2].strip(),
    )


def _from_query_string(text: str, caller: Caller) -> GraphQLRequest:
    given = parse_qs(text, keep_blank_values=True)
    variables: object = None
    if given.get("variables", [""])[0]:
        try:
            variables = json.loads(given["variables"][0])
        except (ValueError, RecursionError):
            raise RequestRefused("Unable to parse the variables.") from None
    return _from_parts(
        given.get("query", [None])[0], variables, given.get("operationName", [None])[0], caller, by_get=True
    )


def _from_parts(query: object, variables: object, operation: object, caller: Caller, *, by_get: bool) -> GraphQLRequest:
    if query is None or query == "":
        raise RequestRefused("Syntax Error: Unexpected <EOF>", category=None, locations=[{"line": 1, "column": 1}])
    if not isinstance(query, str):
        raise RequestRefused("The query must be a string.")
    if variables is not None and not isinstance(variables, dict):
        raise RequestRefused("The variables must be a JSON object.")
    if operation is not None and not isinstance(operation, str):
        raise RequestRefused("The operation name must be a string.")
    return GraphQLRequest(query, variables or {}, operation or None, by_get, caller)


def respond(
    answer: GraphQLAnswer, request: HttpRequest, asked: GraphQLRequest | None, generation: str | None = None
) -> HttpResponse:
    """Return the HTTP response to an answer; ``generation`` is that of all public answers before it was made.

    Only an answer by GET that is the same for everybody may be kept by others; 304 when the client has it already.
    """
    headers = [("content-type", "application/json"), ("vary", _VARY)]
    shared = asked is not None and asked.by_get and answer.etag is not None and answer.status == 200
    headers.append(("cache-control", _PUBLIC if shared else _NO_STORE))
    if asked is not None and not answer.mutation:
        headers.append(("x-magento-cache-id", cache_id(asked.caller)))
        if generation is not None:
            headers.append((GENERATION_HEADER, generation))
        if not shared:
            headers.append(("x-magento-tags", ",".join(sorted({"FPC", *answer.tags}))[:4096]))
    if answer.status == 405:
        headers.append(("allow", "GET, POST"))
    if answer.retry_after is not None:
        headers.append(("retry-after", str(answer.retry_after)))
    if shared and answer.etag is not None:
        headers.append(("etag", answer.etag))
        if _matches(request.headers.get("if-none-match", ""), answer.etag):
            return HttpResponse(304, tuple(headers), b"")
    return HttpResponse(answer.status, tuple(headers), answer.body)


def refuse(refusal: RequestRefused, request: HttpRequest) -> HttpResponse:
    """Return the HTTP response to a request that is no GraphQL request."""
    return respond(refused(refusal), request, None)


def cache_id(caller: Caller) -> str:
    """Return what distinguishes callers whose public answers differ: store and currency."""
    text = f"{caller.store_code or 'default'}\0{caller.currency or ''}"
    return hashlib.sha256(text.encode()).hexdigest()


def _matches(header: str, etag: str) -> bool:
    candidates = {part.strip().removeprefix("W/") for part in header.split(",")}
    return "*" in candidates or etag in candidates
