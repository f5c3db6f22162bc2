"""The HTTP client of the control plane: typed answers in, `Problem`s out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import TracebackType
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from galleria.cli import place as places
from galleria.cli.problems import Misuse, Problem, Refused, Unreachable
from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import Failure, Success

T = TypeVar("T", bound=BaseModel)

_REFUSALS = frozenset({401, 403, 409, 429})
_NEXT: Mapping[ErrorCode, str] = {
    ErrorCode.UNAUTHENTICATED: "Sign in with `galleria login`, or set GALLERIA_TOKEN.",
    ErrorCode.TOKEN_INVALID: "Sign in again with `galleria login`.",
    ErrorCode.TOKEN_EXPIRED: "Ask an admin for a new token, then `galleria login`.",
    ErrorCode.FORBIDDEN: "Ask an admin for a token with a role that may do this.",
    ErrorCode.STORE_NOT_FOUND: "See what there is with `galleria store list`.",
    ErrorCode.DEPLOYMENT_NOT_FOUND: "See what there is with `galleria deployment list`.",
    ErrorCode.STORE_EXISTS: "Choose another id; `galleria store list` shows the taken ones.",
    ErrorCode.STORE_BUSY: "Wait until it has ended: `galleria deployment list`.",
    ErrorCode.STORE_CHANGED: "Look again with `galleria store show`, then decide.",
    ErrorCode.RELEASE_NOT_FOUND: "See what there is with `galleria release list`.",
    ErrorCode.RELEASE_QUARANTINED: "See why with `galleria store show`.",
    ErrorCode.RELEASE_NOT_PROMOTED: "Promote it with `galleria release promote`.",
    ErrorCode.IRREVERSIBLE: "Going on takes --accept-irreversible and an admin's token.",
    ErrorCode.REVISION_NOT_FOUND: "See where a rollback can lead with `galleria store revisions`.",
    ErrorCode.ROLLOUT_NOT_FOUND: "See what there is with `galleria rollout list`.",
    ErrorCode.AGENT_UNREACHABLE: "Look at the store with `galleria store show`; start it if it is stopped.",
    ErrorCode.ENGINE_UNREACHABLE: "Look at the store with `galleria store show`; try again in a moment.",
}
_COMMAND = re.compile(r"`(galleria [a-z]+(?: [a-z]+)?)")


class PlaneClient:
    """A connection to one control plane. Every method raises `Problem` (or a subclass) and nothing else."""

    def __init__(self, place: places.Place, secret: str | None) -> None:
        address, host = places.connect_address(place.url)
        headers = {"Host": host, "Accept": "application/json"}
        if secret and not re.fullmatch(r"[!-~]+", secret):
            raise Misuse("The token has characters that no token has.", "Check GALLERIA_TOKEN, or `galleria login`.")
        if secret:
            headers["Authorization"] = f"Bearer {secret}"
        self._url = place.url
        # 330 s: the longest operation is bounded at 300 s by its agent, whose answer is worth waiting for.
        timeout = httpx.Timeout(10, read=330)
        self._http = httpx.Client(base_url=address, headers=headers, timeout=timeout, trust_env=False)

    def __enter__(self) -> PlaneClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, answer: type[T], params: Mapping[str, str | int | None] | None = None) -> T:
        """Ask for something and return the envelope's data."""
        return self._call("GET", path, answer, params=params)

    def post(self, path: str, answer: type[T], body: BaseModel | None = None) -> T:
        """Ask for an act and return the envelope's data."""
        return self._call("POST", path, answer, body=body)

    def delete(self, path: str, answer: type[T]) -> T:
        """Ask for a removal and return the envelope's data."""
        return self._call("DELETE", path, answer)

    def _call(
        self,
        method: str,
        path: str,
        answer: type[T],
        params: Mapping[str, str | int | None] | None = None,
        body: BaseModel | None = None,
    ) -> T:
        content = body.model_dump_json().encode() if body is not None else None
        headers = {"Content-Type": "application/json"} if body is not None else {}
        query = {key: value for key, value in (params or {}).items() if value is not None}
        try:
            response = self._http.request(method, path, params=query, content=content, headers=headers)
        except httpx.TimeoutException as error:
            raise Unreachable(
                f"The control plane at {self._url} did not answer in time.", "Look at it with `galleria status`."
            ) from error
        except httpx.HTTPError as error:
            raise Unreachable(
                f"Nobody answers at {self._url}.", "Start the platform with `galleria up`, or set GALLERIA_URL."
            ) from error
        return self._read(response, answer)

    def _read(self, response: httpx.Response, answer: type[T]) -> T:
        if response.is_success:
            try:
                return Success[answer].model_validate_json(response.content).data  # type: ignore[valid-type]
            except ValidationError as error:
                raise Problem(
                    f"What answers at {self._url} does not speak as a Galleria control plane does.",
                    "Check GALLERIA_URL, and that command line and platform have the same version.",
                ) from error
        raise _problem(self._url, response)


def _problem(url: str, response: httpx.Response) -> Problem:
    try:
        failure = Failure.model_validate_json(response.content)
    except ValidationError:
        if response.status_code in (502, 503, 504):
            return Unreachable(f"The control plane at {url} is not running.", "Look at it with `galleria status`.")
        return Problem(f"{url} answered {response.status_code}, not as a control plane does.", "Check GALLERIA_URL.")
    family = Refused if response.status_code in _REFUSALS else Problem
    if failure.error_code in (ErrorCode.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE):
        family = Unreachable
    next_step = _NEXT.get(failure.error_code, "Try again." if failure.retryable else "")
    if any(f"`{named}" in failure.message for named in _COMMAND.findall(next_step)):
        next_step = ""  # the message has named it already
    return family(failure.message, next_step, failure.request_id, failure.error_code.value)
