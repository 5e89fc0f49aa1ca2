"""940, 943, 944 and 856 with what is odd, missing or wrong in them."""

import pytest

from app.evidence.facts.fact import Classifier
from app.evidence.facts.freight import Package
from app.evidence.facts.order import Order
from app.evidence.facts.papers import ExceptionReport
from app.evidence.facts.warehouse import Disposition, InventoryMovement, WarehouseShipment
from app.evidence.intake.received import Received
from tests.unit.evidence.intake.made_up import (
    FORMATS,
    changed_sample,
    codes,
    interchange,
    one,
    read_all,
    read_one,
    sample,
    standard_with,
)

ORDERED = (
    "W05*N*ORD-1*PO-1",
    "N1*DE*ACME*9*D-1",
    "LX*1",
    "W01*12*CA**VN*ITEM-1",
    "W01*3*CA**VN*ITEM-2",
    "LX*2",
    "W01*5*CA**VN*ITEM-3",
    "W76*20*200*LB",
)


def order(received: Received) -> Order:
    said = received.facts[0].said
    assert isinstance(said, Order)
    return said


def test_lines_of_one_loop_are_numbered_apart() -> None:
    received = one("940", ORDERED)
    assert [(line.line, line.item) for line in order(received).lines] == [
        ("1", "ITEM-1"),
        ("1.2", "ITEM-2"),
        ("2", "ITEM-3"),
    ]
    assert codes(received) == []


def test_a_line_without_quantity_leaves_all_lines_out_and_says_so() -> None:
    received = one("940", ORDERED, "W01*3*", "W01**")
    assert order(received).lines == ()
    assert codes(received) == ["VALUE_MISSING"]


def test_an_order_whose_lines_are_not_its_total_is_remarked_and_refused_for_a_strict_partner() -> (
    None
):
    received = one("940", ORDERED, "W76*20", "W76*21")
    assert codes(received) == ["LINES_DO_NOT_ADD_UP"]
    wrong = interchange(("940", tuple(each.replace("W76*20", "W76*21") for each in ORDERED)))
    assert read_one(wrong, standard_with(strict=True)).refused


@pytest.mark.parametrize(
    ("code", "status", "revision"),
    [("N", "open", 0), ("R", "open", 1), ("F", "cancelled", 1), ("X", None, 1)],
)
def test_a_changed_or_cancelled_order_stands_above_the_original(
    code: str, status: str | None, revision: int
) -> None:
    received = one("940", ORDERED, "W05*N", f"W05*{code}")
    assert order(received).status == status
    assert received.facts[0].revision == revision
    assert codes(received) == ([] if status else ["CODE_UNMAPPED"])


def test_the_depositor_is_the_customer_that_the_profile_says() -> None:
    raw = interchange(("940", ORDERED))
    mapped = read_one(raw, standard_with(customers={"D-1": "BLUEWAVE"}))
    assert order(mapped).customer == "BLUEWAVE"
    nobody = interchange(("940", (ORDERED[0], *ORDERED[2:])))
    assert order(read_one(nobody)).customer is None
    of_sender = read_one(nobody, standard_with(customers={"ACME": "BLUEWAVE"}))
    assert order(of_sender).customer == "BLUEWAVE"


@pytest.mark.parametrize("name", ["943.edi", "944.edi"])
def test_stock_of_nobody_does_not_move(name: str) -> None:
    raw = changed_sample(name, "N1*DE*", "N1*BY*")
    received = read_one(raw)
    assert received.facts == ()
    assert "VALUE_MISSING" in codes(received)
    assert "does not map the sender" in received.faults[-1].detail
    sender = received.message.sender
    of_sender = read_one(raw, standard_with(customers={sender: "BLUEWAVE"}))
    assert {f.said.customer for f in of_sender.facts if isinstance(f.said, InventoryMovement)} == {
        "BLUEWAVE"
    }


def test_stock_at_no_warehouse_is_remarked() -> None:
    received = read_one(changed_sample("943.edi", "N1*WH*", "N1*ZZ*"))
    said = received.facts[0].said
    assert isinstance(said, InventoryMovement)
    assert said.warehouse == ""
    assert "VALUE_MISSING" in codes(received)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("943.edi", "W03*300*", "W03*301*"), ("944.edi", "W14*298", "W14*300")],
)
def test_stock_that_is_not_the_total_is_remarked(name: str, old: str, new: str) -> None:
    assert "LINES_DO_NOT_ADD_UP" in codes(read_one(changed_sample(name, old, new)))


def test_quantities_of_several_units_have_no_total() -> None:
    received = read_one(changed_sample("944.edi", "W07*60*CA", "W07*60*EA"))
    assert "LINES_DO_NOT_ADD_UP" not in codes(received)


@pytest.mark.parametrize("quantity", ["-1", "x", "", "1E3"])
def test_an_impossible_quantity_refuses_the_receipt(quantity: str) -> None:
    received = read_one(changed_sample("944.edi", "W07*60*CA", f"W07*{quantity}*CA"))
    assert received.facts == ()
    assert received.faults[-1].place.field == "W07-01"


def test_a_receiving_condition_nobody_mapped_is_an_unmapped_exception() -> None:
    received = read_one(changed_sample("944.edi", "W13*5*CA*01", "W13*5*CA*99"))
    reports = [f.said for f in received.facts if isinstance(f.said, ExceptionReport)]
    assert [each.exception_type for each in reports] == ["shortage", "unmapped"]
    assert "CODE_UNMAPPED" in codes(received)


def test_stock_without_a_date_of_arrival_is_expected_when_it_was_shipped_with_a_remark() -> None:
    received = read_one(changed_sample("943.edi", "G62*17*", "G62*11*"))
    assert received.facts[0].occurred_at.isoformat() == "2026-03-02T12:00:00-06:00"
    assert codes(received) == ["DATE_ASSUMED", "TIME_ASSUMED"]


def shipment_of(received: Received) -> WarehouseShipment:
    said = received.facts[0].said
    assert isinstance(said, WarehouseShipment)
    return said


def test_a_notice_without_the_day_of_shipping_confirms_nothing() -> None:
    received = read_one(changed_sample("856.edi", "DTM*011*", "DTM*017*"))
    assert shipment_of(received).status is None
    assert shipment_of(received).shipped_on is None


def test_a_cancelled_notice_cancels_its_shipment_and_voids_its_packages() -> None:
    received = read_one(changed_sample("856.edi", "BSN*00*", "BSN*01*"))
    assert shipment_of(received).status == "cancelled"
    assert {fact.revision for fact in received.facts} == {1}
    package = received.facts[1].said
    assert isinstance(package, Package)
    assert package.status == "voided"


def test_an_item_shipped_short_without_a_word_is_never_complete() -> None:
    received = read_one(changed_sample("856.edi", "**AC~", "~"))
    assert shipment_of(received).lines[0].disposition is Disposition.COMPLETE
    short = read_one(changed_sample("856.edi", "SN1**10*CA**10*CA**AC", "SN1**9*CA**10*CA"))
    assert shipment_of(short).lines[0].disposition is Disposition.UNMAPPED


def test_packs_inside_items_are_found_as_well() -> None:
    text = sample("856.edi")
    pack, item = "HL*6*2*P~\n", "HL*7*6*I~\n"
    assert pack in text
    assert item in text
    turned = text.replace(pack, "").replace(item, "HL*6*2*I~\n")
    turned = turned.replace("CTT*7", "HL*7*6*P~\nMAN*GM*00106141411234567880~\nCTT*7")
    packages = [f.said for f in read_one(turned.encode()).facts if isinstance(f.said, Package)]
    assert [each.package for each in packages] == ["00106141411234567897", "00106141411234567880"]


@pytest.mark.parametrize(
    ("old", "new"),
    [("HL*7*6*I", "HL*7*9*I"), ("HL*7*6*I", "HL*4*6*I"), ("HL*7*6*I", "HL**6*I")],
    ids=["no-such-parent", "twice", "no-number"],
)
def test_levels_that_are_no_tree_refuse_the_notice(old: str, new: str) -> None:
    received = read_one(changed_sample("856.edi", old, new))
    assert received.facts == ()
    assert received.faults[-1].refused


def test_among_several_orders_an_item_of_none_of_them_refuses_the_notice() -> None:
    second = "HL*8*1*O~\nPRF*PO-78~\nHL*9*1*I~\nLIN*1*VN*X~\nSN1**1*CA~\nCTT*9"
    received = read_one(changed_sample("856.edi", "CTT*7", second))
    assert received.facts == ()
    assert "under none of the 2 orders" in received.faults[-1].detail


def test_sides_in_another_unit_are_left_out_with_a_remark() -> None:
    received = read_one(changed_sample("856.edi", "20*15*12*IN", "50*40*30*CM"))
    package = received.facts[1].said
    assert isinstance(package, Package)
    assert package.length_in is None
    assert codes(received) == ["UNIT_NOT_READ"]


def test_the_roles_of_the_senders_are_those_of_the_profile() -> None:
    found = {
        each.message.kind: each.facts[0].source.system
        for file in sorted(FORMATS.glob("*.edi"))
        for each in read_all(file.read_bytes())
    }
    assert found["322"] == "terminal"
    assert found["943"] == "oms"
    assert found["944"] == "wms"


def test_announced_stock_is_planned_and_received_stock_has_happened() -> None:
    announced = read_one(sample("943.edi").encode()).facts[0]
    received = read_one(sample("944.edi").encode()).facts[0]
    assert announced.classifier is Classifier.PLANNED
    assert received.classifier is Classifier.ACTUAL
