"""214, shipment status: what happened on the way, and where it goes.

Each AT7 is a milestone of its shipment. The references of a detail loop (LX) belong to the
milestones of that loop, those before the first LX to all of them. A loop that marks one
package (MAN) tells of it, and its AT8 weighs it.
"""

from collections.abc import Sequence

from app.evidence.facts.fact import Classifier
from app.evidence.facts.freight import Fault, Milestone, MilestoneStatus, Shipment
from app.evidence.facts.party import Place
from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.intake.enveloped.loops import split_at
from app.evidence.intake.x12.amounts import weight
from app.evidence.intake.x12.moments import instant
from app.evidence.intake.x12.numbers import STOP_SEQUENCE, references
from app.evidence.intake.x12.packages import package_in
from app.evidence.intake.x12.parties import (
    CONSIGNEES,
    SHIPPERS,
    parties,
    place_of,
    stated_place,
)
from app.evidence.intake.x12.segments import Segment
from app.evidence.intake.x12.transaction import Reading

STATUS, REASON, APPOINTMENT, APPOINTMENT_REASON = 1, 2, 3, 4
WHEN = (5, 6, 7)


def read(reading: Reading) -> None:
    """Say a milestone for each AT7, and the shipment where its destination is named."""
    b10 = reading.only("B10")
    shipment = reading.required(b10, 2)
    scac = b10.at(3)
    reading.instance = scac or reading.instance
    header, loops = split_at("LX", reading.segments)
    pro = Reference(kind=ReferenceKind.PRO, value=b10.at(1), issuer=scac)
    named = (pro, *references(header, reading.profile, scac))
    for loop in loops or [header]:
        own = references(loop, reading.profile, scac) if loops else ()
        for at, segment in enumerate(loop):
            if segment.tag == "AT7":
                place = _place_after(loop, at)
                _say_milestone(reading, segment, shipment, _stop(loop), place, (*named, *own))
    _say_shipment(reading, shipment, scac, loops, named)
    for loop in loops:
        _say_package(reading, loop, shipment, named)


def _say_milestone(
    reading: Reading,
    at7: Segment,
    shipment: str,
    stop: str | None,
    place: Place | None,
    named: tuple[Reference, ...],
) -> None:
    is_status = bool(at7.at(STATUS))
    code_at, reason_at = (STATUS, REASON) if is_status else (APPOINTMENT, APPOINTMENT_REASON)
    word = reading.word("1650" if is_status else "1652", at7, code_at)
    status = MilestoneStatus(word or MilestoneStatus.UNMAPPED)
    code = at7.at(code_at)
    milestone = Milestone(
        status=status,
        raw_status=code,
        fault=_fault(reading, at7, reason_at),
        raw_reason=at7.at(reason_at),
        shipment=shipment,
        stop=stop,
        place=place,
    )
    classifier = Classifier.ACTUAL if is_status else Classifier.PLANNED
    if code in reading.profile.estimated:
        classifier = Classifier.ESTIMATED
    happened = instant(reading, at7, WHEN, place)
    reading.say(milestone, classifier=classifier, references=named, occurred_at=happened)


def _fault(reading: Reading, at7: Segment, reason_at: int) -> Fault:
    if not at7.at(reason_at):
        return Fault.NONE
    return Fault(reading.word("1651", at7, reason_at) or Fault.UNMAPPED)


def _place_after(loop: Sequence[Segment], at: int) -> Place | None:
    """The place of the MS1 that belongs to an AT7: the one before the next AT7."""
    for segment in loop[at + 1 :]:
        if segment.tag == "AT7":
            return None
        if segment.tag == "MS1":
            return stated_place(segment.at(1), segment.at(2), segment.at(3))
    return None


def _stop(loop: Sequence[Segment]) -> str | None:
    return next(
        (each.at(1) for each in loop if each.tag == "L11" and each.at(2) == STOP_SEQUENCE), None
    )


def _say_package(
    reading: Reading, loop: Sequence[Segment], shipment: str, named: tuple[Reference, ...]
) -> None:
    """The package that the loop marks; of several marks nobody knows which is weighed."""
    if len([segment for segment in loop if segment.tag == "MAN"]) != 1:
        return
    package = package_in(reading, loop, shipment)
    if package is not None:
        reading.say(package, classifier=Classifier.ACTUAL, references=named)


def _say_shipment(
    reading: Reading,
    shipment: str,
    scac: str,
    loops: list[Sequence[Segment]],
    named: tuple[Reference, ...],
) -> None:
    who = parties(reading.segments)
    destination = place_of(who, CONSIGNEES)
    if destination is None:
        return
    weighed = [segment for segment in reading.segments if segment.tag == "AT8"]
    # Several loops weigh parts of the shipment, so that none of them weighs it whole.
    whole = weighed[0] if len(weighed) == 1 and len(loops) == 1 else None
    said = Shipment(
        shipment=shipment,
        carrier=scac or None,
        weight=weight(reading, whole, 3, whole.at(2), 2) if whole else None,
        origin=place_of(who, SHIPPERS),
        destination=destination,
    )
    reading.say(said, classifier=Classifier.ACTUAL, references=named)
