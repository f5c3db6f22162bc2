"""Writes products: first each for itself, then what joins them to one another."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from oscar.core.loading import get_model

from galleria.shop.engine.shelf.models import (
    BundleOption,
    BundleSelection,
    ConfigurableOption,
    DownloadLink,
    DownloadSample,
    GroupedItem,
    Kind,
    ProductLink,
    ProductRecord,
)
from galleria.shop.engine.stocking.attributes import AttributeBook
from galleria.shop.engine.stocking.categories import CategoryBook
from galleria.shop.engine.stocking.rows import BATCH, Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from oscar.apps.catalogue.abstract_models import AbstractProduct

    from galleria.shop.engine.stocking.specs import ProductSpec, Roles

Product = get_model("catalogue", "Product")
ProductCategory = get_model("catalogue", "ProductCategory")
ProductImage = get_model("catalogue", "ProductImage")
ProductAttributeValue = get_model("catalogue", "ProductAttributeValue")
ProductRecommendation = get_model("catalogue", "ProductRecommendation")
Partner = get_model("partner", "Partner")
StockRecord = get_model("partner", "StockRecord")

PARTNER_NAME: Final = "Own stock"

_GALLERY = Rows(ProductImage, "product_id", ("original", "caption", "display_order"), ("display_order",))
_CATEGORIES = Rows(ProductCategory, "product_id", ("category_id",), key="category_id")
_AXES = Rows(ConfigurableOption, "product_id", ("attribute_id", "label", "position"), key="attribute_id")
_GROUPED = Rows(GroupedItem, "product_id", ("item_id", "quantity", "position"), key="item_id")
_RELATED = Rows(ProductRecommendation, "primary_id", ("recommendation_id", "ranking"), key="recommendation_id")
_UPSELL = Rows(ProductLink, "product_id", ("linked_id", "position"), fixed=(("relation", "upsell"),), key="linked_id")
_CROSSSELL = Rows(
    ProductLink, "product_id", ("linked_id", "position"), fixed=(("relation", "crosssell"),), key="linked_id"
)
_BUNDLE = Rows(BundleOption, "product_id", ("title", "input", "is_required", "position"), ("position", "pk"))
_SELECTIONS = Rows(
    BundleSelection,
    "option_id",
    ("product_id", "quantity", "price", "is_percent", "is_default", "can_change_quantity", "position"),
    ("position", "pk"),
)
_LINK_FIELDS = (
    "title", "price", "position", "file", "url", "downloads", "is_shareable", "sample_file", "sample_url",
)  # fmt: skip
_LINKS = Rows(DownloadLink, "product_id", _LINK_FIELDS, ("position", "pk"))
_SAMPLES = Rows(DownloadSample, "product_id", ("title", "position", "file", "url"), ("position", "pk"))


@dataclass(slots=True)
class Writer:
    """One catalogue being written. Call ``put`` with every product, then ``join`` with every product again."""

    attributes: AttributeBook
    categories: CategoryBook
    ids: dict[str, int] = field(default_factory=dict)
    created: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    missing: Counter[str] = field(default_factory=Counter)
    _partner_id: int = 0

    @classmethod
    def begin(cls) -> Writer:
        """Return a writer for the store as it is now."""
        partner, _ = Partner.objects.get_or_create(name=PARTNER_NAME)
        return cls(AttributeBook.read(), CategoryBook.read(), _partner_id=partner.pk)

    def put(self, specs: Sequence[ProductSpec]) -> None:
        """Make each product for itself what its spec says."""
        known = self._known(specs)
        new = [self._new(spec) for spec in specs if spec.sku not in known]
        Product.objects.bulk_create([product for product, _ in new], batch_size=BATCH)
        records = []
        for product, record in new:
            record.product_id = product.pk
            records.append(record)
            self.created.add(product.upc)
        ProductRecord.objects.bulk_create(records, batch_size=BATCH // 8)
        self._update([spec for spec in specs if spec.sku in known], known)
        self.ids.update({product.upc: product.pk for product, _ in new})
        self.ids.update({sku: product.pk for sku, product in known.items()})
        self._put_stock(specs)
        self._note(_CATEGORIES, specs, self._category_rows)
        self._note(_GALLERY, specs, _gallery_rows)
        self._put_values(specs)

    def join(self, specs: Sequence[ProductSpec]) -> None:
        """Join products to one another: variants to their configurable, parts to their set, links."""
        self._resolve(specs)
        self._join_parents(specs)
        self._note(_AXES, specs, self._axis_rows)
        self._note(_UPSELL, specs, lambda spec: self._linked(spec.upsell, "linked_id", "position"))
        self._note(_CROSSSELL, specs, lambda spec: self._linked(spec.crosssell, "linked_id", "position"))
        self._note(_RELATED, specs, self._related_rows)
        self._note(_GROUPED, specs, self._grouped_rows)
        self._note(_LINKS, specs, lambda spec: _as_rows(spec.links, _LINK_FIELDS))
        self._note(_SAMPLES, specs, lambda spec: _as_rows(spec.samples, ("title", "position", "file", "url")))
        self._join_bundles(specs)

    def _known(self, specs: Sequence[ProductSpec]) -> dict[str, AbstractProduct]:
        found = Product.objects.filter(upc__in=[spec.sku for spec in specs]).select_related("record")
        return {product.upc: product for product in found}

    def _new(self, spec: ProductSpec) -> tuple[AbstractProduct, ProductRecord]:
        product = Product(upc=spec.sku, **self._product_fields(spec))
        product.slug = product.slug or spec.sku.lower()
        return product, ProductRecord(**_record_fields(spec))

    def _product_fields(self, spec: ProductSpec) -> dict[str, object]:
        values = {name: value for name, value in spec.fields.items() if value is not None}
        if spec.parent_sku is not None:
            return {**values, "structure": Product.CHILD, "product_class_id": None}
        kind_of = self.attributes.product_class(spec.attribute_set, spec.kind)
        structure = Product.PARENT if spec.kind is Kind.CONFIGURABLE else Product.STANDALONE
        return {**values, "structure": structure, "product_class_id": kind_of.pk}

    def _update(self, specs: Sequence[ProductSpec], known: Mapping[str, AbstractProduct]) -> None:
        products, records = [], []
        product_names: set[str] = set()
        record_names: set[str] = set()
        for spec in specs:
            product = known[spec.sku]
            differing = _apply(product, self._product_fields(spec))
            if differing:
                products.append(product)
                product_names |= differing
            record = getattr(product, "record", None)
            if record is None:
                ProductRecord.objects.create(product=product, **_record_fields(spec))
                self.changed.add(spec.sku)
                continue
            differing_record = _apply(record, _record_fields(spec))
            if differing_record:
                records.append(record)
                record_names |= differing_record
            if differing or differing_record:
                self.changed.add(spec.sku)
        if products:
            Product.objects.bulk_update(products, sorted(product_names), batch_size=BATCH // 8)
        if records:
            ProductRecord.objects.bulk_update(records, sorted(record_names), batch_size=BATCH // 8)

    def _put_stock(self, specs: Sequence[ProductSpec]) -> None:
        wanted = {self.ids[s.sku]: s for s in specs if s.price is not None and s.kind in _PRICED}
        rows = {row.product_id: row for row in StockRecord.objects.filter(product_id__in=list(wanted))}
        create, update = [], []
        for pk, spec in wanted.items():
            row = rows.get(pk)
            values: dict[str, object] = {"price": spec.price}
            if spec.quantity is not None:
                values["num_in_stock"] = spec.quantity
            if row is None:
                create.append(StockRecord(product_id=pk, partner_id=self._partner_id, partner_sku=spec.sku, **values))
            elif _apply(row, values):
                update.append(row)
                self.changed.add(spec.sku)
        StockRecord.objects.bulk_create(create, batch_size=BATCH // 4)
        if update:
            StockRecord.objects.bulk_update(update, ["price", "num_in_stock"], batch_size=BATCH // 4)

    def _note(
        self,
        rows: Rows,
        specs: Sequence[ProductSpec],
        wanted: Callable[[ProductSpec], list[dict[str, object]] | None],
    ) -> None:
        by_id = {self.ids[spec.sku]: spec.sku for spec in specs}
        values = {self.ids[spec.sku]: given for spec in specs if (given := wanted(spec)) is not None}
        self.changed.update(by_id[owner] for owner in rows.sync(values))

    def _category_rows(self, spec: ProductSpec) -> list[dict[str, object]] | None:
        if spec.parent_sku is not None:
            return []
        if spec.categories is None:
            return None
        return [{"category_id": self.categories.ids[path]} for path in dict.fromkeys(spec.categories)]

    def _put_values(self, specs: Sequence[ProductSpec]) -> None:
        from galleria.shop.engine.stocking.values import sync_values

        given = [spec for spec in specs if spec.values is not None]
        self.changed.update(sync_values(given, self.ids, self.attributes))

    def _resolve(self, specs: Sequence[ProductSpec]) -> None:
        """Learn the ids of products that are named but were not in what was put."""
        named = {sku for spec in specs for sku in _named(spec)} - self.ids.keys()
        for start in range(0, len(named), BATCH):
            part = sorted(named)[start : start + BATCH]
            self.ids.update(Product.objects.filter(upc__in=part).values_list("upc", "pk"))

    def _join_parents(self, specs: Sequence[ProductSpec]) -> None:
        wanted = {self.ids[sku]: self.ids[spec.sku] for spec in specs for sku in spec.variants or () if sku in self.ids}
        ids = list(wanted)
        for start in range(0, len(ids), BATCH):
            part = ids[start : start + BATCH]
            loose = Product.objects.filter(Q(pk__in=part)).only("pk", "upc", "parent_id", "structure")
            moved = [product for product in loose if product.parent_id != wanted[product.pk]]
            for product in moved:
                product.parent_id = wanted[product.pk]
                product.structure = Product.CHILD
                self.changed.add(product.upc)
            Product.objects.bulk_update(moved, ["parent_id", "structure"], batch_size=BATCH // 4)

    def _axis_rows(self, spec: ProductSpec) -> list[dict[str, object]] | None:
        if spec.axes is None:
            return None
        return [
            {"attribute_id": self.attributes.attributes[code].pk, "label": label, "position": place}
            for place, (code, label) in enumerate(spec.axes)
        ]

    def _linked(self, skus: tuple[str, ...] | None, name: str, place_name: str) -> list[dict[str, object]] | None:
        if skus is None:
            return None
        known = [sku for sku in dict.fromkeys(skus) if self._knows(sku)]
        return [{name: self.ids[sku], place_name: place} for place, sku in enumerate(known, 1)]

    def _related_rows(self, spec: ProductSpec) -> list[dict[str, object]] | None:
        rows = self._linked(spec.related, "recommendation_id", "ranking")
        if rows is None:
            return None
        # Oscar shows the highest ranking first.
        return [{**row, "ranking": len(rows) - place} for place, row in enumerate(rows)]

    def _grouped_rows(self, spec: ProductSpec) -> list[dict[str, object]] | None:
        if spec.grouped is None:
            return None
        known = [(sku, quantity) for sku, quantity in spec.grouped if self._knows(sku)]
        return [
            {"item_id": self.ids[sku], "quantity": quantity, "position": place}
            for place, (sku, quantity) in enumerate(known)
        ]

    def _join_bundles(self, specs: Sequence[ProductSpec]) -> None:
        bundles = [spec for spec in specs if spec.bundle is not None]
        self._note(
            _BUNDLE,
            bundles,
            lambda spec: [
                {"title": o.title, "input": o.input, "is_required": o.is_required, "position": place}
                for place, o in enumerate(spec.bundle or (), 1)
            ],
        )
        for spec in bundles:
            options = BundleOption.objects.filter(product_id=self.ids[spec.sku]).order_by("position", "pk")
            wanted = {
                option.pk: [
                    {
                        "product_id": self.ids[s.sku],
                        "quantity": s.quantity,
                        "price": s.price,
                        "is_percent": s.is_percent,
                        "is_default": s.is_default,
                        "can_change_quantity": s.can_change_quantity,
                        "position": place,
                    }
                    for place, s in enumerate(choice.selections, 1)
                    if self._knows(s.sku)
                ]
                for option, choice in zip(options, spec.bundle or (), strict=True)
            }
            if _SELECTIONS.sync(wanted):
                self.changed.add(spec.sku)

    def _knows(self, sku: str) -> bool:
        if sku in self.ids:
            return True
        self.missing[sku] += 1
        return False


_PRICED: Final = (Kind.SIMPLE, Kind.VIRTUAL, Kind.DOWNLOADABLE, Kind.BUNDLE)


def _apply(row: object, values: Mapping[str, object]) -> set[str]:
    """Set what differs on ``row`` and return the names of it."""
    differing = {name for name, value in values.items() if getattr(row, name) != value}
    for name in differing:
        setattr(row, name, values[name])
    return differing


def _record_fields(spec: ProductSpec) -> dict[str, object]:
    values = {name: value for name, value in spec.record.items() if value is not None}
    return {**values, **_role_fields(spec.roles), "kind": spec.kind.value, "attribute_set": spec.attribute_set}


def _role_fields(roles: Roles | None) -> dict[str, object]:
    if roles is None:
        return {}
    return {
        "image": roles.image[0],
        "image_label": roles.image[1],
        "small_image": roles.small_image[0],
        "small_image_label": roles.small_image[1],
        "thumbnail": roles.thumbnail[0],
        "thumbnail_label": roles.thumbnail[1],
        "swatch_image": roles.swatch_image,
    }


def _gallery_rows(spec: ProductSpec) -> list[dict[str, object]] | None:
    if spec.gallery is None:
        return None
    return [
        {"original": picture.name, "caption": picture.label[:200], "display_order": place}
        for place, picture in enumerate(spec.gallery)
    ]


def _as_rows(values: Sequence[object] | None, names: tuple[str, ...]) -> list[dict[str, object]] | None:
    if values is None:
        return None
    return [{name: getattr(value, name) for name in names} for value in values]


def _named(spec: ProductSpec) -> Iterable[str]:
    for skus in (spec.variants, spec.related, spec.upsell, spec.crosssell):
        yield from skus or ()
    yield from (sku for sku, _ in spec.grouped or ())
    yield from (selection.sku for option in spec.bundle or () for selection in option.selections)
