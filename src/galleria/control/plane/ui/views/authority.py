"""What the platform can do to a store, and what it can't, each ban with the tests that try it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from galleria.contracts.words import Operation
from galleria.control.plane.ui.views import operations


@dataclass(frozen=True)
class Ban:
    """Something the platform can't do, and the tests that try it and fail."""

    sentence: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Authority:
    """The authority card."""

    can: tuple[str, ...]
    cant: tuple[Ban, ...]


_SURFACE: Final = "tests/boundaries/test_agent_surface.py"
_TOKENS: Final = "tests/boundaries/test_agent_tokens.py"
_PLANE: Final = "tests/boundaries"

BANS: Final = (
    Ban(
        "Open a connection to anything of the store but its agent, or load code that knows a shop or a runtime.",
        (
            f"{_PLANE}/test_plane_connections.py::test_a_full_session_reaches_the_agent_and_nothing_else",
            f"{_PLANE}/test_plane_imports.py::test_the_whole_plane_loads_no_shop_and_no_runtime",
        ),
    ),
    Ban(
        "Keep business data or secrets, even if an agent or a runner let some slip.",
        (
            f"{_PLANE}/test_plane_registry.py::test_there_are_these_columns_and_no_others",
            f"{_PLANE}/test_plane_registry.py::test_what_an_agent_or_a_runner_lets_slip_is_not_kept",
        ),
    ),
    Ban(
        "Read orders, customers or payments: the agent has no address for them, and lets nothing of the trade out.",
        (
            f"{_SURFACE}::test_no_other_path_is_there",
            f"{_SURFACE}::test_nothing_that_the_engine_prints_gets_out",
            f"{_SURFACE}::test_nothing_that_the_shop_answers_gets_out",
        ),
    ),
    Ban(
        "Ask for anything but the seven operations, or send data along with them.",
        (
            f"{_SURFACE}::test_routes_acts_and_client_methods_are_the_operations",
            f"{_SURFACE}::test_no_other_method_is_there",
            f"{_SURFACE}::test_a_body_is_refused",
        ),
    ),
    Ban(
        "Use one store's permission on another, twice, or later than a minute.",
        (
            f"{_TOKENS}::test_a_wrong_token_gets_nothing_done_and_is_audited",
            f"{_TOKENS}::test_a_token_works_once_even_across_a_restart_of_the_agent",
        ),
    ),
)
"""A unit test holds every name in here to a test that exists."""


def authority() -> Authority:
    """The card: the same for every store, since no store gives the platform more."""
    lifecycle = (
        "Provision, start, stop, restart and decommission it as a whole",
        "Move it to a release, or to a configuration that lies with it already, and back to what it ran before",
    )
    asked = tuple(f"{operations.RULES[operation].label} ({operation.value})" for operation in Operation)
    return Authority(can=lifecycle + asked, cant=BANS)
