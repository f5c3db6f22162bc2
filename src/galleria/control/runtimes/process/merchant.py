"""``python -m galleria.control.runtimes.process.merchant import|password --home DIR --store ID ...``

A merchant's own acts: starts one of a fixed table of shop programs inside that store's own sandbox, with this terminal
as its own. File and pictures are bound read-only; nothing of it passes through the control plane.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from galleria.control.runtimes.port import RuntimeFault, RuntimeRefused
from galleria.control.runtimes.process import leftovers
from galleria.control.runtimes.process.artifact import Source
from galleria.control.runtimes.process.ids import Ids
from galleria.control.runtimes.process.launcher import take_lock, write_record
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.profiles import Ground, programs_of, store_launch
from galleria.control.runtimes.process.running import starting_command
from galleria.control.runtimes.process.runtime import ProcessRuntime
from galleria.control.runtimes.process.sandbox import STORE_PLACE, Bind, Launch, Means

MISUSE, REFUSED = 2, 3
"""Exit codes, as the command line's: asked wrongly, not possible."""

_IMPORT_PLACE = "/import"


def merchant_launch(ground: Ground, told: argparse.Namespace, ids: Ids, source: Source) -> Launch:
    """Work out how the merchant program is started.

    :param source: what the store's live engine is started from.
    :raises RuntimeRefused: a file or folder that was named is not there.
    """
    module = ("galleria.shop.engine", told.act, "--store-dir", STORE_PLACE)
    extra: list[str] = ["--json"] if told.json else []
    binds: list[Bind] = []
    if told.act == "password" and told.email:
        extra += ["--email", told.email]
    if told.act == "import":
        file = _existing(told.file)
        binds.append(Bind(str(file), f"{_IMPORT_PLACE}/{file.name}"))
        extra.append(f"{_IMPORT_PLACE}/{file.name}")
        if told.media is not None:
            binds.append(Bind(str(_existing(told.media)), f"{_IMPORT_PLACE}/media"))
            extra += ["--media", f"{_IMPORT_PLACE}/media"]
    launch = store_launch(ground, told.store, (*module, *extra), ids.of_store(told.store), source)
    return replace(launch, binds=launch.binds + tuple(binds))


def _existing(path: Path) -> Path:
    if not path.exists():
        raise RuntimeRefused(f"There is no {path}.")
    return path.resolve()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="galleria.control.runtimes.process.merchant", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    importing = acts.add_parser("import", help="take a product file into the catalogue")
    importing.add_argument("file", type=Path)
    importing.add_argument("--media", type=Path, help="the folder with the pictures that the file names")
    password = acts.add_parser("password", help="give a merchant a new password")
    password.add_argument("--email", help="which merchant; default: the first one")
    for act in (importing, password):
        act.add_argument("--home", type=Path, required=True, help="the platform's state folder")
        act.add_argument("--store", required=True, help="the store's id")
        act.add_argument("--json", action="store_true", help="answer as one JSON object")
    return parser


def main(arguments: list[str]) -> int:
    """Run the program to its end; returns its exit code."""
    told = _parser().parse_args(arguments)
    layout = Layout(told.home.absolute())
    runtime = ProcessRuntime(layout.home)
    if told.store not in runtime.store_ids():
        sys.stderr.write(f"There is no store {told.store} in {layout.home}.\n")
        return MISUSE
    try:
        launch = merchant_launch(runtime.ground, told, Ids(layout), runtime.live_engine(told.store))
        if launch.means is Means.BUBBLEWRAP:
            # A session of its own: a program of the store must not be able to type into this terminal.
            launch = replace(launch, new_session=True)
        return _run(launch, layout, told.store)
    except RuntimeFault as fault:
        sys.stderr.write(f"{fault}\n")
        return REFUSED


def _run(launch: Launch, layout: Layout, store_id: str) -> int:
    """Run it under a lock and a record like a supervised program's, so that `down` and a removal find and end it."""
    program = f"{programs_of(store_id)}merchant-{os.getpid()}"
    noted = replace(launch, program=program, state=str(layout.supervisor / "run"))
    lock = take_lock(noted)
    if lock is None:
        raise RuntimeRefused(f"{program} runs already.")
    try:
        with subprocess.Popen(starting_command(launch), process_group=0, pass_fds=(lock,)) as running:
            write_record(noted, running.pid)
            return _wait(running)
    finally:
        os.close(lock)
        leftovers.forget(layout, program)
        (layout.supervisor / "run" / f"{program.replace(':', '.')}.lock").unlink(missing_ok=True)


def _wait(running: subprocess.Popen[bytes]) -> int:
    try:
        return running.wait()
    except KeyboardInterrupt:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGTERM)
        running.wait()
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
