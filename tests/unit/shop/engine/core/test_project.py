"""What a store's configuration means for Django."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from galleria.contracts.secret import SecretValue
from galleria.shop.engine import project
from galleria.shop.engine.problems import Problem

if TYPE_CHECKING:
    from pathlib import Path


def with_url(folder: Path, url: str) -> project.Project:
    return replace(project.of_template(folder), database_url=SecretValue(url))


def test_a_sqlite_file_lies_in_the_stores_folder(tmp_path: Path) -> None:
    entry = project.database(with_url(tmp_path, "sqlite:///data/engine.db"))
    assert entry["NAME"] == str(tmp_path / "data/engine.db")


def test_a_postgresql_address_may_name_a_socket_and_quoted_parts(tmp_path: Path) -> None:
    entry = project.database(
        with_url(tmp_path, "postgresql+psycopg://me:p%40ss@/shop?host=%2Frun%2Fpg&sslmode=require")
    )
    assert (entry["HOST"], entry["USER"], entry["PASSWORD"], entry["NAME"]) == ("/run/pg", "me", "p@ss", "shop")
    assert entry["OPTIONS"] == {"sslmode": "require"}


def test_another_kind_of_address_is_refused_without_repeating_it(tmp_path: Path) -> None:
    with pytest.raises(Problem) as refused:
        project.database(with_url(tmp_path, "mysql://me:hunter2@db/shop"))
    assert "hunter2" not in refused.value.message


def test_a_store_without_configuration_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"\.env is missing"):
        project.read(tmp_path)


def test_a_process_belongs_to_one_store(store: project.Project, tmp_path: Path) -> None:
    project.setup(store)
    with pytest.raises(Problem, match="another store"):
        project.setup(project.of_template(tmp_path))
