"""One GraphQL request in, one answer out. No HTTP server, no Django: usable in a test as it is."""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from graphql import (
    DocumentNode,
    ExecutionContext,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    execute,
    parse,
    validate,
)

from galleria.observability import logs
from galleria.shop.engine.graphql import safety
from galleria.shop.engine.graphql.cache import AnswerCache, CachedAnswer, etag_of
from galleria.shop.engine.graphql.context import Caller, RequestContext
from galleria.shop.engine.graphql.errors import InvalidValues, Refused, RequestRefused
from galleria.shop.engine.graphql.limits import CREDENTIAL_MUTATIONS, PER_CLIENT, PER_UNKNOWN_CLIENT, RateLimiter
from galleria.shop.engine.graphql.phrases import reworded, syntax_message, variable_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphql import FieldNode, GraphQLObjectType, GraphQLResolveInfo
    from graphql.pyutils import AwaitableOrValue, Path

log = logs.get(__name__)

TIME_LIMIT_SECONDS: Final = 10.0
_PREPARED_CHARACTERS: Final = 400_000
"""How much text of documents is kept parsed: some hundred documents of a real client. A parsed document takes about a
hundred times its text, so this also bounds what somebody can make the engine remember."""

PUBLIC_ROOTS: Final = frozenset(
    {
        "__schema",
        "__type",
        "__typename",
        "attributesForm",
        "attributesList",
        "availableStores",
        "categories",
        "category",
        "categoryList",
        "checkoutAgreements",
        "cmsBlocks",
        "cmsPage",
        "countries",
        "country",
        "currency",
        "customAttributeMetadata",
        "customAttributeMetadataV2",
        "pickupLocations",
        "productReviewRatingsMetadata",
        "products",
        "recaptchaV3Config",
        "route",
        "storeConfig",
        "urlResolver",
    }
)
"""Root fields whose answers are the same for everybody. What is not named here is never cached."""


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """What a client asks. ``by_get`` forbids mutations and allows shared caching."""

    query: str
    variables: Mapping[str, object] = field(default_factory=dict)
    operation_name: str | None = None
    by_get: bool = False
    caller: Caller = field(default_factory=Caller)


@dataclass(frozen=True, slots=True)
class GraphQLAnswer:
    """What a client gets. ``etag`` is set on answers that are the same for everybody; ``tags`` says what they show."""

    status: int
    body: bytes
    mutation: bool = False
    etag: str | None = None
    tags: frozenset[str] = frozenset()
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class _Prepared:
    document: DocumentNode
    operations: tuple[OperationDefinitionNode, ...]
    costs: tuple[safety.Cost, ...]
    errors: tuple[GraphQLError, ...]


class _BoundedExecution(ExecutionContext):
    """Execution that stops at a deadline: the price of a document is bounded by time too."""

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: object,
        path: Path | None,
        fields: dict[str, list[FieldNode]],
    ) -> AwaitableOrValue[dict[str, object]]:
        if time.monotonic() > self.context_value.deadline:
            raise TimeoutError
        return super().execute_fields(parent_type, source_value, path, fields)


def resolve_by_name(parent: object, info: GraphQLResolveInfo, **arguments: object) -> object:
    """Resolve a field without a resolver of its own: a key of a dict or an attribute of an object.

    A missing key is null, a callable is called with ``info``: work that only some documents need.
    """
    name = info.field_name
    value = parent.get(name) if isinstance(parent, dict) else getattr(parent, name, None)
    if callable(value):
        return value(info, **{key: given for key, given in arguments.items() if given is not None})
    return value


def resolve_type_by_name(value: object, _info: GraphQLResolveInfo, _kind: object) -> str:
    """Return which object type a value of an interface is: its ``__typename`` key or its ``typename`` attribute."""
    found = value.get("__typename") if isinstance(value, dict) else getattr(value, "typename", None)
    return str(found)


class GraphQLApp:
    """Runs requests against one schema. Thread-safe; ``execute`` may block on the database."""

    def __init__(
        self,
        schema: GraphQLSchema,
        cache: AnswerCache,
        *,
        check_caller: Callable[[Caller], None] = lambda _caller: None,
        limiter: RateLimiter | None = None,
    ) -> None:
        self._schema = schema
        self._cache = cache
        self._check_caller = check_caller
        self._limiter = limiter or RateLimiter()
        self._documents: OrderedDict[str, _Prepared] = OrderedDict()
        self._characters = 0
        self._lock = threading.Lock()

    @property
    def cache(self) -> AnswerCache:
        """The answers kept, for whoever has to drop them."""
        return self._cache

    def cached(self, request: GraphQLRequest) -> GraphQLAnswer | None:
        """Return the kept answer, None when it must be computed. Never blocks."""
        found = self._cache.get(_key(request))
        if found is None:
            return None
        return GraphQLAnswer(200, found.body, etag=found.etag, tags=found.tags)

    def execute(self, request: GraphQLRequest) -> GraphQLAnswer:
        """Answer a request. Never raises: what goes wrong is in the answer."""
        try:
            return self._execute(request)
        except RequestRefused as refusal:
            return refused(refusal)
        except Exception:
            log.exception("graphql request failed")
            return GraphQLAnswer(200, _json({"errors": [{"message": "Internal server error"}]}))

    def _execute(self, request: GraphQLRequest) -> GraphQLAnswer:
        self._check_caller(request.caller)
        prepared = self._prepare(request.query)
        if prepared.errors:
            return GraphQLAnswer(200, _json({"errors": [_shown(e) for e in prepared.errors]}))
        chosen = _operation_index(prepared, request.operation_name)
        operation, cost = prepared.operations[chosen], prepared.costs[chosen]
        mutation = operation.operation is OperationType.MUTATION
        if mutation and request.by_get:
            raise RequestRefused("Mutation requests allowed only for POST requests", status=405)
        wrong = variable_errors(self._schema, operation, dict(request.variables))
        if wrong:
            return GraphQLAnswer(200, _json({"errors": [_shown(e) for e in wrong]}), mutation=mutation)
        for root in cost.roots:
            if mutation and root in CREDENTIAL_MUTATIONS:
                rate = PER_CLIENT if request.caller.address else PER_UNKNOWN_CLIENT
                self._limiter.attempt("credentials", request.caller.address, rate)
        public = not mutation and PUBLIC_ROOTS.issuperset(cost.roots)
        return self._run(request, prepared, operation, public=public)

    def _run(
        self, request: GraphQLRequest, prepared: _Prepared, operation: OperationDefinitionNode, *, public: bool
    ) -> GraphQLAnswer:
        epoch = self._cache.epoch
        context = RequestContext(request.caller, limiter=self._limiter, deadline=time.monotonic() + TIME_LIMIT_SECONDS)
        result = execute(
            self._schema,
            prepared.document,
            None,
            context,
            dict(request.variables),
            operation.name.value if operation.name else None,
            field_resolver=resolve_by_name,
            type_resolver=resolve_type_by_name,
            execution_context_class=_BoundedExecution,
            is_awaitable=lambda _value: False,
        )
        answer: dict[str, object] = {}
        errors = getattr(result, "errors", None) or []
        data = getattr(result, "data", None)
        for error in errors:
            _remember(error)
        if errors:
            # Magento lists the first failing field only; every failing field is null all the same.
            answer["errors"] = _entries(errors[0])
        if data is not None:
            answer["data"] = data
        body = _json(answer)
        mutation = operation.operation is OperationType.MUTATION
        if not public or errors:
            return GraphQLAnswer(200, body, mutation=mutation, tags=frozenset(context.tags))
        kept = CachedAnswer(body, etag_of(body), frozenset(context.tags))
        self._cache.put(_key(request), kept, epoch)
        return GraphQLAnswer(200, body, etag=kept.etag, tags=kept.tags)

    def _prepare(self, query: str) -> _Prepared:
        known = self._documents.get(query)
        if known is not None:
            return known
        if len(query) > safety.MAX_DOCUMENT_CHARACTERS:
            raise RequestRefused(f"A document has at most {safety.MAX_DOCUMENT_CHARACTERS} characters.")
        try:
            document = parse(query, max_tokens=safety.MAX_TOKENS)
        except GraphQLSyntaxError as error:
            raise RequestRefused(syntax_message(error), category=None, locations=_locations(error)) from None
        except RecursionError:
            raise RequestRefused("The document is nested too deeply.") from None
        operations = tuple(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
        if not operations:
            raise RequestRefused("Must provide an operation.")
        costs = tuple(safety.measure(document, operation) for operation in operations)
        for operation, cost in zip(operations, costs, strict=True):
            safety.check(cost, mutation=operation.operation is OperationType.MUTATION)
        errors = tuple(validate(self._schema, document, max_errors=20, hide_suggestions=True))
        prepared = _Prepared(document, operations, costs, errors)
        self._keep(query, prepared)
        return prepared

    def _keep(self, query: str, prepared: _Prepared) -> None:
        with self._lock:
            if query not in self._documents:
                self._documents[query] = prepared
                self._characters += len(query)
            while self._characters > _PREPARED_CHARACTERS:
                self._characters -= len(self._documents.popitem(last=False)[0])


def refused(refusal: RequestRefused) -> GraphQLAnswer:
    """Return the answer to a request that is refused before anything runs."""
    error: dict[str, object] = {"message": refusal.message}
    if refusal.locations:
        error["locations"] = refusal.locations
    if refusal.category is not None:
        error["extensions"] = {"category": refusal.category.value}
    return GraphQLAnswer(refusal.status, _json({"errors": [error]}), retry_after=refusal.retry_after)


def _operation_index(prepared: _Prepared, name: str | None) -> int:
    if len(prepared.operations) == 1:
        return 0
    for index, operation in enumerate(prepared.operations):
        if name and operation.name and operation.name.value == name:
            return index
    if name:
        raise RequestRefused(f'Unknown operation named "{name}".', status=200, category=None)
    raise RequestRefused(
        "Must provide operation name if query contains multiple operations.", status=200, category=None
    )


def _key(request: GraphQLRequest) -> str:
    variables = json.dumps(request.variables, sort_keys=True, separators=(",", ":"), default=str)
    caller = request.caller
    return "\0".join(
        (
            request.query,
            variables,
            request.operation_name or "",
            caller.store_code or "",
            caller.currency or "",
        )
    )


def _locations(error: GraphQLError) -> list[dict[str, int]]:
    return [{"line": place.line, "column": place.column} for place in error.locations or ()]


def _entries(error: GraphQLError) -> list[dict[str, object]]:
    cause = error.original_error
    if isinstance(cause, InvalidValues):
        return [{"message": m, "extensions": {"category": cause.category.value}} for m in cause.messages]
    return [_shown(error)]


def _shown(error: GraphQLError) -> dict[str, object]:
    """Return one entry of ``errors``: what happened, where, and the category a client decides by."""
    cause = error.original_error
    if isinstance(cause, Refused):
        shown: dict[str, object] = {"message": cause.message, "locations": _locations(error), "path": error.path}
        shown["extensions"] = {"category": cause.category.value}
        return shown
    if cause is None and error.path is None:
        shown = {"message": reworded(error.message)}
    elif isinstance(cause, RequestRefused):
        shown = {"message": cause.message, "path": error.path}
        if cause.category is not None:
            shown["extensions"] = {"category": cause.category.value}
    else:
        shown = {"message": "Internal server error"}
    if error.locations:
        shown["locations"] = _locations(error)
    if error.path:
        shown["path"] = error.path
    return shown


def _remember(error: GraphQLError) -> None:
    """Log what is our fault, with its trace; what a client did wrong is not worth a line."""
    cause = error.original_error
    if isinstance(cause, (Refused, RequestRefused)):
        return
    log.error("graphql field failed", path=".".join(map(str, error.path or ())), exc_info=cause or error)


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str).encode()
