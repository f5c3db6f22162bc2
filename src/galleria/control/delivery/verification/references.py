"""References inside a description, the only ones that our contracts use."""

from __future__ import annotations

from typing import Any

from galleria.control.delivery.verification.problems import ContractUnreadable


def resolve(description: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference inside the description.

    :raises ContractUnreadable: it leads nowhere.
    """
    seen = set()
    while "$ref" in node:
        reference = node["$ref"]
        if reference in seen or not reference.startswith("#/"):
            raise ContractUnreadable(f"The reference {reference} leads nowhere.")
        seen.add(reference)
        found: Any = description
        for part in reference[2:].split("/"):
            found = found.get(part) if isinstance(found, dict) else None
        if not isinstance(found, dict):
            raise ContractUnreadable(f"The reference {reference} leads nowhere.")
        node = found
    return node
