"""``python -m galleria.control.delivery serve --home DIR``"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from galleria.control.delivery.serving import end, serve
from galleria.control.delivery.settings import RunnerSettings
from galleria.control.delivery.wiring import runner
from galleria.observability import logs


def main(arguments: list[str]) -> int:
    """Serve until told to stop; return the exit code."""
    parser = argparse.ArgumentParser(prog="galleria.control.delivery", description="The runner.")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="claim deployments and carry them out")
    serving.add_argument("--home", type=Path, required=True, help="the platform's state folder")
    given = parser.parse_args(arguments)
    logs.configure("runner")
    return serve(RunnerSettings(home=given.home.absolute()), runner)


if __name__ == "__main__":
    end(main(sys.argv[1:]))
