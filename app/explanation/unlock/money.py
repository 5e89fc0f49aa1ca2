"""Ways out of holds about prices: approved, accepted, published, corrected.

A price is never made up. What the market has yet to tell is worked out with the
nearest value there is, and the step says with which.
"""

import msgspec

from app.evidence.correlation.journey import clock_at
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Fault, Load, Milestone, Shipment, Stop
from app.evidence.facts.market import IndexValue
from app.evidence.facts.money import Accessorial, Approval
from app.explanation.unlock.papers import evidence
from app.explanation.unlock.situation import (
    EXPECTED,
    Situation,
    Way,
    Ways,
    corrected,
    key_of,
    new_fact,
)
from app.family.family import Family
from app.judgement.decision import Hold
from app.judgement.rulebook.view_family import ADJUSTMENT, adjustment_size
from app.measures import Distance
from app.pricing.contract.approval import LATE_BILLING
from app.pricing.lines.wording import rate
from app.pricing.shapes.fuel import Fuel, publication_for
from app.pricing.told.dating import load_day, rate_day
from app.pricing.told.riding import load_of

CAPACITIES = (("portal", "customer", "the customer approves"), ("ops", "ops", "ops approves"))
"""System, capacity and words of those who may approve an extra charge, the surest first."""

LATE_BILLING_SAID_BY = ("erp", "ops")
"""Finance works in the ERP; where that may not approve, operations pass on what it says."""


def approval(hold: Hold, at: Situation) -> Ways:
    """The customer's approval, or our own operations' where the rules let them."""
    line = key_of(hold)
    amount = at.amount_of(line)
    if amount is None:
        return
    for system, capacity, words in CAPACITIES:
        if system not in at.who_may("approval"):
            continue
        said = Approval(
            approval=f"{EXPECTED} for {line}",
            subject=line.partition("/")[2] or line,
            granted=True,
            approver=EXPECTED,
            authority=capacity,
            up_to=amount,
        )
        yield Way(
            says=f"{words} {line} up to {amount}",
            system=system,
            facts=(new_fact(at, system, said, after=at.unit.approvals),),
        )


def adjustment_approved(_hold: Hold, at: Situation) -> Ways:
    """The customer or our own people let what was billed be changed by so much."""
    size = adjustment_size(at.rated, Family(documents=at.dossier.family))
    if size is None:
        return
    for system, capacity, words in CAPACITIES:
        if system not in at.who_may("approval"):
            continue
        said = Approval(
            approval=f"{EXPECTED} for the {ADJUSTMENT}",
            subject=ADJUSTMENT,
            granted=True,
            approver=EXPECTED,
            authority=capacity,
            up_to=size,
        )
        yield Way(
            says=f"{words} an adjustment up to {size}",
            system=system,
            facts=(new_fact(at, system, said, after=at.unit.approvals),),
        )


def late_billing(hold: Hold, at: Situation) -> Ways:
    """Somebody who may says to bill the line all the same."""
    line = key_of(hold)
    amount = at.amount_of(line)
    systems = [each for each in LATE_BILLING_SAID_BY if each in at.who_may("approval")]
    if amount is None or not systems:
        return
    said = Approval(
        approval=f"{EXPECTED} for late billing of {line}",
        subject=f"{LATE_BILLING} of {line}",
        granted=True,
        approver=EXPECTED,
        authority="finance",
        up_to=amount,
    )
    yield Way(
        says=f"finance says to bill {line} all the same, up to {amount}",
        system=systems[0],
        facts=(new_fact(at, systems[0], said, after=at.unit.approvals),),
    )


def requoted(_hold: Hold, at: Situation) -> Ways:
    """The customer accepts what it comes to."""
    told = at.unit.attributes.get("quoted")
    fact = at.unit.facts.get(told.counts.fact_id) if told else None
    if fact is None or not isinstance(fact.said, Shipment) or not at.rated.charges:
        return
    price = at.rated.before_tax
    yield Way(
        says=f"the customer accepts {price}, and the quote says so",
        system=fact.source.system,
        facts=(corrected(at, fact, quoted=price),),
    )


def index_value(hold: Hold, at: Situation) -> Ways:
    """The missing week is published; worked out with the nearest week that was."""
    missing, card = at.unpriced(hold), at.editions.card
    terms = card.charges if card else ()
    term = next(
        (t for t in terms if isinstance(t, Fuel) and missing and t.charge == missing.charge), None
    )
    if card is None or term is None:
        return
    dated = (
        load_day(load_of(at.unit, at.siblings), card.rate_date)
        if term.allocated_by
        else rate_day(at.unit, card.rate_date)
    )
    near = _published(at, term)
    if dated is None or not near:
        return
    week = publication_for(term, dated.day)
    nearest, value = min(near, key=lambda each: (abs(each[1].published_on - week), each[0].fact_id))
    told = IndexValue(series=term.series, region=term.region, published_on=week, price=value.price)
    system = nearest.source.system
    yield Way(
        says=f"{term.series} {term.region} of {week.isoformat()} is loaded",
        system=system,
        market=(new_fact(at, system, told, instance=nearest.source.instance),),
        assumes=f"{rate(value.price)}, as published {value.published_on.isoformat()}",
    )


def _published(at: Situation, term: Fuel) -> list[tuple[Fact, IndexValue]]:
    return [
        (fact, fact.said)
        for fact in at.dossier.market
        if isinstance(fact.said, IndexValue)
        and (fact.said.series, fact.said.region) == (term.series, term.region)
    ]


def measured_miles(hold: Hold, at: Situation) -> Ways:
    """Told miles are measured again by the source that the contract names."""
    missing, card = at.unpriced(hold), at.editions.card
    named = next(
        (getattr(t, "mileage", "") for t in card.charges if missing and t.charge == missing.charge)
        if card
        else iter(()),
        "",
    )
    read = [each for used in missing.inputs for each in used.fact_ids] if missing else []
    told = [at.unit.facts[each] for each in read if each in at.unit.facts]
    for fact in told:
        distance = getattr(fact.said, "distance", None)
        if named and isinstance(fact.said, Shipment | Load) and isinstance(distance, Distance):
            again = msgspec.structs.replace(distance, measured_by=named)
            yield Way(
                says=f"the miles are told as {named} measures them",
                system=fact.source.system,
                facts=(corrected(at, fact, distance=again),),
                assumes=str(again),
            )


def whose_fault(_hold: Hold, at: Situation) -> Ways:
    """The reason is mapped: not the carrier's doing, or its own, and then nothing is owed."""
    unknown = [
        fact
        for fact in at.unit.milestones
        if isinstance(fact.said, Milestone) and fact.said.fault is Fault.UNMAPPED
    ]
    for fault, words in ((Fault.CUSTOMER, "the customer's"), (Fault.CARRIER, "the carrier's")):
        if unknown:
            yield Way(
                says=f"the reason of the delay is told, and it was {words} doing",
                system=unknown[0].source.system,
                facts=tuple(corrected(at, fact, fault=fault) for fact in unknown),
            )


def unsupported(hold: Hold, at: Situation) -> Ways:
    """A paper for a line that has a price; the times at the stop for one that has none."""
    missing = at.unpriced(hold)
    if missing is None:
        yield from evidence(hold, at)
        return
    for fact in at.unit.accessorials:
        if isinstance(fact.said, Accessorial) and fact.said.accessorial == missing.subject:
            yield from _times(fact.said, at)
            return


def _times(claim: Accessorial, at: Situation) -> Ways:
    """Arrival and departure; what is not known of them by the appointment and the claim."""
    stop = next((each for each in at.unit.stops if each.stop == claim.stop), None)
    if stop is None:
        return
    clock = clock_at(stop)
    arrived = clock.arrived_at or clock.appointment_early or clock.appointment_late
    departed = clock.departed_at or arrived
    if arrived is None or departed is None:
        return
    record = stop.actual or stop.planned
    said = Stop(
        stop=stop.stop,
        shipment=record.shipment if record else None,
        load=record.load if record else None,
        arrived_at=arrived,
        departed_at=max(arrived, departed),
    )
    told = [at.unit.facts[each] for each in stop.fact_ids if each in at.unit.facts]
    yield Way(
        says=f"arrival and departure at stop {stop.stop} are reported",
        system="carrier",
        facts=(new_fact(at, "carrier", said, after=told),),
        assumes=f"in {arrived.isoformat(' ', 'minutes')}, out {departed.isoformat(' ', 'minutes')}",
    )
