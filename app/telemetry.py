"""What the process counts for whoever watches it, in the words of Prometheus.

Counters only ever grow; a restart begins at nothing. Served at `/metrics`.
"""

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

for _hold in ("ENGINE_FAILED", "ENGINE_DISAGREEMENT"):
    ENGINE_ALARMS.labels(_hold)  # told as nothing before it happens: an alarm needs a start
for _why in (LOST, ENDED, USED_UP):
    ENGINE_REPLACED.labels(_why)


def told() -> bytes:
    """Everything counted so far, as Prometheus reads it."""
    return generate_latest(REGISTRY)
