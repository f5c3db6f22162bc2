"""``python -m galleria.control.delivery.release``: the program behind ``galleria release``. JSON lines on stdout."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from galleria.contracts.words import Component
from galleria.control.artifacts.layout import Layout
from galleria.control.artifacts.problems import ReleaseRefused
from galleria.control.delivery.records import Records, artifacts_needed
from galleria.control.delivery.release import build, shelf, signing, taking
from galleria.control.delivery.release.manifest import Release
from galleria.control.delivery.settings import RunnerSettings
from galleria.control.runtimes.process import bundles, origins
from galleria.control.runtimes.process.layout import Layout as Places

EXIT_FAILED, EXIT_REFUSED = 1, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one act. Exit codes: 0 done, 1 failed, 2 misuse, 3 refused."""
    options = _parser().parse_args(arguments)
    home = Path(options.home)
    layout = Layout(home / "artifacts")
    try:
        layout.create()
        _ACTS[options.act](options, home, layout)
    except ReleaseRefused as refusal:
        _say({"event": "error", "message": str(refusal)})
        return EXIT_REFUSED
    except OSError as error:
        where = error.filename or home
        message = f"{where} can't be used ({error.strerror}). Name another place, or run this as the user whose it is."
        _say({"event": "error", "message": message})
        return EXIT_FAILED
    return 0


def _build(options: argparse.Namespace, home: Path, layout: Layout) -> None:
    chosen = [Component(name) for name in options.component] or list(Component)
    order = build.Order(
        Path(options.repository).resolve(), options.revision, chosen, home / "cache" / "wheels", options.source
    )
    key = signing.read_private_key(Path(options.key))
    release = build.build(order, layout, key, lambda name: _say({"event": "step", "name": name, "outcome": "running"}))
    _say({"event": "end", "release": _plain(release)})


def _list(options: argparse.Namespace, home: Path, layout: Layout) -> None:
    found = [{**_plain(release), "promoted": list(where)} for release, where in shelf.list_releases(layout)]
    _say({"event": "end", "releases": found, "damaged": shelf.list_damaged(layout)})


def _show(options: argparse.Namespace, home: Path, layout: Layout) -> None:
    _say({"event": "end", "release": _plain(shelf.read(layout, options.release))})


def _verify(options: argparse.Namespace, home: Path, layout: Layout) -> None:
    _say_verified(shelf.verify(layout, options.release, home / "trust"))


def _promote(options: argparse.Namespace, home: Path, layout: Layout) -> None:
    _say_verified(shelf.promote(layout, options.release, options.environment, home / "trust"))


def _take(options: argparse.Namespace, home: Path, layout: Layout) -> None:
    _say_verified(taking.take(Layout(Path(options.folder)), layout, options.release, home / "trust"))


def _demote(options: argparse.Namespace, home: Path, layout: Layout) -> None:
    _say({"event": "end", "release": _plain(shelf.demote(layout, options.release, options.environment))})


def _gc(options: argparse.Namespace, home: Path, layout: Layout) -> None:
    places = Places(home.absolute())
    needed = artifacts_needed(Records(RunnerSettings(home=home).records_folder)) | origins.artifacts_needed(places)
    cleared = shelf.clear_out(layout, needed, options.keep)
    # What may still be deployed is perhaps being deployed just now.
    bundles.clear_out(places, needed | shelf.artifacts_of(layout))
    _say({"event": "end", "removed": list(cleared.releases), "blobs": cleared.blobs, "size": cleared.size})


def _keygen(options: argparse.Namespace, home: Path, layout: Layout) -> None:
    public = signing.create_key(Path(options.key))
    _say({"event": "end", "private_key": options.key, "public_key": str(public)})


def _say_verified(verified: shelf.Verified) -> None:
    end = {"release": _plain(verified.release), "signed_by": verified.signed_by}
    _say({"event": "end", **end, "blobs": verified.blobs, "size": verified.size})


_ACTS = {
    "build": _build,
    "list": _list,
    "show": _show,
    "verify": _verify,
    "promote": _promote,
    "demote": _demote,
    "gc": _gc,
    "take": _take,
    "keygen": _keygen,
}


def _plain(release: Release) -> dict[str, object]:
    return {"release_id": release.release_id, **release.model_dump(mode="json")}


def _say(event: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="galleria release")
    parser.add_argument("--home", required=True)
    acts = parser.add_subparsers(dest="act", required=True)
    make = acts.add_parser("build")
    make.add_argument("--repository", default=".")
    make.add_argument("--revision", default="HEAD")
    make.add_argument("--source", default=signing.OWN_SOURCE)
    make.add_argument("--component", action="append", default=[], choices=[c.value for c in Component])
    make.add_argument("--key", required=True)
    acts.add_parser("list")
    for act in ("show", "verify", "promote", "demote"):
        one = acts.add_parser(act)
        one.add_argument("release")
        if act in ("promote", "demote"):
            one.add_argument("--environment", default="production")
    acts.add_parser("gc").add_argument("--keep", type=int, default=5)
    from_elsewhere = acts.add_parser("take")
    from_elsewhere.add_argument("folder")
    from_elsewhere.add_argument("release")
    acts.add_parser("keygen").add_argument("key")
    return parser


if __name__ == "__main__":
    sys.exit(main())
