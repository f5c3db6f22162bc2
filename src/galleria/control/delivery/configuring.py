"""A new store's configuration as values, worked out from what the operator wants. Pure; secrets come from elsewhere."""

from __future__ import annotations

import json

from galleria.contracts import instance
from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import Runtime
from galleria.control.delivery.faults import GiveUp
from galleria.control.delivery.settings import PublicDoor
from galleria.control.delivery.steps import Work


def plain_values(work: Work, door: PublicDoor, runtime: Runtime) -> dict[str, str]:
    """Return every value of the store's `.env` that is not drawn at provisioning, by key.

    :raises GiveUp: the plane's key is none that an agent could check tokens with.
    """
    spec = work.spec
    return instance.defaults() | {
        "GALLERIA_STORE_ID": work.store_id,
        "GALLERIA_STORE_NAME": spec.name,
        "GALLERIA_STORE_HOST": work.host,
        "GALLERIA_PUBLIC_URL": door.address_of(work.host),
        "GALLERIA_RUNTIME": runtime,
        "GALLERIA_ISOLATION_MODE": spec.isolation_mode,
        "GALLERIA_CURRENCY": spec.currency,
        "GALLERIA_LOCALE": spec.locale,
        "GALLERIA_COUNTRY": spec.locale.partition("_")[2],
        "GALLERIA_MERCHANT_EMAIL": f"merchant@{work.host}",
        "GALLERIA_AGENT_PUBLIC_KEY": _thumbprint_form(work.claim.agent_public_key),
        "GALLERIA_CONFIG_VERSION": "1",
    }


def _thumbprint_form(jwk: str) -> str:
    """Reduce a public key to its required members in their order (RFC 7638 section 3.2, RFC 8037 section 2)."""
    try:
        members = json.loads(jwk)
        return json.dumps({name: members[name] for name in ("crv", "kty", "x")}, separators=(",", ":"))
    except (ValueError, KeyError, TypeError) as error:
        raise GiveUp(
            "The control plane's signing key is no Ed25519 JWK; restart the plane.", code=ErrorCode.INTERNAL
        ) from error
