"""What changed between two editions of a card, and what of it would change a price of the past.

A price is never edited: a new one is a new row from a later day, a correction is a row with a
later `known from`. So an edition in which an accepted row says something else, or is gone, is
not the next edition of that card. Where a row stands, and in which file, is no part of it.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

import msgspec

from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import Row
from app.pricing.agreed.term import Term
from app.pricing.lines.wording import rate
from app.pricing.rating.card import RateCard

PLACE = ("table", "line")
"""Where a row stands; not what it says."""

MEND = (
    "put it back as it was; a new price is a new row with a later `effective from`, "
    "a correction is a row with a later `known from`"
)


class RowChange(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is new, gone or says something else; `old` or `new` is None accordingly."""

    charge: str
    field: str
    """Which table of the charge: `rates`, `steps`, ..."""
    old: Row | None = None
    new: Row | None = None

    @property
    def row(self) -> Row:
        """The row as it stands now, else as it stood."""
        found = self.new or self.old
        assert found is not None, "a change is of some row"
        return found

    @property
    def differences(self) -> tuple[str, ...]:
        """`1M was 58.21, is 59.00`, one for each value; none for a row that is new or gone."""
        if self.old is None or self.new is None:
            return ()
        old, new = values_of(self.old), values_of(self.new)
        names = [*old, *(name for name in new if name not in old)]
        return tuple(
            f"{name} was {old.get(name, 'not there')}, is {new.get(name, 'not there')}"
            for name in names
            if old.get(name) != new.get(name)
        )


class TermChange(msgspec.Struct, frozen=True, kw_only=True):
    """A value of a charge, or of the card itself where `charge` is empty, that differs."""

    charge: str
    name: str
    was: str
    now: str

    def __str__(self) -> str:
        """`linehaul: method was cwt_no_deficit_1, is cwt_deficit_on_net_1`."""
        return f"{self.charge or 'card'}: {self.name} was {self.was}, is {self.now}"


def values_of(row: Row) -> dict[str, str]:
    """What the row says, by the names of its columns."""
    found: dict[str, str] = {}
    for field in row.__struct_fields__:
        value = getattr(row, field)
        if field in PLACE:
            continue
        if isinstance(value, Mapping):
            pattern = getattr(row, "COLUMNS", {}).get(field, "{}")
            found |= {pattern.format(name): _text(each) for name, each in value.items()}
        else:
            found[field.replace("_", " ")] = _text(value)
    return found


def row_changes(old: RateCard, new: RateCard) -> tuple[RowChange, ...]:
    """Rows by charge, in the order of the cards; `row` and `known from` say which is which."""
    before, now = _rows(old), _rows(new)
    changes = []
    for name in [*before, *(name for name in now if name not in before)]:
        one, other = before.get(name), now.get(name)
        if one is None or other is None or not same(one, other):
            changes.append(RowChange(charge=name[0], field=name[1], old=one, new=other))
    return tuple(changes)


def term_changes(old: RateCard, new: RateCard) -> tuple[TermChange, ...]:
    """Everything that differs and is no row: the card's own values, then charge by charge."""
    changes = list(_differing("", old, new, {"charges"}))
    before = {term.charge: term for term in old.charges}
    now = {term.charge: term for term in new.charges}
    if (order := tuple(before)) != tuple(now):
        changes.append(
            TermChange(charge="", name="charges", was=", ".join(order), now=", ".join(now))
        )
    for charge in before.keys() & now.keys():
        one, other = before[charge], now[charge]
        if type(one) is not type(other):
            was, shape = _shape(one), _shape(other)
            changes.append(TermChange(charge=charge, name="shape", was=was, now=shape))
        else:
            changes.extend(_differing(charge, one, other, set(_tables(one)) | set(_tables(other))))
    return tuple(sorted(changes, key=lambda change: (change.charge, change.name)))


def overwritten(old: RateCard, new: RateCard, on: date) -> tuple[Flaw, ...]:
    """Accepted rows whose values were changed in place, or which are gone.

    Ending a row from a day that is still to come changes no price of the past. A row that is
    there again under its number with a later `known from` was corrected, and says so. A card
    that begins where the accepted one has ended, or only in days to come, is another card.

    Args:
        old: the accepted edition.
        new: what would take its place.
        on: the day on which it would.
    """
    ended = old.effective_before is not None and old.effective_before <= new.effective_from
    begins_later = new.effective_from > old.effective_from and new.effective_from >= on
    if ended or begins_later:
        return ()
    lost = (change for change in row_changes(old, new) if change.old is not None)
    corrected = _corrected(old, new)
    return tuple(
        flaw
        for change in lost
        if _name(change) not in corrected and (flaw := _flaw(change, new, on))
    )


def same(one: Row, other: Row) -> bool:
    """Whether two rows say the same, wherever they stand; 85.00 and 85.0 are one price."""
    return msgspec.structs.replace(one, table=other.table, line=other.line) == other


def _rows(card: RateCard) -> dict[tuple[str, str, str, date], Row]:
    """Every row by charge, table of the charge, number and the day from which it was known."""
    return {
        (term.charge, field, row.row, row.known_from): row
        for term in card.charges
        for field, rows in _tables(term).items()
        for row in rows
    }


def _tables(term: Term) -> dict[str, tuple[Row, ...]]:
    values = {name: getattr(term, name) for name in term.__struct_fields__}
    return {
        name: value
        for name, value in values.items()
        if isinstance(value, tuple) and value and all(isinstance(each, Row) for each in value)
    }


def _corrected(old: RateCard, new: RateCard) -> set[tuple[str, str, str, date]]:
    """The accepted rows that stand in the new card under their number, known from a later day.

    Only the last version of a row is corrected by the next one; what it replaced itself was
    known once, and stays.
    """
    before, now = _last_known(old), _last_known(new)
    return {(*row, known) for row, known in before.items() if now.get(row, known) > known}


def _last_known(card: RateCard) -> dict[tuple[str, str, str], date]:
    """The latest `known from` under each row number of each table."""
    latest: dict[tuple[str, str, str], date] = {}
    for charge, field, number, known_from in _rows(card):
        name = charge, field, number
        latest[name] = max(known_from, latest.get(name, date.min))
    return latest


def _name(change: RowChange) -> tuple[str, str, str, date]:
    return change.charge, change.field, change.row.row, change.row.known_from


def _flaw(change: RowChange, new: RateCard, on: date) -> Flaw | None:
    """What is wrong with a row that is not what was accepted; None where it only ends later on."""
    assert change.old is not None, "what is new overwrites nothing"
    if change.new is None:
        known = any(term.charge == change.charge for term in new.charges)
        return _gone(change.charge if known else "", change.old)
    return None if _ended_from(change.old, change.new, on) else _changed(change)


def _ended_from(old: Row, new: Row, on: date) -> bool:
    """Whether all that changed is an end, old and new, that is still to come."""
    ends = [row.effective_before for row in (old, new)]
    to_come = all(end is None or end >= on for end in ends)
    return to_come and same(msgspec.structs.replace(old, effective_before=ends[1]), new)


def _changed(change: RowChange) -> Flaw:
    assert change.old is not None, "what is new overwrites nothing"
    return Flaw(
        what=f"row {change.old.row} of {change.charge} was accepted and is overwritten: "
        f"{'; '.join(change.differences)}",
        charge=change.charge,
        row=change.new,
        mend=MEND,
    )


def _gone(charge: str, row: Row) -> Flaw:
    said = ", ".join(f"{name} {value}" for name, value in values_of(row).items())
    return Flaw(
        what=f"row {row.row} of {row.table} was accepted and is gone; it said: {said}",
        charge=charge,
        mend="put it back; a row ends by `effective before` with a day to come, "
        "or by the same row number with a later `known from`",
    )


def _differing(
    charge: str, old: msgspec.Struct, new: msgspec.Struct, without: set[str]
) -> Iterator[TermChange]:
    for name in old.__struct_fields__:
        was, now = getattr(old, name), getattr(new, name)
        if name not in without and was != now:
            shown = name.replace("_", " ")
            yield TermChange(charge=charge, name=shown, was=_text(was), now=_text(now))


def _shape(term: Term) -> str:
    return str(type(term).__struct_config__.tag)


def _text(value: object) -> str:
    """A value as a person would write it into the card."""
    match value:
        case None | "":
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return rate(value)
        case Mapping():
            return ", ".join(f"{name} {_text(each)}" for name, each in sorted(value.items()))
        case tuple():
            return ", ".join(map(_text, value)) or "nothing"
        case msgspec.Struct():
            pairs = ((name, getattr(value, name)) for name in value.__struct_fields__)
            return ", ".join(f"{name.replace('_', ' ')} {_text(each)}" for name, each in pairs)
        case _:
            return str(value)
