"""Attributes as the contract describes them, and a product's values with their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from galleria.shop.engine.graphql.catalogue_shelf import Option, Shelf
    from galleria.shop.engine.shelf.models import Attribute
    from galleria.shop.engine.shelf.reading import Values

_TYPES: Final = {"select": "Int", "boolean": "Int", "multiselect": "String", "text": "String", "textarea": "String"}
_ENTITY: Final = "catalog_product"


def metadata(shelf: Shelf, asked: Sequence[Mapping[str, str | None]]) -> dict[str, object]:
    """Return the contract's older ``CustomAttributeMetadata``: an unknown attribute is of any type."""
    return {"items": [_old_attribute(shelf, entry) for entry in asked]}


def metadata_v2(shelf: Shelf, asked: Sequence[Mapping[str, str | None]] | None) -> dict[str, object]:
    """Return ``AttributesMetadataOutput``: what is unknown is named under ``errors``."""
    items, errors = [], []
    for entry in asked or ():
        code, entity = entry.get("attribute_code") or "", (entry.get("entity_type") or "").lower()
        if entity != _ENTITY:
            errors.append(_error("ENTITY_NOT_FOUND", f'Entity "{entity}" could not be found.'))
        elif code not in shelf.attributes:
            errors.append(_error("ATTRIBUTE_NOT_FOUND", f'Attribute code "{code}" could not be found.'))
        else:
            items.append(_attribute(shelf, shelf.attributes[code]))
    return {"items": items, "errors": errors}


def listed(shelf: Shelf, entity: str, filters: Mapping[str, bool] | None) -> dict[str, object]:
    """Return every attribute of an entity type; only products have attributes of the store's own."""
    if entity != "CATALOG_PRODUCT":
        return {"items": [], "errors": []}
    shown = [a for a in shelf.attributes.values() if _fits(a, filters)]
    return {"items": [_attribute(shelf, attribute) for attribute in shown], "errors": []}


def custom_values(shelf: Shelf, values: Values | None, filters: Mapping[str, bool] | None) -> dict[str, object]:
    """Return the contract's ``ProductCustomAttributes``."""
    items: list[dict[str, object]] = []
    for code, attribute in shelf.attributes.items():
        if values is None or not _fits(attribute, filters):
            continue
        if code in values.options:
            options = [shelf.options[pk] for pk in values.options[code] if pk in shelf.options]
            items.append(
                {"__typename": "AttributeSelectedOptions", "code": code, "selected_options": _selected(options)}
            )
        elif code in values.others:
            other = values.others[code]
            written = str(int(other)) if isinstance(other, bool) else other
            items.append({"__typename": "AttributeValue", "code": code, "value": written})
    return {"items": items, "errors": []}


def _selected(options: Sequence[Option]) -> list[dict[str, object]]:
    return [{"__typename": "AttributeSelectedOption", "label": o.label, "value": str(o.id)} for o in options]


def _fits(attribute: Attribute, filters: Mapping[str, bool] | None) -> bool:
    properties = _properties(attribute)
    return all(properties.get(name) == wanted for name, wanted in (filters or {}).items() if wanted is not None)


def _properties(attribute: Attribute) -> dict[str, object]:
    return {
        "is_comparable": attribute.is_shown,
        "is_filterable": attribute.is_filterable,
        "is_filterable_in_search": attribute.is_filterable,
        "is_html_allowed_on_front": attribute.input in ("text", "textarea"),
        "is_searchable": attribute.is_searchable,
        "is_used_for_price_rules": False,
        "is_used_for_promo_rules": False,
        "is_visible_in_advanced_search": attribute.is_searchable,
        "is_visible_on_front": attribute.is_shown,
        "is_wysiwyg_enabled": False,
        "used_in_product_listing": attribute.is_configurable,
    }


def _attribute(shelf: Shelf, attribute: Attribute) -> dict[str, object]:
    return {
        "__typename": "CatalogAttributeMetadata",
        **_properties(attribute),
        "code": attribute.code,
        "label": attribute.label,
        "default_value": None,
        "entity_type": "CATALOG_PRODUCT",
        "frontend_class": None,
        "frontend_input": attribute.input.upper(),
        "is_required": False,
        "is_unique": False,
        "apply_to": None,
        "swatch_input_type": {"color": "VISUAL", "text": "TEXT"}.get(attribute.swatch),
        "update_product_preview_image": bool(attribute.swatch == "color"),
        "use_product_image_for_swatch": False,
        "options": [
            {"__typename": "AttributeOptionMetadata", "is_default": False, "label": label, "value": value}
            for label, value in _options(shelf, attribute)
        ],
    }


def _old_attribute(shelf: Shelf, entry: Mapping[str, str | None]) -> dict[str, object]:
    code = entry.get("attribute_code") or ""
    attribute = shelf.attributes.get(code)
    if attribute is None:
        return {
            "attribute_code": code,
            "attribute_type": "AnyType",
            "entity_type": entry.get("entity_type"),
            "input_type": None,
            "attribute_options": None,
            "storefront_properties": None,
        }
    return {
        "attribute_code": code,
        "attribute_type": _TYPES[attribute.input],
        "entity_type": _ENTITY,
        "input_type": attribute.input,
        "attribute_options": [{"label": label, "value": value} for label, value in _options(shelf, attribute)],
        "storefront_properties": {
            "position": attribute.position,
            "use_in_layered_navigation": "FILTERABLE_WITH_RESULTS" if attribute.is_filterable else "NO",
            "use_in_product_listing": attribute.is_configurable,
            "use_in_search_results_layered_navigation": attribute.is_filterable,
            "visible_on_catalog_pages": attribute.is_shown,
        },
    }


def _options(shelf: Shelf, attribute: Attribute) -> list[tuple[str, str]]:
    if attribute.input == "boolean":
        return [("Yes", "1"), ("No", "0")]
    options = [option for option in shelf.options.values() if option.attribute_id == attribute.pk]
    options.sort(key=lambda option: (option.position, option.id))
    return [(option.label, str(option.id)) for option in options]


def _error(kind: str, message: str) -> dict[str, object]:
    return {"type": kind, "message": message}
