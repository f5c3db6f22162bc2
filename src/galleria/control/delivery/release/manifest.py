"""The release manifest: frozen values, checked against ``release.schema.json`` on the way in and out."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from galleria.contracts.words import Component
from galleria.control.artifacts.layout import canonical, digest_of
from galleria.control.artifacts.problems import ReleaseRefused

DIGEST: Final = r"^sha256:[0-9a-f]{64}$"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceRevision(_Part):
    """What it was built from."""

    repository: str = Field(min_length=1, max_length=200)
    revision: str = Field(pattern=r"^[0-9a-f]{40}$")
    committed_at: int = Field(ge=0, description="Seconds since 1970, UTC.")


class ContractVersions(_Part):
    """The contract files that its components speak, by digest."""

    commerce: str = Field(pattern=DIGEST)
    control_plane: str = Field(pattern=DIGEST)
    shop_agent: str = Field(pattern=DIGEST)
    instance: str = Field(pattern=DIGEST)


class ReleasedComponent(_Part):
    """One component's artifact."""

    component: Component
    version: str = Field(pattern=r"^[0-9A-Za-z.+-]{1,64}$")
    artifact: str = Field(pattern=DIGEST, description="The artifact's OCI manifest.")
    sbom: str = Field(pattern=DIGEST)
    size: int = Field(gt=0, description="Bytes of all its wheels.")
    migrations: list[str] = Field(description="The engine's own migrations in this artifact, sorted; else empty.")


class Release(_Part):
    """A release. It is named by the digest of its canonical JSON, so the same content is the same release."""

    schema_version: Literal["galleria.release/1"] = "galleria.release/1"
    source: SourceRevision
    contracts: ContractVersions
    components: list[ReleasedComponent] = Field(min_length=1)

    def payload(self) -> bytes:
        """Return the bytes that are signed."""
        return canonical(self.model_dump(mode="json"))

    @property
    def release_id(self) -> str:
        """``rel-`` and the first 12 hex digits of the payload's digest."""
        return f"rel-{digest_of(self.payload())[7:19]}"

    def component(self, component: Component) -> ReleasedComponent | None:
        """Return the part for a component, if the release has one."""
        return next((part for part in self.components if part.component is component), None)


def parse(payload: bytes) -> Release:
    """Read a manifest.

    :raises ReleaseRefused: it is not a release as the schema says, or not in canonical form.
    """
    try:
        release = Release.model_validate_json(payload)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "manifest"
        raise ReleaseRefused(f"The release manifest is not valid: {where}: {first['msg']}.") from error
    if release.payload() != payload:
        raise ReleaseRefused("The release manifest is not in canonical form; it was not made by a release build.")
    return release


def schema() -> dict[str, object]:
    """Return the JSON schema that ``contracts/release.schema.json`` holds."""
    made = Release.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "galleria/release.schema.json", **made}
