"""What is counted for a price per unit: always what really left, never what was ordered."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

import msgspec

from app.evidence.correlation.told import shipped_confirmations
from app.evidence.correlation.unit import BillableUnit, StopTimes
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Milestone
from app.evidence.facts.warehouse import WarehouseShipment
from app.measures import plain
from app.pricing.lines.charge import Input
from app.pricing.reckoned.occasion import told as told_of

Counted = Literal["order line", "unit", "carton", "pallet", "stop"]
"""Lines of which something shipped; eaches, cases and so on; cartons; pallets; stops."""


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many, and who said so."""

    quantity: Decimal
    inputs: tuple[Input, ...]
    ahead: tuple[str, ...] = ()
    """Of stops: those that are planned and not made yet."""


def count_of(
    units: tuple[BillableUnit, ...], counted: Counted, of_units: tuple[str, ...]
) -> Count | str:
    """The quantity over all units, or why it is not known."""
    if counted == "stop":
        return _stops(units)
    quantity = Decimal(0)
    inputs: list[Input] = []
    for unit in units:
        one = _of_one(unit, counted, of_units)
        if isinstance(one, str):
            return one
        quantity += one.quantity
        inputs.extend(one.inputs)
    return Count(quantity=quantity, inputs=tuple(inputs))


def _of_one(unit: BillableUnit, counted: Counted, of_units: tuple[str, ...]) -> Count | str:
    if counted in {"order line", "unit"}:
        return _lines(unit, counted, of_units)
    name = "cartons" if counted == "carton" else "pallets"
    confirmed = confirmations(unit)
    if confirmed:
        return _confirmed(unit, confirmed, name)
    value = unit.attribute(name)
    if not isinstance(value, Decimal):
        return f"nobody tells the {name} of {unit.unit}"
    return Count(quantity=value, inputs=(told_of(unit, name, plain(value)),))


def _lines(unit: BillableUnit, counted: Counted, of_units: tuple[str, ...]) -> Count | str:
    """Lines, or their pieces in the units asked for."""
    known = [(line, line.shipped) for line in unit.lines if line.shipped is not None]
    if not known:
        return f"no line of {unit.unit} is confirmed as shipped"
    if counted == "order line":
        counts = [(line, Decimal(1)) for line, shipped in known if shipped]
    else:
        counts = [(line, shipped) for line, shipped in known if line.unit in of_units]
    inputs = tuple(
        Input(
            name=f"line {line.line} {line.item}",
            value=f"{plain(line.shipped or Decimal(0))} {line.unit} shipped",
            fact_ids=line.fact_ids,
        )
        for line, _ in counts
    )
    return Count(quantity=sum((each for _, each in counts), Decimal(0)), inputs=inputs)


def confirmations(unit: BillableUnit) -> tuple[tuple[Fact, WarehouseShipment], ...]:
    """Each ship confirmation with what it says."""
    return tuple(
        (fact, fact.said)
        for fact in shipped_confirmations(unit.warehouse_shipments)
        if isinstance(fact.said, WarehouseShipment)
    )


def _confirmed(
    unit: BillableUnit, confirmed: Iterable[tuple[Fact, WarehouseShipment]], name: str
) -> Count | str:
    quantity = Decimal(0)
    inputs: list[Input] = []
    for fact, said in confirmed:
        value = said.cartons if name == "cartons" else said.pallets
        if value is None:
            return f"{said.warehouse_shipment} of {unit.unit} does not tell its {name}"
        quantity += value
        inputs.append(
            Input(
                name=f"{name} of {said.warehouse_shipment}",
                value=plain(value),
                fact_ids=(fact.fact_id,),
            )
        )
    return Count(quantity=quantity, inputs=tuple(inputs))


def _stops(units: tuple[BillableUnit, ...]) -> Count | str:
    """The stops made, and those of the load still ahead; a load's stop is one, whoever shares it.

    A stop that only a shipment plans is left out until it is made: shipments of one load
    plan the same dock under numbers of their own.
    """
    stops: dict[str, list[StopTimes]] = defaultdict(list)
    for unit in units:
        for stop in unit.stops:
            if load_named_by(stop):
                stops[stop.stop].append(stop)
            elif _made(stop):
                stops[f"{unit.unit} {stop.stop}"].append(stop)
    if not stops:
        return "no stop is reported"
    inputs = tuple(
        Input(
            name=f"stop {told[0].stop}",
            value="made" if any(map(_made, told)) else "planned",
            fact_ids=tuple(sorted({fact_id for each in told for fact_id in each.fact_ids})),
        )
        for _, told in sorted(stops.items())
    )
    ahead = tuple(each.name for each in inputs if each.value == "planned")
    return Count(quantity=Decimal(len(stops)), inputs=inputs, ahead=ahead)


def _made(stop: StopTimes) -> bool:
    return any(each is not None for each in (stop.actual, stop.arrived, stop.departed))


def load_named_by(stop: StopTimes) -> str:
    """The load whose stop it is, empty for a stop of a shipment."""
    for record in (stop.actual, stop.planned):
        if record is not None and record.load:
            return record.load
    for fact in (stop.arrived, stop.departed):
        if fact is not None and isinstance(fact.said, Milestone) and fact.said.load:
            return fact.said.load
    return ""
