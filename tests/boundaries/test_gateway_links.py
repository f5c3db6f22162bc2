"""A store that plants links where its sockets should be gets nothing out of Caddy's admin API through the door.

Real Caddy, started as the platform starts it. The same probe is shown to leak once the admin secret is not enforced.
"""

from __future__ import annotations

import http.client
import json
import socket
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from galleria.control.gateway.book import GatewayFolder
from galleria.control.gateway.caddy import CaddyGateway
from galleria.control.gateway.config import Json, caddy_config
from galleria.control.gateway.port import GatewayUnavailable, Route
from galleria.control.runtimes.process import profiles
from galleria.control.runtimes.process.sandbox import Means
from tests.support import sandboxes
from tests.support.running_caddy import RunningCaddy, backend

ADMIN_REQUESTS = [
    ("GET", "/config/"),
    ("GET", "/config/admin"),
    ("GET", "/id/control-plane"),
    ("GET", "/pki/ca/local"),
    ("GET", "/pki/ca/local/certificates"),
    ("GET", "/metrics"),
    ("GET", "/reverse_proxy/upstreams"),
    ("GET", "/debug/vars"),
    ("GET", "/debug/pprof/cmdline"),
    ("GET", "//config/"),
    ("POST", "/load"),
    ("POST", "/adapt"),
    ("POST", "/stop"),
    ("PUT", "/config/apps/http/servers/door/routes/0"),
    ("PATCH", "/id/control-plane"),
    ("DELETE", "/config/"),
    ("OPTIONS", "/config/"),
]
"""What Caddy's admin API answers, https://caddyserver.com/docs/api, and its debugging pages."""

ORIGINS: list[dict[str, str]] = [
    {},
    {"Origin": ""},
    {"Origin": "null"},
    {"Origin": "http://localhost"},
    {"Origin": "http://"},
    {"Origin": "http://evil.localhost"},
    {"Referer": "http://evil.localhost/"},
]


@dataclass(frozen=True)
class Answer:
    """What came out of the door."""

    status: int
    headers: str
    text: str


def ask(running: RunningCaddy, method: str, path: str, headers: dict[str, str] | None = None) -> Answer:
    """Ask for the hostile store as anybody on the internet can."""
    sent = {"Host": "evil.localhost", "Content-Type": "application/json", **(headers or {})}
    answer, text = running.ask(method, path, sent, None if method in ("GET", "OPTIONS") else "{}")
    return Answer(answer.status, str(answer.headers), text.decode("utf-8", "replace"))


@pytest.fixture
def home() -> Iterator[Path]:
    """A state folder with a short path."""
    with tempfile.TemporaryDirectory(prefix="g-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def caddy(home: Path) -> Iterator[RunningCaddy]:
    """A real Caddy, without a sandbox around it: only its own configuration is on trial."""
    running = RunningCaddy(home)
    yield running
    running.kill()


@pytest.fixture
def evil(caddy: RunningCaddy) -> Route:
    """A store with an open door, whose ``run/`` folder is its own to change."""
    run = caddy.home / "instances" / "evil" / "run"
    run.mkdir(parents=True)
    route = Route("evil", "evil.localhost", run / "engine-blue.sock", run / "storefront-blue.sock")
    CaddyGateway(caddy.home).put_route(route)
    return route


def plant(route: Route, goal: str) -> None:
    """Put links where both sockets should be, as the store can: relative, from its own ``run/`` folder."""
    for sock in (route.engine_socket, route.storefront_socket):
        sock.symlink_to(goal)
        assert sock.is_socket(), "the link leads nowhere, so nothing would be proven"


def secret_of(running: RunningCaddy) -> str:
    """Read the secret as the runner does."""
    return GatewayFolder(running.home).read_secret()


def test_nothing_of_the_admin_api_comes_out(caddy: RunningCaddy, evil: Route) -> None:
    plant(evil, "../../../gateway/admin.sock")
    before = list(CaddyGateway(caddy.home).routes())
    for method, path in ADMIN_REQUESTS:
        for headers in ORIGINS:
            answer = ask(caddy, method, path, headers)
            told = (method, path, headers, answer)
            refused = 400 if headers.get("Origin") == "null" else 403
            assert answer.status == refused, told
            assert set(json.loads(answer.text)) == {"error"}, told
            assert "reverse_proxy" not in answer.text, told
            assert secret_of(caddy) not in answer.text + answer.headers, told
    assert list(CaddyGateway(caddy.home).routes()) == before, "a request through the link changed the routes"


def test_the_probe_leaks_without_the_secret(caddy: RunningCaddy, evil: Route) -> None:
    """The very same requests reach the admin API when Caddy does not ask for the secret."""
    plant(evil, "../../../gateway/admin.sock")
    load(caddy, {"listen": f"unix/{caddy.home}/gateway/admin.sock", "config": {"persist": False}})
    dump = ask(caddy, "GET", "/config/")
    assert dump.status == 200
    assert '"handler":"reverse_proxy"' in dump.text
    assert ask(caddy, "GET", "/id/control-plane").status == 200
    assert ask(caddy, "GET", "/metrics").status == 200
    ask(caddy, "DELETE", "/id/control-plane")
    assert "control-plane" not in ask(caddy, "GET", "/config/").text


def load(running: RunningCaddy, admin: Json) -> None:
    """Give Caddy the platform's configuration with another admin part."""
    folder = GatewayFolder(running.home)
    listen, routes = folder.read()
    config = {**caddy_config(folder.places, listen, routes.values()), "admin": admin}
    line = http.client.HTTPConnection("localhost", timeout=10)
    line.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.sock.connect(str(folder.places.admin_socket))
    headers = {"Content-Type": "application/json", "Origin": f"http://{folder.read_secret()}"}
    line.request("POST", "/load", json.dumps(config), headers)
    assert line.getresponse().status == 200
    line.close()


def test_without_a_secret_everybody_is_locked_out(caddy: RunningCaddy, evil: Route) -> None:
    """A configuration that was worked out without a secret fails closed."""
    folder = GatewayFolder(caddy.home)
    plant(evil, "../../../gateway/admin.sock")
    admin = caddy_config(folder.places, "127.0.0.1:1", [])["admin"]
    assert isinstance(admin, dict)
    load(caddy, admin)
    for headers in ({}, {"Origin": "http://"}, {"Origin": f"http://{folder.read_secret()}"}):
        assert ask(caddy, "GET", "/config/", headers).status == 403


def test_the_secret_stays_where_it_is(caddy: RunningCaddy, evil: Route) -> None:
    """Readable for the gateway's user only; not in the book, not in what Caddy printed, new at each start."""
    plant(evil, "../../../gateway/admin.sock")
    ask(caddy, "GET", "/config/")
    CaddyGateway(caddy.home).close("evil")
    folder, secret = GatewayFolder(caddy.home), secret_of(caddy)
    assert len(secret) == 64
    for file in (folder.admin_secret, folder.root / "caddy.json", folder.book):
        assert file.stat().st_mode & 0o777 == 0o600, file
    assert secret not in folder.book.read_text("utf-8")
    assert secret not in (caddy.home / "out").read_text("utf-8")
    caddy.kill()
    folder.places.admin_socket.unlink(missing_ok=True)
    caddy.start()
    assert secret_of(caddy) != secret
    assert [route.closed for route in CaddyGateway(caddy.home).routes()] == [True]


def test_an_admin_with_another_secret_is_refused(caddy: RunningCaddy) -> None:
    """The runner's own client meets the same check."""
    gateway = CaddyGateway(caddy.home)
    GatewayFolder(caddy.home).renew_secret()
    with pytest.raises(GatewayUnavailable):
        gateway.put_route(Route("shop-001", "shop-001.localhost", Path("/e"), Path("/s")))
    with pytest.raises(GatewayUnavailable):
        gateway.routes()


@pytest.mark.parametrize("sandboxed", [True, False], ids=["sandboxed", "shown to leak without a sandbox"])
def test_the_supervisors_socket_is_not_in_the_gateways_sandbox(home: Path, sandboxed: bool) -> None:
    """The supervisor asks for no secret: what keeps it from the door is that Caddy can't see it."""
    layout = sandboxes.two_stores(home)
    place = layout.store("shop-001")
    route = Route("shop-001", "evil.localhost", place.run / "engine-blue.sock", place.run / "storefront-blue.sock")

    def command(port: int) -> Sequence[str]:
        launch = profiles.gateway_launch(sandboxes.ground(layout, Means.BUBBLEWRAP), "127.0.0.1", port)
        file = layout.launch_d / "gateway.json"
        file.write_text(launch.to_json(), "utf-8")
        return [sys.executable, "-I", "-m", "galleria.control.runtimes.process.launcher", str(file)]

    running = RunningCaddy(home, command if sandboxed else None)
    try:
        with backend(layout.supervisor_socket, "the supervisor"):
            CaddyGateway(home).put_route(route)
            plant(route, "../../../supervisor/supervisor.sock")
            answers = [ask(running, "GET", "/RPC2"), ask(running, "GET", "/graphql")]
    finally:
        running.kill()
    if sandboxed:
        assert [answer.status for answer in answers] == [503, 503]
        assert not [answer for answer in answers if "the supervisor" in answer.text]
    else:
        assert [answer.status for answer in answers] == [200, 200]
