"""A Magento made of what one said: its own schema, and the facts of its recorded answers, asked by any document.

A recorded answer fits the document it was recorded with; the storefront asks other documents for the same things. So
the facts are put together by product, category, page, cart and order, and any document is carried out over them by
Magento's schema. What was never recorded is null where the schema lets it be null, and nothing of its kind where not.
"""

from __future__ import annotations

import gzip
import re
from functools import cache
from typing import Any, Final

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    execute_sync,
    get_named_type,
    is_abstract_type,
    is_enum_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    parse,
    validate,
)

from tests.support.magento_limits import too_much
from tests.support.recorded_world import SHARED, Facts, recorded, world

VERSIONS: Final = ("magento-open-source-2.4.7-p3", "magento-2.4.8")
OTHERWISE: Final = {
    "ProductInterface": "SimpleProduct",
    "CartItemInterface": "SimpleCartItem",
    "OrderItemInterface": "OrderItem",
    "WishlistItemInterface": "SimpleWishlistItem",
    "MediaGalleryInterface": "ProductImage",
    "SwatchDataInterface": "TextSwatchData",
    "Error": "CartUserInputError",
    "CustomAttributeMetadataInterface": "AttributeMetadata",
}
"""Of which type something is whose recorded answer does not say."""
_CAPITAL: Final = re.compile("[A-Z]")
_CART_ITEMS: Final = {
    "configurable_options": "ConfigurableCartItem",
    "bundle_options": "BundleCartItem",
    "links": "DownloadableCartItem",
}
_ACTS: Final = {
    "addProductsToCart": "cart-add-bundle",
    "setShippingAddressesOnCart": "address-good",
    "setPaymentMethodOnCart": "payment",
    "subscribeEmailToNewsletter": "newsletter",
    "createProductReview": "review",
}
"""Which recorded answer a mutation gets."""
TOKEN: Final = "eyJraWQiOiIxIiwiYWxnIjoiSFMyNTYifQ.eyJ1aWQiOjF9.recorded"


@cache
def schema(version: str = VERSIONS[0]) -> GraphQLSchema:
    """Return Magento's own schema."""
    text = gzip.decompress((SHARED / f"{version}.graphql.gz").read_bytes()).decode()
    return build_schema(text, assume_valid=True)


@cache
def _read(version: str, query: str) -> tuple[DocumentNode, list[GraphQLError]]:
    document = parse(query)
    return document, validate(schema(version), document) or too_much(document)


class Unlike(Exception):
    """The storefront asked for something that this Magento has no answer for: the test must say what."""


class RecordedMagento:
    """Answers documents. ``nothing`` are fields, as ``Type.field``, that are null; ``holes``: lists have a null too."""

    def __init__(self, version: str = VERSIONS[0]) -> None:
        self.version, self.schema = version, schema(version)
        self.nothing: set[str] = set()
        self.holes = False
        self.changed: dict[str, Any] = {}
        """Fields, as ``Type.field``, with what they hold instead."""
        self.asked: set[str] = set()
        """The fields asked for so far that may be null."""
        self.cart: Facts = dict(recorded()["cart-empty"]["data"]["cart"])

    def ask(self, query: str, variables: Facts | None = None, token: str | None = None) -> Facts:
        """Return the body of the answer to a document."""
        document, errors = _read(self.version, query)
        if errors:
            return {"errors": [error.formatted for error in errors]}
        result = execute_sync(
            self.schema,
            document,
            variable_values=variables,
            context_value=token,
            field_resolver=self._field,
            type_resolver=self._type,
        )
        for error in result.errors or ():
            if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
                raise Unlike(error.message) from error.original_error
        body: Facts = {}
        if result.errors:
            body["errors"] = [result.errors[0].formatted]  # Magento tells of the first only
        if result.data is not None:
            body["data"] = result.data
        return body

    def _field(self, source: Facts | None, info: GraphQLResolveInfo, **given: Any) -> Any:
        place = f"{info.parent_type.name}.{info.field_name}"
        if not is_non_null_type(info.return_type):
            self.asked.add(place)
            if place in self.nothing:
                return None
        if place in self.changed:
            return self.changed[place]
        value = self._root(info, given) if source is None else self._of(source, info)
        if self.holes and isinstance(value, list) and _may_have_holes(info.return_type):
            value = [*value, None]
        return value

    def _of(self, source: Facts, info: GraphQLResolveInfo) -> Any:
        name = info.field_name
        facts = world().known(source)
        if name == "itemsV2":
            return {"total_count": len(self.cart["items"]), "items": self.cart["items"]}
        if name == "media_gallery" and info.parent_type.name != "ProductInterface" and not facts.get(name):
            return [facts["small_image"]] if facts.get("small_image") else []
        value = facts.get(name)
        if value is None and name == "is_available":
            return True  # never recorded; a line that is not available stops the checkout
        if value is None and is_non_null_type(info.return_type):
            return _nothing_of(info.return_type)
        return value

    def _type(self, value: Any, _info: GraphQLResolveInfo, abstract: Any) -> str:
        facts = world().known(value)
        said = facts.get("__typename")
        if said and self.schema.is_sub_type(abstract, self.schema.type_map[said]):
            return str(said)
        if abstract.name == "CartItemInterface":
            return next((kind for key, kind in _CART_ITEMS.items() if key in value), "SimpleCartItem")
        otherwise = OTHERWISE.get(abstract.name)
        return otherwise or self.schema.get_possible_types(abstract)[0].name

    def _root(self, info: GraphQLResolveInfo, given: Facts) -> Any:
        if info.field_name in _ACTS:
            return self._act(info.field_name, given)
        answer = getattr(self, f"_{_CAPITAL.sub(_small, info.field_name)}", None)
        if answer is None:
            raise Unlike(f"{info.field_name} is not recorded")
        return answer(given, info.context)

    def _act(self, name: str, given: Facts) -> Any:
        recording = _ACTS[name]
        if name == "addProductsToCart" and any(item["sku"] == "no-such-sku" for item in given["cartItems"]):
            recording = "cart-add-good-and-bad"
        answer = recorded()[recording]["data"][name]
        if isinstance(answer, dict) and isinstance(answer.get("cart"), dict):
            self.cart = {**self.cart, **answer["cart"]}
            return {**answer, "cart": self.cart}
        return answer

    # What was sent without keeping the answer.

    def _set_shipping_methods_on_cart(self, given: Facts, _token: str | None) -> Facts:
        chosen = given["input"]["shipping_methods"][0]
        address = dict(self.cart["shipping_addresses"][0])
        address["selected_shipping_method"] = next(
            one for one in address["available_shipping_methods"] if one["carrier_code"] == chosen["carrier_code"]
        )
        self.cart = {**self.cart, "shipping_addresses": [address]}
        return {"cart": self.cart}

    def _set_billing_address_on_cart(self, _given: Facts, _token: str | None) -> Facts:
        self.cart = {**self.cart, "billing_address": self.cart["shipping_addresses"][0]}
        return {"cart": self.cart}

    def _place_order(self, _given: Facts, _token: str | None) -> Facts:
        return {"orderV2": {"number": "000000046", "token": "a-guests-token"}, "errors": []}

    # The other fields of the root, each by its name.

    def _store_config(self, _given: Facts, _token: str | None) -> Facts:
        return dict(recorded()["store-config"]["data"]["storeConfig"])

    def _cms_blocks(self, given: Facts, _token: str | None) -> Facts:
        raise _no_such_entity(f'The CMS block with the "{given["identifiers"][0]}" ID doesn\'t exist.')

    def _cms_page(self, given: Facts, _token: str | None) -> Facts:
        for name in ("cms-home", "cms-page"):
            page: Facts = recorded()[name]["data"]["cmsPage"]
            if page["identifier"] == given["identifier"]:
                return page
        raise _no_such_entity(f'The CMS page with the "{given["identifier"]}" ID doesn\'t exist.')

    def _category_list(self, given: Facts, _token: str | None) -> list[Facts]:
        uid = ((given.get("filters") or {}).get("category_uid") or {}).get("eq") or "Mg=="
        found = world().categories.get(uid)
        return [found] if found else []

    def _route(self, given: Facts, _token: str | None) -> Facts | None:
        url = given["url"]
        for one in world().products.values():
            if f"{one.get('url_key')}.html" == url:
                return {**one, "type": "PRODUCT", "relative_url": url, "redirect_code": 0}
        for one in world().categories.values():
            if f"{one['url_path']}.html" == url:
                return {
                    **one,
                    "__typename": "CategoryTree",
                    "type": "CATEGORY",
                    "relative_url": url,
                    "redirect_code": 0,
                }
        return recorded()["route-cms"]["data"]["route"] if url == "about-us" else None

    def _products(self, given: Facts, _token: str | None) -> Facts:
        wanted, words = given.get("filter") or {}, given.get("search")
        size, page = given.get("pageSize", 20), given.get("currentPage", 1)
        if key := (wanted.get("url_key") or {}).get("eq"):
            return {"items": [one for one in world().products.values() if one.get("url_key") == key]}
        if skus := (wanted.get("sku") or {}).get("in"):
            return {"items": [world().products[sku] for sku in skus if sku in world().products]}
        found = world().of_category((wanted.get("category_uid") or {}).get("eq"))
        if words:
            found = [one for one in found if words.lower() in one["name"].lower()]
        pages = -(-len(found) // size)
        if page > pages and found:
            raise GraphQLError(
                f"currentPage value {page} specified is greater than the {pages} page(s) available.",
                extensions={"category": "graphql-input"},
            )
        like = recorded()["search-jacket" if words else "filter-category-uid"]["data"]["products"]
        return {
            **like,
            "total_count": len(found),
            "page_info": {"current_page": page, "page_size": size, "total_pages": pages},
            "items": found[(page - 1) * size : page * size],
            "aggregations": like["aggregations"] if found else [],
        }

    def _custom_attribute_metadata_v2(self, given: Facts, _token: str | None) -> Facts:
        codes = [one["attribute_code"] for one in given["attributes"]]
        return {"items": [{"code": code, "label": code.replace("_", " ").title()} for code in codes], "errors": []}

    def _product_review_ratings_metadata(self, _given: Facts, _token: str | None) -> Any:
        return recorded()["reviews"]["data"]["productReviewRatingsMetadata"]

    def _countries(self, _given: Facts, _token: str | None) -> Any:
        united_states = recorded()["country-us"]["data"]["country"]
        return [*(one for one in recorded()["countries"]["data"]["countries"] if one["id"] != "US"), united_states]

    def _create_guest_cart(self, _given: Facts, _token: str | None) -> Facts:
        return {"cart": self.cart}

    def _cart(self, given: Facts, _token: str | None) -> Facts:
        if given["cart_id"] != self.cart["id"]:
            raise _no_such_entity(f'Could not find a cart with ID "{given["cart_id"]}"')
        return self.cart

    def _set_guest_email_on_cart(self, given: Facts, _token: str | None) -> Facts:
        self.cart = {**self.cart, "email": given["input"]["email"]}
        return {"cart": self.cart}

    def _guest_order_by_token(self, _given: Facts, _token: str | None) -> Any:
        return recorded()["guest-order"]["data"]["guestOrder"]

    def _generate_customer_token(self, _given: Facts, _token: str | None) -> Facts:
        return {"token": TOKEN}

    def _customer_cart(self, _given: Facts, token: str | None) -> Facts:
        _signed_in(token)
        return self.cart

    def _merge_carts(self, _given: Facts, token: str | None) -> Facts:
        _signed_in(token)
        return self.cart

    def _customer(self, _given: Facts, token: str | None) -> Facts:
        _signed_in(token)
        order = recorded()["guest-order"]["data"]["guestOrder"]
        wishes = recorded()["wishlist-add-configurable"]["data"]["addProductsToWishlist"]["wishlist"]
        return {
            **recorded()["customer"]["data"]["customer"],
            "addresses": recorded()["address-list"]["data"]["customer"]["addresses"],
            "orders": {"total_count": 1, "page_info": {"total_pages": 1}, "items": [order]},
            "wishlists": [{"id": "28", **wishes}],
        }

    def _customer_downloadable_products(self, _given: Facts, token: str | None) -> Facts:
        _signed_in(token)
        return {"items": []}


def _small(capital: re.Match[str]) -> str:
    return f"_{capital[0].lower()}"


def _signed_in(token: str | None) -> None:
    if token is None:
        raise GraphQLError("The current customer isn't authorized.", extensions={"category": "graphql-authorization"})


def _no_such_entity(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"category": "graphql-no-such-entity"})


def _may_have_holes(type_: Any) -> bool:
    inner = type_.of_type if is_non_null_type(type_) else type_
    return is_list_type(inner) and not is_non_null_type(inner.of_type)


def _nothing_of(type_: Any) -> Any:
    """Return the least that a field can hold that can't be null."""
    inner = type_.of_type if is_non_null_type(type_) else type_
    if is_list_type(inner):
        return []
    named = get_named_type(inner)
    if is_enum_type(named):
        return next(iter(named.values))
    if is_object_type(named) or is_abstract_type(named) or isinstance(named, GraphQLObjectType):
        return {}
    return {"Int": 0, "Float": 0.0, "Boolean": False}.get(named.name, "")
