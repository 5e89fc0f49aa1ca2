"""Waiting at a stop that the card owes only where somebody claims it: detention and layover."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction

from app.evidence.correlation.journey import StopClock, clock_at
from app.evidence.correlation.unit import StopTimes
from app.evidence.facts.fact import Classifier
from app.evidence.facts.money import Accessorial
from app.evidence.facts.papers import Document, DocumentStatus
from app.pricing.entitlement.deadline import claim_deadline
from app.pricing.entitlement.fault import fault_at
from app.pricing.entitlement.found import Barred, Entitlement, Segment, Times
from app.pricing.entitlement.made import Scene
from app.pricing.lines.charge import Charge, Excluded, Input, Unpriced
from app.pricing.lines.wording import number
from app.pricing.reckoned.occasion import Line
from app.pricing.reckoned.waiting import minutes_late
from app.pricing.shapes.detention import Detention, is_dropped
from app.pricing.shapes.layover import Layover
from app.pricing.told.claims import claims
from app.pricing.told.stop_clock import SIGNED_AT, Stay, minutes_between, stay_of

Waiting = Detention | Layover
NO_PAPER = "no accepted paper of the stop shows it"


def unclaimed_dwell(scene: Scene) -> Iterator[Entitlement | Barred]:
    """Each stop where the truck waited and nobody claims it."""
    claimed = {(claim.charge, claim.stop) for claim in claims(scene.unit)}
    for term in scene.terms:
        if not isinstance(term, Waiting) or term.due != "when claimed":
            continue
        for stop in scene.unit.stops:
            # A claim that names no stop may mean any of them.
            if not {(term.charge, stop.stop), (term.charge, "")} & claimed:
                yield from _at_stop(scene, term, stop)


def _at_stop(scene: Scene, term: Waiting, stop: StopTimes) -> Iterator[Entitlement | Barred]:
    stay = stay_of(scene.unit, stop, term.clock_ends)
    left = stay.departed
    if left is None or stay.begins(term.clock_starts) is None:
        return
    subject = f"stop {stop.stop}"
    papers = _papers_at(scene, clock_at(stop))
    name = scene.id_of(term.charge, subject)
    claim = Accessorial(
        accessorial=name, charge=term.charge, stop=stop.stop, claimed_by="tollgate", evidence=papers
    )
    line = scene.line_of(claim, left)
    if line is None or (isinstance(line, Unpriced) and _is_within(term, stay)):
        return
    if barred := _ruled_out(scene, term, stop, stay, line, name):
        yield barred
        return
    ended = stay.ends(term.clock_ends) or left
    missing = (line.why,) if isinstance(line, Unpriced) else ()
    priced = line if isinstance(line, Charge) else None
    yield Entitlement(
        entitlement=name,
        unit=scene.unit.unit,
        charge=term.charge,
        subject=subject,
        quantity=priced.quantity if priced else None,
        counted_in=priced.unit if priced else "",
        amount=priced.amount if priced else None,
        working=priced.formula if priced else "",
        clause=term.clause,
        times=_times(scene, term, stop, stay, priced),
        papers=papers,
        missing=missing if papers else (*missing, NO_PAPER),
        service_day=ended.date(),
        deadline=claim_deadline(scene.contract, term.charge, ended.date()),
        claim=claim,
    )


def _is_within(term: Waiting, stay: Stay) -> bool:
    """Whether the stay, as far as it is known, is not beyond the free time in any case."""
    waited = stay.minutes(term.clock_starts)
    if isinstance(term, Layover):
        free = Fraction(term.after_hours) * 60
    else:
        steps = [step.free_minutes for step in term.free_time]
        free = Fraction(term.free_minutes if term.free_minutes is not None else min(steps))
    return waited is None or waited <= free


def _ruled_out(
    scene: Scene,
    term: Waiting,
    stop: StopTimes,
    stay: Stay,
    line: Line,
    name: str,
) -> Barred | None:
    """What the contract does not owe for a late truck, the carrier's own delay or a drop."""
    waited = stay.minutes(term.clock_starts, term.clock_ends) or Fraction(0)
    dropped = isinstance(term, Detention) and is_dropped(term, waited)
    if isinstance(line, Charge) or (isinstance(line, Unpriced) and not dropped):
        return None
    why = f"DROPPED: {line.why}" if isinstance(line, Unpriced) else line.why
    return Barred(
        entitlement=name,
        unit=scene.unit.unit,
        charge=term.charge,
        subject=f"stop {stop.stop}",
        why=why,
        amount=line.amount if isinstance(line, Excluded) else None,
        times=_times(scene, term, stop, stay, line),
    )


def _papers_at(scene: Scene, clock: StopClock) -> tuple[str, ...]:
    """Accepted papers that name the stop, or of what happens there."""
    unit = scene.unit
    kinds = SIGNED_AT[clock.stop_type] if clock.stop_type else frozenset()
    return tuple(
        dict.fromkeys(
            fact.said.document
            for fact in unit.documents
            if isinstance(fact.said, Document)
            and fact.said.status is DocumentStatus.ACCEPTED
            and fact.classifier is Classifier.ACTUAL
            and fact.fact_id in unit.owned_acts
            and (
                fact.said.stop == clock.stop
                or (fact.said.stop is None and fact.said.document_type in kinds)
            )
        )
    )


def _times(
    scene: Scene,
    term: Waiting,
    stop: StopTimes,
    stay: Stay,
    line: Line | None,
) -> Times:
    fault, because = fault_at(scene.unit, clock_at(stop), stay)
    return Times(
        fault=fault,
        because=because,
        segments=tuple(_segments(term, stay, line)),
        evidence=tuple(_moments(stop, stay)),
        otherwise=_otherwise(term, stay, line),
    )


def _moments(stop: StopTimes, stay: Stay) -> Iterator[Input]:
    named = (
        ("appointment", stay.appointment),
        ("arrival", stay.arrived),
        ("ready at the dock", stay.notified),
        ("departure", stay.departed),
    )
    for name, moment in named:
        if moment is not None:
            value = moment.isoformat(" ", "minutes")
            yield Input(name=name, value=value, fact_ids=stop.fact_ids)
    yield from stay.papers


def _segments(term: Waiting, stay: Stay, line: Line | None) -> Iterator[Segment]:
    """What passed before the clock, in the free time, and beyond it."""
    begun = stay.begins(term.clock_starts)
    ended = stay.ends(term.clock_ends) or stay.departed
    if begun is None or ended is None or ended < begun:
        return
    if stay.arrived is not None and stay.arrived < begun:
        yield _segment("before the clock starts", stay.arrived, begun)
    free = _free_minutes(term, line)
    if free is None:
        yield _segment("on the clock", begun, ended)
        return
    over = min(begun + timedelta(microseconds=int(free * 60 * 10**6)), ended)
    if over > begun:
        yield _segment("free time", begun, over)
    if ended > over:
        yield _segment("beyond free time", over, ended)


def _segment(name: str, begins: datetime, ends: datetime) -> Segment:
    minutes = number(minutes_between(begins, ends))
    return Segment(name=name, begins=begins, ends=ends, minutes=minutes)


def _free_minutes(term: Waiting, line: Line | None) -> Fraction | None:
    """The free time that the line was worked out with."""
    if isinstance(term, Layover):
        return Fraction(term.after_hours) * 60
    if term.free_minutes is not None:
        return Fraction(term.free_minutes)
    used = {(row.table, row.line) for row in line.rows} if isinstance(line, Charge) else set()
    steps = (step for step in term.free_time if (step.table, step.line) in used)
    step = next(steps, None)
    return Fraction(step.free_minutes) if step else None


def _otherwise(term: Waiting, stay: Stay, line: Line | None) -> str:
    """What an appointment that the truck had kept would have made of it."""
    if not isinstance(line, Excluded) or stay.arrived is None or minutes_late(stay) is None:
        return ""
    if not term.excluded_when_carrier_late:
        return ""
    until = stay.arrived.isoformat(" ", "minutes")
    return f"with a window until {until} or later, {line.amount} would be owed"
