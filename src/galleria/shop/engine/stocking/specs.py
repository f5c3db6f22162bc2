"""What is wanted, as plain values. ``None`` means: leave what is there, or the usual for a new product."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from galleria.shop.engine.shelf.models import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the gallery: its name below the media folder, and its label."""

    name: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Roles:
    """Which pictures stand for the product, by name below the media folder, each with its label."""

    image: tuple[str, str] = ("", "")
    small_image: tuple[str, str] = ("", "")
    thumbnail: tuple[str, str] = ("", "")
    swatch_image: str = ""


@dataclass(frozen=True, slots=True)
class SelectionSpec:
    """A product that answers a bundle's choice."""

    sku: str
    quantity: Decimal
    price: Decimal
    is_percent: bool = False
    is_default: bool = False
    can_change_quantity: bool = True


@dataclass(frozen=True, slots=True)
class BundleSpec:
    """A choice of a bundle."""

    title: str
    input: str
    is_required: bool
    selections: tuple[SelectionSpec, ...]


@dataclass(frozen=True, slots=True)
class LinkSpec:
    """A file that is sold."""

    title: str
    price: Decimal
    position: int = 0
    file: str = ""
    url: str = ""
    downloads: int = 0
    is_shareable: bool = False
    sample_file: str = ""
    sample_url: str = ""


@dataclass(frozen=True, slots=True)
class SampleSpec:
    """A file that is shown before buying."""

    title: str
    position: int = 0
    file: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ProductSpec:
    """One product. ``fields`` go to Oscar's product, ``record`` to our side table, by their field names.

    ``categories`` are paths of names below the root (``Gear/Bags``); ``values`` labels by attribute code;
    ``axes`` the attributes (code, label) that ``variants`` (skus) differ by.
    """

    sku: str
    kind: Kind = Kind.SIMPLE
    attribute_set: str = "Default"
    parent_sku: str | None = None
    fields: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    record: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    price: Decimal | None = None
    quantity: int | None = None
    categories: tuple[str, ...] | None = None
    values: Mapping[str, tuple[str, ...]] | None = None
    gallery: tuple[Picture, ...] | None = None
    roles: Roles | None = None
    axes: tuple[tuple[str, str], ...] | None = None
    variants: tuple[str, ...] | None = None
    related: tuple[str, ...] | None = None
    upsell: tuple[str, ...] | None = None
    crosssell: tuple[str, ...] | None = None
    bundle: tuple[BundleSpec, ...] | None = None
    grouped: tuple[tuple[str, Decimal], ...] | None = None
    links: tuple[LinkSpec, ...] | None = None
    samples: tuple[SampleSpec, ...] | None = None


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """An attribute of the store and, where it has choices, their labels in order. ``swatches`` by label."""

    code: str
    label: str
    input: str = "select"
    position: int = 0
    is_filterable: bool = True
    is_configurable: bool = False
    is_shown: bool = True
    swatch: str = ""
    choices: tuple[str, ...] = ()
    swatches: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class CategorySpec:
    """A category by its path of names below the root."""

    path: str
    url_key: str = ""
    description: str = ""
    is_anchor: bool = True
    include_in_menu: bool = True
    display_mode: str = ""
    position: int = 0
    image: str = ""
    meta_title: str = ""
    meta_description: str = ""


__all__ = [
    "AttributeSpec", "BundleSpec", "CategorySpec", "Kind", "LinkSpec", "Picture", "ProductSpec", "Roles",
    "SampleSpec", "SelectionSpec",
]  # fmt: skip
