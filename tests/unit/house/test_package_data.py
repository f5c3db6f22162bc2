"""What a wheel carries and what the repository shows are the same files."""

from __future__ import annotations

import zipfile
from importlib import resources
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[3]


def test_the_repositorys_sample_configuration_is_the_packages_own() -> None:
    template = resources.files("galleria.contracts").joinpath("templates/instance.env.example")
    sample = ROOT / "instances/shop-001/.env.example"
    assert sample.read_text(encoding="utf-8") == template.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    folder = tmp_path_factory.mktemp("wheel")
    built = next(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"]))
    with zipfile.ZipFile(built) as archive:
        return frozenset(archive.namelist())


def test_a_wheel_carries_every_file_of_the_package(wheel: frozenset[str]) -> None:
    source = ROOT / "src"
    files = {
        str(path.relative_to(source))
        for path in (source / "galleria").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert files <= wheel


def test_a_wheel_carries_the_contract_files(wheel: frozenset[str]) -> None:
    for name in (
        "commerce.graphql",
        "control-plane.openapi.yaml",
        "shop-agent.openapi.yaml",
        "instance.schema.json",
        "templates/instance.env.example",
    ):
        assert f"galleria/contracts/{name}" in wheel
