"""315, ocean status: one thing that happened to a container or a bill of lading.

Its moment is B4-04 and B4-05 in the local time of the activity's place (R4-01 `5`); where
B4 has none, it is the actual date there (DTM 140), or the estimated one (139).
"""

from datetime import datetime

from app.evidence.facts.fact import Classifier
from app.evidence.facts.freight import Milestone
from app.evidence.facts.party import Place
from app.evidence.facts.reference import ReferenceKind
from app.evidence.intake.x12.equipment import equipment_number, equipment_status, of_container
from app.evidence.intake.x12.moments import instant
from app.evidence.intake.x12.numbers import references
from app.evidence.intake.x12.ports import HERE, port_loop, port_of
from app.evidence.intake.x12.segments import Segment
from app.evidence.intake.x12.transaction import Reading

STATUS, DATE, TIME, LOAD = 3, 4, 5, 9
CONTAINER, CHECK_DIGIT = (7, 8), 13
NO_TIME_CODE = 14
"""B4 has thirteen elements and no time code."""
ACTUALLY, ESTIMATED = "140", "139"


def read(reading: Reading) -> None:
    """Say one milestone with its container and references."""
    b4 = reading.only("B4")
    named = references(reading.segments, reading.profile)
    place = port_of(port_loop(reading.segments, HERE))
    number = equipment_number(reading, b4, CONTAINER, CHECK_DIGIT) or _referred(reading)
    happened, estimated = _moment(reading, b4, place)
    milestone = Milestone(
        status=equipment_status(reading, b4, STATUS, b4.at(LOAD)),
        raw_status=b4.at(STATUS),
        place=place,
        equipment=number or None,
    )
    if estimated or b4.at(STATUS) in reading.profile.estimated:
        classifier = Classifier.ESTIMATED
    else:
        classifier = Classifier.ACTUAL
    if not named and not number:
        reading.refuse("VALUE_MISSING", "neither a container nor a reference is named", b4)
    reading.say(
        milestone,
        classifier=classifier,
        references=(*named, *of_container(number)),
        occurred_at=happened,
    )


def _referred(reading: Reading) -> str:
    """The container that the references name, where B4 does not; of several, none."""
    word = reading.profile.word
    found = {
        equipment_number(reading, n9, (2,))
        for n9 in reading.segments
        if n9.tag == "N9" and word("128", n9.at(1)) == ReferenceKind.CONTAINER
    }
    return found.pop() if len(found) == 1 else ""


def _moment(reading: Reading, b4: Segment, place: Place | None) -> tuple[datetime, bool]:
    """The instant, and whether it is only estimated."""
    if b4.at(DATE):
        return instant(reading, b4, (DATE, TIME, NO_TIME_CODE), place), False
    dated = {dtm.at(1): dtm for dtm in port_loop(reading.segments, HERE) if dtm.tag == "DTM"}
    qualifier = ACTUALLY if ACTUALLY in dated else ESTIMATED
    if qualifier not in dated:
        reading.refuse("VALUE_MISSING", "nothing says when it happened", b4, DATE)
    return instant(reading, dated[qualifier], (2, 3, 4), place), qualifier == ESTIMATED
