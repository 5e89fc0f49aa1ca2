"""Surcharges on parcels: residential, delivery area, additional handling, large package, peak.

One charge of the card for each, so that fuel can name which of them it is taken of. When it
is owed is data: the kind of address, a list of ZIPs, measures of the package, a season. What
rules it out is data too (`not with`): a large package is not charged additional handling as
well. A correction of the address is claimed, and so an `accessorial`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from app.evidence.correlation.packages import MeasuredPackage
from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import Row
from app.pricing.agreed.table_states import as_of
from app.pricing.agreed.term import Term
from app.pricing.lines.charge import Charge, Excluded, Unpriced
from app.pricing.lines.wording import money, number, rate
from app.pricing.reckoned.billable_weight import without_sides
from app.pricing.reckoned.delivery_area import AreaRow, area_flaws, area_of
from app.pricing.reckoned.lookup import only
from app.pricing.reckoned.occasion import Line, Occasion, Working, unpriced
from app.pricing.reckoned.shipped_packages import (
    charged_package,
    package_told,
    service_of,
    shipped_packages,
)
from app.pricing.reckoned.zone_chart import (
    ANY,
    ZoneRow,
    chart_flaws,
    fits,
    places_told,
    word,
    zone_of,
)
from app.pricing.told.package_size import Lacking, MeasuredRow, measured

Kind = Literal["residential", "delivery area", "additional handling", "large package", "peak"]
"""What makes it owed; `peak`: that rows are in force on the day, which they are in a season."""


class SurchargeRow(MeasuredRow, frozen=True, kw_only=True, omit_defaults=True):
    """The rate for one package to which everything applies that the row names."""

    condition: str = ""
    """Its name among several: weight, length, packaging."""
    service: str = ANY
    zone: str = ANY
    area: str = ""
    """A name from the list of delivery areas."""
    residential: bool | None = None
    """Only at homes, or only elsewhere."""
    rate: Decimal

    @property
    def key(self) -> tuple[str, ...]:
        """The condition and what it is limited to."""
        cells = (self.condition, self.service, self.zone, self.area)
        return (*(word(cell) for cell in cells), str(self.residential))


class ParcelSurcharge(Term, frozen=True, kw_only=True, omit_defaults=True, tag="parcel surcharge"):
    """What is owed for which packages."""

    kind: Kind
    per: Literal["package", "shipment"]
    """Once for each package to which it applies, or once where it applies to any."""
    not_with: tuple[str, ...] = ()
    """Charges above it that rule it out for the same package."""
    several: Literal["hold", "dearest"] = "hold"
    """What follows where rows of several conditions apply."""
    when_not_told: Literal["hold", "not charged"] = "hold"
    """What follows where it depends on something that nobody told of the package."""
    zone_country: str = "US"
    method: Literal["parcel_surcharge_1"] = "parcel_surcharge_1"
    zones: tuple[ZoneRow, ...] = ()
    areas: tuple[AreaRow, ...] = ()
    rates: tuple[SurchargeRow, ...]

    @property
    def reads(self) -> tuple[str, ...]:
        """What rules it out stands above it."""
        return (*self.of, *self.not_with)

    def flaws(self) -> Iterator[Flaw]:
        """Rows without what their kind needs, and names that no list knows."""
        yield from chart_flaws(self, self.zones)
        yield from area_flaws(self, self.areas)
        for row in self.rates:
            yield from self._flaws_of_row(row)
        rated = {word(row.area) for row in self.rates}
        for listed in self.areas:
            if word(listed.area) not in rated:
                yield Flaw(
                    what=f"delivery area {listed.area!r} is on the list and has no rate",
                    charge=self.charge,
                    row=listed,
                    field="area",
                    word=listed.area,
                    allowed=tuple(sorted({row.area for row in self.rates if row.area})),
                )

    def _flaws_of_row(self, row: SurchargeRow) -> Iterator[Flaw]:
        if self.kind in {"additional handling", "large package"} and not row.measures_anything:
            what = f"{row} names no measure beyond which it holds"
            yield Flaw(what=what, charge=self.charge, row=row, field="rate")
        if self.kind == "residential" and row.residential is False:
            what = "a residential surcharge is not owed elsewhere"
            yield Flaw(what=what, charge=self.charge, row=row, field="residential")
        if self.kind == "delivery area" and not row.area:
            what = f"{row} names no delivery area"
            yield Flaw(what=what, charge=self.charge, row=row, field="area")
        areas = tuple(sorted({listed.area for listed in self.areas}))
        if row.area and word(row.area) not in {word(area) for area in areas}:
            what = f"no ZIP is on the list for delivery area {row.area!r}"
            yield Flaw(
                what=what,
                charge=self.charge,
                row=row,
                field="area",
                word=row.area,
                allowed=areas,
            )
        if row.zone.strip() != ANY and not self.zones:
            what = "a row names a zone, and the charge has no zone chart"
            yield Flaw(what=what, charge=self.charge, row=row, field="zone")


class _Due(msgspec.Struct, frozen=True, kw_only=True):
    """A row that applies to a package, why it does, and the rows by which that was found."""

    row: SurchargeRow
    why: str
    found_by: tuple[Row, ...]


class _Owed(msgspec.Struct, frozen=True, kw_only=True):
    """What one package owes, before anything rules it out."""

    package: MeasuredPackage
    due: tuple[_Due, ...]


def parcel_surcharge(occasion: Occasion, term: ParcelSurcharge) -> tuple[Line, ...]:
    """A line for each package to which it applies, or one for the shipment."""
    term = as_of(term, occasion.day, occasion.known_on)
    packages, missing = shipped_packages(occasion, term)
    if not term.rates:
        return _out_of_force(occasion, term)
    found = [_owed(occasion, term, package) for package in packages]
    missing = (*missing, *(each for each in found if isinstance(each, Unpriced)))
    owed = [each for each in found if isinstance(each, _Owed) and each.due]
    if term.per == "package":
        lines = (_line(occasion, term, each.due, (each.package,)) for each in owed)
        return (*lines, *missing)
    if missing or not owed:
        return missing
    due = tuple(one for each in owed for one in each.due)
    return (_line(occasion, term, due, tuple(each.package for each in owed)),)


def _out_of_force(occasion: Occasion, term: ParcelSurcharge) -> tuple[Line, ...]:
    """Outside its season there is no peak surcharge; any other has no price without a row."""
    if term.kind == "peak":
        return ()
    return (only(occasion, term, (), "any package"),)


def _owed(
    occasion: Occasion,
    term: ParcelSurcharge,
    package: MeasuredPackage,
) -> _Owed | Unpriced:
    """Of each condition the row that applies, the most specific for service and zone."""
    area: AreaRow | Unpriced | None = None
    if any(row.area for row in term.rates):
        area = area_of(occasion, term, term.areas, term.zone_country, package.package)
    if isinstance(area, Unpriced):
        return area
    due: list[_Due] = []
    for alike in _by_condition(term.rates).values():
        one = _due(occasion, term, package, alike, area)
        if isinstance(one, Unpriced):
            return one
        if one:
            due.append(one)
    return _Owed(package=package, due=tuple(due))


def _by_condition(rows: tuple[SurchargeRow, ...]) -> Mapping[object, tuple[SurchargeRow, ...]]:
    """Rows that differ by service and zone only: of them one counts."""
    found: dict[object, list[SurchargeRow]] = defaultdict(list)
    for row in rows:
        found[word(row.condition), word(row.area), row.residential].append(row)
    return {name: tuple(alike) for name, alike in found.items()}


def _due(
    occasion: Occasion,
    term: ParcelSurcharge,
    package: MeasuredPackage,
    alike: tuple[SurchargeRow, ...],
    area: AreaRow | None,
) -> _Due | Unpriced | None:
    """The row of one condition that applies to the package; None where it owes nothing.

    Where only rows for other services or zones apply, what it owes is not known.
    """
    reasons: dict[SurchargeRow, str] = {}
    for row in alike:
        why = _applies(term, package, row, area.area if area else "")
        if isinstance(why, Unpriced):
            return why
        if why:
            reasons[row] = why
    if not reasons:
        return None
    found = _for_service(occasion, term, package, alike, next(iter(reasons.values())))
    if isinstance(found, Unpriced):
        return found
    row, zone = found
    by = tuple(each for each in (area, zone) if each)
    return _Due(row=row, why=reasons[row], found_by=by) if row in reasons else None


def _applies(
    term: ParcelSurcharge, package: MeasuredPackage, row: SurchargeRow, area: str
) -> str | Unpriced:
    """Why the row applies to the package, in words; empty where it does not."""
    reasons: list[str] = []
    if row.area:
        if word(row.area) != word(area):
            return ""
        reasons.append(row.area)
    home = True if term.kind == "residential" else row.residential
    if home is not None:
        if package.residential is None:
            return "" if term.when_not_told == "not charged" else _unknown_address(term, package)
        if package.residential != home:
            return ""
        reasons.append("residential" if home else "not residential")
    if row.measures_anything:
        beyond = measured(package, row)
        if isinstance(beyond, Lacking):
            return "" if term.when_not_told == "not charged" else _lacks(term, package, beyond)
        if not beyond:
            return ""
        reasons.append(beyond)
    return ", ".join(reasons) or term.kind


def _unknown_address(term: ParcelSurcharge, package: MeasuredPackage) -> Unpriced:
    why = f"nobody tells whether package {package.package} goes to a home"
    return unpriced(term, "no_quantity", why, package.package, package_told(package))


def _lacks(term: ParcelSurcharge, package: MeasuredPackage, lacking: Lacking) -> Unpriced:
    if lacking.what == "sides":
        return without_sides(term, package)
    why = f"nobody tells the weight of package {package.package}"
    return unpriced(term, "no_weight", why, package.package, package_told(package))


def _for_service(
    occasion: Occasion,
    term: ParcelSurcharge,
    package: MeasuredPackage,
    alike: tuple[SurchargeRow, ...],
    why: str,
) -> tuple[SurchargeRow, ZoneRow | None] | Unpriced:
    """Of one condition the row for the package's service and zone, and what says the zone."""
    service = service_of(occasion, package)
    zone: ZoneRow | None = None
    if any(row.zone.strip() != ANY for row in alike):
        found = zone_of(occasion, term, term.zones, term.zone_country, service, package.package)
        if isinstance(found, Unpriced):
            return found
        zone = found
    fitting = [
        row
        for row in alike
        if fits(row.service, service) and fits(row.zone, zone.zone if zone else ANY)
    ]
    best = min((_rank(row) for row in fitting), default=())
    rows = tuple(row for row in fitting if _rank(row) == best)
    what = f"{why} by {service or 'a service nobody tells'}"
    row = only(
        occasion, term, rows, f"{what} in zone {zone.zone}" if zone else what, package.package
    )
    if isinstance(row, Unpriced):
        return msgspec.structs.replace(row, inputs=package_told(package))
    return row, zone


def _rank(row: SurchargeRow) -> tuple[int, ...]:
    """Smaller is more specific."""
    return int(row.service.strip() == ANY), int(row.zone.strip() == ANY)


def _line(
    occasion: Occasion,
    term: ParcelSurcharge,
    due: tuple[_Due, ...],
    packages: tuple[MeasuredPackage, ...],
) -> Line:
    subject = packages[0].package if term.per == "package" else ""
    inputs = tuple(told for package in packages for told in package_told(package))
    rows = {each.row for each in due}
    if len(rows) > 1 and term.several == "hold":
        several = " and ".join(sorted(f"{each.row} ({each.why})" for each in due))
        why = f"{several} both apply, and the card does not say which"
        return unpriced(term, "ambiguous_rate", why, subject, inputs)
    best = max(due, key=lambda each: (each.row.rate, -each.row.line))
    working = Working(
        quantity=Fraction(1),
        unit=term.per,
        rate=best.row.rate,
        exact=Fraction(best.row.rate),
        text=f"{best.why}: {number(Fraction(1))} x {rate(best.row.rate)}",
        method=term.method,
        inputs=(*inputs, *(places_told(occasion) if best.found_by else ())),
        rows=(best.row, *best.found_by),
        rejected=_less_dear(due, best),
        subject=subject,
        description=f"{term.title}, package {subject}" if subject else "",
    )
    return _permitted(occasion, term, charged_package(occasion, term, working))


def _less_dear(due: tuple[_Due, ...], best: _Due) -> tuple[str, ...]:
    """The other rows that apply, each once."""
    others = {each.row: each for each in due if each.row is not best.row}
    return tuple(
        f"{each.why}: {rate(each.row.rate)}, less dear by "
        f"{money(best.row.rate - each.row.rate)} ({each.row})"
        for each in others.values()
    )


def _permitted(occasion: Occasion, term: ParcelSurcharge, charge: Charge) -> Line:
    """The charge, or what rules it out: another charge for the same package, or its lack."""
    same = [line for line in occasion.base if _about_same(term, charge, line)]
    if missing := next((line for line in same if isinstance(line, Unpriced)), None):
        why = f"it is not charged beside {missing.charge}, which has no price: {missing.why}"
        return unpriced(term, missing.problem, why, charge.subject, missing.inputs)
    instead = next((line for line in same if isinstance(line, Charge)), None)
    if instead is None:
        return charge
    return Excluded(
        charge=charge.code,
        subject=charge.subject,
        why=f"{charge.formula}; not charged beside {instead.code} {instead.amount}",
        amount=charge.amount,
        inputs=charge.inputs,
    )


def _about_same(term: ParcelSurcharge, charge: Charge, line: Line) -> bool:
    """Whether a line above bills the same package; a line of the shipment bills every one."""
    code = line.code if isinstance(line, Charge) else line.charge
    return code in term.not_with and (
        not charge.subject or not line.subject or line.subject == charge.subject
    )
