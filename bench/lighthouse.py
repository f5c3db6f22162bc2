"""What Lighthouse says of the shop: scores by group, and when what is seen. Prints a table and JSON.

    python bench/lighthouse.py                                      the demo catalogue, in both themes
    python bench/lighthouse.py --url http://shop-001.localhost:8080 / /women.html /chaz-kangeroo-hoodie.html

Lighthouse's own simulated phone on a slow network; a page that is not perfect is looked at three times, and the best
counts. Measures only; nothing passes or fails by the clock.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.support import lighthouse
from tests.support.lighthouse import GROUPS, Verdict
from tests.support.running_shop import running_shop

PAGES = ("/", "/tableware.html", "/moon-vase.html")
THEMES = ("quiet", "lively")
SEEN = {
    "first-contentful-paint": "first ms",
    "largest-contentful-paint": "largest ms",
    "total-blocking-time": "blocked ms",
    "cumulative-layout-shift": "shift",
    "total-byte-weight": "bytes",
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="a shop that runs already")
    parser.add_argument("pages", nargs="*", default=PAGES)
    given = parser.parse_args()
    folder = lighthouse.install(Path(tempfile.gettempdir()) / "galleria-lighthouse")
    report: dict[str, list[dict[str, object]]] = {}
    if given.url:
        report[given.url] = look(folder, given.url, given.pages)
    else:
        for theme in THEMES:
            with running_shop(theme) as shop:
                report[theme] = look(folder, shop.url, given.pages)
    print(json.dumps(report, indent=2))


def look(folder: Path, url: str, pages: Iterable[str]) -> list[dict[str, object]]:
    """Return one row a page, and print it."""
    print(f"{url:34}" + "".join(f"{name:>15}" for name in (*GROUPS, *SEEN.values())))
    rows = []
    for verdict in lighthouse.look_patiently(folder, [url + page for page in pages], least=100):
        rows.append(row := figures(verdict))
        columns = "".join(f"{row[name]!s:>15}" for name in (*GROUPS, *SEEN.values()))
        print(f"{verdict.address.removeprefix(url):34}{columns}")
    return rows


def figures(verdict: Verdict) -> dict[str, object]:
    """Return what is worth a column."""
    seen = {name: round(verdict.audits[audit].value or 0.0, 3) for audit, name in SEEN.items()}
    return {"page": verdict.address, **verdict.scores, **seen}


if __name__ == "__main__":
    main()
