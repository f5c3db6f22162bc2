"""``python -m galleria.control.plane init|serve``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from galleria.control.plane.settings import PlaneSettings
from galleria.observability.lean import left_out

_DEFAULT_URL: Final = "http://galleria.localhost:8080"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    given = _parser().parse_args(arguments)
    os.umask(0o077)
    try:
        return int(given.run(given))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        return _say(f"Setting {'.'.join(map(str, first['loc']))}: {first['msg']}. Correct it.")
    except OSError as error:
        return _say(f"The plane can't use its files ({error.strerror}). Run 'init' first, as the same user.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="galleria.control.plane", description="The control plane: API and UI.")
    commands = parser.add_subparsers(required=True)
    init = commands.add_parser("init", help="make registry, keys and first tokens; changes nothing that is there")
    init.add_argument("--home", type=Path, required=True, help="the platform's state folder")
    init.set_defaults(run=_init)
    serve = commands.add_parser("serve", help="serve on a Unix socket until SIGTERM")
    serve.add_argument("--data", type=Path, required=True, help="the plane's own folder")
    serve.add_argument("--agents", type=Path, required=True, help="the folder with the agents' sockets")
    serve.add_argument("--socket", type=Path, required=True, help="where to listen")
    serve.add_argument("--public-url", help=f"where operators reach it; default: GALLERIA_PUBLIC_URL or {_DEFAULT_URL}")
    serve.set_defaults(run=_serve)
    return parser


def _init(given: argparse.Namespace) -> int:
    from galleria.control.plane import founding

    home: Path = given.home.resolve()
    settings = PlaneSettings(data=home / "plane", agents=home / "agents")
    sys.stdout.write(founding.found(settings, home).model_dump_json() + "\n")
    return 0


def _serve(given: argparse.Namespace) -> int:
    with left_out("click"), left_out("rich"):  # what a server never uses: 8 MB and 0.1 s
        from galleria.control.plane import serving
    from galleria.observability import logs

    logs.configure("control-plane")
    public = {"public_url": given.public_url} if given.public_url else {}
    settings = PlaneSettings(data=given.data.resolve(), agents=given.agents.resolve(), **public)
    serving.serve(settings, given.socket.resolve())


def _say(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
