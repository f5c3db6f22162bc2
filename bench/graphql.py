# ruff: noqa: E501 - figures read best in one line
"""How quick the commerce API is: ``python bench/graphql.py [--data ../shared/data/luma] [--requests 200]``.

One engine process, the Luma catalogue, its Unix socket, nothing between. Prints a table and writes JSON. Nothing passes
or fails by the clock.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
LUMA = ROOT.parent / "shared" / "data" / "luma"

PROGRAM = """
import sys
from dataclasses import replace
from pathlib import Path
from galleria.shop.engine import founding, project, serve
folder, data = Path(sys.argv[1]), Path(sys.argv[2])
store = replace(project.of_template(folder), currency="USD", store_name="Bench")
store.media.mkdir(parents=True, exist_ok=True)
project.setup(store)
founding.bring_up_to_date()
from galleria.shop.engine.importer import run
from galleria.shop.engine.index import keeping
if sys.argv[3] == "import":
    run.take(data / "products.csv", data / "media", store.media)
    keeping.rebuild()
else:
    serve.run(store, folder / "e.sock")
"""

LISTING = (
    '{products(filter:{category_id:{eq:"%s"}},pageSize:20,currentPage:%d){total_count items{uid sku name url_key '
    "stock_status small_image{url label} price_range{minimum_price{regular_price{value currency} "
    "final_price{value currency}}}}}}"
)
FACETS = (
    '{products(filter:{category_id:{eq:"%s"}},pageSize:20){items{uid} aggregations{attribute_code options{label value '
    "count}}}}"
)
SEARCH = '{products(search:"%s",pageSize:20){total_count items{uid sku name url_key}}}'
DETAIL = (
    '{products(filter:{sku:{eq:"%s"}}){items{uid sku name description{html} media_gallery{url label} '
    "price_range{minimum_price{final_price{value}}} ... on ConfigurableProduct{configurable_options{label "
    "values{uid label}} variants{attributes{uid} product{sku stock_status}}}}}}"
)
ADD = (
    "mutation($c:String!,$s:String!){addProductsToCart(cartId:$c,cartItems:[{sku:$s,quantity:1}])"
    "{user_errors{message} cart{total_quantity prices{grand_total{value}}}}}"
)


@dataclass(frozen=True)
class Figure:
    """Times in milliseconds."""

    name: str
    requests: int
    p50: float
    p95: float
    note: str = ""


def client(socket: Path) -> httpx.Client:
    """Return a client of the engine's socket."""
    return httpx.Client(transport=httpx.HTTPTransport(uds=str(socket)), base_url="http://bench", timeout=30)


def ask(asking: httpx.Client, query: str, **variables: object) -> dict[str, object]:
    """Return the data of an answer."""
    answer = asking.post("/graphql", json={"query": query, "variables": variables}).json()
    assert "errors" not in answer, answer
    data: dict[str, object] = answer["data"]
    return data


def timed(name: str, times: int, act: Callable[[int], object], note: str = "") -> Figure:
    """Return how long ``act`` takes, after a tenth of the requests to warm up."""
    for number in range(max(1, times // 10)):
        act(number)
    taken = []
    for number in range(times):
        began = time.perf_counter()
        act(number)
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return Figure(name, times, round(statistics.median(taken), 2), round(taken[int(times * 0.95)], 2), note)


def memory(pid: int) -> int:
    """Return the resident memory of a process in megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1024
    return 0


def throughput(socket: Path, seconds: float, query: str) -> float:
    """Return requests per second of 16 clients that ask one cached question."""
    end = time.monotonic() + seconds

    def one(_number: int) -> int:
        count = 0
        with client(socket) as asking:
            while time.monotonic() < end:
                ask(asking, query)
                count += 1
        return count

    with ThreadPoolExecutor(16) as pool:
        return round(sum(pool.map(one, range(16))) / seconds, 1)


def measure(socket: Path, pid: int, times: int) -> dict[str, object]:
    """Return every figure of a running engine."""
    with client(socket) as asking:
        idle = memory(pid)
        found = ask(
            asking,
            '{categories(filters:{name:{match:"Jackets"}}){items{id}}}',
        )
        category = found["categories"]["items"][0]["id"]  # type: ignore[index]
        found = ask(
            asking,
            "query($c:String){products(filter:{category_id:{eq:$c}},pageSize:60){items{sku}}}",
            c=str(category),
        )
        skus = [item["sku"] for item in found["products"]["items"]]  # type: ignore[index]
        cached = LISTING % (category, 1)
        figures = [
            # A blank more each time: another document to the cache, the same work to the engine.
            timed("listing of 20, uncached", times, lambda n: ask(asking, " " * (n + 1) + LISTING % (category, 1)), "document new each time: parsed and validated too"),
            timed("listing of 20, uncached, known document", times, lambda n: ask(asking, KNOWN, f=str(category), n=1, x=f"{n}-{time.time()}")),
            timed("listing of 20, cached", times, lambda _n: ask(asking, cached)),
            timed("filters of a listing, uncached", times, lambda n: ask(asking, " " * (n + 1) + FACETS % category)),
            timed("search, uncached", times, lambda n: ask(asking, " " * (n + 1) + SEARCH % "jacket")),
            timed("product detail, uncached", times, lambda n: ask(asking, " " * (n + 1) + DETAIL % skus[n % len(skus)])),
            timed("product detail, cached", times, lambda _n: ask(asking, DETAIL % skus[0])),
        ]  # fmt: skip
        cart = ask(asking, "mutation{createEmptyCart}")["createEmptyCart"]
        carts = [ask(asking, "mutation{createEmptyCart}")["createEmptyCart"] for _ in range(20)]
        figures.append(timed("add to cart", times, lambda n: ask(asking, ADD, c=carts[n % 20], s="24-WB02"), "into 20 carts in turn"))  # fmt: skip
        figures.append(timed("cart", times, lambda _n: ask(asking, "query($c:String!){cart(cart_id:$c){total_quantity items{uid}}}", c=cart)))  # fmt: skip
    rate = throughput(socket, 5, cached)
    return {
        "figures": [asdict(figure) for figure in figures],
        "requests_per_second_16_connections_cached": rate,
        "memory_mb": {"idle": idle, "after": memory(pid)},
    }


KNOWN = (
    "query($f:String,$n:Int,$x:String){products(filter:{category_id:{eq:$f},name:{match:$x}},pageSize:20,currentPage:$n)"
    "{total_count} a:products(filter:{category_id:{eq:$f}},pageSize:20){total_count items{uid sku name url_key stock_status "
    "small_image{url label} price_range{minimum_price{regular_price{value currency} final_price{value currency}}}}}}"
)
"""The same listing beside one that nothing answers, whose words are new each time: no cache can know it."""


COLOURS = ("Red", "Blue", "Green", "Black", "White")
MATERIALS = ("Cotton", "Wool", "Linen", "Nylon")


def synthetic(folder: Path, count: int) -> Path:
    """Write a product file of ``count`` simple products and return its folder.

    What is measured is the same in every size: four categories, the same 40 jackets in one of them, the same colours,
    materials and price steps. The rest of the products is spread over the others and is what grows: of 100 products
    there are 20 in each, a page of a list.
    """
    (folder / "media").mkdir(parents=True)
    with (folder / "products.csv").open("w", encoding="utf-8", newline="") as file:
        rows = [_made_up(n) for n in range(count)]
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def _made_up(n: int) -> dict[str, object]:
    jacket = n < JACKETS
    name = f"Jacket {n}" if jacket else f"Thing {n}"
    return {
        "sku": f"24-WB02-{n}" if n else "24-WB02",
        "attribute_set_code": "Default",
        "product_type": "simple",
        "categories": "Default Category/Jackets" if jacket else f"Default Category/Things {n % 3}",
        "name": name,
        "description": f"{name}: for weather number {n % 50}, with pockets and a lining.",
        "price": 10 + n % 90,
        "url_key": name.lower().replace(" ", "-"),
        "visibility": "Catalog, Search",
        "product_online": 1,
        "qty": 100_000,
        "is_in_stock": 1,
        "additional_attributes": f"color={COLOURS[n % 5]},material={MATERIALS[n % 4]}",
    }


JACKETS = 40
"""Two pages of a list."""


def grow(given: argparse.Namespace) -> None:
    """Measure with more and more products."""
    report = {}
    for count in given.grow:
        with tempfile.TemporaryDirectory(prefix="g-b-") as name:
            report[count] = run(synthetic(Path(name) / "data", count), given.requests)
        print(f"\n== {count} products")
        show(report[count])
    if given.out:
        given.out.write_text(json.dumps(report, indent=1) + "\n", "utf-8")


def main() -> None:
    """Import, serve, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=LUMA)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--out", type=Path)
    parser.add_argument(
        "--grow", type=int, nargs="+", metavar="N", help="made-up catalogues of this many products instead"
    )
    given = parser.parse_args()
    if given.grow:
        grow(given)
        return
    report = run(given.data, given.requests)
    show(report)
    if given.out:
        given.out.write_text(json.dumps(report, indent=1) + "\n", "utf-8")


def run(data: Path, requests: int) -> dict[str, object]:
    """Return every figure of an engine with the catalogue in ``data``."""
    with tempfile.TemporaryDirectory(prefix="g-b-") as name:
        folder = Path(name)
        command = [sys.executable, "-W", "ignore", "-c", PROGRAM, name, str(data)]
        began = time.monotonic()
        subprocess.run([*command, "import"], check=True, cwd=ROOT)
        imported = time.monotonic() - began
        log = folder / "log"
        with log.open("wb") as output:
            process = subprocess.Popen([*command, "serve"], cwd=ROOT, stdout=output, stderr=output)
        try:
            began = time.monotonic()
            while not healthy(folder / "e.sock"):
                assert process.poll() is None, log.read_text("utf-8")
                time.sleep(0.02)
            start = time.monotonic() - began
            report = measure(folder / "e.sock", process.pid, requests)
        finally:
            process.terminate()
            process.wait(timeout=5)
    return report | {"start_seconds": round(start, 2), "import_seconds": round(imported, 1), "cpus": os.cpu_count()}


def healthy(socket: Path) -> bool:
    """Say whether the engine answers."""
    try:
        with client(socket) as asking:
            return asking.get("/health").status_code == 200
    except httpx.TransportError:
        return False


def show(report: dict[str, object]) -> None:
    """Print the report as a table."""
    print(f"{'what':44}{'p50 ms':>9}{'p95 ms':>9}")
    for figure in report["figures"]:  # type: ignore[attr-defined]
        print(f"{figure['name']:44}{figure['p50']:9.2f}{figure['p95']:9.2f}  {figure['note']}")
    for key, value in report.items():
        if key != "figures":
            print(f"{key:44}{value}")


if __name__ == "__main__":
    main()
