"""Attributes and their choices: one id each for the whole store, shown in Oscar's forms by product class."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from oscar.core.loading import get_model

from galleria.shop.engine.shelf.models import Attribute, Choice, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oscar.apps.catalogue.abstract_models import AbstractProductAttribute, AbstractProductClass

    from galleria.shop.engine.stocking.specs import AttributeSpec

ProductClass = get_model("catalogue", "ProductClass")
ProductAttribute = get_model("catalogue", "ProductAttribute")
AttributeOptionGroup = get_model("catalogue", "AttributeOptionGroup")
AttributeOption = get_model("catalogue", "AttributeOption")

OSCAR_TYPES: Final = {
    "select": "option",
    "multiselect": "multi_option",
    "boolean": "boolean",
    "text": "text",
    "textarea": "text",
}
"""Oscar's type of an attribute by Magento's input."""


@dataclass(slots=True)
class AttributeBook:
    """The store's attributes while a catalogue is written. Reads once, adds what is missing."""

    attributes: dict[str, Attribute] = field(default_factory=dict)
    choices: dict[tuple[str, str], int] = field(default_factory=dict)
    classes: dict[tuple[str, bool], AbstractProductClass] = field(default_factory=dict)
    defined: dict[tuple[int, str], AbstractProductAttribute] = field(default_factory=dict)
    changes: int = 0

    @classmethod
    def read(cls) -> AttributeBook:
        """Return the book of what is there."""
        book = cls()
        book.attributes = {a.code: a for a in Attribute.objects.all()}
        by_group = {a.option_group_id: a.code for a in book.attributes.values() if a.option_group_id}
        for pk, group, text in AttributeOption.objects.values_list("pk", "group_id", "option"):
            if group in by_group:
                book.choices[by_group[group], text] = pk
        book.classes = {(c.name, c.requires_shipping): c for c in ProductClass.objects.all()}
        book.defined = {(a.product_class_id, a.code): a for a in ProductAttribute.objects.all()}
        return book

    def ensure(self, spec: AttributeSpec) -> Attribute:
        """Return the attribute, made or completed with the choices that it lacks."""
        attribute = self.attributes.get(spec.code)
        if attribute is None:
            attribute = self._make(spec)
        missing = [label for label in dict.fromkeys(spec.choices) if (spec.code, label) not in self.choices]
        if missing:
            self._add_choices(attribute, spec, missing)
        return attribute

    def product_class(self, attribute_set: str, kind: Kind) -> AbstractProductClass:
        """Return Oscar's product class: one an attribute set, apart for what needs no shipping."""
        ships = kind not in (Kind.VIRTUAL, Kind.DOWNLOADABLE)
        name = attribute_set if ships else f"{attribute_set} ({kind})"
        found = self.classes.get((name, ships))
        if found is None:
            found = ProductClass.objects.create(
                name=name, requires_shipping=ships, track_stock=kind is not Kind.DOWNLOADABLE
            )
            self.classes[name, ships] = found
            self.changes += 1
        return found

    def define(self, product_class: AbstractProductClass, codes: Iterable[str]) -> None:
        """Make Oscar's forms of a product class show these attributes."""
        for code in codes:
            key = (product_class.pk, code)
            if key not in self.defined:
                attribute = self.attributes[code]
                self.defined[key] = ProductAttribute.objects.create(
                    product_class=product_class,
                    code=code,
                    name=attribute.label,
                    type=OSCAR_TYPES[attribute.input],
                    option_group_id=attribute.option_group_id,
                )
                self.changes += 1

    def _make(self, spec: AttributeSpec) -> Attribute:
        group = None
        if spec.input in ("select", "multiselect"):
            group = AttributeOptionGroup.objects.create(name=spec.label, code=spec.code)
        attribute = Attribute.objects.create(
            code=spec.code,
            label=spec.label,
            input=spec.input,
            option_group=group,
            position=spec.position,
            is_filterable=spec.is_filterable,
            is_configurable=spec.is_configurable,
            is_shown=spec.is_shown,
            swatch=spec.swatch,
        )
        self.attributes[spec.code] = attribute
        self.changes += 1
        return attribute

    def _add_choices(self, attribute: Attribute, spec: AttributeSpec, labels: list[str]) -> None:
        if attribute.option_group_id is None:
            return
        made = AttributeOption.objects.bulk_create(
            AttributeOption(group_id=attribute.option_group_id, option=label) for label in labels
        )
        order = {label: place for place, label in enumerate(spec.choices)}
        Choice.objects.bulk_create(
            Choice(option=option, position=order[option.option], swatch=spec.swatches.get(option.option, ""))
            for option in made
        )
        self.choices.update({(spec.code, option.option): option.pk for option in made})
        self.changes += len(made)
