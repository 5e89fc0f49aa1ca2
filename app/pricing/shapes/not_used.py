"""Truck ordered and not used (X12 element 150: VOR): what calling off a load late costs.

Due once the truck was sent out, or where the load is called off shortly before its pickup;
not where the carrier called it off, and not where the truck ran with other freight.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from app.evidence.correlation.journey import clock_at
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.freight import Fault, Milestone, MilestoneStatus, StopType
from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import LaneRow
from app.pricing.agreed.term import Shared, Term
from app.pricing.lines.charge import Charge, Input, Unpriced
from app.pricing.lines.wording import number, rate
from app.pricing.reckoned.loads import shared
from app.pricing.reckoned.lookup import lane_row
from app.pricing.reckoned.occasion import Line, Occasion, Working, charged, unpriced
from app.pricing.reckoned.waiting import excluded
from app.pricing.told.claims import claims
from app.pricing.told.riding import called_off_by, not_used
from app.pricing.told.stop_clock import minutes_between

CODE = "truck_ordered_not_used"
"""What is called off is not billed, but for a charge of this code."""

SUBJECT = "called off"


class NotUsedRow(LaneRow, frozen=True, kw_only=True, omit_defaults=True):
    """The amount for one truck."""

    amount: Decimal


class NotUsed(Term, frozen=True, kw_only=True, omit_defaults=True, tag="truck not used"):
    """From when on calling off costs something, and how shipments of one truck bear it."""

    due: Literal["after dispatch", "shortly before pickup", "either"]
    within_hours: Decimal | None = None
    """So many hours before the appointment at the pickup, or later."""
    shared_by: Shared = ""
    """How shipments that were called off with one load bear it."""
    method: Literal["truck_not_used_1"] = "truck_not_used_1"
    rates: tuple[NotUsedRow, ...]

    def flaws(self) -> Iterator[Flaw]:
        """Hours without use, or none where they decide, and a code that no rule knows."""
        if self.charge != CODE:
            what = "the rules for what was called off know this charge by one code only"
            yield Flaw(
                what=what, charge=self.charge, field="charge", word=self.charge, allowed=(CODE,)
            )
        if (self.due == "after dispatch") != (self.within_hours is None):
            what = "`within hours` says how long before pickup it is late, and only then"
            yield Flaw(what=what, charge=self.charge, field="within_hours")


class _Off(msgspec.Struct, frozen=True):
    """When the load was called off and what it was before."""

    at: datetime
    dispatched: datetime | None
    appointment: datetime | None
    inputs: tuple[Input, ...]

    @property
    def hours_before(self) -> Fraction | None:
        """Hours from calling off to the appointment; below zero after it."""
        if self.appointment is None:
            return None
        return minutes_between(self.at, self.appointment) / 60


def truck_not_used(occasion: Occasion, term: NotUsed) -> tuple[Line, ...]:
    """The amount for a truck that was called off; nothing of a load that moves."""
    if not not_used(occasion.unit):
        return tuple(
            unpriced(
                term,
                "not_complete",
                f"{claim.accessorial} claims it, and nobody reports that the load is called off",
                claim.accessorial,
                (claim.told,),
            )
            for claim in claims(occasion.unit)
            if claim.charge == term.charge
        )
    off = _off(occasion.unit)
    due = _due(term, off)
    if due is None:
        why = "the load was called off, and no appointment at the pickup is known"
        return (unpriced(term, "no_times", why, SUBJECT, off.inputs),)
    return (_line(occasion, term, off, due),)


def _off(unit: BillableUnit) -> _Off:
    fact = called_off_by(unit)
    assert fact is not None, "only what was called off is asked"
    dispatched = unit.happened(MilestoneStatus.DISPATCHED)
    sent = [each for each in dispatched if each.occurred_at <= fact.occurred_at]
    clocks = [clock for clock in map(clock_at, unit.stops) if clock.stop_type is StopType.PICKUP]
    early = [
        (moment, clock.fact_ids)
        for clock in clocks
        if (moment := clock.appointment_early or clock.appointment_late) is not None
    ]
    inputs = [_input("called off", fact.occurred_at, (fact.fact_id,))]
    if sent:
        inputs.append(_input("dispatched", sent[0].occurred_at, (sent[0].fact_id,)))
    if early:
        inputs.append(_input("appointment at the pickup", *min(early)))
    inputs.extend(claim.told for claim in claims(unit) if claim.charge == CODE)
    return _Off(
        at=fact.occurred_at,
        dispatched=sent[0].occurred_at if sent else None,
        appointment=min(early)[0] if early else None,
        inputs=tuple(inputs),
    )


def _input(name: str, moment: datetime, fact_ids: tuple[str, ...]) -> Input:
    return Input(name=name, value=moment.isoformat(" ", "minutes"), fact_ids=fact_ids)


class _Due(msgspec.Struct, frozen=True):
    """Whether it is owed, and by which sentence."""

    owed: bool
    why: str


def _due(term: NotUsed, off: _Off) -> _Due | None:
    """Whether calling off was late; None where the times to say so are missing."""
    at = off.at.isoformat(" ", "minutes")
    if term.due != "shortly before pickup" and off.dispatched is not None:
        sent = off.dispatched.isoformat(" ", "minutes")
        return _Due(owed=True, why=f"called off {at}, dispatched {sent}")
    if term.within_hours is None:
        return _Due(owed=False, why=f"NOT_DUE: called off {at}, before dispatch")
    before = off.hours_before
    if before is None:
        return None
    gap = f"called off {at}, {number(before)} h before the pickup"
    if before <= term.within_hours:
        return _Due(owed=True, why=f"{gap}, within {number(term.within_hours)} h")
    return _Due(owed=False, why=f"NOT_DUE: {gap}, more than {number(term.within_hours)} h")


def _line(occasion: Occasion, term: NotUsed, off: _Off, due: _Due) -> Line:
    together = tuple(each for each in occasion.load if not_used(each))
    row = lane_row(occasion, term, term.rates, SUBJECT, together)
    if isinstance(row, Unpriced):
        return row
    words = f"{due.why}: " if due.owed else ""
    working = Working(
        quantity=Decimal(1),
        unit="truck",
        rate=row.amount,
        exact=Fraction(row.amount),
        text=f"{words}1 x {rate(row.amount)}",
        method=term.method,
        inputs=off.inputs,
        rows=(row,),
        subject=SUBJECT,
    )
    charge = charged(occasion, term, working)
    if not due.owed:
        return excluded(charge, due.why)
    if ran := [each.unit for each in occasion.load if each not in together]:
        return excluded(charge, f"TRUCK_USED: {', '.join(ran)} of the same load is not called off")
    line = shared(occasion, term, charge, together, term.shared_by)
    return _unless_carrier(occasion, term, off, line) if isinstance(line, Charge) else line


def _unless_carrier(occasion: Occasion, term: NotUsed, off: _Off, charge: Charge) -> Line:
    """The charge, unless the carrier called off or reports that it was its own doing.

    Who declined and sent no truck owes one; who declined before another came did not.
    """
    whose = whose_doing(occasion.unit, sent=off.dispatched is not None)
    if whose is Fault.CARRIER:
        return excluded(charge, "CARRIER_FAULT: the carrier reports that it called off itself")
    if whose is Fault.UNMAPPED:
        why = "whose doing it was that the load was called off is reported in an unknown code"
        return unpriced(term, "fault_unknown", why, charge.subject, charge.inputs)
    return charge


def whose_doing(unit: BillableUnit, *, sent: bool) -> Fault:
    """Whose doing it was that a load was called off, as far as that is reported.

    Args:
        unit: what was called off.
        sent: whether a truck was on its way.
    """
    said = [fact.said for fact in unit.happened(*OWN_DOING) if isinstance(fact.said, Milestone)]
    declined = any(each.status is MilestoneStatus.TENDER_DECLINED for each in said)
    faults = {each.fault for each in said}
    if Fault.CARRIER in faults or (declined and not sent):
        return Fault.CARRIER
    known = (Fault.UNMAPPED, Fault.CUSTOMER, Fault.NEUTRAL)
    return next((each for each in known if each in faults), Fault.NONE)


OWN_DOING = (
    MilestoneStatus.CANCELLED,
    MilestoneStatus.TENDER_DECLINED,
    MilestoneStatus.DELAYED,
    MilestoneStatus.ARRIVED_PICKUP,
)
"""Reports whose reason says whose doing it was that nothing was loaded."""
