"""Where the platform is: environment, state folder, kept credentials, in this order."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from galleria.cli import place as places
from galleria.cli.problems import Misuse


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("GALLERIA_HOME", "GALLERIA_PORT", "GALLERIA_URL", "GALLERIA_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)


def test_the_state_folder_is_var_here_and_the_port_8080() -> None:
    place = places.find()
    assert place.home == Path.cwd() / "var"
    assert place.url == "http://galleria.localhost:8080"
    assert place.local


def test_the_port_that_the_platform_was_started_with_is_remembered() -> None:
    home = Path("var")
    home.mkdir()
    (home / "platform.json").write_text(json.dumps({"port": 9001}))
    assert places.find().url == "http://galleria.localhost:9001"


@pytest.mark.parametrize("wrong", ["0", "65536", "http", "-1", ""])
def test_a_port_that_is_none_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("GALLERIA_PORT", wrong)
    with pytest.raises(Misuse, match="GALLERIA_PORT"):
        places.find()


def test_a_token_is_found_in_the_environment_then_kept_then_first(monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path("var")
    home.mkdir()
    (home / "platform.json").write_text(json.dumps({"port": 8080}))
    place = places.find()
    assert places.token(place) is None
    (home / "operator-token").write_text("first\n")
    assert places.token(place) == "first"
    places.keep_token(place, "kept")
    assert places.token(place) == "kept"
    monkeypatch.setenv("GALLERIA_TOKEN", "given")
    assert places.token(place) == "given"


def test_a_kept_token_is_readable_by_this_user_only() -> None:
    path = places.keep_token(places.find(), "kept")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_a_state_folder_the_last_login_says_where_the_plane_is() -> None:
    far = places.Place(home=Path("var").absolute(), url="https://galleria.example", port=8080)
    places.keep_token(far, "kept")
    assert places.find().url == "https://galleria.example"


def test_names_under_localhost_are_this_machine_whatever_the_resolver_says() -> None:
    assert places.connect_address("http://galleria.localhost:8081") == (
        "http://127.0.0.1:8081",
        "galleria.localhost:8081",
    )
    assert places.connect_address("https://g.example/x") == ("https://g.example/x", "g.example")


@pytest.mark.parametrize("wrong", ["galleria.localhost", "ftp://x", "http://"])
def test_an_address_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(Misuse):
        places.connect_address(wrong)
