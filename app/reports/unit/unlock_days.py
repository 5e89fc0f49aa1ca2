"""What would release a unit, each of its holds due on the day that the work list says."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from app.explanation.unlock.answer import Need, Step, Unlocking, UnlockSet
from app.reports.standing.standing import Spell

_Days = Mapping[tuple[str, str], datetime]


def with_days_of(spells: Sequence[Spell], unlocking: Unlocking) -> Unlocking:
    """The same answer with the days of the unit's open spells; of other holds the decision's."""
    days = {(spell.code, spell.subject): spell.due_at for spell in spells}
    return msgspec.structs.replace(
        unlocking,
        sets=tuple(_set(each, days) for each in unlocking.sets),
        provisional=tuple(_set(each, days) for each in unlocking.provisional),
        needs=tuple(_need(each, days) for each in unlocking.needs),
    )


def _set(told: UnlockSet, days: _Days) -> UnlockSet:
    steps = tuple(_step(each, days) for each in told.steps)
    return msgspec.structs.replace(told, steps=steps, due_at=min(each.due_at for each in steps))


def _step(told: Step, days: _Days) -> Step:
    return msgspec.structs.replace(told, due_at=days.get((told.ends, told.subject), told.due_at))


def _need(told: Need, days: _Days) -> Need:
    return msgspec.structs.replace(told, due_at=days.get((told.code, told.subject), told.due_at))
