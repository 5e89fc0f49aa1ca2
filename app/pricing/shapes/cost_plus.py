"""Cost plus: what the carrier billed, passed through with a markup, a fee, or neither.

Brokers and managed transportation are paid so. Only invoiced costs count, unless the card says
that accrued ones stand in for an invoice that is still to come; what was never billed is never
passed on. The markup is taken of the cost before the fee.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Cost
from app.pricing.agreed.rows import LaneRow
from app.pricing.agreed.term import LoadTerm
from app.pricing.cost.before_cost_2 import billed_costs
from app.pricing.cost.counted import costs_passed_on
from app.pricing.lines.charge import Input, Unpriced
from app.pricing.lines.limits import within
from app.pricing.lines.wording import money, number, rate
from app.pricing.reckoned.loads import allocated
from app.pricing.reckoned.lookup import lane_row, sharing
from app.pricing.reckoned.occasion import Line, Occasion, Working, charged, unpriced


class MarkupRow(LaneRow, frozen=True, kw_only=True, omit_defaults=True):
    """What comes on top of the cost, and the least and the most that is charged."""

    markup_percent: Decimal = Decimal(0)
    fee: Decimal = Decimal(0)
    minimum: Decimal = Decimal(0)
    maximum: Decimal | None = None


class CostPlus(LoadTerm, frozen=True, kw_only=True, omit_defaults=True, tag="cost plus"):
    """Which of the carriers' costs are passed on."""

    counts: Literal["invoiced only", "accrued too"] = "invoiced only"
    method: Literal["cost_plus_1"] = "cost_plus_1"
    rates: tuple[MarkupRow, ...]


class _Passed(msgspec.Struct, frozen=True):
    """The cost that is passed on, in parts as they were billed."""

    exact: Fraction
    parts: tuple[str, ...]
    inputs: tuple[Input, ...]


def cost_plus(occasion: Occasion, term: CostPlus) -> tuple[Line, ...]:
    """The cost with what comes on top; a load's invoices once for the whole load."""
    passed = _passed(occasion, term)
    if isinstance(passed, Unpriced):
        return (passed,)
    units = sharing(occasion, term.allocated_by)
    row = lane_row(occasion, term, term.rates, units=units)
    if isinstance(row, Unpriced):
        return (msgspec.structs.replace(row, inputs=passed.inputs),)
    exact = passed.exact * (1 + Fraction(row.markup_percent) / 100) + Fraction(row.fee)
    exact, text = within(exact, _text(passed, row), row.minimum, row.maximum)
    working = Working(
        quantity=passed.exact,
        unit=occasion.currency,
        rate=row.markup_percent,
        exact=exact,
        text=text,
        method=term.method,
        inputs=passed.inputs,
        rows=(row,),
    )
    charge = charged(occasion, term, working)
    if not term.allocated_by:
        return (charge,)
    return (allocated(occasion, term, charge, term.allocated_by),)


def _passed(occasion: Occasion, term: CostPlus) -> _Passed | Unpriced:
    """The costs of the unit or its load, all in the currency in which the charge is priced."""
    units = sharing(occasion, term.allocated_by)
    accrued_too = term.counts == "accrued too"
    if occasion.methods.bills_stand:
        found = costs_passed_on(*units, accrued_too=accrued_too)
    else:
        costs = [fact for unit in units for fact in unit.costs]
        found = billed_costs(costs, accrued_too=accrued_too)
    if isinstance(found, str):
        return unpriced(term, "no_cost", found)
    inputs = tuple(_input(fact) for fact in found)
    if others := _also_of(occasion, found) if not term.allocated_by else ():
        why = f"{', '.join(others)} has the same invoice, and the card does not say how to share it"
        return unpriced(term, "no_allocation_basis", why, inputs=inputs)
    totals = [_cost(fact).total for fact in found]
    currencies = {total.currency for total in totals}
    if currencies != {occasion.currency}:
        shown = " and ".join(sorted(currencies))
        why = f"the cost is in {shown}, and the charge is priced in {occasion.currency}"
        return unpriced(term, "no_exchange_rate", why, inputs=inputs)
    exact = sum((Fraction(total.amount) for total in totals), Fraction(0))
    if exact <= 0:
        why = f"the cost comes to {money(exact)}, which is nothing to pass on"
        return unpriced(term, "no_cost", why, inputs=inputs)
    return _Passed(exact, tuple(money(total.amount) for total in totals), inputs)


def _also_of(occasion: Occasion, costs: tuple[Fact, ...]) -> tuple[str, ...]:
    """Other units of the load to which one of these costs belongs too."""
    ids = {fact.fact_id for fact in costs}
    return tuple(
        other.unit
        for other in occasion.load
        if other.unit != occasion.unit.unit and ids & _ids(other)
    )


def _ids(unit: BillableUnit) -> set[str]:
    return {fact.fact_id for fact in unit.costs}


def _input(fact: Fact) -> Input:
    said = _cost(fact)
    name = f"{said.kind} cost {said.carrier} {said.number}"
    return Input(name=name, value=str(said.total), fact_ids=(fact.fact_id,))


def _text(passed: _Passed, row: MarkupRow) -> str:
    """`cost 600.00 + 25.00 = 625.00, plus 10%, plus 30.00`."""
    text = f"cost {' + '.join(passed.parts)}"
    if len(passed.parts) > 1:
        text += f" = {money(passed.exact)}"
    if row.markup_percent:
        text += f", plus {number(row.markup_percent)}%"
    if row.fee:
        text += f", plus {rate(row.fee)}"
    return text


def _cost(fact: Fact) -> Cost:
    assert isinstance(fact.said, Cost), "costs are chosen by type"
    return fact.said
