"""The themes that come with the platform, and how a merchant's choice travels.

The storefront knows its engine only by the commerce contract, which has no field for a theme. The choice is therefore
the content of a CMS block: in the embedded engine the merchant's admin writes it, in a Magento the merchant makes such
a block. Without the block the store's configuration decides (`GALLERIA_THEME`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

THEME_BLOCK: Final = "galleria-theme"
"""Identifier of the CMS block whose content is a theme's name."""


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme: its name in the configuration, and what to tell a merchant of it."""

    name: str
    title: str
    description: str


THEMES: Final = (
    Theme("quiet", "Quiet", "Large pictures, much air, serif headings. For few things that are looked at for long."),
    Theme("lively", "Lively", "Grid first, dense, strong prices and badges. For many things that are compared."),
)
