"""The error codes that every API of ours answers with. They are stable: a code is never renamed and never reused."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class ErrorCode(StrEnum):
    """Why a request failed. `http_status` and `retryable` belong to the code, not to the place that raises it."""

    # The request itself
    INVALID_REQUEST = "invalid_request"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    PAYLOAD_TOO_LARGE = "payload_too_large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    RATE_LIMITED = "rate_limited"
    # Who asks
    UNAUTHENTICATED = "unauthenticated"
    TOKEN_INVALID = "token_invalid"  # noqa: S105 - an error's name, not a secret
    TOKEN_EXPIRED = "token_expired"  # noqa: S105
    TOKEN_REPLAYED = "token_replayed"  # noqa: S105
    FORBIDDEN = "forbidden"
    WRONG_STORE = "wrong_store"
    WRONG_OPERATION = "wrong_operation"
    # Stores and deployments
    STORE_NOT_FOUND = "store_not_found"
    STORE_EXISTS = "store_exists"
    STORE_ID_INVALID = "store_id_invalid"
    HOST_INVALID = "host_invalid"
    HOST_TAKEN = "host_taken"
    STORE_BUSY = "store_busy"
    STORE_CHANGED = "store_changed"
    STATE_CONFLICT = "state_conflict"
    DEPLOYMENT_NOT_FOUND = "deployment_not_found"
    LEASE_LOST = "lease_lost"
    # Releases, rollbacks, rollouts
    RELEASE_NOT_FOUND = "release_not_found"
    RELEASE_REFUSED = "release_refused"
    RELEASE_NOT_PROMOTED = "release_not_promoted"
    RELEASE_QUARANTINED = "release_quarantined"
    CONTRACT_BROKEN = "contract_broken"
    IRREVERSIBLE = "irreversible"
    REVISION_NOT_FOUND = "revision_not_found"
    ROLLOUT_NOT_FOUND = "rollout_not_found"
    ROLLOUT_BUSY = "rollout_busy"
    # Configuration
    CONFIG_UNKNOWN_KEY = "config_unknown_key"
    CONFIG_MISSING_KEY = "config_missing_key"
    CONFIG_PLACEHOLDER = "config_placeholder"
    CONFIG_INVALID_VALUE = "config_invalid_value"
    # Shop agent and what is behind it
    OPERATION_BUSY = "operation_busy"
    OPERATION_FAILED = "operation_failed"
    OPERATION_TIMEOUT = "operation_timeout"
    ENGINE_UNREACHABLE = "engine_unreachable"
    STOREFRONT_UNREACHABLE = "storefront_unreachable"
    AGENT_UNREACHABLE = "agent_unreachable"
    SMOKE_FAILED = "smoke_failed"
    # This side
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"

    @property
    def http_status(self) -> int:
        """The HTTP status that goes with this code."""
        return _STATUS.get(self, 400)

    @property
    def retryable(self) -> bool:
        """Whether the same request may succeed later without any change to it."""
        return self in _RETRYABLE


_STATUS: Final = {
    ErrorCode.INVALID_REQUEST: 422,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.METHOD_NOT_ALLOWED: 405,
    ErrorCode.PAYLOAD_TOO_LARGE: 413,
    ErrorCode.UNSUPPORTED_MEDIA_TYPE: 415,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.TOKEN_INVALID: 401,
    ErrorCode.TOKEN_EXPIRED: 401,
    ErrorCode.TOKEN_REPLAYED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.WRONG_STORE: 403,
    ErrorCode.WRONG_OPERATION: 403,
    ErrorCode.STORE_NOT_FOUND: 404,
    ErrorCode.STORE_EXISTS: 409,
    ErrorCode.STORE_ID_INVALID: 422,
    ErrorCode.HOST_INVALID: 422,
    ErrorCode.HOST_TAKEN: 409,
    ErrorCode.STORE_BUSY: 409,
    ErrorCode.STORE_CHANGED: 409,
    ErrorCode.STATE_CONFLICT: 409,
    ErrorCode.DEPLOYMENT_NOT_FOUND: 404,
    ErrorCode.LEASE_LOST: 409,
    ErrorCode.RELEASE_NOT_FOUND: 404,
    ErrorCode.RELEASE_REFUSED: 422,
    ErrorCode.RELEASE_NOT_PROMOTED: 409,
    ErrorCode.RELEASE_QUARANTINED: 409,
    ErrorCode.CONTRACT_BROKEN: 409,
    ErrorCode.IRREVERSIBLE: 409,
    ErrorCode.REVISION_NOT_FOUND: 404,
    ErrorCode.ROLLOUT_NOT_FOUND: 404,
    ErrorCode.ROLLOUT_BUSY: 409,
    ErrorCode.CONFIG_UNKNOWN_KEY: 422,
    ErrorCode.CONFIG_MISSING_KEY: 422,
    ErrorCode.CONFIG_PLACEHOLDER: 422,
    ErrorCode.CONFIG_INVALID_VALUE: 422,
    ErrorCode.OPERATION_BUSY: 409,
    ErrorCode.OPERATION_FAILED: 502,
    ErrorCode.OPERATION_TIMEOUT: 504,
    ErrorCode.ENGINE_UNREACHABLE: 503,
    ErrorCode.STOREFRONT_UNREACHABLE: 503,
    ErrorCode.AGENT_UNREACHABLE: 503,
    ErrorCode.SMOKE_FAILED: 502,
    ErrorCode.UNAVAILABLE: 503,
    ErrorCode.INTERNAL: 500,
}

_RETRYABLE: Final = frozenset(
    {
        ErrorCode.RATE_LIMITED,
        ErrorCode.STORE_BUSY,
        ErrorCode.OPERATION_BUSY,
        ErrorCode.OPERATION_TIMEOUT,
        ErrorCode.ENGINE_UNREACHABLE,
        ErrorCode.STOREFRONT_UNREACHABLE,
        ErrorCode.AGENT_UNREACHABLE,
        ErrorCode.UNAVAILABLE,
    }
)
