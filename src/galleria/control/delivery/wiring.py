"""Puts the runner together from the real parts. The only place that knows which ones they are."""

from __future__ import annotations

from galleria.control.delivery.clock import WallClock
from galleria.control.delivery.journal import DbosJournal
from galleria.control.delivery.knocking import HttpKnocking
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.plane import HttpPlane
from galleria.control.delivery.records import Records
from galleria.control.delivery.releases import ShelfReleases
from galleria.control.delivery.runner import Runner, shape_of, workflows
from galleria.control.delivery.settings import RunnerSettings, runner_id
from galleria.control.gateway.caddy import CaddyGateway
from galleria.control.runtimes.process import artifact
from galleria.control.runtimes.process.runtime import ProcessRuntime
from galleria.control.secrets.files import FileSecrets


def parts(settings: RunnerSettings) -> Parts:
    """Return the real parts for the platform under ``settings.home``."""
    plane = (
        HttpPlane.over_address(settings.plane_url, settings.token_file)
        if settings.plane_url
        else HttpPlane.over_socket(settings.plane_socket, settings.token_file)
    )
    return Parts(
        home=settings.home,
        runner_id=runner_id(settings.folder),
        runtime=ProcessRuntime(settings.home),
        gateway=CaddyGateway(settings.home),
        plane=plane,
        secrets=FileSecrets(settings.home / "instances"),
        knocking=HttpKnocking(),
        records=Records(settings.records_folder),
        clock=WallClock(),
        releases=ShelfReleases(settings.home, artifact.package()),
        environment=settings.environment,
        healthy_seconds=settings.healthy_seconds,
        watch_seconds=settings.watch_seconds,
        warm_seconds=settings.warm_seconds,
    )


def runner(settings: RunnerSettings) -> Runner:
    """Return the runner for the platform under ``settings.home``."""
    its_parts = parts(settings)
    kinds = workflows(its_parts)
    return Runner(its_parts, kinds, DbosJournal(settings.journal_file, shape_of(kinds)), settings.slots)
