"""The numbers a unit goes by, for whoever must find it again: on its invoice, in another system."""

from collections.abc import Iterable

from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Load, Stop
from app.evidence.facts.papers import SameThing
from app.evidence.facts.reference import ReferenceKind

OF_A_UNIT = (
    ReferenceKind.SHIPMENT,
    ReferenceKind.ORDER,
    ReferenceKind.STORAGE,
    ReferenceKind.BOL,
    ReferenceKind.PRO,
    ReferenceKind.WAREHOUSE_SHIPMENT,
    ReferenceKind.CUSTOMER_PO,
    ReferenceKind.DELIVERY,
    ReferenceKind.LOAD,
    ReferenceKind.TRACKING,
    ReferenceKind.CONTAINER,
)
"""In the order in which an invoice lists them; a carrier's invoice number is nobody else's."""

_ABOUT_SEVERAL = (Load, Stop)


def numbers_of(facts: Iterable[Fact]) -> tuple[tuple[str, str], ...]:
    """Kind and number, each once and as it was first written, from the facts of one unit.

    A fact that names several shipments, or says that two numbers are not one, does not say whose
    the other numbers in it are.
    """
    found: dict[str, tuple[ReferenceKind, str]] = {}
    for fact in sorted(facts, key=lambda fact: (fact.occurred_at, fact.fact_id)):
        if isinstance(fact.said, _ABOUT_SEVERAL) or _says_not_the_same(fact):
            continue
        shipments = {ref.key for ref in fact.references if ref.kind is ReferenceKind.SHIPMENT}
        if len(shipments) > 1 and not isinstance(fact.said, SameThing):
            continue
        for ref in fact.references:
            if ref.kind in OF_A_UNIT:
                found.setdefault(ref.key, (ref.kind, ref.value))
    ordered = sorted(found.values(), key=lambda each: (OF_A_UNIT.index(each[0]), each[1]))
    return tuple((kind.value, number) for kind, number in ordered)


def _says_not_the_same(fact: Fact) -> bool:
    return isinstance(fact.said, SameThing) and not fact.said.same
