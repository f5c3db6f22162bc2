"""Side tables of Oscar's catalogue. Amounts are decimals in the store's currency; quantities may be fractions."""

from __future__ import annotations

from django.db import models


class Kind(models.TextChoices):
    """Magento's product types, in its own words (``type_id``)."""

    SIMPLE = "simple"
    VIRTUAL = "virtual"
    CONFIGURABLE = "configurable"
    DOWNLOADABLE = "downloadable"
    BUNDLE = "bundle"
    GROUPED = "grouped"


class Visibility(models.IntegerChoices):
    """Where a product is shown on its own."""

    NOWHERE = 1, "Not Visible Individually"
    CATALOG = 2, "Catalog"
    SEARCH = 3, "Search"
    BOTH = 4, "Catalog, Search"


class ProductRecord(models.Model):
    """What a product knows beside Oscar's fields.

    Oscar holds: ``upc`` (the sku), ``title``, ``slug`` (the url key), ``description``, ``is_public``, the meta texts,
    categories, pictures, stock records (price and stock) and attribute values. ``parent`` of a variant is its
    configurable product. Pictures by role are names below the media folder; empty means the first of the gallery.
    """

    product_id: int
    product = models.OneToOneField("catalogue.Product", models.CASCADE, related_name="record", primary_key=True)
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.SIMPLE, db_index=True)
    visibility = models.PositiveSmallIntegerField(choices=Visibility.choices, default=Visibility.BOTH)
    attribute_set = models.CharField(max_length=128, default="Default")
    short_description = models.TextField(blank=True)
    meta_keywords = models.TextField(blank=True)
    tax_class = models.CharField(max_length=64, blank=True)
    weight = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    special_price = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    special_from = models.DateTimeField(null=True, blank=True)
    special_to = models.DateTimeField(null=True, blank=True)
    new_from = models.DateTimeField(null=True, blank=True)
    new_to = models.DateTimeField(null=True, blank=True)
    manage_stock = models.BooleanField(default=True)
    is_in_stock = models.BooleanField(default=True)
    backorders = models.BooleanField(default=False)
    min_cart_qty = models.DecimalField(max_digits=14, decimal_places=4, default=1)
    max_cart_qty = models.DecimalField(max_digits=14, decimal_places=4, default=10000)
    country_of_manufacture = models.CharField(max_length=2, blank=True)
    gift_message_available = models.BooleanField(default=False)
    options_container = models.CharField(max_length=32, default="container2")
    image = models.CharField(max_length=255, blank=True)
    image_label = models.CharField(max_length=255, blank=True)
    small_image = models.CharField(max_length=255, blank=True)
    small_image_label = models.CharField(max_length=255, blank=True)
    thumbnail = models.CharField(max_length=255, blank=True)
    thumbnail_label = models.CharField(max_length=255, blank=True)
    swatch_image = models.CharField(max_length=255, blank=True)
    dynamic_price = models.BooleanField(default=True)
    dynamic_sku = models.BooleanField(default=True)
    dynamic_weight = models.BooleanField(default=True)
    price_view = models.CharField(max_length=16, default="PRICE_RANGE")
    ship_together = models.BooleanField(default=True)
    links_title = models.CharField(max_length=255, blank=True)
    samples_title = models.CharField(max_length=255, blank=True)
    links_purchased_separately = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.kind} {self.product_id}"


class Attribute(models.Model):
    """A property that products of every type share: one id and one set of choices for the whole store.

    Oscar's attributes belong to one product class each; those with this ``code`` are this attribute.
    """

    option_group_id: int | None
    code = models.SlugField(max_length=128, unique=True)
    label = models.CharField(max_length=128)
    input = models.CharField(max_length=16, default="select")
    option_group = models.OneToOneField(
        "catalogue.AttributeOptionGroup", models.SET_NULL, null=True, blank=True, related_name="attribute"
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_filterable = models.BooleanField(default=False)
    is_searchable = models.BooleanField(default=False)
    is_configurable = models.BooleanField(default=False)
    is_shown = models.BooleanField(default=False)
    swatch = models.CharField(max_length=8, blank=True)

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return str(self.label)


class Choice(models.Model):
    """What an attribute's option knows beside its text. ``swatch`` is a colour (``#1857f7``), a text or a picture."""

    option = models.OneToOneField("catalogue.AttributeOption", models.CASCADE, related_name="choice", primary_key=True)
    position = models.PositiveIntegerField(default=0)
    swatch = models.CharField(max_length=255, blank=True)


class ConfigurableOption(models.Model):
    """An attribute by which the variants of a configurable product differ."""

    product_id: int
    attribute_id: int
    product = models.ForeignKey("catalogue.Product", models.CASCADE, related_name="configurable_options")
    attribute = models.ForeignKey(Attribute, models.PROTECT, related_name="+")
    label = models.CharField(max_length=128)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        unique_together = (("product", "attribute"),)


class CategoryRecord(models.Model):
    """What a category knows beside Oscar's fields. Its url key is Oscar's slug, its place Oscar's tree order."""

    category_id: int
    category = models.OneToOneField("catalogue.Category", models.CASCADE, related_name="record", primary_key=True)
    url_path = models.CharField(max_length=1024, blank=True, db_index=True)
    is_anchor = models.BooleanField(default=True)
    include_in_menu = models.BooleanField(default=True)
    display_mode = models.CharField(max_length=32, blank=True)
    landing_block = models.CharField(max_length=255, blank=True)
    meta_keywords = models.TextField(blank=True)
    position = models.PositiveIntegerField(default=0)


class ProductPosition(models.Model):
    """The place of a product in a category, where the merchant gave it one. Without a row it is 0."""

    link = models.OneToOneField("catalogue.ProductCategory", models.CASCADE, related_name="place", primary_key=True)
    position = models.IntegerField(default=0)


class ProductLink(models.Model):
    """A product named beside another. Related ones are Oscar's recommendations, so that its forms show them."""

    class Relation(models.TextChoices):
        """Magento's link types beside ``related``."""

        UPSELL = "upsell"
        CROSSSELL = "crosssell"

    product = models.ForeignKey("catalogue.Product", models.CASCADE, related_name="links")
    linked = models.ForeignKey("catalogue.Product", models.CASCADE, related_name="+")
    relation = models.CharField(max_length=16, choices=Relation.choices)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        unique_together = (("product", "linked", "relation"),)


class BundleOption(models.Model):
    """A choice that a bundle asks for."""

    product_id: int
    product = models.ForeignKey("catalogue.Product", models.CASCADE, related_name="bundle_options")
    title = models.CharField(max_length=255)
    input = models.CharField(max_length=16, default="select")
    is_required = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")


class BundleSelection(models.Model):
    """A product that answers a bundle's choice."""

    product_id: int
    option_id: int
    option = models.ForeignKey(BundleOption, models.CASCADE, related_name="selections")
    product = models.ForeignKey("catalogue.Product", models.CASCADE, related_name="+")
    quantity = models.DecimalField(max_digits=14, decimal_places=4, default=1)
    price = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    is_percent = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False)
    can_change_quantity = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")


class GroupedItem(models.Model):
    """A product of a group that is shown on one page."""

    product_id: int
    item_id: int
    product = models.ForeignKey("catalogue.Product", models.CASCADE, related_name="grouped_items")
    item = models.ForeignKey("catalogue.Product", models.CASCADE, related_name="+")
    quantity = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        unique_together = (("product", "item"),)


class DownloadLink(models.Model):
    """A file that a downloadable product gives to its buyer."""

    product = models.ForeignKey("catalogue.Product", models.CASCADE, related_name="download_links")
    title = models.CharField(max_length=255)
    price = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    position = models.PositiveSmallIntegerField(default=0)
    file = models.CharField(max_length=255, blank=True)
    url = models.CharField(max_length=1024, blank=True)
    downloads = models.PositiveIntegerField(default=0)
    is_shareable = models.BooleanField(default=False)
    sample_file = models.CharField(max_length=255, blank=True)
    sample_url = models.CharField(max_length=1024, blank=True)

    class Meta:
        ordering = ("position", "id")


class DownloadSample(models.Model):
    """A file that anybody may look at before buying."""

    product = models.ForeignKey("catalogue.Product", models.CASCADE, related_name="download_samples")
    title = models.CharField(max_length=255)
    position = models.PositiveSmallIntegerField(default=0)
    file = models.CharField(max_length=255, blank=True)
    url = models.CharField(max_length=1024, blank=True)

    class Meta:
        ordering = ("position", "id")


class TierPrice(models.Model):
    """A price from a quantity on, for everybody."""

    product = models.ForeignKey("catalogue.Product", models.CASCADE, related_name="tier_prices")
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    price = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        ordering = ("quantity",)
        unique_together = (("product", "quantity"),)


class IndexState(models.Model):
    """What the index showed of a product that depends on the clock: its price until then."""

    product = models.OneToOneField("catalogue.Product", models.CASCADE, related_name="+", primary_key=True)
    changes_at = models.DateTimeField(db_index=True)


class JobRun(models.Model):
    """When a due job last ran, and how it ended."""

    name = models.CharField(max_length=64, primary_key=True)
    last_run = models.DateTimeField()
    outcome = models.CharField(max_length=16)
    count = models.PositiveIntegerField(default=0)


class ImportRun(models.Model):
    """One import of a merchant: what it was given, how far it is, what it said."""

    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    file_name = models.CharField(max_length=255)
    state = models.CharField(max_length=16, default="running")
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
