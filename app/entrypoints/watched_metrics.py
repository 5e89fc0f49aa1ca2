"""What is stored, in the words of Prometheus: gauges made of the row that was counted last.

Every process over one database tells the same: whoever adds up over processes takes the largest.
Where nothing was counted yet, or the database does not answer, the gauges are missing and
`tollgate_database_up` or `tollgate_counted_age_seconds` says so; nothing is told as zero.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from app.errors import DeploymentError
from app.evidence.intake.feed import Lane
from app.operations.house import House
from app.operations.looking.watch_board import board_watched
from app.reports.work.watched import Queue, Watched

Samples = Iterable[tuple[Sequence[str], float]]


def watched_metrics(house: House) -> Iterator[Metric]:
    """The gauges over everything that is stored."""
    try:
        found = board_watched(house)
    except DeploymentError:
        yield _up(0)
        return
    if found is None:
        yield _up(1)
        return
    watched, figures = found
    moment = house.now()
    yield from state(moment, figures.counted_at, figures.took_ms)
    yield from business(watched)
    yield from queues(watched, moment)


def state(moment: datetime, counted_at: datetime, took_ms: int) -> Iterator[Metric]:
    """How current the other gauges are."""
    yield _up(1)
    yield _one(
        "tollgate_counted_age_seconds",
        "How long ago it was counted what the other gauges say of what is stored",
        (moment - counted_at).total_seconds(),
    )
    yield _one("tollgate_counted_duration_seconds", "How long that took", took_ms / 1000)


def business(watched: Watched) -> Iterator[Metric]:
    """Money and units."""
    yield _many(
        "tollgate_units",
        "Units by how far they have come on their way to an invoice",
        ["stage"],
        (((stage,), count) for stage, count in watched.units.items()),
    )
    yield _many(
        "tollgate_open_holds",
        "Holds that are open, by code",
        ["code"],
        (((code,), count) for code, count in _holds(watched).items()),
    )
    yield _many(
        "tollgate_held_minor_units",
        "Money that waits for each code of hold, in minor units; codes overlap",
        ["code", "currency"],
        (((h.code, h.currency), h.minor_units) for h in watched.held if h.currency),
    )
    yield _one(
        "tollgate_missed_cutoff_units",
        "Units whose customer's batch has closed and that nobody has claimed",
        watched.missed_cutoffs,
    )
    yield _one(
        "tollgate_late_pod_units",
        "Units delivered for 48 hours without a proof of delivery",
        watched.late_pods,
    )
    yield _one(
        "tollgate_blocked_invoices",
        "Invoices claimed for 24 hours of which the billing system has told no number",
        watched.blocked_invoices,
    )
    yield _many(
        "tollgate_right_ending_units",
        "Units held although the right to bill them ends within 7 days, by currency",
        ["currency"],
        (((each.currency,), each.units) for each in watched.rights_ending),
    )
    yield _many(
        "tollgate_right_ending_minor_units",
        "What those units come to, in minor units",
        ["currency"],
        (((each.currency,), each.minor_units) for each in watched.rights_ending if each.currency),
    )
    yield _one(
        "tollgate_provisionals_running_out",
        "Open provisional invoices that run out within 24 hours or have run out",
        watched.provisionals_running_out,
    )


def queues(watched: Watched, moment: datetime) -> Iterator[Metric]:
    """What waits to be done, and since when."""
    yield _one(
        "tollgate_quarantine_messages",
        "Messages kept aside that nobody has mended",
        watched.quarantined.waiting,
    )
    yield _one(
        "tollgate_quarantine_oldest_age_seconds",
        "How long the oldest of them has been waiting",
        _age(watched.quarantined.since, moment),
    )
    lanes = {lane.value: Queue(name=lane.value, waiting=0) for lane in Lane}
    lanes |= {each.name: each for each in watched.deciding}
    yield _many(
        "tollgate_due_rows",
        "What waits to be decided, by lane",
        ["lane"],
        (((each.name,), each.waiting) for each in lanes.values()),
    )
    yield _many(
        "tollgate_due_oldest_age_seconds",
        "How long the oldest of it could have been decided, by lane",
        ["lane"],
        (((each.name,), _age(each.since, moment)) for each in lanes.values()),
    )
    yield _one("tollgate_due_stuck", "What failed so often that a person must look", watched.stuck)
    yield _one(
        "tollgate_standing_due_rows",
        "Units of which it is still to be noted where they stand",
        watched.noting,
    )
    to = watched.destinations
    yield _many(
        "tollgate_sendings_waiting",
        "Events on their way, by destination",
        ["destination"],
        (((each.name,), each.waiting) for each in to),
    )
    yield _many(
        "tollgate_sendings_oldest_age_seconds",
        "How long the oldest of them could have been sent",
        ["destination"],
        (((each.name,), _age(each.since, moment)) for each in to),
    )
    yield _many(
        "tollgate_sendings_dead",
        "Events that were given up and wait for a person, by destination",
        ["destination"],
        (((each.name,), each.dead) for each in to),
    )
    yield _many(
        "tollgate_circuit_open",
        "Whether a destination failed so often that it is left alone for now",
        ["destination"],
        (((each.name,), float(each.left_alone)) for each in to),
    )


def _holds(watched: Watched) -> dict[str, int]:
    counted: dict[str, int] = {}
    for each in watched.held:
        counted[each.code] = counted.get(each.code, 0) + each.holds
    return counted


def _age(since: datetime | None, moment: datetime) -> float:
    """How old; what lies ahead, or is not there, has no age."""
    return max(0.0, (moment - since).total_seconds()) if since else 0.0


def _up(value: float) -> Metric:
    return _one("tollgate_database_up", "Whether the database answers this process", value)


def _one(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(name, says, value=value)


def _many(name: str, says: str, labels: Sequence[str], samples: Samples) -> Metric:
    family = GaugeMetricFamily(name, says, labels=labels)
    for values, value in samples:
        family.add_metric(values, value)
    return family
