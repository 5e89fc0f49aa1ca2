"""Finding the one row that prices something, or saying why there is none."""

from collections.abc import Iterable
from typing import TypeVar

from app.evidence.facts.party import Place
from app.pricing.rating.charge import Unpriced
from app.pricing.rating.lanes import lane, matching
from app.pricing.rating.occasion import Occasion, unpriced
from app.pricing.rating.rows import LaneRow, Row, in_force
from app.pricing.rating.term import Term

R = TypeVar("R", bound=Row)
L = TypeVar("L", bound=LaneRow)


def lane_row(occasion: Occasion, term: Term, rows: Iterable[L], subject: str = "") -> L | Unpriced:
    """The row for the unit's lane and class on its day."""
    unit = occasion.unit
    origin, destination = unit.attribute("origin"), unit.attribute("destination")
    origin = origin if isinstance(origin, Place) else None
    destination = destination if isinstance(destination, Place) else None
    freight_class = unit.text("freight_class")
    known = in_force(rows, occasion.day, occasion.known_on)
    found = matching(known, origin, destination, freight_class, occasion.lane_order)
    what = f"{lane(origin, destination)}" + (f", class {freight_class}" if freight_class else "")
    return only(occasion, term, found, what, subject)


def keyed_row(
    occasion: Occasion, term: Term, rows: Iterable[R], key: tuple[str, ...], what: str, subject: str
) -> R | Unpriced:
    """The row with the key on the unit's day; `what` says in words what it prices."""
    known = in_force(rows, occasion.day, occasion.known_on)
    found = tuple(row for row in known if row.key == key)
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
