"""Ways out where sources disagree: whoever is wrong corrects its own word."""

from app.evidence.correlation.authority import shown
from app.evidence.correlation.packages import package_keys
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Package, Stop
from app.explanation.unlock.situation import Situation, Way, Ways, corrected, key_of, new_fact, who
from app.judgement.decision import Hold
from app.measures import Instant

TOLD_OF_PACKAGE = ("weight", "length_in", "width_in", "height_in", "residential", "service")


def agreed(hold: Hold, at: Situation) -> Ways:
    """Every source that differs takes over the value that counts; or its owner takes theirs."""
    name = key_of(hold)
    attribute = at.unit.attributes.get(name)
    if not hold.subject.startswith("conflict:") or attribute is None:
        return
    counts = attribute.counts
    others = [word for word in attribute.others if word.value != counts.value]
    differing = [at.unit.facts[word.fact_id] for word in others]
    if differing:
        yield Way(
            says=f"{who(differing)} corrects the {_plain(name)} to {shown(counts.value)}",
            system=differing[0].source.system,
            facts=tuple(corrected(at, fact, **{name: counts.value}) for fact in differing),
        )
    if len({str(word.value) for word in others}) == 1:
        owner = at.unit.facts[counts.fact_id]
        yield Way(
            says=f"{owner.source.system} corrects its {_plain(name)} to {shown(others[0].value)}",
            system=owner.source.system,
            facts=(corrected(at, owner, **{name: others[0].value}),),
        )


def _plain(name: str) -> str:
    return name.replace("_", " ")


def same_package(hold: Hold, at: Situation) -> Ways:
    """Either of two that measured a package takes over what the other measured."""
    if not hold.subject.startswith("package:"):
        yield from agreed(hold, at)
        return
    number = key_of(hold).rpartition("/")[0]
    every = at.unit.facts.values()
    keys = package_keys(every)
    meant = {
        keys[fact.fact_id]
        for fact in every
        if isinstance(fact.said, Package) and fact.said.package == number
    }
    told = sorted(
        (fact for fact in every if keys.get(fact.fact_id) in meant),
        key=lambda fact: (fact.occurred_at, fact.fact_id),
    )
    systems = dict.fromkeys(fact.source.system for fact in told)
    for right in systems:
        last = next(fact for fact in reversed(told) if fact.source.system == right)
        wrong = [fact for fact in told if fact.source.system != right]
        if wrong:
            told_last = {name: getattr(last.said, name) for name in TOLD_OF_PACKAGE}
            takes_over = {name: value for name, value in told_last.items() if value is not None}
            yield Way(
                says=f"{who(wrong)} takes over what {right} measured of package {number}",
                system=wrong[0].source.system,
                facts=tuple(corrected(at, fact, **takes_over) for fact in wrong),
            )


def possible_times(hold: Hold, at: Situation) -> Ways:
    """Whoever told the stop's times tells them again, in an order that can be."""
    number = key_of(hold)
    stop = next((each for each in at.unit.stops if each.stop == number), None)
    told = [at.unit.facts[each] for each in stop.fact_ids if each in at.unit.facts] if stop else []
    arrived = _arrived(told)
    if stop is None or arrived is None:
        return
    record = stop.actual or stop.planned
    said = Stop(
        stop=number,
        shipment=record.shipment if record else None,
        load=record.load if record else None,
        arrived_at=arrived,
        departed_at=arrived,
    )
    records = [f for f in told if isinstance(f.said, Stop) and f.said.departed_at is not None]
    system = records[0].source.system if records else "carrier"
    yield Way(
        says=f"the times at stop {number} are corrected",
        system=system,
        facts=(new_fact(at, system, said, after=told),),
        assumes=f"it left when it arrived, {arrived.isoformat(' ', 'minutes')}",
    )


def _arrived(told: list[Fact]) -> Instant | None:
    """When it arrived by the stop's record, else by the first milestone there."""
    records = [f.said.arrived_at for f in told if isinstance(f.said, Stop) and f.said.arrived_at]
    others = [f.occurred_at for f in told if not isinstance(f.said, Stop)]
    return min(records or others, default=None)
