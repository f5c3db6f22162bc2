"""What the doors cost: requests through Caddy to a real store, by links and new connections, and as it was before.

    python bench/gateway.py [--requests 2000] [--rounds 5]

"kept" is a door that is written into Caddy's configuration and keeps its connections to the store, as until ADR 0033.
"doors" is the gateway as it is. Rounds of both alternate; each figure is the median of its rounds. Measures only.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench._temporary_platform import write_result
from galleria.control.gateway.caddy import CaddyGateway
from galleria.control.gateway.config import ENGINE_PATHS, caddy_config
from galleria.control.gateway.port import Route
from tests.support.ports import free_port
from tests.support.running_shop import RunningShop, running_shop

HOST = "shop-001.localhost"
AT_ONCE = 8
WARM_UP = 200
MOVES = 200
QUERY = json.dumps({"query": "{ __typename }"}).encode()
REQUESTS = {
    "front page": b"GET / HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: gzip\r\n\r\n" % HOST.encode(),
    "smallest query": b"POST /graphql HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: gzip\r\n" % HOST.encode()
    + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(QUERY), QUERY),
}


def main() -> None:
    """Measure, print a table and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    told = parser.parse_args()
    with running_shop() as shop, tempfile.TemporaryDirectory(prefix="g-", dir="/tmp") as folder, ExitStack() as stack:
        home = Path(folder)
        route = Route("shop-001", HOST, shop.engine_socket, shop.storefront_socket)
        (home / "doors").mkdir()
        gateway = CaddyGateway(home)
        gateway.put_route(route)
        ports = {"kept": free_port(), "doors": free_port()}
        stack.enter_context(running(home, "kept", kept_config(ports["kept"], shop)))
        stack.enter_context(running(home, "doors", caddy_config(f"127.0.0.1:{ports['doors']}")))
        rows = [row for what in REQUESTS for row in measure(what, ports, told.requests, told.rounds)]
        moves = measure_moves(gateway, route)
    for row in rows:
        print(
            f"{row['what']:<16}{row['door']:<8}{row['per_second']:>8.0f}/s{row['p50_ms']:>8.2f}{row['p99_ms']:>8.2f} ms"
        )
    print(f"one move: {moves:.2f} ms")
    print(write_result("gateway", {"rows": rows, "move_ms": moves, "at_once": AT_ONCE}))


def kept_config(port: int, shop: RunningShop) -> object:
    """One store, written into the configuration."""

    def to(socket: Path) -> list[object]:
        return [{"handler": "reverse_proxy", "upstreams": [{"dial": f"unix/{socket}"}]}]

    inner = [
        {"match": [{"path": list(ENGINE_PATHS)}], "handle": to(shop.engine_socket), "terminal": True},
        {"handle": to(shop.storefront_socket)},
    ]
    door = {
        "listen": [f"127.0.0.1:{port}"],
        "automatic_https": {"disable": True},
        "routes": [{"match": [{"host": [HOST]}], "handle": [{"handler": "subroute", "routes": inner}]}],
    }
    logging = {"logs": {"default": {"level": "WARN"}}}
    return {"admin": {"disabled": True}, "logging": logging, "apps": {"http": {"servers": {"door": door}}}}


@contextmanager
def running(home: Path, name: str, config: object) -> Iterator[None]:
    """A Caddy that serves a configuration."""
    (home / "gateway").mkdir(exist_ok=True)
    file = home / f"{name}.json"
    file.write_text(json.dumps(config), "utf-8")
    command = [str(Path(sysconfig.get_path("scripts")) / "caddy"), "run", "--config", str(file)]
    with (home / "out").open("ab") as out, subprocess.Popen(command, cwd=home, stdout=out, stderr=out) as caddy:
        time.sleep(1.0)
        try:
            yield
        finally:
            caddy.kill()


def measure(what: str, ports: dict[str, int], requests: int, rounds: int) -> list[dict[str, str | float]]:
    """Return a row a door."""
    taken: dict[str, list[tuple[float, list[float]]]] = {door: [] for door in ports}
    for port in ports.values():
        asyncio.run(load(port, REQUESTS[what], WARM_UP))
    for _ in range(rounds):
        for door, port in ports.items():
            taken[door].append(asyncio.run(load(port, REQUESTS[what], requests)))
    return [
        {
            "what": what,
            "door": door,
            "per_second": statistics.median(per_second for per_second, _ in found),
            "p50_ms": statistics.median(statistics.median(times) for _, times in found),
            "p99_ms": statistics.median(statistics.quantiles(times, n=100)[-1] for _, times in found),
        }
        for door, found in taken.items()
    ]


async def load(port: int, request: bytes, requests: int) -> tuple[float, list[float]]:
    """Ask on kept connections, some at once; return answers a second and each one's milliseconds."""
    times: list[float] = []

    async def one_shopper() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(requests // AT_ONCE):
            began = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in head[:16]:
                raise RuntimeError(head.decode("latin-1"))
            (length,) = (line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.split(b":")[1]))
            times.append((time.perf_counter() - began) * 1000)
        writer.close()
        await writer.wait_closed()

    began = time.perf_counter()
    await asyncio.gather(*(one_shopper() for _ in range(AT_ONCE)))
    return len(times) / (time.perf_counter() - began), times


def measure_moves(gateway: CaddyGateway, route: Route) -> float:
    """Return the median milliseconds of a move to other sockets."""
    other = replace(route, storefront_socket=route.storefront_socket.with_name("other.sock"))
    times = []
    for number in range(MOVES):
        began = time.perf_counter()
        gateway.put_route(route if number % 2 else other)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
