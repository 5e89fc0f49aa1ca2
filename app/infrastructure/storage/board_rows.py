"""What the board counts: sums over what is open, each in one question."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func

from app.infrastructure.storage import standing_tables as tables
from app.infrastructure.storage.right_rows import RightRows
from app.infrastructure.storage.tenant_rows import TenantRows
from app.judgement.verdict import Verdict
from app.reports.standing.standing import Stage
from app.reports.work.batches import Batch, closed, closings_of, coming
from app.reports.work.board import (
    PAPERS_SHOWN,
    Age,
    Aged,
    Board,
    Choices,
    Exposure,
    HeldBy,
    InStage,
    Paper,
    opened_when,
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
        self._rights = RightRows(rows)

    def counted(self, moment: datetime) -> Board:
        """The whole board as of a moment."""
        batches = self._batches()
        return Board(
            stages=self._stages(),
            held=self._held(),
            ages=self._ages(moment),
            cutoffs=closings_of(batches, moment),
            coming=coming(batches, moment),
            closed=closed(batches, moment),
            rights=self._rights.counted(moment.date()),
            exposures=self._exposures(),
            papers=self._papers(),
            unpriced=self._unpriced(),
            choices=self._choices(),
        )

    def _stages(self) -> tuple[InStage, ...]:
        is_ready = _standing.stage == Stage.READY.value
        verdict = case((is_ready, _standing.verdict), else_="").label("ruled")
        by = (_standing.stage, verdict, _standing.currency)
        waits = _sum(_standing.amount_minor).label("waits")
        held = _sum(_standing.held_minor).label("held")
        billed = _sum(_standing.billed_minor).label("billed")
        query = self._rows.select(tables.standing, *by, _COUNT, waits, held, billed)
        found = [
            InStage(
                stage=Stage(row.stage),
                verdict=row.ruled,
                currency=row.currency,
                units=int(row.number),
                waits_minor=int(row.waits),
                held_minor=int(row.held),
                billed_minor=int(row.billed),
            )
            for row in self._rows.all(query.group_by(*by))
        ]
        return tuple(sorted(found, key=_place))

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


def _place(each: InStage) -> tuple[int, bool, str]:
    """What goes out ahead of something comes behind what is ready for good."""
    return _STAGES[each.stage], each.verdict == Verdict.PROVISIONAL.value, each.currency


def _sum(column: ColumnElement[Any]) -> Any:
    return func.coalesce(func.sum(column), 0)
