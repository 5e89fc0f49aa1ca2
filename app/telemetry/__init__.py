"""What the process counts for whoever watches it, and in whose affair it does what it does.

    story    one line of the log a step of an affair: received, decided, released, sent, invoiced
    logs     how the log is written: a JSON object a line, or a line for people
    traces   the same steps as spans; one affair is one trace

Counters only ever grow; a restart begins at nothing. Served at `/metrics`, in the words of
Prometheus.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric

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
DECIDING = Histogram(
    "tollgate_decision_duration_seconds",
    "How long it takes to decide one unit: pricing, both keys, the verdict; without storing",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
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
FEED_SILENT_AFTER = Gauge(
    "tollgate_feed_silent_after_seconds",
    "How long a feed with a rhythm may be silent before that is told of",
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

REQUESTS = Histogram(
    "tollgate_http_request_duration_seconds",
    "How long requests take until they are answered whole, by route as the document writes it",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
COMMITTED_TOGETHER = Histogram(
    "tollgate_commit_acts",
    "How many small writes share one commit",
    buckets=(1, 2, 4, 8, 16, 32, 64),
    registry=REGISTRY,
)

MESSAGES = Counter(
    "tollgate_messages",
    "Messages that came, by what became of them: recorded, duplicate, refused, conflict",
    ["outcome"],
    registry=REGISTRY,
)
REPROCESSED = Counter(
    "tollgate_messages_reprocessed",
    "Messages that were read more than once: mended by hand, or replayed",
    ["why"],
    registry=REGISTRY,
)
SHIPMENT_TO_BILL = Histogram(
    "tollgate_shipment_to_bill_seconds",
    "From the completion of a unit's service to the first decision that lets its invoice go out",
    buckets=tuple(3600.0 * hours for hours in (1, 4, 8, 24, 48, 72, 120, 168, 336, 720, 1440)),
    registry=REGISTRY,
)

for _hold in ("ENGINE_FAILED", "ENGINE_DISAGREEMENT"):
    ENGINE_ALARMS.labels(_hold)  # told as nothing before it happens: an alarm needs a start
for _broker in ("nats", "rabbitmq", "kafka"):
    FEED_DEAD_LETTERS.labels(_broker)
for _outcome in ("recorded", "duplicate", "refused", "conflict"):
    MESSAGES.labels(_outcome)
for _why in ("mended", "replayed"):
    REPROCESSED.labels(_why)
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


def current_affair() -> str:
    """The affair we are in; empty where it is none."""
    return _affair.get()


def told(more: Iterable[Metric] = ()) -> bytes:
    """Everything counted so far, and what else is known, as Prometheus reads it."""
    families = (*REGISTRY.collect(), *more)

    class Everything(CollectorRegistry):
        def collect(self) -> Iterator[Metric]:
            yield from families

    return generate_latest(Everything())
