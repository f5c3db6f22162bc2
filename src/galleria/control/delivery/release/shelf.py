"""The releases on this machine: list, show, verify, promote and clear out."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from galleria.control.artifacts.layout import BUNDLE_TYPE, MANIFEST_TYPE, Descriptor, Layout
from galleria.control.artifacts.problems import ReleaseMissing, ReleaseRefused
from galleria.control.delivery.release import build, manifest, signing
from galleria.control.delivery.release.manifest import Release

PROMOTED = "promoted/"

_ENVIRONMENT = re.compile(r"[a-z][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class Verified:
    """A release whose every byte was checked."""

    release: Release
    signed_by: str
    """The key id of the trusted key that signed it."""
    blobs: int
    size: int
    """Bytes, each blob counted once."""


@dataclass(frozen=True)
class Cleared:
    """What a clean-up removed."""

    releases: tuple[str, ...]
    blobs: int
    size: int


def list_releases(layout: Layout) -> list[tuple[Release, tuple[str, ...]]]:
    """Return each release and the environments it is promoted for, the oldest first. A damaged one is left out."""
    names = layout.names()
    found = []
    for name, descriptor in names.items():
        if not name.startswith(PROMOTED):
            with suppress(ReleaseRefused):
                found.append((_payload(layout, descriptor), _environments(names, name)))
    return found


def list_damaged(layout: Layout) -> list[str]:
    """Name the releases whose manifest can't be read."""
    readable = {release.release_id for release, _ in list_releases(layout)}
    return [name for name in layout.names() if not name.startswith(PROMOTED) and name not in readable]


def read(layout: Layout, release_id: str) -> Release:
    """Return a release's manifest, unverified: for showing, never for running.

    :raises ReleaseMissing: there is none of this name.
    :raises ReleaseRefused: it is damaged, or another one lies under this name.
    """
    return _is_it(_payload(layout, _named(layout, release_id)), release_id)


def verify(layout: Layout, release_id: str, trust: Path) -> Verified:
    """Check a release whole: signature by a trusted key, manifest, SBOMs, and every byte of every artifact.

    :raises ReleaseRefused: anything is not as it must be; the message names what.
    """
    release, key, listed = _signed(layout, release_id, trust)
    checked = _check_artifacts(layout, release, listed)
    return Verified(release, key, len(checked), sum(checked.values()))


def check_signature(layout: Layout, release_id: str, trust: Path) -> None:
    """Check who signed a release and where it was built from, which takes a moment: before its artifacts are unpacked.

    :raises ReleaseRefused: nobody who is trusted here did, or it is from elsewhere.
    """
    _signed(layout, release_id, trust)


def promote(layout: Layout, release_id: str, environment: str, trust: Path) -> Verified:
    """Promote a release for an environment: the same bytes, verified again, under the environment's name.

    :raises ReleaseRefused: it does not verify.
    """
    if _ENVIRONMENT.fullmatch(environment) is None:
        raise ReleaseRefused(f"{environment!r} is not the name of an environment: small letters, digits, hyphens.")
    with layout.growing():
        verified = verify(layout, release_id, trust)
        layout.name(f"{PROMOTED}{environment}/{release_id}", _named(layout, release_id))
    return verified


def demote(layout: Layout, release_id: str, environment: str) -> Release:
    """Take a promotion back. What runs already goes on; nothing new is deployed from it there.

    :raises ReleaseMissing: there is no such release, or it is not promoted for that environment.
    """
    name = f"{PROMOTED}{environment}/{release_id}"
    release = read(layout, release_id)
    if name not in layout.names():
        raise ReleaseMissing(f"{release_id} is not promoted for {environment}.")
    layout.forget([name])
    return release


def promoted_for(layout: Layout, release_id: str) -> tuple[str, ...]:
    """Name the environments that a release is promoted for. Components are released on their own, so that several
    releases are promoted for an environment at a time."""
    return _environments(layout.names(), release_id)


def _environments(names: Mapping[str, Descriptor], release_id: str) -> tuple[str, ...]:
    ending = f"/{release_id}"
    return tuple(
        name.removeprefix(PROMOTED).removesuffix(ending)
        for name in names
        if name.startswith(PROMOTED) and name.endswith(ending)
    )


def clear_out(layout: Layout, in_use: Collection[str], keep_newest: int = 5) -> Cleared:
    """Remove releases that nobody needs, and every blob that then belongs to none.

    ``in_use`` are artifact digests that stores run or may be rolled back to; a release with any of them stays, as do
    promoted ones and the newest ``keep_newest``.

    :raises ReleaseRefused: a release is being made or promoted just now, or one that stays is damaged.
    """
    with layout.shrinking():
        return _clear_out(layout, in_use, keep_newest)


def artifacts_of(layout: Layout) -> set[str]:
    """Name the artifacts of all releases that are here."""
    return {part.artifact for release, _ in list_releases(layout) for part in release.components}


def _clear_out(layout: Layout, in_use: Collection[str], keep_newest: int) -> Cleared:
    releases = list_releases(layout)
    newest = {release.release_id for release, _ in releases[-keep_newest:]} if keep_newest else set()
    gone = tuple(
        release.release_id
        for release, environments in releases
        if not environments
        and release.release_id not in newest
        and not any(part.artifact in in_use for part in release.components)
    )
    layout.forget(gone)
    blobs, size = layout.sweep()
    return Cleared(gone, blobs, size)


def _named(layout: Layout, release_id: str) -> Descriptor:
    descriptor = layout.names().get(release_id)
    if descriptor is None:
        raise ReleaseMissing(f"There is no release {release_id}. See what there is: galleria release list")
    return descriptor


def _signed(layout: Layout, release_id: str, trust: Path) -> tuple[Release, str, set[str]]:
    """Return a release that a trusted key signed, that key's id, and the digests of everything that it lists."""
    kind, payload, layers = layout.manifest(_named(layout, release_id).digest)
    if kind != build.RELEASE_TYPE:
        raise ReleaseRefused(f"{release_id} names something that is not a release.")
    envelope = next((layer for layer in layers if layer.media_type == signing.ENVELOPE_TYPE), None)
    if envelope is None:
        raise ReleaseRefused(f"{release_id} is not signed.")
    signed, key = signing.verify(layout.get(envelope.digest), signing.read_trusted_keys(trust))
    if signed != layout.get(payload.digest):
        raise ReleaseRefused(f"{release_id}'s signature is over another manifest.")
    release = _is_it(manifest.parse(signed), release_id)
    sources = signing.read_trusted_sources(trust)
    if release.source.repository not in sources:
        raise ReleaseRefused(
            f"{release_id} was built from {release.source.repository}, which is no source trusted here "
            f"({', '.join(sorted(sources))}). If it is to be one, add it as a line to {trust / signing.SOURCES}."
        )
    return release, key, {layer.digest for layer in layers}


def _is_it(release: Release, release_id: str) -> Release:
    if release.release_id != release_id:
        raise ReleaseRefused(f"{release_id} holds another release: {release.release_id}.")
    return release


def _payload(layout: Layout, descriptor: Descriptor) -> Release:
    _, payload, _ = layout.manifest(descriptor.digest)
    return manifest.parse(layout.get(payload.digest))


def _named_in(layout: Layout, sbom: str) -> set[str]:
    """Return the digests of what an SBOM names."""
    try:
        plain = json.loads(layout.get(sbom))
        parts = [plain["metadata"]["component"], *plain["components"]]
        return {f"sha256:{part['hashes'][0]['content']}" for part in parts}
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise ReleaseRefused(f"The SBOM {sbom} is none.") from error


def _check_artifacts(layout: Layout, release: Release, listed: set[str]) -> dict[str, int]:
    checked: dict[str, int] = {}
    for part in release.components:
        if part.artifact not in listed:
            raise ReleaseRefused(f"The artifact of {part.component.value} is not part of {release.release_id}.")
        if part.sbom not in listed:
            raise ReleaseRefused(f"The SBOM of {part.component.value} is missing in {release.release_id}.")
        kind, config, wheels = layout.manifest(part.artifact)
        if kind != BUNDLE_TYPE:
            raise ReleaseRefused(f"The artifact of {part.component.value} is not a bundle.")
        unnamed = {wheel.digest for wheel in wheels} ^ _named_in(layout, part.sbom)
        if unnamed:
            raise ReleaseRefused(f"The SBOM of {part.component.value} does not name what is in it: {min(unnamed)}.")
        sbom_size = layout.path(part.sbom).stat().st_size if layout.path(part.sbom).exists() else 0
        for blob in (config, *wheels, Descriptor(build.SBOM_TYPE, part.sbom, sbom_size)):
            if blob.digest not in checked:
                layout.check(blob.digest)
                checked[blob.digest] = blob.size
        own = Descriptor(MANIFEST_TYPE, part.artifact, len(layout.get(part.artifact)))
        checked[own.digest] = own.size
    return checked
