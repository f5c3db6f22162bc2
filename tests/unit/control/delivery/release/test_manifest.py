"""The manifest is held to its contract file, both ways."""

from __future__ import annotations

import json
from importlib import resources

import jsonschema
import pytest

from galleria.control.artifacts.layout import canonical
from galleria.control.artifacts.problems import ReleaseRefused
from galleria.control.delivery.release import manifest

DIGEST = "sha256:" + "0" * 64
RELEASE = manifest.Release.model_validate(
    {
        "source": {"repository": "galleria", "revision": "0" * 40, "committed_at": 1},
        "contracts": dict.fromkeys(("commerce", "control_plane", "shop_agent", "instance"), DIGEST),
        "components": [
            {
                "component": "engine",
                "version": "1.0",
                "artifact": DIGEST,
                "sbom": DIGEST,
                "size": 1,
                "migrations": [],
            }
        ],
    }
)


def _schema() -> dict[str, object]:
    text = resources.files("galleria.contracts").joinpath("release.schema.json").read_text(encoding="utf-8")
    loaded = json.loads(text)
    assert isinstance(loaded, dict)
    return loaded


def test_the_contract_file_is_what_the_code_checks() -> None:
    assert _schema() == manifest.schema()


def test_a_manifest_is_valid_by_its_schema_and_comes_back_the_same() -> None:
    jsonschema.validate(json.loads(RELEASE.payload()), _schema())
    assert manifest.parse(RELEASE.payload()) == RELEASE


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"extra": 1}, "extra"),
        ({"components": []}, "components"),
        ({"schema_version": "galleria.release/2"}, "schema_version"),
        ({"source": {"repository": "g", "revision": "main", "committed_at": 1}}, "source.revision"),
    ],
)
def test_a_wrong_manifest_is_refused_by_the_fields_name(change: dict[str, object], named: str) -> None:
    wrong = {**RELEASE.model_dump(mode="json"), **change}
    with pytest.raises(ReleaseRefused, match=named):
        manifest.parse(canonical(wrong))


def test_another_spelling_of_the_same_manifest_is_refused() -> None:
    with pytest.raises(ReleaseRefused, match="canonical"):
        manifest.parse(json.dumps(RELEASE.model_dump(mode="json"), indent=1).encode())
