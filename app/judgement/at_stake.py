"""What a hold keeps from being billed, and every clock that runs for a unit.

The amounts and days are those the rules saw: nothing is worked out again.
"""

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from app.judgement.decision import Clock, Runs
from app.judgement.rulebook.seen import Item, Seen, View
from app.judgement.verdict import Placed
from app.money import Money, total

NOTHING = Seen(None)


class AtStake(msgspec.Struct, frozen=True):
    """Until when it may be billed, and how much it is."""

    until: date | None = None
    value: Money | None = None


def at_stake_in(placed: Placed, view: View) -> AtStake:
    """Of the line that the hold is on; of the whole unit where it is on none."""
    lines = [item for item in view.items if item.entity == "charge"]
    own = [item for item in lines if f"{item.entity}:{item.key}" == placed.subject]
    until = own[0].values.get("right_expires_on") if own else None
    return AtStake(
        _day(until if own else view.unit.get("right_to_bill_expires_on")), _sum(own or lines)
    )


def clocks_in(view: View) -> tuple[Clock, ...]:
    """Every day by which something has to be billed, the first one first."""
    found = (*_rights(view.items), *_cutoffs(view))
    return tuple(sorted(found, key=lambda each: (each.last_day, each.runs, each.line)))


def _rights(items: Iterable[Item]) -> Iterator[Clock]:
    for item in items:
        day = _day(item.values.get("right_expires_on")) if item.entity == "charge" else None
        if day is not None:
            source = item.values["right_source"].value
            yield Clock(runs=Runs.RIGHT, last_day=day, line=item.key, source=str(source))


def _cutoffs(view: View) -> Iterator[Clock]:
    for name, source in (
        ("cutoff_on", "the contract's days after the service"),
        ("billing_cutoff_on", "the customer's invoicing calendar"),
    ):
        day = _day(view.unit.get(name))
        if day is not None:
            yield Clock(runs=Runs.CUTOFF, last_day=day, source=source)


def _day(seen: Seen | None) -> date | None:
    value = (seen or NOTHING).value
    return value if isinstance(value, date) else None


def _sum(lines: Iterable[Item]) -> Money | None:
    """What the lines come to; None where there is none."""
    amounts = [value for item in lines if isinstance(value := item.values["amount"].value, Money)]
    return total(amounts, amounts[0].currency) if amounts else None
