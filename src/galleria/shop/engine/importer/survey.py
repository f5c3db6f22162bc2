"""The first look at a file: every row is read and checked before anything is written."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from oscar.core.loading import get_model

from galleria.shop.engine.demo import leaving
from galleria.shop.engine.importer import formats, magento
from galleria.shop.engine.importer.problems import RowProblem, RowRefused
from galleria.shop.engine.stocking.specs import AttributeSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from galleria.shop.engine.stocking.specs import ProductSpec

_MULTIPLE: Final = frozenset(
    [
        "activity",
        "category_gear",
        "climate",
        "collar",
        "features_bags",
        "gender",
        "material",
        "pattern",
        "sleeve",
        "strap_bags",
        "style_bags",
        "style_bottom",
        "style_general",
    ]
)
_LABELS: Final = {
    "strap_bags": "Strap/Handle",
    "features_bags": "Features",
    "style_bags": "Style",
    "style_bottom": "Style",
    "style_general": "Style",
}
_SIZES: Final = {size: place for place, size in enumerate(["XXS", "XS", "S", "M", "L", "XL", "XXL", "XXXL"])}
_SWATCHES: Final = {
    "Black": "#000000", "Blue": "#1857f7", "Brown": "#945454", "Gray": "#8f8f8f", "Green": "#53a828",
    "Lavender": "#ce64d4", "Multi": "#ffffff", "Orange": "#eb6703", "Purple": "#ef3dff", "Red": "#ff0000",
    "White": "#ffffff", "Yellow": "#ffd500",
}  # fmt: skip


@dataclass(slots=True)
class Survey:
    """What a file holds. ``refused`` are the lines that are not taken; all else follows in a second reading."""

    file: Path
    rows: int = 0
    overrides: int = 0
    family: magento.Family = field(default_factory=magento.Family)
    labels: dict[str, dict[str, None]] = field(default_factory=dict)
    axes: dict[str, str] = field(default_factory=dict)
    multiple: set[str] = field(default_factory=set)
    categories: dict[str, None] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)

    def refuse(self, line: int, sku: str, message: str) -> None:
        """Note that a row is not taken, and why."""
        self.refused.add(line)
        self.problems.append(RowProblem(line, sku, message))

    def specs(self) -> Iterator[tuple[int, dict[str, str], ProductSpec]]:
        """Yield every row that is taken: its line, its cells, what it asks for."""
        for line, row in formats.rows(self.file):
            if line not in self.refused:
                yield line, row, magento.spec_of(row, self.family)

    def attributes(self) -> list[AttributeSpec]:
        """Return the attributes that the file's values need, with their choices in a sensible order."""
        return [self._attribute(code, list(labels)) for code, labels in self.labels.items()]

    def _attribute(self, code: str, labels: list[str]) -> AttributeSpec:
        swatch = {"color": "color", "size": "text"}.get(code, "")
        return AttributeSpec(
            code=code,
            label=self.axes.get(code) or _LABELS.get(code) or code.replace("_", " ").title(),
            input=self._input(code, labels),
            is_configurable=code in self.axes,
            swatch=swatch,
            choices=tuple(sorted(labels, key=_choice_order)),
            swatches={
                label: _SWATCHES.get(label, "#d9d9d9") if swatch == "color" else label for label in labels if swatch
            },
        )

    def _input(self, code: str, labels: list[str]) -> str:
        if code in self.axes:
            return "select"
        if code in _MULTIPLE or code in self.multiple:
            return "multiselect"
        if {label.lower() for label in labels} <= {"yes", "no"}:
            return "boolean"
        return "text" if any(len(label) > 120 for label in labels) else "select"


class _WantedKey(NamedTuple):
    """The url key that a row asks for."""

    line: int
    sku: str
    key: str


def look(file: Path, progress: Callable[[int], None] = lambda _rows: None) -> Survey:
    """Read the whole file and return what it holds. Raises Problem when it is no such file at all."""
    survey = Survey(file)
    _meet_families(survey)
    keys: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    wanted: list[_WantedKey] = []
    for line, row in formats.rows(file):
        survey.rows += 1
        try:
            key = _check(survey, row, keys, seen)
        except RowRefused as refusal:
            survey.refuse(line, row.get("sku") or "", str(refusal))
        else:
            wanted += [_WantedKey(line, row.get("sku") or "", key)] if key else []
        if survey.rows % 500 == 0:
            progress(survey.rows)
    _refuse_keys_of_others(survey, wanted)
    survey.problems.sort(key=lambda problem: problem.line)
    return survey


def _refuse_keys_of_others(survey: Survey, wanted: list[_WantedKey]) -> None:
    """Refuse rows whose url key a product has that keeps it: two products would have one address.

    A product that gets another key by the same file gives its own up. Should its row be refused it keeps the key, so
    this is asked until nothing more is refused.
    """
    holders = _keys_in_store()
    left = wanted
    while True:
        moving = {row.sku: row.key for row in left}
        stays = [row for row in left if not _held(row, holders, moving)]
        for row in left:
            holder = _held(row, holders, moving)
            if holder:
                message = f'url_key "{row.key[:60]}" is already used by {holder}, which is in the store.'
                survey.refuse(row.line, row.sku, message)
        if len(stays) == len(left):
            return
        left = stays


def _held(row: _WantedKey, holders: Mapping[str, set[str]], moving: Mapping[str, str]) -> str:
    """Return who else has the row's key and keeps it, empty for nobody."""
    skus = holders.get(row.key, set())
    if row.sku in skus:
        return ""
    return next((sku for sku in sorted(skus) if moving.get(sku, row.key) == row.key), "")


def _keys_in_store() -> dict[str, set[str]]:
    """Return the skus by url key of all products but those that leave when this import comes."""
    found: dict[str, set[str]] = defaultdict(set)
    products = get_model("catalogue", "Product").objects.exclude(pk__in=leaving.those_that_leave())
    for key, sku in products.values_list("slug", "upc"):
        found[key].add(sku or "")
    return found


def _meet_families(survey: Survey) -> None:
    for _line, row in formats.rows(survey.file):
        if row.get("configurable_variations"):
            for entry in magento.variations(row):
                survey.family.parent_of[entry["sku"]] = row.get("sku") or ""
            survey.family.set_of[row.get("sku") or ""] = row.get("attribute_set_code") or "Default"


def _check(survey: Survey, row: dict[str, str], keys: dict[str, str], seen: set[tuple[str, str]]) -> str | None:
    """Note what a row holds and return the url key that it asks for. Raises RowRefused."""
    view = row.get("store_view_code") or ""
    if view not in ("", magento.STORE_VIEW):
        raise RowRefused(f'The row is for the store view "{view[:40]}"; this store has the one view "default".')
    spec = magento.spec_of(row, survey.family)
    if (spec.sku, view) in seen:
        raise RowRefused("The sku stands in the file twice; the first row is taken.")
    key = spec.fields.get("slug")
    if isinstance(key, str) and keys.setdefault(key, spec.sku) != spec.sku:
        raise RowRefused(f'url_key "{key[:60]}" is already used by {keys[key]}.')
    seen.add((spec.sku, view))
    survey.overrides += bool(view)
    for code, labels in (spec.values or {}).items():
        survey.labels.setdefault(code, {}).update(dict.fromkeys(labels))
        if len(labels) > 1:
            survey.multiple.add(code)
    if spec.axes:
        survey.axes.update(spec.axes)
    survey.categories.update(dict.fromkeys(spec.categories or ()))
    return key if isinstance(key, str) else None


def _choice_order(label: str) -> tuple[int, float, str]:
    """Sizes by size, numbers by number, all else by name."""
    if label in _SIZES:
        return (0, float(_SIZES[label]), label)
    number = re.match(r"\d+(?:\.\d+)?", label)
    if number:
        return (1, float(number[0]), label)
    return (2, 0.0, label.casefold())
