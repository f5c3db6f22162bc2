"""The control plane's OpenAPI description, made from the app's own routes. As a program it writes the contract file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import yaml

from galleria.control.plane.api.app import create_api

CONTRACT: Final = Path(__file__).parents[2] / "src/galleria/contracts/control-plane.openapi.yaml"

_HEAD: Final = "# Made from the running app: python -m tests.support.plane_openapi\n"


def describe() -> dict[str, Any]:
    """Return the OpenAPI 3.1 description of what the API answers."""
    return create_api().openapi()


def write() -> None:
    """Write the contract file."""
    body = yaml.safe_dump(describe(), sort_keys=False, allow_unicode=True, width=120)
    CONTRACT.write_text(_HEAD + body, encoding="utf-8")


if __name__ == "__main__":
    write()
