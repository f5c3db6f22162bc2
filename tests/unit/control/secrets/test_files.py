"""The file provider trusts nothing that a store's own processes could have put into its folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from galleria.control.secrets.files import FileSecrets
from galleria.control.secrets.port import SecretUnavailable
from tests.support.configs import CANARY_SECRET


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop-001").mkdir()
    return tmp_path / "shop-001"


def test_a_link_in_place_of_the_file_is_not_followed(tmp_path: Path, folder: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.write_text(f"GALLERIA_SECRET_KEY={CANARY_SECRET}\n", "utf-8")
    (folder / ".env").symlink_to(foreign)
    with pytest.raises(SecretUnavailable) as caught:
        FileSecrets(tmp_path).draw("shop-001")
    assert CANARY_SECRET not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_a_pipe_in_place_of_the_file_does_not_hang(tmp_path: Path, folder: Path) -> None:
    os.mkfifo(folder / ".env")
    assert FileSecrets(tmp_path).references("shop-001") == ()


@pytest.mark.parametrize("content", [b"GALLERIA_SECRET_KEY=short\n", b"not a line\n", b"\xff\xfe", b""])
def test_what_is_no_valid_secret_counts_as_none(tmp_path: Path, folder: Path, content: bytes) -> None:
    (folder / ".env").write_bytes(content)
    assert FileSecrets(tmp_path).references("shop-001") == ()
    assert len(FileSecrets(tmp_path).draw("shop-001")["GALLERIA_SECRET_KEY"].reveal()) == 43
