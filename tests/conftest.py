"""What holds for every test: in CI nothing is skipped, and slow stories come last."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

_ORDER = ("unit", "conformance", "boundaries", "journeys")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the quick folders first, so that a slip in a unit test is told within seconds."""

    def place(item: pytest.Item) -> int:
        parts = item.path.parts
        return next((index for index, folder in enumerate(_ORDER) if folder in parts), len(_ORDER))

    items.sort(key=place)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make a skipped test a failed one in CI: there, what a test needs must be there."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but in CI nothing may be: {report.longrepr}"
    return report
