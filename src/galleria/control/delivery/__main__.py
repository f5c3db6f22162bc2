"""``python -m galleria.control.delivery serve|rollback|prepare-configuration|upgrade|downgrade --home DIR``"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pydantic import ValidationError

from galleria.contracts.delivery import RollbackSpec
from galleria.contracts.words import Component
from galleria.control.delivery import local
from galleria.control.delivery.preparing import prepare_configuration
from galleria.control.delivery.serving import end, serve
from galleria.control.delivery.settings import RunnerSettings
from galleria.control.delivery.upgrading import PROGRAMS, Upgrading, downgrade, upgrade
from galleria.control.delivery.wiring import parts, runner
from galleria.observability import logs

MISUSE = 2


def main(arguments: list[str]) -> int:
    """Serve until told to stop, or do one act; return the exit code."""
    given = _parser().parse_args(arguments)
    try:
        settings = RunnerSettings(home=given.home.absolute())
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        return _refuse(
            f"The setting GALLERIA_RUNNER_{str(first['loc'][0]).upper()} is not valid: {first['msg']}.", MISUSE
        )
    if given.command == "serve":
        logs.configure("runner")
        return serve(settings, runner)
    logs.configure("runner", output=sys.stderr)  # stdout is for the progress
    if not settings.folder.is_dir():
        return _refuse(
            f"There is no platform in {settings.home}. Name its state folder: GALLERIA_HOME=DIR", local.REFUSED
        )
    try:
        return _act(given, settings)
    except OSError as error:
        message = f"The files in {settings.home} can't be used ({error.strerror}). Run this as the user whose they are."
        return _refuse(message, local.FAILED)


def _act(given: argparse.Namespace, settings: RunnerSettings) -> int:
    if given.command == "upgrade":
        chosen = [Component(name) for name in given.component]
        return upgrade(Upgrading.of(settings, local.say_on_stdout), given.release, chosen)
    if given.command == "downgrade":
        return downgrade(Upgrading.of(settings, local.say_on_stdout))
    if given.command == "prepare-configuration":
        return prepare_configuration(parts(settings), given.store, given.set, given.rotate, local.say_on_stdout)
    try:
        spec = RollbackSpec(to_revision=given.to, reason=given.reason)
    except ValidationError as error:
        return _refuse(f"--to or --reason is not valid: {error.errors()[0]['msg']}.", MISUSE)
    return local.roll_back_here(parts(settings), given.store, spec, local.say_on_stdout)


def _refuse(message: str, code: int) -> int:
    local.say_on_stdout({"event": "error", "message": message})
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="galleria.control.delivery", description="The runner.")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="claim deployments and carry them out")
    rolling = commands.add_parser("rollback", help="take one store back, with the control plane away; JSON lines")
    preparing = commands.add_parser("prepare-configuration", help="put another configuration beside a store's; JSON")
    upgrading = commands.add_parser("upgrade", help="move control plane and runner to a release; JSON lines")
    going_back = commands.add_parser("downgrade", help="move them back to what ran before; JSON lines")
    for command in (serving, rolling, preparing, upgrading, going_back):
        command.add_argument("--home", type=Path, required=True, help="the platform's state folder")
    upgrading.add_argument("--release", required=True, help="the release's id")
    upgrading.add_argument("--component", action="append", default=[], choices=[each.value for each in PROGRAMS])
    for command in (rolling, preparing):
        command.add_argument("--store", required=True, help="the store's id")
    preparing.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a value; repeatable")
    preparing.add_argument("--rotate", action="append", default=[], metavar="KEY", help="a secret; repeatable")
    rolling.add_argument("--to", type=int, help="the revision; default: the last one known healthy")
    rolling.add_argument("--reason", default="", help="why, for the record")
    return parser


if __name__ == "__main__":
    end(main(sys.argv[1:]))
