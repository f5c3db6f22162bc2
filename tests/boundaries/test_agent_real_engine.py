"""Each operation has a real effect on the real engine, and the smoke run shops in the real storefront."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from galleria.contracts import instance
from galleria.contracts.words import Operation
from galleria.control.clients.signing import load_or_create
from tests.support.configs import complete_values
from tests.support.running_agent import STORE, RunningAgent

QUERY = "{ products(filter: {}, pageSize: 1) { total_count } }"


@pytest.fixture(scope="module")
def store() -> Iterator[RunningAgent]:
    """A store with the demo catalogue, made and started as the platform does, without its sandbox."""
    home = Path(tempfile.mkdtemp(prefix="g-", dir="/tmp"))
    running = RunningAgent(home, load_or_create(home / "signing-key"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, home)
        for folder in (running.store_dir / "run", running.store_dir / "tmp", running.socket.parent, home / "template"):
            folder.mkdir(parents=True)
        values = complete_values(STORE) | {"GALLERIA_AGENT_PUBLIC_KEY": running.key.public_jwk}
        (running.store_dir / ".env").write_text(instance.render_env(values))
        engine("template", "--out", str(home / "template"), "--catalogue", "demo")
        shutil.copytree(home / "template", running.store_dir / "data")
        engine("provision", "--store-dir", str(running.store_dir))
        sockets = {name: running.store_dir / "run" / f"{name}-blue.sock" for name in ("engine", "storefront")}
        addresses = [f"--{name}=unix:{path}" for name, path in sockets.items()]
        start(stack, running, "engine", sockets["engine"])
        start(stack, running, "storefront", sockets["storefront"], addresses[0])
        start(stack, running, "agent", running.socket, *addresses)
        yield running


def engine(*argv: str) -> None:
    done = subprocess.run([sys.executable, "-m", "galleria.shop.engine", *argv], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def start(stack: ExitStack, store: RunningAgent, name: str, at: Path, *more: str) -> None:
    argv = [sys.executable, "-m", f"galleria.shop.{name}", "serve", "--store-dir", str(store.store_dir)]
    log = stack.enter_context((store.home / f"{name}.log").open("wb"))
    process = subprocess.Popen([*argv, "--socket", str(at), *more], stdout=log, stderr=log)
    stack.callback(process.wait, 5)
    stack.callback(process.terminate)
    deadline = time.monotonic() + 60
    while not takes_connections(at):
        assert process.poll() is None, (store.home / f"{name}.log").read_text()
        assert time.monotonic() < deadline
        time.sleep(0.05)


def takes_connections(at: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(at)) == 0


def ask_engine(store: RunningAgent, path: str, **parameters: str) -> Any:
    at = str(store.store_dir / "run" / "engine-blue.sock")
    with httpx.Client(transport=httpx.HTTPTransport(uds=at)) as client:
        return client.get(f"http://{STORE}.localhost{path}", params=parameters).json()


def data(store: RunningAgent, operation: Operation) -> Any:
    answer = store.run(operation)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_flush_empties_the_engines_cache(store: RunningAgent) -> None:
    ask_engine(store, "/graphql", query=QUERY)
    assert ask_engine(store, "/health")["cached_answers"] > 0
    assert data(store, Operation.CACHE_FLUSH)["entries_removed"] > 0
    assert data(store, Operation.CACHE_FLUSH)["entries_removed"] == 0


def test_reindex_makes_the_catalogue_index_anew(store: RunningAgent) -> None:
    products = ask_engine(store, "/graphql", query=QUERY)["data"]["products"]["total_count"]
    (current,) = (store.store_dir / "data" / "index").glob("current*")
    before = current.read_text()
    assert data(store, Operation.INDEX_REINDEX)["documents"] == products >= 40
    assert current.read_text() != before
    assert data(store, Operation.STATUS)["documents"] == products


def test_cron_runs_the_jobs_that_are_due(store: RunningAgent) -> None:
    first = data(store, Operation.CRON_RUN)
    assert first["jobs_run"] > 0
    assert data(store, Operation.CRON_RUN)["jobs_run"] < first["jobs_run"]


def test_diagnostics_find_a_new_store_in_order(store: RunningAgent) -> None:
    checks = data(store, Operation.DIAGNOSTICS)["checks"]
    assert {check["outcome"] for check in checks} == {"passed"}
    assert {"database", "index", "storefront"} <= {check["name"] for check in checks}
    assert "another check" not in {check["name"] for check in checks}


def test_smoke_passes_and_leaves_nothing_in_any_cart(store: RunningAgent) -> None:
    assert data(store, Operation.VERIFY_SMOKE)["passed"] is True
    import sqlite3

    with sqlite3.connect(f"file:{store.store_dir}/data/engine.db?mode=ro", uri=True) as database:
        assert database.execute("SELECT count(*) FROM basket_line").fetchone() == (0,)
        assert database.execute("SELECT count(*) FROM order_order").fetchone() == (0,)
        assert database.execute("SELECT count(*) FROM basket_basket").fetchone() == (1,)
    database.close()


def test_nothing_of_the_real_store_gets_out(store: RunningAgent) -> None:
    secrets = [json.dumps(complete_values(STORE)[key])[1:-1] for key in instance.secret_keys()]
    texts = [store.run(operation).text for operation in Operation]
    for secret in (*secrets, str(store.home), ".sock", "merchant@"):
        assert not [text for text in texts if secret in text]
