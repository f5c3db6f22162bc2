"""Which means of isolation this machine offers. Tried out, never assumed."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from functools import cache

from galleria.control.runtimes.port import RuntimeUnavailable
from galleria.control.runtimes.process import artifact, landlock
from galleria.control.runtimes.process.ids import running_as_root
from galleria.control.runtimes.process.sandbox import Identity, Launch, Means, bwrap_arguments, inner_command

_TRIAL = Launch(program="trial", argv=("/usr/bin/true",), binds=(), means=Means.BUBBLEWRAP, cwd="/")
_NOBODY = Identity(65534, 65534)


@cache
def find_means() -> Means:
    """Find the strongest means that really works here, by starting a program with it."""
    trial = replace(_TRIAL, identity=_NOBODY if running_as_root() else None)
    command = [artifact.bwrap(), *bwrap_arguments(trial), "--", *inner_command(trial, supervised=False)]
    try:
        # A machine under pressure may fail one trial; only a means that fails again is not there.
        works = any(subprocess.run(command, capture_output=True, check=False, timeout=10).returncode == 0 for _ in "12")
    except subprocess.TimeoutExpired as error:
        raise RuntimeUnavailable("Bubblewrap did not answer within 10 s; is the machine overloaded?") from error
    except OSError:
        works = False
    return Means.BUBBLEWRAP if works else _without_bubblewrap()


def _without_bubblewrap() -> Means:
    return Means.LANDLOCK if landlock.abi() > 0 else Means.NONE
