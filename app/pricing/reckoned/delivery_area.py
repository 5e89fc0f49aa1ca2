"""Delivery areas: the ZIPs for which a carrier lists a surcharge, and the area each is in.

A ZIP that is not on the list is in none of them: that is what the list says.
"""

from collections.abc import Iterator

from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import Row
from app.pricing.agreed.table_states import states_of
from app.pricing.agreed.term import Term
from app.pricing.agreed.zip_ranges import ZipRange, meeting, zip_at, zip_range
from app.pricing.lines.charge import Unpriced
from app.pricing.reckoned.lookup import only
from app.pricing.reckoned.occasion import Occasion, unpriced
from app.pricing.reckoned.zone_chart import places_told


class AreaRow(Row, frozen=True, kw_only=True, omit_defaults=True):
    """ZIPs of one area; an empty `to zip` means the first alone."""

    from_zip: str
    to_zip: str = ""
    area: str

    @property
    def zips(self) -> ZipRange:
        """The range."""
        return zip_range(self.from_zip, self.to_zip)

    @property
    def key(self) -> tuple[str, ...]:
        """The range."""
        return self.from_zip, self.to_zip or self.from_zip


def area_of(
    occasion: Occasion, term: Term, areas: tuple[AreaRow, ...], country: str, subject: str
) -> AreaRow | Unpriced | None:
    """The row of the day's list that names the destination; None where none does."""
    code = zip_at(occasion.unit, "destination", country)
    if not code:
        why = f"nobody tells a ZIP of the destination in {country}, so its area is not known"
        return unpriced(term, "no_rate", why, subject, places_told(occasion))
    if not areas:
        return only(occasion, term, (), "delivery areas", subject)
    found = tuple(row for row in areas if row.zips.holds(code))
    digits = max((len(row.from_zip) for row in found), default=0)
    nearest = tuple(row for row in found if len(row.from_zip) == digits)
    return only(occasion, term, nearest, f"the area of {code}", subject) if nearest else None


def area_flaws(term: Term, areas: tuple[AreaRow, ...]) -> Iterator[Flaw]:
    """Cells that are no ZIPs, and ZIPs that are listed twice."""
    wrong = [flaw for row in areas for flaw in _cells(term, row)]
    yield from wrong
    if wrong:
        return
    shown: set[tuple[int, int]] = set()
    for day, current in states_of(areas):
        for one, other in meeting((row.zips, row) for row in current):
            first, later = sorted((one, other), key=lambda row: row.line)
            if first.key != later.key and (first.line, later.line) not in shown:
                shown.add((first.line, later.line))
                both = max(first.from_zip, later.from_zip)
                yield Flaw(
                    what=f"row {later.row} and row {first.row} (line {first.line}) both list "
                    f"{both} on {day.isoformat()}",
                    charge=term.charge,
                    row=later,
                    field="from_zip",
                    mend="ranges do not overlap; only whole ZIPs go before a ZIP3",
                )


def _cells(term: Term, row: AreaRow) -> Iterator[Flaw]:
    try:
        zip_range(row.from_zip, row.to_zip)
    except ValueError as error:
        yield Flaw(
            what=str(error),
            charge=term.charge,
            row=row,
            field="from_zip",
            word=row.from_zip,
            allowed=("532", "53214"),
        )
