"""Oscar's dashboard templates, mended as they are read: what a screen reader needs and Oscar's lack.

A copy of each would go stale with the next Oscar. A mend that no longer finds its place fails a test.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from django.template.loaders.app_directories import Loader as AppDirectories

if TYPE_CHECKING:
    from django.template import Origin

DASHBOARD: Final = "oscar/dashboard/"

EVERYWHERE: Final = (
    # Below a page's h1 come h2: a level must not be left out.
    (re.compile(r"<h3(?: class=\"([^\"]*)\"| )?>"), r'<h2 class="h3 \1">'),
    (re.compile(r"</h3>"), "</h2>"),
    (re.compile(r"<h4>(.*?)</h4>"), r'<h3 class="h4">\1</h3>'),
    # A head without words is no head. The first is that of checkboxes, the others of what can be done.
    (re.compile(r"(<tr>\s*)<th></th>"), r'\1<th><span class="sr-only">Choose</span></th>'),
    (re.compile(r"<th>(?:&nbsp;)?</th>"), '<th><span class="sr-only">Actions</span></th>'),
    # A list of links whose items are list items: it is not the tablist that it says it is.
    (re.compile(r" role=\"tablist\""), ""),
    (re.compile(r"<nav>"), '<nav aria-label="Pages">'),
)
"""Mends of every template of the dashboard."""

ONE_BY_ONE: Final = {
    "comms/detail.html": (('<iframe id="preview_box"', '<iframe id="preview_box" title="Preview"'),),
    "index.html": (
        # It would throw away what is being read every five minutes.
        ('<meta http-equiv="refresh" content="300">', ""),
        # Definitions of nothing: a list.
        ('<dl class="bar-chart">', '<ul class="bar-chart">'),
        ("</dl>", "</ul>"),
        ('<dd class="bar-layer">', '<li class="bar-layer">'),
        ("</dd>", "</li>"),
    ),
    "layout.html": (('bg-dark navbar-primary">', 'bg-dark navbar-primary" aria-label="Main">'),),
    "orders/order_detail.html": (
        ('name="selected_line" value', 'name="selected_line" aria-label="Choose line {{ line.id }}" value'),
        (
            'name="selected_line_qty_{{ line.id }}"',
            'name="selected_line_qty_{{ line.id }}" aria-label="Pieces of line"',
        ),
    ),
    "orders/order_list.html": (
        ('class="selected_order"', 'class="selected_order" aria-label="Choose order {{ order.number }}"'),
    ),
    "reviews/review_list.html": (
        ('class="selected_review"', 'class="selected_review" aria-label="Choose review {{ review.id }}"'),
    ),
    "table.html": (
        (
            "<th {{ column.attrs.th.as_html }}>{{ column.header }}</th>",
            "<th {{ column.attrs.th.as_html }}>{% if column.header.strip %}{{ column.header }}"
            '{% else %}<span class="sr-only">Actions</span>{% endif %}</th>',
        ),
    ),
    "users/user_row_checkbox.html": (
        ('class="selected_user"', 'class="selected_user" aria-label="Choose {{ record.email }}"'),
    ),
}
"""Mends of single templates: what stands there, and what is to stand there."""


class Loader(AppDirectories):
    """Reads templates from the installed packages and mends those of the dashboard."""

    def get_contents(self, origin: Origin) -> str:
        """Return the source of a template."""
        return mended(str(origin.template_name), super().get_contents(origin))


def mended(name: str, source: str) -> str:
    """Return ``source`` of the template ``name`` with its mends."""
    if not name.startswith(DASHBOARD):
        return source
    for there, better in ONE_BY_ONE.get(name.removeprefix(DASHBOARD), ()):
        source = source.replace(there, better)
    for pattern, replacement in EVERYWHERE:
        source = pattern.sub(replacement, source)
    return source
