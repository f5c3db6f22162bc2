"""Build a release from a clean revision: one artifact a component, an SBOM each, one signed manifest over all."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from galleria.contracts.words import Component
from galleria.control.artifacts.layout import (
    BUNDLE_TYPE,
    MANIFEST_TYPE,
    TITLE_ANNOTATION,
    WHEEL_TYPE,
    Descriptor,
    Layout,
    canonical,
    digest_of,
)
from galleria.control.artifacts.problems import ReleaseRefused
from galleria.control.delivery.release import components, sbom, signing, wheels
from galleria.control.delivery.release import source as sources
from galleria.control.delivery.release.manifest import (
    ContractVersions,
    Release,
    ReleasedComponent,
    SourceRevision,
)

RELEASE_TYPE: Final = "application/vnd.galleria.release.v1"
SBOM_TYPE: Final = "application/vnd.cyclonedx+json"
CONFIG_TYPE: Final = "application/vnd.galleria.bundle.config.v1+json"

_CONTRACT_FILES: Final = {
    "commerce": "commerce.graphql",
    "control_plane": "control-plane.openapi.yaml",
    "shop_agent": "shop-agent.openapi.yaml",
    "instance": "instance.schema.json",
}


@dataclass(frozen=True)
class Order:
    """What to build. ``cache`` keeps downloaded wheels between builds."""

    repository: Path
    revision: str
    components: Sequence[Component]
    cache: Path
    repository_name: str = signing.OWN_SOURCE


def build(
    order: Order, layout: Layout, key: Ed25519PrivateKey, report: Callable[[str], None] = lambda _: None
) -> Release:
    """Build, sign and store a release; the index names it last, so that a build that stops half-way leaves nothing.

    :raises ReleaseRefused: a dirty tree, an unknown revision, a missing lock, or a build that failed.
    """
    source = sources.resolve(order.repository, order.revision)
    layout.create()
    with layout.growing(), tempfile.TemporaryDirectory(prefix="galleria-build-") as temporary:
        tree = Path(temporary) / "tree"
        tree.mkdir()
        sources.export(order.repository, source, tree)
        parts = []
        for component in sorted(order.components):
            report(component.value)
            parts.append(_build_component(component, tree, Path(temporary) / "own", order.cache, layout))
        release = Release(
            source=SourceRevision(
                repository=order.repository_name, revision=source.revision, committed_at=source.committed_at
            ),
            contracts=_contracts(tree),
            components=parts,
        )
        store(release, signing.sign(release.payload(), [key]), layout)
    return release


def store(release: Release, envelope: dict[str, object], layout: Layout) -> Descriptor:
    """Keep a signed manifest whose artifacts are here, and let the index name it."""
    signature = layout.put(canonical(envelope), signing.ENVELOPE_TYPE)
    payload = layout.put(release.payload(), signing.PAYLOAD_TYPE)
    artifacts = [_descriptor_of_manifest(layout, part.artifact) for part in release.components]
    boms = [Descriptor(SBOM_TYPE, part.sbom, layout.path(part.sbom).stat().st_size) for part in release.components]
    manifest = layout.put_manifest(RELEASE_TYPE, payload, [signature, *artifacts, *boms])
    layout.name(release.release_id, manifest)
    return manifest


def _descriptor_of_manifest(layout: Layout, digest: str) -> Descriptor:
    return Descriptor(MANIFEST_TYPE, digest, layout.path(digest).stat().st_size)


def _build_component(component: Component, tree: Path, folder: Path, cache: Path, layout: Layout) -> ReleasedComponent:
    parts = components.PARTS[component]
    lock = tree / "requirements" / parts.lock
    locked = wheels.read_lock(lock)
    version = _version(tree)
    own = wheels.build_own(tree, component, version, folder)
    files = wheels.collect_locked(lock, cache)
    layers = [layout.put_file(file, WHEEL_TYPE, {TITLE_ANNOTATION: file.name}) for file in [own, *files]]
    by_key = {wheels.key(file): layer.digest for file, layer in zip(files, layers[1:], strict=True)}
    bom = layout.put(
        sbom.make(
            component,
            version,
            (own, layers[0].digest),
            [(entry, by_key[entry.name, entry.version]) for entry in locked],
        ),
        SBOM_TYPE,
    )
    migrations = _migrations(tree, component)
    config = layout.put(
        canonical({"component": component.value, "version": version, "module": parts.module, "migrations": migrations}),
        CONFIG_TYPE,
    )
    artifact = layout.put_manifest(BUNDLE_TYPE, config, layers)
    return ReleasedComponent(
        component=component,
        version=version,
        artifact=artifact.digest,
        sbom=bom.digest,
        size=sum(layer.size for layer in layers),
        migrations=migrations,
    )


def _version(tree: Path) -> str:
    text = (tree / "src/galleria/__init__.py").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("__version__"):
            return line.split('"')[1]
    raise ReleaseRefused("src/galleria/__init__.py names no __version__ in this revision.")


def _migrations(tree: Path, component: Component) -> list[str]:
    if component is not Component.ENGINE:
        return []
    found = (tree / "src/galleria/shop/engine").rglob("migrations/[0-9]*.py")
    return sorted(f"{path.parent.parent.name}.{path.stem}" for path in found)


def _contracts(tree: Path) -> ContractVersions:
    folder = tree / "src/galleria/contracts"
    digests = {}
    for name, file in _CONTRACT_FILES.items():
        if not (folder / file).is_file():
            raise ReleaseRefused(f"The contract file {file} is missing in this revision.")
        digests[name] = digest_of((folder / file).read_bytes())
    return ContractVersions(**digests)
