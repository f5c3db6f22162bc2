"""How the engine says that nothing public has changed, so that a storefront may show again what it has.

An addition to the commerce contract in HTTP, not in GraphQL: a Magento does not send it, and whoever does not know it
passes it over.
"""

from __future__ import annotations

from typing import Final

GENERATION_HEADER: Final = "x-galleria-generation"
"""Header of every answer to a query: an opaque word that is another one after any change of what the public may see.

It is read before the answer is made. Two answers with the same word: nothing public changed between them.
"""
