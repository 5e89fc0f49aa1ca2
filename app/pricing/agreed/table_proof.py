"""What is wrong with the rows of one table together: ties, and rows that price nothing.

A row that can never price anything is a mistake in two cases only: it counts on no day, or
another row of the same lane always ties with it. A new version of a row may count on no
day, because that is how a row is withdrawn. A row that was corrected before its first day
is none: prices are never edited, so it stays, and `card_report` notes it. Whether a row is
ever the most specific cannot be told from a card: it does not say which postal codes are
in a state.

Days without a price: where a row ends one day before the next of its lane begins,
`effective before` was taken for the last day, and no contract suspends a price for a day;
that is a mistake. A longer gap may be a season or a special rate above a broader row. It
is noted and not refused; on its days the broader row decides, or the invoice waits.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import combinations, pairwise

import msgspec

from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.lanes import Spot, spot
from app.pricing.agreed.rows import LaneRow, Row, StepRow
from app.pricing.agreed.table_index import alike, one_lane, versions
from app.pricing.agreed.term import Term

A_DAY = timedelta(days=1)


class Gap(msgspec.Struct, frozen=True):
    """Days on which a lane has no row of its own, between two that it has."""

    before: Row
    after: Row
    begins: date
    ends: date
    """The first day that has a row again."""


def table_flaws(term: Term, rows: tuple[Row, ...]) -> Iterator[Flaw]:
    """What is wrong with the rows of one table, those whose lanes can be read.

    Takes little more than the time to read them: only rows of one lane or key meet.
    """
    readable = rows if all(map(_readable, rows)) else tuple(filter(_readable, rows))
    again = [[readable[at] for at in positions] for positions in versions(readable).values()]
    for same in again:
        yield from _same_number(term, same)
    later = {_place(row) for same in again for row in _later(same)}
    yield from _on_no_day(term, readable, later)
    gone = _replaced(again)
    for group in alike(readable):
        counting = [row for row in group if not _empty(row)]
        yield from _ties(term, counting)
        if len({row.key for row in counting}) > 1:
            yield from _written_differently(term, counting, gone)
    for gap in gaps(readable):
        if gap.ends - gap.begins == A_DAY:
            yield _slip(term, gap)


def gaps(rows: tuple[Row, ...]) -> Iterator[Gap]:
    """Between rows of one lane or key, as everything known by now leaves them.

    Of steps there are none: what one bracket leaves out, another may hold.
    """
    if not one_lane(rows) and any(isinstance(row, LaneRow | StepRow) for row in rows):
        return
    gone = _replaced([rows[at] for at in positions] for positions in versions(rows).values())
    for group in alike(rows):
        counting = [row for row in group if _place(row) not in gone and not _empty(row)]
        counting.sort(key=lambda row: row.effective_from)
        furthest = counting[:1]
        for row in counting[1:]:
            before, ends = furthest[0], furthest[0].effective_before
            if ends is not None and ends < row.effective_from:
                yield Gap(before, row, ends, row.effective_from)
            if ends is not None and (row.effective_before is None or row.effective_before > ends):
                furthest = [row]


Where = tuple[str, int]
"""The file and line in which a row stands."""


def _place(row: Row) -> Where:
    return row.table, row.line


def _readable(row: Row) -> bool:
    """Whether its places can be read; where not, that is a flaw of its own."""
    try:
        places = (row.origin, row.destination) if isinstance(row, LaneRow) else ()
        return all(isinstance(spot(cell), Spot) for cell in places)
    except ValueError:
        return False


def _empty(row: Row) -> bool:
    return row.effective_before is not None and row.effective_before <= row.effective_from


def _later(same: Iterable[Row]) -> Iterator[Row]:
    """Of the rows of one number, those that were known after another."""
    rows = sorted(same, key=lambda row: row.known_from)
    return (row for row in rows if row.known_from > rows[0].known_from)


def _replaced(again: Iterable[list[Row]]) -> dict[Where, date]:
    """The rows that a later version of their number took the place of, and since when."""
    found: dict[Where, date] = {}
    for same in again:
        after = dict(pairwise(sorted({row.known_from for row in same})))
        found.update(
            (_place(row), after[row.known_from]) for row in same if row.known_from in after
        )
    return found


def _same_number(term: Term, same: Iterable[Row]) -> Iterator[Flaw]:
    first: dict[date, Row] = {}
    for row in same:
        if twin := first.get(row.known_from):
            what = f"row {row.row} stands twice, first in line {twin.line}"
            yield Flaw(what=what, charge=term.charge, row=row, field="row")
        else:
            first[row.known_from] = row


def _on_no_day(term: Term, rows: tuple[Row, ...], later: set[Where]) -> Iterator[Flaw]:
    """Rows that end on the day they begin and withdraw nothing."""
    for row in rows:
        if row.effective_before == row.effective_from and _place(row) not in later:
            yield Flaw(
                what=f"{row} counts on no day: `effective before` is the first day after it",
                charge=term.charge,
                row=row,
                field="effective_before",
                mend="only a later known version of a row ends on its first day, to withdraw it",
            )


def _ties(term: Term, counting: list[Row]) -> Iterator[Flaw]:
    """Two rows of one key that were known from one day, both in force on some day."""
    known_together: dict[tuple[tuple[str, ...], date], list[Row]] = defaultdict(list)
    for row in counting:
        known_together[row.key, row.known_from].append(row)
    for rows in known_together.values():
        rows.sort(key=lambda row: (row.effective_from, row.line))
        reaching = rows[0]
        for row in rows[1:]:
            # A number that stands twice was told already.
            if _overlap(reaching, row) and reaching.row != row.row:
                yield _tie(term, reaching, row)
            if _ends(row) > _ends(reaching):
                reaching = row


def _tie(term: Term, one: Row, other: Row) -> Flaw:
    first, second = sorted((one, other), key=_place)
    return Flaw(
        what=f"row {second.row} and row {first.row} (line {first.line}) price the same "
        f"on {max(one.effective_from, other.effective_from).isoformat()}",
        charge=term.charge,
        row=second,
        mend="end the earlier one with `effective before`, "
        "or give the correction a later `known from`",
    )


def _written_differently(
    term: Term, counting: list[Row], gone: dict[Where, date]
) -> Iterator[Flaw]:
    """One lane written in two ways: neither row supersedes the other, and both tie."""
    for one, other in combinations(counting, 2):
        known = max(one.known_from, other.known_from)
        stands = all(known < gone.get(_place(each), date.max) for each in (one, other))
        if one.key != other.key and stands and _overlap(one, other):
            first, second = sorted((one, other), key=_place)
            yield Flaw(
                what=f"row {second.row} and row {first.row} (line {first.line}) write one lane "
                "differently, so that neither supersedes the other",
                charge=term.charge,
                row=second,
                mend="write the lane as the earlier row does",
            )


def _overlap(one: Row, other: Row) -> bool:
    begins = max(one.effective_from, other.effective_from)
    return one.counts_on(begins) and other.counts_on(begins)


def _ends(row: Row) -> date:
    return row.effective_before or date.max


def _slip(term: Term, gap: Gap) -> Flaw:
    return Flaw(
        what=f"nothing is priced on {gap.begins.isoformat()}: row {gap.before.row} "
        f"(line {gap.before.line}) ends before it and row {gap.after.row} begins after it",
        charge=term.charge,
        row=gap.before,
        field="effective_before",
        mend=f"`effective before` is the first day without it: {gap.ends.isoformat()}",
    )
