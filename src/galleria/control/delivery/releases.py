"""The releases port: what the runner may ask about releases, and the real part, which reads the layout on its disk."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Final, Protocol

from galleria.contracts.delivery import ReleasedPart, ReleaseInfo
from galleria.contracts.errors import ErrorCode
from galleria.control.artifacts.layout import TITLE_ANNOTATION, Layout
from galleria.control.artifacts.problems import ReleaseMissing, ReleaseRefused
from galleria.control.delivery.faults import GiveUp
from galleria.control.delivery.release import shelf
from galleria.control.delivery.release.manifest import Release
from galleria.control.delivery.release.shelf import Verified
from galleria.observability import logs

_log = logs.get(__name__)

CONTRACTS: Final = ("commerce.graphql", "shop-agent.openapi.yaml", "control-plane.openapi.yaml", "instance.schema.json")
"""The contract files that every artifact carries."""


class ReleasesPort(Protocol):
    """Which releases are here, and whether they may run. Blocking calls that only read."""

    def find(self, release_id: str) -> Release:
        """Read a release's manifest.

        :raises GiveUp: it is not here (RELEASE_NOT_FOUND), or can't be read (RELEASE_REFUSED).
        """
        ...

    def verify(self, release_id: str) -> Verified:
        """Check signature, manifest, SBOMs and every byte.

        :raises GiveUp: it is not as it must be (RELEASE_REFUSED); the message names what.
        """
        ...

    def check_signature(self, release_id: str) -> None:
        """Check only who signed it and where it was built from, which takes a moment.

        :raises GiveUp: nobody who is trusted here did, or it is from elsewhere (RELEASE_REFUSED).
        """
        ...

    def promoted_for(self, release_id: str) -> list[str]:
        """Name the environments that it is promoted for."""
        ...

    def contracts(self, artifact: str) -> Mapping[str, str]:
        """Return the text of each of `CONTRACTS` that an artifact speaks, by file name.

        :raises GiveUp: the artifact is damaged (RELEASE_REFUSED).
        """
        ...

    def own_contracts(self) -> Mapping[str, str]:
        """Return the text of each of `CONTRACTS` that this platform speaks."""
        ...

    def known(self) -> list[ReleaseInfo]:
        """List what is here, the newest last."""
        ...


class ShelfReleases:
    """A `ReleasesPort` on the platform's own layout, ``HOME/artifacts``, and the keys in ``HOME/trust``."""

    def __init__(self, home: Path, installed: Path) -> None:
        """``installed``: the folder of the code in the installed environment."""
        self._installed = installed
        self._layout = Layout(home / "artifacts")
        self._index = home / "artifacts" / "index.json"
        self._trust = home / "trust"
        self._known: tuple[int, list[ReleaseInfo]] = (0, [])

    def find(self, release_id: str) -> Release:
        try:
            return shelf.read(self._layout, release_id)
        except ReleaseMissing as missing:
            raise GiveUp(str(missing), code=ErrorCode.RELEASE_NOT_FOUND) from missing
        except ReleaseRefused as refused:
            raise GiveUp(str(refused), code=ErrorCode.RELEASE_REFUSED) from refused

    def verify(self, release_id: str) -> Verified:
        try:
            return shelf.verify(self._layout, release_id, self._trust)
        except ReleaseRefused as refused:
            raise GiveUp(str(refused), code=ErrorCode.RELEASE_REFUSED) from refused

    def check_signature(self, release_id: str) -> None:
        try:
            shelf.check_signature(self._layout, release_id, self._trust)
        except ReleaseRefused as refused:
            raise GiveUp(str(refused), code=ErrorCode.RELEASE_REFUSED) from refused

    def promoted_for(self, release_id: str) -> list[str]:
        return list(shelf.promoted_for(self._layout, release_id))

    def contracts(self, artifact: str) -> Mapping[str, str]:
        try:
            _, _, layers = self._layout.manifest(artifact)
        except ReleaseMissing:  # it is the installed environment's
            return {name: (self._installed / "contracts" / name).read_text("utf-8") for name in CONTRACTS}
        except ReleaseRefused as refused:
            raise GiveUp(str(refused), code=ErrorCode.RELEASE_REFUSED) from refused
        own = [each for each in layers if each.annotations.get(TITLE_ANNOTATION, "").startswith("galleria_")]
        try:
            with zipfile.ZipFile(io.BytesIO(self._layout.get(own[0].digest))) as wheel:
                return {name: wheel.read(f"galleria/contracts/{name}").decode("utf-8") for name in CONTRACTS}
        except ReleaseRefused as refused:
            raise GiveUp(str(refused), code=ErrorCode.RELEASE_REFUSED) from refused
        except (IndexError, KeyError, UnicodeDecodeError, zipfile.BadZipFile) as error:
            reason = f"The artifact {artifact[:19]} does not hold the contracts that it speaks."
            raise GiveUp(reason, code=ErrorCode.RELEASE_REFUSED) from error

    def own_contracts(self) -> Mapping[str, str]:
        folder = resources.files("galleria.contracts")
        return {name: (folder / name).read_text("utf-8") for name in CONTRACTS}

    def known(self) -> list[ReleaseInfo]:
        try:
            changed_at = self._index.stat().st_mtime_ns
        except FileNotFoundError:
            return []
        if changed_at != self._known[0]:
            try:
                found = [info_of(release, list(where)) for release, where in shelf.list_releases(self._layout)]
            except ReleaseRefused:  # a damaged index: the stores are observed all the same
                _log.exception("releases can't be read")
                found = self._known[1]
            self._known = (changed_at, found)
        return self._known[1]


def info_of(release: Release, promoted: list[str]) -> ReleaseInfo:
    """Return what the control plane is told of a release, with the environments that it is promoted for."""
    return ReleaseInfo(
        release_id=release.release_id,
        source_revision=release.source.revision,
        committed_at=datetime.fromtimestamp(release.source.committed_at, UTC),
        components=[
            ReleasedPart(component=part.component, version=part.version, artifact=part.artifact)
            for part in release.components
        ],
        promoted=promoted,
    )
