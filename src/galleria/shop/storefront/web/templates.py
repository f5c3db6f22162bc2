"""The templates, with what they may call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from galleria.shop.storefront.web import pictures, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PACKAGE: Final = "galleria.shop.storefront"


def environment() -> Environment:
    """Return the templates' environment: everything is escaped, and a name that does not exist is an error."""
    made = Environment(
        loader=PackageLoader(PACKAGE, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.filters.update(
        money=texts.money,
        clean=texts.clean,
        plain=texts.plain,
        priced=texts.priced,
        day=texts.day,
        country=texts.country,
        number=texts.number,
        srcset=pictures.srcset,
        vector=pictures.is_vector,
        picture=pictures.address,
    )
    made.globals.update(picture=pictures.address)
    return made


class Templates:
    """Draws pages."""

    def __init__(self, shared: Mapping[str, object], filters: Mapping[str, Callable[..., object]]) -> None:
        self._environment = environment()
        self._environment.globals.update(shared)
        self._environment.filters.update(filters)

    def draw(self, name: str, values: Mapping[str, object]) -> str:
        """Return the text of a template."""
        return self._environment.get_template(name).render(values)

    def warm(self) -> None:
        """Compile every template, so that no shopper waits for it."""
        for name in self._environment.list_templates():
            self._environment.get_template(name)
