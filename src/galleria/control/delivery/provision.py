"""How a store is born: the list of steps, read like a page, and the steps themselves.

Nothing that a shopper could meet changes before the last step but two; and until then everything is taken back with
two acts: forget the route, remove the instance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from galleria.contracts import instance
from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import Revision
from galleria.contracts.words import STORE_COMPONENTS, Component, Stage
from galleria.control.delivery import birth, common
from galleria.control.delivery.configuring import plain_values
from galleria.control.delivery.faults import GiveUp
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.records import InstanceRecord, Making
from galleria.control.delivery.settings import read_public_door
from galleria.control.delivery.steps import Done, Step, Work
from galleria.control.runtimes.port import Artifact, InstanceSpec, Template

ATTEMPTS: Final = 5
"""A deployment that has cost this many leases is given up: something in it kills its runners."""


def provision(parts: Parts) -> tuple[Step, ...]:
    """List the steps that make a store, from what is wanted to a shop with an open door."""
    return (
        ReadWhatIsWanted(parts),
        PrepareArtifact(parts),
        MakeTemplate(parts),
        CheckConfiguration(parts),
        PromoteFirstRevision(parts),
        MakeStoreFolder(parts),
        CopyTemplate(parts),
        ProvisionEngine(parts),
        ProbeIsolation(parts),
        common.StartProcesses(parts),
        common.WaitUntilHealthy(parts),
        common.Smoke(parts),
        OpenTheDoorForTheFirstTime(parts),
        SmokeANewStoreThroughThePublicDoor(parts),
        RecordTimeToProvision(parts),
    )


@dataclass(frozen=True)
class ReadWhatIsWanted(Step):
    """Refuse what can't be, before anything is made."""

    parts: Parts
    stage = Stage.INTAKE
    name = "read what is wanted"

    def run(self, work: Work) -> Done:
        if work.claim.attempt > ATTEMPTS:
            raise GiveUp(f"Given up after {ATTEMPTS} attempts: each of them ended with its runner.")
        self._refuse_a_store_that_is_there(work)
        self._refuse_a_host_that_is_taken(work)
        spec = work.spec
        return Done(
            f"A new store {work.store_id} at {work.host}: {spec.catalogue} catalogue, {spec.currency}, {spec.locale}, "
            f"isolation {spec.isolation_mode}.",
            work.facts.model_copy(update={"begun_at": self.parts.clock.now()}),
        )

    def _refuse_a_store_that_is_there(self, work: Work) -> None:
        record = self.parts.records.find(work.store_id)
        if record is not None:
            if record.making is Making.WHOLE and record.deployment_id != work.claim.deployment_id:
                raise GiveUp(f"{work.store_id} runs here already; remove it first.", code=ErrorCode.STORE_EXISTS)
        elif any(found.store_id == work.store_id for found in self.parts.runtime.observe()):
            raise GiveUp(
                f"An instance of {work.store_id} is here that this runner did not make; look at it, then move it away.",
                code=ErrorCode.STORE_EXISTS,
            )

    def _refuse_a_host_that_is_taken(self, work: Work) -> None:
        for route in self.parts.gateway.routes():
            if route.host == work.host and route.store_id != work.store_id:
                raise GiveUp(f"The host {work.host} belongs to {route.store_id} already.", code=ErrorCode.HOST_TAKEN)


@dataclass(frozen=True)
class PrepareArtifact(Step):
    """Make sure that what the store will run is there and whole: what is promoted here, else what is installed."""

    parts: Parts
    fits: birth.Fits = field(default_factory=dict, compare=False)
    stage = Stage.BUILD
    name = "prepare artifact"

    def run(self, work: Work) -> Done:
        installed = self.parts.runtime.prepare_artifact()
        born = birth.find(self.parts, installed, self.fits)
        found = {"artifact": installed, "artifacts": dict(born.artifacts), "release_id": born.release_id}
        return Done(born.said, work.facts.model_copy(update=found))


@dataclass(frozen=True)
class MakeTemplate(Step):
    """Make the data that stores of this catalogue are born from. Once per engine artifact; it stays for the next."""

    parts: Parts
    stage = Stage.BUILD
    name = "make template"

    def run(self, work: Work) -> Done:
        engine = _artifacts(work)[Component.ENGINE]
        template = self.parts.runtime.make_template(engine, work.spec.catalogue)
        made = "was made, once for all stores of this engine" if template.made_now else "was there already"
        evidence = f"The {template.catalogue} template of engine {engine.version} {made}."
        return Done(evidence, work.facts.model_copy(update={"template": template}))


@dataclass(frozen=True)
class CheckConfiguration(Step):
    """Validate the store's whole configuration before any of it is written. The secrets drawn here are thrown away."""

    parts: Parts
    stage = Stage.VERIFICATION
    name = "check configuration"

    def run(self, work: Work) -> Done:
        checked = instance.parse_env(_env_text(self.parts, work))
        return Done(f"All {len(instance.keys())} keys are valid; the shop is {checked.public_url}.", work.facts)


@dataclass(frozen=True)
class PromoteFirstRevision(Step):
    """Say what exactly this store will run."""

    parts: Parts
    stage = Stage.RELEASE
    name = "promote revision 1"

    def run(self, work: Work) -> Done:
        artifacts, release_id = _artifacts(work), work.facts.release_id
        revision = Revision(
            number=work.claim.revision_number,
            artifacts={component: each.digest for component, each in artifacts.items()},
            versions={component: each.version for component, each in artifacts.items()},
            release_id=release_id,
            since=self.parts.clock.now(),
        )
        origin = release_id or f"the installed environment, version {_artifact(work).version}"
        evidence = f"Revision {revision.number}: {origin}, configuration {revision.config_version}."
        return Done(evidence, work.facts.model_copy(update={"revision": revision}))


@dataclass(frozen=True)
class MakeStoreFolder(Step):
    """Make the store's folder, user id and `.env`; the record of who makes it comes first and goes last."""

    parts: Parts
    stage = Stage.DEPLOY
    name = "make store folder"

    def run(self, work: Work) -> Done:
        record = self.parts.records.find(work.store_id)
        if record is not None and record.making is Making.WHOLE:
            return Done("The store's folder is whole already.", work.facts)
        if record is not None and not _made_by(record, work):
            # Secrets were drawn for what an earlier attempt began; data and processes of two attempts never mix.
            _remove(self.parts, work)
        _write_record(self.parts, work, Making.HALF)
        spec = InstanceSpec(work.store_id, _artifact(work), work.spec.isolation_mode, artifacts=dict(_artifacts(work)))
        self.parts.runtime.make_instance(spec, _env_text(self.parts, work))
        return Done("The store has a folder of its own, and its secrets.", work.facts)

    def undo(self, work: Work) -> str:
        record = self.parts.records.find(work.store_id)
        if record is None:
            return ""
        if record.making is Making.WHOLE:
            if record.deployment_id != work.claim.deployment_id:
                return ""
            if record.attempt != work.claim.attempt:
                raise GiveUp("The shop was open already, so its data is kept: a person must decide.")
        _remove(self.parts, work)
        self.parts.records.forget(work.store_id)
        return "Processes, route and folder of the store were removed."


@dataclass(frozen=True)
class CopyTemplate(Step):
    """Give the store its first data."""

    parts: Parts
    stage = Stage.DEPLOY
    name = "copy template"

    def run(self, work: Work) -> Done:
        self.parts.runtime.copy_template(work.store_id, _template(work))
        return Done(f"The store has the {work.spec.catalogue} catalogue.", work.facts)


@dataclass(frozen=True)
class ProvisionEngine(Step):
    """Make the copy this store's own: its keys, host, currency and merchant."""

    parts: Parts
    stage = Stage.DEPLOY
    name = "provision engine"

    def run(self, work: Work) -> Done:
        self.parts.runtime.provision_engine(work.store_id)
        return Done("The engine took the store's configuration and made the merchant's account.", work.facts)


@dataclass(frozen=True)
class ProbeIsolation(Step):
    """Measure what a process of this store could reach, before one runs."""

    parts: Parts
    stage = Stage.DEPLOY
    name = "probe isolation"

    def run(self, work: Work) -> Done:
        report = self.parts.runtime.probe_isolation(work.store_id)
        missing = f" Missing: {' '.join(report.missing)}" if report.missing else ""
        evidence = f"Isolation is {report.level} by {report.means}.{missing}"
        return Done(evidence, work.facts.model_copy(update={"isolation": report}))


@dataclass(frozen=True)
class OpenTheDoorForTheFirstTime(common.OpenTheDoor):
    """From here on shoppers may have left something in the store: it is whole, and no later attempt starts it anew."""

    def run(self, work: Work) -> Done:
        _write_record(self.parts, work, Making.WHOLE)
        return super().run(work)


@dataclass(frozen=True)
class SmokeANewStoreThroughThePublicDoor(common.SmokeThroughThePublicDoor):
    """Come in as the first shopper. Nobody has bought anything before, so nothing can be sold out."""

    def _doubt(self, work: Work) -> str:
        return "everything is sold out in a store that is new"


@dataclass(frozen=True)
class RecordTimeToProvision(Step):
    """Write down how long it took from the request to a store that was smoked green."""

    parts: Parts
    stage = Stage.COMPLETION
    name = "record time-to-provision"

    def run(self, work: Work) -> Done:
        seconds = seconds_to_provision(work)
        if work.facts.revision is not None:
            revision = work.facts.revision
            self.parts.records.change(work.store_id, lambda record: record.running(revision))
        return Done(f"Smoke green {seconds:.1f} s after the request.", work.facts)


def seconds_to_provision(work: Work) -> float:
    """Return the seconds from the operator's request to the store's green smoke run."""
    asked_at, green_at = work.asked_at, work.facts.green_at
    if asked_at is None or green_at is None:
        raise GiveUp("The store was not smoked, so there is no time-to-provision.")
    return (green_at - asked_at).total_seconds()


def _env_text(parts: Parts, work: Work) -> str:
    values = plain_values(work, read_public_door(parts.home), parts.runtime.kind)
    return instance.render_env({**values, **parts.secrets.draw(work.store_id)})


def _write_record(parts: Parts, work: Work, making: Making) -> None:
    record = parts.records.find(work.store_id)
    if record is not None and record.making is Making.WHOLE:
        return
    parts.records.write(
        InstanceRecord(
            store_id=work.store_id,
            host=work.host,
            making=making,
            deployment_id=work.claim.deployment_id,
            attempt=work.claim.attempt,
            since=parts.clock.now(),
        )
    )


def _made_by(record: InstanceRecord, work: Work) -> bool:
    return (record.deployment_id, record.attempt) == (work.claim.deployment_id, work.claim.attempt)


def _remove(parts: Parts, work: Work) -> None:
    parts.gateway.remove_route(work.store_id)
    parts.runtime.remove_instance(work.store_id)


def _artifact(work: Work) -> Artifact:
    if work.facts.artifact is None:
        raise GiveUp("No artifact was prepared.")
    return work.facts.artifact


def _artifacts(work: Work) -> Mapping[Component, Artifact]:
    """What each component of the store is started from."""
    return work.facts.artifacts or dict.fromkeys(STORE_COMPONENTS, _artifact(work))


def _template(work: Work) -> Template:
    if work.facts.template is None:
        raise GiveUp("No template was made.")
    return work.facts.template
