"""IFTSTA, status report: each STS of a consignment is a milestone of it.

The consignment's own number (CNI-02) is the shipment, unless the partner's map 1153 says under
`CNI` that it is another kind of number. A status that does not say when it happened, or says
two moments, is refused, and with it its consignment. A status that names packages is about
them: where the packages of one consignment fare differently (two are delivered, one is lost),
none of these statuses is taken for the consignment's.

Sources: UN/EDIFACT D.01A IFTSTA; UN/ECE Recommendation 24 (status codes, element 4405, called
9011 before D.99A); GS1 EANCOM 2002 IFTSTA (16E location of status, 40E next status report).
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

from app.evidence.facts.fact import Classifier
from app.evidence.facts.freight import Fault, Milestone, MilestoneStatus, Shipment
from app.evidence.facts.party import Place
from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.intake.edifact.consignment import Consignment
from app.evidence.intake.edifact.moments import Moment, moment
from app.evidence.intake.edifact.places import CONSIGNEES, SHIPPERS, address_of, place_in
from app.evidence.intake.edifact.segments import Segment
from app.evidence.intake.enveloped.loops import split_at
from app.evidence.intake.enveloped.moments import at_place, remark_time_taken
from app.evidence.intake.enveloped.reading import RefusalError

CONSIGNMENT = "CNI"
CATEGORY, STATUS, REASON = 1, 2, 3
TRANSPORT = "transport"
HAPPENED, ANNOUNCED = "happened", "announced"
HERE = "here"
EQUIPMENT = ("CN", "CH")
"""EQD-01 of a container and a chassis."""
DETAILS = ("TDT", "EQD", "GID")
"""Begin what is told of a vehicle, equipment or goods; dates and places in it are theirs."""
PACKAGES = 5
"""So many composites of package numbers stand in one GIN."""


def read(consignment: Consignment) -> None:
    """Say a milestone for each STS, and the shipment where its destination is named."""
    own, loops = split_at("STS", consignment.segments)
    if not loops:
        consignment.refuse("SEGMENT_MISSING", "there is no STS", consignment.segments[0])
    number = _number(consignment, consignment.segments[0])
    named = (number, *_references(consignment, (*own, *consignment.header)))
    shipment = number.value if number.kind is ReferenceKind.SHIPMENT else None
    consignment.share()
    disagree = _packages_disagree(loops)
    for loop in loops:
        try:
            _say_status(consignment, loop, shipment, named, disagree=disagree)
        except RefusalError as refusal:
            consignment.noted(refusal)
    if shipment is not None:
        _say_shipment(consignment, shipment, named)


def _number(consignment: Consignment, cni: Segment) -> Reference:
    return consignment.reference("1153", CONSIGNMENT, cni, cni.at(2))


def _references(consignment: Consignment, segments: Sequence[Segment]) -> tuple[Reference, ...]:
    return tuple(
        consignment.reference("1153", rff.at(1), rff, rff.at(1, 2))
        for rff in segments
        if rff.tag == "RFF" and rff.at(1, 2)
    )


def _say_status(
    consignment: Consignment,
    loop: Sequence[Segment],
    shipment: str | None,
    named: tuple[Reference, ...],
    *,
    disagree: bool,
) -> None:
    sts = loop[0]
    packages = _packages(consignment, loop)
    status = _status(consignment, sts)
    if packages and disagree:
        detail = "the packages of the consignment fare differently; the status is not all of theirs"
        consignment.remark("STATUS_OF_PACKAGES", detail, sts, STATUS)
        status = MilestoneStatus.UNMAPPED
    fault = _fault(consignment, sts)
    own = list(takewhile(lambda each: each.tag not in DETAILS, loop))
    place = _place(consignment, own)
    happened, classifier = _when(consignment, own, place)
    references = (*named, *_references(consignment, loop), *packages)
    for equipment in _equipment(consignment, loop) or (None,):
        milestone = Milestone(
            status=status,
            raw_status=sts.at(STATUS),
            fault=fault,
            raw_reason=sts.at(REASON),
            shipment=shipment,
            place=place,
            equipment=equipment.value if equipment else None,
        )
        consignment.say(
            milestone,
            classifier=classifier,
            references=(*references, equipment) if equipment else references,
            occurred_at=happened,
        )


def _status(consignment: Consignment, sts: Segment) -> MilestoneStatus:
    """Of transport alone: the same numbers mean other things in other categories (9015)."""
    if consignment.word("9015", sts, CATEGORY) != TRANSPORT:
        return MilestoneStatus.UNMAPPED
    return MilestoneStatus(consignment.word("4405", sts, STATUS) or MilestoneStatus.UNMAPPED)


def _fault(consignment: Consignment, sts: Segment) -> Fault:
    if not sts.at(REASON):
        return Fault.NONE
    return Fault(consignment.word("9013", sts, REASON) or Fault.UNMAPPED)


def _place(consignment: Consignment, loop: Sequence[Segment]) -> Place | None:
    """Where it happened: the only LOC that the partner's map says is meant for that."""
    found = [
        loc
        for loc in loop
        if loc.tag == "LOC" and consignment.word("3227", loc, 1) == HERE and loc.elements[1:]
    ]
    if len(found) > 1:
        consignment.refuse("VALUE_AMBIGUOUS", "the status names two places", found[1], 2)
    return place_in(found[0]) if found else None


def _when(
    consignment: Consignment, loop: Sequence[Segment], place: Place | None
) -> tuple[datetime, Classifier]:
    """The moment of the status, and whether it has happened or is announced."""
    meant: dict[str, list[Segment]] = {HAPPENED: [], ANNOUNCED: []}
    for dtm in loop:
        if dtm.tag == "DTM" and (word := consignment.word("2005", dtm, 1)) in meant:
            meant[word].append(dtm)
    if meant[HAPPENED]:
        return _instant(consignment, meant[HAPPENED], place), Classifier.ACTUAL
    if not meant[ANNOUNCED]:
        consignment.refuse("VALUE_MISSING", "the status does not say when it happened", loop[0])
    return _instant(consignment, meant[ANNOUNCED], place), Classifier.ESTIMATED


def _instant(
    consignment: Consignment, segments: Sequence[Segment], place: Place | None
) -> datetime:
    found = [_moment(consignment, dtm) for dtm in segments]
    if len(set(found)) > 1:
        detail = f"the status happened at {' and at '.join(str(each.local) for each in found)}"
        consignment.refuse("VALUE_AMBIGUOUS", detail, segments[1], 1)
    only, dtm = found[0], segments[0]
    if not only.has_time:
        remark_time_taken(consignment, only.local.date(), only.local.time(), dtm, 1)
    return only.local if only.local.tzinfo else at_place(consignment, dtm, only.local, place)


def _moment(consignment: Consignment, dtm: Segment) -> Moment:
    try:
        return moment(dtm)
    except ValueError as error:
        consignment.refuse("VALUE_UNREADABLE", str(error), dtm, 1)


def _packages(consignment: Consignment, loop: Sequence[Segment]) -> tuple[Reference, ...]:
    """The packages a status names, each by its number (GIN)."""
    found = []
    for gin in loop:
        for at in range(2, 2 + PACKAGES) if gin.tag == "GIN" else ():
            found += [
                consignment.reference("7405", gin.at(1), gin, value)
                for value in (gin.at(at, 1), gin.at(at, 2))
                if value
            ]
            if gin.at(at, 2):
                detail = f"of {gin.at(at, 1)} to {gin.at(at, 2)} only the ends are named"
                consignment.remark("RANGE_OF_PACKAGES", detail, gin, at)
    return tuple(found)


def _packages_disagree(loops: list[Sequence[Segment]]) -> bool:
    """Whether what is told of one package is not told of every other that is named."""
    told: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for loop in loops:
        for gin in loop:
            for package in gin.elements[1:] if gin.tag == "GIN" else ():
                told[package].add(loop[0].at(STATUS))
    return len({tuple(sorted(codes)) for codes in told.values()}) > 1


def _equipment(consignment: Consignment, loop: Sequence[Segment]) -> tuple[Reference | None, ...]:
    """Each container or chassis the status is about."""
    return tuple(
        consignment.checked(Reference(kind=ReferenceKind.CONTAINER, value=eqd.at(2)), eqd)
        for eqd in loop
        if eqd.tag == "EQD" and eqd.at(1) in EQUIPMENT
    )


def _say_shipment(consignment: Consignment, shipment: str, named: tuple[Reference, ...]) -> None:
    who = (*consignment.segments, *consignment.header)
    destination = address_of(who, CONSIGNEES)
    if destination is None:
        return
    said = Shipment(
        shipment=shipment,
        carrier=consignment.carrier or None,
        origin=address_of(who, SHIPPERS),
        destination=destination,
    )
    consignment.say(said, classifier=Classifier.ACTUAL, references=named)
