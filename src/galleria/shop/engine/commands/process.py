"""What every command of a store's does first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from galleria.shop.engine import project as projects

if TYPE_CHECKING:
    from pathlib import Path

    from galleria.shop.engine.project import Project


def enter(store_dir: Path, config: Path | None = None) -> Project:
    """Set this process up for the store in ``store_dir``, by its ``.env`` or the file ``config``.

    What it changes voids the serving process's answers.

    Raises Problem or ContractBroken for a store that is not configured.
    """
    project = projects.read(store_dir, config)
    projects.setup(project)
    report_changes(project)
    return project


def report_changes(project: Project) -> None:
    """Make what this process changes known to the process that serves the store."""
    from galleria.shop.engine.graphql import freshness
    from galleria.shop.engine.graphql.cache import Generation

    freshness.report_to(Generation(project.cache))
