"""The storefront's command line: ``serve``."""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path

from galleria.contracts.problems import ContractBroken
from galleria.observability import logs
from galleria.shop.storefront import settings


def main(arguments: list[str] | None = None) -> int:  # noqa: RET503 - serving ends the process
    """Serve the shop. Exit 2: not set up right, with one line that says what to do."""
    parser = argparse.ArgumentParser(prog="python -m galleria.shop.storefront", description="The shop's pages.")
    command = parser.add_subparsers(dest="command", required=True).add_parser("serve", help="serve one store's pages")
    command.add_argument("--store-dir", type=Path, required=True, help="the store's own folder, with its .env")
    command.add_argument("--config", type=Path, help="the configuration; default: the folder's .env")
    command.add_argument("--socket", type=Path, required=True, help="the Unix socket to listen on")
    command.add_argument("--engine", required=True, help="unix:/path/of.sock, or http(s)://host/graphql of a Magento")
    given = parser.parse_args(arguments)
    try:
        read = settings.read(given.store_dir, given.engine, given.config)
    except ContractBroken as broken:
        return _misuse(broken.message)
    except OSError as error:
        return _misuse(f"{given.config or given.store_dir / '.env'} can't be read: {error.strerror}.")
    except ValueError as error:
        return _misuse(f"{error}.")
    logs.configure("storefront", read.store_id)
    gc.disable()  # all that is made by now stays; `serve` ends this
    from galleria.shop.storefront.serve import serve

    serve(read, given.socket)


def _misuse(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
