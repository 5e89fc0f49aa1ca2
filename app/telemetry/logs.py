"""How the log is written to stderr: a JSON object a line, or a line for people.

Our own lines and those of all libraries go through one formatter, so that whoever collects them
needs one rule. Every line has `timestamp`, `level`, `logger`, `event` and `correlation_id` (`-`
where it belongs to no affair); a step of an affair has the ids that are known by then.
"""

import logging
from typing import Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from app.telemetry import current_affair
from app.telemetry.story import NAMED

Style = Literal["json", "text"]
_FIRST = ("timestamp", "level", "logger", "event", "correlation_id")


def log_to_stderr(style: Style = "json") -> None:
    """Write the log: of ourselves and the listener what is worth knowing, of others what is wrong.

    Args:
        style: `json` for whoever collects logs, `text` for people.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(style))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for ours in ("tollgate", "app", "uvicorn"):
        logging.getLogger(ours).setLevel(logging.INFO)


def formatter(style: Style) -> structlog.stdlib.ProcessorFormatter:
    """What writes one line of any logger."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            # Only what is named there: libraries put whole requests beside their words.
            structlog.stdlib.ExtraAdder(allow=("correlation_id", *NAMED)),
            _in_affair,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *_rendered(style),
        ],
    )


def _rendered(style: Style) -> list[Processor]:
    if style == "text":
        return [structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)]
    # Tracebacks as text: told as data they would show what every variable held.
    return [
        structlog.processors.format_exc_info,
        _in_order,
        structlog.processors.JSONRenderer(),
    ]


def _in_affair(logger: WrappedLogger, method: str, told: EventDict) -> EventDict:
    """The line with its affair: the one it names, or the one it was written in."""
    del logger, method
    told.setdefault("correlation_id", current_affair() or "-")
    return told


def _in_order(logger: WrappedLogger, method: str, told: EventDict) -> EventDict:
    """The line with what all lines have in front."""
    del logger, method
    return {name: told.pop(name) for name in _FIRST if name in told} | dict(told)
