"""What each fact says of the unit's attributes, one word for each voice that speaks."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC
from decimal import Decimal

import msgspec

from app.evidence.correlation.authority import Rank, Told, Value
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.freight import Milestone, Shipment, Stop
from app.evidence.facts.money import Cost
from app.evidence.facts.order import Order
from app.evidence.facts.party import Customer
from app.evidence.facts.warehouse import StoragePeriod, WarehouseShipment
from app.measures import Weight

SPOKEN_OF = {
    "customer": (Shipment, Order, WarehouseShipment, StoragePeriod),
    "mode": (Shipment,),
    "carrier": (Shipment,),
    "freight_terms": (Shipment, Order),
    "freight_class": (Shipment,),
    "load": (Shipment,),
    "weight": (Shipment, Order, WarehouseShipment, Cost),
    "pallets": (Shipment, WarehouseShipment),
    "volume": (Shipment,),
    "spaces": (Shipment,),
    "linear_feet": (Shipment,),
    "distance": (Shipment,),
    "origin": (Shipment,),
    "destination": (Shipment, Cost),
    "quoted": (Shipment,),
    "service": (Shipment,),
    "transit_days": (Shipment,),
    "origin_code": (Shipment,),
    "destination_code": (Shipment,),
    "items": (Shipment,),
    "customer_po": (Order,),
    "credit_status": (Customer,),
}
"""Which facts carry which attribute of the unit; a cost only once it was invoiced."""


def told_in(facts: tuple[Fact, ...]) -> dict[str, list[Told]]:
    """By attribute, every word that any of the facts says of it."""
    told: dict[str, list[Told]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact.said, Cost) and fact.said.kind != "invoiced":
            continue
        for name, kinds in SPOKEN_OF.items():
            value = getattr(fact.said, name, None) if isinstance(fact.said, kinds) else None
            if value is not None and value not in ("", ()):
                told[name].append(_word(fact, value))
    return {name: list(_added_up(name, words, facts)) for name, words in told.items()}


def _word(fact: Fact, value: Value) -> Told:
    return Told(
        value=value,
        fact_id=fact.fact_id,
        system=fact.source.system,
        actual=fact.classifier is Classifier.ACTUAL,
        rank=rank(fact),
        voice="/".join((fact.source.system, fact.source.instance, *natural_key(fact)[:2])),
    )


SUMMED = ("weight", "pallets")


def _added_up(name: str, words: list[Told], facts: tuple[Fact, ...]) -> Iterable[Told]:
    """One word for all ship confirmations: what left in parts left together.

    What the warehouse has only packed has not left, and says nothing of what did.
    """
    if name not in SUMMED:
        yield from words
        return
    parts = {fact.fact_id for fact in shipped_confirmations(facts)}
    every = {fact.fact_id for fact in facts if isinstance(fact.said, WarehouseShipment)}
    yield from (word for word in words if word.fact_id not in every)
    mine = sorted((w for w in words if w.fact_id in parts), key=lambda word: word.rank)
    if mine:
        yield _sum(mine, complete=len(mine) == len(parts))


def _sum(words: list[Told], *, complete: bool) -> Told:
    """The words as one; where a part or a common unit is missing, it is only partial."""
    values = [word.value for word in words]
    total: Value = values[-1]
    weights = [value for value in values if isinstance(value, Weight)]
    numbers = [value for value in values if isinstance(value, Decimal)]
    if weights and len({weight.unit for weight in weights}) == 1:
        total = Weight(sum((each.value for each in weights), Decimal(0)), weights[0].unit)
    elif weights:
        complete = False
    elif numbers:
        total = sum(numbers, Decimal(0))
    return msgspec.structs.replace(
        words[-1],
        value=total,
        partial=not complete,
        added_to=tuple(sorted(word.fact_id for word in words[:-1])),
    )


def shipped_confirmations(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Each confirmation that the goods left, once, by its last word whoever repeats it."""
    latest: dict[str, Fact] = {}
    for fact in sorted(facts, key=rank):
        if isinstance(fact.said, WarehouseShipment) and fact.classifier is Classifier.ACTUAL:
            latest[fact.said.warehouse_shipment] = fact
    return tuple(
        fact for _, fact in sorted(latest.items()) if getattr(fact.said, "status", "") == "shipped"
    )


def rank(fact: Fact) -> Rank:
    """What happened before what was planned, then later revision, then later business time.

    The id settles what is left.
    """
    actual = fact.classifier is Classifier.ACTUAL
    return actual, fact.revision, fact.occurred_at.astimezone(UTC).isoformat(), fact.fact_id


def natural_key(fact: Fact) -> tuple[str, ...]:
    """What the fact is about, so that a later word on it replaces an earlier one."""
    said = fact.said
    match said:
        case Milestone():
            key = "milestone", said.status, said.raw_status, said.stop or "", _moment(fact)
            return (*key, said.equipment) if said.equipment else key
        case Stop():
            return "stop", said.load or said.shipment or "", said.stop, fact.classifier
        case Cost():
            return "cost", said.kind, said.carrier, said.number, said.bill_type
        case _:
            tag = fact.entity
            return tag, str(getattr(said, tag, fact.fact_id))


def _moment(fact: Fact) -> str:
    return fact.occurred_at.isoformat()
