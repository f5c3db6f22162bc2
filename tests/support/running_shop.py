"""A whole shop on a port of its own: the real engine with the demo catalogue, the real storefront, Caddy in front."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from galleria.contracts import instance
from tests.support.configs import complete_values
from tests.support.ports import free_port

STORE_ID = "shop-001"
_PATIENCE = 60.0


@dataclass
class RunningShop:
    """One store. ``storefronts`` has a storefront's address for each theme."""

    folder: Path
    port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where shoppers come in."""
        return f"http://{STORE_ID}.localhost:{self.port}"

    @property
    def engine_socket(self) -> Path:
        """Where the engine listens."""
        return self.folder / "run" / "engine.sock"

    @property
    def storefront_socket(self) -> Path:
        """Where the storefront listens."""
        return self.folder / "run" / "storefront.sock"

    def fetch(self, path: str) -> httpx.Response:
        """Ask through the door as a program does: glibc does not resolve ``*.localhost``."""
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", headers={"Host": f"{STORE_ID}.localhost:{self.port}"})

    def start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a process of the store; its output goes to ``NAME.log``."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(arguments, stdout=log, stderr=log, cwd=self.folder)
        return self.processes[name]

    def start_engine(self) -> None:
        """Start the engine and wait until it answers."""
        self.start(
            "engine", *_module("engine"), "serve", "--store-dir", str(self.folder), "--socket", str(self.engine_socket)
        )
        wait_for(self.engine_socket)

    def start_storefront(self, engine: str = "") -> None:
        """Start the storefront and wait until it answers. ``engine`` is where it asks, the store's own if not given."""
        self.start(
            "storefront",
            *_module("storefront"),
            *("serve", "--store-dir", str(self.folder), "--socket", str(self.storefront_socket)),
            *("--engine", engine or f"unix:{self.engine_socket}"),
        )
        wait_for(self.storefront_socket)

    def stop(self, name: str) -> int:
        """Ask a process to go and return its exit code."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        return process.wait(60)

    def stop_all(self) -> None:
        """Stop everything, the door first."""
        for name in reversed(list(self.processes)):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.stop(name)


@contextlib.contextmanager
def running_shop(theme: str = "quiet", template: Path | None = None, catalogue: str = "demo") -> Iterator[RunningShop]:
    """Run a shop with the ``demo`` catalogue or an ``empty`` one.

    ``template`` is a folder that `make_template` filled; made when not given.
    """
    folder = Path(tempfile.mkdtemp(prefix="g-shop-"))
    shop = RunningShop(folder, free_port())
    try:
        values = complete_values(STORE_ID) | {
            "GALLERIA_THEME": theme,
            "GALLERIA_PUBLIC_URL": shop.url,
            "GALLERIA_STORE_NAME": "Fell & Sea",
        }
        (folder / ".env").write_text(instance.render_env(values), encoding="utf-8")
        (folder / "run").mkdir()
        shutil.copytree(template or make_template(folder / "template", catalogue), folder / "data")
        _run("engine", "provision", "--store-dir", str(folder))
        shop.start_engine()
        shop.start_storefront()
        _start_gateway(shop)
        yield shop
    finally:
        shop.stop_all()
        shutil.rmtree(folder, ignore_errors=True)


def make_template(out: Path, catalogue: str = "demo") -> Path:
    """Make what a new store begins with."""
    _run("engine", "template", "--out", str(out), "--catalogue", catalogue)
    return out


def wait_for(path: Path) -> None:
    """Wait until somebody listens on the Unix socket ``path``."""
    _patiently(lambda: _connects(socket.AF_UNIX, str(path)), path.name)


def _patiently(ready: Callable[[], bool], name: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{name} does not answer")
        time.sleep(0.02)


def _connects(family: int, address: str | tuple[str, int]) -> bool:
    with socket.socket(family) as probe:
        return probe.connect_ex(address) == 0


def _start_gateway(shop: RunningShop) -> None:
    """Start Caddy with the routes that the platform gives a store."""

    def to(path: Path) -> list[dict[str, object]]:
        return [{"handler": "reverse_proxy", "upstreams": [{"dial": f"unix/{path}"}]}]

    engine_paths = ["/graphql", "/media/*", "/admin*", "/static/*", "/downloadable/download/*"]
    config = {
        "admin": {"disabled": True, "config": {"persist": False}},
        "apps": {
            "http": {
                "servers": {
                    "shop": {
                        "listen": [f"127.0.0.1:{shop.port}"],
                        "automatic_https": {"disable": True},
                        "routes": [
                            {"match": [{"path": engine_paths}], "handle": to(shop.engine_socket)},
                            {"handle": to(shop.storefront_socket)},
                        ],
                    }
                }
            }
        },
    }
    file = shop.folder / "caddy.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    caddy = Path(sys.executable).with_name("caddy")
    shop.start("caddy", str(caddy), "run", "--config", str(file))
    _patiently(lambda: _connects(socket.AF_INET, ("127.0.0.1", shop.port)), "the gateway")


def _module(name: str) -> tuple[str, str, str]:
    return sys.executable, "-m", f"galleria.shop.{name}"


def _run(name: str, *arguments: str) -> None:
    done = subprocess.run([*_module(name), *arguments], capture_output=True, check=False, timeout=180)
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-2000:] or done.stdout.decode()[-2000:])
