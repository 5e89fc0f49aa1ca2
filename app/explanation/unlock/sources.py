"""Sources: a number is told, an exception is closed, or those that differ agree."""

from collections.abc import Iterable

from app.evidence.facts.fact import Fact
from app.evidence.facts.order import Order
from app.evidence.facts.papers import ExceptionReport
from app.explanation.unlock.situation import Situation, Way, Ways, corrected, key_of, new_fact
from app.judgement.decision import Hold


def reference(_hold: Hold, at: Situation) -> Ways:
    """The customer's purchase order number is told."""
    orders = [fact for fact in at.unit.facts.values() if isinstance(fact.said, Order)]
    system = at.may_say("customer_po", "oms")
    number = getattr(orders[0].said, "order", "") if orders else f"expected for {at.number()}"
    said = Order(order=number, customer_po="expected")
    yield Way(
        says="the customer's purchase order number is told",
        system=system,
        facts=(new_fact(at, system, said),),
    )


def closed_exception(hold: Hold, at: Situation) -> Ways:
    """Whoever opened it closes it: nobody else's word ends a hold."""
    if not hold.subject.startswith("exception:"):
        yield from agreed(hold, at)
        return
    open_ones = [
        fact
        for fact in at.unit.exceptions
        if isinstance(fact.said, ExceptionReport)
        and fact.said.exception == key_of(hold)
        and fact.said.open
    ]
    if open_ones:
        yield Way(
            says=f"exception {key_of(hold)} is closed by whoever opened it",
            system=open_ones[0].source.system,
            facts=tuple(corrected(at, fact, open=False) for fact in open_ones),
        )


def agreed(hold: Hold, at: Situation) -> Ways:
    """Every source that differs repeats the value that counts; or the owner takes the other's."""
    name = key_of(hold)
    attribute = at.unit.attributes.get(name)
    if not hold.subject.startswith("conflict:") or attribute is None:
        return
    counts = attribute.counts
    others = [word for word in attribute.others if word.value != counts.value]
    differing = [at.unit.facts[word.fact_id] for word in others]
    yield Way(
        says=f"{_names(differing)} corrects the {name} to {counts.value}",
        system=differing[0].source.system if differing else counts.system,
        facts=tuple(corrected(at, fact, **{name: counts.value}) for fact in differing),
    )
    if len({str(word.value) for word in others}) == 1:
        owner = at.unit.facts[counts.fact_id]
        yield Way(
            says=f"{owner.source.system} corrects its {name} to {others[0].value}",
            system=owner.source.system,
            facts=(corrected(at, owner, **{name: others[0].value}),),
        )


def _names(facts: Iterable[Fact]) -> str:
    return " and ".join(dict.fromkeys(f"{f.source.system} {f.source.instance}" for f in facts))


def not_ours(hold: Hold, at: Situation) -> Ways:
    """Somebody who knows says that a doubtful fact belongs elsewhere."""
    doubts = [d.fact for d in at.dossier.doubts if d.fact.fact_id.startswith(key_of(hold))]
    if doubts:
        yield Way(
            says=f"somebody who knows says that the {doubts[0].entity} does not belong here",
            system="ops",
            settles=tuple(fact.fact_id for fact in doubts),
        )
