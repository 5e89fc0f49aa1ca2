"""A rate table found by declared keys and any number of declared bands.

Parcel, air, household-goods and lane tariffs are tables of this kind: a row is found by words
(carrier, service, port, ...) and by bands (weight, distance, ...), and its rate is an amount or
a price per unit of what was measured. Where two rows hold, the price is ambiguous unless the
card declares which goes before; where none holds, the nearest bands and the gap are named.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import msgspec

from app.evidence.facts.party import Place
from app.measures import plain
from app.pricing.agreed.band_index import Index, Table
from app.pricing.agreed.band_proof import flaws_of_rows, overlaps_and_gaps
from app.pricing.agreed.bands import ANY, Band, BandRow, Precedence, shown
from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.lanes import lane, matching
from app.pricing.agreed.term import Term
from app.pricing.lines.charge import Input, Unpriced
from app.pricing.lines.wording import money, number, rate
from app.pricing.reckoned.band_measures import Measure, measures_of, weight_in
from app.pricing.reckoned.loads import claimed_for, shared
from app.pricing.reckoned.occasion import Line, Occasion, Working, charged, told, unpriced
from app.pricing.told.claims import Claim, claims

KEYED = (
    "carrier",
    "customer",
    "destination_code",
    "freight_class",
    "freight_terms",
    "mode",
    "origin_code",
    "service",
    "transit_days",
)
"""Attributes whose word may find a row; places are matched by the columns of a lane."""

FLAT, PER_CWT, PER_CLAIMED = "flat", "per cwt", "per claimed unit"
PER_UNIT_OF = "per unit of "
UNITS = {
    "weight": ("lb", "kg", "cwt"),
    "distance": ("mi", "km"),
    "cwt miles": ("each",),
}


class Banded(Term, frozen=True, kw_only=True, omit_defaults=True, tag="banded"):
    """How the rows are found and what their rate is a price of."""

    keys: dict[str, str] = msgspec.field(default_factory=dict)
    """Column of the table to the attribute of the unit whose word it holds."""
    bands: dict[str, Band] = msgspec.field(default_factory=dict)
    rate_is: str
    """`flat`, `per cwt`, `per unit of` a band, or `per claimed unit`."""
    precedence: Precedence = ""
    claimed: bool = False
    """Whether it is owed only for what somebody claims under this code."""
    claimed_unit: str = "each"
    """Of `per claimed unit`: what the rate is for one of; a claim in anything else has no price."""
    method: Literal["banded_1"] = "banded_1"
    rates: tuple[BandRow, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of the keys in one order."""
        return tuple(sorted(self.keys))

    def flaws(self) -> Iterator[Flaw]:
        """Keys and bands that cannot be, then what is wrong with the rows."""
        broken = [*self._of_terms(), *self._of_bands()]
        yield from broken
        for row in self.rates:
            for name in self.names:
                if name not in row.keys:
                    yield Flaw(
                        what=f"{row} has no {name}",
                        charge=self.charge,
                        row=row,
                        field=name,
                        mend="where any will do, the cell is `*`",
                    )
        if broken:
            return
        yield from flaws_of_rows(self.charge, self.rates, self.bands)
        yield from overlaps_and_gaps(self.charge, self.rates, self.bands, self.precedence)

    def _of_terms(self) -> Iterator[Flaw]:
        at: dict[str, Any] = {"charge": self.charge}
        for name, attribute in sorted(self.keys.items()):
            if attribute not in KEYED:
                what = f"the key {name} is of {attribute!r}, which is no attribute of a unit"
                yield Flaw(what=what, field="keys", word=attribute, allowed=KEYED, **at)
        allowed = (FLAT, PER_CWT, *(f"{PER_UNIT_OF}{name}" for name in sorted(self.bands)))
        allowed = (*allowed, PER_CLAIMED) if self.claimed else allowed
        if self.rate_is not in allowed:
            what = f"a rate cannot be {self.rate_is!r}"
            yield Flaw(what=what, field="rate_is", word=self.rate_is, allowed=allowed, **at)

    def _of_bands(self) -> Iterator[Flaw]:
        at: dict[str, Any] = {"charge": self.charge, "field": "bands"}
        for name, band in sorted(self.bands.items()):
            units = UNITS.get(band.of, ("each",))
            if band.unit not in units:
                what = f"the band {name} is of {band.of}, which is not counted in {band.unit}"
                yield Flaw(what=what, allowed=units, **at)
            if band.of in {"distance", "cwt miles"} and not band.mileage:
                yield Flaw(what=f"the miles of {name} need a mileage source", **at)


class _Found(msgspec.Struct, frozen=True, kw_only=True):
    """A row that holds, with the price it comes to."""

    row: BandRow
    at: int
    """Its place among those that hold, in the card's order."""
    exact: Fraction
    text: str


class _Counted(msgspec.Struct, frozen=True):
    """How much the rate is paid for: `1`, 14.3 kg, 54.72 cwt."""

    quantity: Fraction
    unit: str
    inputs: tuple[Input, ...] = ()


def banded(occasion: Occasion, term: Banded) -> tuple[Line, ...]:
    """The line of the unit, or one for each claim."""
    if not term.claimed:
        return (_line(occasion, term, None),)
    return tuple(
        _line(occasion, term, claim)
        for claim in claims(occasion.unit)
        if claim.charge == term.charge
    )


def _line(occasion: Occasion, term: Banded, claim: Claim | None) -> Line:
    subject = claim.accessorial if claim else ""
    keys = _keys(occasion, term)
    measures = measures_of(occasion, term, term.bands)
    if isinstance(keys, Unpriced) or isinstance(measures, Unpriced):
        missing = keys if isinstance(keys, Unpriced) else measures
        assert isinstance(missing, Unpriced), "one of the two is missing"
        return msgspec.structs.replace(missing, subject=subject)
    inputs = (*((claim.told,) if claim else ()), *keys, *_inputs(measures))
    counted = _counted(occasion, term, measures, claim)
    if isinstance(counted, Unpriced):
        return msgspec.structs.replace(counted, subject=subject, inputs=inputs)
    found = _row(occasion, term, keys, measures, counted)
    if isinstance(found, Unpriced):
        return msgspec.structs.replace(found, subject=subject, inputs=inputs)
    chosen, rejected = found
    if not chosen.exact and chosen.row.rate:
        # Nothing measured is no reason to charge nothing: only a rate of zero says zero.
        what = f"nothing was measured: {_told(keys, measures)}"
        problem = "no_weight" if counted.unit in {"lb", "kg", "cwt"} else "no_quantity"
        return unpriced(term, problem, what, subject, inputs)
    working = Working(
        quantity=counted.quantity,
        unit=counted.unit,
        rate=chosen.row.rate,
        exact=chosen.exact,
        text=_where(term, chosen.row, measures) + chosen.text,
        method=term.method,
        inputs=tuple(dict.fromkeys((*inputs, *counted.inputs))),
        rows=(chosen.row,),
        rejected=rejected,
        subject=subject,
    )
    charge = charged(occasion, term, working)
    return shared(occasion, term, charge, claimed_for(occasion, claim), "") if claim else charge


def _inputs(measures: dict[str, Measure]) -> tuple[Input, ...]:
    return tuple(each for measure in measures.values() for each in measure.inputs)


def _keys(occasion: Occasion, term: Banded) -> tuple[Input, ...] | Unpriced:
    """The word for each key, in the order of the columns."""
    found = []
    for name in term.names:
        attribute = term.keys[name]
        value = occasion.unit.attribute(attribute)
        if value is None or not isinstance(value, str | Decimal):
            words = attribute.replace("_", " ")
            why = f"nobody tells the {words} of {occasion.unit.unit}, by which {name} is found"
            return unpriced(term, "no_rate", why)
        text = plain(value) if isinstance(value, Decimal) else str(value)
        found.append(told(occasion.unit, attribute, text))
    return tuple(found)


def _counted(
    occasion: Occasion, term: Banded, measures: dict[str, Measure], claim: Claim | None
) -> _Counted | Unpriced:
    if term.rate_is == FLAT:
        return _Counted(Fraction(1), "each")
    if term.rate_is == PER_CWT:
        weight = weight_in(occasion, term, "cwt")
        if isinstance(weight, Unpriced):
            return weight
        return _Counted(weight.exact, "cwt", weight.inputs)
    if term.rate_is == PER_CLAIMED:
        assert claim is not None, "only what is claimed has a claimed quantity"
        if len(claim.quantities) == 1 and claim.units in {(), (term.claimed_unit,)}:
            return _Counted(Fraction(claim.quantities[0]), term.claimed_unit)
        why = f"{claim.charge} {claim.accessorial} does not tell one quantity: {claim.told.value}"
        return unpriced(term, "no_quantity", why)
    name = term.rate_is.removeprefix(PER_UNIT_OF)
    return _Counted(measures[name].exact, term.bands[name].unit)


def _row(
    occasion: Occasion,
    term: Banded,
    keys: tuple[Input, ...],
    measures: dict[str, Measure],
    counted: _Counted,
) -> tuple[_Found, tuple[str, ...]] | Unpriced:
    """The row that counts with its price, and what the others would have come to."""
    index = Table(term.rates, term.names, term.bands).on(occasion.day, occasion.known_on)
    words = tuple(key.value for key in keys)
    values = {name: measure.exact for name, measure in measures.items()}
    origin, destination = occasion.unit.attribute("origin"), occasion.unit.attribute("destination")
    origin = origin if isinstance(origin, Place) else None
    destination = destination if isinstance(destination, Place) else None
    freight_class = occasion.unit.text("freight_class")
    held = index.holding(words, values)
    rows = matching(held, origin, destination, freight_class, occasion.lane_order)
    if not rows and held:
        why = f"no row of {term.charge} for {lane(origin, destination)}"
        return unpriced(term, "no_rate", f"{why} on {occasion.day.isoformat()}")
    if not rows:
        return _no_row(occasion, term, index, keys, measures)
    if len(rows) > 1 and not term.precedence:
        return _undecided(occasion, term, rows, keys, measures)
    found = [_priced(row, at, counted) for at, row in enumerate(rows)]
    best = _before_all(found, term)
    if best is None:
        return _undecided(occasion, term, rows, keys, measures)
    others = tuple(_rejection(term, each) for each in found if each is not best)
    return best, others


def _undecided(
    occasion: Occasion,
    term: Banded,
    rows: tuple[BandRow, ...],
    keys: tuple[Input, ...],
    measures: dict[str, Measure],
) -> Unpriced:
    named = " and ".join(f"{row} (line {row.line})" for row in rows)
    why = (
        f"{named} all hold {_told(keys, measures)} on {occasion.day.isoformat()}, "
        "and the card does not say which counts"
    )
    ambiguous = unpriced(term, "ambiguous_rate", why)
    return msgspec.structs.replace(ambiguous, rows=tuple(row.used() for row in rows))


def _priced(row: BandRow, at: int, counted: _Counted) -> _Found:
    exact = counted.quantity * Fraction(row.rate)
    text = f"{number(counted.quantity)} {counted.unit} x {rate(row.rate)}"
    if counted.unit == "each":
        text = f"{number(counted.quantity)} x {rate(row.rate)}"
    if row.minimum and exact < row.minimum:
        text += f" = {money(exact)}, raised to the minimum {rate(row.minimum)}"
        exact = Fraction(row.minimum)
    if row.maximum is not None and exact > row.maximum:
        text += f" = {money(exact)}, capped at {rate(row.maximum)}"
        exact = Fraction(row.maximum)
    return _Found(row=row, at=at, exact=exact, text=text)


def _before_all(found: list[_Found], term: Banded) -> _Found | None:
    """The only one, or the one that the card's precedence puts before all others."""
    if len(found) == 1:
        return found[0]
    order = ORDERS[term.precedence]
    best, second = sorted(found, key=order)[:2]
    return best if order(best) < order(second) else None


ORDERS: Mapping[str, Callable[[_Found], tuple[Fraction | int, ...]]] = {
    "most keys named": lambda each: (sum(value == ANY for value in each.row.keys.values()),),
    "first row": lambda each: (each.at,),
    # Rows that come to the same amount are told apart by where they stand.
    "lowest price": lambda each: (each.exact, each.at),
}


def _rejection(term: Banded, other: _Found) -> str:
    why = {
        "most keys named": "names fewer keys",
        "first row": "stands below",
        "lowest price": "is not lower",
    }[term.precedence]
    return f"{other.row} (line {other.row.line}): {other.text} = {money(other.exact)}; {why}"


def _where(term: Banded, row: BandRow, measures: dict[str, Measure]) -> str:
    """`weight 5,472 lb in 5,400 to below 5,600: `, for each band."""
    parts = [
        f"{measure.text} in {shown(term.bands[name], row.bounds(name))}"
        for name, measure in measures.items()
    ]
    return f"{', '.join(parts)}: " if parts else ""


def _told(keys: tuple[Input, ...], measures: dict[str, Measure]) -> str:
    words = [f"{key.name.replace('_', ' ')} {key.value}" for key in keys]
    return ", ".join([*words, *(measure.text for measure in measures.values())]) or "the unit"


def _no_row(
    occasion: Occasion,
    term: Banded,
    index: Index,
    keys: tuple[Input, ...],
    measures: dict[str, Measure],
) -> Unpriced:
    """No row holds; where keys are known, between which bands the measure falls."""
    words = tuple(key.value for key in keys)
    rows = index.of_keys(words)
    why = f"no row of {term.charge} for {_told(keys, measures)} on {occasion.day.isoformat()}"
    if not rows:
        return unpriced(term, "no_rate", why)
    near = (_nearest(term, rows, name, measures) for name in measures)
    return unpriced(term, "no_rate", "; ".join([why, *filter(None, near)]))


def _nearest(
    term: Banded, rows: tuple[BandRow, ...], name: str, measures: dict[str, Measure]
) -> str:
    """What ends below and what begins above, among the rows whose other bands hold."""
    value, band = measures[name].exact, term.bands[name]
    held = [row for row in rows if _others_hold(term, row, name, measures)]
    below = [row for row in held if row.bounds(name)[1] <= value]
    above = [row for row in held if row.bounds(name)[0] >= value]
    if not held:
        return ""
    parts = []
    if below:
        row = max(below, key=lambda each: each.bounds(name)[1])
        parts.append(f"row {row.row} (line {row.line}) ends at {number(row.bounds(name)[1])}")
    if above:
        row = min(above, key=lambda each: each.bounds(name)[0])
        parts.append(f"row {row.row} (line {row.line}) begins at {number(row.bounds(name)[0])}")
    gap = ""
    if below and above:
        width = min(row.bounds(name)[0] for row in above) - max(
            row.bounds(name)[1] for row in below
        )
        gap = f", a gap of {number(width)} {band.unit}"
    return f"nearest {name}: {' and '.join(parts)}{gap}" if parts else ""


def _others_hold(term: Banded, row: BandRow, name: str, measures: dict[str, Measure]) -> bool:
    return all(
        term.bands[other].holds(row.bounds(other)[0], measure.exact, row.bounds(other)[1])
        for other, measure in measures.items()
        if other != name
    )
