"""Log lines: one JSON object a line on stdout, from structlog and from the standard library's loggers alike."""

from __future__ import annotations

import logging
import sys
from typing import TextIO, cast

from galleria.observability import redaction
from galleria.observability.lean import left_out

with left_out("rich"):  # for a coloured console: 5 MB and 40 ms
    import structlog
    from structlog.contextvars import bind_contextvars, clear_contextvars, merge_contextvars

__all__ = ["bind_contextvars", "clear_contextvars", "configure", "get"]


def configure(
    component: str, store_id: str | None = None, level: int = logging.INFO, *, output: TextIO | None = None
) -> None:
    """Send every log line of this process to ``output`` (default: stdout) as JSON, redacted.

    Each line has ``timestamp`` (UTC, ISO 8601), ``level``, ``event``, ``logger``, ``component`` and, given one,
    ``store_id``.
    Calling it again replaces what was set up before.
    """
    origin = {"component": component} | ({"store_id": store_id} if store_id else {})

    def add_origin(_logger: object, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
        return {**event, **origin}

    shared: list[structlog.types.Processor] = [
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_origin,
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(output or sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _redact,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs every address it asks, with its query
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def get(name: str) -> structlog.typing.FilteringBoundLogger:
    """Return the logger of the module ``name``."""
    return cast("structlog.typing.FilteringBoundLogger", structlog.get_logger(name))


def _redact(_logger: object, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    return {key: redaction.redact(key, value) for key, value in event.items()}
