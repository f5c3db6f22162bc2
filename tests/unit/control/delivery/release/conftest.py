"""A small real git repository that has what a release is built from."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from galleria.control.artifacts.layout import Layout
from galleria.control.delivery.release import signing

FILES = {
    "src/galleria/__init__.py": '__version__ = "1.2.3"\n',
    "src/galleria/py.typed": "",
    "src/galleria/contracts/__init__.py": "",
    "src/galleria/contracts/commerce.graphql": "type Query { x: Int }\n",
    "src/galleria/contracts/control-plane.openapi.yaml": "openapi: 3.1.0\n",
    "src/galleria/contracts/shop-agent.openapi.yaml": "openapi: 3.1.0\n",
    "src/galleria/contracts/instance.schema.json": "{}\n",
    "src/galleria/observability/__init__.py": "",
    "src/galleria/serving/__init__.py": "",
    "src/galleria/shop/__init__.py": "",
    "src/galleria/shop/engine/__init__.py": "engine = 1\n",
    "src/galleria/shop/engine/catalogue/migrations/0001_first.py": "",
    "src/galleria/shop/storefront/__init__.py": "storefront = 1\n",
    "requirements/engine.txt": "",
    "requirements/storefront.txt": "",
}


def git(repository: Path, *arguments: str) -> str:
    """Run git in a test's repository."""
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    done = subprocess.run(
        ["git", "-C", str(repository), *identity, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(tmp_path, "init", "-q", "-b", "main", str(folder))
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    return folder


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout(tmp_path / "artifacts")
    made.create()
    return made


@pytest.fixture
def key(tmp_path: Path) -> Ed25519PrivateKey:
    signing.create_key(tmp_path / "signing-key")
    return signing.read_private_key(tmp_path / "signing-key")


@pytest.fixture
def trust(tmp_path: Path, key: Ed25519PrivateKey) -> Path:
    folder = tmp_path / "trust"
    folder.mkdir()
    (tmp_path / "signing-key.pub").rename(folder / "ci.pub")
    return folder
