"""What the process counts for whoever watches it, and in whose affair it writes to the log.

Counters only ever grow; a restart begins at nothing. Served at `/metrics`, in the words of
Prometheus. Every line of the log names the affair (the correlation id) it was written in.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

MEDIA = CONTENT_TYPE_PLAIN_0_0_4

REGISTRY = CollectorRegistry()
"""Our own, so that nothing of a library's is told with it."""

ENGINE_ALARMS = Counter(
    "tollgate_engine_alarms",
    "Decisions held because the two keys did not agree, or the first gave no answer",
    ["hold"],
    registry=REGISTRY,
)
ENGINE_RETRIES = Counter(
    "tollgate_engine_retries",
    "Questions asked again because an engine process was lost",
    registry=REGISTRY,
)
LOST, ENDED, USED_UP = "lost", "ended between questions", "has loaded many packs"
"""Why a process is replaced."""

ENGINE_REPLACED = Counter(
    "tollgate_engine_processes_replaced",
    "Engine processes that were replaced",
    ["why"],
    registry=REGISTRY,
)
ENGINE_LOADED = Counter(
    "tollgate_engine_packs_loaded",
    "Packs of rules that an engine process has loaded",
    registry=REGISTRY,
)
DECISIONS = Counter(
    "tollgate_decisions",
    "Decisions taken for the first time, by verdict",
    ["verdict"],
    registry=REGISTRY,
)
DUE_FAILED = Counter(
    "tollgate_due_failed",
    "Times that units which were due could not be decided",
    registry=REGISTRY,
)
FEED_MESSAGES = Counter(
    "tollgate_feed_messages",
    "Messages taken from a broker, by what became of them",
    ["fate"],
    registry=REGISTRY,
)
FEED_DEAD_LETTERS = Counter(
    "tollgate_feed_dead_letters",
    "Messages that failed every time and were put among the dead letters of their broker",
    ["broker"],
    registry=REGISTRY,
)
FEED_FILES = Counter(
    "tollgate_feed_files",
    "Files taken from watched folders, by where they were put",
    ["put"],
    registry=REGISTRY,
)
FEED_PULLS = Counter(
    "tollgate_feed_pulls",
    "Times that a system was asked for what is new, by outcome",
    ["outcome"],
    registry=REGISTRY,
)
SENDINGS = Counter(
    "tollgate_sendings",
    "Attempts to send an event, by destination and outcome: sent, failed, dead",
    ["destination", "outcome"],
    registry=REGISTRY,
)
CIRCUITS_OPENED = Counter(
    "tollgate_circuits_opened",
    "Times that a destination failed so often in a row that it is left alone for a while",
    ["destination"],
    registry=REGISTRY,
)
LOOP_FAILED = Counter(
    "tollgate_loop_failed",
    "Times that something done again and again failed, and was tried again",
    ["loop"],
    registry=REGISTRY,
)
SENT_AWAY = Counter(
    "tollgate_sent_away",
    "Messages that were not taken in because too many came at once, by what was full",
    ["full"],
    registry=REGISTRY,
)
FEED_SILENT_FOR = Gauge(
    "tollgate_feed_silent_seconds",
    "How long a feed with a rhythm has not been heard",
    ["feed"],
    registry=REGISTRY,
)
DRIFT = Counter(
    "tollgate_drift",
    "Things in which what a partner sends is not what it was: a field new, missing or of another"
    " kind, a code that no map knows",
    ["partner", "feed", "code"],
    registry=REGISTRY,
)

for _hold in ("ENGINE_FAILED", "ENGINE_DISAGREEMENT"):
    ENGINE_ALARMS.labels(_hold)  # told as nothing before it happens: an alarm needs a start
for _why in (LOST, ENDED, USED_UP):
    ENGINE_REPLACED.labels(_why)

_PLAIN_AFFAIR = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/+@=-]{0,99}")
_affair: ContextVar[str] = ContextVar("affair", default="")


def plain_affair(text: str) -> str:
    """The correlation id that somebody sent, if it is one: up to 100 plain characters."""
    return text if _PLAIN_AFFAIR.fullmatch(text) else ""


@contextmanager
def affair(correlation_id: str) -> Iterator[None]:
    """What is logged within belongs to this affair."""
    token = _affair.set(correlation_id)
    try:
        yield
    finally:
        _affair.reset(token)


class NamesAffair(logging.Filter):
    """Gives every line of the log its `correlation_id`; `-` where it belongs to none."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let it pass, with the affair it was written in."""
        record.correlation_id = _affair.get() or "-"
        return True


def log_to_stderr() -> None:
    """Write the log as lines that name moment, weight, room and affair.

    Of ourselves and the listener what is worth knowing, of all others what is wrong.
    """
    handler = logging.StreamHandler()
    handler.addFilter(NamesAffair())
    form = "%(asctime)s %(levelname)s %(name)s [%(correlation_id)s] %(message)s"
    handler.setFormatter(logging.Formatter(form))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for ours in ("tollgate", "app", "uvicorn"):
        logging.getLogger(ours).setLevel(logging.INFO)


def told() -> bytes:
    """Everything counted so far, as Prometheus reads it."""
    return generate_latest(REGISTRY)
