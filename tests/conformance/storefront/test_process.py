"""The storefront as a process: how it starts, what it says when it can't, how it goes."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import httpx

from galleria.contracts import instance
from tests.support.configs import complete_values
from tests.support.running_shop import wait_for


def command(folder: Path, engine: str = "unix:/nowhere/engine.sock") -> list[str]:
    return [
        *(sys.executable, "-m", "galleria.shop.storefront", "serve", "--store-dir", str(folder)),
        *("--socket", str(folder / "run" / "s.sock"), "--engine", engine),
    ]


def configure(folder: Path) -> None:
    (folder / ".env").write_text(instance.render_env(complete_values()), encoding="utf-8")


def refused(folder: Path, engine: str = "unix:/nowhere/engine.sock") -> str:
    done = subprocess.run(command(folder, engine), capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_it_serves_without_its_engine_and_goes_when_asked(tmp_path: Path) -> None:
    configure(tmp_path)
    socket = tmp_path / "run" / "s.sock"
    process = subprocess.Popen(command(tmp_path), stdout=subprocess.PIPE, text=True)
    try:
        wait_for(socket)
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(socket)), base_url="http://x") as client:
            assert client.get("/_health").json() == {"status": "ok"}
            assert client.get("/").status_code == 503
    finally:
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert not socket.exists()
    assert '"event": "stopped"' in output


def test_a_store_without_configuration_is_refused_in_a_line(tmp_path: Path) -> None:
    assert ".env can't be read" in refused(tmp_path)


def test_a_wrong_configuration_names_the_key(tmp_path: Path) -> None:
    configure(tmp_path)
    text = (tmp_path / ".env").read_text(encoding="utf-8")
    (tmp_path / ".env").write_text(text.replace("GALLERIA_THEME=", "GALLERIA_LOOK="), encoding="utf-8")
    assert "GALLERIA_LOOK" in refused(tmp_path)


def test_an_engine_that_is_no_address_is_refused(tmp_path: Path) -> None:
    configure(tmp_path)
    assert "--engine" in refused(tmp_path, "engine.sock")
