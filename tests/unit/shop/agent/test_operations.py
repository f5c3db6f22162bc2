"""Every operation is bounded, alone of its kind, and says what really happened."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from galleria.contracts import wire, words
from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import AGENT_SMOKE_CHECKS, Operation, Outcome
from galleria.shop.agent import app, operations, profile
from galleria.shop.agent.refusal import Refused
from tests.support import agent_openapi, fake_store
from tests.support.running_agent import RunningAgent, running_agent

DRIVEN = [Operation.CACHE_FLUSH, Operation.INDEX_REINDEX, Operation.CRON_RUN, Operation.DIAGNOSTICS]


@pytest.fixture
def agent() -> Iterator[RunningAgent]:
    with running_agent() as running:
        yield running


def test_each_operation_drives_its_own_engine_command_and_answers_its_counts(agent: RunningAgent) -> None:
    data = {operation: agent.run(operation).json()["data"] for operation in Operation}
    assert data[Operation.CACHE_FLUSH]["entries_removed"] == 7
    assert data[Operation.INDEX_REINDEX]["documents"] == 42
    assert (data[Operation.CRON_RUN]["jobs_run"], data[Operation.CRON_RUN]["jobs_failed"]) == (3, 0)
    assert data[Operation.STATUS] == {
        "store_id": "shop-001",
        "engine": "ok",
        "storefront": "ok",
        "engine_kind": "embedded",
        "documents": 42,
        "index_age_seconds": 1.5,
    }
    found = {check["name"]: check["outcome"] for check in data[Operation.DIAGNOSTICS]["checks"]}
    assert found == {"database": "passed", "index": "failed", "storefront": "passed"}
    ran = [line.split()[0] for line in (agent.store_dir / "engine-ran.txt").read_text().splitlines()]
    assert ran == ["describe", "cache-flush", "reindex", "cron", "check"]


def test_the_same_operation_at_once_is_busy_and_another_is_not(agent: RunningAgent) -> None:
    fake_store.say(agent.store_dir, "reindex", sleep=3)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(agent.run, Operation.INDEX_REINDEX)
        wait_for(agent.store_dir / "engine-ran.txt")
        second = agent.run(Operation.INDEX_REINDEX)
        assert (second.status_code, second.json()["error_code"]) == (409, ErrorCode.OPERATION_BUSY)
        assert second.json()["retryable"] is True
        assert agent.run(Operation.CACHE_FLUSH).status_code == 200
        assert first.result().status_code == 200
    assert agent.run(Operation.INDEX_REINDEX).status_code == 200


@pytest.mark.parametrize("operation", [*DRIVEN, Operation.VERIFY_SMOKE])
def test_an_engine_that_is_down_is_a_retryable_failure_at_once(agent: RunningAgent, operation: Operation) -> None:
    (agent.store_dir / "run" / "engine.sock").rename(agent.store_dir / "run" / "moved.sock")
    answer = agent.run(operation)
    assert (answer.status_code, answer.json()["error_code"]) == (503, ErrorCode.ENGINE_UNREACHABLE)
    assert answer.json()["retryable"] is True
    assert agent.run(Operation.STATUS).json()["data"]["engine"] == "down"
    assert not (agent.store_dir / "engine-ran.txt").exists()
    (agent.store_dir / "run" / "moved.sock").rename(agent.store_dir / "run" / "engine.sock")
    assert agent.run(operation).status_code == 200


def test_a_storefront_that_is_down_is_told_by_status_diagnostics_and_smoke(agent: RunningAgent) -> None:
    (agent.store_dir / "run" / "storefront.sock").rename(agent.store_dir / "run" / "moved.sock")
    assert agent.run(Operation.STATUS).json()["data"]["storefront"] == "down"
    assert agent.run(Operation.DIAGNOSTICS).json()["data"]["checks"][-1]["outcome"] == "failed"
    assert agent.run(Operation.VERIFY_SMOKE).json()["error_code"] == ErrorCode.STOREFRONT_UNREACHABLE
    (agent.store_dir / "run" / "moved.sock").rename(agent.store_dir / "run" / "storefront.sock")


def test_a_failed_job_fails_the_operation(agent: RunningAgent) -> None:
    fake_store.say(agent.store_dir, "cron", answer={"ok": True, "jobs_run": 3, "jobs_failed": 1})
    answer = agent.run(Operation.CRON_RUN)
    assert (answer.status_code, answer.json()["error_code"]) == (502, ErrorCode.OPERATION_FAILED)


async def test_an_operation_out_of_time_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    async def hang(_store: operations.Store, _asked: operations.Asked) -> operations.Done:
        await asyncio.sleep(3600)
        raise AssertionError

    monkeypatch.setitem(words._OPERATION_TIMEOUTS, Operation.HEALTH, 0.01)
    monkeypatch.setattr(operations, "ACTS", {Operation.HEALTH: operations.Act(hang, wire.AgentHealth)})
    monkeypatch.setattr(app, "ACTS", operations.ACTS)
    transport = httpx.ASGITransport(app=agent_openapi.bare_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://agent") as client:
        answer = await client.get("/health")
    assert (answer.status_code, answer.json()["error_code"]) == (504, ErrorCode.OPERATION_TIMEOUT)
    assert answer.json()["retryable"] is True


async def test_an_agent_that_breaks_says_so_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    async def break_down(_store: operations.Store, _asked: operations.Asked) -> operations.Done:
        raise RuntimeError("/store/.env jane.roe")

    monkeypatch.setattr(app, "ACTS", {Operation.HEALTH: operations.Act(break_down, wire.AgentHealth)})
    transport = httpx.ASGITransport(app=agent_openapi.bare_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://agent") as client:
        answer = await client.get("/health")
    assert (answer.status_code, answer.json()["error_code"]) == (500, ErrorCode.INTERNAL)
    assert "jane" not in answer.text


async def test_a_command_out_of_time_takes_its_whole_process_group_along(tmp_path: Path) -> None:
    import asyncio
    import sys

    fake_store.say(tmp_path, "reindex", sleep=60)
    driven = profile.EngineProfile("embedded", (sys.executable, str(Path(fake_store.__file__))), tmp_path)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await driven.run("reindex", profile.Rebuilt)
    leader = int((tmp_path / "engine-ran.txt").read_text().split()[1])
    await asyncio.sleep(0.1)
    assert not members_of(leader)


@pytest.mark.parametrize("printed", ["", "null", "[]", "{}", '{"ok": true}', '{"ok": true, "documents": -1}'])
@pytest.mark.parametrize("documents", ["", '{"ok": true, "documents": "1"}', '{"ok": false, "documents": 1}'])
async def test_an_answer_that_is_not_agreed_is_a_failure(tmp_path: Path, printed: str, documents: str) -> None:
    import sys

    fake_store.say(tmp_path, "reindex", printed=documents or printed)
    driven = profile.EngineProfile("embedded", (sys.executable, str(Path(fake_store.__file__))), tmp_path)
    with pytest.raises(Refused) as caught:
        await driven.run("reindex", profile.Rebuilt)
    assert caught.value.error_code is ErrorCode.OPERATION_FAILED


def test_smoke_shops_and_leaves_nothing(agent: RunningAgent) -> None:
    data = agent.run(Operation.VERIFY_SMOKE).json()["data"]
    assert data["passed"] is True
    assert [(result["check"], result["outcome"]) for result in data["results"]] == [
        (check, Outcome.PASSED) for check in AGENT_SMOKE_CHECKS
    ]
    assert all(result["seconds"] >= 0 for result in data["results"])
    assert agent.shop.cart == []
    assert agent.shop.put == [{"sku": "mug-blue", "parent_sku": "mug", "quantity": 1}]
    assert agent.shop.asked == ["/", "/cafe-mug.html"]


def test_a_shop_that_is_sold_out_shows_its_first_article_and_refuses_to_sell_it(agent: RunningAgent) -> None:
    agent.shop.stock, agent.shop.user_errors = "OUT_OF_STOCK", [{"message": "not available"}]
    data = agent.run(Operation.VERIFY_SMOKE).json()["data"]
    assert data["passed"] is True, data
    assert [each["detail"] for each in data["results"] if "The shop is sold out" in each["detail"]] == [
        "The shop is sold out: the catalogue has articles, and nothing that can be bought now.",
        "The shop is sold out: the cart refused an article and stayed empty.",
    ]
    assert agent.shop.cart == []
    assert agent.shop.put == [{"sku": "mug-red", "parent_sku": "mug", "quantity": 1}]
    assert agent.shop.asked == ["/", "/cafe-mug.html"]


def test_smoke_runs_share_one_cart_and_empty_it_first(agent: RunningAgent) -> None:
    for _ in range(3):
        assert agent.run(Operation.VERIFY_SMOKE).json()["data"]["passed"] is True
    assert agent.shop.carts_made == 1
    agent.shop.cart = [{"uid": "MQ==", "quantity": 1}]
    assert agent.run(Operation.VERIFY_SMOKE).json()["data"]["passed"] is True
    agent.shop.carts_made = 0  # the cart has expired
    assert agent.run(Operation.VERIFY_SMOKE).json()["data"]["passed"] is True
    assert (agent.shop.carts_made, agent.shop.cart) == (1, [])


@pytest.mark.parametrize(
    ("change", "failing"),
    [
        ({"page": "half a page"}, {"storefront page"}),
        ({"product_page": "<html>Something else</html>"}, {"product page"}),
        ({"product_page": "half"}, {"product page"}),
        ({"empty": True}, {"catalogue query", "product page", "put into cart and take out"}),
        ({"stock": "OUT_OF_STOCK"}, {"put into cart and take out"}),  # and yet the cart takes it
        ({"stock": "OUT_OF_STOCK", "put_errors": [{"message": "x"}]}, {"put into cart and take out"}),
        (
            {"stock": "OUT_OF_STOCK", "user_errors": [{"message": "x"}], "product_page": "<html>Else</html>"},
            {"product page"},
        ),
        ({"errors": [{"message": "x"}]}, {"catalogue query", "product page", "put into cart and take out"}),
        ({"user_errors": [{"message": "x"}]}, {"put into cart and take out"}),
        ({"keeps_items": True}, {"put into cart and take out"}),
    ],
)
def test_smoke_fails_by_the_check_that_failed(
    agent: RunningAgent, change: dict[str, object], failing: set[str]
) -> None:
    vars(agent.shop).update(change)
    answer = agent.run(Operation.VERIFY_SMOKE).json()
    results = answer["data"]["results"]
    assert answer["data"]["passed"] is False
    assert {result["check"] for result in results if result["outcome"] == "failed"} == failing
    assert len(results) == len(AGENT_SMOKE_CHECKS)
    assert answer["message"].startswith("Smoke failed: ")


def test_the_agent_goes_when_asked_even_while_it_works(agent: RunningAgent) -> None:
    fake_store.say(agent.store_dir, "reindex", sleep=30)
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(agent.run, Operation.INDEX_REINDEX)
        wait_for(agent.store_dir / "engine-ran.txt")
        assert agent.stop() == 0
        assert not agent.socket.exists()
        assert (working.result().status_code, working.result().json()["error_code"]) == (503, ErrorCode.UNAVAILABLE)
    leader = int((agent.store_dir / "engine-ran.txt").read_text().split()[1])
    assert not members_of(leader)


def wait_for(file: Path) -> None:
    deadline = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def members_of(leader: int) -> list[int]:
    processes = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
    return [pid for pid in processes if group_of(pid) == leader]


def group_of(pid: int) -> int | None:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = status.rpartition(")")[2].split()
    return None if fields[0] == "Z" else int(fields[2])


# --- the storefront in another slot -----------------------------------------------------------------------------------


def test_a_smoke_run_shops_in_the_slot_that_it_is_asked_for(agent: RunningAgent) -> None:
    candidate = fake_store.Shop()
    path = f"{Operation.VERIFY_SMOKE.path}?storefront=green"
    asked = agent.ask("POST", path, agent.token(Operation.VERIFY_SMOKE))
    assert (asked.status_code, asked.json()["error_code"]) == (503, ErrorCode.STOREFRONT_UNREACHABLE)
    with fake_store.neighbour(agent.store_dir / "run" / "storefront-green.sock", candidate):
        passed = agent.ask("POST", path, agent.token(Operation.VERIFY_SMOKE))
        assert passed.json()["data"]["passed"], passed.text
        candidate.page = "broken"
        failed = agent.ask("POST", path, agent.token(Operation.VERIFY_SMOKE)).json()["data"]
        assert [each["check"] for each in failed["results"] if each["outcome"] != "passed"] == ["storefront page"]
        assert agent.run(Operation.VERIFY_SMOKE).json()["data"]["passed"], "the live one is another"


@pytest.mark.parametrize(
    "query", ["storefront=red", "storefront=", "storefront=green&storefront=blue", "storefront=green&x=1", "x=1", "x"]
)
def test_any_other_query_is_refused_before_anything_is_done(agent: RunningAgent, query: str) -> None:
    for operation in (Operation.VERIFY_SMOKE, Operation.CACHE_FLUSH):
        answer = agent.ask("POST", f"{operation.path}?{query}", agent.token(operation))
        assert (answer.status_code, answer.json()["error_code"]) == (422, ErrorCode.INVALID_REQUEST), query
    assert not (agent.store_dir / "engine-ran.txt").exists()
    assert agent.shop.carts_made == 0


def test_only_a_smoke_run_is_asked_for_in_a_slot(agent: RunningAgent) -> None:
    answer = agent.ask("POST", f"{Operation.CACHE_FLUSH.path}?storefront=green", agent.token(Operation.CACHE_FLUSH))
    assert answer.json()["error_code"] == ErrorCode.INVALID_REQUEST


def test_the_engines_commands_are_started_by_its_own_interpreter_with_this_configuration(tmp_path: Path) -> None:
    made = profile.embedded(tmp_path, tmp_path / "config" / "3.env", Path("/bundles/engine/bin/python"))
    assert made.program[0] == "/bundles/engine/bin/python"
    assert made.config == tmp_path / "config" / "3.env"
