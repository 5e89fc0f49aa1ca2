"""The numbers a fact names by what it says."""

import pytest

from app.evidence.facts.fact import Said
from app.evidence.facts.freight import Load, Milestone, MilestoneStatus, Shipment, Stop
from app.evidence.facts.ledger import Receivable
from app.evidence.facts.money import Accessorial
from app.evidence.facts.order import Order
from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.facts.warehouse import WarehouseShipment
from app.evidence.intake.references import references_of, united
from app.money import of_minor_units

OWED = of_minor_units(1485, "USD")


@pytest.mark.parametrize(
    ("said", "named"),
    [
        (Shipment(shipment="S1", load="L1", customer="C1"), ["shipment S1", "load L1"]),
        (Order(order="O1", customer="C1", customer_po="P1"), ["order O1", "customer_po P1"]),
        (Load(load="L1", shipments=("S1", "S2")), ["load L1", "shipment S1", "shipment S2"]),
        (Stop(stop="1", shipment="S1"), ["shipment S1"]),
        (Milestone(status=MilestoneStatus.DELIVERED, load="L1"), ["load L1"]),
        (
            WarehouseShipment(warehouse_shipment="W1", order="O1"),
            ["warehouse_shipment W1", "order O1"],
        ),
        (Accessorial(accessorial="A1", charge="liftgate"), []),
        (
            Receivable(receivable="INV-7", state="posted", amount=OWED, amount_due=OWED),
            ["invoice INV-7"],
        ),
    ],
)
def test_a_natural_key_and_its_links_are_references(said: Said, named: list[str]) -> None:
    assert [str(reference) for reference in references_of(said)] == named


def test_a_reference_is_named_once_and_blanks_name_nothing() -> None:
    bol = Reference(kind=ReferenceKind.BOL, value="B1")
    blank = Reference(kind=ReferenceKind.BOL, value=" - ")
    assert united((bol, blank), (bol,)) == (bol,)
