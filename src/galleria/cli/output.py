"""What a person or a script reads: tables within 80 columns, JSON, one red line for an error."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

from galleria.cli.problems import Problem
from galleria.contracts.words import DeploymentStatus, IsolationLevel, Outcome, StoreState

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

STATE_LOOKS = {
    StoreState.SELLING: "[green]● selling[/]",
    StoreState.DEPLOYING: "[blue]◐ deploying[/]",
    StoreState.STOPPED: "[dim]○ stopped[/]",
    StoreState.DEGRADED: "[yellow]▲ degraded[/]",
    StoreState.UNOBSERVED: "[yellow]? unobserved[/]",
    StoreState.NEEDS_ATTENTION: "[red]■ needs attention[/]",
    StoreState.REMOVED: "[dim]  removed[/]",
}
STATUS_LOOKS = {
    DeploymentStatus.SUCCEEDED: "[green]✓ succeeded[/]",
    DeploymentStatus.REQUESTED: "[blue]… requested[/]",
    DeploymentStatus.RUNNING: "[blue]◐ running[/]",
    DeploymentStatus.FAILED: "[red]✗ failed[/]",
    DeploymentStatus.ROLLED_BACK: "[yellow]↩ rolled back[/]",
    DeploymentStatus.NEEDS_ATTENTION: "[red]■ needs attention[/]",
}
OUTCOME_LOOKS = {
    Outcome.PASSED: "[green]✓[/]",
    Outcome.FAILED: "[red]✗[/]",
    Outcome.RUNNING: "[blue]◐[/]",
    Outcome.SKIPPED: "[yellow]-[/]",
}
_WHOLE = frozenset(
    {
        "STORE",
        "DEPLOYMENT",
        "RELEASE",
        "ROLLOUT",
        "TOKEN",
        "ARTIFACT",
        "SHOP",
        "ACT",
        "STATE",
        "STATUS",
        "WHEN (UTC)",
        "#",
    }
)
"""Columns that are never folded: ids and addresses, to be copied, and what is looked for at a glance."""
_WIDEST = 10_000
LEVEL_LOOKS = {
    IsolationLevel.FULL: "[green]full[/]",
    IsolationLevel.PARTIAL: "[yellow]partial[/]",
    IsolationLevel.NONE: "[red]none[/]",
}


def show_json(value: BaseModel | Sequence[BaseModel] | dict[str, object]) -> None:
    """Print a value as one JSON document on stdout."""
    if isinstance(value, BaseModel):
        plain: object = value.model_dump(mode="json")
    elif isinstance(value, dict):
        plain = value
    else:
        plain = [item.model_dump(mode="json") for item in value]
    out.print(json.dumps(plain, indent=2, ensure_ascii=False), markup=False)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under headings. Cells may carry rich markup: escape what comes from outside.

    What a person copies stays in one piece, even where a terminal is too narrow; nothing is folded in a pipe,
    unless COLUMNS says how wide a line may be.
    """
    grid = Table(box=None, pad_edge=False, header_style="dim", show_edge=False)
    for heading in headings:
        grid.add_column(heading, overflow="fold", no_wrap=heading in _WHOLE)
    for row in rows:
        grid.add_row(*row)
    needed = Measurement.get(out, out.options.update(max_width=_WIDEST), grid)
    narrow = out.is_terminal or "COLUMNS" in os.environ
    wanted = needed.minimum if narrow else needed.maximum
    grid.width = wanted if wanted > out.width else None
    out.print(grid)


def facts(pairs: Iterable[tuple[str, str]]) -> None:
    """Print name and value, a line each."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in pairs:
        grid.add_row(name, value)
    out.print(grid)


def say(text: str, markup: bool = True) -> None:
    """Print one line that may carry rich markup."""
    out.print(text, markup=markup)


def complain(problem: Problem, as_json: bool) -> None:
    """Print a problem: for a person one red line with the next step, for a script the same as JSON; both on stderr."""
    if as_json:
        body = {
            "error": problem.what,
            "error_code": problem.code,
            "next": problem.next_step,
            "request_id": problem.request_id,
        }
        err.print(json.dumps(body, ensure_ascii=False), markup=False)
        return
    next_step = f" {escape(problem.next_step)}" if problem.next_step else ""
    err.print(f"[red]Error: {escape(problem.what)}[/]{next_step}")
    if problem.request_id:
        err.print(f"[dim]request {escape(problem.request_id)}[/]")


def sentence(text: str) -> str:
    """End a text as a sentence ends, so that what is said next does not run on from it."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """Say how long ago a moment was, in its largest unit: "3 min ago"."""
    if moment is None:
        return "never"
    seconds = max(0, int(((now or datetime.now(UTC)) - moment).total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"
