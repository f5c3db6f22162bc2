"""A plane in its own process, the real gateway program in front of it, and the real browser."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.ports import free_port

ROOT = Path(__file__).parents[3]
START_SECONDS = 60.0

CADDYFILE = """{{
	admin off
	auto_https off
	persist_config off
}}
http://127.0.0.1:{port} {{
	bind 127.0.0.1
	reverse_proxy unix/{socket} {{
		flush_interval -1
	}}
}}
"""


@dataclass
class Site:
    """Where the pages are, and the tokens that open them, by role."""

    address: str
    secrets: dict[str, str]
    noise: list[str] = field(default_factory=list)
    """What browsers complained about on their consoles."""


@contextmanager
def serving(*arguments: str) -> Iterator[Site]:
    """Serve a plane behind the gateway program for as long as the block runs."""
    folder = Path(tempfile.mkdtemp(prefix="g-ui-"))
    port = free_port()
    (folder / "Caddyfile").write_text(CADDYFILE.format(port=port, socket=folder / "plane.sock"), encoding="utf-8")
    caddy = Path(sys.executable).with_name("caddy")
    programs = (
        [sys.executable, "-m", "tests.journeys.ui.served_plane", str(folder), *arguments],
        [str(caddy), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"],
    )
    log = (folder / "log").open("wb")
    environment = os.environ | {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    started = [
        subprocess.Popen(argv, cwd=ROOT, stdout=log, stderr=log, env=environment, start_new_session=True)
        for argv in programs
    ]
    try:
        wait_until(lambda: (folder / "plane.sock").exists() and answers(port), folder / "log")
        yield Site(f"http://127.0.0.1:{port}", json.loads((folder / "tokens.json").read_text(encoding="utf-8")))
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGTERM)
        for process in started:
            process.wait(60)
        log.close()
        shutil.rmtree(folder)


def answers(port: int) -> bool:
    """Say whether something listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(happened: Callable[[], bool], log: Path) -> None:
    """Wait for a start, and show the log if it does not come."""
    end = time.monotonic() + START_SECONDS
    while not happened():
        assert time.monotonic() < end, log.read_text(encoding="utf-8", errors="replace")[-3000:]
        time.sleep(0.05)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A fleet with a past, for one file's tests: what they do to its stores is no other file's surprise."""
    with serving() as made:
        yield made


@pytest.fixture(scope="module")
def empty_site() -> Iterator[Site]:
    """A platform without a store."""
    with serving("--empty") as made:
        yield made


Opener = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Opener]:
    """Open a page as somebody, in a browser of their own; its console must stay silent."""
    contexts: list[BrowserContext] = []
    noise: list[str] = []

    def opened(
        site: Site, role: str = "admin", *, width: int = 1280, scheme: str = "light", javascript: bool = True
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=javascript,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on("console", lambda said: noise.append(said.text) if said.type == "error" else None)
        page.goto(f"{site.address}/sign-in")
        page.get_by_label("Token").fill(site.secrets[role])
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Stores", level=1).wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()
    # A page that answers 404 or 422 on purpose is told to the console too; what must not be there is a broken rule.
    assert [one for one in noise if not one.startswith("Failed to load resource: the server responded with")] == []
