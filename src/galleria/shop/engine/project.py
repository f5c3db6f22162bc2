"""The engine as a Django project: what a store's configuration means for Django and Oscar, set up once a process."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from galleria.contracts import instance
from galleria.contracts.secret import SecretValue
from galleria.shop.engine.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from galleria.contracts.instance import InstanceConfig

_SQLITE: Final = "sqlite:///"
_BUSY_SECONDS: Final = 20
_SESSION_SECONDS: Final = 12 * 3600


@dataclass(frozen=True, slots=True)
class Project:
    """One store as the engine sees it. ``folder`` is the store's, ``data`` in it all that changes while it trades."""

    folder: Path
    data: Path
    store_id: str
    store_name: str
    host: str
    public_url: str
    currency: str
    locale: str
    country: str
    merchant_email: str
    theme: str
    database_url: SecretValue
    secret_key: SecretValue

    @property
    def media(self) -> Path:
        """Pictures and files, served as ``/media/``."""
        return self.data / "media"

    @property
    def downloads(self) -> Path:
        """Files that are sold or shown before buying. Apart from the media folder, which anybody may read."""
        return self.data / "downloads"

    @property
    def index(self) -> Path:
        """The catalogue index: one folder a build, and the name of the current one."""
        return self.data / "index"

    @property
    def cache(self) -> Path:
        """What the serving process and the commands tell each other about cached answers."""
        return self.data / "cache"

    @property
    def merchant_login(self) -> Path:
        """Where the merchant's first password is kept, mode 0600."""
        return self.folder / "merchant-login"


def read(folder: Path, config: Path | None = None) -> Project:
    """Return the project of the store in ``folder``, by the configuration in the file ``config``, else in its ``.env``.

    Raises Problem when the file is not there, and ContractBroken when a key of it is wrong.
    """
    file = config or folder / ".env"
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        raise Problem(f"{file.name} is missing in the store's folder: provision the store first.") from None
    return of_config(folder, instance.parse_env(text))


def of_config(folder: Path, config: InstanceConfig) -> Project:
    """Return the project that a checked configuration stands for."""
    return Project(
        folder=folder,
        data=folder / "data",
        store_id=config.store_id,
        store_name=config.store_name,
        host=config.store_host,
        public_url=config.public_url,
        currency=config.currency,
        locale=config.locale,
        country=config.country,
        merchant_email=config.merchant_email,
        theme=config.theme,
        database_url=config.database_url,
        secret_key=config.secret_key,
    )


def of_template(folder: Path, database_url: str = "sqlite:///engine.db") -> Project:
    """Return the project that a template is made with in ``folder``: no store's yet, its key signs nothing for long."""
    return Project(
        folder=folder,
        data=folder,
        store_id="template",
        store_name="Galleria",
        host="template.localhost",
        public_url="http://template.localhost",
        currency="EUR",
        locale="en_US",
        country="US",
        merchant_email="",
        theme="quiet",
        database_url=SecretValue(database_url),
        secret_key=SecretValue(os.urandom(48).hex()),
    )


def setup(project: Project) -> None:
    """Set Django up for ``project``, once a process. A second call with the same project does nothing.

    Raises Problem when the process already serves another store: an engine process belongs to exactly one.
    """
    import django
    from django.conf import settings

    from galleria.shop.engine.django_settings import django_settings

    if settings.configured:
        if project != settings.GALLERIA:
            raise Problem("This process already belongs to another store.")
        return
    settings.configure(**django_settings(project))
    with _without("psycopg", when=project.database_url.reveal().startswith(_SQLITE)):
        django.setup()


@contextmanager
def _without(module: str, *, when: bool) -> Iterator[None]:
    """Keep a library from being loaded meanwhile: a part of the admin takes it along (10 MB) where nobody needs it."""
    absent = when and module not in sys.modules
    if absent:
        sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if absent:
            del sys.modules[module]


def current() -> Project:
    """Return the project that this process was set up for."""
    from django.conf import settings

    found = settings.GALLERIA
    assert isinstance(found, Project)  # noqa: S101 - setup() is the one place that sets it
    return found


def database(project: Project) -> dict[str, object]:
    """Return Django's entry of ``DATABASES`` for the store's database address.

    Raises Problem for an address of another kind; the message does not repeat it, since it may hold a password.
    """
    url = project.database_url.reveal()
    if url.startswith(_SQLITE):
        return _sqlite(project.folder / url.removeprefix(_SQLITE))
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgresql+psycopg") or not parts.path.strip("/"):
        raise Problem("GALLERIA_DATABASE_URL is neither sqlite:///path nor postgresql://user:password@host/name.")
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(options.pop("host", "") or parts.hostname or ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": {key: unquote(value) for key, value in options.items()},
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def _sqlite(file: Path) -> dict[str, object]:
    pragmas = (
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=NORMAL",
        "PRAGMA cache_size=-8000",
        "PRAGMA temp_store=MEMORY",
        "PRAGMA mmap_size=134217728",
    )
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",  # a reader that turns writer would fail at once instead of waiting
            "timeout": _BUSY_SECONDS,
            "init_command": ";".join(pragmas),
        },
        "CONN_MAX_AGE": None,
    }
