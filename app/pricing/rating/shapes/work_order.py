"""Value-added work: each task that was done, by its own rate."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from app.evidence.facts.fact import Fact
from app.evidence.facts.warehouse import WorkOrder
from app.measures import plain
from app.pricing.rating.charge import Input, Unpriced
from app.pricing.rating.lookup import keyed_row
from app.pricing.rating.occasion import Line, Occasion, Working, charged, unpriced
from app.pricing.rating.rows import Row
from app.pricing.rating.term import Term
from app.pricing.rating.wording import money, number, rate


class TaskRow(Row, frozen=True, kw_only=True, omit_defaults=True):
    """The rate for one unit of a task."""

    task: str
    unit: str
    rate: Decimal
    minimum: Decimal = Decimal(0)

    @property
    def key(self) -> tuple[str, ...]:
        """The task and what it counts."""
        return self.task.lower(), self.unit.lower()


class ValueAddedWork(Term, frozen=True, kw_only=True, omit_defaults=True, tag="work order"):
    """Work orders that are done, one line each."""

    method: Literal["work_order_1"] = "work_order_1"
    rates: tuple[TaskRow, ...]


def work_order(occasion: Occasion, term: ValueAddedWork) -> tuple[Line, ...]:
    """A line for each work order that is done; one that is not done yet owes nothing."""
    said: dict[str, list[tuple[Fact, WorkOrder]]] = defaultdict(list)
    for fact in occasion.unit.work_orders:
        if isinstance(fact.said, WorkOrder) and fact.said.status == "done":
            said[fact.said.work_order].append((fact, fact.said))
    return tuple(_line(occasion, term, said[name]) for name in sorted(said))


def _line(occasion: Occasion, term: ValueAddedWork, said: list[tuple[Fact, WorkOrder]]) -> Line:
    """One work order; two systems may report it, but only alike."""
    order = said[0][1]
    subject = order.work_order
    read = Input(
        name=f"work order {subject}",
        value=f"{order.task}, {plain(order.quantity)} {order.unit}",
        fact_ids=tuple(sorted(fact.fact_id for fact, _ in said)),
    )
    different = {(word.task, word.quantity, word.unit) for _, word in said}
    if len(different) > 1:
        why = f"{subject} is reported with different tasks or quantities"
        return unpriced(term, "no_quantity", why, subject, (read,))
    key = (order.task.lower(), order.unit.lower())
    what = f"{order.task} per {order.unit}"
    row = keyed_row(occasion, term, term.rates, key, what, subject)
    if isinstance(row, Unpriced):
        return row
    exact = Fraction(order.quantity) * Fraction(row.rate)
    text = f"{number(order.quantity)} x {rate(row.rate)}"
    if exact < row.minimum:
        text += f" = {money(exact)}, raised to the minimum {rate(row.minimum)}"
        exact = Fraction(row.minimum)
    working = Working(
        quantity=order.quantity,
        unit=order.unit,
        rate=row.rate,
        exact=exact,
        text=text,
        method=term.method,
        inputs=(read,),
        rows=(row,),
        subject=subject,
        description=f"{term.title}: {order.task}",
    )
    return charged(occasion, term, working)
