"""How the tests beside the replay ask the same store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.conformance.commerce.luma import Replay

PASSWORD = "Another-Pass-1"
ADDRESS = {
    "firstname": "Ada",
    "lastname": "Probe",
    "street": ["1 Test Way"],
    "city": "Detroit",
    "region": "MI",
    "postcode": "48201",
    "country_code": "US",
    "telephone": "1",
}


def answer(replay: Replay, document: str, token: str | None = None, **variables: object) -> dict[str, Any]:
    """Return the whole answer: ``data`` and ``errors``."""
    from galleria.shop.engine.graphql.app import GraphQLRequest
    from galleria.shop.engine.graphql.context import Caller

    caller = Caller(token=token, address="192.0.2.78")
    found: dict[str, Any] = json.loads(replay.app.execute(GraphQLRequest(document, variables, caller=caller)).body)
    return found


def ask(replay: Replay, document: str, token: str | None = None, **variables: object) -> Any:
    """Return the value of the one root field; an error fails the test."""
    found = answer(replay, document, token, **variables)
    assert "errors" not in found, (document, found["errors"])
    return next(iter(found["data"].values()))


def refusal(replay: Replay, document: str, token: str | None = None, **variables: object) -> tuple[str, str | None]:
    """Return message and category of the one error."""
    found = answer(replay, document, token, **variables)
    assert len(found.get("errors", ())) == 1, (document, found)
    error = found["errors"][0]
    return error["message"], (error.get("extensions") or {}).get("category")


def sign_up(replay: Replay, name: str) -> str:
    """Make an account and return its token."""
    person = {"firstname": "Ada", "lastname": "Probe", "email": f"{name}@example.com", "password": PASSWORD}
    ask(replay, "mutation($i:CustomerCreateInput!){createCustomerV2(input:$i){customer{email}}}", i=person)
    sign_in = "mutation($e:String!,$p:String!){generateCustomerToken(email:$e,password:$p){token}}"
    return str(ask(replay, sign_in, e=person["email"], p=PASSWORD)["token"])
