"""The zone chart of a parcel carrier: from the ZIP of origin to the ZIP of destination.

Charts are published by ranges of ZIP3, with exceptions by whole ZIP, which go before. A lane
that the chart does not name has no zone and therefore no price.
"""

from collections.abc import Iterator

from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import Row
from app.pricing.agreed.table_states import states_of
from app.pricing.agreed.term import Term
from app.pricing.agreed.zip_ranges import ZipRange, meeting, zip_at, zip_range
from app.pricing.lines.charge import Input, Unpriced
from app.pricing.reckoned.lookup import only
from app.pricing.reckoned.occasion import Occasion, told, unpriced

ANY = "*"


class ZoneRow(Row, frozen=True, kw_only=True, omit_defaults=True):
    """The zone from one range of ZIPs to another; an empty `to` means the `from` alone."""

    service: str = ANY
    origin_from: str
    origin_to: str = ""
    destination_from: str
    destination_to: str = ""
    zone: str

    @property
    def origins(self) -> ZipRange:
        """Where it begins."""
        return zip_range(self.origin_from, self.origin_to)

    @property
    def destinations(self) -> ZipRange:
        """Where it ends."""
        return zip_range(self.destination_from, self.destination_to)

    @property
    def key(self) -> tuple[str, ...]:
        """The service and the lane."""
        return (
            word(self.service),
            self.origin_from,
            self.origin_to or self.origin_from,
            self.destination_from,
            self.destination_to or self.destination_from,
        )


def word(cell: str) -> str:
    """A service, zone or area as it is compared."""
    return " ".join(cell.upper().split())


def fits(cell: str, value: str) -> bool:
    """Whether the cell is for anything or for just this."""
    return cell.strip() == ANY or word(cell) == word(value)


def zone_of(
    occasion: Occasion,
    term: Term,
    chart: tuple[ZoneRow, ...],
    country: str,
    service: str,
    subject: str,
) -> ZoneRow | Unpriced:
    """The row of the day's chart; one for the service, then one for whole ZIPs, goes first."""
    origin = zip_at(occasion.unit, "origin", country)
    destination = zip_at(occasion.unit, "destination", country)
    if not origin or not destination:
        side = "destination" if origin else "origin"
        why = f"nobody tells a ZIP of the {side} in {country}, so it has no zone"
        return unpriced(term, "no_rate", why, subject, places_told(occasion))
    found = [
        row
        for row in chart
        if fits(row.service, service)
        and row.origins.holds(origin)
        and row.destinations.holds(destination)
    ]
    best = min((_rank(row) for row in found), default=())
    nearest = tuple(row for row in found if _rank(row) == best)
    what = f"a zone from {origin} to {destination}" + (f" by {service}" if service else "")
    return only(occasion, term, nearest, what, subject)


def _rank(row: ZoneRow) -> tuple[int, ...]:
    """Smaller is more specific."""
    digits = len(row.origins.first) + len(row.destinations.first)
    return int(row.service.strip() == ANY), -digits


def places_told(occasion: Occasion) -> tuple[Input, ...]:
    """Where it comes from and goes to, as inputs, as far as they are told."""
    sides = ("origin", "destination")
    return tuple(
        told(occasion.unit, side, value)
        for side in sides
        if (value := occasion.unit.attribute(side)) is not None
    )


def chart_flaws(term: Term, chart: tuple[ZoneRow, ...]) -> Iterator[Flaw]:
    """Cells that are no ZIPs, and rows that name two zones for one lane."""
    wrong = [flaw for row in chart for flaw in _cells(term, row)]
    yield from wrong
    if wrong:
        return
    shown: set[tuple[int, int]] = set()
    for day, current in states_of(chart):
        for one, other in meeting((row.destinations, row) for row in current):
            first, later = sorted((one, other), key=lambda row: row.line)
            if _one_lane(first, later) and (first.line, later.line) not in shown:
                shown.add((first.line, later.line))
                yield Flaw(
                    what=f"row {later.row} and row {first.row} (line {first.line}) both name the "
                    f"zone from {max(first.origin_from, later.origin_from)} to "
                    f"{max(first.destination_from, later.destination_from)} on {day.isoformat()}",
                    charge=term.charge,
                    row=later,
                    field="destination_from",
                    mend="ranges do not overlap; only rows by whole ZIP go before those by ZIP3",
                )


def _one_lane(one: ZoneRow, other: ZoneRow) -> bool:
    """Whether neither goes before the other where they meet; equal rows are found elsewhere."""
    alike = word(one.service) == word(other.service) and one.origins.meets(other.origins)
    return alike and one.key != other.key


def _cells(term: Term, row: ZoneRow) -> Iterator[Flaw]:
    for first, last in (("origin_from", "origin_to"), ("destination_from", "destination_to")):
        try:
            zip_range(getattr(row, first), getattr(row, last))
        except ValueError as error:
            yield Flaw(
                what=str(error),
                charge=term.charge,
                row=row,
                field=first,
                word=getattr(row, first),
                allowed=("532", "53214"),
            )
