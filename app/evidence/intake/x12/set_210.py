"""210, motor carrier freight invoice: what the carrier bills us, and what it hauled.

The freight class that the carrier billed by (L7-07) is told where the invoice knows one
class only; it makes a reclassification visible. The goods themselves are the planner's to
tell: a carrier's list of them is not taken, or its bill would price the customer's.
"""

from app.evidence.facts.fact import Classifier
from app.evidence.facts.freight import Shipment
from app.evidence.intake.x12.amounts import counted
from app.evidence.intake.x12.freight_bill import (
    SHIPMENT,
    billed_weight,
    billing_carrier,
    invoice_references,
    invoiced_cost,
)
from app.evidence.intake.x12.numbers import references
from app.evidence.intake.x12.parties import CONSIGNEES, SHIPPERS, parties, place_of
from app.evidence.intake.x12.segments import Segment
from app.evidence.intake.x12.transaction import Reading
from app.measures import Weight

FREIGHT_CLASS = 7
"""L7-07 (element 59)."""
PIECES = 11
"""L3-11, lading quantity."""


def read(reading: Reading) -> None:
    """Say the cost with its lines, and the shipment as the carrier weighed it."""
    b3 = reading.only("B3")
    carrier = billing_carrier(reading, b3)
    reading.instance = carrier
    weighed = billed_weight(reading)
    destination = place_of(parties(reading.segments), CONSIGNEES)
    cost = invoiced_cost(reading, b3, carrier, weighed, destination)
    shipment = _shipment(reading, b3, carrier, weighed)
    reading.share()
    named = (
        *invoice_references(b3, carrier),
        *references(reading.segments, reading.profile, carrier),
    )
    reading.say(cost, classifier=Classifier.ACTUAL, references=named)
    if shipment is not None:
        reading.say(shipment, classifier=Classifier.ACTUAL, references=named)


def _shipment(
    reading: Reading, b3: Segment, carrier: str, weighed: Weight | None
) -> Shipment | None:
    """The shipment, unless the invoice does not name it (B3-03 is optional)."""
    if not any(sign.isalnum() for sign in b3.at(SHIPMENT)):
        return None
    who = parties(reading.segments)
    l3 = reading.first("L3")
    return Shipment(
        shipment=b3.at(SHIPMENT),
        carrier=carrier,
        freight_class=_freight_class(reading),
        weight=weighed,
        pieces=(counted(reading, l3, PIECES) or None) if l3 else None,
        origin=place_of(who, SHIPPERS),
        destination=place_of(who, CONSIGNEES),
    )


def _freight_class(reading: Reading) -> str | None:
    """The one class billed by; of several none is the class of the shipment."""
    told = {each.at(FREIGHT_CLASS) for each in reading.segments if each.tag == "L7"} - {""}
    return told.pop() if len(told) == 1 else None
