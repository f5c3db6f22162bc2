"""`python -m galleria.shop.agent serve ...`: the shop agent of one store."""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path

from galleria.contracts.problems import ContractBroken
from galleria.observability import logs
from galleria.shop.agent import settings


def main(argv: list[str] | None = None) -> int:
    """Run the program; return its exit code: 0 after SIGTERM, 2 for a configuration that can't be used."""
    parser = argparse.ArgumentParser(prog="python -m galleria.shop.agent", description="The shop agent of one store.")
    serve = parser.add_subparsers(required=True).add_parser("serve", help="answer on a Unix socket until SIGTERM")
    serve.add_argument("--store-dir", type=Path, required=True, help="the store's folder, with its .env")
    serve.add_argument("--config", type=Path, help="the configuration; default: the folder's .env")
    serve.add_argument("--socket", type=Path, required=True, help="where to answer")
    serve.add_argument("--engine", required=True, metavar="unix:PATH", help="where the engine answers")
    serve.add_argument("--storefront", required=True, metavar="unix:PATH", help="where the live storefront answers")
    serve.add_argument("--engine-python", type=Path, help="what starts the engine's commands; default: as this program")
    given = parser.parse_args(argv)
    logs.configure("shop-agent")
    try:
        config = given.config.absolute() if given.config else None
        told = settings.Told(given.engine, given.storefront, config, given.engine_python)
        loaded = settings.load(given.store_dir.absolute(), given.socket.absolute(), told)
    except (ContractBroken, OSError, ValueError) as error:
        logs.get(__name__).error("configuration_refused", reason=str(error))
        return 2
    logs.configure("shop-agent", loaded.store_id)
    gc.disable()  # all that is made by now stays; `serve` ends this
    from galleria.shop.agent import serving  # after the settings: a wrong configuration fails fast

    return serving.serve(serving.make(loaded), loaded.socket)


if __name__ == "__main__":
    sys.exit(main())
