"""What alarms and dashboards know of what is stored is counted anew, by one process at a time."""

from datetime import datetime, timedelta

import msgspec

from app.infrastructure.storage.counted import Figures
from app.infrastructure.storage.store import Store
from app.operations.deciding.drain_due import STUCK_AFTER
from app.operations.house import House
from app.operations.looking.counting import Keeping, keep_counted
from app.reports.work.watched import NAME, Watched

EVERY = timedelta(seconds=15)
"""As often as Prometheus usually asks."""


def watch_board(house: House) -> int:
    """Count, unless somebody has just done so; always tells that nothing more waits."""
    keep_counted(house, _WATCHED)
    return 0


def board_watched(house: House) -> tuple[Watched, Figures] | None:
    """What was counted last, one row; None before the first time."""
    with house.database.reading(house.tenant) as store:
        figures = store.counted.known(NAME)
    if figures is None:
        return None
    return msgspec.json.decode(figures.body, type=Watched), figures


def _count(store: Store, moment: datetime) -> dict[str, Watched]:
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
    return {NAME: watched}


_WATCHED = Keeping(name=NAME, count=_count, soonest=EVERY)
