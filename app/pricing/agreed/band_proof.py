"""What is wrong with a banded table: gaps and overlaps, found when the card is read.

For each set of keys and each lane, on each day on which something changes, as it was known
then. Two rows with the very same bands tie, which `proof` says of every table.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from itertools import pairwise

from app.pricing.agreed.bands import ANY, Band, BandRow, Bounds, Precedence, same, shown
from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import in_force
from app.pricing.lines.wording import number, rate

Bands = tuple[tuple[str, Band], ...]
Rows = tuple[BandRow, ...]


def flaws_of_rows(charge: str, rows: Rows, bands: Mapping[str, Band]) -> Iterator[Flaw]:
    """Bounds that cannot be: more decimals than declared, or an end before the beginning."""
    for row in rows:
        for name, band in sorted(bands.items()):
            yield from _finer(charge, row, name, band)
            low, high = row.bounds(name)
            if high < low or (high == low and band.interval != "both inclusive"):
                what = f"the band of {name} holds nothing: {shown(band, (low, high))}"
                yield Flaw(what=what, charge=charge, row=row, field=f"{name} from")


def _finer(charge: str, row: BandRow, name: str, band: Band) -> Iterator[Flaw]:
    for column, bounds in ((f"{name} from", row.lower), (f"{name} to", row.upper)):
        bound = bounds.get(name)
        if bound is not None and (Fraction(bound) * 10**band.decimals).denominator != 1:
            yield Flaw(
                what=f"{rate(bound)} has more decimals than the bands of {name}, "
                f"which have {band.decimals}",
                charge=charge,
                row=row,
                field=column,
            )


def overlaps_and_gaps(
    charge: str, rows: Rows, bands: Mapping[str, Band], precedence: Precedence
) -> Iterator[Flaw]:
    """Each pair of rows that hold a common value, and each stretch that no row holds.

    Args:
        charge: whose table it is.
        rows: all of it.
        bands: by name.
        precedence: which of two rows counts; a pair it decides between is no mistake.
    """
    ordered = tuple(sorted(bands.items()))
    told: set[tuple[Spot, Spot, str]] = set()
    for day, known_on in _moments(rows):
        groups = _alike(in_force(rows, day, known_on))
        found = [each for mine in groups for each in _gaps(charge, mine, ordered, "")]
        if precedence in {"", "most keys named"}:
            for mine in _rivals(groups, precedence):
                found.extend(_overlaps(charge, mine, ordered, ordered))
        for first, second, flaw in found:
            named = (_spot(first), _spot(second), flaw.field)
            if named not in told:
                told.add(named)
                yield flaw


def _moments(rows: Rows) -> Iterator[tuple[date, date]]:
    """Every day on which something changes, with every state of knowledge."""
    days = {row.effective_from for row in rows}
    days |= {row.effective_before for row in rows if row.effective_before is not None}
    for known_on in sorted({row.known_from for row in rows}):
        for day in sorted(days):
            yield day, known_on


def _alike(rows: Rows) -> tuple[Rows, ...]:
    """The rows that differ in nothing but their bands."""
    alike: dict[tuple[str, ...], list[BandRow]] = defaultdict(list)
    for row in rows:
        alike[row.alike].append(row)
    return tuple(tuple(mine) for mine in alike.values())


def _rivals(groups: tuple[Rows, ...], precedence: Precedence) -> Iterator[Rows]:
    """Rows of which several may be found by the same words: those of equal keys, and `*`."""
    yield from groups
    any_will_do = [mine for mine in groups if ANY in mine[0].keys.values()]
    for mine in any_will_do:
        for other in groups:
            if other is not mine and _both_found(mine[0], other[0], precedence):
                yield (*mine, *other)


def _both_found(one: BandRow, other: BandRow, precedence: Precedence) -> bool:
    """Whether some words find both, and the precedence prefers neither."""
    words = [(same(one.keys.get(n, "")), same(other.keys.get(n, ""))) for n in sorted(one.keys)]
    fit = all(mine == its or ANY in {mine, its} for mine, its in words)
    if not fit or one.lane != other.lane:
        return False
    wide = [sum(word == ANY for word in side) for side in zip(*words, strict=True)]
    return precedence == "" or len(set(wide)) == 1


Spot = tuple[str, int]


def _spot(row: BandRow) -> Spot:
    """Table and line: a charge may have several tables."""
    return row.table, row.line


Found = tuple[BandRow, BandRow, Flaw]


def _overlaps(charge: str, rows: Rows, bands: Bands, inner: Bands) -> Iterator[Found]:
    """Band within band, so that only rows near each other are compared."""
    if not inner:
        return
    (name, band), *rest = inner
    if rest:
        for _, mine in _slabs(rows, name, band):
            yield from _overlaps(charge, mine, bands, tuple(rest))
        return
    going: list[BandRow] = []
    for row in sorted(rows, key=lambda each: (each.bounds(name), _spot(each))):
        going = [each for each in going if band.meet(each.bounds(name), row.bounds(name))]
        for other in going:
            if _meet(row, other, bands) and other.key != row.key:
                first, second = sorted((row, other), key=_spot)
                yield first, second, _overlap(charge, first, second, bands)
        going.append(row)


def _overlap(charge: str, first: BandRow, second: BandRow, bands: Bands) -> Flaw:
    common = ", ".join(_common(first, second, *each) for each in bands)
    return Flaw(
        what=f"row {second.row} and row {first.row} (line {first.line}) both hold {common}",
        charge=charge,
        row=second,
        field=f"{bands[0][0]} from",
    )


def _meet(one: BandRow, other: BandRow, bands: Bands) -> bool:
    return all(band.meet(one.bounds(name), other.bounds(name)) for name, band in bands)


def _common(one: BandRow, other: BandRow, name: str, band: Band) -> str:
    (low, high), (also_low, also_high) = one.bounds(name), other.bounds(name)
    common = max(low, also_low), min(high, also_high)
    return f"{name} {number(common[0]) if common[0] == common[1] else shown(band, common)}"


def _gaps(charge: str, rows: Rows, bands: Bands, where: str) -> Iterator[Found]:
    """Stretches between the first and the last bound that no row holds, band within band."""
    if not bands:
        return
    (name, band), *rest = bands
    ends = sorted(rows, key=lambda row: (row.bounds(name), _spot(row)))
    last = ends[0]
    for row in ends[1:]:
        reached, begins = last.bounds(name)[1], row.bounds(name)[0]
        if begins > reached + band.step:
            yield last, row, _gap(charge, last, row, name, band, where)
        if row.bounds(name)[1] > reached:
            last = row
    if rest:
        for slab, mine in _slabs(rows, name, band):
            inside = f"{where}, {name} {shown(band, slab)}"
            yield from _gaps(charge, mine, tuple(rest), inside)


def _slabs(rows: Rows, name: str, band: Band) -> Iterator[tuple[Bounds, Rows]]:
    """The stretches of one dimension along which the same rows go on; equal sets once."""
    extended = [(row.bounds(name)[0], row.bounds(name)[1] + band.step, row) for row in rows]
    points = sorted({point for low, high, _ in extended for point in (low, high)})
    # Compared by their places: each stretch with each row, fractions would take a card's minute.
    place = {point: at for at, point in enumerate(points)}
    placed = [(place[low], place[high], row) for low, high, row in extended]
    seen: set[frozenset[Spot]] = set()
    for at, (low, high) in enumerate(pairwise(points)):
        mine = tuple(row for begins, ends, row in placed if begins <= at < ends)
        lines = frozenset(map(_spot, mine))
        if mine and lines not in seen:
            seen.add(lines)
            yield (low, high - band.step), mine


def _gap(charge: str, last: BandRow, row: BandRow, name: str, band: Band, where: str) -> Flaw:
    reached, begins = last.bounds(name)[1], row.bounds(name)[0]
    match band.interval:
        case "both inclusive":
            hole = f"above {number(reached)} to below {number(begins)}"
        case "from exclusive, to inclusive":
            hole = f"above {number(reached)} to {number(begins)}"
        case _:
            hole = f"{number(reached)} to below {number(begins)}"
    return Flaw(
        what=f"no row holds {name} {hole}{where}, "
        f"between row {last.row} (line {last.line}) and row {row.row}",
        charge=charge,
        row=row,
        field=f"{name} from",
    )
