"""What such holds did before is looked at now and then, and kept; pages predict from that.

The tables stand under their digest, so that a process decodes them once as long as they are the
same: a page reads no more than the digest.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from app.digest import canonical, digest
from app.infrastructure.storage.store import Store
from app.operations.house import House
from app.operations.looking.counting import Keeping, keep_counted
from app.reports.forecast.clear_times import ClearTimes, fitted
from app.reports.forecast.predicted import Predicted, predicted
from app.reports.forecast.table import ForecastTable, forecast_table
from app.reports.standing.standing import Spell

NAME, TABLES = "forecast", "forecast tables"
SOONEST = timedelta(minutes=5)
TABLES_KEPT = 8


def fit_forecast(house: House) -> int:
    """Fit the tables to all spells, unless that was done of late; nothing more waits after it."""
    keep_counted(house, _FITTED)
    return 0


def known_forecast(house: House) -> ClearTimes | None:
    """The tables as they were last fitted; None before the first time."""
    with house.database.reading(house.tenant) as store:
        return tables_known(store)


def forecasts_known(house: House, code: str = "") -> ForecastTable | None:
    """What to expect of every code, or of one code group by group; None before the first time."""
    tables = known_forecast(house)
    return None if tables is None else forecast_table(tables, code)


def predictions(
    store: Store, listed: Sequence[Spell], open_now: Sequence[Spell], moment: datetime
) -> tuple[Predicted, ...]:
    """A prediction for each of these open holds, in their order; none before the first fitting.

    Args:
        store: where.
        listed: the holds.
        open_now: all that is open on their units, and maybe on others.
        moment: from when on it is looked at.
    """
    tables = tables_known(store)
    if tables is None:
        return ()
    standings = store.standings.standing_of({spell.unit for spell in listed})
    return predicted(tables, listed, standings, open_now, moment)


def tables_known(store: Store) -> ClearTimes | None:
    """The tables as they were last fitted, decoded once in a process."""
    head = store.counted.known(NAME)
    if head is None:
        return None
    name = msgspec.json.decode(head.body, type=str)
    known = _known.get(name)
    if known is None:
        kept = store.counted.known(TABLES)
        assert kept is not None, "the tables are kept together with their digest"
        known = _known[digest(kept.body)] = msgspec.json.decode(kept.body, type=ClearTimes)
        for oldest in list(_known)[:-TABLES_KEPT]:
            _known.pop(oldest, None)
    return known


def _fit(store: Store, moment: datetime) -> dict[str, object]:
    tables = fitted(store.standings.every_spell(), moment)
    return {TABLES: tables, NAME: digest(canonical(tables))}


_FITTED = Keeping(name=NAME, count=_fit, soonest=SOONEST)
_known: dict[str, ClearTimes] = {}
