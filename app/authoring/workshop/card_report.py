"""What is no flaw of a rate card, and still worth knowing by who signs it.

From which weight on a shipment is billed as the next break's minimum, which row the
numbers around each bound find, and what in the prices is unusual: a heavier break that is
dearer, a lane without a price for some time, a row that never counts. All of it is
permitted; a flaw is found by `app.pricing.rating.proof`, and the card is refused.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain

import msgspec

from app.authoring.workshop.boundary_cases import BoundaryCase, boundary_cases, steps_now
from app.authoring.workshop.break_points import (
    BreakPoint,
    break_points,
    different_prices,
    odd_breaks,
)
from app.pricing.agreed.rows import Row, StepRow
from app.pricing.agreed.table_index import alike, versions
from app.pricing.agreed.table_proof import gaps
from app.pricing.agreed.term import Term
from app.pricing.lines.wording import rate
from app.pricing.rating.card import RateCard
from app.pricing.rating.proof import tables_of
from app.pricing.shapes.cwt_breaks import CwtBreaks

__all__ = ["BoundaryCase", "BreakPoint", "CardNote", "CardReport", "report_of"]


class CardNote(msgspec.Struct, frozen=True, kw_only=True):
    """Something unusual that is permitted."""

    charge: str
    row: str = ""
    """`row 12 of tables/linehaul.csv`; empty where it is the table."""
    what: str

    def __str__(self) -> str:
        """`linehaul, row 12 of tables/linehaul.csv: ...`."""
        return f"{', '.join(filter(None, (self.charge, self.row)))}: {self.what}"


class CardReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a card comes to beside its prices; each entry is a line of its own as text."""

    break_points: tuple[BreakPoint, ...] = ()
    boundary_cases: tuple[BoundaryCase, ...] = ()
    notes: tuple[CardNote, ...] = ()


MOST = 1_000
"""Of so many different prices the break points are worked out: a second for each sixty."""


def report_of(card: RateCard, most: int = MOST) -> CardReport:
    """The report of a card that has no flaws.

    Args:
        card: as it would be accepted.
        most: of so many different prices of a charge break points are worked out; a note
            says where there are more.
    """
    return CardReport(
        break_points=tuple(
            point
            for term in card.charges
            if isinstance(term, CwtBreaks)
            for point in break_points(term, card.currency, most)
        ),
        boundary_cases=tuple(case for term in card.charges for case in boundary_cases(term)),
        notes=tuple(note for term in card.charges for note in _notes(card, term, most)),
    )


def _notes(card: RateCard, term: Term, most: int) -> Iterator[CardNote]:
    if isinstance(term, CwtBreaks):
        if (prices := different_prices(term)) > most:
            what = f"break points are worked out for the first {most:,} of {prices:,} prices only"
            yield CardNote(charge=term.charge, what=what)
        for row, what in odd_breaks(term):
            yield CardNote(charge=term.charge, row=str(row), what=what)
    for rows in tables_of(term):
        yield from _ends_of_steps(term, rows)
        yield from _without_price(term, rows)
        yield from _corrected_before(term, rows)
        yield from _outside(card, term, rows)


def _ends_of_steps(term: Term, rows: tuple[Row, ...]) -> Iterator[CardNote]:
    """Where a step table begins and ends: beyond, there is no price and no extension."""
    steps = tuple(row for row in rows if isinstance(row, StepRow))
    _, current = steps_now(steps) if steps else (None, ())
    if not current:
        return
    low = min(step.at_least for step in current)
    ends = [step.below for step in current if step.below is not None]
    if low > 0:
        what = f"{current[0].table} has no price below {rate(low)}"
        yield CardNote(charge=term.charge, what=what)
    if len(ends) == len(current):
        what = f"{current[0].table} has no price from {rate(max(ends))} on"
        yield CardNote(charge=term.charge, what=what)


def _without_price(term: Term, rows: tuple[Row, ...]) -> Iterator[CardNote]:
    for gap in gaps(rows):
        last = gap.ends - timedelta(days=1)
        what = (
            f"no price of its own from {gap.begins.isoformat()} until {last.isoformat()}, "
            f"when row {gap.after.row} (line {gap.after.line}) follows; a broader row decides "
            "there, or the invoice waits"
        )
        yield CardNote(charge=term.charge, row=str(gap.before), what=what)


def _corrected_before(term: Term, rows: tuple[Row, ...]) -> Iterator[CardNote]:
    """Rows that a later known one replaced on all their days before the first of them."""
    of_number = (tuple(rows[at] for at in each) for each in versions(rows).values())
    told: set[tuple[str, int]] = set()
    for same in chain(alike(rows), of_number):
        for row in same:
            better = next((other for other in same if _replaces(other, row)), None)
            if better is not None and (row.table, row.line) not in told:
                told.add((row.table, row.line))
                what = (
                    f"never prices a shipment: row {better.row} (line {better.line}), known from "
                    f"{better.known_from.isoformat()}, replaces it before its first day"
                )
                yield CardNote(charge=term.charge, row=str(row), what=what)


def _replaces(other: Row, row: Row) -> bool:
    """Whether the row was known no longer than until its own first day."""
    if not row.known_from < other.known_from <= row.effective_from:
        return False
    if other.row == row.row:
        return True
    ends, end = other.effective_before or date.max, row.effective_before or date.max
    return other.key == row.key and other.effective_from <= row.effective_from and ends >= end


def _outside(card: RateCard, term: Term, rows: tuple[Row, ...]) -> Iterator[CardNote]:
    """Rows that end before the card begins or begin after it ends."""
    for row in rows:
        early = row.effective_before is not None and row.effective_before <= card.effective_from
        late = card.effective_before is not None and row.effective_from >= card.effective_before
        if early or late:
            what = "counts on no day on which the card is in force"
            yield CardNote(charge=term.charge, row=str(row), what=what)
