"""CMS pages and blocks: Django's flat pages, and the blocks beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ariadne import QueryType
from django.contrib.flatpages.models import FlatPage

from galleria.shop.engine.graphql.errors import InvalidInput, NoSuchEntity
from galleria.shop.engine.graphql.records.models import CmsBlock, CmsPageRecord

if TYPE_CHECKING:
    from graphql import GraphQLResolveInfo

query = QueryType()

_LONGEST_NUMBER: Final = 9


def page_by_identifier(identifier: str) -> FlatPage | None:
    """Return the page whose address is ``/identifier/``, None when there is none."""
    wanted = identifier.strip("/")
    return FlatPage.objects.filter(url=f"/{wanted}/").select_related("record").first()


def page_value(page: FlatPage) -> dict[str, object]:
    """Return the contract's ``CmsPage``."""
    identifier = page.url.strip("/")
    record = getattr(page, "record", None) or CmsPageRecord(page=page)
    return {
        "__typename": "CmsPage",
        "identifier": identifier,
        "url_key": identifier,
        "title": page.title,
        "content_heading": record.content_heading or page.title,
        "content": page.content,
        "meta_title": record.meta_title,
        "meta_keywords": record.meta_keywords,
        "meta_description": record.meta_description,
        "page_layout": record.page_layout,
        "redirect_code": 0,
        "relative_url": identifier,
        "type": "CMS_PAGE",
    }


@query.field("cmsPage")
def resolve_page(
    _parent: object,
    info: GraphQLResolveInfo,
    id: int | None = None,
    identifier: str | None = None,
) -> dict[str, object]:
    """Answer ``cmsPage`` by identifier or id."""
    if id is None and identifier is None:
        raise InvalidInput('"Page id/identifier should be specified')
    if id is not None:
        page = FlatPage.objects.filter(pk=id).select_related("record").first()
    else:
        page = page_by_identifier(str(identifier))
    info.context.tag("pages")
    if page is None:
        raise NoSuchEntity(f'The CMS page with the "{identifier if id is None else id}" ID doesn\'t exist.')
    return page_value(page)


@query.field("cmsBlocks")
def resolve_blocks(
    _parent: object, info: GraphQLResolveInfo, identifiers: list[str | None] | None = None
) -> dict[str, object]:
    """Answer ``cmsBlocks`` by identifier or id: an unknown one is an error at its place, the others are answered."""
    if not identifiers:
        raise InvalidInput('"identifiers" of CMS blocks should be specified')
    info.context.tag("pages")
    named = [i for i in identifiers if i and not i.isdecimal()]
    found = {b.identifier: b for b in CmsBlock.objects.filter(identifier__in=named)}
    numbers = [int(i) for i in identifiers if i and i.isdecimal() and len(i) <= _LONGEST_NUMBER]
    found |= {str(b.pk): b for b in CmsBlock.objects.filter(pk__in=numbers)}
    return {"items": [_block(found, identifier or "") for identifier in identifiers]}


def block_by_identifier(identifier: str) -> dict[str, object] | None:
    """Return the contract's ``CmsBlock``, None when there is none."""
    block = CmsBlock.objects.filter(identifier=identifier).first()
    return None if block is None else _block({identifier: block}, identifier)  # type: ignore[return-value]


def _block(found: dict[str, CmsBlock], identifier: str) -> object:
    block = found.get(identifier)
    if block is None:
        return NoSuchEntity(f'The CMS block with the "{identifier}" ID doesn\'t exist.')
    return {"identifier": block.identifier, "title": block.title, "content": block.content}


BINDABLES = (query,)
