"""A really running shop agent, in a process of its own, beside a made-up store. As a program it is that agent."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from galleria.contracts import instance
from galleria.contracts.words import ActorKind, Operation
from galleria.control.clients.agent import ShopAgentClient
from galleria.control.clients.signing import Actor, SigningKey, load_or_create
from tests.support import fake_store
from tests.support.configs import complete_values

STORE = "shop-001"
ACTOR = Actor("operator:anna", ActorKind.HUMAN)
ROOT = Path(__file__).parents[2]


@dataclass
class RunningAgent:
    """The agent of `STORE` and what is around it. ``home`` is laid out as the platform's state folder is."""

    home: Path
    key: SigningKey
    shop: fake_store.Shop = field(default_factory=fake_store.Shop)
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def store_dir(self) -> Path:
        return self.home / "instances" / STORE

    @property
    def socket(self) -> Path:
        return self.home / "agents" / STORE / "agent.sock"

    @property
    def log(self) -> str:
        return (self.home / "agent.log").read_text()

    @property
    def client(self) -> ShopAgentClient:
        return ShopAgentClient(self.home / "agents", STORE, self.key, ACTOR)

    def token(self, operation: Operation, store_id: str = STORE) -> str:
        return self.key.token(store_id, operation, ACTOR)

    def ask(
        self,
        method: str,
        path: str,
        token: str | None = None,
        *,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
    ) -> httpx.Response:
        """Send one plain request, with a token if given."""
        bearer = {"Authorization": f"Bearer {token}"} if token is not None else {}
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(self.socket)), timeout=20) as client:
            return client.request(method, f"http://agent{path}", headers=bearer | (headers or {}), content=body)

    def run(self, operation: Operation, token: str | None = None) -> httpx.Response:
        """Ask for ``operation`` with a fresh token, or the given one."""
        return self.ask(operation.method, operation.path, self.token(operation) if token is None else token)

    def start(self) -> float:
        """Start the agent and wait until it answers; return how many seconds that took."""
        began = time.monotonic()
        argv = [sys.executable, "-m", "tests.support.running_agent", str(self.home)]
        with (self.home / "agent.log").open("ab") as log:
            self.process = subprocess.Popen(
                argv, cwd=ROOT, stdout=log, stderr=log, env={**os.environ, **self.environment}
            )
        while not self._takes_connections():
            if self.process.poll() is not None or time.monotonic() - began > 15:
                raise RuntimeError(f"the agent did not come up: {self.log}")
            time.sleep(0.02)
        assert self.ask("GET", "/health").status_code == 200
        return time.monotonic() - began

    def _takes_connections(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.socket)) == 0

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End the agent; return its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


@contextmanager
def running_agent(values: dict[str, str] | None = None) -> Iterator[RunningAgent]:
    """Lay out a store, start its made-up engine and storefront and its real agent."""
    home = Path(tempfile.mkdtemp(prefix="g-", dir="/tmp"))
    agent = RunningAgent(home, load_or_create(home / "signing-key"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, home)
        for folder in (agent.store_dir / "run", agent.store_dir / "data", agent.socket.parent):
            folder.mkdir(parents=True)
        given = complete_values(STORE) | {"GALLERIA_AGENT_PUBLIC_KEY": agent.key.public_jwk} | (values or {})
        (agent.store_dir / ".env").write_text(instance.render_env(given))
        stack.enter_context(fake_store.neighbour(agent.store_dir / "run" / "engine.sock", agent.shop))
        stack.enter_context(fake_store.neighbour(agent.store_dir / "run" / "storefront.sock", agent.shop))
        agent.start()
        try:
            yield agent
        finally:
            if agent.process is not None and agent.process.poll() is None:
                agent.process.kill()
                agent.process.wait()


def _serve(home: Path) -> None:
    from galleria.observability import logs
    from galleria.shop.agent import serving, settings
    from galleria.shop.agent.profile import EngineProfile

    store_dir = home / "instances" / STORE
    logs.configure("shop-agent", STORE)
    loaded = settings.load(
        store_dir,
        home / "agents" / STORE / "agent.sock",
        settings.Told(f"unix:{store_dir}/run/engine.sock", f"unix:{store_dir}/run/storefront.sock"),
    )
    profile = EngineProfile("embedded", (sys.executable, str(Path(fake_store.__file__))), store_dir)
    serving.serve(serving.make(loaded, profile), loaded.socket)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
