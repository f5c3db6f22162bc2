"""The typed client is what the contract and our operations make it, nothing else."""

from __future__ import annotations

import filecmp
import subprocess
import sys
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

ROOT = Path(__file__).parents[3]
STOREFRONT = ROOT / "src/galleria/shop/storefront"
CONTRACT = ROOT / "src/galleria/contracts/commerce.graphql"


def test_the_committed_client_is_the_generated_one(tmp_path: Path) -> None:
    config = (STOREFRONT / "client.toml").read_text(encoding="utf-8")
    config = config.replace(
        'target_package_path = "src/galleria/shop/storefront"', f'target_package_path = "{tmp_path.as_posix()}"'
    )
    (tmp_path / "client.toml").write_text(config, encoding="utf-8")
    command = [str(Path(sys.executable).with_name("ariadne-codegen")), "--config", str(tmp_path / "client.toml")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    generated = {file.name for file in (tmp_path / "client").glob("*.py")}
    committed = {file.name for file in (STOREFRONT / "client").glob("*.py")}
    assert generated == committed
    _, different, unreadable = filecmp.cmpfiles(
        tmp_path / "client", STOREFRONT / "client", sorted(generated), shallow=False
    )
    assert different == []
    assert unreadable == []


@pytest.mark.parametrize("file", sorted(path.name for path in (STOREFRONT / "operations").glob("*.graphql")))
def test_every_operation_is_used(file: str) -> None:
    document = parse((STOREFRONT / "operations" / file).read_text(encoding="utf-8"))
    asked = "".join(path.read_text(encoding="utf-8") for path in (STOREFRONT / "data").glob("*.py"))
    names = [node.name.value for node in document.definitions if node.kind == "operation_definition"]  # type: ignore[attr-defined]
    methods = ["".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_") for name in names]
    assert [method for method in methods if f"client.{method}(" not in asked] == []


def test_operations_are_valid_against_the_contract() -> None:
    schema = build_schema(CONTRACT.read_text(encoding="utf-8"))
    files = sorted((STOREFRONT / "operations").glob("*.graphql"))
    assert validate(schema, parse("\n".join(file.read_text(encoding="utf-8") for file in files))) == []
