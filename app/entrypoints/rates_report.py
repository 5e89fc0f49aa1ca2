"""What `tollgate rates` prints about cards: what they cover, how two differ, what it costs."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from app.authoring.workshop.card_report import CardReport
from app.entrypoints.demo_report import aligned
from app.money import Money, total
from app.operations.looking.rate_units import Repriced
from app.pricing.agreed.rows import Row
from app.pricing.agreed.term import Term
from app.pricing.lines.charge import Rated
from app.pricing.rating.card import RateCard
from app.pricing.rating.history import RowChange, row_changes, term_changes, values_of
from app.pricing.rating.proof import tables_of


def no_cards(folder: Path) -> str:
    """That there is nothing to be checked."""
    return f"there is no rate card under {folder}"


def card_lines(
    folder: Path, card: RateCard, report: CardReport, before: RateCard | None, shown: int | None
) -> Iterator[str]:
    """A card without mistakes: its charges, what they cover, and what is worth a look.

    `before` is the edition in force, if there is one; `shown` bounds each list.
    """
    yield f"{folder.name}: {card.name}, {card.currency}, {_span(card)}, prices of {card.rate_date}"
    head = ("charge", "shape", "rows", "dates covered")
    yield from (f"  {line}" for line in aligned(head, [_row(t) for t in card.charges], right={2}))
    yield from _listed("break points", report.break_points, shown)
    yield from _listed("boundary cases", report.boundary_cases, shown)
    for note in (*report.notes, *_news(card, before)):
        yield f"  note: {note}"


def _row(term: Term) -> tuple[str, ...]:
    rows = [row for table in tables_of(term) for row in table]
    shape = str(type(term).__struct_config__.tag)
    return (term.charge, shape, str(len(rows)), covered(rows) if rows else "as the card")


def covered(rows: Iterable[Row]) -> str:
    """The days on which some row counts, without the holes between them."""
    spans: list[tuple[date, date | None]] = []
    for row in sorted(rows, key=lambda row: row.effective_from):
        first, end = row.effective_from, row.effective_before
        if end is not None and end <= first:
            continue
        if spans and (spans[-1][1] is None or first <= spans[-1][1]):
            last = spans[-1][1]
            spans[-1] = (spans[-1][0], None if last is None or end is None else max(last, end))
        else:
            spans.append((first, end))
    return ", ".join(_days(*span) for span in spans) or "no day"


def _span(card: RateCard) -> str:
    return _days(card.effective_from, card.effective_before)


def _days(first: date, end: date | None) -> str:
    if end is None:
        return f"{first.isoformat()} onwards"
    return f"{first.isoformat()} until {(end - timedelta(days=1)).isoformat()}"


def _listed(title: str, lines: Sequence[object], shown: int | None) -> Iterator[str]:
    if lines:
        yield f"  {title}"
    yield from (f"    {line}" for line in lines[:shown])
    if shown is not None and len(lines) > shown:
        yield f"    ... and {len(lines) - shown} more; --all shows them"


def _news(card: RateCard, before: RateCard | None) -> Iterator[str]:
    """What the draft says otherwise than the edition in force."""
    if before is None:
        yield "no edition of this card is accepted yet"
        return
    if rows := row_changes(before, card):
        yield f"{len(rows)} rows differ from the accepted edition; `tollgate rates diff` shows them"
    for change in term_changes(before, card):
        yield f"differs from the accepted edition for all days: {change}"


def difference_lines(old: RateCard, new: RateCard) -> Iterator[str]:
    """Rows by table, then terms; that nothing differs is said too."""
    by_table: dict[str, list[str]] = {}
    for change in row_changes(old, new):
        lines = by_table.setdefault(change.row.table, [])
        line = _changed(change)
        # A table that serves several charges is told once.
        if line not in lines:
            lines.append(line)
    for table, lines in sorted(by_table.items()):
        yield table
        yield from (f"  {line}" for line in lines)
    if terms := term_changes(old, new):
        yield "terms"
        yield from (f"  {change}" for change in terms)
    if not by_table and not terms:
        yield "the cards say the same"


def _changed(change: RowChange) -> str:
    row = change.row
    where = f"row {row.row} (line {row.line})"
    if change.old is not None and change.new is not None:
        return f"{where} changed: {'; '.join(change.differences)}"
    said = ", ".join(f"{name} {value}" for name, value in values_of(row).items() if name != "row")
    return f"{where} {'removed' if change.new is None else 'added'}: {said}"


def money_lines(repriced: Sequence[Repriced]) -> Iterator[str]:
    """Stored units whose money or whose prices change, and the exact sums of all."""
    changed = [each for each in repriced if each.changed]
    yield f"{len(repriced)} stored units rated by both; {len(changed)} change"
    for each in changed:
        yield f"  {each.unit}: {_total(each.old)} -> {_total(each.new)}{_by(each)}"
        yield from (f"    loses its price: {charge}" for charge in each.lost)
        yield from (f"    gains a price: {charge}" for charge in each.gained)
    before = [each.old.total for each in repriced if each.old.total]
    after = [each.new.total for each in repriced if each.new.total]
    for currency in sorted({money.currency for money in (*before, *after)}):
        old, new = _sum(before, currency), _sum(after, currency)
        yield f"sum: {old} -> {new} ({signed(new + -old)})"


def _sum(amounts: Sequence[Money], currency: str) -> Money:
    return total((money for money in amounts if money.currency == currency), currency)


def _total(rated: Rated) -> str:
    without = "" if not rated.unpriced else " without a price for all of it"
    return f"{rated.total or 'no price'}{without if rated.total else ''}"


def _by(each: Repriced) -> str:
    old, new = each.old.total, each.new.total
    if old is None or new is None or old.currency != new.currency:
        return ""
    return f" ({signed(new + -old)})"


def signed(amount: Money) -> str:
    """An amount with its sign, even where it is above zero."""
    return f"{'' if amount.amount < 0 else '+'}{amount}"
