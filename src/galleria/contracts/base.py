"""What every type on the wire builds on."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from galleria.contracts.words import RELEASE_ID_PATTERN, STORE_ID_PATTERN

StoreId = Annotated[str, Field(pattern=STORE_ID_PATTERN, examples=["shop-001"])]
ReleaseId = Annotated[str, Field(pattern=RELEASE_ID_PATTERN, examples=["rel-0123456789ab"])]


class Request(BaseModel):
    """Something sent to us: frozen, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Answer(BaseModel):
    """Something we send: frozen, and a reader ignores what it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
