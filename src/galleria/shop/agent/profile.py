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
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from galleria.contracts.errors import ErrorCode
from galleria.observability import logs
from galleria.shop.agent.refusal import Refused

MAX_ANSWER_BYTES: Final = 64 * 1024

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
    """One thing that `check` looked at. Its words stay in the store; name and outcome get out."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z -]{0,39}$")]
    ok: bool


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

    async def run(self, command: str, answer: type[A]) -> A:
        """Run one command of the engine and return its answer. Cancelled, it takes the whole process group with it.

        :raises Refused: ``operation_failed``.
        """
        argv = (*self.program, command, "--store-dir", str(self.store_dir), "--json")
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
        try:
            printed = await _read_bounded(process)
            code = await process.wait()
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        try:
            return answer.model_validate_json(printed)
        except ValidationError as error:
            # Field names and rules only: what the engine printed may hold anything.
            wrong = [
                ".".join(map(str, part["loc"])) + ": " + part["type"] for part in error.errors(include_input=False)
            ]
            log.error("engine_command_failed", command=command, exit_code=code, wrong=wrong)
            raise Refused(ErrorCode.OPERATION_FAILED, "The engine could not do it; its own log says why.") from None


def embedded(store_dir: Path) -> EngineProfile:
    """Return the profile of the engine that comes with the platform."""
    return EngineProfile("embedded", (sys.executable, "-I", "-m", "galleria.shop.engine"), store_dir)


async def _read_bounded(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None  # noqa: S101 - asked for above
    printed = b""
    while chunk := await process.stdout.read(16 * 1024):
        printed += chunk
        if len(printed) > MAX_ANSWER_BYTES:
            return b""  # no answer of ours is this long
    return printed
