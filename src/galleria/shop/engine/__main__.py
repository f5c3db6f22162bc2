"""``python -m galleria.shop.engine COMMAND``: the engine of one store, started by command line.

Every command but ``serve`` prints its outcome: one JSON object with ``--json``, a line a fact otherwise. Exit code 0:
done; 1: not done, and why; 2: the command line is wrong.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Final

from galleria.contracts.problems import ContractBroken
from galleria.observability import logs
from galleria.shop.engine.problems import Misuse, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Outcome = dict[str, object]


def _template(given: argparse.Namespace) -> Outcome:
    from galleria.shop.engine.commands import template

    return template.make(given.out.absolute(), given.catalogue)


def _provision(given: argparse.Namespace) -> Outcome:
    from galleria.shop.engine.commands import process

    project = process.enter(given.store_dir, given.config)
    from galleria.shop.engine.commands import provision

    return provision.run(project, given.catalogue)


def _cache_flush(given: argparse.Namespace) -> Outcome:
    from galleria.shop.engine import project
    from galleria.shop.engine.commands import upkeep

    return upkeep.flush(project.read(given.store_dir, given.config))


def _reindex(given: argparse.Namespace) -> Outcome:
    from galleria.shop.engine.commands import process, upkeep

    process.enter(given.store_dir, given.config)
    return upkeep.reindex()


def _cron(given: argparse.Namespace) -> Outcome:
    from galleria.shop.engine.commands import process

    process.enter(given.store_dir, given.config)
    from galleria.shop.engine.commands import jobs

    return jobs.run()


def _check(given: argparse.Namespace) -> Outcome:
    from galleria.shop.engine.commands import process, upkeep

    return upkeep.check(process.enter(given.store_dir, given.config))


def _describe(given: argparse.Namespace) -> Outcome:
    from galleria.shop.engine import project
    from galleria.shop.engine.commands import upkeep

    return upkeep.describe(project.read(given.store_dir, given.config))


def _import(given: argparse.Namespace) -> Outcome:
    from galleria.shop.engine.commands import process

    project = process.enter(given.store_dir, given.config)
    from galleria.shop.engine.commands import importing

    return importing.take(project, given.file, given.media, _progress(as_json=given.json))


def _password(given: argparse.Namespace) -> Outcome:
    from galleria.shop.engine.commands import process

    project = process.enter(given.store_dir, given.config)
    from galleria.shop.engine.commands import merchant

    return merchant.reset(project, given.email)


def _serve(given: argparse.Namespace) -> Outcome:
    from galleria.shop.engine import project, serve

    found = project.read(given.store_dir, given.config)
    logs.configure("engine", found.store_id)
    serve.run(found, given.socket.absolute())


def _plan_migrations(given: argparse.Namespace) -> Outcome:
    from galleria.shop.engine.commands import process

    process.enter(given.store_dir, given.config)
    from galleria.shop.engine.commands import migrating

    return migrating.plan()


def _migrate(given: argparse.Namespace) -> Outcome:
    from galleria.shop.engine.commands import process

    process.enter(given.store_dir, given.config)
    from galleria.shop.engine.commands import migrating

    done = migrating.migrate()
    from galleria.shop.engine.index import keeping

    keeping.catch_up()
    return done


COMMANDS: Final[dict[str, tuple[str, Callable[[argparse.Namespace], Outcome]]]] = {
    "serve": ("answer shoppers and the merchant on a Unix socket until SIGTERM", _serve),
    "template": ("make the data that new stores begin with", _template),
    "provision": ("make a copied template one store's own; changes nothing the second time", _provision),
    "cache-flush": ("drop every kept answer", _cache_flush),
    "reindex": ("make the catalogue index anew, with no gap in service", _reindex),
    "cron": ("run the jobs that are due", _cron),
    "check": ("look at everything the engine needs", _check),
    "describe": ("say what the catalogue index holds", _describe),
    "import": ("take a product file: CSV of Magento or Shopify, JSON of Shopify", _import),
    "plan-migrations": ("say what this engine would do to the database, and change nothing", _plan_migrations),
    "migrate": ("bring the database up to this engine's level, migration by migration", _migrate),
    "password": ("give the merchant a new password", _password),
}


def _folder(written: str) -> Path:
    return Path(written).absolute()


def parser() -> argparse.ArgumentParser:
    """Return the command line that the engine understands."""
    top = argparse.ArgumentParser(prog="python -m galleria.shop.engine", description="The engine of one store.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (does, _) in COMMANDS.items():
        command = commands.add_parser(name, help=does, description=does.capitalize() + ".")
        if name != "template":
            command.add_argument("--store-dir", type=_folder, required=True, help="the store's folder, with its .env")
            command.add_argument("--config", type=_folder, help="the configuration; default: the folder's .env")
        if name != "serve":
            command.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = commands.choices
    chosen["serve"].add_argument("--socket", type=Path, required=True, help="where to answer")
    chosen["template"].add_argument("--out", type=Path, required=True, help="an empty folder")
    for name in ("template", "provision"):
        chosen[name].add_argument("--catalogue", choices=("demo", "empty"), default="empty")
    chosen["import"].add_argument("file", type=Path, help="the product file")
    chosen["import"].add_argument("--media", type=Path, help="the folder that the file's pictures are in")
    chosen["password"].add_argument("--email", help="whose; the merchant's when left out")
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = parser().parse_args(argv)
    as_json = getattr(given, "json", False)
    _log_to_stderr(given.command)
    try:
        outcome = COMMANDS[given.command][1](given)
    except Misuse as misuse:
        return _fail(misuse.message, as_json=as_json, code=2)
    except Problem as problem:
        return _fail(problem.message, as_json=as_json, details=problem.details)
    except ContractBroken as broken:
        return _fail(broken.message, as_json=as_json)
    except KeyboardInterrupt:
        return _fail("Interrupted; nothing was done by halves.", as_json=as_json)
    except Exception as error:
        return _fail(_unexpected(given, error), as_json=as_json)
    if given.command != "serve":
        _print({"ok": True, **outcome}, as_json=as_json)
    return 0


def _print(outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(outcome, ensure_ascii=False, default=str) + "\n")
        return
    for name, value in outcome.items():
        if isinstance(value, list):
            sys.stdout.write(f"{name.replace('_', ' ')}: {len(value)}\n")
            sys.stdout.writelines(f"  {_line(entry)}\n" for entry in value)
        elif name != "ok":
            sys.stdout.write(f"{name.replace('_', ' ')}: {value}\n")


def _line(entry: object) -> str:
    if not isinstance(entry, dict):
        return str(entry)
    if "line" in entry:
        return f"line {entry['line']}: {entry['sku']}: {entry['message']}"
    return ", ".join(str(value) for value in entry.values())


def _fail(message: str, *, as_json: bool, code: int = 1, details: dict[str, str] | None = None) -> int:
    if as_json:
        _print({"ok": False, "error": message, **(details or {})}, as_json=True)
    sys.stderr.write(f"error: {message}\n")
    return code


def _unexpected(given: argparse.Namespace, error: Exception) -> str:
    """Keep the trace where the store keeps its logs and return one line for whoever waits."""
    folder = getattr(given, "store_dir", Path()) / "logs"
    said = f"{given.command} ended unexpectedly ({type(error).__name__})"
    try:
        with (folder / "engine-commands.log").open("a", encoding="utf-8") as file:
            file.write(
                f"{time.strftime('%FT%TZ', time.gmtime())} {said}\n{''.join(traceback.format_exception(error))}\n"
            )
    except OSError:
        return f"{said}: {str(error)[:200]}"
    return f"{said}; the store's logs/engine-commands.log says where."


def _progress(*, as_json: bool) -> Callable[[str, int, int], None]:
    def tell(stage: str, done: int, total: int) -> None:
        if as_json:
            sys.stderr.write(json.dumps({"event": "progress", "stage": stage, "done": done, "total": total}) + "\n")
        else:
            sys.stderr.write(f"{stage} {done}{f' of {total}' if total else ''}\n")
        sys.stderr.flush()

    return tell


def _log_to_stderr(command: str) -> None:
    """A command's stdout is its answer; what it logs goes to stderr."""
    logs.configure("engine" if command == "serve" else "engine-command", level=logging.WARNING)
    if command != "serve":
        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler):
                handler.setStream(sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
