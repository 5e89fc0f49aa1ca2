"""Counts over everything that waits: by index over what is open, never over what is done."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_

from app.infrastructure.storage import standing_tables, tables
from app.infrastructure.storage.quarantine import still_open
from app.infrastructure.storage.tenant_rows import TenantRows
from app.judgement.verdict import Verdict
from app.reports.standing.standing import Stage
from app.reports.work.watched import (
    BLOCKED,
    LATE_POD,
    PROOF_HOLDS,
    RIGHT_ENDS,
    RUNS_OUT,
    WAITING_FOR_BILLING,
    Destination,
    HeldMoney,
    Queue,
    RightEnding,
)

_standing = standing_tables.standing.c
_spell = standing_tables.hold_spell.c
_billed = standing_tables.billed_invoice.c
_due = tables.due.c
_sending = tables.sending.c
_circuit = tables.circuit.c
_message = tables.message.c
_COUNT = func.count().label("number")


class Watching:
    """What `reports/watched.py` is made of."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def units(self) -> Mapping[str, int]:
        """How many units are in each stage; those that have none are told as none."""
        query = self._rows.select(standing_tables.standing, _standing.stage, _COUNT)
        found = self._rows.all(query.group_by(_standing.stage))
        return {stage.value: 0 for stage in Stage} | {row.stage: int(row.number) for row in found}

    def held(self) -> tuple[HeldMoney, ...]:
        """Open holds and their money, by code and currency."""
        by = (_spell.code, _spell.currency)
        money = func.sum(func.coalesce(_spell.value_minor, 0)).label("money")
        query = self._rows.select(standing_tables.hold_spell, *by, _COUNT, money)
        found = self._rows.all(query.where(_open()).group_by(*by).order_by(*by))
        return tuple(
            HeldMoney(
                code=row.code,
                currency=row.currency,
                holds=int(row.number),
                minor_units=int(row.money),
            )
            for row in found
        )

    def missed_cutoffs(self, moment: datetime) -> int:
        """Units that have arrived and were not claimed by when their batch closed.

        What is still on its way belongs to a later one.
        """
        query = self._rows.select(standing_tables.standing, func.count())
        query = query.where(standing_tables.STILL_IN_NO_BATCH, _standing.cutoff_at < moment)
        return int(self._rows.one_value(query))

    def late_pods(self, moment: datetime) -> int:
        """Units that were delivered long ago, and are held or billed ahead for want of a proof."""
        return self._on_their_way(
            (*WAITING_FOR_BILLING, Stage.PROVISIONAL),
            _standing.delivered_at <= moment - LATE_POD,
            _standing.pod_at.is_(None),
            or_(
                _standing.stage == Stage.PROVISIONAL.value,
                _standing.verdict == Verdict.PROVISIONAL.value,
                exists().where(
                    _spell.tenant == _standing.tenant,
                    _spell.unit == _standing.unit,
                    _spell.code.in_(PROOF_HOLDS),
                    _open(),
                ),
            ),
        )

    def blocked_invoices(self, moment: datetime) -> int:
        """Invoices claimed long ago without a number; none that waits for its period's close."""
        waits = tables.consolidating.c
        query = self._billed(Stage.CLAIMED, Stage.ADJUSTING).where(
            _billed.number == "",
            _billed.claimed_at <= moment - BLOCKED,
            ~exists().where(waits.tenant == _billed.tenant, waits.release_id == _billed.release_id),
        )
        return int(self._rows.one_value(query))

    def rights_ending(self, moment: datetime) -> tuple[RightEnding, ...]:
        """What open holds keep although its right to bill ends soon; each unit once."""
        by = (_spell.unit, _spell.currency)
        # Holds keep each other's money: of a unit the largest is what waits.
        most = func.max(func.coalesce(_spell.value_minor, 0)).label("most")
        on = moment.date()
        ends_soon = _spell.right_until.between(on, on + RIGHT_ENDS)
        query = self._rows.select(standing_tables.hold_spell, *by, most)
        each = query.where(_open(), ends_soon).group_by(*by).subquery().c
        total = func.sum(each.most).label("money")
        found = self._rows.all(
            self._rows.plain(each.currency, _COUNT, total)
            .group_by(each.currency)
            .order_by(each.currency)
        )
        return tuple(
            RightEnding(currency=row.currency, units=int(row.number), minor_units=int(row.money))
            for row in found
        )

    def provisionals_running_out(self, moment: datetime) -> int:
        """Open provisional invoices that run out soon or have, also of units that are gone."""
        query = self._rows.select(standing_tables.billed_invoice, func.count())
        soon = _billed.expires_at <= moment + RUNS_OUT
        query = query.where(standing_tables.OPEN_PROVISIONAL, soon)
        return int(self._rows.one_value(query))

    def quarantined(self) -> Queue:
        """Messages that were kept aside and that nobody has mended."""
        oldest = func.min(_message.received_at).label("oldest")
        query = self._rows.select(tables.message, _COUNT, oldest).where(still_open())
        (row,) = self._rows.all(query)
        return Queue(name="quarantine", waiting=int(row.number), since=row.oldest)

    def deciding(self) -> tuple[Queue, ...]:
        """What is to be decided, by lane."""
        oldest = func.min(_due.due_at).label("oldest")
        query = self._rows.select(tables.due, _due.lane, _COUNT, oldest)
        found = self._rows.all(query.group_by(_due.lane).order_by(_due.lane))
        return tuple(
            Queue(name=row.lane, waiting=int(row.number), since=row.oldest) for row in found
        )

    def stuck(self, after_attempts: int) -> int:
        """What failed so often that a person must look."""
        query = self._rows.select(tables.due, func.count())
        return int(self._rows.one_value(query.where(_due.attempts >= after_attempts)))

    def destinations(self, moment: datetime) -> tuple[Destination, ...]:
        """What is on its way to whom, and who is left alone."""
        by = (_sending.destination, _sending.state)
        oldest = func.min(_sending.next_at).label("oldest")
        query = self._rows.select(tables.sending, *by, _COUNT, oldest)
        counted: dict[tuple[str, str], Any] = {
            (row.destination, row.state): row
            for row in self._rows.all(
                query.where(_sending.state.in_(("waiting", "dead"))).group_by(*by)
            )
        }
        circuits = self._rows.all(self._rows.select(tables.circuit))
        alone = {row.destination for row in circuits if row.open_until and row.open_until > moment}
        names = {name for name, _ in counted} | {row.destination for row in circuits}
        return tuple(
            Destination(
                name=name,
                waiting=_number(counted.get((name, "waiting"))),
                dead=_number(counted.get((name, "dead"))),
                since=getattr(counted.get((name, "waiting")), "oldest", None),
                left_alone=name in alone,
            )
            for name in sorted(names)
        )

    def _on_their_way(self, stages: Iterable[Stage], *which: ColumnElement[bool]) -> int:
        """How many units in these stages are so."""
        query = self._rows.select(standing_tables.standing, func.count()).where(
            _standing.stage.in_([stage.value for stage in stages]),
            _standing.excluded == "",
            *which,
        )
        return int(self._rows.one_value(query))

    def _billed(self, *stages: Stage) -> Any:
        """How many invoices there are of units in these stages."""
        same = and_(_billed.tenant == _standing.tenant, _billed.unit == _standing.unit)
        query = self._rows.select(standing_tables.standing, func.count())
        query = query.join(standing_tables.billed_invoice, same)
        return query.where(_standing.stage.in_([stage.value for stage in stages]))


def _open() -> ColumnElement[bool]:
    return _spell.closed_at.is_(None)


def _number(row: Any) -> int:
    return 0 if row is None else int(row.number)
