"""Side tables of Oscar's models. Amounts are decimals in the store's currency."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class CartRecord(models.Model):
    """What a cart knows beside its lines. Addresses are plain values until an order is made of them."""

    basket = models.OneToOneField("basket.Basket", models.CASCADE, related_name="record", primary_key=True)
    masked_id = models.CharField(max_length=32, unique=True)
    email = models.EmailField(blank=True)
    coupon = models.CharField(max_length=128, blank=True)
    shipping_address = models.JSONField(null=True)
    billing_address = models.JSONField(null=True)
    estimate = models.JSONField(null=True)
    carrier_code = models.CharField(max_length=64, blank=True)
    method_code = models.CharField(max_length=64, blank=True)
    payment_code = models.CharField(max_length=64, blank=True)
    purchase_order_number = models.CharField(max_length=64, blank=True)
    gift_message = models.JSONField(null=True)
    updated_at = models.DateTimeField(auto_now=True)


class CartLineRecord(models.Model):
    """What a line was asked as: the product named, and the chosen options in the order given."""

    line = models.OneToOneField("basket.Line", models.CASCADE, related_name="record", primary_key=True)
    product = models.ForeignKey("catalogue.Product", models.CASCADE, related_name="+")
    product_id: int
    kind = models.CharField(max_length=16)
    selected = models.JSONField(default=list)
    parts = models.JSONField(default=list)


class CustomerProfile(models.Model):
    """What Magento knows of a customer and Django's user has no field for."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="profile", primary_key=True)
    prefix = models.CharField(max_length=40, blank=True)
    middlename = models.CharField(max_length=255, blank=True)
    suffix = models.CharField(max_length=40, blank=True)
    taxvat = models.CharField(max_length=50, blank=True)
    gender = models.PositiveSmallIntegerField(null=True)
    date_of_birth = models.DateField(null=True)
    allow_remote_shopping_assistance = models.BooleanField(default=False)


class CustomerToken(models.Model):
    """A sign-in. Only a digest is kept: who reads the table can't use it."""

    digest = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()


class AddressRecord(models.Model):
    """The fields of a customer's address that Oscar's has not."""

    address = models.OneToOneField("address.UserAddress", models.CASCADE, related_name="record", primary_key=True)
    prefix = models.CharField(max_length=40, blank=True)
    middlename = models.CharField(max_length=255, blank=True)
    suffix = models.CharField(max_length=40, blank=True)
    company = models.CharField(max_length=255, blank=True)
    telephone = models.CharField(max_length=255, blank=True)
    fax = models.CharField(max_length=255, blank=True)
    vat_id = models.CharField(max_length=255, blank=True)
    region_id = models.PositiveIntegerField(null=True)
    region_code = models.CharField(max_length=32, blank=True)


class Subscription(models.Model):
    """One address of the newsletter."""

    email = models.EmailField(unique=True)
    status = models.CharField(max_length=16, default="SUBSCRIBED")
    changed_at = models.DateTimeField(auto_now=True)


class ContactMessage(models.Model):
    """What a shopper wrote to the merchant."""

    name = models.CharField(max_length=255)
    email = models.EmailField()
    telephone = models.CharField(max_length=64, blank=True)
    comment = models.TextField()
    sent_at = models.DateTimeField(auto_now_add=True)


class CompareList(models.Model):
    """Products that somebody compares; ``product_ids`` in the order they were added."""

    uid = models.CharField(max_length=32, primary_key=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="compare_list")
    user_id: int | None
    product_ids = models.JSONField(default=list)
    updated_at = models.DateTimeField(auto_now=True)


class WishlistLineRecord(models.Model):
    """What a wish says beside product and quantity."""

    line = models.OneToOneField("wishlists.Line", models.CASCADE, related_name="record", primary_key=True)
    description = models.TextField(blank=True)
    selected = models.JSONField(default=list)
    added_at = models.DateTimeField(auto_now_add=True)


class WishlistRecord(models.Model):
    """What a wish list knows beside its lines."""

    wishlist = models.OneToOneField("wishlists.WishList", models.CASCADE, related_name="record", primary_key=True)
    sharing_code = models.CharField(max_length=32, unique=True)
    updated_at = models.DateTimeField(auto_now=True)


class ReviewRecord(models.Model):
    """Who wrote a review. Oscar allows one a customer and product; the contract any number."""

    review = models.OneToOneField("reviews.ProductReview", models.CASCADE, related_name="record", primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")


class OrderRecord(models.Model):
    """How an order was made, as it was then: names and amounts that later changes must not touch."""

    order = models.OneToOneField("order.Order", models.CASCADE, related_name="record", primary_key=True)
    token = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True)
    carrier_code = models.CharField(max_length=64, blank=True)
    method_code = models.CharField(max_length=64, blank=True)
    carrier_title = models.CharField(max_length=128, blank=True)
    payment_code = models.CharField(max_length=64)
    payment_title = models.CharField(max_length=128)
    purchase_order_number = models.CharField(max_length=64, blank=True)
    coupon = models.CharField(max_length=128, blank=True)
    shipping_address = models.JSONField(null=True)
    billing_address = models.JSONField(null=True)
    subtotal = models.DecimalField(max_digits=14, decimal_places=2)
    shipping = models.DecimalField(max_digits=14, decimal_places=2)
    taxes = models.JSONField(default=list)
    discounts = models.JSONField(default=list)
    gift_message = models.JSONField(null=True)


class OrderLineRecord(models.Model):
    """What was ordered on a line, as it was then. ``price`` is one piece's price before discounts and taxes."""

    line = models.OneToOneField("order.Line", models.CASCADE, related_name="record", primary_key=True)
    product = models.ForeignKey("catalogue.Product", models.SET_NULL, null=True, related_name="+")
    product_id: int | None
    kind = models.CharField(max_length=16)
    sku = models.CharField(max_length=128)
    name = models.CharField(max_length=255, blank=True)
    url_key = models.CharField(max_length=255, blank=True)
    price = models.DecimalField(max_digits=14, decimal_places=2)
    selected = models.JSONField(default=list)
    options = models.JSONField(default=list)
    parts = models.JSONField(default=list)
    discounts = models.JSONField(default=list)


class PurchasedLink(models.Model):
    """A file that somebody bought: what it was then, how often it may be fetched (0: any number) and was.

    ``hash`` is its name in addresses. Whether it may be fetched yet is the order's status, never kept here.
    """

    line_id: int
    line = models.ForeignKey("order.Line", models.CASCADE, related_name="purchased_links")
    hash = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=255)
    file = models.CharField(max_length=255, blank=True)
    url = models.CharField(max_length=1024, blank=True)
    allowed = models.PositiveIntegerField(default=0)
    used = models.PositiveIntegerField(default=0)
    is_shareable = models.BooleanField(default=False)

    class Meta:
        ordering = ("id",)


class TaxRate(models.Model):
    """A tax on what is sent to a place. The most exact place wins: postcode, then region, then country."""

    code = models.CharField(max_length=255, unique=True)
    country = models.CharField(max_length=2)
    region_code = models.CharField(max_length=32, blank=True)
    postcode = models.CharField(max_length=32, blank=True)
    percent = models.DecimalField(max_digits=7, decimal_places=4)


class CmsBlock(models.Model):
    """A piece of content that pages and categories show."""

    identifier = models.CharField(max_length=255, unique=True)
    title = models.CharField(max_length=255)
    content = models.TextField(blank=True)


class CmsPageRecord(models.Model):
    """What a page knows beside title and content."""

    page = models.OneToOneField("flatpages.FlatPage", models.CASCADE, related_name="record", primary_key=True)
    content_heading = models.CharField(max_length=255, blank=True)
    meta_title = models.CharField(max_length=255, null=True)
    meta_keywords = models.TextField(blank=True)
    meta_description = models.TextField(blank=True)
    page_layout = models.CharField(max_length=64, default="1column")


class StoreSetting(models.Model):
    """One value of the store's configuration that the merchant set; what is absent has the contract's default."""

    key = models.CharField(max_length=128, primary_key=True)
    value = models.JSONField(null=True)
