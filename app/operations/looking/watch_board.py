"""What alarms and dashboards know of what is stored is counted anew, by one process at a time."""

from datetime import timedelta
from time import perf_counter

import msgspec

from app.digest import canonical
from app.infrastructure.storage.counted import Figures
from app.operations.deciding.drain_due import STUCK_AFTER
from app.operations.house import House
from app.reports.watched import NAME, Watched

EVERY = timedelta(seconds=15)
"""As often as Prometheus usually asks."""
COSTS_AT_MOST = 20
"""It rests so many times as long as it took: counting never takes more than a part of a process."""


def watch_board(house: House) -> int:
    """Count, unless somebody has just done so; always tells that nothing more waits."""
    moment = house.now()
    with house.database.reading(house.tenant) as store:
        before = store.counted.known(NAME)
        if before is not None:
            rest = max(EVERY, timedelta(milliseconds=before.took_ms) * COSTS_AT_MOST)
            if before.counted_at <= moment < before.counted_at + rest:
                return 0
        begun = perf_counter()
        counting = store.watching
        watched = Watched(
            units=counting.units(),
            held=counting.held(),
            missed_cutoffs=counting.missed_cutoffs(moment),
            late_pods=counting.late_pods(moment),
            blocked_invoices=counting.blocked_invoices(moment),
            rights_ending=counting.rights_ending(moment),
            provisionals_running_out=counting.provisionals_running_out(moment),
            quarantined=counting.quarantined(),
            deciding=counting.deciding(),
            stuck=counting.stuck(STUCK_AFTER),
            noting=store.standings.waiting(),
            destinations=counting.destinations(moment),
        )
    figures = Figures(
        name=NAME,
        body=canonical(watched),
        counted_at=moment,
        took_ms=round((perf_counter() - begun) * 1000),
    )
    with house.database.writing(house.tenant) as store:
        store.counted.keep(figures)
    return 0


def board_watched(house: House) -> tuple[Watched, Figures] | None:
    """What was counted last, one row; None before the first time."""
    with house.database.reading(house.tenant) as store:
        figures = store.counted.known(NAME)
    if figures is None:
        return None
    return msgspec.json.decode(figures.body, type=Watched), figures
