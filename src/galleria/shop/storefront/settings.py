"""How this storefront is set up: read once at the start, from the command line and the store's own configuration."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from galleria.contracts.instance import parse_env
from galleria.contracts.secret import SecretValue
from galleria.shop.storefront.data.engine import EngineAddress


@dataclass(frozen=True)
class Settings:
    """What the storefront needs to know, and no more of the configuration than that."""

    store_id: str
    store_name: str
    public_url: str
    theme: str
    session_secret: SecretValue
    engine: EngineAddress
    cache_folder: Path

    @property
    def secure(self) -> bool:
        """Whether shoppers come over TLS."""
        return self.public_url.startswith("https://")


def read(store_dir: Path, engine: str, config_file: Path | None = None) -> Settings:
    """Return the settings of the store that lives in ``store_dir``, by its `.env` or the file ``config_file``.

    Raises:
        ContractBroken: the configuration is not valid; its key is named.
        OSError: it can't be read.
        ValueError: ``engine`` is no address of an engine.
    """
    config = parse_env((config_file or store_dir / ".env").read_text(encoding="utf-8"))
    return Settings(
        store_id=config.store_id,
        store_name=config.store_name,
        public_url=config.public_url,
        theme=config.theme,
        session_secret=config.session_secret,
        engine=EngineAddress.parse(engine, urlsplit(config.public_url).netloc),
        cache_folder=store_dir / "data" / "cache" / "storefront",
    )
