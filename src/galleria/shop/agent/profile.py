"""The engine profile: which command of the engine does which operation, and what it may answer.

A fixed table. Nothing from a request becomes part of a command line, and nothing of an answer gets out but what is
declared here: counts, and outcomes under known names.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from galleria.contracts.errors import ErrorCode
from galleria.observability import logs
from galleria.shop.agent.refusal import Refused

MAX_ANSWER_BYTES: Final = 64 * 1024

KNOWN_CHECKS: Final = frozenset(
    {"cache", "catalogue", "configuration", "database", "disk", "index", "jobs", "media", "schema", "storefront"}
)

_ENVIRONMENT: Final = ("PATH", "LANG", "LC_ALL", "TZ", "HOME", "TMPDIR")

log = logs.get(__name__)

Count = Annotated[int, Field(ge=0, le=10**9)]


class EngineAnswer(BaseModel):
    """What every command prints on stdout, as one JSON object."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    ok: Literal[True]


class Flushed(EngineAnswer):
    """`cache-flush`."""

    entries_removed: Count


class Rebuilt(EngineAnswer):
    """`reindex`."""

    documents: Count


class JobsRun(EngineAnswer):
    """`cron`."""

    jobs_run: Count
    jobs_failed: Count


class Described(EngineAnswer):
    """`describe`."""

    documents: Count | None = None
    index_age_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None


class Finding(BaseModel):
    """One thing that `check` looked at. Its words stay in the store; the outcome gets out, under a name we know."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    name: str
    ok: bool

    @property
    def known_name(self) -> str:
        """The name, if it is one of ours."""
        return self.name if self.name in KNOWN_CHECKS else "another check"


class Checked(BaseModel):
    """`check`. `ok` says whether all is well; the command itself succeeded either way."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    ok: bool
    checks: Annotated[list[Finding], Field(min_length=1, max_length=20)]


A = TypeVar("A", bound=BaseModel)


@dataclass(frozen=True)
class EngineProfile:
    """How one kind of engine is driven."""

    kind: str
    program: tuple[str, ...]
    store_dir: Path
    config: Path | None = None
    """Which configuration its commands work by; default: the one that is live."""

    async def run(self, command: str, answer: type[A]) -> A:
        """Run one command of the engine and return its answer. Cancelled, it takes the whole process group with it.

        :raises Refused: ``operation_failed``.
        """
        config = ("--config", str(self.config)) if self.config else ()
        argv = (*self.program, command, "--store-dir", str(self.store_dir), *config, "--json")
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        with tempfile.TemporaryFile() as printed:  # a file, not a pipe: nobody can hold it open and so hold us up
            process = await asyncio.create_subprocess_exec(
                *argv, stdin=asyncio.subprocess.DEVNULL, stdout=printed, env=environment, start_new_session=True
            )
            try:
                await process.wait()
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                code = await process.wait()
            printed.seek(0)
            text = printed.read(MAX_ANSWER_BYTES + 1)
        try:
            return answer.model_validate_json(text if len(text) <= MAX_ANSWER_BYTES else b"")
        except ValidationError as error:
            # Field names and rules only: what the engine printed may hold anything.
            wrong = [
                ".".join(map(str, part["loc"])) + ": " + part["type"] for part in error.errors(include_input=False)
            ]
            log.error("engine_command_failed", command=command, exit_code=code, wrong=wrong)
            raise Refused(ErrorCode.OPERATION_FAILED, "The engine could not do it; its own log says why.") from None


def embedded(store_dir: Path, config: Path | None = None, python: Path | None = None) -> EngineProfile:
    """Return the profile of the engine that comes with the platform.

    :param python: the interpreter of the engine's artifact; default: the agent's own.
    """
    program = (str(python or sys.executable), "-I", "-m", "galleria.shop.engine")
    return EngineProfile("embedded", program, store_dir, config)
