"""Pages of lists: the first is 1."""

from __future__ import annotations


def total_pages(page_size: int, total: int) -> int:
    """Return how many pages ``total`` things fill."""
    return -(-total // page_size) if page_size > 0 else 0


def page_info(current_page: int, page_size: int, total: int, *, least: int = 0) -> dict[str, object]:
    """Return the contract's ``SearchResultPageInfo``. Some lists have a first page even when empty (``least``)."""
    return {
        "current_page": current_page,
        "page_size": page_size,
        "total_pages": max(least, total_pages(page_size, total)),
    }
