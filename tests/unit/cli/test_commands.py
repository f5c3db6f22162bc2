"""The tree of commands: what the manual promises, and how errors end."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer.main
from rich.console import Console
from typer.core import TyperCommand, TyperGroup
from typer.testing import CliRunner

from galleria.cli import output, programs
from galleria.cli.main import app
from tests.support.ports import free_port

PROMISED = {
    "up", "down", "status", "reset", "login",
    "deploy", "rollback", "store revisions", "store configure",
    "rollout start", "rollout list", "rollout show", "rollout watch", "rollout halt", "rollout resume",
    "rollout rollback",
    "store list", "store show", "store create", "store start", "store stop", "store restart", "store retry",
    "store remove",
    "ops health", "ops status", "ops flush", "ops reindex", "ops cron", "ops diagnostics", "ops smoke",
    "deployment list", "deployment show", "deployment watch", "audit list", "audit verify",
    "release build", "release list", "release show", "release verify", "release promote", "release keygen",
    "release demote", "release gc", "release take", "platform upgrade", "platform rollback",
    "merchant import", "merchant password", "token list", "token create", "token revoke",
}  # fmt: skip


def _commands(group: TyperGroup, prefix: str = "") -> Iterator[tuple[str, TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _commands(command, f"{prefix}{name} ")
        elif isinstance(command, TyperCommand):
            yield f"{prefix}{name}", command


def _tree() -> dict[str, TyperCommand]:
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    return dict(_commands(root))


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GALLERIA_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("GALLERIA_PORT", str(free_port()))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("GALLERIA_URL", raising=False)
    monkeypatch.delenv("GALLERIA_TOKEN", raising=False)


def test_the_commands_are_the_promised_ones() -> None:
    assert set(_tree()) == PROMISED


def test_every_command_takes_json_and_has_a_manual() -> None:
    for name, command in _tree().items():
        assert command.help, name
        assert any("--json" in parameter.opts for parameter in command.params), name


def test_every_option_and_argument_is_explained() -> None:
    for name, command in _tree().items():
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{name}: {parameter.name}"


def test_the_manual_names_the_exit_codes() -> None:
    text = " ".join(CliRunner().invoke(app, ["--help"]).output.split())
    for words in ("0 done", "1 failed", "2", "3 refused", "4 not reachable"):
        assert words in text


@pytest.mark.parametrize("identity", ["X", "ab", "-shop", "shop-", "a" * 41, "shop_1"])
def test_an_id_that_is_none_is_misuse_and_names_the_rule(identity: str) -> None:
    result = CliRunner().invoke(app, ["store", "create", "--", identity])
    assert result.exit_code == 2
    assert "not a store's id" in result.stderr
    assert "Traceback" not in result.stderr


def test_nobody_there_is_exit_code_4_in_one_line() -> None:
    result = CliRunner().invoke(app, ["store", "list"])
    assert result.exit_code == 4
    assert len(result.stderr.strip().splitlines()) == 1
    assert "galleria up" in result.stderr


def test_an_error_is_json_when_json_was_asked_for() -> None:
    result = CliRunner().invoke(app, ["store", "list", "--json"])
    assert result.exit_code == 4
    assert json.loads(result.stderr)["next"]
    assert result.stdout == ""


def test_removing_needs_the_id_again_and_nobody_is_asked_before() -> None:
    result = CliRunner().invoke(app, ["store", "remove", "shop-001"])
    assert result.exit_code == 3
    assert "--confirm shop-001" in result.stderr


def test_a_bad_currency_is_named() -> None:
    result = CliRunner().invoke(app, ["store", "create", "shop-001", "--currency", "euro"])
    assert result.exit_code == 2
    assert "currency" in result.stderr


def test_a_file_that_is_not_there_is_named_before_anything_starts() -> None:
    result = CliRunner().invoke(app, ["merchant", "import", "shop-001", "nowhere.csv"])
    assert result.exit_code == 2
    assert "nowhere.csv" in result.stderr


def test_reset_asks_or_wants_yes() -> None:
    result = CliRunner().invoke(app, ["reset"])
    assert result.exit_code == 3
    assert "--yes" in result.stderr


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s ago"), (59, "59 s ago"), (60, "1 min ago"), (7300, "2 h ago"), (200_000, "2 d ago")]
)
def test_times_are_said_in_their_largest_unit(seconds: int, text: str) -> None:
    now = datetime(2026, 1, 10, tzinfo=UTC)
    assert output.ago(now - timedelta(seconds=seconds), now) == text


def test_never_is_a_time_too() -> None:
    assert output.ago(None) == "never"


def test_a_release_is_refused_in_one_line_when_it_is_not_there() -> None:
    result = CliRunner().invoke(app, ["release", "verify", "rel-000000000000"])
    assert result.exit_code == 3
    assert "rel-000000000000" in result.stderr


def test_building_without_a_key_names_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GALLERIA_SIGNING_KEY", raising=False)
    result = CliRunner().invoke(app, ["release", "build"])
    assert result.exit_code == 2
    assert "keygen" in result.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["rollback", "shop-001", "--local"],
        ["store", "configure", "shop-001", "--set", "GALLERIA_STORE_NAME=Shop"],
        ["platform", "rollback"],
    ],
)
def test_where_no_platform_is_nothing_is_done_and_one_line_says_so(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GALLERIA_HOME", str(tmp_path / "nowhere"))
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 3
    (line,) = result.stderr.splitlines()
    assert "no platform" in line
    assert "GALLERIA_HOME" in line
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("command", [["release", "list"], ["release", "keygen", "missing/key"]])
def test_a_place_that_can_not_be_used_is_named_in_one_line(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GALLERIA_HOME", str(tmp_path / ("file" if "list" in command else "home")))
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert "can't be used" in line


def test_a_reason_that_can_not_be_is_refused_before_anything_is_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("galleria.cli.programs.prepare_configuration", lambda *_: pytest.fail("it was prepared"))
    change = ["store", "configure", "shop-001", "--rotate", "GALLERIA_SECRET_KEY", "--reason", "x" * 501]
    result = CliRunner().invoke(app, change)
    assert result.exit_code == 2
    assert "The reason is too long" in result.stderr


@pytest.mark.parametrize("name", ["", "two\nlines", "-x", "a" * 65])
def test_a_name_that_no_token_has_is_misuse(name: str) -> None:
    result = CliRunner().invoke(app, ["token", "create", "--", name])
    assert result.exit_code == 2
    assert "can't be a token's name" in result.stderr


@pytest.mark.parametrize("secret", ["gal_\u00e4", "gal_a\nb", "gal a"])
def test_a_token_that_can_not_be_sent_is_said_to_be_none(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("GALLERIA_TOKEN", secret)
    result = CliRunner().invoke(app, ["store", "list"])
    assert result.exit_code == 2
    assert "GALLERIA_TOKEN" in result.stderr
    assert secret not in result.stderr


def test_bringing_down_what_is_not_there_says_so() -> None:
    result = CliRunner().invoke(app, ["down"])
    assert result.exit_code == 0
    assert "There is no platform" in result.stdout


def test_a_new_key_says_how_to_trust_it(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["release", "keygen", str(tmp_path / "key")])
    assert result.exit_code == 0, result.output
    assert f"cp {tmp_path / 'key.pub'} {tmp_path / 'var' / 'trust'}/" in result.stdout


def test_an_answer_of_the_release_program_has_only_what_it_means() -> None:
    answer = json.loads(CliRunner().invoke(app, ["release", "gc", "--json"]).stdout)
    assert set(answer) == {"release", "releases", "signed_by", "blobs", "size", "public_key", "removed", "damaged"}


@pytest.mark.parametrize("terminal", [True, False])
def test_an_id_stays_in_one_piece_however_narrow_it_is(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    paper = io.StringIO()
    monkeypatch.setattr(
        output, "out", Console(file=paper, width=30, force_terminal=terminal, no_color=True, soft_wrap=True)
    )
    output.table(
        ["DEPLOYMENT", "STORE", "WHY"], [["dep-0123456789abcdef", "a-shop-with-a-long-name", "it does not start"]]
    )
    assert "dep-0123456789abcdef" in paper.getvalue()
    assert "a-shop-with-a-long-name" in paper.getvalue()
    assert ("it does not start" in paper.getvalue()) is not terminal


def test_what_follows_a_reason_does_not_run_on_from_it() -> None:
    assert output.sentence("it does not start") == "it does not start."
    assert output.sentence("It does not start.") == "It does not start."


def test_a_program_that_is_stopped_by_ctrl_c_is_not_said_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(line: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(programs, "_event", pressed)
    result = CliRunner().invoke(app, ["release", "list"])
    assert result.exit_code == 130
    assert "Stopped before it was done. Run the same command again" in result.stderr
