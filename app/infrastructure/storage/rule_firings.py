"""What each rule holds and permits, read from where units stand.

A rule may place several holds on a unit: on lines of its own they add up, and where one is on the
whole invoice it is that invoice's money, once.
"""

from collections import defaultdict
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Row,
    Select,
    and_,
    case,
    distinct,
    func,
    literal,
    or_,
    tuple_,
)

from app.infrastructure.storage import standing_tables as tables
from app.infrastructure.storage.columns import Line
from app.infrastructure.storage.tenant_rows import TenantRows
from app.reports.rules.effects import (
    AfterUnit,
    MoneyOfRule,
    RuleTotals,
    TotalOfRule,
    UnitOfRule,
)

_spell = tables.hold_spell.c
_permitted = tables.permitted.c
_TOLD = ("tenant", "rule_id", "unit", "customer", "currency")


class RuleFirings:
    """How often rules fired, and on what they act now."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def totals(self) -> dict[str, RuleTotals]:
        """What every rule has done and does now, by rule and customer."""
        placed: dict[str, dict[str, int]] = defaultdict(dict)
        by = (_spell.rule_id, _spell.customer)
        query = self._rows.select(tables.hold_spell, *by, func.count().label("number"))
        for row in self._rows.all(query.group_by(*by)):
            placed[str(row.rule_id)][str(row.customer)] = int(row.number)
        now: dict[str, list[TotalOfRule]] = defaultdict(list)
        for units in (self._holding("", ""), self._permitting("", "")):
            of = units.c
            told = (of.rule_id, of.customer, of.currency)
            query = self._rows.select(units, *told, *_totals(of)).group_by(*told).order_by(*told)
            for row in self._rows.all(query):
                now[str(row.rule_id)].append(
                    TotalOfRule(
                        customer=str(row.customer),
                        currency=str(row.currency),
                        units=int(row.units),
                        minor=int(row.minor),
                    )
                )
        rules = sorted(placed.keys() | now.keys())
        return {rule: RuleTotals(placed=placed[rule], now=tuple(now[rule])) for rule in rules}

    def held_ever(self, rule_id: str, customer: str) -> int:
        """How many holds the rule has placed that kept money, those that have ended too."""
        query = self._rows.select(tables.hold_spell, func.count())
        return int(self._rows.one_value(_of(query, _spell, rule_id, customer)))

    def held_now(self, rule_id: str, customer: str) -> tuple[MoneyOfRule, ...]:
        """What the rule holds now, by currency; what has no price yet under an empty one."""
        return self._summed(self._holding(rule_id, customer))

    def units_held(
        self, rule_id: str, customer: str, after: AfterUnit | None, limit: int
    ) -> tuple[UnitOfRule, ...]:
        """The units that the rule holds now, the most money first."""
        return self._paged(self._holding(rule_id, customer), after, limit)

    def permitted_now(self, rule_id: str, customer: str) -> tuple[MoneyOfRule, ...]:
        """What the rule permits by current decisions, by currency."""
        return self._summed(self._permitting(rule_id, customer))

    def units_permitted(
        self, rule_id: str, customer: str, after: AfterUnit | None, limit: int
    ) -> tuple[UnitOfRule, ...]:
        """The units that the rule permits something of, the most money first."""
        of = (_permitted.unit, _permitted.customer, _permitted.currency)
        minor = _permitted.amount_minor
        query = self._rows.select(tables.permitted, *of, minor.label("minor"))
        query = _of(query, _permitted, rule_id, customer)
        if after is not None:
            behind = (literal(after.minor, BigInteger()), literal(after.unit, Line()))
            query = query.where(tuple_(minor, _permitted.unit) < tuple_(*behind))
        # Backwards by an index: a rule may permit nearly everything there is.
        rows = self._rows.all(query.order_by(minor.desc(), _permitted.unit.desc()).limit(limit))
        return tuple(_unit(row) for row in rows)

    def _holding(self, rule_id: str, customer: str) -> FromClause:
        """A row a unit and currency, with the money that the rule keeps."""
        on_line = _spell.subject.like("charge:%")
        whole = func.max(case((on_line, None), else_=_spell.value_minor))
        lines = func.sum(case((on_line, _spell.value_minor), else_=None))
        query = self._rows.select(
            tables.hold_spell,
            *(_spell[name] for name in _TOLD),
            func.coalesce(whole, lines).label("minor"),
        )
        query = _of(query, _spell, rule_id, customer).where(_spell.closed_at.is_(None))
        return query.group_by(*(_spell[name] for name in _TOLD)).subquery()

    def _permitting(self, rule_id: str, customer: str) -> FromClause:
        query = self._rows.select(
            tables.permitted,
            *(_permitted[name] for name in _TOLD),
            _permitted.amount_minor.label("minor"),
        )
        return _of(query, _permitted, rule_id, customer).subquery()

    def _summed(self, units: FromClause) -> tuple[MoneyOfRule, ...]:
        of = units.c
        query = self._rows.select(units, of.currency, *_totals(of))
        rows = self._rows.all(query.group_by(of.currency).order_by(of.currency))
        return tuple(MoneyOfRule(str(r.currency), int(r.units), int(r.minor)) for r in rows)

    def _paged(
        self, units: FromClause, after: AfterUnit | None, limit: int
    ) -> tuple[UnitOfRule, ...]:
        of = units.c
        amount = func.coalesce(of.minor, 0)
        query = self._rows.select(units)
        if after is not None:
            same = and_(amount == after.minor, of.unit > after.unit)
            query = query.where(or_(amount < after.minor, same))
        rows = self._rows.all(query.order_by(amount.desc(), of.unit).limit(limit))
        return tuple(_unit(row) for row in rows)


def _totals(of: Any) -> tuple[ColumnElement[Any], ...]:
    units = func.count(distinct(of.unit)).label("units")
    return units, func.coalesce(func.sum(of.minor), 0).label("minor")


def _of(query: Select[Any], columns: Any, rule_id: str, customer: str) -> Select[Any]:
    query = query.where(columns.rule_id == rule_id) if rule_id else query
    return query.where(columns.customer == customer) if customer else query


def _unit(row: Row[Any]) -> UnitOfRule:
    return UnitOfRule(
        unit=str(row.unit),
        customer=str(row.customer),
        currency=str(row.currency),
        minor=None if row.minor is None else int(row.minor),
    )
