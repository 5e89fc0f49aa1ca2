"""What the warehouse, ocean and invoice sets do with what is odd, missing or wrong."""

from decimal import Decimal

import msgspec
import pytest

from app.evidence.facts.fact import Classifier
from app.evidence.facts.freight import Milestone, MilestoneStatus, Package, Shipment
from app.evidence.facts.money import Cost
from app.evidence.facts.order import Order
from app.evidence.facts.papers import ExceptionReport
from app.evidence.facts.warehouse import Disposition, InventoryMovement, WarehouseShipment
from app.evidence.intake.profile import CodeMap, Profiles
from app.evidence.intake.received import Received
from tests.unit.evidence.intake.made_up import (
    PROFILES,
    ROOT,
    codes,
    interchange,
    read_all,
    read_one,
    standard_with,
)

FORMATS = ROOT / "tests" / "cases" / "formats" / "x12"
GATE = (
    "Q5*OA*20260305*1010*LT**LOS ANGELES*CA*US",
    "N7*MSCU*123456*18200*G*******CN*MAEU*****K*6",
    "W2*MSCU*123456**CN*L********6",
    "N9*BM*BL-1",
)
VESSEL = ("B4***UV*20260302*0615*USLAX*MSCU*123456*L****6", "N9*BM*BL-1")
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
INVOICED = (
    "BIG*20260306*INV-1**PO-1",
    "N1*SU*JOLIET COLD*92*JOLC",
    "IT1*1*31*DA*12.5**SV*STORE",
    "SAC*C*D500***1000********HANDLING IN",
    "IT1*2*3*EA*0.335**SV*LABEL",
    "TXI*ST*1.2",
    "TDS*39971",
)


def sample(name: str) -> str:
    return (FORMATS / name).read_text("utf-8")


def changed(text: str, old: str, new: str) -> bytes:
    assert old in text
    return text.replace(old, new).encode()


def one(kind: str, body: tuple[str, ...], old: str = "", new: str = "") -> Received:
    assert not old or any(old in each for each in body)
    return read_one(interchange((kind, tuple(each.replace(old, new) for each in body))))


def milestone(received: Received) -> Milestone:
    said = received.facts[0].said
    assert isinstance(said, Milestone)
    return said


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        ("Q5*OA*", "Q5*OA*", MilestoneStatus.GATE_OUT),
        ("CN*L*", "CN*E*", MilestoneStatus.OTHER),  # an empty leaves for an export
        ("Q5*OA*", "Q5*RD*", MilestoneStatus.GATE_IN),
        ("Q5*OA*", "Q5*I*", MilestoneStatus.OTHER),  # loaded: not the empty that came back
    ],
)
def test_a_gate_move_is_told_apart_by_the_load(old: str, new: str, status: MilestoneStatus) -> None:
    received = one("322", GATE, old, new)
    assert milestone(received).status is status
    assert codes(received) == []


@pytest.mark.parametrize(("old", "new"), [("CN*L*", "CN**"), ("Q5*OA*", "Q5*GI*")])
def test_a_gate_move_of_unknown_load_or_code_is_unmapped_and_remarked(old: str, new: str) -> None:
    received = one("322", GATE, old, new)
    assert milestone(received).status is MilestoneStatus.UNMAPPED
    assert codes(received) == ["CODE_UNMAPPED"]
    assert "map 157 of standard" in received.faults[0].detail


def test_a_partner_says_what_its_in_gate_means() -> None:
    standard = PROFILES.standard
    words = {**standard.codes["157"].words, "I/L": "gate_in"}
    own = msgspec.structs.replace(
        standard,
        name="ramp",
        senders=("ACME",),
        codes={**standard.codes, "157": CodeMap(version="ramp-1", words=words)},
    )
    raw = interchange(("322", tuple(each.replace("Q5*OA", "Q5*I") for each in GATE)))
    received = read_one(raw, Profiles(standard=standard, partners=(own,)))
    assert milestone(received).status is MilestoneStatus.GATE_IN


@pytest.mark.parametrize(
    ("initial", "number", "digit", "equipment"),
    [
        ("MSCU", "123456", "6", "MSCU1234566"),
        ("MSCU", "123456", "", "MSCU1234566"),  # the digit that follows from the number
        ("MSCU", "1234566", "", "MSCU1234566"),
        ("", "MSCU1234566", "", "MSCU1234566"),
        ("CSQU", "305438", "", "CSQU3054383"),  # the example of ISO 6346
        ("TTX", "905123", "", "TTX905123"),  # a rail car has no check digit
        ("MSCZ", "12345", "", "MSCZ12345"),
    ],
)
def test_a_container_has_one_number_however_it_is_written(
    initial: str, number: str, digit: str, equipment: str
) -> None:
    body = (VESSEL[0].replace("MSCU*123456*L****6", f"{initial}*{number}*L****{digit}"), VESSEL[1])
    received = read_one(interchange(("315", body)))
    assert milestone(received).equipment == equipment
    assert f"container {equipment}" in map(str, received.facts[0].references)


def test_a_check_digit_that_does_not_follow_is_kept_and_remarked() -> None:
    received = one("315", VESSEL, "L****6", "L****9")
    assert milestone(received).equipment == "MSCU1234569"
    assert "CHECK_DIGIT_WRONG" in codes(received)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("*20260302*0615", "**", "B4-04"),
        ("*20260302*0615", "*20260231*0615", "B4-04"),
        ("*20260302*0615", "*20260302*2561", "B4-05"),
    ],
)
def test_an_ocean_status_without_a_possible_moment_is_refused(
    old: str, new: str, field: str
) -> None:
    received = one("315", VESSEL, old, new)
    assert received.facts == ()
    assert received.faults[-1].place.field == field


def test_an_ocean_status_that_names_nothing_is_refused() -> None:
    received = read_one(interchange(("315", (VESSEL[0].replace("MSCU*123456", "*"),))))
    assert codes(received)[-1] == "VALUE_MISSING"
    assert received.refused


def test_each_container_of_a_terminal_report_has_a_milestone_with_its_own_number() -> None:
    second = ("N7*CSQU*305438", "W2*CSQU*305438**CN*E")
    received = read_one(interchange(("322", (*GATE[:3], *second, GATE[3]))))
    told = [fact.said for fact in received.facts]
    assert [(each.equipment, each.status) for each in told if isinstance(each, Milestone)] == [
        ("MSCU1234566", MilestoneStatus.GATE_OUT),
        ("CSQU3054383", MilestoneStatus.OTHER),
    ]
    assert [[str(ref) for ref in fact.references] for fact in received.facts] == [
        ["bol BL-1", "container MSCU1234566"],
        ["bol BL-1", "container CSQU3054383"],
    ]


def test_a_terminal_report_without_equipment_is_refused() -> None:
    assert codes(read_one(interchange(("322", (GATE[0], GATE[3]))))) == ["SEGMENT_MISSING"]


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
    raw = changed(sample(name), "N1*DE*", "N1*BY*")
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
    received = read_one(changed(sample("943.edi"), "N1*WH*", "N1*ZZ*"))
    said = received.facts[0].said
    assert isinstance(said, InventoryMovement)
    assert said.warehouse == ""
    assert "VALUE_MISSING" in codes(received)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("943.edi", "W03*300*", "W03*301*"), ("944.edi", "W14*298", "W14*300")],
)
def test_stock_that_is_not_the_total_is_remarked(name: str, old: str, new: str) -> None:
    assert "LINES_DO_NOT_ADD_UP" in codes(read_one(changed(sample(name), old, new)))


def test_quantities_of_several_units_have_no_total() -> None:
    received = read_one(changed(sample("944.edi"), "W07*60*CA", "W07*60*EA"))
    assert "LINES_DO_NOT_ADD_UP" not in codes(received)


@pytest.mark.parametrize("quantity", ["-1", "x", "", "1E3"])
def test_an_impossible_quantity_refuses_the_receipt(quantity: str) -> None:
    received = read_one(changed(sample("944.edi"), "W07*60*CA", f"W07*{quantity}*CA"))
    assert received.facts == ()
    assert received.faults[-1].place.field == "W07-01"


def test_a_receiving_condition_nobody_mapped_is_an_unmapped_exception() -> None:
    received = read_one(changed(sample("944.edi"), "W13*5*CA*01", "W13*5*CA*99"))
    reports = [f.said for f in received.facts if isinstance(f.said, ExceptionReport)]
    assert [each.exception_type for each in reports] == ["shortage", "unmapped"]
    assert "CODE_UNMAPPED" in codes(received)


def test_stock_without_a_date_of_arrival_is_expected_when_it_was_shipped_with_a_remark() -> None:
    received = read_one(changed(sample("943.edi"), "G62*17*", "G62*11*"))
    assert received.facts[0].occurred_at.isoformat() == "2026-03-02T12:00:00-06:00"
    assert codes(received) == ["DATE_ASSUMED", "TIME_ASSUMED"]


def shipment_of(received: Received) -> WarehouseShipment:
    said = received.facts[0].said
    assert isinstance(said, WarehouseShipment)
    return said


def test_a_notice_without_the_day_of_shipping_confirms_nothing() -> None:
    received = read_one(changed(sample("856.edi"), "DTM*011*", "DTM*017*"))
    assert shipment_of(received).status is None
    assert shipment_of(received).shipped_on is None


def test_a_cancelled_notice_cancels_its_shipment_and_voids_its_packages() -> None:
    received = read_one(changed(sample("856.edi"), "BSN*00*", "BSN*01*"))
    assert shipment_of(received).status == "cancelled"
    assert {fact.revision for fact in received.facts} == {1}
    package = received.facts[1].said
    assert isinstance(package, Package)
    assert package.status == "voided"


def test_an_item_shipped_short_without_a_word_is_never_complete() -> None:
    received = read_one(changed(sample("856.edi"), "**AC~", "~"))
    assert shipment_of(received).lines[0].disposition is Disposition.COMPLETE
    short = read_one(changed(sample("856.edi"), "SN1**10*CA**10*CA**AC", "SN1**9*CA**10*CA"))
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
    received = read_one(changed(sample("856.edi"), old, new))
    assert received.facts == ()
    assert received.faults[-1].refused


def test_among_several_orders_an_item_of_none_of_them_refuses_the_notice() -> None:
    second = "HL*8*1*O~\nPRF*PO-78~\nHL*9*1*I~\nLIN*1*VN*X~\nSN1**1*CA~\nCTT*9"
    received = read_one(changed(sample("856.edi"), "CTT*7", second))
    assert received.facts == ()
    assert "under none of the 2 orders" in received.faults[-1].detail


def test_sides_in_another_unit_are_left_out_with_a_remark() -> None:
    received = read_one(changed(sample("856.edi"), "20*15*12*IN", "50*40*30*CM"))
    package = received.facts[1].said
    assert isinstance(package, Package)
    assert package.length_in is None
    assert codes(received) == ["UNIT_NOT_READ"]


def cost(received: Received) -> Cost:
    said = received.facts[0].said
    assert isinstance(said, Cost)
    return said


def test_an_invoice_is_its_items_charges_and_taxes() -> None:
    # 31 x 12.50 = 387.50; handling 10.00; 3 x 0.335 = 1.005, rounded 1.01; tax 1.20: 399.71
    profiles = standard_with(
        codes={
            **PROFILES.standard.codes,
            "234": CodeMap(version="joliet-1", words={"STORE": "storage", "LABEL": "labelling"}),
        }
    )
    received = read_one(interchange(("810", INVOICED)), profiles)
    billed = cost(received)
    assert (billed.carrier, billed.number) == ("JOLC", "INV-1")
    assert [(line.line, line.charge, line.amount.amount) for line in billed.lines] == [
        ("1", "storage", Decimal("387.50")),
        ("1.2", "handling", Decimal("10.00")),
        ("2", "labelling", Decimal("1.01")),
        ("2.2", "tax", Decimal("1.20")),
    ]
    assert billed.total.amount == Decimal("399.71")
    assert codes(received) == ["AMOUNT_ROUNDED"]


def test_an_invoice_that_does_not_add_up_is_a_fault_and_refused_for_a_strict_partner() -> None:
    assert "LINES_DO_NOT_ADD_UP" in codes(one("810", INVOICED, "TDS*39971", "TDS*39972"))
    wrong = tuple(each.replace("TDS*39971", "TDS*39972") for each in INVOICED)
    assert read_one(interchange(("810", wrong)), standard_with(strict=True)).refused


@pytest.mark.parametrize(
    ("old", "new", "total"),
    [
        ("SAC*C*", "SAC*A*", "TDS*37971"),  # an allowance is taken off
        ("SAC*C*D500***1000*******", "SAC*C*D500***1000*******01", "TDS*38971"),  # billed back
        ("SAC*C*", "SAC*N*", "TDS*38971"),
    ],
)
def test_allowances_and_what_is_settled_elsewhere_are_no_charges(
    old: str, new: str, total: str
) -> None:
    body = tuple(each.replace("TDS*39971", total) for each in INVOICED)
    assert "LINES_DO_NOT_ADD_UP" not in codes(one("810", body, old, new))


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("SAC*C*", "SAC*Q*", "SAC-01"),
        ("*1000****", "*10.00****", "SAC-05"),
        ("TDS*39971", "TDS*399.71", "TDS-01"),
        ("*31*DA", "*-31*DA", "IT1-02"),
        ("*12.5**SV", "***SV", "IT1-04"),
        ("*INV-1*", "*-*", "BIG-02"),
    ],
)
def test_an_impossible_value_refuses_a_suppliers_invoice(old: str, new: str, field: str) -> None:
    received = one("810", INVOICED, old, new)
    assert received.facts == ()
    assert received.faults[-1].place.field == field


def test_a_credit_is_of_a_bill_type_that_nobody_mapped() -> None:
    received = one("810", INVOICED, "**PO-1", "**PO-1***CR")
    assert cost(received).bill_type == "unmapped"


def test_a_charge_in_another_currency_than_the_invoice_refuses_it() -> None:
    text = sample("310.edi").replace(
        "L1*3***15000****DEM", "L1*3***15000****DEM" + "*" * 12 + "EUR"
    )
    received = read_one(text.encode())
    assert received.facts == ()
    assert received.faults[-1].place.field == "L1-20"


def test_an_ocean_invoice_that_does_not_add_up_is_a_fault() -> None:
    received = read_one(changed(sample("310.edi"), "*431250****MAEU", "*431251****MAEU"))
    assert codes(received) == ["LINES_DO_NOT_ADD_UP"]


@pytest.mark.parametrize(
    ("old", "new"),
    [("*E*40", ""), ("*E*40", "*X*40"), ("AT8*G*L*900", "AT8*G*L*")],
    ids=["no-volume", "cubic-metres", "no-weight"],
)
def test_goods_that_cannot_all_be_classed_are_not_told_at_all(old: str, new: str) -> None:
    said = read_one(changed(sample("204.edi"), old, new)).facts[0].said
    assert isinstance(said, Shipment)
    assert said.items == ()


def test_a_bill_of_several_classes_gives_the_shipment_none() -> None:
    body = (
        "B3**INV-5*SHIP-1*PP**20260312*100****ACME",
        "LX*1",
        "L1*1***60",
        "L7*******70",
        "LX*2",
        "L1*2***40",
        "L7*******85",
    )
    said = read_one(interchange(("210", body))).facts[1].said
    assert isinstance(said, Shipment)
    assert said.freight_class is None


def test_a_status_that_marks_several_packages_weighs_none_of_them() -> None:
    raw = changed(sample("214.edi"), "MAN*CP*", "MAN*CP*1Z999AA10123456785~\nMAN*CP*")
    assert [fact.entity for fact in read_one(raw).facts] == ["milestone"]


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
