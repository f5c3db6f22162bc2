"""A complete configuration of a store for tests. As a program it writes the example files anew from the schema."""

from __future__ import annotations

from pathlib import Path

from galleria.contracts import instance

CANARY_SECRET = "canary-secret-5e1f7a90c3b2d4860fe1a7b9c5d3e2f1"


def complete_values(store_id: str = "shop-001") -> dict[str, str]:
    """Return what stands in the `.env` of a store, every value valid."""
    host = f"{store_id}.localhost"
    return instance.defaults() | {
        "GALLERIA_STORE_ID": store_id,
        "GALLERIA_STORE_NAME": f"The {store_id}",
        "GALLERIA_STORE_HOST": host,
        "GALLERIA_PUBLIC_URL": f"http://{host}:8080",
        "GALLERIA_MERCHANT_EMAIL": f"merchant@{host}",
        "GALLERIA_SECRET_KEY": "k" * 43,
        "GALLERIA_SESSION_SECRET": "s" * 43,
        "GALLERIA_AGENT_PUBLIC_KEY": '{"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}',
    }


def write_examples(root: Path) -> None:
    """Write the package's template and the repository's example from the schema."""
    for name in ("src/galleria/contracts/templates/instance.env.example", "instances/shop-001/.env.example"):
        (root / name).write_text(instance.render_example(), encoding="utf-8")


if __name__ == "__main__":
    write_examples(Path(__file__).parents[2])
