"""A saved product is fresh on the next request; nothing of a customer's or a cart's is ever kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from galleria.shop.engine.graphql.app import GraphQLApp, GraphQLRequest
    from galleria.shop.engine.project import Project


@pytest.fixture
def page(app: GraphQLApp) -> Iterator[str]:
    """A page that is really saved, since only what is committed is told."""
    from django.contrib.flatpages.models import FlatPage

    made = FlatPage.objects.create(url="/fresh/", title="Before")
    yield "fresh"
    FlatPage.objects.filter(pk=made.pk).delete()


def request(query: str) -> GraphQLRequest:
    from galleria.shop.engine.graphql.app import GraphQLRequest

    return GraphQLRequest(query)


def test_a_public_answer_is_kept_until_what_it_shows_is_saved(app: GraphQLApp, page: str) -> None:
    from django.contrib.flatpages.models import FlatPage

    asked = request(f'{{cmsPage(identifier:"{page}"){{title}}}}')
    assert app.cached(asked) is None
    assert b"Before" in app.execute(asked).body
    assert app.cached(asked) is not None
    saved = FlatPage.objects.get(url="/fresh/")
    saved.title = "After"
    saved.save()
    assert app.cached(asked) is None
    assert b"After" in app.execute(asked).body


def test_what_is_rolled_back_drops_nothing(app: GraphQLApp, page: str) -> None:
    from django.contrib.flatpages.models import FlatPage
    from django.db import transaction

    asked = request(f'{{cmsPage(identifier:"{page}"){{title}}}}')
    app.execute(asked)
    with transaction.atomic():
        FlatPage.objects.get(url="/fresh/").save()
        transaction.set_rollback(True)
    assert app.cached(asked) is not None


def test_the_agents_flush_from_another_process_empties_it(app: GraphQLApp, store: Project, page: str) -> None:
    from galleria.shop.engine.graphql.cache import Generation

    asked = request(f'{{cmsPage(identifier:"{page}"){{title}}}}')
    app.execute(asked)
    Generation(store.cache).bump()
    assert app.cached(asked) is None


def test_a_theme_that_the_merchant_chooses_is_there_on_the_next_request(app: GraphQLApp) -> None:
    from galleria.contracts.themes import THEME_BLOCK
    from galleria.shop.engine.graphql.records.models import CmsBlock
    from galleria.shop.engine.merchant import theme

    asked = request(f'{{cmsBlocks(identifiers:["{THEME_BLOCK}"]){{items{{content}}}}}}')
    try:
        assert b'"items":[null]' in app.execute(asked).body.replace(b" ", b"")
        for name in ("lively", "quiet"):
            theme.choose(name)
            assert app.cached(asked) is None
            assert f'"content":"{name}"'.encode() in app.execute(asked).body.replace(b" ", b"")
    finally:
        CmsBlock.objects.filter(identifier=THEME_BLOCK).delete()


@pytest.mark.parametrize(
    "query",
    [
        "{customer{email}}",
        "{customerCart{id}}",
        '{cart(cart_id:"x"){id}}',
        "{storeConfig{store_code} customer{email}}",
        "{...f} fragment f on Query{customer{email}}",
        '{isEmailAvailable(email:"a@example.com"){is_email_available}}',
        "mutation{createEmptyCart}",
    ],
)
def test_what_is_not_everybodys_is_never_kept(app: GraphQLApp, query: str) -> None:
    asked = request(query)
    answer = app.execute(asked)
    assert answer.etag is None
    assert app.cached(asked) is None


def test_every_public_root_field_is_a_query_of_the_contract(app: GraphQLApp) -> None:
    from galleria.shop.engine.graphql.app import PUBLIC_ROOTS
    from galleria.shop.engine.graphql.schema import executable_schema

    known = executable_schema().query_type
    assert known is not None
    private = {"cart", "compareList", "customer", "guestOrder", "isEmailAvailable", "wishlist"}
    personal = {name for name in known.fields if name.startswith(("customerC", "customerD", "customerO", "customerP"))}
    assert set(known.fields) - private - personal - {"guestOrderByToken"} == {
        name for name in PUBLIC_ROOTS if not name.startswith("__")
    }
