"""How a store moves to a release: the list of steps, read like a page, and those that only this kind has.

Everything up to `PrepareTheFreeSlot` only looks. From there to `Switch` everything happens beside what shoppers meet.
"""

from __future__ import annotations

from dataclasses import dataclass

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import Revision
from galleria.contracts.words import STORE_COMPONENTS, Component, RollbackClass, Stage
from galleria.control.delivery import slots, standing
from galleria.control.delivery.faults import GiveUp
from galleria.control.delivery.moving import Move, artifacts_of, places
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.records import InstanceRecord
from galleria.control.delivery.release.manifest import Release
from galleria.control.delivery.steps import Done, Step, Work
from galleria.control.delivery.verification.contracts import breaks
from galleria.control.runtimes.port import Artifact, MigrationPlan


def deploy(parts: Parts) -> tuple[Step, ...]:
    """List the steps from what a store runs to what a release holds."""
    return (
        ReadWhatIsWanted(parts),
        FetchTheArtifacts(parts),
        VerifyTheRelease(parts),
        CheckTheContracts(parts),
        ClassifyTheMigrations(parts),
        CheckThePromotion(parts),
        slots.PrepareTheFreeSlot(parts),
        slots.Migrate(parts),
        slots.StartTheFreeSlot(parts),
        slots.WaitUntilTheSlotIsHealthy(parts),
        slots.SmokeTheNewSlot(parts),
        slots.SmokeThroughAnUnseenDoor(parts),
        slots.Switch(parts),
        slots.SmokeThroughThePublicDoor(parts),
        slots.Watch(parts),
        slots.KeepTheOldSlotWarm(parts),
        slots.RecordTime(parts),
    )


@dataclass(frozen=True)
class ReadWhatIsWanted(Step):
    """Say what changes, from which source revision, for which components, by whom."""

    parts: Parts
    stage = Stage.INTAKE
    name = "read what is wanted"

    def run(self, work: Work) -> Done:
        record = standing.known(self.parts, work)
        release = self.parts.releases.find(_release_id(work))
        move = standing.begun(record, work) or standing.settled(record, work) or self._new_move(work, record, release)
        facts = work.facts.model_copy(update={"begun_at": self.parts.clock.now(), "move": move})
        return Done(_what_changes(work, release, move), facts)

    def _new_move(self, work: Work, record: InstanceRecord, release: Release) -> Move:
        if release.release_id in record.quarantined:
            raise GiveUp(
                f"{release.release_id} failed on {work.store_id} or was taken back there, so it is quarantined. "
                "Deploy another one, or go to its revision by number: galleria rollback --to N.",
                code=ErrorCode.RELEASE_QUARANTINED,
            )
        origin = record.revision(record.current)
        if origin is None:
            raise GiveUp(f"Nobody knows what {work.store_id} runs.", code=ErrorCode.REVISION_NOT_FOUND)
        wanted = artifacts_of(origin) | _chosen(work, release)
        live = self.parts.runtime.placements(work.store_id).live
        closed = slots.door_is_closed(self.parts, work.store_id)
        placements = places(live, wanted, origin.config_version, whole=closed)
        if not placements:
            return Move(origin=origin, goal=origin, placements=())
        goal = Revision(
            number=work.claim.revision_number,
            artifacts={component: each.digest for component, each in wanted.items()},
            versions={component: each.version for component, each in wanted.items()},
            release_id=release.release_id,
            config_version=origin.config_version,
            secret_version=origin.secret_version,
            schema_level=origin.schema_level,
            healthy=False,
            came_from=origin.number,
            since=self.parts.clock.now(),
        )
        return Move(origin=origin, goal=goal, placements=placements, closed=closed)


@dataclass(frozen=True)
class FetchTheArtifacts(Step):
    """See that every artifact is here and is what its digest says. Building one is not done here, but in CI.

    What nobody trusted signed is not even unpacked. Verification, which is next, refuses it and says why.
    """

    parts: Parts
    stage = Stage.BUILD
    name = "fetch the artifacts"

    def run(self, work: Work) -> Done:
        if work.claim.deploy is not None:
            try:
                self.parts.releases.check_signature(work.claim.deploy.release_id)
            except GiveUp:
                return Done("Nothing is unpacked: the release is not signed as it must be.", work.facts)
        move = slots.move_of(work)
        fetched = [
            f"{each.component} {each.artifact.digest[:19]}"
            for each in move.placements
            if self.parts.runtime.fetch_artifact(each.component, each.artifact)
        ]
        if not fetched:
            return Done("Every artifact is here already.", work.facts)
        return Done(f"Unpacked and compiled: {', '.join(fetched)}.", work.facts)


@dataclass(frozen=True)
class VerifyTheRelease(Step):
    """Check who signed it, that it is whole, and that it says what is in it."""

    parts: Parts
    stage = Stage.VERIFICATION
    name = "verify the release"

    def run(self, work: Work) -> Done:
        verified = self.parts.releases.verify(_release_id(work))
        source = verified.release.source
        return Done(
            f"Signed by {verified.signed_by[:12]}, built from {source.repository} {source.revision[:12]}; "
            f"{verified.blobs} blobs are what their digests say, each component has its SBOM.",
            work.facts,
        )


@dataclass(frozen=True)
class CheckTheContracts(Step):
    """Refuse what the store's other components, and the platform, could not talk to."""

    parts: Parts
    stage = Stage.VERIFICATION
    name = "check the contracts"

    def run(self, work: Work) -> Done:
        move, releases = slots.move_of(work), self.parts.releases
        spoken = {component: releases.contracts(move.goal.artifacts[component]) for component in STORE_COMPONENTS}
        written = releases.contracts(move.origin.artifacts[Component.ENGINE])
        found = breaks(spoken, releases.own_contracts(), written)
        if found:
            more = f" And {len(found) - 3} more." if len(found) > 3 else ""
            raise GiveUp(f"{' '.join(found[:3])}{more}", code=ErrorCode.CONTRACT_BROKEN)
        return Done("Engine, storefront, shop agent and control plane understand each other.", work.facts)


@dataclass(frozen=True)
class ClassifyTheMigrations(Step):
    """Say, before anything happens, whether there is a way back."""

    parts: Parts
    stage = Stage.VERIFICATION
    name = "classify the migrations"

    def run(self, work: Work) -> Done:
        move, facts = slots.move_of(work), work.facts.model_copy(update={"classified": True})
        if standing.moving_of(self.parts, work):
            # Asked again, the engine may know no more of what it changed: the class is what it was before that.
            return Done(_class_sentence(move.rollback_class, len(move.pending)), facts)
        artifact = move.artifact(Component.ENGINE)
        if artifact is None or slots.is_live(self.parts, work.store_id, move):
            return Done(f"Class {move.rollback_class}: the database stays as it is.", facts)
        plan = self.parts.runtime.plan_migrations(work.store_id, artifact)
        doubts = [_left_behind(standing.known(self.parts, work), plan)]
        if plan.rollback_class is RollbackClass.C:
            doubts.append(f"Class C, there is no way back: {' '.join(plan.reasons)}")
        if any(doubts) and not (work.claim.deploy and work.claim.deploy.accept_irreversible):
            said = " ".join(filter(None, doubts))
            again = "Ask again with --accept-irreversible if that is what you want."
            raise GiveUp(f"{said} {again}", code=ErrorCode.IRREVERSIBLE)
        goal = move.goal.model_copy(update={"schema_level": plan.level})
        classified = {"rollback_class": plan.rollback_class, "pending": plan.pending, "goal": goal}
        facts = facts.model_copy(update={"move": move.model_copy(update=classified)})
        return Done(_class_sentence(plan.rollback_class, len(plan.pending)), facts)


@dataclass(frozen=True)
class CheckThePromotion(Step):
    """Only what was promoted for this environment runs here. Promoted, never rebuilt."""

    parts: Parts
    stage = Stage.RELEASE
    name = "check the promotion"

    def run(self, work: Work) -> Done:
        release_id, environment = _release_id(work), self.parts.environment
        if environment not in self.parts.releases.promoted_for(release_id):
            raise GiveUp(
                f"{release_id} is not promoted for {environment}. "
                f"Promote it: `galleria release promote {release_id} --environment {environment}`.",
                code=ErrorCode.RELEASE_NOT_PROMOTED,
            )
        return Done(f"Promoted for {environment}.", work.facts)


def _release_id(work: Work) -> str:
    if work.claim.deploy is None:
        raise GiveUp("The deployment names no release.", code=ErrorCode.INVALID_REQUEST)
    return work.claim.deploy.release_id


def _chosen(work: Work, release: Release) -> dict[Component, Artifact]:
    """Return the artifacts that the store takes from the release.

    :raises GiveUp: it has none of a component that was asked for, or none for a store at all.
    """
    asked = work.claim.deploy.components if work.claim.deploy else []
    chosen: dict[Component, Artifact] = {}
    for component in asked or STORE_COMPONENTS:
        part = release.component(component)
        if part is None and asked:
            raise GiveUp(f"{release.release_id} has no {component}.", code=ErrorCode.RELEASE_REFUSED)
        if component not in STORE_COMPONENTS:
            raise GiveUp(f"No store runs a {component}; a store runs {', '.join(STORE_COMPONENTS)}.")
        if part is not None:
            chosen[component] = Artifact(part.artifact, part.version)
    if not chosen:
        raise GiveUp(f"{release.release_id} has no component of a store.", code=ErrorCode.RELEASE_REFUSED)
    return chosen


def _what_changes(work: Work, release: Release, move: Move) -> str:
    source = f"{release.release_id} from source revision {release.source.revision[:12]}"
    if not move.placements:
        return f"{source}: {work.store_id} runs it already."
    before, after = move.origin, move.goal
    changes = [
        f"{component} {before.versions[component]} ({before.artifacts[component][7:15]}) to "
        f"{after.versions[component]} ({after.artifacts[component][7:15]})"
        for component in STORE_COMPONENTS
        if before.artifacts[component] != after.artifacts[component]
    ]
    who = f", asked for by {work.claim.requested_by}" if work.claim.requested_by else ""
    return f"{source}{who}: {'; '.join(changes)}. New processes: {', '.join(move.components)}."


def _left_behind(record: InstanceRecord, plan: MigrationPlan) -> str:
    """Say why an older engine may not work on the data: a newer one has changed them for good, in a way that it does
    not know. To deploy an old release is no way around a rollback that is barred."""
    for_good = max((number for number, each in record.classes.items() if each is RollbackClass.C), default=None)
    if not plan.unknown or for_good is None:
        return ""
    names = ", ".join(plan.unknown[:3])
    return f"The engine is older than the data, which changed for good at revision {for_good}; it lacks {names}."


def _class_sentence(rollback_class: RollbackClass, pending: int) -> str:
    match rollback_class:
        case RollbackClass.A:
            return "Class A: no schema change; the way back is a switch."
        case RollbackClass.B:
            return f"Class B: {pending} migrations add to the schema; on the way back the data stays."
        case RollbackClass.C:
            return f"Class C, accepted: {pending} migrations can't be taken back."
