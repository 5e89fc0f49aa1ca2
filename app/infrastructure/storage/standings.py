"""Where units stand: replaced unit by unit, and read by index, a page at a time."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Column, ColumnElement, Row, Select, Table, and_, func, literal, or_, tuple_

from app.errors import wrong_request
from app.infrastructure.storage import standing_tables as tables
from app.infrastructure.storage.columns import shortened
from app.infrastructure.storage.tenant_rows import TenantRows
from app.reports.standing.standing import (
    BilledInvoice,
    Permitted,
    RightToBill,
    Spell,
    Standing,
    WhereItStands,
)
from app.reports.work.batches import Closes, closing_when
from app.reports.work.urgency import rank_of, ranked_until
from app.reports.work.wanted import HoldsCounted, Wanted, WantedUnits

_due = tables.standing_due.c
_spell = tables.hold_spell.c
_standing = tables.standing.c
_invoice = tables.billed_invoice.c
_BY_AGE = (_invoice.claimed_at, _invoice.release_id)
_OF_A_UNIT = (
    tables.standing,
    tables.hold_spell,
    tables.billed_invoice,
    tables.permitted,
    tables.right_to_bill,
)
_TOLD = ("says", "waits_for", "reason")
"""Words of others, which may be longer than a line."""
_LOOKED_AHEAD = 25
S = TypeVar("S", bound=msgspec.Struct)


class Standings:
    """Rows that are derived from a unit's whole history, and what is still to be derived."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def due(self, units: Iterable[str]) -> None:
        """Something has happened to these units: their rows are to be made anew."""
        self._rows.add(tables.standing_due, [{"unit": unit} for unit in units], _due.seq)

    def next_due(self, at_most: int) -> Mapping[str, tuple[int, ...]]:
        """Units whose rows are to be made anew, each with its places, the oldest first.

        What happened to a unit many times of late is done at once. Nobody holds these units: that
        two make the same rows is harmless, see `making`.
        """
        query = self._rows.select(tables.standing_due, _due.seq, _due.unit).order_by(_due.seq)
        found: dict[str, list[int]] = {}
        for row in self._rows.all(query.limit(at_most * _LOOKED_AHEAD)):
            if row.unit in found or len(found) < at_most:
                found.setdefault(row.unit, []).append(int(row.seq))
        return {unit: tuple(places) for unit, places in found.items()}

    def span_due(self) -> tuple[int, int]:
        """The places of the oldest and of the newest that wait; zeros where none does."""
        ends = (func.min(_due.seq).label("oldest"), func.max(_due.seq).label("newest"))
        row = self._rows.first(self._rows.select(tables.standing_due, *ends))
        assert row is not None, "a sum over nothing is a row too"
        return int(row.oldest or 0), int(row.newest or 0)

    def due_of(self, unit: str) -> tuple[int, ...]:
        """The places of one unit among those whose rows are to be made anew."""
        query = self._rows.select(tables.standing_due, _due.seq).where(_due.unit == unit)
        return tuple(int(row.seq) for row in self._rows.all(query))

    def waiting(self) -> int:
        """How many rows wait to be made anew."""
        return int(self._rows.one_value(self._rows.select(tables.standing_due, func.count())))

    def making(self, units: Iterable[str]) -> None:
        """Before a unit's history is read: nobody else makes its rows of an older one."""
        for unit in sorted(set(units)):
            self._rows.alone(f"standing {unit}")

    def made(self, places: Collection[int]) -> None:
        """These are done."""
        self._rows.remove(tables.standing_due, _due.seq, places)

    def replace(self, unit: str, stands: WhereItStands, moment: datetime) -> None:
        """Everything about a unit, in place of what was there.

        Args:
            unit: whose.
            stands: what its history comes to.
            moment: for which its holds are ranked.
        """
        for table in _OF_A_UNIT:
            self._rows.remove(table, table.c.unit, [unit])
        self._add(tables.standing, [stands.standing] if stands.standing else [])
        ranked = [_ranked(each, moment) for each in stands.spells]
        self._add(tables.hold_spell, stands.spells, ranked)
        self._add(tables.billed_invoice, stands.invoices)
        self._add(tables.permitted, stands.permitted)
        self._add(tables.right_to_bill, stands.rights)

    def ranked_before(self, moment: datetime) -> bool:
        """Whether the rank of an open hold holds no more."""
        query = self._rows.select(tables.hold_spell, _spell.unit)
        query = query.where(_spell.closed_at.is_(None), _spell.ranked_until < moment)
        return self._rows.first(query.limit(1)) is not None

    def rank_anew(self, moment: datetime, at_most: int) -> int:
        """Rank open holds whose rank holds no more; how many were.

        Whoever makes rows of these units anew meanwhile is waited for: what they wait for is
        ranked, never what they waited for before.
        """
        of_before = (_spell.closed_at.is_(None), _spell.ranked_until < moment)
        found = self._rows.select(tables.hold_spell, _spell.unit).where(*of_before)
        units = {str(row.unit) for row in self._rows.all(found.limit(at_most))}
        self.making(units)
        query = self._rows.select(tables.hold_spell, *_SPELL).where(*of_before)
        rows = tuple(self._rows.among(query, _spell.unit, units))
        for row in rows:
            spell = _read(row, Spell)
            self._rows.change(
                tables.hold_spell,
                and_(
                    _spell.unit == spell.unit,
                    _spell.code == spell.code,
                    _spell.subject == spell.subject,
                    _spell.place == spell.place,
                ),
                **_ranked(spell, moment),
            )
        return len(rows)

    def of_unit(self, unit: str) -> WhereItStands:
        """Everything about one unit; holds in the order in which they were opened."""
        spells = self._all(tables.hold_spell, Spell, unit)
        return WhereItStands(
            standing=next(iter(self._all(tables.standing, Standing, unit)), None),
            spells=tuple(sorted(spells, key=lambda each: (each.opened_at, each.code))),
            invoices=tuple(
                sorted(self._all(tables.billed_invoice, BilledInvoice, unit), key=_place)
            ),
            permitted=tuple(self._all(tables.permitted, Permitted, unit)),
            rights=tuple(self._all(tables.right_to_bill, RightToBill, unit)),
        )

    def standing_of(self, units: Collection[str]) -> Mapping[str, Standing]:
        """Where these units stand; those that were never decided are left out."""
        query = self._rows.select(tables.standing, *_STANDING)
        rows = self._rows.among(query, _standing.unit, units)
        return {str(row.unit): _read(row, Standing) for row in rows}

    def open_of(self, units: Collection[str]) -> tuple[Spell, ...]:
        """The open holds of these units."""
        query = self._rows.select(tables.hold_spell, *_SPELL).where(_spell.closed_at.is_(None))
        return tuple(_read(row, Spell) for row in self._rows.among(query, _spell.unit, units))

    def work(self, wanted: Wanted, at_most: int) -> tuple[tuple[int, Spell], ...]:
        """Open holds by money times urgency, highest first, each with its rank."""
        query = _like(self._rows.select(tables.hold_spell, *_SPELL, _spell["rank"]), wanted)
        if wanted.after is not None:
            query = query.where(_behind(wanted.after))
        if not wanted.unpriced:  # what has no price has no rank
            query = query.order_by(_spell["rank"].desc())
        query = query.order_by(_spell.unit, _spell.code, _spell.subject)
        rows = self._rows.all(query.limit(at_most))
        return tuple((int(row[-1]), _read(row, Spell)) for row in rows)

    def count_work(self, wanted: Wanted, at_most: int) -> tuple[HoldsCounted, ...]:
        """How many open holds are like this, by currency, and their money; not more than so many.

        Where there are more, any so many of them are counted.
        """
        query = self._rows.select(tables.hold_spell, _spell.currency, _spell.value_minor)
        some = _like(query, wanted).limit(at_most).subquery()
        sums = (func.count().label("holds"), func.sum(some.c.value_minor).label("minor"))
        counted = self._rows.plain(some.c.currency, *sums).group_by(some.c.currency)
        rows = self._rows.all(counted.order_by(some.c.currency))
        return tuple(
            HoldsCounted(
                currency=str(row.currency), holds=int(row.holds), minor=int(row.minor or 0)
            )
            for row in rows
        )

    def units(self, wanted: WantedUnits, at_most: int) -> tuple[Standing, ...]:
        """Units by name."""
        query = self._rows.select(tables.standing, *_STANDING).where(_standing.unit > wanted.after)
        for name in ("stage", "verdict", "customer", "carrier"):
            if getattr(wanted, name):
                query = query.where(_standing[name] == getattr(wanted, name))
        if wanted.currency is not None:
            query = query.where(_standing.currency == wanted.currency)
        if wanted.cutoff is not None or wanted.closes is not None:
            query = query.where(tables.STILL_IN_NO_BATCH)
        if wanted.closes is not None:
            query = query.where(_standing.cutoff_at == wanted.closes)
        if wanted.cutoff is not None:
            query = query.where(*_between(_standing.cutoff_at, wanted.cutoff, wanted.moment))
        rows = self._rows.all(query.order_by(_standing.unit).limit(at_most))
        return tuple(_read(row, Standing) for row in rows)

    def open_provisionals(
        self, customer: str | None, currency: str, after: str, at_most: int
    ) -> tuple[BilledInvoice, ...]:
        """Those that nothing has settled, the oldest first; also of units that are gone.

        Args:
            customer: whose; None: everybody's.
            currency: in which; empty: in any.
            after: the release of the last one seen; empty: from the first.
            at_most: how many.

        Raises:
            RequestError: there is no such release.
        """
        query = self._rows.select(tables.billed_invoice, *_BILLED).where(tables.OPEN_PROVISIONAL)
        if customer is not None:
            query = query.where(_invoice.customer == customer)
        if currency:
            query = query.where(_invoice.currency == currency)
        if after:
            query = query.where(self._younger_than(after))
        rows = self._rows.all(query.order_by(*_BY_AGE).limit(at_most))
        return tuple(_read(row, BilledInvoice) for row in rows)

    def every_spell(self) -> Iterator[Spell]:
        """All spells of holds, open and closed, a few at a time."""
        columns = _columns(Spell, tables.hold_spell)
        for row in self._rows.stream(self._rows.select(tables.hold_spell, *columns)):
            yield _read(row, Spell)

    def _younger_than(self, release_id: str) -> ColumnElement[bool]:
        query = self._rows.select(tables.billed_invoice, *_BY_AGE)
        last = self._rows.first(query.where(_invoice.release_id == release_id))
        if last is None:
            what = f"{release_id[:60]!a} is no place in this list"
            raise wrong_request("after", what, "what the page before gave")
        pairs = zip(_BY_AGE, last, strict=True)
        return tuple_(*_BY_AGE) > tuple_(*(literal(value, column.type) for column, value in pairs))

    def _all(self, table: Table, struct: type[S], unit: str) -> list[S]:
        query: Select[Any] = self._rows.select(table, *_columns(struct, table))
        query = query.where(table.c.unit == unit)
        return [_read(row, struct) for row in self._rows.all(query)]

    def _add(
        self,
        table: Table,
        structs: Sequence[msgspec.Struct],
        more: Sequence[Mapping[str, object]] = (),
    ) -> None:
        besides = more or [{}] * len(structs)
        rows = [
            {**_told(msgspec.structs.asdict(each)), **extra}
            for each, extra in zip(structs, besides, strict=True)
        ]
        added = self._rows.add(table, rows, table.c.unit)
        assert len(added) == len(rows), "what was there was removed before"


def _ranked(spell: Spell, moment: datetime) -> dict[str, object]:
    return {"rank": rank_of(spell, moment), "ranked_until": ranked_until(spell, moment)}


def _told(columns: dict[str, Any]) -> dict[str, Any]:
    return {k: shortened(v) if k in _TOLD else v for k, v in columns.items()}


def _columns(struct: type[msgspec.Struct], table: Table) -> tuple[Column[Any], ...]:
    return tuple(table.c[name] for name in struct.__struct_fields__)


_STANDING = _columns(Standing, tables.standing)
_SPELL = _columns(Spell, tables.hold_spell)
_BILLED = _columns(BilledInvoice, tables.billed_invoice)


def _read(row: Row[Any], struct: type[S]) -> S:
    """A row whose first columns are the fields of a struct, in their order."""
    # By place: a name is looked up in a row for as long as reading all of it takes.
    return msgspec.convert(dict(zip(struct.__struct_fields__, row, strict=False)), struct)


def _place(invoice: BilledInvoice) -> int:
    return invoice.place


def _between(closes_at: Any, closes: Closes, moment: datetime) -> Iterator[Any]:
    """That a batch closes so soon."""
    since, before = closing_when(closes, moment)
    yield closes_at.is_not(None)
    if since is not None:
        yield closes_at >= since
    if before is not None:
        yield closes_at < before


def _like(query: Select[Any], wanted: Wanted) -> Select[Any]:
    """The open holds that somebody wants to see, wherever in the list they stand."""
    query = query.where(_spell.closed_at.is_(None))
    for name in ("customer", "carrier", "code", "owner", "assigned_to", "rule_id"):
        value = getattr(wanted, name)
        if value:
            query = query.where(_spell[name] == value)
    if wanted.currency is not None:
        query = query.where(_spell.currency == wanted.currency)
    if wanted.opened_by is not None:
        query = query.where(_spell.opened_at <= wanted.opened_by)
    if wanted.opened_after is not None:
        query = query.where(_spell.opened_at > wanted.opened_after)
    if wanted.codes:
        query = query.where(_spell.code.in_(wanted.codes))
    if wanted.alone:
        query = query.where(tables.ALONE)
    if wanted.unpriced:
        query = query.where(_spell.value_minor.is_(None))
    return query


def _behind(after: tuple[int, str, str, str]) -> Any:
    """Rows that come after one in the order of work."""
    rank, unit, code, subject = after
    of_rank = _spell["rank"]
    rest = or_(
        _spell.unit > unit,
        and_(_spell.unit == unit, _spell.code > code),
        and_(_spell.unit == unit, _spell.code == code, _spell.subject > subject),
    )
    return and_(of_rank <= rank, or_(of_rank < rank, rest))
