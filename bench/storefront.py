"""How fast and how large one storefront is: pages, memory, start, weight over the wire. Prints a table and JSON.

    python bench/storefront.py                        a store with the demo catalogue, made for it
    python bench/storefront.py --socket S --pages ... a storefront that runs already
    python bench/storefront.py --grow 100 1000 10000  made-up catalogues of so many products
    python bench/storefront.py --luma                 the Luma catalogue, beside this checkout in shared/data

Measures only; nothing passes or fails by the clock.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.graphql import synthetic
from tests.support.running_shop import running_shop

PAGES = (
    "/_health",
    "/",
    "/tableware.html",
    "/tableware.html?sort=price",
    "/moon-vase.html?color=ochre",
    "/search?q=vase",
    "/cart",
)
GROWN_PAGES = ("/", "/jackets.html", "/jackets.html?color=red", "/jacket-1.html", "/search?q=jacket", "/things-1.html")
"""The last is of a category that grows with the catalogue, the others show the same whatever its size."""
LUMA_PAGES = (
    "/",
    "/women/tops.html",
    "/women/tops/jackets.html",
    "/women/tops/jackets.html?color=red",
    "/search?q=jacket",
)
LUMA = Path(__file__).parents[2] / "shared" / "data" / "luma"
WARM_UP = 30
HOST = "http://shop-001.localhost"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--socket", type=Path)
    parser.add_argument("--pages", nargs="+", default=list(PAGES))
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--grow", type=int, nargs="+", metavar="N")
    parser.add_argument("--luma", action="store_true")
    parser.add_argument("--out", type=Path, help="write the JSON here too")
    given = parser.parse_args()
    if given.grow:
        report: dict[str, object] = {str(count): grown(count, given.requests) for count in given.grow}
        keep(report, given.out)
        return
    if given.luma:
        keep({"luma": imported(LUMA, LUMA_PAGES, given.requests)}, given.out)
        return
    if given.socket:
        report = {"pages": asyncio.run(measure(given.socket, given.pages, given.requests))}
    else:
        with running_shop() as shop:
            idle = memory(shop.processes["storefront"].pid)
            pages = asyncio.run(measure(shop.storefront_socket, given.pages, given.requests))
            after = memory(shop.processes["storefront"].pid)
            shop.stop("storefront")
            began = time.perf_counter()
            shop.start_storefront()
            report = {
                "pages": pages,
                "memory_idle": idle,
                "memory_after": after,
                "start_seconds": time.perf_counter() - began,
            }
    show(report)
    keep(report, given.out)


def grown(count: int, requests: int) -> dict[str, object]:
    """Return the figures with a made-up catalogue of ``count`` products."""
    with tempfile.TemporaryDirectory(prefix="g-b-") as name:
        return imported(synthetic(Path(name) / "data", count), GROWN_PAGES, requests)


def imported(data: Path, pages: tuple[str, ...], requests: int) -> dict[str, object]:
    """Return the figures with the product file in ``data``, imported into a store that begins empty."""
    with running_shop(catalogue="empty") as shop:
        importing = [sys.executable, "-m", "galleria.shop.engine", "import", "--store-dir", str(shop.folder)]
        importing += [str(data / "products.csv"), "--media", str(data / "media")]
        subprocess.run(importing, check=True, stdout=subprocess.DEVNULL)
        idle = memory(shop.processes["storefront"].pid)
        report: dict[str, object] = {
            "pages": asyncio.run(measure(shop.storefront_socket, list(pages), requests)),
            "memory_idle": idle,
            "memory_after": memory(shop.processes["storefront"].pid),
            "memory_engine_after": memory(shop.processes["engine"].pid),
        }
    print(f"\n== {data}")
    show(report)
    return report


def show(report: dict[str, object]) -> None:
    """Print the table."""
    for row in report["pages"]:  # type: ignore[attr-defined]
        print(
            f"{row['page']:<36}{row['status']:>4}{row['p50_ms']:>9.2f}{row['p95_ms']:>9.2f}{row['per_second']:>9.0f}{row['bytes']:>9}"
        )


def keep(report: dict[str, object], out: Path | None) -> None:
    """Print the JSON and write it to ``out``."""
    text = json.dumps(report, indent=2)
    print(text)
    if out:
        out.write_text(text + "\n", "utf-8")


async def measure(socket: Path, pages: list[str], requests: int) -> list[dict[str, float | str | int]]:
    """Return one row a page: milliseconds one after the other, and answers a second with 16 at once."""
    transport = httpx.AsyncHTTPTransport(uds=str(socket), limits=httpx.Limits(max_connections=16))
    rows: list[dict[str, float | str | int]] = []
    async with httpx.AsyncClient(transport=transport, base_url=HOST, headers={"Accept-Encoding": "gzip"}) as client:
        for page in pages:
            for _ in range(WARM_UP):
                answer = await client.get(page)
            times = []
            for _ in range(requests):
                began = time.perf_counter()
                await client.get(page)
                times.append((time.perf_counter() - began) * 1000)
            began = time.perf_counter()
            await asyncio.gather(*(client.get(page) for _ in range(requests)))
            rows.append(
                {
                    "page": page,
                    "status": answer.status_code,
                    "p50_ms": statistics.median(times),
                    "p95_ms": statistics.quantiles(times, n=20)[-1],
                    "per_second": requests / (time.perf_counter() - began),
                    "bytes": int(answer.headers["Content-Length"]),
                }
            )
    return rows


def memory(pid: int) -> dict[str, int]:
    """Return resident and proportional memory of a process, in MB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    found = {line.split(":")[0]: int(line.split()[1]) for line in text.splitlines()[1:]}
    return {"rss_mb": found["Rss"] // 1024, "pss_mb": found["Pss"] // 1024}


if __name__ == "__main__":
    main()
