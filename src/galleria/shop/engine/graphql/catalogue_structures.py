"""What only some types of products have: variants, parts of a set, members of a group, files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from galleria.shop.engine.graphql import money, uids
from galleria.shop.engine.graphql.errors import InvalidInput
from galleria.shop.engine.shelf import pricing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphql import GraphQLResolveInfo

    from galleria.shop.engine.graphql.catalogue_shelf import Option, Shelf
    from galleria.shop.engine.shelf.models import BundleOption, BundleSelection, DownloadLink
    from galleria.shop.engine.shelf.reading import Axis, Batch, Row

_SWATCH_TYPES: Final = {"color": "ColorSwatchData", "text": "TextSwatchData", "image": "ImageSwatchData"}


class Structures:
    """The fields of configurable, bundle, grouped and downloadable products."""

    shelf: Shelf
    batch: Batch
    row: Row

    def configurable_options(self, _info: GraphQLResolveInfo) -> list[dict[str, object]]:
        """What the variants differ by, with the choices that variants have."""
        return [self._axis_value(axis) for axis in self._axes_by_attribute()]

    def variants(self, _info: GraphQLResolveInfo) -> list[dict[str, object]]:
        """Every variant with its choices."""
        axes = self._axes_by_attribute()
        return [
            {
                "attributes": [self._chosen_value(axis, option) for axis, option in self._choices(child, axes)],
                "product": _product(self.shelf, self.batch.children, child),
            }
            for child in self.batch.variants.get(self.row.id, ())
        ]

    def configurable_product_options_selection(
        self,
        _info: GraphQLResolveInfo,
        configurableOptionValueUids: list[str] | None = None,
    ) -> dict[str, object]:
        """What is left to choose after some choices, and the variant once all are made."""
        axes = self.batch.axes.get(self.row.id, [])
        wanted = list(dict.fromkeys(configurableOptionValueUids or ()))
        children = self.batch.variants.get(self.row.id, [])
        options = {child.id: {a.code: o for a, o in self._choices(child, axes)} for child in children}
        known = {option.uid for chosen in options.values() for option in chosen.values()}
        fitting = [c for c in children if set(wanted) <= {o.uid for o in options[c.id].values()}]
        if not known.issuperset(wanted) or not fitting:
            raise InvalidInput("configurableOptionValueUids values are incorrect")
        offered = [child for child in fitting if self.batch.children.salable(child)]
        decided = {a.code for a in axes for c in fitting[:1] if options[c.id][a.code].uid in wanted}
        complete = len(decided) == len(axes)
        return {
            "options_available_for_selection": [
                {"attribute_code": a.code, "option_value_uids": [o.uid for o in _distinct(options, offered, a.code)]}
                for a in axes
            ],
            "configurable_options": [
                self._open_option(axis, _distinct(options, children, axis.code), _distinct(options, offered, axis.code))
                for axis in axes
                if axis.code not in decided
            ],
            "variant": _product(self.shelf, self.batch.children, fitting[0]) if complete else None,
            "media_gallery": self._shared_gallery(fitting) if wanted else self._own_gallery(),
        }

    def dynamic_price(self, _info: GraphQLResolveInfo) -> bool:
        """Whether the parts make the price."""
        return bool(self.batch.texts[self.row.id].dynamic_price)

    def dynamic_sku(self, _info: GraphQLResolveInfo) -> bool:
        """Whether the parts make the sku."""
        return bool(self.batch.texts[self.row.id].dynamic_sku)

    def dynamic_weight(self, _info: GraphQLResolveInfo) -> bool:
        """Whether the parts make the weight."""
        return bool(self.batch.texts[self.row.id].dynamic_weight)

    def price_view(self, _info: GraphQLResolveInfo) -> str:
        """How the price is shown."""
        return str(self.batch.texts[self.row.id].price_view)

    def ship_bundle_items(self, _info: GraphQLResolveInfo) -> str:
        """Whether the parts are sent together."""
        return "TOGETHER" if self.batch.texts[self.row.id].ship_together else "SEPARATELY"

    def price_details(self, _info: GraphQLResolveInfo) -> dict[str, object]:
        """The least price before and after reductions."""
        least = self.batch.price_range(self.row)[0]
        return {
            "main_price": money.number(least.regular),
            "main_final_price": money.number(least.final),
            "discount_percentage": money.number(least.percent_off),
        }

    def items(self, _info: GraphQLResolveInfo) -> list[dict[str, object]]:
        """The choices of a bundle or the members of a group."""
        if self.row.id in self.batch.bundle_options:
            return [self._bundle_item(option) for option in self.batch.bundle_options[self.row.id]]
        parts = self.batch.parts
        return [
            {
                "position": item.position,
                "qty": float(item.quantity) or 1,
                "product": _product(self.shelf, parts, parts.rows[item.item_id]),
            }
            for item in self.batch.grouped_items.get(self.row.id, ())
            if item.item_id in parts.rows and parts.rows[item.item_id].is_public
        ]

    def links_purchased_separately(self, _info: GraphQLResolveInfo) -> int:
        """Whether each file is bought by itself: 1 or 0."""
        return int(self.row.links_apart)

    def links_title(self, _info: GraphQLResolveInfo) -> str | None:
        """The heading of the files."""
        return self.batch.texts[self.row.id].links_title or None

    def downloadable_product_links(self, _info: GraphQLResolveInfo) -> list[dict[str, object]]:
        """The files that are sold."""
        return [self._link_value(link) for link in self.batch.links.get(self.row.id, ())]

    def downloadable_product_samples(self, _info: GraphQLResolveInfo) -> list[dict[str, object]]:
        """The files that are shown."""
        return [
            {
                "id": sample.pk,
                "title": sample.title,
                "sort_order": sample.position,
                "sample_type": "FILE" if sample.file else "URL",
                "sample_file": sample.file or None,
                "sample_url": sample.url or f"{self.shelf.base_url}/downloadable/download/sample/sample_id/{sample.pk}",
            }
            for sample in self.batch.samples.get(self.row.id, ())
        ]

    def _axes_by_attribute(self) -> list[Axis]:
        return sorted(self.batch.axes.get(self.row.id, ()), key=lambda axis: axis.attribute_id)

    def _choices(self, child: Row, axes: Sequence[Axis]) -> list[tuple[Axis, Option]]:
        values = self.batch.children.values[child.id]
        found = [(axis, self.shelf.options.get(values.first(axis.code) or 0)) for axis in axes]
        return [(axis, option) for axis, option in found if option is not None]

    def _axis_value(self, axis: Axis) -> dict[str, object]:
        children = self.batch.variants.get(self.row.id, [])
        options = {child.id: {a.code: o for a, o in self._choices(child, [axis])} for child in children}
        return {
            "id": axis.id,
            "uid": uids.encode(f"configurable/{self.row.id}/{axis.attribute_id}"),
            "attribute_id": str(axis.attribute_id),
            "attribute_id_v2": axis.attribute_id,
            "attribute_uid": uids.encode(axis.attribute_id),
            "attribute_code": axis.code,
            "label": axis.label,
            "position": axis.position,
            "product_id": self.row.id,
            "use_default": False,
            "values": [self._value_value(axis, option) for option in _distinct(options, children, axis.code)],
        }

    def _value_value(self, axis: Axis, option: Option) -> dict[str, object]:
        return {
            "uid": option.uid,
            "value_index": option.id,
            "label": option.label,
            "default_label": option.label,
            "store_label": option.label,
            "use_default_value": True,
            "swatch_data": self._swatch(axis, option),
        }

    def _swatch(self, axis: Axis, option: Option) -> dict[str, object] | None:
        attribute = self.shelf.attributes.get(axis.code)
        kind = _SWATCH_TYPES.get(attribute.swatch if attribute else "")
        if kind is None:
            return None
        return {"__typename": kind, "value": option.swatch or option.label, "thumbnail": None}

    def _chosen_value(self, axis: Axis, option: Option) -> dict[str, object]:
        return {"uid": option.uid, "code": axis.code, "label": option.label, "value_index": option.id}

    def _open_option(self, axis: Axis, every: list[Option], offered: list[Option]) -> dict[str, object]:
        there = {option.id for option in offered}
        return {
            "uid": uids.encode(axis.id),
            "attribute_code": axis.code,
            "label": axis.label,
            "values": [
                {
                    "uid": option.uid,
                    "label": option.label,
                    "is_available": option.id in there,
                    "is_use_default": False,
                    "swatch": self._swatch(axis, option),
                }
                for option in every
            ],
        }

    def _own_gallery(self) -> list[dict[str, object]]:
        from galleria.shop.engine.graphql.catalogue_products import gallery_value

        return gallery_value(self.shelf, self.batch, self.row)

    def _shared_gallery(self, fitting: Sequence[Row]) -> list[dict[str, object]]:
        """Return the pictures that every variant still in question has."""
        from galleria.shop.engine.graphql.catalogue_products import gallery_value

        images = self.batch.children.images
        shared = set.intersection(*({i.name for i in images.get(child.id, ())} for child in fitting))
        addresses = {self.shelf.media(name) for name in shared}
        return [v for v in gallery_value(self.shelf, self.batch.children, fitting[0]) if v["url"] in addresses]

    def _bundle_item(self, option: BundleOption) -> dict[str, object]:
        from galleria.shop.engine.graphql.catalogue_products import price_value

        parts = self.batch.parts
        selections = [s for s in self.batch.selections.get(option.pk, ()) if s.product_id in parts.rows]
        prices = [parts.price_range(parts.rows[s.product_id])[0] for s in selections]
        return {
            "option_id": option.pk,
            "uid": uids.encode(f"bundle/{option.pk}"),
            "title": option.title,
            "required": option.is_required,
            "type": option.input,
            "position": option.position,
            "sku": self.row.sku,
            "price_range": {
                "minimum_price": price_value(pricing.cheapest(prices)),
                "maximum_price": price_value(pricing.dearest(prices)),
            },
            "options": [self._selection_value(option, selection) for selection in selections],
        }

    def _selection_value(self, option: BundleOption, selection: BundleSelection) -> dict[str, object]:
        part = self.batch.parts.rows[selection.product_id]
        quantity = float(selection.quantity)
        written = int(quantity) if quantity == int(quantity) else quantity
        return {
            "id": selection.pk,
            "uid": uids.encode(f"bundle/{option.pk}/{selection.pk}/{written}"),
            "label": part.name,
            "quantity": quantity,
            "qty": quantity,
            "position": selection.position,
            "is_default": selection.is_default,
            "price": float(selection.price),
            "price_type": "PERCENT" if selection.is_percent else "FIXED",
            "can_change_quantity": selection.can_change_quantity,
            "product": _product(self.shelf, self.batch.parts, part),
        }

    def _link_sample(self, link: DownloadLink) -> str:
        return f"{self.shelf.base_url}/downloadable/download/linkSample/link_id/{link.pk}"

    def _link_value(self, link: DownloadLink) -> dict[str, object]:
        sample = link.sample_file or link.sample_url
        return {
            "id": link.pk,
            "uid": uids.encode(f"downloadable/{link.pk}"),
            "title": link.title,
            "price": money.number(link.price),
            "sort_order": link.position,
            "is_shareable": link.is_shareable,
            "number_of_downloads": link.downloads,
            "link_type": "FILE" if link.file else "URL",
            "sample_type": None if not sample else "FILE" if link.sample_file else "URL",
            "sample_file": link.sample_file or None,
            "sample_url": self._link_sample(link) if sample else None,
        }


def _product(shelf: Shelf, batch: Batch, row: Row) -> object:
    from galleria.shop.engine.graphql.catalogue_products import ProductValue

    return ProductValue(shelf, batch, row)


def _distinct(options: dict[int, dict[str, Option]], children: Sequence[Row], code: str) -> list[Option]:
    """Return the different options that variants have for an attribute, in the attribute's order."""
    found = {options[c.id][code].id: options[c.id][code] for c in children if code in options[c.id]}
    return sorted(found.values(), key=lambda option: (option.position, option.id))
