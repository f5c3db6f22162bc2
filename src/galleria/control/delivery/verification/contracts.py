"""Whether the components of one revision can talk to each other, and to the platform. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from galleria.contracts.words import Component
from galleria.control.delivery.verification.compatibility import graphql_breaks, openapi_breaks, read_schema

COMMERCE: Final = "commerce.graphql"
AGENT: Final = "shop-agent.openapi.yaml"
INSTANCE: Final = "instance.schema.json"

Contracts = Mapping[str, str]
"""The contract files that an artifact carries: text by file name."""


def breaks(spoken: Mapping[Component, Contracts], platform: Contracts, written: Contracts) -> list[str]:
    """Say what breaks if these components work together, a sentence each; empty if nothing does.

    :param spoken: what each component of the revision speaks.
    :param platform: what the control plane speaks, which calls the agent.
    :param written: what the store's configuration was written by.

    Each side that asks is held against the side that answers: the storefront's commerce contract must be found in the
    engine's, the control plane's shop agent contract in the agent's.

    :raises ContractUnreadable: a file is not what its name says.
    """
    engine, storefront, agent = spoken[Component.ENGINE], spoken[Component.STOREFRONT], spoken[Component.SHOP_AGENT]
    found = [f"Engine and storefront: {each}" for each in graphql_breaks(storefront[COMMERCE], engine[COMMERCE])]
    found += [f"Control plane and shop agent: {each}" for each in openapi_breaks(platform[AGENT], agent[AGENT])]
    required, known = _keys(written[INSTANCE])
    for component, contracts in spoken.items():
        wants, takes = _keys(contracts[INSTANCE])
        found += [
            f"The {component} wants {key}, which the store's configuration lacks." for key in sorted(wants - known)
        ]
        found += [
            f"The {component} does not know {key} of the store's configuration." for key in sorted(required - takes)
        ]
    return found


def _keys(schema: str) -> tuple[set[str], set[str]]:
    """Return the keys that a configuration must have, and those that it may have."""
    read = read_schema(schema)
    return {str(key) for key in read.get("required", [])}, {str(key) for key in read.get("properties", {})}
