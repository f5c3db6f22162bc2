"""Recorded answers of a running Magento, and how ours are compared with them.

Ids are each shop's own: the same thing must have one id throughout, which one does not matter. Everything else counts.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[4] / "shared" / "conformance" / "golden"

_PLACEHOLDER: Final = re.compile(r"\{([a-z_0-9]+)\}")
_MEDIA: Final = re.compile(r"^\{base\}/media/.*/([^/]+)$|^https?://[^/]+/media/.*/([^/]+)$")
_MOMENT: Final = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")
_ID_KEYS: Final = frozenset(
    {
        "attribute_id",
        "attribute_id_v2",
        "attribute_uid",
        "category_id",
        "category_uid",
        "child_sku_id",
        "entity_uid",
        "id",
        "landing_page",
        "option_id",
        "product_id",
        "uid",
        "value_index",
    }
)


@dataclass(frozen=True, slots=True)
class Pair:
    """One recorded request, with the answer where there is one."""

    name: str
    shows: str
    request: dict[str, object]
    save: dict[str, str]
    status: int | None
    response: object
    volatile: tuple[str, ...]
    unordered: tuple[str, ...]
    ignored: tuple[str, ...]

    @property
    def answered(self) -> bool:
        """Whether there is an answer to compare with."""
        return self.status is not None


def load() -> list[Pair]:
    """Return every pair in the order they were sent."""
    pairs = []
    for file in sorted(FOLDER.glob("*.json")):
        raw = json.loads(file.read_text("utf-8"))
        pairs.append(
            Pair(
                name=raw["name"],
                shows=raw.get("shows", ""),
                request=raw["request"],
                save=raw.get("save") or {},
                status=raw.get("status"),
                response=raw.get("response"),
                volatile=tuple(raw.get("volatile") or ()),
                unordered=tuple(raw.get("unordered") or ()),
                ignored=tuple(raw.get("ignored") or ()),
            )
        )
    return pairs


def filled(value: object, saved: dict[str, str]) -> object:
    """Return ``value`` with every ``{placeholder}`` that is known filled in."""
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda found: str(saved.get(found[1], found[0])), value)
    if isinstance(value, dict):
        return {key: filled(item, saved) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, saved) for item in value]
    return value


def at(value: object, path: str) -> object:
    """Return what lies at ``data.cart.items[0].uid`` of an answer, None when there is nothing."""
    for name, index in re.findall(r"([^.\[\]$]+)|\[(\d+)\]", path):
        try:
            value = value[int(index)] if index else value[name]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return None
    return value


@dataclass
class Ids:
    """Which of our ids stands for which recorded one, by the kind of place it was seen at."""

    known: dict[tuple[str, str], str] = field(default_factory=dict)

    def same(self, place: str, recorded: object, ours: object) -> bool:
        """Say whether two ids may stand for the same thing, and remember that they do."""
        if recorded is None or ours is None:
            return recorded is ours
        if type(recorded) is not type(ours):
            return False
        return self.known.setdefault((place, str(recorded)), str(ours)) == str(ours)


@dataclass
class Comparison:
    """Collects the differences between a recorded answer and ours."""

    pair: Pair
    ids: Ids
    differences: list[str] = field(default_factory=list)

    def compare(self, recorded: object, ours: object) -> list[str]:
        """Return where the two differ, at most a few places."""
        self._walk(recorded, ours, "$")
        return self.differences[:8]

    def _say(self, path: str, recorded: object, ours: object) -> None:
        self.differences.append(f"{path}: {_short(recorded)} became {_short(ours)}")

    def _walk(self, recorded: object, ours: object, path: str) -> None:
        if path in self.pair.ignored:
            return
        if path in self.pair.volatile:
            if (recorded is None) != (ours is None):
                self._say(path, recorded, ours)
            return
        if isinstance(recorded, dict) and isinstance(ours, dict):
            self._objects(recorded, ours, path)
        elif isinstance(recorded, list) and isinstance(ours, list):
            self._lists(recorded, ours, path)
        elif not self._same(recorded, ours, path):
            self._say(path, recorded, ours)

    def _objects(self, recorded: dict[str, object], ours: dict[str, object], path: str) -> None:
        for key in recorded.keys() | ours.keys():
            here = f"{path}.{key}"
            if here in self.pair.ignored:
                continue
            if key not in ours or key not in recorded:
                self._say(here, recorded.get(key, "nothing"), ours.get(key, "nothing"))
            else:
                self._walk(recorded[key], ours[key], here)

    def _lists(self, recorded: list[object], ours: list[object], path: str) -> None:
        if path in self.pair.unordered:
            recorded, ours = sorted(recorded, key=_without_ids), sorted(ours, key=_without_ids)
        if len(recorded) != len(ours):
            self._say(f"{path} (length)", len(recorded), len(ours))
        for index, (left, right) in enumerate(zip(recorded, ours, strict=False)):
            self._walk(left, right, f"{path}[{index}]")

    def _same(self, recorded: object, ours: object, path: str) -> bool:
        if recorded == ours and isinstance(recorded, bool) == isinstance(ours, bool):
            return True
        key = path.rpartition(".")[2].partition("[")[0]
        place = re.sub(r"\[\d+\]|\$\.data\.", "", path)
        if key in _ID_KEYS or key.endswith(("_uid", "_uids")) or _is_option_value(path, recorded):
            return self.ids.same(place, recorded, ours)
        return isinstance(recorded, str) and isinstance(ours, str) and _normal(recorded) == _normal(ours)


def _is_option_value(path: str, recorded: object) -> bool:
    return ".options[" in path and path.endswith(".value") and isinstance(recorded, str) and "_" not in recorded


def _normal(text: str) -> str:
    media = _MEDIA.match(text)
    if media:
        return f"media:{media[1] or media[2]}"
    return "moment" if _MOMENT.match(text) else text


def _without_ids(value: object) -> str:
    def strip(item: object) -> object:
        if isinstance(item, dict):
            return {key: strip(v) for key, v in item.items() if key not in (*_ID_KEYS, "value")}
        return [strip(v) for v in item] if isinstance(item, list) else item

    return json.dumps(strip(value), sort_keys=True)


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) < 120 else text[:117] + "..."
