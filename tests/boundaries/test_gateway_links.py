"""Whatever a stranger names as the host, and whatever links a store plants, the door leads to stores' sockets only.

Real Caddy, started as the platform starts it. Where a probe shows that nothing comes out, the same probe is shown to
get something out once the guard is taken away.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from galleria.control.gateway import config
from galleria.control.gateway.caddy import CaddyGateway
from galleria.control.gateway.port import Route
from galleria.control.runtimes.process import profiles
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.running import run_once
from galleria.control.runtimes.process.sandbox import Launch, Means
from tests.support import sandboxes
from tests.support.running_caddy import RunningCaddy, backend

STRANGE_HOSTS = [
    *(b"..", b".", b"", b".ways", b".ways:80", b"..:80", b".lock", b".next"),
    *(b"shop-001.localhost/..", b"..%2f", b"%2e%2e", b"%2E%2E:80", b".ways/shop-001.a", b"shop-001.localhost/../.."),
    *(b"..\\", b"shop-001.localhost\\..", b"*", b"sho*", b"shop-001.localhos?", b"[a-z]hop-001.localhost", b"{a,b}"),
    *(b"{http.regexp.door.host}", b"{env.HOME}", b"{file./etc/passwd}", b"$HOME", b"~", b"[..]", b"..:0:0"),
    *(b"shop-001.localhost.", b".shop-001.localhost", b"shop-001.localhost:80:80", b"shop-001.localhost@..", b"-"),
    *(b"shop-001.localhost, shop-002.localhost", b"shop-001.localhost#", b"shop-001.localhost?", b"a_b", b"a..b"),
    *(b"shop-001.localhost\tx", b"shop-001.localhost\x00", b"\xff", b"sh\xc3\xb6p", b"..;a=b", b"a" * 91, b"a" * 5000),
]
"""What somebody may send as the host who wants to get below or beside the doors."""


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


def route_to(number: int, home: Path) -> Route:
    """A store with a ``run/`` folder of its own."""
    store_id = f"shop-00{number}"
    run = home / "instances" / store_id / "run"
    run.mkdir(parents=True, exist_ok=True)
    return Route(store_id, f"{store_id}.localhost", run / "engine-blue.sock", run / "storefront-blue.sock")


def say(running: RunningCaddy, request: bytes) -> bytes:
    """Send bytes to the public door and return all that comes back."""
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as line:
        line.sendall(request)
        return b"".join(iter(lambda: line.recv(65536), b""))


def status_of(answer: bytes) -> int:
    """The status in an answer's first line."""
    return int(answer.split(b" ", 2)[1])


@contextmanager
def lures(home: Path) -> Iterator[None]:
    """Servers in all places that a host which is no name could lead to, among them a way that no door leads to."""
    with ExitStack() as stack:
        for folder in (".", "doors", "doors/.ways", "doors/.ways/shop-009.a"):
            (home / folder).mkdir(parents=True, exist_ok=True)
            for name in ("engine", "storefront"):
                stack.enter_context(backend(home / folder / name, "lure"))
        yield


@pytest.mark.parametrize("path", [b"/", b"/graphql", b"/_health"])
def test_a_host_that_is_no_name_leads_nowhere(caddy: RunningCaddy, path: bytes) -> None:
    CaddyGateway(caddy.home).put_route(route_to(1, caddy.home))
    with lures(caddy.home):
        for host in STRANGE_HOSTS:
            answer = say(caddy, b"GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % (path, host))
            assert status_of(answer) in (400, 404), (host, answer)
            assert b"lure" not in answer, host


def test_the_same_hosts_lead_astray_without_the_pattern(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lures are within reach: what keeps a stranger from them is that a host must be a name."""
    monkeypatch.setattr(config, "HOST_PATTERN", ".*")
    running = loosely(home)
    try:
        with lures(home):
            answers = {
                host: say(running, b"GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % host)
                for host in (b"..", b".", b".ways")
            }
        assert {host for host, answer in answers.items() if b"lure" in answer} == {b"..", b".", b".ways"}
    finally:
        running.kill()


def loosely(home: Path) -> RunningCaddy:
    """A Caddy with the configuration as this process works it out now."""

    def command(port: int) -> Sequence[str]:
        file = home / "loose.json"
        file.write_text(json.dumps(config.caddy_config(f"127.0.0.1:{port}")), "utf-8")
        caddy = Path(sys.executable).with_name("caddy")
        return ["env", "-C", str(home), str(caddy), "run", "--config", str(file)]

    return RunningCaddy(home, command)


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET / HTTP/1.1\r\nHost: shop-001.localhost\r\nHost: shop-002.localhost",
        b"GET / HTTP/1.1\r\nHost: shop-001.localhost\r\n Host: shop-002.localhost",
        b"GET / HTTP/1.1",
        b"GET / HTTP/1.0",
        b"GET http://../ HTTP/1.1\r\nHost: shop-001.localhost",
        b"GET //../ HTTP/1.1\r\nHost: ..",
        b"CONNECT ..:80 HTTP/1.1\r\nHost: shop-002.localhost",
    ],
)
def test_a_request_of_two_minds_about_its_host_leads_nowhere(caddy: RunningCaddy, request_line: bytes) -> None:
    one, two = route_to(1, caddy.home), route_to(2, caddy.home)
    gateway = CaddyGateway(caddy.home)
    gateway.put_route(one)
    gateway.put_route(two)
    with lures(caddy.home), backend(two.storefront_socket, "front-2"):
        answer = say(caddy, request_line + b"\r\nConnection: close\r\n\r\n")
    assert status_of(answer) in (400, 404), answer
    assert b"front" not in answer
    assert b"lure" not in answer


def test_what_a_request_is_addressed_to_counts_and_no_header_of_its_own_making(caddy: RunningCaddy) -> None:
    one, two = route_to(1, caddy.home), route_to(2, caddy.home)
    gateway = CaddyGateway(caddy.home)
    gateway.put_route(one)
    gateway.put_route(two)
    forged = b"X-Forwarded-Host: shop-002.localhost\r\nForwarded: host=shop-002.localhost\r\nConnection: close\r\n\r\n"
    with backend(one.storefront_socket, "front-1"), backend(two.storefront_socket, "front-2"):
        absolute = b"GET http://shop-001.localhost/ HTTP/1.1\r\nHost: shop-002.localhost\r\n" + forged
        for request in (absolute, b"GET / HTTP/1.1\r\nHost: shop-001.localhost\r\n" + forged):
            answer = say(caddy, request)
            assert b"front-1 / shop-001.localhost http 127.0.0.1" in answer, answer


def plant(route: Route, goal: str) -> None:
    """Put links where both sockets should be, as the store can: relative, from its own ``run/`` folder."""
    for sock in (route.engine_socket, route.storefront_socket):
        sock.symlink_to(goal)
        assert sock.is_socket(), "the link leads nowhere, so nothing would be proven"


def test_caddy_listens_nowhere_but_at_the_door_and_for_its_health(caddy: RunningCaddy) -> None:
    """There is no admin interface that anybody could be led to."""
    listening = [line.split() for line in Path("/proc/net/unix").read_text("utf-8").splitlines()]
    own = sockets_of(caddy.pid)
    names = [line[7] for line in listening[1:] if int(line[6]) in own and line[3] == "00010000"]
    assert names == [config.HEALTH_SOCKET]
    tcp = [line.split() for kind in ("tcp", "tcp6") for line in Path(f"/proc/net/{kind}").read_text().splitlines()[1:]]
    ports = [int(line[1].rpartition(":")[2], 16) for line in tcp if line[3] == "0A" and int(line[9]) in own]
    assert ports == [caddy.port]


def sockets_of(pid: int) -> set[int]:
    """The sockets that a process has open, by inode."""
    opened = [str(descriptor.readlink()) for descriptor in Path(f"/proc/{pid}/fd").iterdir()]
    return {int(name.removeprefix("socket:[").removesuffix("]")) for name in opened if name.startswith("socket:")}


ADMIN_REQUESTS = [
    *(("GET", path) for path in ("/config/", "/metrics", "/debug/vars", "/pki/ca/local", "/reverse_proxy/upstreams")),
    *(("POST", path) for path in ("/load", "/adapt", "/stop")),
    ("DELETE", "/config/"),
]
"""What Caddy's admin API would answer, https://caddyserver.com/docs/api, and its debugging pages."""


def test_a_link_to_the_health_socket_gets_an_empty_answer(caddy: RunningCaddy) -> None:
    evil = route_to(1, caddy.home)
    gateway = CaddyGateway(caddy.home)
    gateway.put_route(evil)
    plant(evil, "../../../gateway/health.sock")
    for path in ("/", "/graphql"):
        assert ask(caddy, "GET", path) == (204, b"")
    for method, path in ADMIN_REQUESTS:
        assert ask(caddy, method, path) == (204, b"")
    assert list(gateway.routes()) == [evil]


def ask(running: RunningCaddy, method: str, path: str) -> tuple[int, bytes]:
    """Ask for the hostile store as anybody on the internet can."""
    headers = {"Host": "shop-001.localhost", "Content-Type": "application/json"}
    answer, body = running.ask(method, path, headers, None if method == "GET" else "{}")
    return answer.status, body


@pytest.mark.parametrize("sandboxed", [True, False], ids=["sandboxed", "shown to leak without a sandbox"])
def test_the_supervisors_socket_is_not_in_the_gateways_sandbox(home: Path, sandboxed: bool) -> None:
    """The supervisor asks for no secret: what keeps it from the door is that Caddy can't see it."""
    layout = sandboxes.two_stores(home)
    place = layout.store("shop-001")
    route = Route("shop-001", "shop-001.localhost", place.run / "engine-blue.sock", place.run / "storefront-blue.sock")
    running = RunningCaddy(home, sandboxed_command(layout) if sandboxed else None)
    try:
        with backend(layout.supervisor_socket, "the supervisor"):
            CaddyGateway(home).put_route(route)
            plant(route, "../../../supervisor/supervisor.sock")
            answers = [ask(running, "GET", "/RPC2"), ask(running, "GET", "/graphql")]
    finally:
        running.kill()
    if sandboxed:
        assert [status for status, _ in answers] == [503, 503]
        assert not [body for _, body in answers if b"the supervisor" in body]
    else:
        assert [status for status, _ in answers] == [200, 200]


def test_moving_and_closing_are_met_in_the_sandbox_too(home: Path) -> None:
    layout = sandboxes.two_stores(home)
    place = layout.store("shop-001")
    blue = Route("shop-001", "shop-001.localhost", place.run / "engine-blue.sock", place.run / "storefront-blue.sock")
    green = replace(blue, storefront_socket=place.run / "storefront-green.sock")
    running = RunningCaddy(home, sandboxed_command(layout))
    try:
        with backend(blue.storefront_socket, "blue"), backend(green.storefront_socket, "green"):
            for sock in (blue.storefront_socket, green.storefront_socket):
                sock.chmod(0o777)  # as the store's own processes leave it to the gateway's group
            for route, name in ((blue, b"blue "), (green, b"green "), (blue, b"blue ")):
                CaddyGateway(home).put_route(route)
                assert ask(running, "GET", "/")[1].startswith(name)
            CaddyGateway(home).close("shop-001")
            status, page = ask(running, "GET", "/")
            assert (status, b"This shop is closed right now" in page) == (503, True)
    finally:
        running.kill()


def sandboxed_command(layout: Layout) -> Callable[[int], Sequence[str]]:
    """The gateway in its own sandbox."""

    def command(port: int) -> Sequence[str]:
        launch = profiles.gateway_launch(sandboxes.ground(layout, Means.BUBBLEWRAP), "127.0.0.1", port)
        file = layout.launch_d / "gateway.json"
        file.write_text(launch.to_json(), "utf-8")
        return [sys.executable, "-I", "-m", "galleria.control.runtimes.process.launcher", str(file)]

    return command


TAMPER = """
import json, os, sys
doors, door = sys.argv[1:]
done = []
def attempt(name, act):
    try:
        act()
    except OSError:
        return
    done.append(name)
attempt("plant", lambda: os.symlink("/etc", doors + "/planted.localhost"))
attempt("take away", lambda: os.unlink(door))
attempt("rename", lambda: os.rename(door, doors + "/other.localhost"))
attempt("write a way", lambda: os.symlink("/etc", os.path.join(doors, os.readlink(door), "planted")))
attempt("make a way", lambda: os.mkdir(doors + "/.ways/shop-009.a"))
attempt("close", lambda: open(door + "/closed", "w").close())
attempt("lock", lambda: open(doors + "/.lock", "r+").close())
attempt("move the folder", lambda: os.rename(doors, doors + ".old"))
attempt("beside it", lambda: os.mkdir(doors + ".new"))
print(json.dumps(done))
"""


def tampering(layout: Layout, launch: Launch) -> list[str]:
    """What a program can do to the doors when it is started like that."""
    door = layout.doors / "shop-001.localhost"
    argv = (sys.executable, "-I", "-c", TAMPER, str(layout.doors), str(door))
    ended = run_once(replace(launch, argv=argv, log=None), wait_seconds=30)
    assert ended.returncode == 0, ended.stderr
    return list(json.loads(ended.stdout))


MEANS = [Means.BUBBLEWRAP, *([Means.NONE] if os.geteuid() == 0 else [])]
"""As root the doors' owner and mode keep the others out, even without a sandbox."""


@pytest.mark.parametrize("means", MEANS)
@pytest.mark.parametrize("who", ["gateway", "store"])
def test_neither_the_gateway_nor_a_store_can_change_a_door(home: Path, who: str, means: Means) -> None:
    layout = sandboxes.two_stores(home)
    place = layout.store("shop-001")
    route = Route("shop-001", "shop-001.localhost", place.run / "engine-blue.sock", place.run / "storefront-blue.sock")
    gateway = CaddyGateway(home)
    gateway.put_route(route)
    launches = {
        "gateway": lambda: profiles.gateway_launch(sandboxes.ground(layout, means), "127.0.0.1", 1),
        "store": lambda: sandboxes.store_launch(layout, means),
    }
    assert tampering(layout, launches[who]()) == []
    assert [way.name for way in (layout.doors / ".ways").iterdir()] == ["shop-001.a"]


def test_the_probe_could_change_a_door_if_it_might(home: Path) -> None:
    layout = sandboxes.two_stores(home)
    place = layout.store("shop-001")
    route = Route("shop-001", "shop-001.localhost", place.run / "engine-blue.sock", place.run / "storefront-blue.sock")
    CaddyGateway(home).put_route(route)
    launch = profiles.gateway_launch(sandboxes.ground(layout, Means.NONE), "127.0.0.1", 1)
    unconfined = tampering(layout, replace(launch, identity=None))
    assert {"plant", "take away", "make a way", "move the folder"} <= set(unconfined)
