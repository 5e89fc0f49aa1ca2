"""The numbers a unit goes by, as its invoice lists them."""

from app.evidence.correlation.numbers import numbers_of
from app.evidence.facts.fact import Said
from app.evidence.facts.freight import Load, Milestone, MilestoneStatus, Shipment, Stop
from app.evidence.facts.money import Cost, CostKind
from app.evidence.facts.papers import SameThing
from app.evidence.facts.reference import Reference, ReferenceKind
from app.money import of_minor_units
from tests.integration.storage.made_up import a_fact

S1 = Reference(kind=ReferenceKind.SHIPMENT, value="S-1")
S2 = Reference(kind=ReferenceKind.SHIPMENT, value="S-2")
BOL = Reference(kind=ReferenceKind.BOL, value="B-77")
SAME_BOL = Reference(kind=ReferenceKind.BOL, value="b77")
PRO = Reference(kind=ReferenceKind.PRO, value="12", issuer="SCAC")
THEIR_INVOICE = Reference(kind=ReferenceKind.INVOICE, value="C-9", issuer="SCAC")


def told(*facts: tuple[Said, tuple[Reference, ...]]) -> tuple[tuple[str, str], ...]:
    return numbers_of(a_fact("x", *references, said=said) for said, references in facts)


def test_each_number_stands_once_in_the_order_of_an_invoice() -> None:
    picked_up = Milestone(status=MilestoneStatus.PICKED_UP, shipment="S-1")
    assert told(
        (picked_up, (PRO, S1)),
        (Shipment(shipment="S-1"), (BOL, S1)),
        (picked_up, (SAME_BOL, S1)),
    )[0::2] == (("shipment", "S-1"), ("pro", "12"))


def test_a_carriers_own_invoice_number_is_not_the_customers() -> None:
    cost = Cost(
        kind=CostKind.INVOICED, carrier="SCAC", number="C-9", total=of_minor_units(1, "USD")
    )
    assert told((cost, (THEIR_INVOICE, PRO))) == (("pro", "12"),)


def test_what_is_said_of_several_shipments_does_not_say_whose_its_numbers_are() -> None:
    cost = Cost(kind=CostKind.TENDERED, carrier="SCAC", number="T", total=of_minor_units(1, "USD"))
    assert told(
        (Load(load="L", shipments=("S-1", "S-2")), (S1, S2)),
        (Stop(stop="1", shipments=("S-1", "S-2")), (S1, S2)),
        (cost, (S1, S2, PRO)),
        (Shipment(shipment="S-1"), (S1,)),
    ) == (("shipment", "S-1"),)


def test_two_numbers_of_one_shipment_are_both_told_and_of_two_shipments_neither() -> None:
    assert told((SameThing(one=S1, other=S2), (S1, S2))) == (
        ("shipment", "S-1"),
        ("shipment", "S-2"),
    )
    assert told((SameThing(one=S1, other=S2, same=False), (S1, S2))) == ()
