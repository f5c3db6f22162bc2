"""What an operator may do to a whole store: when it is offered, what it will change and what it won't.

The sentences are the contract with the person who presses the button; they describe the runner's workflows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from galleria.contracts.wire import DeploymentSummary, Store
from galleria.contracts.words import DeploymentKind, Role, StoreState, Wanted
from galleria.control.plane.ui.views import moves, summaries


class Act(StrEnum):
    """The acts, as the last part of their page's address."""

    RETRY = "retry"
    START = "start"
    RESTART = "restart"
    STOP = "stop"
    DECOMMISSION = "decommission"


@dataclass(frozen=True)
class Rules:
    """What is always true of an act. ``{store}`` and ``{host}`` are filled in."""

    label: str
    kind: DeploymentKind
    role: Role
    will: tuple[str, ...]
    wont: tuple[str, ...]
    asks_for_id: bool = False


_DATA_STAYS: Final = "No product, order, customer or setting of the store: its data stays as it is."
_OTHERS_STAY: Final = "No other store notices anything."

RULES: Final[Mapping[Act, Rules]] = {
    Act.RETRY: Rules(
        label="Retry provisioning",
        kind=DeploymentKind.PROVISION,
        role=Role.OPERATOR,
        will=(
            "Provisions {store} again from the first stage, with the same wishes as before.",
            "Opens its door at {host} only after the smoke run has passed.",
        ),
        wont=("The failed deployment and its evidence stay in the history.", _OTHERS_STAY),
    ),
    Act.START: Rules(
        label="Start",
        kind=DeploymentKind.START,
        role=Role.OPERATOR,
        will=(
            "Starts engine, storefront and shop agent of {store} from its current revision.",
            "Runs smoke, then opens its door at {host}. If smoke fails, {store} is stopped again.",
        ),
        wont=(_DATA_STAYS, "The revision stays the same.", _OTHERS_STAY),
    ),
    Act.RESTART: Rules(
        label="Restart",
        kind=DeploymentKind.RESTART,
        role=Role.OPERATOR,
        will=(
            "Stops engine, storefront and shop agent of {store} and starts them again.",
            "Shoppers meet a page that says so (503) until it is back.",
        ),
        wont=(_DATA_STAYS, "Carts are kept; the revision stays the same.", _OTHERS_STAY),
    ),
    Act.STOP: Rules(
        label="Stop",
        kind=DeploymentKind.STOP,
        role=Role.OPERATOR,
        will=(
            "Stops engine, storefront and shop agent of {store}, and keeps them stopped until somebody starts it.",
            "Shoppers at {host} meet a page that says so (503). Operations can't run while it is stopped.",
        ),
        wont=(_DATA_STAYS, "Its place, its name and its revision are kept.", _OTHERS_STAY),
    ),
    Act.DECOMMISSION: Rules(
        label="Decommission",
        kind=DeploymentKind.DECOMMISSION,
        role=Role.ADMIN,
        will=(
            "Stops {store}, closes its door at {host}, and deletes its folder with everything in it: "
            "catalogue, orders, customers, pictures, secrets.",
            "This can't be taken back from here. Only a backup of the store's folder brings the data back.",
        ),
        wont=("The audit and the deployments of {store} stay readable.", _OTHERS_STAY),
        asks_for_id=True,
    ),
}


def possible(act: Act, store: Store) -> bool:
    """Say whether the act makes sense for the store as it is. The plane decides again when it is asked."""
    if store.state in (StoreState.DEPLOYING, StoreState.REMOVED):
        return False
    unborn = store.revision is None
    if act is Act.RETRY:
        return unborn and store.last_deployment is not None and store.last_deployment.status.final
    if act is Act.DECOMMISSION:
        return True
    if unborn:
        return False
    return (act is Act.START) == (store.wanted is Wanted.STOPPED)


@dataclass(frozen=True)
class Offer:
    """A link to an act's page. At most one of a store's is primary."""

    label: str
    href: str
    primary: bool
    danger: bool


def offers(store: Store, role: Role) -> tuple[Offer, ...]:
    """The acts that this person can do to the store as it is, most needed first."""
    able = [act for act in Act if possible(act, store) and role.includes(RULES[act].role)]
    return _moves(store, role) + tuple(
        Offer(
            label=RULES[act].label,
            href=f"/stores/{store.store_id}/{act.value}",
            primary=index == 0 and act in (Act.RETRY, Act.START),
            danger=RULES[act].asks_for_id,
        )
        for index, act in enumerate(able)
    )


def _moves(store: Store, role: Role) -> tuple[Offer, ...]:
    """Roll back and deploy, which have pages of their own."""
    if not (moves.movable(store) and role.includes(Role.OPERATOR)):
        return ()
    here = f"/stores/{store.store_id}"
    deploy = Offer("Deploy", f"{here}/deploy", primary=False, danger=False)
    back = Offer("Roll back", f"{here}/rollback", primary=False, danger=False)
    ran_another = store.revision is not None and store.revision.number > 1
    return (back, deploy) if ran_another else (deploy,)


def why_no_acts(store: Store, role: Role) -> str | None:
    """Say why nothing is offered; None if something is."""
    if offers(store, role):
        return None
    if store.state is StoreState.REMOVED:
        return "This store was decommissioned. Its history stays."
    if store.state is StoreState.DEPLOYING:
        return "A deployment is at work on this store. The next act can be asked for when it has ended."
    return "You are signed in as a viewer. Acts need a token with the operator role."


@dataclass(frozen=True)
class Confirmation:
    """The page before an act: exactly what will change and what won't."""

    act: str
    store_id: str
    store_href: str
    title: str
    button: str
    will: tuple[str, ...]
    wont: tuple[str, ...]
    last_time: str | None
    asks_for_id: bool
    version: int
    impossible: str | None


def confirmation(act: Act, store: Store, earlier: DeploymentSummary | None) -> Confirmation:
    """Describe the act on this store. ``earlier`` is the last finished deployment of the same kind, if any."""
    rules = RULES[act]
    names = {"store": store.store_id, "host": store.host}
    return Confirmation(
        act=act.value,
        store_id=store.store_id,
        store_href=f"/stores/{store.store_id}",
        title=f"{rules.label} {store.store_id}" if act is not Act.RETRY else f"Retry provisioning {store.store_id}",
        button=f"{rules.label} {store.store_id}" if act is not Act.RETRY else "Retry provisioning",
        will=tuple(sentence.format(**names) for sentence in rules.will),
        wont=tuple(sentence.format(**names) for sentence in rules.wont),
        last_time=summaries.last_time(earlier),
        asks_for_id=rules.asks_for_id,
        version=store.version,
        impossible=None if possible(act, store) else _impossible(act, store),
    )


def _impossible(act: Act, store: Store) -> str:
    if store.state is StoreState.DEPLOYING:
        return "A deployment is at work on this store. Wait until it has ended, then ask again."
    if store.state is StoreState.REMOVED:
        return "This store was decommissioned."
    if act is Act.RETRY:
        return "There is no failed provisioning to retry."
    if store.revision is None:
        return "This store has no revision yet. Retry its provisioning first."
    return "It is stopped already." if store.wanted is Wanted.STOPPED else "It is meant to run already."
