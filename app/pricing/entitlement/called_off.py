"""A truck that was sent out and not used, where the card owes it only when it is claimed."""

from collections.abc import Iterator
from datetime import datetime

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Fault, MilestoneStatus
from app.evidence.facts.money import Accessorial
from app.pricing.entitlement.deadline import claim_deadline
from app.pricing.entitlement.fault import reported
from app.pricing.entitlement.found import Barred, Entitlement, FaultClass, Segment, Times
from app.pricing.entitlement.made import Scene, line_about
from app.pricing.lines.charge import Charge, Input, Unpriced
from app.pricing.lines.wording import number
from app.pricing.shapes.accessorial import ExtraService
from app.pricing.shapes.not_used import CODE, SUBJECT, whose_doing
from app.pricing.told.claims import claims
from app.pricing.told.riding import called_off_by, not_used, planned_load
from app.pricing.told.stop_clock import minutes_between


def truck_not_claimed(scene: Scene) -> Iterator[Entitlement | Barred]:
    """The truck of a unit that was called off after dispatch, once."""
    term = next((t for t in scene.terms if isinstance(t, ExtraService) and t.charge == CODE), None)
    if term is None or not not_used(scene.unit):
        return
    if any(claim.charge == CODE for claim in claims(scene.unit)):
        return
    off = called_off_by(scene.unit)
    assert off is not None, "what is not used was called off by somebody"
    sent = _sent_before(scene.unit, off)
    if sent is None:
        return
    times = _times(scene.unit, sent, off)
    name = scene.id_of(CODE, SUBJECT)
    claim = Accessorial(accessorial=name, charge=CODE, claimed_by="tollgate")
    rated = scene.priced_with((claim,), off.occurred_at)
    line = line_about(rated, name)
    priced = line if isinstance(line, Charge) else None
    if why := _ruled_out(scene, times):
        amount = priced.amount if priced else None
        yield Barred(
            entitlement=name,
            unit=scene.unit.unit,
            charge=CODE,
            subject=SUBJECT,
            why=why,
            amount=amount,
            times=times,
        )
        return
    missing = (line or next(iter(rated.unpriced), None)) if priced is None else None
    day = off.occurred_at.date()
    yield Entitlement(
        entitlement=name,
        unit=scene.unit.unit,
        charge=CODE,
        subject=SUBJECT,
        quantity=priced.quantity if priced else None,
        counted_in=priced.unit if priced else "",
        amount=priced.amount if priced else None,
        working=priced.formula if priced else "",
        clause=term.clause,
        times=times,
        missing=tuple(_missing(missing, times)),
        service_day=day,
        deadline=claim_deadline(scene.contract, CODE, day),
        claim=claim,
    )


def _sent_before(unit: BillableUnit, off: Fact) -> Fact | None:
    sent = unit.happened(MilestoneStatus.DISPATCHED)
    return next((each for each in sent if each.occurred_at <= off.occurred_at), None)


def _times(unit: BillableUnit, sent: Fact, off: Fact) -> Times:
    fault = whose_doing(unit, sent=True)
    whose = FaultClass.CUSTOMER if fault is Fault.NONE else reported(fault)
    because = (
        "the load was called off, and nobody reports that it was the carrier's doing"
        if fault is Fault.NONE
        else "the carrier's report gives the reason"
    )
    begins, ends = sent.occurred_at, off.occurred_at
    way = Segment(
        name="on its way",
        begins=begins,
        ends=ends,
        minutes=number(minutes_between(begins, ends)),
    )
    return Times(
        fault=whose,
        because=because,
        segments=(way,),
        evidence=(_input("dispatched", begins, sent), _input("called off", ends, off)),
    )


def _input(name: str, moment: datetime, fact: Fact) -> Input:
    return Input(name=name, value=moment.isoformat(" ", "minutes"), fact_ids=(fact.fact_id,))


def _ruled_out(scene: Scene, times: Times) -> str:
    if times.fault is FaultClass.CARRIER:
        return "CARRIER_FAULT: the carrier reports that it called off itself"
    load = planned_load(scene.unit, scene.siblings)
    if ran := [each.unit for each in load if not not_used(each)]:
        return f"TRUCK_USED: {', '.join(ran)} of the same load is not called off"
    return ""


def _missing(line: object, times: Times) -> Iterator[str]:
    if isinstance(line, Unpriced):
        yield line.why
    if times.fault is FaultClass.UNKNOWN:
        yield "whose doing it was is reported in an unknown code"
    yield "no paper is named that shows it"
