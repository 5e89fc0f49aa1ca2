"""310, ocean freight invoice: what the line bills us, charge by charge.

B3 and L1 are those of the motor carrier's invoice. The consignee of an ocean bill is an
office and not where the freight goes, so the destination is the place of delivery (R4-01
`E`), and unknown where none is named.
"""

from app.evidence.facts.fact import Classifier
from app.evidence.intake.x12.equipment import equipment_number, of_container
from app.evidence.intake.x12.freight_bill import (
    billed_weight,
    billing_carrier,
    invoice_references,
    invoiced_cost,
)
from app.evidence.intake.x12.numbers import references
from app.evidence.intake.x12.ports import DELIVERY, port_loop, port_of
from app.evidence.intake.x12.transaction import Reading

CONTAINER, CHECK_DIGIT = (1, 2), 18
"""N7: initial and number."""


def read(reading: Reading) -> None:
    """Say one cost that names the bill of lading and the containers."""
    b3 = reading.only("B3")
    carrier = billing_carrier(reading, b3)
    reading.instance = carrier
    to = port_of(port_loop(reading.segments, DELIVERY))
    cost = invoiced_cost(reading, b3, carrier, billed_weight(reading), to)
    containers = (
        reference
        for segment in reading.segments
        if segment.tag == "N7"
        for reference in of_container(equipment_number(reading, segment, CONTAINER, CHECK_DIGIT))
    )
    named = (
        *invoice_references(b3, carrier),
        *references(reading.segments, reading.profile, carrier),
        *containers,
    )
    reading.say(cost, classifier=Classifier.ACTUAL, references=named)
