"""What the board counts: sums over what is open, each in one question."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func

from app.infrastructure.storage import standing_tables as tables
from app.infrastructure.storage.tenant_rows import TenantRows
from app.reports.standing.standing import Stage
from app.reports.work.batches import Batch, closed, closings_of, coming
from app.reports.work.board import (
    NOT_BILLED,
    PAPERS_SHOWN,
    Age,
    Aged,
    Board,
    Choices,
    Ends,
    Exposure,
    HeldBy,
    InStage,
    Paper,
    Runway,
    opened_when,
    runway_of,
)

_standing = tables.standing.c
_spell = tables.hold_spell.c
_billed = tables.billed_invoice.c
_COUNT = func.count().label("number")
_OPEN = _spell.closed_at.is_(None)
_STAGES = {stage: place for place, stage in enumerate(Stage)}
_AGES = {age: place for place, age in enumerate(Age)}


class BoardRows:
    """Counts over units, open holds and provisional invoices."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def counted(self, moment: datetime) -> Board:
        """The whole board as of a moment."""
        on = moment.date()
        batches = self._batches()
        return Board(
            stages=self._stages(),
            held=self._held(),
            ages=self._ages(moment),
            cutoffs=closings_of(batches, moment),
            coming=coming(batches, moment),
            closed=closed(batches, moment),
            rights=self._rights(on),
            exposures=self._exposures(),
            papers=self._papers(),
            unpriced=self._unpriced(),
            choices=self._choices(),
        )

    def _stages(self) -> tuple[InStage, ...]:
        by = (_standing.stage, _standing.currency)
        waits = _sum(_standing.amount_minor).label("waits")
        held = _sum(_standing.held_minor).label("held")
        billed = _sum(_standing.billed_minor).label("billed")
        query = self._rows.select(tables.standing, *by, _COUNT, waits, held, billed)
        found = [
            InStage(
                stage=Stage(row.stage),
                currency=row.currency,
                units=int(row.number),
                waits_minor=int(row.waits),
                held_minor=int(row.held),
                billed_minor=int(row.billed),
            )
            for row in self._rows.all(query.group_by(*by))
        ]
        return tuple(sorted(found, key=lambda each: (_STAGES[each.stage], each.currency)))

    def _held(self) -> tuple[HeldBy, ...]:
        by = (_spell.code, _spell.owner, _spell.currency)
        alone = _sum(case((tables.ALONE, 1), else_=0)).label("alone")
        alone_minor = _sum(case((tables.ALONE, _spell.value_minor), else_=0))
        query = self._rows.select(
            tables.hold_spell,
            *by,
            _COUNT,
            _sum(_spell.value_minor).label("minor"),
            alone,
            alone_minor.label("alone_minor"),
        )
        rows = self._rows.all(query.where(_OPEN).group_by(*by).order_by(*by))
        return tuple(
            HeldBy(
                code=row.code,
                owner=row.owner,
                currency=row.currency,
                holds=int(row.number),
                minor=int(row.minor),
                alone=int(row.alone),
                alone_minor=int(row.alone_minor),
            )
            for row in rows
        )

    def _ages(self, moment: datetime) -> tuple[Aged, ...]:
        oldest_first = tuple(reversed(list(Age)))
        whens = [
            (_spell.opened_at <= opened_when(age, moment)[1], age.value) for age in oldest_first
        ]
        age_of = case(*whens, else_=Age.TO_1.value).label("age")
        query = self._rows.select(
            tables.hold_spell, age_of, _spell.currency, _COUNT, _sum(_spell.value_minor).label("m")
        )
        rows = self._rows.all(query.where(_OPEN).group_by(age_of, _spell.currency))
        found = [
            Aged(age=Age(row.age), currency=row.currency, holds=int(row.number), minor=int(row.m))
            for row in rows
        ]
        return tuple(sorted(found, key=lambda each: (_AGES[each.age], each.currency)))

    def _batches(self) -> tuple[Batch, ...]:
        """What has arrived, was not claimed and is to be billed, by the batch it belongs to."""
        by = (_standing.customer, _standing.cutoff_at, _standing.currency)
        return tuple(
            Batch(
                customer=row.customer,
                closes_at=row.cutoff_at,
                currency=row.currency,
                units=int(row.number),
                minor=int(row.minor),
            )
            for row in self._waiting(tables.STILL_IN_NO_BATCH, by, _standing.cutoff_at)
        )

    def _rights(self, on: date) -> tuple[Ends, ...]:
        """What is not billed, by how soon the right to bill it is over."""
        last_day = _standing.right_until
        billable = _standing.stage.in_([stage.value for stage in NOT_BILLED])
        return tuple(
            _by_runway(self._waiting(billable, (last_day, _standing.currency), last_day), on)
        )

    def _waiting(
        self,
        which: ColumnElement[bool],
        by: Sequence[ColumnElement[Any]],
        runs: ColumnElement[Any],
    ) -> Iterable[Row[Any]]:
        """Units for which this clock runs, and what of them waits."""
        waits = _sum(_standing.amount_minor).label("minor")
        query = self._rows.select(tables.standing, *by, _COUNT, waits)
        return self._rows.all(query.where(which, runs.is_not(None)).group_by(*by))

    def _exposures(self) -> tuple[Exposure, ...]:
        by = (_billed.customer, _billed.currency)
        query = self._rows.select(
            tables.billed_invoice,
            *by,
            _COUNT,
            _sum(_billed.amount_minor).label("minor"),
            func.min(_billed.claimed_at).label("oldest"),
            func.min(_billed.expires_at).label("expires"),
        )
        query = query.where(tables.OPEN_PROVISIONAL)
        rows = self._rows.all(query.group_by(*by).order_by(*by))
        return tuple(
            Exposure(
                customer=row.customer,
                currency=row.currency,
                invoices=int(row.number),
                minor=int(row.minor),
                oldest_at=row.oldest,
                first_expires_at=row.expires,
            )
            for row in rows
        )

    def _papers(self) -> tuple[Paper, ...]:
        columns = ("unit", "customer", "code", "paper", "owner", "currency", "value_minor")
        query = self._rows.select(tables.hold_spell, *(_spell[name] for name in columns))
        wanted = and_(_OPEN, tables.ALONE, _spell.paper != "")
        query = query.where(wanted, _spell.value_minor > 0)
        query = query.order_by(_spell.value_minor.desc(), _spell.unit, _spell.code)
        return tuple(
            Paper(
                unit=row.unit,
                customer=row.customer,
                code=row.code,
                document=row.paper,
                owner=row.owner,
                currency=row.currency,
                minor=row.value_minor,
            )
            for row in self._rows.all(query.limit(PAPERS_SHOWN))
        )

    def _unpriced(self) -> int:
        query = self._rows.select(tables.hold_spell, func.count())
        return int(self._rows.one_value(query.where(_OPEN, _spell.value_minor.is_(None))))

    def _choices(self) -> Choices:
        return Choices(
            customers=self._values(_spell.customer),
            carriers=self._values(_spell.carrier),
            codes=self._values(_spell.code),
            owners=self._values(_spell.owner),
            assigned=self._values(_spell.assigned_to),
        )

    def _values(self, column: ColumnElement[Any]) -> tuple[str, ...]:
        query = self._rows.select(tables.hold_spell, column.label("value")).where(_OPEN)
        rows = self._rows.all(query.where(column != "").distinct())
        return tuple(sorted(str(row.value) for row in rows))


def _by_runway(rows: Iterable[Row[Any]], on: date) -> Iterable[Ends]:
    """Days taken together by how soon they are over."""
    sums: dict[tuple[Runway, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        found = sums[runway_of(row.right_until, on), row.currency]
        found[0] += int(row.number)
        found[1] += int(row.minor)
    for each in Runway:
        for (of, currency), (units, minor) in sorted(sums.items()):
            if of is each:
                yield Ends(runway=of, currency=currency, units=units, minor=minor)


def _sum(column: ColumnElement[Any]) -> Any:
    return func.coalesce(func.sum(column), 0)
