"""What a resolver may refuse with. The category is what a client decides by; the message is for people."""

from __future__ import annotations

from enum import StrEnum


class Category(StrEnum):
    """``errors[].extensions.category``: Magento's words."""

    INPUT = "graphql-input"
    NO_SUCH_ENTITY = "graphql-no-such-entity"
    AUTHORIZATION = "graphql-authorization"
    AUTHENTICATION = "graphql-authentication"
    ALREADY_EXISTS = "graphql-already-exists"


class Refused(Exception):
    """A request that can't be answered, with the reason a shopper may read."""

    category = Category.INPUT

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(Refused):
    """What was asked breaks a rule: ask differently."""


class InvalidValues(InvalidInput):
    """Several rules broken at once: one entry of ``errors`` each, without path or location, as Magento's model does."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__(" ".join(messages))
        self.messages = messages


class NoSuchEntity(Refused):
    """What was named is not there."""

    category = Category.NO_SUCH_ENTITY


class NotAuthorized(Refused):
    """Nobody is signed in, or it belongs to another person."""

    category = Category.AUTHORIZATION


class NotAuthenticated(Refused):
    """The credentials are wrong."""

    category = Category.AUTHENTICATION


class AlreadyExists(Refused):
    """It is there already."""

    category = Category.ALREADY_EXISTS


class RequestRefused(Exception):
    """A request that is refused before anything runs. ``status`` is the HTTP status; ``category`` may be absent."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        category: Category | None = Category.INPUT,
        locations: list[dict[str, int]] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.category = category
        self.locations = locations
        self.retry_after = retry_after
