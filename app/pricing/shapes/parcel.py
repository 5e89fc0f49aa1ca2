"""Parcels by zone, service and billable weight.

The zone comes from the carrier's chart, the weight of each package from its size or the scale,
the rate from the cell of the service's table. What stands beyond a table has no price: no last
row or zone stands in for a missing one.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Literal

import msgspec

from app.evidence.correlation.packages import MeasuredPackage
from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import Row
from app.pricing.agreed.table_states import as_of, share_a_day, states_of
from app.pricing.agreed.term import Term
from app.pricing.lines.charge import Input, Unpriced
from app.pricing.lines.wording import money, number, rate
from app.pricing.reckoned.billable_weight import (
    Billable,
    DimensionalRow,
    MinimumWeightRow,
    Missing,
    billable_weight,
    weight_flaws,
)
from app.pricing.reckoned.lookup import only
from app.pricing.reckoned.occasion import Line, Occasion, Working, told, unpriced
from app.pricing.reckoned.shipped_packages import charged_package, service_of, shipped_packages
from app.pricing.reckoned.zone_chart import (
    ANY,
    ZoneRow,
    chart_flaws,
    fits,
    places_told,
    word,
    zone_of,
)

Cells = Literal["each whole pound", "up to", "at least"]
"""How weights are cut into cells.

`each whole pound`: `up to` 1, 2, 3 lb and so on without a gap, the bound itself included.
`up to`: cells as they stand, each from above the one before, the bound included.
`at least`: from `at least`, included, to `below`, excluded.
"""


class CellRow(Row, frozen=True, kw_only=True, omit_defaults=True):
    """The rate of one package of a weight, for a service and a zone."""

    service: str = ANY
    zone: str = ANY
    up_to: Decimal | None = None
    at_least: Decimal | None = None
    below: Decimal | None = None
    rate: Decimal
    each_further_lb: Decimal | None = None
    """Of the last cell: for each begun pound above `up to`, or above `at least`."""
    discount_percent: Decimal = Decimal(0)
    minimum: Decimal = Decimal(0)
    """The least that a package comes to after the discount."""

    @property
    def key(self) -> tuple[str, ...]:
        """The service, the zone and the cell."""
        bounds = (self.up_to, self.at_least)
        cell = ("" if bound is None else str(Fraction(bound)) for bound in bounds)
        return (word(self.service), word(self.zone), *cell)

    @property
    def begins(self) -> Decimal:
        """The bound by which cells are sorted and from which further pounds count."""
        return next(bound for bound in (self.up_to, self.at_least, Decimal(0)) if bound is not None)


class Parcel(Term, frozen=True, kw_only=True, omit_defaults=True, tag="parcel"):
    """The zone chart, how a package weighs, and the rates."""

    priced_by: Literal["package", "shipment"]
    """A line for each package, or one for the sum of their billable weights."""
    cells: Cells
    dimensions_missing: Missing = "hold"
    zone_country: str = "US"
    """The chart is of this country; a ZIP elsewhere is another thing."""
    method: Literal["parcel_1"] = "parcel_1"
    zones: tuple[ZoneRow, ...]
    dimensional: tuple[DimensionalRow, ...]
    minimum_weights: tuple[MinimumWeightRow, ...] = ()
    rates: tuple[CellRow, ...]

    def flaws(self) -> Iterator[Flaw]:
        """Charts that name two zones, cells that leave a gap, zones without a rate."""
        yield from chart_flaws(self, self.zones)
        yield from weight_flaws(self, self.dimensional, self.minimum_weights)
        yield from self._unfit_rows()
        yield from self._gaps()
        yield from self._unrated_zones()

    def _unfit_rows(self) -> Iterator[Flaw]:
        """Cells that are not cut as the card says."""
        wanted, other = ("at_least", "up_to") if self.cells == "at least" else ("up_to", "at_least")
        for row in self.rates:
            if getattr(row, wanted) is None or getattr(row, other) is not None:
                what = f"{row} has to name `{wanted.replace('_', ' ')}` and nothing else"
                yield Flaw(what=what, charge=self.charge, row=row, field=wanted)
            if row.below is not None and row.at_least is None:
                what = f"{row} ends below a weight and begins nowhere"
                yield Flaw(what=what, charge=self.charge, row=row, field="below")
            if row.discount_percent > 100:
                what = f"a discount of {rate(row.discount_percent)}% is more than the price"
                yield Flaw(what=what, charge=self.charge, row=row, field="discount_percent")

    def _gaps(self) -> Iterator[Flaw]:
        """Each break in the cells of a service and zone, on the first day on which it shows."""
        shown: set[tuple[int, str]] = set()
        for day, current in states_of(self.rates):
            for cells in _by_table(current).values():
                for row, what in _breaks(self.cells, cells):
                    if (row.line, what) not in shown:
                        shown.add((row.line, what))
                        yield Flaw(
                            what=f"{what} of {_name(row)} on {day.isoformat()}",
                            charge=self.charge,
                            row=row,
                            field="at_least" if self.cells == "at least" else "up_to",
                        )

    def _unrated_zones(self) -> Iterator[Flaw]:
        """Zones of the chart for which no service that goes there has a rate."""
        by_zone: dict[str, list[CellRow]] = defaultdict(list)
        for row in self.rates:
            by_zone[word(row.zone)].append(row)
        for zone in self.zones:
            rated = (*by_zone[word(zone.zone)], *by_zone[ANY])
            if not any(_serves(row, zone) and share_a_day(row, zone) for row in rated):
                whose = "" if zone.service.strip() == ANY else f" by {zone.service}"
                yield Flaw(
                    what=f"zone {zone.zone}{whose} is on the chart and has no rate",
                    charge=self.charge,
                    row=zone,
                    field="zone",
                    word=zone.zone,
                    allowed=tuple(sorted({row.zone for row in self.rates if _serves(row, zone)})),
                )


def _serves(row: CellRow, zone: ZoneRow) -> bool:
    return zone.service.strip() == ANY or fits(row.service, zone.service)


def _by_table(rows: tuple[CellRow, ...]) -> Mapping[tuple[str, str], tuple[CellRow, ...]]:
    """The cells of each service and zone, the lightest first."""
    found: dict[tuple[str, str], list[CellRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.begins):
        found[word(row.service), word(row.zone)].append(row)
    return {name: tuple(cells) for name, cells in found.items()}


def _name(row: CellRow) -> str:
    return f"{row.service} zone {row.zone}"


def _breaks(cut: Cells, cells: tuple[CellRow, ...]) -> Iterator[tuple[CellRow, str]]:
    """Where the cells of one table do not join, and further pounds before the last one."""
    for row in cells[:-1]:
        if row.each_further_lb is not None:
            yield row, f"further pounds count from the last cell on, and {row} is not the last"
    if cut == "at least":
        yield from _steps_apart(cells)
    elif cut == "each whole pound":
        bounds = (Decimal(0), *(row.begins for row in cells))
        for row, (low, high) in zip(cells, pairwise(bounds), strict=True):
            if high - low > 1:
                yield row, f"no cell from above {rate(low)} to {rate(high - 1)} lb"


def _steps_apart(cells: tuple[CellRow, ...]) -> Iterator[tuple[CellRow, str]]:
    if cells[0].begins > 0:
        yield cells[0], f"no cell below {rate(cells[0].begins)} lb"
    for low, high in pairwise(cells):
        if low.below is None or low.below > high.begins:
            yield high, f"rows {low.row} and {high.row} both hold {rate(high.begins)} lb"
        elif low.below < high.begins:
            yield high, f"no cell from {rate(low.below)} to below {rate(high.begins)} lb"


class _Rated(msgspec.Struct, frozen=True, kw_only=True):
    """What is priced as one line: a package or all of one service together."""

    service: str
    billable: Billable
    subject: str


def parcel(occasion: Occasion, term: Parcel) -> tuple[Line, ...]:
    """A line for each package, or one for the shipment."""
    term = as_of(term, occasion.day, occasion.known_on)
    packages, missing = shipped_packages(occasion, term)
    weighed = [_weighed(occasion, term, package) for package in packages]
    heavy = [each for each in weighed if isinstance(each, _Rated)]
    missing = (*missing, *(each for each in weighed if isinstance(each, Unpriced)))
    if term.priced_by == "package":
        return (*(_line(occasion, term, each) for each in heavy), *missing)
    return missing or (_of_shipment(occasion, term, heavy),)


def _weighed(occasion: Occasion, term: Parcel, package: MeasuredPackage) -> _Rated | Unpriced:
    service = service_of(occasion, package)
    billable = billable_weight(
        occasion,
        term,
        package,
        service,
        term.dimensional,
        term.minimum_weights,
        term.dimensions_missing,
    )
    if isinstance(billable, Unpriced):
        return billable
    return _Rated(service=service, billable=billable, subject=package.package)


def _of_shipment(occasion: Occasion, term: Parcel, packages: list[_Rated]) -> Line:
    """One line by the sum of what the packages are billed as weighing."""
    services = sorted({each.service for each in packages})
    inputs = tuple(told for each in packages for told in each.billable.inputs)
    if len(services) > 1:
        why = f"the packages go by {' and '.join(each or 'no told service' for each in services)}"
        return unpriced(term, "ambiguous_rate", why, inputs=inputs)
    pounds = sum((each.billable.pounds for each in packages), Fraction(0))
    parts = " + ".join(f"{number(each.billable.pounds)} lb" for each in packages)
    together = Billable(
        pounds=pounds,
        text="; ".join(
            [
                *(f"{each.subject}: {each.billable.text}" for each in packages),
                f"{parts} = {number(pounds)} lb",
            ]
        ),
        inputs=inputs,
        rows=tuple(dict.fromkeys(row for each in packages for row in each.billable.rows)),
        rejected=tuple(
            f"{each.subject} {other}" for each in packages for other in each.billable.rejected
        ),
    )
    return _line(occasion, term, _Rated(service=services[0], billable=together, subject=""))


def _line(occasion: Occasion, term: Parcel, rated: _Rated) -> Line:
    billable = rated.billable
    zone = zone_of(occasion, term, term.zones, term.zone_country, rated.service, rated.subject)
    if isinstance(zone, Unpriced):
        return msgspec.structs.replace(zone, inputs=(*zone.inputs, *billable.inputs))
    row = _cell(occasion, term, rated, zone.zone)
    if isinstance(row, Unpriced):
        return msgspec.structs.replace(row, inputs=billable.inputs)
    exact, text = _priced(row, billable.pounds)
    by = f"{rated.service} " if rated.service else ""
    working = Working(
        quantity=billable.pounds,
        unit="lb",
        rate=row.rate,
        exact=exact,
        text=f"{billable.text}; {by}zone {zone.zone}, {text}",
        method=term.method,
        inputs=(*billable.inputs, *_service_told(occasion, rated), *places_told(occasion)),
        rows=(row, zone, *billable.rows),
        rejected=billable.rejected,
        subject=rated.subject,
        description=f"{term.title}, package {rated.subject}" if rated.subject else "",
    )
    return charged_package(occasion, term, working)


def _service_told(occasion: Occasion, rated: _Rated) -> tuple[Input, ...]:
    """The shipment's service, where it is what counts."""
    service = occasion.unit.text("service")
    return (told(occasion.unit, "service", service),) if service == rated.service != "" else ()


def _cell(occasion: Occasion, term: Parcel, rated: _Rated, zone: str) -> CellRow | Unpriced:
    """The cell for service, zone and weight, or which of the three the table does not know."""
    here = tuple(row for row in term.rates if fits(row.zone, zone))
    if not rated.service and any(row.service.strip() != ANY for row in here):
        whose = rated.subject or "the shipment"
        why = f"the rate depends on the service of {whose}, which nobody tells"
        return unpriced(term, "no_rate", why, rated.subject)
    served = tuple(row for row in here if fits(row.service, rated.service))
    table = _most_specific(served)
    what = f"{rated.service or 'any service'} to zone {zone}"
    if not table:
        return only(occasion, term, (), what, rated.subject)
    found = _holding(term.cells, table, rated.billable.pounds)
    return only(
        occasion, term, found, f"{number(rated.billable.pounds)} lb by {what}", rated.subject
    )


def _most_specific(rows: tuple[CellRow, ...]) -> tuple[CellRow, ...]:
    """The rows for the service itself before those for any, then those for the zone itself."""
    own = tuple(row for row in rows if row.service.strip() != ANY) or rows
    return tuple(row for row in own if row.zone.strip() != ANY) or own


def _holding(cut: Cells, table: tuple[CellRow, ...], pounds: Fraction) -> tuple[CellRow, ...]:
    """The cell that holds the weight; above the last one only where further pounds have a rate."""
    if cut == "at least":
        return tuple(
            row
            for row in table
            if row.begins <= pounds and (row.below is None or pounds < row.below)
        )
    reach = [row for row in table if pounds <= row.begins]
    bound = min((row.begins for row in reach), default=None)
    if bound is not None:
        return tuple(row for row in reach if row.begins == bound)
    last = max(row.begins for row in table)
    return tuple(row for row in table if row.begins == last and row.each_further_lb is not None)


def _priced(row: CellRow, pounds: Fraction) -> tuple[Fraction, str]:
    """The rate with its further pounds, discount and minimum, and the working."""
    exact = Fraction(row.rate)
    text = f"{number(pounds)} lb: {rate(row.rate)}"
    further = max(-(-(pounds - Fraction(row.begins)) // 1), 0)
    if row.each_further_lb is not None and further:
        exact += further * Fraction(row.each_further_lb)
        text = (
            f"{number(pounds)} lb: {rate(row.rate)} for {rate(row.begins)} lb "
            f"+ {number(Fraction(further))} further lb x {rate(row.each_further_lb)}"
        )
    if row.discount_percent:
        shown = f" = {money(exact)}" if exact != row.rate else ""
        text += f"{shown}, less {number(row.discount_percent)}%"
        exact *= 1 - Fraction(row.discount_percent) / 100
    if row.minimum and exact < row.minimum:
        text += f" = {money(exact)}, raised to the minimum {rate(row.minimum)}"
        exact = Fraction(row.minimum)
    return exact, text
