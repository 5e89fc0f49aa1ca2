"""322, terminal operations and intermodal ramp activity: what happened at the gate.

Q5 is the status, and each N7 loop after it a container it is true of. References stand
after the loops and are those of all of them.
"""

from collections.abc import Sequence

from app.evidence.facts.fact import Classifier
from app.evidence.facts.freight import Milestone
from app.evidence.facts.reference import ReferenceKind
from app.evidence.intake.enveloped.loops import split_at
from app.evidence.intake.x12.equipment import equipment_number, equipment_status, of_container
from app.evidence.intake.x12.moments import instant
from app.evidence.intake.x12.numbers import references
from app.evidence.intake.x12.parties import stated_place
from app.evidence.intake.x12.ports import HERE, port_loop, port_of
from app.evidence.intake.x12.segments import Segment
from app.evidence.intake.x12.transaction import Reading

STATUS = 1
WHEN = (2, 3, 4)
CITY, REGION, COUNTRY = 6, 7, 8
CONTAINER, CHECK_DIGIT = (1, 2), 18
"""N7: initial and number."""
LOAD = 5
"""W2-05, whether it is loaded (element 578)."""


def read(reading: Reading) -> None:
    """Say a milestone for each container."""
    q5 = reading.only("Q5")
    _, loops = split_at("N7", reading.segments)
    if not loops:
        reading.refuse("SEGMENT_MISSING", "there is no N7", q5)
    named = tuple(
        each
        for each in references(reading.segments, reading.profile)
        if each.kind is not ReferenceKind.CONTAINER
    )
    for loop in loops:
        number = equipment_number(reading, loop[0], CONTAINER, CHECK_DIGIT) or reading.required(
            loop[0], 2
        )
        place = port_of(port_loop(loop, HERE)) or stated_place(
            q5.at(CITY), q5.at(REGION), q5.at(COUNTRY)
        )
        milestone = Milestone(
            status=equipment_status(reading, q5, STATUS, _load(loop)),
            raw_status=q5.at(STATUS),
            place=place,
            equipment=number,
        )
        is_estimate = q5.at(STATUS) in reading.profile.estimated
        reading.say(
            milestone,
            classifier=Classifier.ESTIMATED if is_estimate else Classifier.ACTUAL,
            references=(*named, *of_container(number)),
            occurred_at=instant(reading, q5, WHEN, place),
        )


def _load(loop: Sequence[Segment]) -> str:
    return next((segment.at(LOAD) for segment in loop if segment.tag == "W2"), "")
