"""What can go wrong between storefront and engine, sorted by what the caller does next."""

from __future__ import annotations

from enum import StrEnum


class Category(StrEnum):
    """Why the engine refused, in the contract's own words (Magento's `extensions.category`)."""

    INPUT = "graphql-input"
    NO_SUCH_ENTITY = "graphql-no-such-entity"
    AUTHORIZATION = "graphql-authorization"
    AUTHENTICATION = "graphql-authentication"
    ALREADY_EXISTS = "graphql-already-exists"


class EngineUnavailable(Exception):
    """Try again later: the engine does not answer, or not in time."""


class EngineBroken(Exception):
    """A defect: the engine's answer is not what the contract promises. Trying again will not help."""


class Refused(Exception):
    """The engine understood and said no. ``message`` is meant for the shopper."""

    def __init__(self, message: str, category: Category) -> None:
        super().__init__(message)
        self.message = message
        self.category = category

    @property
    def gone(self) -> bool:
        """Whether what was asked for does not exist."""
        return self.category is Category.NO_SUCH_ENTITY

    @property
    def unknown_person(self) -> bool:
        """Whether the engine does not (or no longer) take this shopper for who they say they are."""
        return self.category in (Category.AUTHORIZATION, Category.AUTHENTICATION)
