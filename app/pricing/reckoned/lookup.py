"""Finding the one row that prices something, or saying why there is none."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.party import Place
from app.pricing.agreed.lanes import lane, matching
from app.pricing.agreed.rows import LaneRow, Row, StepRow, in_force
from app.pricing.agreed.table_index import near_key, near_lane, near_number
from app.pricing.agreed.term import Shared, Term
from app.pricing.lines.charge import Unpriced
from app.pricing.reckoned.occasion import Occasion, unpriced

R = TypeVar("R", bound=Row)
L = TypeVar("L", bound=LaneRow)
S = TypeVar("S", bound=StepRow)


def lane_row(
    occasion: Occasion,
    term: Term,
    rows: Iterable[L],
    subject: str = "",
    units: tuple[BillableUnit, ...] = (),
    freight_class: str | None = None,
) -> L | Unpriced:
    """The row for the lane and class on the day.

    `units` are those that bear the price together: all of them must find the same row, each
    on its own day, or each would bear a share of a different price. `freight_class` is the
    class that was found for the goods, where it is not simply the one that the unit tells.
    """
    found = [
        _of_unit(occasion, term, rows, unit, subject, freight_class)
        for unit in units or (occasion.unit,)
    ]
    if missing := next((each for each in found if isinstance(each, Unpriced)), None):
        return missing
    different = {str(each) for each in found}
    if len(different) > 1:
        why = f"{' and '.join(sorted(different))} price parts of what is shared"
        return unpriced(term, "ambiguous_rate", why, subject)
    first = found[0]
    assert not isinstance(first, Unpriced), "whatever has no price was returned before"
    return first


def sharing(occasion: Occasion, by: Shared) -> tuple[BillableUnit, ...]:
    """Who bears a charge: the whole load where it is allocated, else the unit."""
    return occasion.load if by else (occasion.unit,)


def _of_unit(
    occasion: Occasion,
    term: Term,
    rows: Iterable[L],
    unit: BillableUnit,
    subject: str,
    freight_class: str | None,
) -> L | Unpriced:
    day = occasion.own_days.get(unit.unit, occasion.day)
    if day is None:
        why = f"{unit.unit} shares it, and the day whose prices count for it is not known"
        return unpriced(term, "no_date", why, subject)
    if day != occasion.day:
        occasion = msgspec.structs.replace(occasion, day=day)
    origin, destination = unit.attribute("origin"), unit.attribute("destination")
    origin = origin if isinstance(origin, Place) else None
    destination = destination if isinstance(destination, Place) else None
    freight_class = unit.text("freight_class") if freight_class is None else freight_class
    near = near_lane(rows, origin, destination, freight_class)
    known = in_force(near, occasion.day, occasion.known_on)
    found = matching(known, origin, destination, freight_class, occasion.lane_order)
    what = f"{lane(origin, destination)}" + (f", class {freight_class}" if freight_class else "")
    return only(occasion, term, found, what, subject)


def keyed_row(
    occasion: Occasion, term: Term, rows: Iterable[R], key: tuple[str, ...], what: str, subject: str
) -> R | Unpriced:
    """The row with the key on the unit's day; `what` says in words what it prices."""
    known = in_force(near_key(rows, key), occasion.day, occasion.known_on)
    found = tuple(row for row in known if row.key == key)
    return only(occasion, term, found, what, subject)


def step_row(
    occasion: Occasion,
    term: Term,
    rows: Iterable[S],
    value: Fraction | Decimal,
    what: str,
    subject: str = "",
) -> S | Unpriced:
    """The step on which a number falls; `what` says in words what it prices."""
    known = in_force(near_number(rows, value), occasion.day, occasion.known_on)
    found = tuple(row for row in known if row.holds(value))
    return only(occasion, term, found, what, subject)


def only(
    occasion: Occasion, term: Term, found: tuple[R, ...], what: str, subject: str = ""
) -> R | Unpriced:
    """The one row found; none and several are both no price."""
    if len(found) == 1:
        return found[0]
    when = f"on {occasion.day.isoformat()}"
    if not found:
        return unpriced(term, "no_rate", f"no row of {term.charge} for {what} {when}", subject)
    rows = " and ".join(str(row) for row in found)
    why = f"{rows} both price {what} {when}, and the card does not say which"
    return unpriced(term, "ambiguous_rate", why, subject)
