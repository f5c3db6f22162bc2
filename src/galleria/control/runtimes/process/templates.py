"""Store templates: made once per engine artifact, in a sandbox that can write nothing else, then copied to stores."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import Catalogue
from galleria.control.runtimes.port import Artifact, RuntimeRefused, Template
from galleria.control.runtimes.process.artifact import Source
from galleria.control.runtimes.process.folders import give, take_away
from galleria.control.runtimes.process.ids import Ids, running_as_root
from galleria.control.runtimes.process.layout import Layout, StoreLayout
from galleria.control.runtimes.process.profiles import Ground, template_launch
from galleria.control.runtimes.process.running import run_once
from galleria.control.runtimes.process.sandbox import Identity

_MAKING_SECONDS: Final = 300.0
_MAKER: Final = "template"


def template_folder(layout: Layout, artifact: Artifact, catalogue: Catalogue) -> Path:
    """Where the template lies once it is made."""
    return layout.templates / artifact.digest.removeprefix("sha256:")[:16] / catalogue.value


def make(ground: Ground, ids: Ids, wanted: Template, source: Source) -> Template:
    """Make the template unless it is there. Two who ask at once get one making.

    :param source: what the engine's program is started from.
    :raises RuntimeRefused: the engine's program failed; nothing half-made is left.
    """
    catalogue = wanted.catalogue
    target = template_folder(ground.layout, wanted.artifact, catalogue)
    if target.is_dir():
        return wanted
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (target.parent / f"{catalogue}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if target.is_dir():
            return wanted
        out = Path(tempfile.mkdtemp(prefix=f".{catalogue}-", dir=target.parent))
        try:
            _fill(ground, ids, out, catalogue, source)
            out.rename(target)
        finally:
            take_away(out)
    return replace(wanted, made_now=True)


def _fill(ground: Ground, ids: Ids, out: Path, catalogue: Catalogue, source: Source) -> None:
    maker = ids.of_part(_MAKER)
    if maker is not None:
        give(out, maker)
    ended = run_once(template_launch(ground, out, catalogue, maker, source), wait_seconds=_MAKING_SECONDS)
    if ended.returncode != 0:
        # A template is made before there is any store or secret, so its output can be shown.
        lines = (ended.stderr.strip() or ended.stdout.strip() or "no word").splitlines()
        raise RuntimeRefused(f"The {catalogue} template can't be made: {lines[-1][:300]}", code=ErrorCode.INTERNAL)
    if running_as_root():
        give(out, Identity(0, 0))


def copy(layout: Layout, template: Template, place: StoreLayout, owner: Identity | None) -> None:
    """Copy the template to a store that has no data. Half a copy is never taken for data.

    :raises RuntimeRefused: the template is not there.
    :raises OSError: no room; nothing half-made is left.
    """
    if place.data.is_dir() and not place.data.is_symlink():
        return
    source = template_folder(layout, template.artifact, template.catalogue)
    if not source.is_dir():
        raise RuntimeRefused(f"There is no {template.catalogue} template.", code=ErrorCode.NOT_FOUND)
    half = place.root / ".data-new"
    take_away(half)
    try:
        shutil.copytree(source, half, symlinks=True)
        half.chmod(0o700)
        if owner is not None:
            give(half, owner)
        half.rename(place.data)
    except OSError:
        take_away(half)
        raise
