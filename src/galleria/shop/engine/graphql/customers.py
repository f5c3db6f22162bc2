"""Customers: account, profile, addresses, newsletter, contact."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from ariadne import MutationType, ObjectType, QueryType
from django.db import transaction

from galleria.shop.engine.graphql import accounts, address_book, letters
from galleria.shop.engine.graphql.accounts import current_customer, profile_of, require_customer
from galleria.shop.engine.graphql.addresses import text
from galleria.shop.engine.graphql.errors import AlreadyExists, InvalidInput
from galleria.shop.engine.graphql.records.models import ContactMessage, Subscription

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.contrib.auth.models import AbstractUser
    from graphql import GraphQLResolveInfo
    from oscar.apps.address.abstract_models import AbstractUserAddress

query = QueryType()
mutation = MutationType()
customer_type = ObjectType("Customer")

_DATE_FORMATS: Final = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%Y/%m/%d")
_PROFILE_TEXTS: Final = ("prefix", "middlename", "suffix", "taxvat")


def timestamp(moment: datetime) -> str:
    """Return a moment as the contract writes it: UTC, without saying so."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def customer_value(user: AbstractUser) -> dict[str, object]:
    """Return the contract's ``Customer``; what costs a query of its own is worked out when asked for."""
    profile = profile_of(user)
    born = profile.date_of_birth.isoformat() if profile.date_of_birth else None
    return {
        "user": user,
        "id": user.pk,
        "email": user.email,
        "firstname": user.first_name,
        "lastname": user.last_name,
        "prefix": profile.prefix or None,
        "middlename": profile.middlename or None,
        "suffix": profile.suffix or None,
        "taxvat": profile.taxvat or None,
        "gender": profile.gender,
        "date_of_birth": born,
        "dob": born,
        "group_id": 1,
        "created_at": timestamp(user.date_joined),
        "confirmation_status": "ACCOUNT_CONFIRMATION_NOT_REQUIRED",
        "allow_remote_shopping_assistance": profile.allow_remote_shopping_assistance,
        "custom_attributes": [],
    }


@query.field("customer")
def resolve_customer(_parent: object, info: GraphQLResolveInfo) -> dict[str, object]:
    """Answer ``customer``: who is signed in."""
    return customer_value(require_customer(info.context))


@query.field("isEmailAvailable")
def resolve_is_email_available(_parent: object, _info: GraphQLResolveInfo, email: str) -> dict[str, object]:
    """Answer ``isEmailAvailable``: always yes, so that nobody learns who has an account (Magento's stock setting)."""
    if not accounts.is_email(email):
        raise InvalidInput("Email is invalid")
    return {"is_email_available": True}


@query.field("customerPaymentTokens")
def resolve_payment_tokens(_parent: object, info: GraphQLResolveInfo) -> dict[str, object]:
    """Answer ``customerPaymentTokens``: none, since card data is never accepted."""
    require_customer(info.context)
    return {"items": []}


@mutation.field("deletePaymentToken")
def resolve_delete_payment_token(_parent: object, info: GraphQLResolveInfo, public_hash: str) -> None:
    """Refuse: there is no payment token to delete."""
    require_customer(info.context)
    raise InvalidInput("Could not find a token using public hash: " + public_hash[:128])


# Account


@mutation.field("createCustomerV2")
@mutation.field("createCustomer")
def resolve_create_customer(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Make an account. With ``is_subscribed`` the address joins the newsletter."""
    email = text(input, "email")
    if not accounts.is_email(email):
        raise InvalidInput(f'"{email}" is not a valid email address.')
    password = input.get("password")
    if password is not None:
        accounts.check_new_password(str(password))
    _check_names({"firstname": "", "lastname": "", **input})
    with transaction.atomic():
        user = accounts.create_customer(
            email, None if password is None else str(password), text(input, "firstname"), text(input, "lastname")
        )
        _apply(user, input)
    return {"customer": customer_value(user)}


@mutation.field("generateCustomerToken")
def resolve_generate_token(_parent: object, info: GraphQLResolveInfo, email: str, password: str) -> dict[str, object]:
    """Sign in."""
    return {"token": accounts.sign_in(info.context, email, password)}


@mutation.field("revokeCustomerToken")
def resolve_revoke_token(_parent: object, info: GraphQLResolveInfo) -> dict[str, object]:
    """Sign out, everywhere."""
    accounts.sign_out(info.context, require_customer(info.context))
    return {"result": True}


@mutation.field("changeCustomerPassword")
def resolve_change_password(
    _parent: object,
    info: GraphQLResolveInfo,
    currentPassword: str,
    newPassword: str,
) -> dict[str, object]:
    """Set a new password; whoever else is signed in is not any more."""
    user = require_customer(info.context)
    accounts.change_password(info.context, user, currentPassword, newPassword)
    return customer_value(user)


@mutation.field("requestPasswordResetEmail")
def resolve_request_reset(_parent: object, info: GraphQLResolveInfo, email: str) -> bool:
    """Send a letter with a reset link."""
    if not email:
        raise InvalidInput("You must specify an email address.")
    if not accounts.is_email(email):
        raise InvalidInput("The email address has an invalid format.")
    user = accounts.customer_by_email(email)
    if user is None:
        raise InvalidInput("Cannot reset the customer's password")
    letters.password_reset(user, accounts.reset_token(user))
    return True


@mutation.field("resetPassword")
def resolve_reset_password(
    _parent: object,
    _info: GraphQLResolveInfo,
    email: str,
    resetPasswordToken: str,
    newPassword: str,
) -> bool:
    """Set a new password by the token of a letter."""
    accounts.reset_password(email, resetPasswordToken, newPassword)
    return True


@mutation.field("confirmEmail")
def resolve_confirm_email(
    _parent: object,
    _info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Refuse: accounts of this store need no confirmation (``create_account_confirmation`` is false)."""
    raise InvalidInput("The account is already active.")


@mutation.field("resendConfirmationEmail")
def resolve_resend_confirmation(_parent: object, _info: GraphQLResolveInfo, email: str) -> bool:
    """Refuse: there is nothing to confirm. The answer is the same for an address without an account."""
    if not accounts.is_email(email):
        raise InvalidInput("Email address is not valid")
    raise InvalidInput("Confirmation isn't needed.")


@mutation.field("updateCustomerV2")
@mutation.field("updateCustomer")
def resolve_update_customer(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Change the given fields of the signed-in customer."""
    user = require_customer(info.context)
    if not input:
        raise InvalidInput('"input" value should be specified')
    _check_names(input)
    email = text(input, "email")
    if email and email.casefold() != user.email.casefold():
        _change_email(user, email, str(input.get("password") or ""))
    with transaction.atomic():
        _apply(user, input)
    value = customer_value(user)
    given = input.get("date_of_birth", input.get("dob"))
    return {"customer": value | ({"date_of_birth": given, "dob": given} if given else {})}


@mutation.field("updateCustomerEmail")
def resolve_update_email(_parent: object, info: GraphQLResolveInfo, email: str, password: str) -> dict[str, object]:
    """Change the address a customer signs in with; the password proves who asks."""
    user = require_customer(info.context)
    _change_email(user, email.strip(), password)
    return {"customer": customer_value(user)}


@mutation.field("deleteCustomer")
def resolve_delete_customer(_parent: object, info: GraphQLResolveInfo) -> bool:
    """Delete the signed-in customer; orders stay, without a customer."""
    user = require_customer(info.context)
    Subscription.objects.filter(email__iexact=user.email).delete()
    user.delete()
    info.context.forget("customer")
    return True


def _change_email(user: AbstractUser, email: str, password: str) -> None:
    if not password:
        raise InvalidInput('Provide the current "password" to change "email".')
    accounts.require_password(user, password)
    if not accounts.is_email(email):
        raise InvalidInput(f'"{email}" is not a valid email address.')
    taken = accounts.customer_by_email(email)
    if taken is not None and taken.pk != user.pk:
        raise AlreadyExists("A customer with the same email address already exists in an associated website.")
    user.email = email
    user.save(update_fields=["email"])


def _check_names(values: Mapping[str, object]) -> None:
    labels = {"firstname": "First Name", "lastname": "Last Name"}
    absent = [
        f'"{label}" is a required value.' for key, label in labels.items() if key in values and not text(values, key)
    ]
    if absent:
        raise InvalidInput("\n".join(absent))
    for key, label in (("firstname", "First Name"), ("lastname", "Last Name"), ("middlename", "Middle Name")):
        accounts.check_name(text(values, key), label)


def _apply(user: AbstractUser, values: Mapping[str, object]) -> None:
    for key, name in (("firstname", "first_name"), ("lastname", "last_name")):
        if values.get(key):
            setattr(user, name, text(values, key))
    user.save()
    profile = profile_of(user)
    for key in _PROFILE_TEXTS:
        if key in values:
            setattr(profile, key, text(values, key))
    if values.get("gender") is not None:
        if values["gender"] not in (1, 2, 3):
            raise InvalidInput('"' + str(values["gender"]) + '" is not a valid gender value.')
        profile.gender = int(str(values["gender"]))
    born = values.get("date_of_birth", values.get("dob"))
    if born:
        profile.date_of_birth = _date(str(born))
    if values.get("allow_remote_shopping_assistance") is not None:
        profile.allow_remote_shopping_assistance = bool(values["allow_remote_shopping_assistance"])
    profile.save()
    user.profile = profile  # type: ignore[attr-defined]
    if values.get("is_subscribed") is not None:
        _subscribe(user.email, bool(values["is_subscribed"]))


def _date(given: str) -> date:
    for pattern in _DATE_FORMATS:
        try:
            return datetime.strptime(given[:10], pattern).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    raise InvalidInput("Invalid date")


# Addresses


def address_value(kept: AbstractUserAddress) -> dict[str, object]:
    """Return the contract's ``CustomerAddress``."""
    address = address_book.as_address(kept)
    return {
        "id": kept.pk,
        "customer_id": kept.user_id,
        "firstname": address.firstname,
        "lastname": address.lastname,
        "street": list(address.street),
        "city": address.city,
        "region": {
            "region": address.region or None,
            "region_code": address.region_code or None,
            "region_id": address.region_id or 0,
        },
        "region_id": address.region_id or 0,
        "postcode": address.postcode,
        "country_code": address.country,
        "country_id": address.country,
        "telephone": address.telephone,
        "company": address.company or None,
        "prefix": address.prefix or None,
        "middlename": address.middlename or None,
        "suffix": address.suffix or None,
        "fax": address.fax or None,
        "vat_id": address.vat_id or None,
        "default_billing": kept.is_default_for_billing,
        "default_shipping": kept.is_default_for_shipping,
        "custom_attributes": [],
        "custom_attributesV2": [],
        "extension_attributes": None,
    }


def _addresses(customer: Mapping[str, object], info: GraphQLResolveInfo) -> list[AbstractUserAddress]:
    user: AbstractUser = customer["user"]  # type: ignore[assignment]
    return info.context.once(f"addresses:{user.pk}", lambda: address_book.addresses_of(user))  # type: ignore[no-any-return]


@customer_type.field("addresses")
def resolve_addresses(customer: dict[str, object], info: GraphQLResolveInfo) -> list[dict[str, object]]:
    """Answer a customer's address book."""
    return [address_value(kept) for kept in _addresses(customer, info)]


@customer_type.field("default_billing")
def resolve_default_billing(customer: dict[str, object], info: GraphQLResolveInfo) -> str | None:
    """Answer the id of the default billing address."""
    return next((str(a.pk) for a in _addresses(customer, info) if a.is_default_for_billing), None)


@customer_type.field("default_shipping")
def resolve_default_shipping(customer: dict[str, object], info: GraphQLResolveInfo) -> str | None:
    """Answer the id of the default shipping address."""
    return next((str(a.pk) for a in _addresses(customer, info) if a.is_default_for_shipping), None)


@mutation.field("createCustomerAddress")
def resolve_create_address(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Add an address."""
    return address_value(address_book.create(require_customer(info.context), input))


@mutation.field("updateCustomerAddress")
def resolve_update_address(
    _parent: object,
    info: GraphQLResolveInfo,
    id: int,
    input: dict[str, object] | None = None,
) -> dict[str, object]:
    """Change an address."""
    if not input:
        raise InvalidInput('"input" value must be specified')
    return address_value(address_book.update(require_customer(info.context), id, input))


@mutation.field("deleteCustomerAddress")
def resolve_delete_address(_parent: object, info: GraphQLResolveInfo, id: int) -> bool:
    """Delete an address."""
    address_book.delete(require_customer(info.context), id)
    return True


# Newsletter and contact


@customer_type.field("is_subscribed")
def resolve_is_subscribed(customer: dict[str, object], _info: GraphQLResolveInfo) -> bool:
    """Answer whether a customer gets the newsletter."""
    return Subscription.objects.filter(email__iexact=str(customer["email"]), status="SUBSCRIBED").exists()


@mutation.field("subscribeEmailToNewsletter")
def resolve_subscribe(_parent: object, info: GraphQLResolveInfo, email: str) -> dict[str, object]:
    """Add an address to the newsletter."""
    if not email.strip():
        raise InvalidInput("You must specify an email address to subscribe to a newsletter.")
    if not accounts.is_email(email):
        raise InvalidInput("Enter a valid email address.")
    owner = accounts.customer_by_email(email)
    asking = current_customer(info.context)
    if owner is not None and (asking is None or asking.pk != owner.pk):
        raise InvalidInput("This email address is already assigned to another user.")
    if Subscription.objects.filter(email__iexact=email, status="SUBSCRIBED").exists():
        raise AlreadyExists("This email address is already subscribed.")
    _subscribe(email, True)
    return {"status": "SUBSCRIBED"}


def _subscribe(email: str, wanted: bool) -> None:
    if wanted:
        Subscription.objects.update_or_create(email=email.lower(), defaults={"status": "SUBSCRIBED"})
    else:
        Subscription.objects.filter(email__iexact=email).update(status="UNSUBSCRIBED")


@mutation.field("contactUs")
def resolve_contact_us(
    _parent: object,
    _info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Keep a shopper's message and send it to the merchant."""
    name, email, comment = text(input, "name"), text(input, "email"), str(input.get("comment") or "").strip()
    if not accounts.is_email(email):
        raise InvalidInput("The email address is invalid. Verify the email address and try again.")
    if not name:
        raise InvalidInput("Name field is required.")
    if not comment:
        raise InvalidInput("Comment field is required.")
    message = ContactMessage.objects.create(
        name=name, email=email, telephone=text(input, "telephone")[:64], comment=comment[:10_000]
    )
    letters.contact(message)
    return {"status": True}


BINDABLES = (query, mutation, customer_type)
