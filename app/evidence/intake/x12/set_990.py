"""990, response to a load tender: the carrier took it or did not."""

from app.evidence.facts.fact import Classifier
from app.evidence.facts.freight import Milestone, MilestoneStatus
from app.evidence.intake.x12.numbers import references
from app.evidence.intake.x12.transaction import Reading

ACTION = 4
"""B1-04, reservation action code (element 558)."""


def read(reading: Reading) -> None:
    """Say one milestone; it happened when the answer was written."""
    b1 = reading.only("B1")
    reading.instance = b1.at(1) or reading.instance
    status = MilestoneStatus(reading.word("558", b1, ACTION) or MilestoneStatus.UNMAPPED)
    milestone = Milestone(
        status=status,
        raw_status=b1.at(ACTION),
        shipment=reading.required(b1, 2),
    )
    reading.say(
        milestone,
        classifier=Classifier.ACTUAL,
        references=references(reading.segments, reading.profile, b1.at(1)),
    )
