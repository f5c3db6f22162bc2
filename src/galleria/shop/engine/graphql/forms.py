"""What the forms of customers ask for, as data: clients that draw forms from metadata ask this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ariadne import QueryType

from galleria.shop.engine.graphql.addresses import MAX_STREET_LINES
from galleria.shop.engine.graphql.countries import all_countries
from galleria.shop.engine.graphql.errors import InvalidInput

if TYPE_CHECKING:
    from graphql import GraphQLResolveInfo

query = QueryType()


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a form. ``lines`` is the number of lines of a multi-line field."""

    code: str
    label: str
    kind: str = "TEXT"
    required: bool = False
    lines: int = 0
    longest: int = 255


_PERSON: Final = (
    Input("firstname", "First Name", required=True),
    Input("lastname", "Last Name", required=True),
)
_CUSTOMER: Final = (
    *_PERSON,
    Input("email", "Email", required=True),
    Input("dob", "Date of Birth", "DATE"),
    Input("taxvat", "Tax/VAT Number"),
    Input("gender", "Gender", "SELECT"),
)
_ADDRESS: Final = (
    *_PERSON,
    Input("company", "Company"),
    Input("street", "Street Address", "MULTILINE", required=True, lines=MAX_STREET_LINES),
    Input("city", "City", required=True),
    Input("country_id", "Country", "SELECT", required=True),
    Input("region", "State/Province"),
    Input("region_id", "State/Province", "HIDDEN"),
    Input("postcode", "Zip/Postal Code"),
    Input("telephone", "Phone Number", required=True),
    Input("fax", "Fax"),
    Input("vat_id", "VAT Number"),
)
_FORMS: Final = {
    "customer_account_create": ("CUSTOMER", _CUSTOMER),
    "customer_account_edit": ("CUSTOMER", _CUSTOMER),
    "customer_address_edit": ("CUSTOMER_ADDRESS", _ADDRESS),
    "customer_register_address": ("CUSTOMER_ADDRESS", _ADDRESS),
}
_GENDERS: Final = (("1", "Male"), ("2", "Female"), ("3", "Not Specified"))


@query.field("attributesForm")
def resolve_form(_parent: object, _info: GraphQLResolveInfo, formCode: str) -> dict[str, object]:
    """Answer the fields of a form; an unknown form is an error of the payload."""
    if not formCode:
        raise InvalidInput('Required parameter "formCode" of type string.')
    known = _FORMS.get(formCode)
    if known is None:
        message = f'Form "{formCode}" could not be found.'
        return {"items": [], "errors": [{"type": "ENTITY_NOT_FOUND", "message": message}]}
    entity, inputs = known
    return {"items": [_metadata(entity, place, field) for place, field in enumerate(inputs)], "errors": []}


def _metadata(entity: str, place: int, field: Input) -> dict[str, object]:
    return {
        "__typename": "CustomerAttributeMetadata",
        "code": field.code,
        "label": field.label,
        "entity_type": entity,
        "frontend_input": field.kind,
        "frontend_class": None,
        "input_filter": "NONE",
        "is_required": field.required,
        "is_unique": field.code == "email",
        "default_value": None,
        "multiline_count": field.lines,
        "sort_order": place * 10,
        "options": _options(field.code),
        "validate_rules": [{"name": "MAX_TEXT_LENGTH", "value": str(field.longest)}] if field.kind == "TEXT" else [],
    }


def _options(code: str) -> list[dict[str, object]]:
    pairs: list[tuple[str, str]] = []
    if code == "country_id":
        pairs = [(country.code, country.name) for country in all_countries().values()]
    elif code == "gender":
        pairs = list(_GENDERS)
    return [
        {"__typename": "AttributeOptionMetadata", "value": value, "label": label, "is_default": False}
        for value, label in pairs
    ]


BINDABLES = (query,)
