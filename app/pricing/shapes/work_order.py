"""Value-added work: each task that was done, by its own rate."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.warehouse import WorkOrder
from app.measures import plain
from app.pricing.agreed.rows import Row
from app.pricing.agreed.term import Term
from app.pricing.lines.charge import Input, Unpriced
from app.pricing.lines.wording import money, number, rate
from app.pricing.reckoned.lookup import keyed_row
from app.pricing.reckoned.occasion import Line, Occasion, Working, charged, unpriced


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
    """Work orders that are done, one line for each task."""

    method: Literal["work_order_1"] = "work_order_1"
    rates: tuple[TaskRow, ...]


def work_order(occasion: Occasion, term: ValueAddedWork) -> tuple[Line, ...]:
    """A line for each task that is done; work that is not done yet owes nothing."""
    said: dict[str, list[tuple[Fact, WorkOrder]]] = defaultdict(list)
    for fact in occasion.unit.work_orders:
        if (
            isinstance(fact.said, WorkOrder)
            and fact.said.status == "done"
            and fact.classifier is Classifier.ACTUAL
        ):
            said[fact.said.work_order].append((fact, fact.said))
    tasks: dict[tuple[str, str], list[tuple[WorkOrder, Input]]] = defaultdict(list)
    lines: list[Line] = []
    for name in sorted(said):
        order, read = said[name][0][1], _read(name, said[name])
        if len({(word.task, word.quantity, word.unit) for _, word in said[name]}) > 1:
            why = f"{name} is reported with different tasks or quantities"
            lines.append(unpriced(term, "no_quantity", why, name, (read,)))
        elif order.quantity:
            tasks[order.task.lower(), order.unit.lower()].append((order, read))
    lines.extend(_line(occasion, term, key, tasks[key]) for key in sorted(tasks))
    return tuple(lines)


def _read(name: str, said: list[tuple[Fact, WorkOrder]]) -> Input:
    """One work order; two systems may report it."""
    order = said[0][1]
    return Input(
        name=f"work order {name}",
        value=f"{order.task}, {plain(order.quantity)} {order.unit}",
        fact_ids=tuple(sorted(fact.fact_id for fact, _ in said)),
    )


def _line(
    occasion: Occasion,
    term: ValueAddedWork,
    key: tuple[str, str],
    orders: list[tuple[WorkOrder, Input]],
) -> Line:
    """All that was done of one task; its code is the charge's with the task behind it."""
    task, unit = key
    code = "_".join([term.charge, *task.split()])
    read = tuple(told for _, told in orders)
    row = keyed_row(occasion, term, term.rates, key, f"{task} per {unit}", "")
    if isinstance(row, Unpriced):
        return msgspec.structs.replace(row, charge=code, inputs=read)
    quantity = sum((Fraction(order.quantity) for order, _ in orders), Fraction(0))
    exact = quantity * Fraction(row.rate)
    text = f"{number(quantity)} x {rate(row.rate)}"
    if row.minimum and exact < row.minimum:
        text += f" = {money(exact)}, raised to the minimum {rate(row.minimum)}"
        exact = Fraction(row.minimum)
    working = Working(
        quantity=quantity,
        unit=unit,
        rate=row.rate,
        exact=exact,
        text=text,
        method=term.method,
        inputs=read,
        rows=(row,),
        description=f"{term.title}: {task}",
    )
    return msgspec.structs.replace(charged(occasion, term, working), code=code)
