"""The software bill of materials of an artifact: CycloneDX 1.6 JSON, without time or serial number, so reproducible."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from galleria.contracts.words import Component
from galleria.control.artifacts.layout import canonical
from galleria.control.delivery.release.wheels import Locked


def make(component: Component, version: str, own: tuple[Path, str], locked: Sequence[tuple[Locked, str]]) -> bytes:
    """Return the SBOM's bytes. Each pair is what is contained and the sha256 digest (with prefix) of its wheel."""
    root = f"pkg:pypi/galleria-{component.value}@{version}"
    parts = [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{entry.name}@{entry.version}",
            "name": entry.name,
            "version": entry.version,
            "purl": f"pkg:pypi/{entry.name}@{entry.version}",
            "hashes": [{"alg": "SHA-256", "content": digest.removeprefix("sha256:")}],
        }
        for entry, digest in sorted(locked, key=lambda pair: pair[0].name)
    ]
    return canonical(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": {
                "component": {
                    "type": "application",
                    "bom-ref": root,
                    "name": f"galleria-{component.value}",
                    "version": version,
                    "purl": root,
                    "hashes": [{"alg": "SHA-256", "content": own[1].removeprefix("sha256:")}],
                }
            },
            "components": parts,
            "dependencies": [{"ref": root, "dependsOn": [part["bom-ref"] for part in parts]}],
        }
    )
