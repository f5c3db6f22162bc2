"""An operator with both hands on the keyboard."""

from __future__ import annotations

import json

import pytest

from tests.support.platform import Platform

pytestmark = pytest.mark.platform


def test_status_tells_the_truth_while_the_platform_is_up(platform: Platform) -> None:
    result = platform.galleria("status", "--json")
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["plane"]["audit"]["verified"] is True
    assert any(runner["alive"] for runner in told["plane"]["runners"])
    assert {store["store_id"]: store["state"] for store in told["stores"]}["shop-001"] == "selling"


def test_up_again_changes_nothing(platform: Platform) -> None:
    before = json.loads(platform.galleria("store", "show", "shop-001", "--json").stdout)
    again = platform.galleria("up", "--json")
    assert again.returncode == 0, again.stderr
    after = json.loads(platform.galleria("store", "show", "shop-001", "--json").stdout)
    assert [p["since"] for p in before["processes"]] == [p["since"] for p in after["processes"]]
    assert before["last_deployment"] == after["last_deployment"]


def test_every_operation_says_what_it_really_did(platform: Platform) -> None:
    for act in ("health", "status", "flush", "reindex", "cron", "diagnostics", "smoke"):
        result = platform.galleria("ops", act, "shop-001", "--json")
        assert result.returncode == 0, f"{act}: {result.stderr}"
        run = json.loads(result.stdout)
        assert run["outcome"] == "passed", act
        assert run["message"], act


def test_tables_fit_a_narrow_terminal(platform: Platform) -> None:
    for arguments in (["store", "list"], ["deployment", "list"], ["audit", "list", "--page-size", "5"], ["status"]):
        result = platform.galleria(*arguments, COLUMNS="80")
        assert result.returncode == 0, result.stderr
        assert all(len(line) <= 80 for line in result.stdout.splitlines()), result.stdout


def test_the_audit_holds_and_names_the_operator(platform: Platform) -> None:
    assert platform.galleria("audit", "verify").returncode == 0
    listed = json.loads(platform.galleria("audit", "list", "--store", "shop-001", "--json").stdout)
    assert any(entry["action"] == "store.register" for entry in listed["items"])


def test_an_unknown_store_is_said_to_be_unknown(platform: Platform) -> None:
    result = platform.galleria("store", "show", "no-such-shop")
    assert result.returncode == 1
    assert "galleria store list" in result.stderr


def test_a_wrong_token_is_refused(platform: Platform) -> None:
    result = platform.galleria("store", "list", GALLERIA_TOKEN="wrong")
    assert result.returncode == 3
    assert "galleria login" in result.stderr
