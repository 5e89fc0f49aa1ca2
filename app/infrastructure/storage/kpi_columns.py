"""The columns a KPI may name, of tables and worked out beside them, and what is asked of them.

What is asked of a row in `app/reports/kpis/conditions.py` is asked here of a database, with the
same answers: a test holds the two together.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    select,
    true,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction, coalesce

from app.infrastructure.storage import standing_tables, tables
from app.infrastructure.storage.columns import Line, Moment, YesNo
from app.reports.kpis.definition import HELD_BY, Condition, Op, Table
from app.reports.kpis.window import Window, midnight

FROM: dict[Table, FromClause] = {
    Table.UNIT: standing_tables.standing,
    Table.SPELL: standing_tables.hold_spell,
    Table.INVOICE: standing_tables.billed_invoice,
    Table.MESSAGE: tables.message,
    Table.FACT: tables.fact,
}
_standing = standing_tables.standing.c
_spell = standing_tables.hold_spell.c
_message = tables.message.c
_mending = tables.mending.c


class WholeSeconds(GenericFunction[int]):
    """A moment in whole seconds since 1970, what is less than a second cut off."""

    type = BigInteger()
    inherit_cache = True
    name = "whole_seconds"


@compiles(WholeSeconds, "sqlite")
def _in_sqlite(element: WholeSeconds, compiler: Any, **how: Any) -> str:
    # Without the fraction, which SQLite rounds to thousandths.
    return f"CAST(strftime('%s', substr({compiler.process(element.clauses, **how)}, 1, 19)) AS INT)"


@compiles(WholeSeconds, "postgresql")
def _in_postgresql(element: WholeSeconds, compiler: Any, **how: Any) -> str:
    inner = compiler.process(element.clauses, **how)
    return f"CAST(floor(extract(epoch FROM {inner})) AS BIGINT)"


@cache
def column_of(table: Table, name: str) -> ColumnElement[Any]:
    """One column of a table, or one that is worked out beside it."""
    found = FROM[table].c.get(name)
    if found is not None:
        return found
    worked_out = _WORKED_OUT[table]
    assert name in worked_out, f"{table} has no column {name}"
    return worked_out[name]


def all_so(table: Table, conditions: Iterable[Condition], window: Window) -> ColumnElement[bool]:
    """Everything that is asked, together; never null."""
    return and_(true(), *(_never_null(_asked(table, each, window)) for each in conditions))


def none_so(
    table: Table, several: Iterable[Iterable[Condition]], window: Window
) -> ColumnElement[bool]:
    """That none of these is so as a whole."""
    return and_(true(), *(not_(all_so(table, each, window)) for each in several))


def before(column: ColumnElement[Any], day: date) -> ColumnElement[bool]:
    """Whether a day, or a moment, comes before a day begins."""
    return column < literal(_bound(column, day), column.type)


def not_before(column: ColumnElement[Any], day: date) -> ColumnElement[bool]:
    """Whether it does not."""
    return column >= literal(_bound(column, day), column.type)


def _bound(column: ColumnElement[Any], day: date) -> object:
    return midnight(day) if isinstance(column.type, Moment) else day


def _asked(table: Table, asked: Condition, window: Window) -> ColumnElement[bool]:
    so = _so(table, asked, window)
    return not_(_never_null(so)) if asked.no else so


def _never_null(so: ColumnElement[bool]) -> ColumnElement[bool]:
    return coalesce(so, false())


def _so(table: Table, asked: Condition, window: Window) -> ColumnElement[bool]:
    column = column_of(table, asked.column)
    match asked.op:
        case Op.IS:
            return column == literal(asked.value, column.type)
        case Op.ONE_OF:
            return column.in_(asked.values)
        case Op.KNOWN:
            there = column.is_not(None)
            return and_(there, column != "") if isinstance(column.type, Line) else there
        case Op.ABOVE:
            return column > literal(asked.value, column.type)
        case Op.UNTIL:
            return column <= column_of(table, asked.other)
        case Op.LONGER:
            start = WholeSeconds(column_of(table, asked.other))
            return WholeSeconds(column) - start > literal(asked.value, BigInteger())
        case Op.WITHIN_DAYS:
            last = window.at.date() + timedelta(days=int(asked.value))
            return column <= literal(last, column.type)


def _excluded_unit() -> ColumnElement[str]:
    """Why no KPI counts the unit of a spell; empty where the unit is none any more."""
    its = select(_standing.excluded).where(
        _standing.tenant == _spell.tenant, _standing.unit == _spell.unit
    )
    return func.coalesce(its.scalar_subquery(), "", type_=Line())


def _ever_held(codes: tuple[str, ...]) -> ColumnElement[bool]:
    return _yes_no(
        exists().where(
            _spell.tenant == _standing.tenant,
            _spell.unit == _standing.unit,
            _spell.code.in_(codes),
        )
    )


def _yes_no(so: ColumnElement[bool]) -> ColumnElement[bool]:
    # `else_` is bound by the column's own type, so that both sides are numbers.
    return case((so, literal(value=True, type_=YesNo())), else_=literal(value=False, type_=YesNo()))


def _by_mending() -> ColumnElement[bool]:
    """Whether it came because somebody mended a message, itself or another one."""
    return _yes_no(
        exists().where(
            _mending.tenant == _message.tenant,
            _mending.delivery_id == _message.delivery_id,
            _mending.at <= _message.received_at,
        )
    )


def _mended_at() -> ColumnElement[Any]:
    its = select(func.min(_mending.at)).where(
        _mending.tenant == _message.tenant,
        _mending.message_seq == _message.seq,
        _mending.outcome == "recorded",
    )
    return its.scalar_subquery()


def _read_again() -> ColumnElement[int]:
    """How often it was processed again, but for planned replays."""
    later = tables.message.alias("later").c
    mendings = select(func.count()).where(
        _mending.tenant == _message.tenant, _mending.message_seq == _message.seq
    )
    readings = select(func.count()).where(
        later.tenant == _message.tenant,
        later.source_system == _message.source_system,
        later.source_instance == _message.source_instance,
        later.source_message_id == _message.source_message_id,
        later.outcome == "recorded",
        later.reading > 0,
        later.replay == "",
    )
    counts = (func.coalesce(each.scalar_subquery(), 0) for each in (mendings, readings))
    first, second = counts
    return first + second


def _source_of_fact() -> ColumnElement[str]:
    fact = tables.fact.c
    its = select(_message.source_system).where(
        _message.tenant == fact.tenant, _message.seq == fact.message_seq
    )
    return func.coalesce(its.scalar_subquery(), "", type_=Line())


_WORKED_OUT: dict[Table, dict[str, ColumnElement[Any] | Column[Any]]] = {
    Table.UNIT: {name: _ever_held(codes) for name, codes in HELD_BY.items()},
    Table.SPELL: {"excluded": _excluded_unit()},
    Table.INVOICE: {},
    Table.MESSAGE: {
        "by_mending": _by_mending(),
        "read_again": _read_again(),
        "mended_at": _mended_at(),
    },
    Table.FACT: {"source_system": _source_of_fact()},
}
