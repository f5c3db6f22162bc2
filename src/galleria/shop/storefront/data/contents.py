"""The merchant's own pages, and what shoppers write to the shop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from galleria.shop.storefront.data import reading
from galleria.shop.storefront.data.engine import as_customer
from galleria.shop.storefront.data.errors import Refused
from galleria.shop.storefront.data.values import TextPage

if TYPE_CHECKING:
    from galleria.shop.storefront.data.cache import AnswerCache
    from galleria.shop.storefront.data.engine import Engine

PAGE_SECONDS: Final = 5.0
FOOTER_SECONDS: Final = 60.0


class Contents:
    """Words, in both directions."""

    def __init__(self, engine: Engine, cache: AnswerCache) -> None:
        self._engine = engine
        self._cache = cache

    async def page(self, identifier: str) -> TextPage | None:
        """Return a page of the merchant's, or None when there is none."""
        return await self._cache.get(("page", identifier), PAGE_SECONDS, lambda: self._load_page(identifier))

    async def footer(self) -> tuple[tuple[str, str], ...]:
        """Return the pages that a footer leads to, as path and title: those of the usual ones that the merchant has.

        The contract has no list of pages. The usual ones are Magento's own and what most shops call theirs.
        """
        return await self._cache.get("footer", FOOTER_SECONDS, self._load_footer, rather_old=True)

    async def write_to_shop(self, name: str, email: str, telephone: str, comment: str) -> None:
        """Send the shop a message."""
        from galleria.shop.storefront.client.input_types import ContactUsInput

        given = ContactUsInput(name=name, email=email, telephone=telephone or None, comment=comment)
        await self._engine.ask(lambda client: client.contact_us(given))

    async def subscribe(self, email: str) -> None:
        """Ask for the newsletter."""
        await self._engine.ask(lambda client: client.subscribe(email))

    async def review(self, token: str | None, sku: str, stars: int, words: tuple[str, str, str]) -> None:
        """Write a review: ``stars`` 1 to 5, ``words`` are nickname, summary and text."""
        from galleria.shop.storefront.client.input_types import CreateProductReviewInput, ProductReviewRatingInput

        kinds = (await self._engine.read(lambda client: client.rating_kinds())).product_review_ratings_metadata
        ratings = [
            ProductReviewRatingInput(id=kind.id, value_id=value.value_id)
            for kind in reading.there(kinds.items)
            for value in reading.there(kind.values)
            if value.value == str(stars)
        ]
        given = CreateProductReviewInput(
            sku=sku, nickname=words[0], summary=words[1], text=words[2], ratings=list(ratings)
        )
        await self._engine.ask(lambda client: client.write_review(given, headers=as_customer(token)))

    async def _load_footer(self) -> tuple[tuple[str, str], ...]:
        from galleria.shop.storefront.client.footer_pages import FooterPages

        found = await self._engine.read_some(lambda client: client.footer_pages(), FooterPages.model_validate)
        pages = (found.about, found.shipping, found.returns, found.care, found.service, found.terms, found.privacy)
        return tuple((f"/{page.identifier}", reading.text(page.title)) for page in pages if page and page.identifier)

    async def _load_page(self, identifier: str) -> TextPage | None:
        try:
            found = (await self._engine.read(lambda client: client.page(identifier))).cms_page
        except Refused as refused:
            if refused.gone:
                return None
            raise
        if found is None:
            return None
        title = reading.text(found.title)
        return TextPage(
            found.identifier or identifier,
            reading.text(found.meta_title) or title,
            reading.text(found.content_heading) or title,
            reading.text(found.meta_description),
            found.content or "",
        )
