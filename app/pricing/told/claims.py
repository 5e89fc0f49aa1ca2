"""Extra services that somebody says were rendered, each of them once."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import TypeVar

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.money import Accessorial
from app.measures import plain
from app.pricing.lines.charge import Input


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One accessorial, whoever reported it."""

    accessorial: str
    charge: str
    stop: str
    quantities: tuple[Decimal, ...]
    """What was said of the quantity; more than one means that sources disagree."""
    units: tuple[str, ...]
    told: Input


def claims(unit: BillableUnit) -> tuple[Claim, ...]:
    """The accessorials rendered, by id and charge; carrier and TMS may both report the same one.

    A service that was only planned or requested is not owed.
    """
    said: dict[tuple[str, str], list[tuple[Fact, Accessorial]]] = defaultdict(list)
    for fact in unit.accessorials:
        if isinstance(fact.said, Accessorial) and fact.classifier is Classifier.ACTUAL:
            said[fact.said.accessorial, fact.said.charge].append((fact, fact.said))
    return tuple(_claim(name, said[name, charge]) for name, charge in sorted(said))


def _claim(name: str, said: list[tuple[Fact, Accessorial]]) -> Claim:
    ordered = sorted(said, key=lambda each: each[0].fact_id)
    first = ordered[0][1]
    quantities = _different(word.quantity for _, word in ordered if word.quantity is not None)
    units = _different(word.unit for _, word in ordered if word.unit)
    shown = " or ".join(plain(quantity) for quantity in quantities) or "claimed"
    return Claim(
        accessorial=name,
        charge=first.charge,
        stop=next((word.stop for _, word in ordered if word.stop), ""),
        quantities=quantities,
        units=units,
        told=Input(
            name=f"{first.charge} {name}",
            value=" ".join([shown, *units]),
            fact_ids=tuple(fact.fact_id for fact, _ in ordered),
        ),
    )


T = TypeVar("T")


def _different(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))
