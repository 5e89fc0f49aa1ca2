"""What the work list says of the days to come, for each of its holds."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from app.reports.forecast.chance import Chance
from app.reports.forecast.clear_times import ClearTimes
from app.reports.forecast.clears_in import Forecast, clears_in
from app.reports.forecast.misses_cutoff import misses_cutoff
from app.reports.standing.standing import Spell, Standing


class Predicted(msgspec.Struct, frozen=True, kw_only=True):
    """When one hold clears, and whether its unit misses its cut-off."""

    clears: Forecast
    misses: Chance


def predicted(
    tables: ClearTimes,
    listed: Iterable[Spell],
    standings: Mapping[str, Standing],
    open_spells: Iterable[Spell],
    moment: datetime,
) -> tuple[Predicted, ...]:
    """One prediction for each listed hold, in their order.

    Args:
        tables: what history says.
        listed: open holds.
        standings: where their units stand.
        open_spells: all that is open on these units, listed or not.
        moment: from when on it is looked at.
    """
    held: dict[str, list[Spell]] = defaultdict(list)
    for spell in open_spells:
        held[spell.unit].append(spell)
    chances = {
        unit: misses_cutoff(tables, standing, held[unit], moment)
        for unit, standing in standings.items()
    }
    return tuple(
        Predicted(clears=clears_in(tables, each, moment), misses=chances[each.unit])
        for each in listed
    )
