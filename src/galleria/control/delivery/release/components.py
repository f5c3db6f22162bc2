"""What each component is made of: its packages, its lock, how it is started."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from galleria.contracts.words import Component

_SHARED: Final = ("contracts", "observability")
_SERVED: Final = (*_SHARED, "serving")


@dataclass(frozen=True)
class Parts:
    """The parts of one component. Packages are folders below ``galleria``; the lock is a file in ``requirements``."""

    packages: tuple[str, ...]
    lock: str
    module: str
    """What ``python -m`` starts."""


PARTS: Final[dict[Component, Parts]] = {
    Component.CONTROL_PLANE: Parts(
        (*_SERVED, "control/plane", "control/registry", "control/audit", "control/clients"),
        "plane.txt",
        "galleria.control.plane",
    ),
    Component.RUNNER: Parts(
        (*_SHARED, "control/delivery", "control/artifacts", "control/runtimes", "control/gateway", "control/secrets"),
        "runner.txt",
        "galleria.control.delivery",
    ),
    Component.SHOP_AGENT: Parts((*_SERVED, "shop/agent"), "agent.txt", "galleria.shop.agent"),
    Component.ENGINE: Parts((*_SERVED, "shop/engine"), "engine.txt", "galleria.shop.engine"),
    Component.STOREFRONT: Parts((*_SERVED, "shop/storefront"), "storefront.txt", "galleria.shop.storefront"),
}
"""A component's artifact holds these packages and no more, so that a change elsewhere leaves its digest as it was."""


def included_files(component: Component) -> tuple[str, ...]:
    """Return what of the source tree goes into the component's wheel, as paths below ``src``."""
    folders = PARTS[component].packages
    parents = sorted({f"galleria/{folder.split('/')[0]}/__init__.py" for folder in folders if "/" in folder})
    return ("galleria/__init__.py", "galleria/py.typed", *parents, *(f"galleria/{folder}" for folder in folders))
