"""A real PostgreSQL server of the test's own, on a Unix socket, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator


def programs() -> Path:
    """Return the folder of PostgreSQL's programs. Raises RuntimeError when there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        raise RuntimeError("PostgreSQL is missing: apt-get install postgresql")
    return found[-1]


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Yield the address of an empty database ``shop``; the server runs as an ordinary user even for root."""
    folder = Path(tempfile.mkdtemp(prefix="g-pg-"))
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    if os.geteuid() == 0:
        shutil.chown(folder, user)
    data = folder / "data"
    try:
        _run(user, "initdb", "-D", str(data), "-U", "galleria", "--auth=trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c max_connections=300"
        _run(user, "pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            _run(user, "createdb", "-h", str(folder), "-U", "galleria", "shop")
            yield f"postgresql://galleria@/shop?host={quote(str(folder), safe='')}"
        finally:
            _run(user, "pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(user: str, program: str, *arguments: str) -> None:
    command = [str(programs() / program), *arguments]
    as_user = user if os.geteuid() == 0 else None
    subprocess.run(command, check=True, capture_output=True, user=as_user, cwd="/", timeout=60)
