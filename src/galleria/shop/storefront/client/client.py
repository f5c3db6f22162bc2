from typing import TYPE_CHECKING, Any, Optional, Union

from .async_base_client import AsyncBaseClient
from .base_model import UNSET

if TYPE_CHECKING:
    from .add_to_cart import AddToCart
    from .add_to_wishlist import AddToWishlist
    from .addresses import Addresses
    from .apply_coupon import ApplyCoupon
    from .attribute_labels import AttributeLabels
    from .base_model import UnsetType
    from .cart import Cart
    from .cart_count import CartCount
    from .categories import Categories
    from .category import Category
    from .change_password import ChangePassword
    from .checkout_cart import CheckoutCart
    from .contact_us import ContactUs
    from .countries import Countries
    from .create_address import CreateAddress
    from .create_guest_cart import CreateGuestCart
    from .customer_cart import CustomerCart
    from .delete_address import DeleteAddress
    from .downloads import Downloads
    from .footer_pages import FooterPages
    from .forgot_password import ForgotPassword
    from .guest_order import GuestOrder
    from .input_types import (
        AttributeInput,
        BillingAddressInput,
        CartAddressInput,
        CartItemInput,
        ContactUsInput,
        CreateProductReviewInput,
        CustomerAddressInput,
        CustomerCreateInput,
        CustomerUpdateInput,
        ProductAttributeFilterInput,
        ProductAttributeSortInput,
        WishlistItemInput,
    )
    from .listing import Listing
    from .me import Me
    from .merge_carts import MergeCarts
    from .order import Order
    from .orders import Orders
    from .page import Page
    from .place_order import PlaceOrder
    from .product import Product
    from .rating_kinds import RatingKinds
    from .register import Register
    from .related import Related
    from .remove_coupon import RemoveCoupon
    from .remove_from_wishlist import RemoveFromWishlist
    from .remove_line import RemoveLine
    from .reorder import Reorder
    from .reset_password import ResetPassword
    from .resolve import Resolve
    from .set_billing_address import SetBillingAddress
    from .set_guest_email import SetGuestEmail
    from .set_payment_method import SetPaymentMethod
    from .set_shipping_address import SetShippingAddress
    from .set_shipping_method import SetShippingMethod
    from .shop import Shop
    from .sign_in import SignIn
    from .sign_out import SignOut
    from .sitemap import Sitemap
    from .subscribe import Subscribe
    from .update_address import UpdateAddress
    from .update_line import UpdateLine
    from .update_person import UpdatePerson
    from .variant_pictures import VariantPictures
    from .wishlists import Wishlists
    from .write_review import WriteReview


def gql(q: str) -> str:
    return q


class CommerceClient(AsyncBaseClient):
    async def cart(self, id: str, **kwargs: Any) -> "Cart":
        from .cart import Cart

        query = gql("""
            query Cart($id: String!) {
              cart(cart_id: $id) {
                ...CartParts
              }
            }

            fragment Amount on Money {
              value
              currency
            }

            fragment CartParts on Cart {
              id
              email
              is_virtual
              total_quantity
              applied_coupons {
                code
              }
              prices {
                grand_total {
                  ...Amount
                }
                subtotal_excluding_tax {
                  ...Amount
                }
                subtotal_including_tax {
                  ...Amount
                }
                discounts {
                  amount {
                    ...Amount
                  }
                  label
                }
                applied_taxes {
                  amount {
                    ...Amount
                  }
                  label
                }
              }
              itemsV2(pageSize: 200, currentPage: 1) {
                total_count
                items {
                  __typename
                  uid
                  quantity
                  is_available
                  errors {
                    message
                  }
                  prices {
                    price {
                      ...Amount
                    }
                    row_total {
                      ...Amount
                    }
                    row_total_including_tax {
                      ...Amount
                    }
                  }
                  product {
                    __typename
                    sku
                    name
                    url_key
                    url_suffix
                    small_image {
                      ...Picture
                    }
                  }
                  ... on ConfigurableCartItem {
                    configurable_options {
                      configurable_product_option_value_uid
                      option_label
                      value_label
                    }
                    configured_variant {
                      __typename
                      sku
                      small_image {
                        ...Picture
                      }
                    }
                  }
                  ... on BundleCartItem {
                    bundle_options {
                      label
                      values {
                        label
                        quantity
                      }
                    }
                  }
                  ... on DownloadableCartItem {
                    links {
                      title
                    }
                  }
                }
              }
            }

            fragment Picture on ProductImage {
              url
              label
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=query, operation_name="Cart", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Cart.model_validate(data)

    async def cart_count(self, id: str, **kwargs: Any) -> "CartCount":
        from .cart_count import CartCount

        query = gql("""
            query CartCount($id: String!) {
              cart(cart_id: $id) {
                total_quantity
              }
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=query, operation_name="CartCount", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return CartCount.model_validate(data)

    async def customer_cart(self, **kwargs: Any) -> "CustomerCart":
        from .customer_cart import CustomerCart

        query = gql("""
            query CustomerCart {
              customerCart {
                id
              }
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query, operation_name="CustomerCart", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return CustomerCart.model_validate(data)

    async def create_guest_cart(self, **kwargs: Any) -> "CreateGuestCart":
        from .create_guest_cart import CreateGuestCart

        query = gql("""
            mutation CreateGuestCart {
              createGuestCart(input: {}) {
                cart {
                  id
                }
              }
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query, operation_name="CreateGuestCart", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return CreateGuestCart.model_validate(data)

    async def add_to_cart(
        self, cart: str, items: list["CartItemInput"], **kwargs: Any
    ) -> "AddToCart":
        from .add_to_cart import AddToCart

        query = gql("""
            mutation AddToCart($cart: String!, $items: [CartItemInput!]!) {
              addProductsToCart(cartId: $cart, cartItems: $items) {
                cart {
                  ...CartParts
                }
                user_errors {
                  __typename
                  message
                }
              }
            }

            fragment Amount on Money {
              value
              currency
            }

            fragment CartParts on Cart {
              id
              email
              is_virtual
              total_quantity
              applied_coupons {
                code
              }
              prices {
                grand_total {
                  ...Amount
                }
                subtotal_excluding_tax {
                  ...Amount
                }
                subtotal_including_tax {
                  ...Amount
                }
                discounts {
                  amount {
                    ...Amount
                  }
                  label
                }
                applied_taxes {
                  amount {
                    ...Amount
                  }
                  label
                }
              }
              itemsV2(pageSize: 200, currentPage: 1) {
                total_count
                items {
                  __typename
                  uid
                  quantity
                  is_available
                  errors {
                    message
                  }
                  prices {
                    price {
                      ...Amount
                    }
                    row_total {
                      ...Amount
                    }
                    row_total_including_tax {
                      ...Amount
                    }
                  }
                  product {
                    __typename
                    sku
                    name
                    url_key
                    url_suffix
                    small_image {
                      ...Picture
                    }
                  }
                  ... on ConfigurableCartItem {
                    configurable_options {
                      configurable_product_option_value_uid
                      option_label
                      value_label
                    }
                    configured_variant {
                      __typename
                      sku
                      small_image {
                        ...Picture
                      }
                    }
                  }
                  ... on BundleCartItem {
                    bundle_options {
                      label
                      values {
                        label
                        quantity
                      }
                    }
                  }
                  ... on DownloadableCartItem {
                    links {
                      title
                    }
                  }
                }
              }
            }

            fragment Picture on ProductImage {
              url
              label
            }
            """)
        variables: dict[str, object] = {"cart": cart, "items": items}
        response = await self.execute(
            query=query, operation_name="AddToCart", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return AddToCart.model_validate(data)

    async def update_line(
        self, cart: str, line: str, quantity: float, **kwargs: Any
    ) -> "UpdateLine":
        from .update_line import UpdateLine

        query = gql("""
            mutation UpdateLine($cart: String!, $line: ID!, $quantity: Float!) {
              updateCartItems(
                input: {cart_id: $cart, cart_items: [{cart_item_uid: $line, quantity: $quantity}]}
              ) {
                cart {
                  ...CartParts
                }
              }
            }

            fragment Amount on Money {
              value
              currency
            }

            fragment CartParts on Cart {
              id
              email
              is_virtual
              total_quantity
              applied_coupons {
                code
              }
              prices {
                grand_total {
                  ...Amount
                }
                subtotal_excluding_tax {
                  ...Amount
                }
                subtotal_including_tax {
                  ...Amount
                }
                discounts {
                  amount {
                    ...Amount
                  }
                  label
                }
                applied_taxes {
                  amount {
                    ...Amount
                  }
                  label
                }
              }
              itemsV2(pageSize: 200, currentPage: 1) {
                total_count
                items {
                  __typename
                  uid
                  quantity
                  is_available
                  errors {
                    message
                  }
                  prices {
                    price {
                      ...Amount
                    }
                    row_total {
                      ...Amount
                    }
                    row_total_including_tax {
                      ...Amount
                    }
                  }
                  product {
                    __typename
                    sku
                    name
                    url_key
                    url_suffix
                    small_image {
                      ...Picture
                    }
                  }
                  ... on ConfigurableCartItem {
                    configurable_options {
                      configurable_product_option_value_uid
                      option_label
                      value_label
                    }
                    configured_variant {
                      __typename
                      sku
                      small_image {
                        ...Picture
                      }
                    }
                  }
                  ... on BundleCartItem {
                    bundle_options {
                      label
                      values {
                        label
                        quantity
                      }
                    }
                  }
                  ... on DownloadableCartItem {
                    links {
                      title
                    }
                  }
                }
              }
            }

            fragment Picture on ProductImage {
              url
              label
            }
            """)
        variables: dict[str, object] = {
            "cart": cart,
            "line": line,
            "quantity": quantity,
        }
        response = await self.execute(
            query=query, operation_name="UpdateLine", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return UpdateLine.model_validate(data)

    async def remove_line(self, cart: str, line: str, **kwargs: Any) -> "RemoveLine":
        from .remove_line import RemoveLine

        query = gql("""
            mutation RemoveLine($cart: String!, $line: ID!) {
              removeItemFromCart(input: {cart_id: $cart, cart_item_uid: $line}) {
                cart {
                  ...CartParts
                }
              }
            }

            fragment Amount on Money {
              value
              currency
            }

            fragment CartParts on Cart {
              id
              email
              is_virtual
              total_quantity
              applied_coupons {
                code
              }
              prices {
                grand_total {
                  ...Amount
                }
                subtotal_excluding_tax {
                  ...Amount
                }
                subtotal_including_tax {
                  ...Amount
                }
                discounts {
                  amount {
                    ...Amount
                  }
                  label
                }
                applied_taxes {
                  amount {
                    ...Amount
                  }
                  label
                }
              }
              itemsV2(pageSize: 200, currentPage: 1) {
                total_count
                items {
                  __typename
                  uid
                  quantity
                  is_available
                  errors {
                    message
                  }
                  prices {
                    price {
                      ...Amount
                    }
                    row_total {
                      ...Amount
                    }
                    row_total_including_tax {
                      ...Amount
                    }
                  }
                  product {
                    __typename
                    sku
                    name
                    url_key
                    url_suffix
                    small_image {
                      ...Picture
                    }
                  }
                  ... on ConfigurableCartItem {
                    configurable_options {
                      configurable_product_option_value_uid
                      option_label
                      value_label
                    }
                    configured_variant {
                      __typename
                      sku
                      small_image {
                        ...Picture
                      }
                    }
                  }
                  ... on BundleCartItem {
                    bundle_options {
                      label
                      values {
                        label
                        quantity
                      }
                    }
                  }
                  ... on DownloadableCartItem {
                    links {
                      title
                    }
                  }
                }
              }
            }

            fragment Picture on ProductImage {
              url
              label
            }
            """)
        variables: dict[str, object] = {"cart": cart, "line": line}
        response = await self.execute(
            query=query, operation_name="RemoveLine", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return RemoveLine.model_validate(data)

    async def apply_coupon(self, cart: str, code: str, **kwargs: Any) -> "ApplyCoupon":
        from .apply_coupon import ApplyCoupon

        query = gql("""
            mutation ApplyCoupon($cart: String!, $code: String!) {
              applyCouponToCart(input: {cart_id: $cart, coupon_code: $code}) {
                cart {
                  ...CartParts
                }
              }
            }

            fragment Amount on Money {
              value
              currency
            }

            fragment CartParts on Cart {
              id
              email
              is_virtual
              total_quantity
              applied_coupons {
                code
              }
              prices {
                grand_total {
                  ...Amount
                }
                subtotal_excluding_tax {
                  ...Amount
                }
                subtotal_including_tax {
                  ...Amount
                }
                discounts {
                  amount {
                    ...Amount
                  }
                  label
                }
                applied_taxes {
                  amount {
                    ...Amount
                  }
                  label
                }
              }
              itemsV2(pageSize: 200, currentPage: 1) {
                total_count
                items {
                  __typename
                  uid
                  quantity
                  is_available
                  errors {
                    message
                  }
                  prices {
                    price {
                      ...Amount
                    }
                    row_total {
                      ...Amount
                    }
                    row_total_including_tax {
                      ...Amount
                    }
                  }
                  product {
                    __typename
                    sku
                    name
                    url_key
                    url_suffix
                    small_image {
                      ...Picture
                    }
                  }
                  ... on ConfigurableCartItem {
                    configurable_options {
                      configurable_product_option_value_uid
                      option_label
                      value_label
                    }
                    configured_variant {
                      __typename
                      sku
                      small_image {
                        ...Picture
                      }
                    }
                  }
                  ... on BundleCartItem {
                    bundle_options {
                      label
                      values {
                        label
                        quantity
                      }
                    }
                  }
                  ... on DownloadableCartItem {
                    links {
                      title
                    }
                  }
                }
              }
            }

            fragment Picture on ProductImage {
              url
              label
            }
            """)
        variables: dict[str, object] = {"cart": cart, "code": code}
        response = await self.execute(
            query=query, operation_name="ApplyCoupon", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ApplyCoupon.model_validate(data)

    async def remove_coupon(self, cart: str, **kwargs: Any) -> "RemoveCoupon":
        from .remove_coupon import RemoveCoupon

        query = gql("""
            mutation RemoveCoupon($cart: String!) {
              removeCouponFromCart(input: {cart_id: $cart}) {
                cart {
                  ...CartParts
                }
              }
            }

            fragment Amount on Money {
              value
              currency
            }

            fragment CartParts on Cart {
              id
              email
              is_virtual
              total_quantity
              applied_coupons {
                code
              }
              prices {
                grand_total {
                  ...Amount
                }
                subtotal_excluding_tax {
                  ...Amount
                }
                subtotal_including_tax {
                  ...Amount
                }
                discounts {
                  amount {
                    ...Amount
                  }
                  label
                }
                applied_taxes {
                  amount {
                    ...Amount
                  }
                  label
                }
              }
              itemsV2(pageSize: 200, currentPage: 1) {
                total_count
                items {
                  __typename
                  uid
                  quantity
                  is_available
                  errors {
                    message
                  }
                  prices {
                    price {
                      ...Amount
                    }
                    row_total {
                      ...Amount
                    }
                    row_total_including_tax {
                      ...Amount
                    }
                  }
                  product {
                    __typename
                    sku
                    name
                    url_key
                    url_suffix
                    small_image {
                      ...Picture
                    }
                  }
                  ... on ConfigurableCartItem {
                    configurable_options {
                      configurable_product_option_value_uid
                      option_label
                      value_label
                    }
                    configured_variant {
                      __typename
                      sku
                      small_image {
                        ...Picture
                      }
                    }
                  }
                  ... on BundleCartItem {
                    bundle_options {
                      label
                      values {
                        label
                        quantity
                      }
                    }
                  }
                  ... on DownloadableCartItem {
                    links {
                      title
                    }
                  }
                }
              }
            }

            fragment Picture on ProductImage {
              url
              label
            }
            """)
        variables: dict[str, object] = {"cart": cart}
        response = await self.execute(
            query=query, operation_name="RemoveCoupon", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return RemoveCoupon.model_validate(data)

    async def merge_carts(
        self,
        source: str,
        destination: Union[Optional[str], "UnsetType"] = UNSET,
        **kwargs: Any,
    ) -> "MergeCarts":
        from .merge_carts import MergeCarts

        query = gql("""
            mutation MergeCarts($source: String!, $destination: String) {
              mergeCarts(source_cart_id: $source, destination_cart_id: $destination) {
                id
              }
            }
            """)
        variables: dict[str, object] = {"source": source, "destination": destination}
        response = await self.execute(
            query=query, operation_name="MergeCarts", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return MergeCarts.model_validate(data)

    async def resolve(self, url: str, **kwargs: Any) -> "Resolve":
        from .resolve import Resolve

        query = gql("""
            query Resolve($url: String!) {
              route(url: $url) {
                __typename
                relative_url
                redirect_code
                type
                ... on CategoryTree {
                  uid
                  url_path
                }
                ... on CmsPage {
                  identifier
                }
              }
            }
            """)
        variables: dict[str, object] = {"url": url}
        response = await self.execute(
            query=query, operation_name="Resolve", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Resolve.model_validate(data)

    async def category(self, uid: str, **kwargs: Any) -> "Category":
        from .category import Category

        query = gql("""
            query Category($uid: String!) {
              categoryList(filters: {category_uid: {eq: $uid}}) {
                uid
                name
                description
                image
                display_mode
                url_path
                url_suffix
                meta_title
                meta_description
                product_count
                breadcrumbs {
                  ...Crumb
                }
                cms_block {
                  identifier
                  title
                  content
                }
                children {
                  ...Menu
                }
              }
            }

            fragment Crumb on Breadcrumb {
              category_name
              category_url_path
            }

            fragment Menu on CategoryTree {
              uid
              name
              url_path
              url_suffix
              include_in_menu
              product_count
              position
              image
            }
            """)
        variables: dict[str, object] = {"uid": uid}
        response = await self.execute(
            query=query, operation_name="Category", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Category.model_validate(data)

    async def listing(
        self,
        page_size: int,
        page: int,
        search: Union[Optional[str], "UnsetType"] = UNSET,
        filter_: Union[Optional["ProductAttributeFilterInput"], "UnsetType"] = UNSET,
        sort: Union[Optional["ProductAttributeSortInput"], "UnsetType"] = UNSET,
        **kwargs: Any,
    ) -> "Listing":
        from .listing import Listing

        query = gql("""
            query Listing($search: String, $filter: ProductAttributeFilterInput, $pageSize: Int!, $page: Int!, $sort: ProductAttributeSortInput) {
              products(
                search: $search
                filter: $filter
                pageSize: $pageSize
                currentPage: $page
                sort: $sort
              ) {
                total_count
                page_info {
                  current_page
                  page_size
                  total_pages
                }
                items {
                  ...Card
                }
                aggregations {
                  attribute_code
                  label
                  count
                  options {
                    label
                    value
                    count
                  }
                }
                sort_fields {
                  default
                  options {
                    label
                    value
                  }
                }
                suggestions {
                  search
                }
              }
            }

            fragment Amount on Money {
              value
              currency
            }

            fragment Card on ProductInterface {
              __typename
              uid
              sku
              name
              url_key
              url_suffix
              stock_status
              rating_summary
              review_count
              new_from_date
              new_to_date
              small_image {
                ...Picture
              }
              price_range {
                ...Price
              }
              ... on ConfigurableProduct {
                configurable_options {
                  attribute_code
                  values {
                    label
                    swatch_data {
                      __typename
                      value
                    }
                  }
                }
              }
            }

            fragment Picture on ProductImage {
              url
              label
            }

            fragment Price on PriceRange {
              minimum_price {
                final_price {
                  ...Amount
                }
                regular_price {
                  ...Amount
                }
              }
              maximum_price {
                final_price {
                  ...Amount
                }
              }
            }
            """)
        variables: dict[str, object] = {
            "search": search,
            "filter": filter_,
            "pageSize": page_size,
            "page": page,
            "sort": sort,
        }
        response = await self.execute(
            query=query, operation_name="Listing", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Listing.model_validate(data)

    async def variant_pictures(
        self, skus: list[str], page_size: int, **kwargs: Any
    ) -> "VariantPictures":
        from .variant_pictures import VariantPictures

        query = gql("""
            query VariantPictures($skus: [String]!, $pageSize: Int!) {
              products(filter: {sku: {in: $skus}}, pageSize: $pageSize, currentPage: 1) {
                items {
                  __typename
                  sku
                  ... on ConfigurableProduct {
                    variants {
                      attributes {
                        code
                        label
                      }
                      product {
                        stock_status
                        small_image {
                          ...Picture
                        }
                      }
                    }
                  }
                }
              }
            }

            fragment Picture on ProductImage {
              url
              label
            }
            """)
        variables: dict[str, object] = {"skus": skus, "pageSize": page_size}
        response = await self.execute(
            query=query, operation_name="VariantPictures", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return VariantPictures.model_validate(data)

    async def product(self, key: str, **kwargs: Any) -> "Product":
        from .product import Product

        query = gql("""
            query Product($key: String!) {
              products(filter: {url_key: {eq: $key}}, pageSize: 1, currentPage: 1) {
                items {
                  __typename
                  uid
                  sku
                  name
                  url_key
                  url_suffix
                  meta_title
                  meta_description
                  stock_status
                  only_x_left_in_stock
                  rating_summary
                  review_count
                  description {
                    ...Html
                  }
                  short_description {
                    ...Html
                  }
                  image {
                    ...Picture
                  }
                  media_gallery {
                    __typename
                    ...GalleryEntry
                  }
                  price_range {
                    ...Price
                  }
                  price_tiers {
                    ...Tier
                  }
                  categories {
                    __typename
                    ...CategoryPlace
                  }
                  custom_attributesV2(filters: {is_visible_on_front: true}) {
                    ...Facts
                  }
                  reviews(pageSize: 10, currentPage: 1) {
                    ...Reviews
                  }
                  ... on ConfigurableProduct {
                    configurable_options {
                      attribute_code
                      label
                      position
                      values {
                        uid
                        label
                        swatch_data {
                          __typename
                          value
                        }
                      }
                    }
                    variants {
                      attributes {
                        code
                        uid
                        label
                      }
                      product {
                        uid
                        sku
                        stock_status
                        only_x_left_in_stock
                        image {
                          ...Picture
                        }
                        media_gallery {
                          __typename
                          ...GalleryEntry
                        }
                        price_range {
                          ...Price
                        }
                      }
                    }
                  }
                  ... on DownloadableProduct {
                    links_title
                    links_purchased_separately
                    downloadable_product_links {
                      uid
                      title
                      price
                      sort_order
                      sample_url
                    }
                    downloadable_product_samples {
                      title
                      sample_url
                      sort_order
                    }
                  }
                  ... on BundleProduct {
                    dynamic_price
                    items {
                      uid
                      title
                      required
                      type
                      position
                      options {
                        uid
                        label
                        quantity
                        is_default
                        position
                        price
                        price_type
                        product {
                          __typename
                          name
                          stock_status
                          price_range {
                            ...Price
                          }
                        }
                      }
                    }
                  }
                  ... on GroupedProduct {
                    items {
                      position
                      qty
                      product {
                        __typename
                        sku
                        name
                        url_key
                        url_suffix
                        stock_status
                        small_image {
                          ...Picture
                        }
                        price_range {
                          ...Price
                        }
                      }
                    }
                  }
                }
              }
            }

            fragment Amount on Money {
              value
              currency
            }

            fragment CategoryPlace on CategoryInterface {
              __typename
              uid
              name
              url_path
              level
              breadcrumbs {
                ...Crumb
              }
            }

            fragment Crumb on Breadcrumb {
              category_name
              category_url_path
            }

            fragment Facts on ProductCustomAttributes {
              items {
                __typename
                code
                ... on AttributeValue {
                  value
                }
                ... on AttributeSelectedOptions {
                  selected_options {
                    __typename
                    label
                    value
                  }
                }
              }
            }

            fragment GalleryEntry on MediaGalleryInterface {
              __typename
              url
              label
              disabled
              position
            }

            fragment Html on ComplexTextValue {
              html
            }

            fragment Picture on ProductImage {
              url
              label
            }

            fragment Price on PriceRange {
              minimum_price {
                final_price {
                  ...Amount
                }
                regular_price {
                  ...Amount
                }
              }
              maximum_price {
                final_price {
                  ...Amount
                }
              }
            }

            fragment Reviews on ProductReviews {
              items {
                average_rating
                created_at
                nickname
                summary
                text
              }
              page_info {
                total_pages
              }
            }

            fragment Tier on TierPrice {
              quantity
              final_price {
                ...Amount
              }
            }
            """)
        variables: dict[str, object] = {"key": key}
        response = await self.execute(
            query=query, operation_name="Product", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Product.model_validate(data)

    async def related(self, key: str, **kwargs: Any) -> "Related":
        from .related import Related

        query = gql("""
            query Related($key: String!) {
              products(filter: {url_key: {eq: $key}}, pageSize: 1, currentPage: 1) {
                items {
                  __typename
                  related_products {
                    ...Card
                  }
                  upsell_products {
                    ...Card
                  }
                }
              }
            }

            fragment Amount on Money {
              value
              currency
            }

            fragment Card on ProductInterface {
              __typename
              uid
              sku
              name
              url_key
              url_suffix
              stock_status
              rating_summary
              review_count
              new_from_date
              new_to_date
              small_image {
                ...Picture
              }
              price_range {
                ...Price
              }
              ... on ConfigurableProduct {
                configurable_options {
                  attribute_code
                  values {
                    label
                    swatch_data {
                      __typename
                      value
                    }
                  }
                }
              }
            }

            fragment Picture on ProductImage {
              url
              label
            }

            fragment Price on PriceRange {
              minimum_price {
                final_price {
                  ...Amount
                }
                regular_price {
                  ...Amount
                }
              }
              maximum_price {
                final_price {
                  ...Amount
                }
              }
            }
            """)
        variables: dict[str, object] = {"key": key}
        response = await self.execute(
            query=query, operation_name="Related", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Related.model_validate(data)

    async def attribute_labels(
        self,
        codes: Union[Optional[list["AttributeInput"]], "UnsetType"] = UNSET,
        **kwargs: Any,
    ) -> "AttributeLabels":
        from .attribute_labels import AttributeLabels

        query = gql("""
            query AttributeLabels($codes: [AttributeInput!]) {
              customAttributeMetadataV2(attributes: $codes) {
                items {
                  __typename
                  code
                  label
                }
              }
            }
            """)
        variables: dict[str, object] = {"codes": codes}
        response = await self.execute(
            query=query, operation_name="AttributeLabels", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return AttributeLabels.model_validate(data)

    async def sitemap(self, page_size: int, page: int, **kwargs: Any) -> "Sitemap":
        from .sitemap import Sitemap

        query = gql("""
            query Sitemap($pageSize: Int!, $page: Int!) {
              products(filter: {}, pageSize: $pageSize, currentPage: $page) {
                total_count
                page_info {
                  total_pages
                }
                items {
                  __typename
                  url_key
                  url_suffix
                  updated_at
                }
              }
            }
            """)
        variables: dict[str, object] = {"pageSize": page_size, "page": page}
        response = await self.execute(
            query=query, operation_name="Sitemap", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Sitemap.model_validate(data)

    async def checkout_cart(self, id: str, **kwargs: Any) -> "CheckoutCart":
        from .checkout_cart import CheckoutCart

        query = gql("""
            query CheckoutCart($id: String!) {
              cart(cart_id: $id) {
                ...CartParts
                billing_address {
                  ...CartAddress
                }
                shipping_addresses {
                  ...CartAddress
                  available_shipping_methods {
                    carrier_code
                    carrier_title
                    method_code
                    method_title
                    available
                    error_message
                    amount {
                      ...Amount
                    }
                  }
                  selected_shipping_method {
                    carrier_code
                    method_code
                    carrier_title
                    method_title
                    amount {
                      ...Amount
                    }
                  }
                }
                available_payment_methods {
                  code
                  title
                }
                selected_payment_method {
                  code
                  title
                }
              }
            }

            fragment Amount on Money {
              value
              currency
            }

            fragment CartAddress on CartAddressInterface {
              firstname
              lastname
              company
              street
              city
              postcode
              telephone
              region {
                code
                label
                region_id
              }
              country {
                code
                label
              }
            }

            fragment CartParts on Cart {
              id
              email
              is_virtual
              total_quantity
              applied_coupons {
                code
              }
              prices {
                grand_total {
                  ...Amount
                }
                subtotal_excluding_tax {
                  ...Amount
                }
                subtotal_including_tax {
                  ...Amount
                }
                discounts {
                  amount {
                    ...Amount
                  }
                  label
                }
                applied_taxes {
                  amount {
                    ...Amount
                  }
                  label
                }
              }
              itemsV2(pageSize: 200, currentPage: 1) {
                total_count
                items {
                  __typename
                  uid
                  quantity
                  is_available
                  errors {
                    message
                  }
                  prices {
                    price {
                      ...Amount
                    }
                    row_total {
                      ...Amount
                    }
                    row_total_including_tax {
                      ...Amount
                    }
                  }
                  product {
                    __typename
                    sku
                    name
                    url_key
                    url_suffix
                    small_image {
                      ...Picture
                    }
                  }
                  ... on ConfigurableCartItem {
                    configurable_options {
                      configurable_product_option_value_uid
                      option_label
                      value_label
                    }
                    configured_variant {
                      __typename
                      sku
                      small_image {
                        ...Picture
                      }
                    }
                  }
                  ... on BundleCartItem {
                    bundle_options {
                      label
                      values {
                        label
                        quantity
                      }
                    }
                  }
                  ... on DownloadableCartItem {
                    links {
                      title
                    }
                  }
                }
              }
            }

            fragment Picture on ProductImage {
              url
              label
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=query, operation_name="CheckoutCart", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return CheckoutCart.model_validate(data)

    async def countries(self, **kwargs: Any) -> "Countries":
        from .countries import Countries

        query = gql("""
            query Countries {
              storeConfig {
                optional_zip_countries
                countries_with_required_region
              }
              countries {
                id
                full_name_locale
                full_name_english
                available_regions {
                  id
                  code
                  name
                }
              }
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query, operation_name="Countries", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Countries.model_validate(data)

    async def set_guest_email(
        self, cart: str, email: str, **kwargs: Any
    ) -> "SetGuestEmail":
        from .set_guest_email import SetGuestEmail

        query = gql("""
            mutation SetGuestEmail($cart: String!, $email: String!) {
              setGuestEmailOnCart(input: {cart_id: $cart, email: $email}) {
                cart {
                  id
                }
              }
            }
            """)
        variables: dict[str, object] = {"cart": cart, "email": email}
        response = await self.execute(
            query=query, operation_name="SetGuestEmail", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return SetGuestEmail.model_validate(data)

    async def set_shipping_address(
        self, cart: str, address: "CartAddressInput", **kwargs: Any
    ) -> "SetShippingAddress":
        from .set_shipping_address import SetShippingAddress

        query = gql("""
            mutation SetShippingAddress($cart: String!, $address: CartAddressInput!) {
              setShippingAddressesOnCart(
                input: {cart_id: $cart, shipping_addresses: [{address: $address}]}
              ) {
                cart {
                  id
                }
              }
            }
            """)
        variables: dict[str, object] = {"cart": cart, "address": address}
        response = await self.execute(
            query=query,
            operation_name="SetShippingAddress",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return SetShippingAddress.model_validate(data)

    async def set_billing_address(
        self, cart: str, billing: "BillingAddressInput", **kwargs: Any
    ) -> "SetBillingAddress":
        from .set_billing_address import SetBillingAddress

        query = gql("""
            mutation SetBillingAddress($cart: String!, $billing: BillingAddressInput!) {
              setBillingAddressOnCart(input: {cart_id: $cart, billing_address: $billing}) {
                cart {
                  id
                }
              }
            }
            """)
        variables: dict[str, object] = {"cart": cart, "billing": billing}
        response = await self.execute(
            query=query,
            operation_name="SetBillingAddress",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return SetBillingAddress.model_validate(data)

    async def set_shipping_method(
        self, cart: str, carrier: str, method: str, **kwargs: Any
    ) -> "SetShippingMethod":
        from .set_shipping_method import SetShippingMethod

        query = gql("""
            mutation SetShippingMethod($cart: String!, $carrier: String!, $method: String!) {
              setShippingMethodsOnCart(
                input: {cart_id: $cart, shipping_methods: [{carrier_code: $carrier, method_code: $method}]}
              ) {
                cart {
                  id
                }
              }
            }
            """)
        variables: dict[str, object] = {
            "cart": cart,
            "carrier": carrier,
            "method": method,
        }
        response = await self.execute(
            query=query,
            operation_name="SetShippingMethod",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return SetShippingMethod.model_validate(data)

    async def set_payment_method(
        self, cart: str, code: str, **kwargs: Any
    ) -> "SetPaymentMethod":
        from .set_payment_method import SetPaymentMethod

        query = gql("""
            mutation SetPaymentMethod($cart: String!, $code: String!) {
              setPaymentMethodOnCart(input: {cart_id: $cart, payment_method: {code: $code}}) {
                cart {
                  id
                }
              }
            }
            """)
        variables: dict[str, object] = {"cart": cart, "code": code}
        response = await self.execute(
            query=query,
            operation_name="SetPaymentMethod",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return SetPaymentMethod.model_validate(data)

    async def place_order(self, cart: str, **kwargs: Any) -> "PlaceOrder":
        from .place_order import PlaceOrder

        query = gql("""
            mutation PlaceOrder($cart: String!) {
              placeOrder(input: {cart_id: $cart}) {
                orderV2 {
                  number
                  token
                }
                errors {
                  code
                  message
                }
              }
            }
            """)
        variables: dict[str, object] = {"cart": cart}
        response = await self.execute(
            query=query, operation_name="PlaceOrder", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return PlaceOrder.model_validate(data)

    async def guest_order(self, token: str, **kwargs: Any) -> "GuestOrder":
        from .guest_order import GuestOrder

        query = gql("""
            query GuestOrder($token: String!) {
              guestOrderByToken(input: {token: $token}) {
                ...OrderParts
              }
            }

            fragment Amount on Money {
              value
              currency
            }

            fragment OrderParts on CustomerOrder {
              number
              order_date
              status
              shipping_method
              payment_methods {
                name
              }
              shipping_address {
                ...OrderedAddress
              }
              billing_address {
                ...OrderedAddress
              }
              items {
                __typename
                product_name
                product_sku
                product_url_key
                quantity_ordered
                product_sale_price {
                  ...Amount
                }
                selected_options {
                  label
                  value
                }
              }
              total {
                subtotal {
                  ...Amount
                }
                total_shipping {
                  ...Amount
                }
                total_tax {
                  ...Amount
                }
                grand_total {
                  ...Amount
                }
                discounts {
                  label
                  amount {
                    ...Amount
                  }
                }
              }
            }

            fragment OrderedAddress on OrderAddress {
              firstname
              lastname
              company
              street
              city
              postcode
              region
              country_code
              telephone
            }
            """)
        variables: dict[str, object] = {"token": token}
        response = await self.execute(
            query=query, operation_name="GuestOrder", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return GuestOrder.model_validate(data)

    async def page(self, identifier: str, **kwargs: Any) -> "Page":
        from .page import Page

        query = gql("""
            query Page($identifier: String!) {
              cmsPage(identifier: $identifier) {
                identifier
                title
                content
                content_heading
                meta_title
                meta_description
              }
            }
            """)
        variables: dict[str, object] = {"identifier": identifier}
        response = await self.execute(
            query=query, operation_name="Page", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Page.model_validate(data)

    async def footer_pages(self, **kwargs: Any) -> "FooterPages":
        from .footer_pages import FooterPages

        query = gql("""
            query FooterPages {
              about: cmsPage(identifier: "about-us") {
                ...PagePlace
              }
              shipping: cmsPage(identifier: "shipping") {
                ...PagePlace
              }
              returns: cmsPage(identifier: "returns") {
                ...PagePlace
              }
              care: cmsPage(identifier: "care") {
                ...PagePlace
              }
              service: cmsPage(identifier: "customer-service") {
                ...PagePlace
              }
              terms: cmsPage(identifier: "terms") {
                ...PagePlace
              }
              privacy: cmsPage(identifier: "privacy-policy-cookie-restriction-mode") {
                ...PagePlace
              }
            }

            fragment PagePlace on CmsPage {
              identifier
              title
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query, operation_name="FooterPages", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return FooterPages.model_validate(data)

    async def contact_us(self, input: "ContactUsInput", **kwargs: Any) -> "ContactUs":
        from .contact_us import ContactUs

        query = gql("""
            mutation ContactUs($input: ContactUsInput!) {
              contactUs(input: $input) {
                status
              }
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query, operation_name="ContactUs", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ContactUs.model_validate(data)

    async def subscribe(self, email: str, **kwargs: Any) -> "Subscribe":
        from .subscribe import Subscribe

        query = gql("""
            mutation Subscribe($email: String!) {
              subscribeEmailToNewsletter(email: $email) {
                status
              }
            }
            """)
        variables: dict[str, object] = {"email": email}
        response = await self.execute(
            query=query, operation_name="Subscribe", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Subscribe.model_validate(data)

    async def rating_kinds(self, **kwargs: Any) -> "RatingKinds":
        from .rating_kinds import RatingKinds

        query = gql("""
            query RatingKinds {
              productReviewRatingsMetadata {
                items {
                  id
                  name
                  values {
                    value
                    value_id
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query, operation_name="RatingKinds", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return RatingKinds.model_validate(data)

    async def write_review(
        self, input: "CreateProductReviewInput", **kwargs: Any
    ) -> "WriteReview":
        from .write_review import WriteReview

        query = gql("""
            mutation WriteReview($input: CreateProductReviewInput!) {
              createProductReview(input: $input) {
                review {
                  summary
                }
              }
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query, operation_name="WriteReview", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return WriteReview.model_validate(data)

    async def sign_in(self, email: str, password: str, **kwargs: Any) -> "SignIn":
        from .sign_in import SignIn

        query = gql("""
            mutation SignIn($email: String!, $password: String!) {
              generateCustomerToken(email: $email, password: $password) {
                token
              }
            }
            """)
        variables: dict[str, object] = {"email": email, "password": password}
        response = await self.execute(
            query=query, operation_name="SignIn", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return SignIn.model_validate(data)

    async def sign_out(self, **kwargs: Any) -> "SignOut":
        from .sign_out import SignOut

        query = gql("""
            mutation SignOut {
              revokeCustomerToken {
                result
              }
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query, operation_name="SignOut", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return SignOut.model_validate(data)

    async def register(self, input: "CustomerCreateInput", **kwargs: Any) -> "Register":
        from .register import Register

        query = gql("""
            mutation Register($input: CustomerCreateInput!) {
              createCustomerV2(input: $input) {
                customer {
                  email
                }
              }
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query, operation_name="Register", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Register.model_validate(data)

    async def me(self, **kwargs: Any) -> "Me":
        from .me import Me

        query = gql("""
            query Me {
              customer {
                ...Person
              }
            }

            fragment Person on Customer {
              email
              firstname
              lastname
              is_subscribed
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query, operation_name="Me", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Me.model_validate(data)

    async def addresses(self, **kwargs: Any) -> "Addresses":
        from .addresses import Addresses

        query = gql("""
            query Addresses {
              customer {
                addresses {
                  ...SavedAddress
                }
              }
            }

            fragment SavedAddress on CustomerAddress {
              id
              firstname
              lastname
              company
              street
              city
              postcode
              telephone
              country_code
              region {
                region
                region_code
                region_id
              }
              default_billing
              default_shipping
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query, operation_name="Addresses", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Addresses.model_validate(data)

    async def orders(self, page: int, page_size: int, **kwargs: Any) -> "Orders":
        from .orders import Orders

        query = gql("""
            query Orders($page: Int!, $pageSize: Int!) {
              customer {
                orders(
                  currentPage: $page
                  pageSize: $pageSize
                  sort: {sort_field: CREATED_AT, sort_direction: DESC}
                ) {
                  total_count
                  page_info {
                    total_pages
                  }
                  items {
                    ...OrderParts
                  }
                }
              }
            }

            fragment Amount on Money {
              value
              currency
            }

            fragment OrderParts on CustomerOrder {
              number
              order_date
              status
              shipping_method
              payment_methods {
                name
              }
              shipping_address {
                ...OrderedAddress
              }
              billing_address {
                ...OrderedAddress
              }
              items {
                __typename
                product_name
                product_sku
                product_url_key
                quantity_ordered
                product_sale_price {
                  ...Amount
                }
                selected_options {
                  label
                  value
                }
              }
              total {
                subtotal {
                  ...Amount
                }
                total_shipping {
                  ...Amount
                }
                total_tax {
                  ...Amount
                }
                grand_total {
                  ...Amount
                }
                discounts {
                  label
                  amount {
                    ...Amount
                  }
                }
              }
            }

            fragment OrderedAddress on OrderAddress {
              firstname
              lastname
              company
              street
              city
              postcode
              region
              country_code
              telephone
            }
            """)
        variables: dict[str, object] = {"page": page, "pageSize": page_size}
        response = await self.execute(
            query=query, operation_name="Orders", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Orders.model_validate(data)

    async def order(self, number: str, **kwargs: Any) -> "Order":
        from .order import Order

        query = gql("""
            query Order($number: String!) {
              customer {
                orders(filter: {number: {eq: $number}}, currentPage: 1, pageSize: 1) {
                  items {
                    ...OrderParts
                  }
                }
              }
            }

            fragment Amount on Money {
              value
              currency
            }

            fragment OrderParts on CustomerOrder {
              number
              order_date
              status
              shipping_method
              payment_methods {
                name
              }
              shipping_address {
                ...OrderedAddress
              }
              billing_address {
                ...OrderedAddress
              }
              items {
                __typename
                product_name
                product_sku
                product_url_key
                quantity_ordered
                product_sale_price {
                  ...Amount
                }
                selected_options {
                  label
                  value
                }
              }
              total {
                subtotal {
                  ...Amount
                }
                total_shipping {
                  ...Amount
                }
                total_tax {
                  ...Amount
                }
                grand_total {
                  ...Amount
                }
                discounts {
                  label
                  amount {
                    ...Amount
                  }
                }
              }
            }

            fragment OrderedAddress on OrderAddress {
              firstname
              lastname
              company
              street
              city
              postcode
              region
              country_code
              telephone
            }
            """)
        variables: dict[str, object] = {"number": number}
        response = await self.execute(
            query=query, operation_name="Order", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Order.model_validate(data)

    async def reorder(self, number: str, **kwargs: Any) -> "Reorder":
        from .reorder import Reorder

        query = gql("""
            mutation Reorder($number: String!) {
              reorderItems(orderNumber: $number) {
                cart {
                  id
                  total_quantity
                }
                userInputErrors {
                  message
                }
              }
            }
            """)
        variables: dict[str, object] = {"number": number}
        response = await self.execute(
            query=query, operation_name="Reorder", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Reorder.model_validate(data)

    async def update_person(
        self, input: "CustomerUpdateInput", **kwargs: Any
    ) -> "UpdatePerson":
        from .update_person import UpdatePerson

        query = gql("""
            mutation UpdatePerson($input: CustomerUpdateInput!) {
              updateCustomerV2(input: $input) {
                customer {
                  ...Person
                }
              }
            }

            fragment Person on Customer {
              email
              firstname
              lastname
              is_subscribed
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query, operation_name="UpdatePerson", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return UpdatePerson.model_validate(data)

    async def change_password(
        self, current: str, new: str, **kwargs: Any
    ) -> "ChangePassword":
        from .change_password import ChangePassword

        query = gql("""
            mutation ChangePassword($current: String!, $new: String!) {
              changeCustomerPassword(currentPassword: $current, newPassword: $new) {
                email
              }
            }
            """)
        variables: dict[str, object] = {"current": current, "new": new}
        response = await self.execute(
            query=query, operation_name="ChangePassword", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ChangePassword.model_validate(data)

    async def forgot_password(self, email: str, **kwargs: Any) -> "ForgotPassword":
        from .forgot_password import ForgotPassword

        query = gql("""
            mutation ForgotPassword($email: String!) {
              requestPasswordResetEmail(email: $email)
            }
            """)
        variables: dict[str, object] = {"email": email}
        response = await self.execute(
            query=query, operation_name="ForgotPassword", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ForgotPassword.model_validate(data)

    async def reset_password(
        self, email: str, token: str, new: str, **kwargs: Any
    ) -> "ResetPassword":
        from .reset_password import ResetPassword

        query = gql("""
            mutation ResetPassword($email: String!, $token: String!, $new: String!) {
              resetPassword(email: $email, resetPasswordToken: $token, newPassword: $new)
            }
            """)
        variables: dict[str, object] = {"email": email, "token": token, "new": new}
        response = await self.execute(
            query=query, operation_name="ResetPassword", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ResetPassword.model_validate(data)

    async def create_address(
        self, input: "CustomerAddressInput", **kwargs: Any
    ) -> "CreateAddress":
        from .create_address import CreateAddress

        query = gql("""
            mutation CreateAddress($input: CustomerAddressInput!) {
              createCustomerAddress(input: $input) {
                id
              }
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query, operation_name="CreateAddress", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return CreateAddress.model_validate(data)

    async def update_address(
        self, id: int, input: "CustomerAddressInput", **kwargs: Any
    ) -> "UpdateAddress":
        from .update_address import UpdateAddress

        query = gql("""
            mutation UpdateAddress($id: Int!, $input: CustomerAddressInput!) {
              updateCustomerAddress(id: $id, input: $input) {
                id
              }
            }
            """)
        variables: dict[str, object] = {"id": id, "input": input}
        response = await self.execute(
            query=query, operation_name="UpdateAddress", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return UpdateAddress.model_validate(data)

    async def delete_address(self, id: int, **kwargs: Any) -> "DeleteAddress":
        from .delete_address import DeleteAddress

        query = gql("""
            mutation DeleteAddress($id: Int!) {
              deleteCustomerAddress(id: $id)
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=query, operation_name="DeleteAddress", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return DeleteAddress.model_validate(data)

    async def wishlists(self, **kwargs: Any) -> "Wishlists":
        from .wishlists import Wishlists

        query = gql("""
            query Wishlists {
              customer {
                wishlists(pageSize: 1, currentPage: 1) {
                  id
                  items_count
                  items_v2(currentPage: 1, pageSize: 100) {
                    items {
                      __typename
                      id
                      product {
                        ...Card
                      }
                    }
                  }
                }
              }
            }

            fragment Amount on Money {
              value
              currency
            }

            fragment Card on ProductInterface {
              __typename
              uid
              sku
              name
              url_key
              url_suffix
              stock_status
              rating_summary
              review_count
              new_from_date
              new_to_date
              small_image {
                ...Picture
              }
              price_range {
                ...Price
              }
              ... on ConfigurableProduct {
                configurable_options {
                  attribute_code
                  values {
                    label
                    swatch_data {
                      __typename
                      value
                    }
                  }
                }
              }
            }

            fragment Picture on ProductImage {
              url
              label
            }

            fragment Price on PriceRange {
              minimum_price {
                final_price {
                  ...Amount
                }
                regular_price {
                  ...Amount
                }
              }
              maximum_price {
                final_price {
                  ...Amount
                }
              }
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query, operation_name="Wishlists", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Wishlists.model_validate(data)

    async def add_to_wishlist(
        self, id: str, items: list["WishlistItemInput"], **kwargs: Any
    ) -> "AddToWishlist":
        from .add_to_wishlist import AddToWishlist

        query = gql("""
            mutation AddToWishlist($id: ID!, $items: [WishlistItemInput!]!) {
              addProductsToWishlist(wishlistId: $id, wishlistItems: $items) {
                user_errors {
                  message
                }
              }
            }
            """)
        variables: dict[str, object] = {"id": id, "items": items}
        response = await self.execute(
            query=query, operation_name="AddToWishlist", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return AddToWishlist.model_validate(data)

    async def remove_from_wishlist(
        self, id: str, items: list[str], **kwargs: Any
    ) -> "RemoveFromWishlist":
        from .remove_from_wishlist import RemoveFromWishlist

        query = gql("""
            mutation RemoveFromWishlist($id: ID!, $items: [ID!]!) {
              removeProductsFromWishlist(wishlistId: $id, wishlistItemsIds: $items) {
                user_errors {
                  message
                }
              }
            }
            """)
        variables: dict[str, object] = {"id": id, "items": items}
        response = await self.execute(
            query=query,
            operation_name="RemoveFromWishlist",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return RemoveFromWishlist.model_validate(data)

    async def downloads(self, **kwargs: Any) -> "Downloads":
        from .downloads import Downloads

        query = gql("""
            query Downloads {
              customerDownloadableProducts {
                items {
                  date
                  download_url
                  order_increment_id
                  remaining_downloads
                  status
                }
              }
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query, operation_name="Downloads", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Downloads.model_validate(data)

    async def shop(self, blocks: list[str], **kwargs: Any) -> "Shop":
        from .shop import Shop

        query = gql("""
            query Shop($blocks: [String]!) {
              cmsBlocks(identifiers: $blocks) {
                items {
                  identifier
                  content
                }
              }
              storeConfig {
                store_name
                locale
                base_url
                base_media_url
                base_currency_code
                default_display_currency_code
                product_url_suffix
                category_url_suffix
                root_category_uid
                default_title
                default_description
                welcome
                copyright
                cms_home_page
                grid_per_page
                contact_enabled
                newsletter_enabled
                default_country
                minimum_password_length
                product_reviews_enabled
                allow_guests_to_write_product_reviews
                magento_wishlist_general_is_enabled
                is_guest_checkout_enabled
              }
            }
            """)
        variables: dict[str, object] = {"blocks": blocks}
        response = await self.execute(
            query=query, operation_name="Shop", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Shop.model_validate(data)

    async def categories(
        self, root: Union[Optional[str], "UnsetType"] = UNSET, **kwargs: Any
    ) -> "Categories":
        from .categories import Categories

        query = gql("""
            query Categories($root: String) {
              categoryList(filters: {category_uid: {eq: $root}}) {
                uid
                children {
                  ...Menu
                  children {
                    ...Menu
                    children {
                      ...Menu
                    }
                  }
                }
              }
            }

            fragment Menu on CategoryTree {
              uid
              name
              url_path
              url_suffix
              include_in_menu
              product_count
              position
              image
            }
            """)
        variables: dict[str, object] = {"root": root}
        response = await self.execute(
            query=query, operation_name="Categories", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Categories.model_validate(data)
