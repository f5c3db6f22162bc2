"""What ``storeConfig`` shows: Magento's stock values, what the store was made with, what the merchant set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from galleria.shop.engine import project as projects
from galleria.shop.engine.graphql import uids
from galleria.shop.engine.graphql.countries import POSTCODE_OPTIONAL, REGION_REQUIRED
from galleria.shop.engine.graphql.records.models import StoreSetting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from galleria.shop.engine.graphql.context import RequestContext

STORE_CODE: Final = "default"
ROOT_CATEGORY_ID: Final = 2

DEFAULTS: Final[Mapping[str, object]] = {
    "absolute_footer": None,
    "allow_guests_to_write_product_reviews": "1",
    "allow_items": "0",
    "allow_order": "0",
    "autocomplete_on_storefront": False,
    "cart_expires_in_days": 30,
    "cart_summary_display_quantity": 1,
    "catalog_default_sort_by": "position",
    "category_fixed_product_tax_display_setting": "FPT_DISABLED",
    "category_url_suffix": ".html",
    "check_money_order_enable_for_specific_countries": False,
    "check_money_order_enabled": True,
    "check_money_order_make_check_payable_to": None,
    "check_money_order_max_order_total": None,
    "check_money_order_min_order_total": None,
    "check_money_order_new_order_status": "pending",
    "check_money_order_payment_from_specific_countries": None,
    "check_money_order_send_check_to": None,
    "check_money_order_sort_order": None,
    "check_money_order_title": "Check / Money order",
    "cms_home_page": "home",
    "cms_no_cookies": "enable-cookies",
    "cms_no_route": "no-route",
    "configurable_thumbnail_source": "parent",
    "contact_enabled": True,
    "payment_payflowpro_cc_vault_active": "0",
    "copyright": None,
    "countries_with_required_region": ",".join(sorted(REGION_REQUIRED)),
    "create_account_confirmation": False,
    "customer_access_token_lifetime": 1.0,
    "default_description": None,
    "default_keywords": None,
    "demonotice": 0,
    "display_state_if_optional": True,
    "enable_multiple_wishlists": "0",
    "front": "cms",
    "grid_per_page": 12,
    "grid_per_page_values": "12,24,36",
    "head_includes": None,
    "head_shortcut_icon": None,
    "header_logo_src": None,
    "id": 1,
    "is_checkout_agreements_enabled": False,
    "is_default_store": True,
    "is_default_store_group": True,
    "is_guest_checkout_enabled": True,
    "is_one_page_checkout_enabled": True,
    "list_mode": "grid-list",
    "list_per_page": 10,
    "list_per_page_values": "5,10,15,20,25",
    "logo_alt": None,
    "logo_height": None,
    "logo_width": None,
    "magento_wishlist_general_is_enabled": "1",
    "max_items_in_order_summary": 10,
    "maximum_number_of_wishlists": None,
    "minicart_display": True,
    "minicart_max_items": 5,
    "minimum_password_length": "8",
    "newsletter_enabled": True,
    "no_route": "cms/noroute/index",
    "optional_zip_countries": ",".join(sorted(POSTCODE_OPTIONAL)),
    "order_cancellation_enabled": False,
    "order_cancellation_reasons": [],
    "product_fixed_product_tax_display_setting": "FPT_DISABLED",
    "product_reviews_enabled": "1",
    "product_url_suffix": ".html",
    "required_character_classes_number": "3",
    "root_category_id": ROOT_CATEGORY_ID,
    "root_category_uid": uids.encode(ROOT_CATEGORY_ID),
    "sales_fixed_product_tax_display_setting": "FPT_DISABLED",
    "shopping_cart_display_full_summary": False,
    "shopping_cart_display_grand_total": False,
    "shopping_cart_display_price": 1,
    "shopping_cart_display_shipping": 1,
    "shopping_cart_display_subtotal": 1,
    "shopping_cart_display_tax_gift_wrapping": "DISPLAY_EXCLUDING_TAX",
    "shopping_cart_display_zero_tax": False,
    "show_cms_breadcrumbs": 1,
    "store_code": STORE_CODE,
    "code": STORE_CODE,
    "store_group_code": "main_website_store",
    "store_group_name": "Main Website Store",
    "store_sort_order": 0,
    "timezone": "America/Chicago",
    "title_prefix": None,
    "title_separator": "-",
    "title_suffix": None,
    "use_store_in_url": False,
    "website_code": "base",
    "website_id": 1,
    "website_name": "Main Website",
    "weight_unit": "lbs",
    "welcome": "Default welcome msg!",
    "zero_subtotal_enable_for_specific_countries": False,
    "zero_subtotal_enabled": True,
    "zero_subtotal_new_order_status": "pending",
    "zero_subtotal_payment_action": None,
    "zero_subtotal_payment_from_specific_countries": None,
    "zero_subtotal_sort_order": 1,
    "zero_subtotal_title": "No Payment Information Required",
}
"""Magento's stock configuration. What depends on the store (name, addresses, currency) is worked out below."""


@dataclass(frozen=True, slots=True)
class Currencies:
    """What the store sells in. One currency: prices are shown as they are kept."""

    base: str

    @property
    def available(self) -> tuple[str, ...]:
        """Every currency that ``Content-Currency`` may name."""
        return (self.base,)


def currencies() -> Currencies:
    """Return the store's currencies."""
    return Currencies(projects.current().currency)


def shop_name() -> str:
    """Return the name a shopper knows the store by."""
    return projects.current().store_name


def public_url() -> str:
    """Return the address shoppers know, without a slash at its end."""
    return projects.current().public_url.rstrip("/")


def overrides(context: RequestContext) -> dict[str, object]:
    """Return what the merchant set, read once a request."""
    return context.once("store-settings", lambda: dict(StoreSetting.objects.values_list("key", "value")))


def store_config(context: RequestContext) -> dict[str, object]:
    """Return every value of ``StoreConfig``. Addresses are the store's own, never those a request claims."""
    base = public_url()
    currency = currencies().base
    name = shop_name()
    addresses = {
        f"{prefix}{key}": f"{base}{path}"
        for prefix in ("", "secure_")
        for key, path in (
            ("base_url", "/"),
            ("base_link_url", "/"),
            ("base_static_url", "/static/"),
            ("base_media_url", "/media/"),
        )
    }
    computed = {
        "base_currency_code": currency,
        "default_display_currency_code": currency,
        "default_title": name,
        "store_name": name,
        "locale": projects.current().locale,
        "default_country": projects.current().country,
    }
    context.tag("store")
    return {**DEFAULTS, **addresses, **computed, **overrides(context)}


def setting(context: RequestContext, key: str) -> object:
    """Return one value of the configuration."""
    found = overrides(context)
    return found[key] if key in found else DEFAULTS[key]
