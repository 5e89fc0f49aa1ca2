"""What carriers bill for one unit against what was expected, for people who ask.

The unit is seen exactly as a decision about it would see it, and nothing is stored.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

import msgspec

from app.decide import Question, prepare, second_answer
from app.evidence.facts.money import Cost, CostKind
from app.infrastructure.storage.store import Store
from app.judgement.rulebook.derived import row_used
from app.judgement.rulebook.key import Firing
from app.judgement.rulebook.seen import Item, Seen, Value, View
from app.judgement.rulebook.view_costs import costs_of
from app.money import Money
from app.operations.changing.editions_in_force import editions_by_digest
from app.operations.deciding.decide_unit import dossier_of
from app.pricing.cost.bills import Bill

HOLDS = frozenset(
    {
        "CARRIER_COST_MISSING",
        "CARRIER_COST_VARIANCE",
        "CARRIER_DISPUTE_OPEN",
        "CARRIER_INVOICE_DUPLICATE",
        "MARGIN_FLOOR",
    }
)
"""Holds about what the move costs."""
LIMITS = ("above_amount", "above_percent", "below_amount", "below_percent", "must_hold")


class ComparedCost(msgspec.Struct, frozen=True, kw_only=True):
    """One carrier in all, or one of its charges: what was expected, billed and tolerated."""

    carrier: str
    charge: str
    """Empty for all that the carrier asks."""
    expected: Money | None
    invoiced: Money | None
    variance: Money | None
    """Without sign; None where the two cannot be compared."""
    percent: Decimal | None
    """The variance in percent of what was expected, rounded up; None where that was nothing."""
    approved: bool
    limits: Mapping[str, Value | None]
    row: str
    """`file:line` of the tolerances that count; empty where no row fits."""
    held_by: tuple[str, ...]
    """What the rules that hold it say."""


class CostsKnown(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about the costs of one unit."""

    unit: str
    estimates: tuple[Cost, ...]
    """What was tendered and accrued."""
    bills: tuple[Bill, ...]
    compared: tuple[ComparedCost, ...]
    cost_total: Money | None
    holds: tuple[tuple[str, str, str], ...]
    """Code, subject and words of every hold about costs."""


def look_at_costs(store: Store, reference: str, known_at: datetime | None = None) -> CostsKnown:
    """What is known of the costs of the unit that goes by this number.

    Raises:
        NotFoundError: no unit goes by it.
        ConflictError: several do.
    """
    dossier = dossier_of(store, reference, known_at)
    question = prepare(dossier, editions_by_digest(store, dossier.editions))
    _, looked = second_answer(question)
    return _known(question, looked.view, looked.firings)


def _known(question: Question, view: View, firings: Iterable[Firing]) -> CostsKnown:
    unit, rules = question.unit, {rule.rule_id: rule for rule in question.pack.rules}
    holds = tuple(
        (rules[each.rule_id].hold, each.subject, rules[each.rule_id].say)
        for each in firings
        if rules[each.rule_id].hold in HOLDS
    )
    costs = costs_of(unit, question.dossier.policy_at)
    estimates = [fact.said for fact in unit.costs if isinstance(fact.said, Cost)]
    total = view.unit["cost_total"].value
    return CostsKnown(
        unit=unit.unit,
        estimates=tuple(said for said in estimates if said.kind is not CostKind.INVOICED),
        bills=costs.bills,
        compared=tuple(
            _compared(item, view, question, holds)
            for item in view.items
            if item.entity in {"cost_match", "cost_line"}
        ),
        cost_total=total if isinstance(total, Money) else None,
        holds=holds,
    )


def _compared(
    item: Item, view: View, question: Question, holds: Iterable[tuple[str, str, str]]
) -> ComparedCost:
    told = item.values
    percents = [told[name].value for name in ("over_percent", "under_percent")]
    numbers = [each for each in percents if isinstance(each, Decimal)]
    return ComparedCost(
        carrier=str(told["carrier"].value),
        charge=str(told["charge"].value) if "charge" in told else "",
        expected=_money(told["expected"]),
        invoiced=_money(told["invoiced"]),
        variance=_money(told["variance"]),
        percent=max(numbers) if len(numbers) == len(percents) else None,
        approved=told["approved"].value is True,
        limits={name: told[name].value for name in LIMITS if name in told},
        row=_row(item, view, question),
        held_by=tuple(say for _, subject, say in holds if subject == f"{item.entity}:{item.key}"),
    )


def _row(item: Item, view: View, question: Question) -> str:
    for derived in question.pack.derived:
        if (derived.entity, derived.name) == (item.entity, LIMITS[0]) and derived.rows:
            row = row_used(derived, item.values, view.unit)
            return row.written_at if row else ""
    return ""


def _money(seen: Seen) -> Money | None:
    return seen.value if isinstance(seen.value, Money) else None
