"""The engine's GraphQL layer over an empty store with a handful of products."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.support.engine_store import engine_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from galleria.shop.engine.graphql.app import GraphQLApp
    from galleria.shop.engine.project import Project


@pytest.fixture(scope="session")
def store() -> Project:
    """The store of this process."""
    return engine_store()


@pytest.fixture(scope="session")
def app(store: Project) -> GraphQLApp:
    """The GraphQL layer, as the serving process makes it."""
    from galleria.shop.engine.serve import make_web

    return make_web(store).app


@pytest.fixture
def database(store: Project) -> Iterator[None]:
    """A database that is afterwards what it was before."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass
class Shop:
    """Asks the GraphQL layer as a client does."""

    app: GraphQLApp
    token: str | None = None

    def answer(self, query: str, **variables: object) -> dict[str, object]:
        """Return the whole answer."""
        from galleria.shop.engine.graphql.app import GraphQLRequest
        from galleria.shop.engine.graphql.context import Caller

        request = GraphQLRequest(query, variables, caller=Caller(token=self.token, address="192.0.2.1"))
        found: dict[str, object] = json.loads(self.app.execute(request).body)
        return found

    def ask(self, query: str, **variables: object) -> dict[str, object]:
        """Return the data of an answer that must have no errors."""
        answer = self.answer(query, **variables)
        assert "errors" not in answer, answer["errors"]
        data = answer["data"]
        assert isinstance(data, dict)
        return data

    def refusal(self, query: str, **variables: object) -> tuple[str, str]:
        """Return message and category of the one error of an answer."""
        answer = self.answer(query, **variables)
        errors = answer["errors"]
        assert isinstance(errors, list)
        assert len(errors) == 1, errors
        return errors[0]["message"], errors[0].get("extensions", {}).get("category", "")


@pytest.fixture
def shop(app: GraphQLApp, database: None) -> Shop:
    """A client of a store whose changes are taken back afterwards."""
    stock_shelf()
    return Shop(app)


def stock_shelf(pieces: int = 100) -> None:
    """Put three simple products on the shelf: a tote (32), a bottle (7) and a download-free course (virtual, 6)."""
    from oscar.core.loading import get_model

    from galleria.shop.engine.shelf.models import Kind, ProductRecord

    partner, _ = get_model("partner", "Partner").objects.get_or_create(name="Shop")
    kinds = {
        ships: get_model("catalogue", "ProductClass").objects.get_or_create(
            name=f"Test {ships}", defaults={"requires_shipping": ships, "track_stock": True}
        )[0]
        for ships in (True, False)
    }
    for sku, title, price, kind in (
        ("TOTE", "Tote", "32.00", Kind.SIMPLE),
        ("BOTTLE", "Bottle", "7.00", Kind.SIMPLE),
        ("COURSE", "Course", "6.00", Kind.VIRTUAL),
    ):
        product = get_model("catalogue", "Product").objects.create(
            product_class=kinds[kind is Kind.SIMPLE], title=title, upc=sku, slug=sku.lower(), structure="standalone"
        )
        ProductRecord.objects.create(product=product, kind=kind, tax_class="Taxable Goods" if sku == "TOTE" else "None")
        get_model("partner", "StockRecord").objects.create(
            product=product,
            partner=partner,
            partner_sku=sku,
            price=price,
            price_currency="USD",
            num_in_stock=pieces,
        )
