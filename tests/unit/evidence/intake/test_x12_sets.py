"""Each transaction set and the facts it becomes."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from app.evidence.facts.fact import Classifier
from app.evidence.facts.freight import Fault, Milestone, MilestoneStatus, Shipment, Stop, StopType
from app.evidence.facts.money import Cost, CostKind
from app.evidence.facts.warehouse import Disposition, WarehouseShipment
from app.evidence.intake.profile import CodeMap, Profiles
from app.measures import Weight, WeightUnit
from app.money import Money
from tests.unit.evidence.intake.made_up import (
    ANSWERED,
    BILLED,
    DELIVERED,
    PROFILES,
    SHIPPED,
    TENDERED,
    changed_sample,
    codes,
    interchange,
    read_one,
    standard_with,
)


def changed(body: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    assert any(old in segment for segment in body)
    return tuple(segment.replace(old, new) for segment in body)


def milestone(body: tuple[str, ...]) -> tuple[Milestone, datetime, list[str]]:
    fact = read_one(interchange(("214", body))).facts[0]
    assert isinstance(fact.said, Milestone)
    return fact.said, fact.occurred_at, [remark.code for remark in fact.remarks]


def test_a_tender_becomes_shipment_stops_order_and_cost() -> None:
    received = read_one(interchange(("204", TENDERED)))
    assert codes(received) == []
    assert [fact.entity for fact in received.facts] == ["shipment", "stop", "stop", "order", "cost"]
    assert [fact.source.position for fact in received.facts] == [0, 1, 2, 3, 4]
    assert {fact.source.system for fact in received.facts} == {"tms"}
    shipment = received.facts[0].said
    assert isinstance(shipment, Shipment)
    assert shipment.customer == "B-7"
    assert shipment.status == "tendered"
    assert shipment.weight == Weight(Decimal(1200), WeightUnit.LB)
    assert shipment.pallets == 2
    assert str(shipment.origin) == "Columbus OH"
    assert str(shipment.destination) == "Madison WI"
    assert shipment.quoted is None


def test_stops_carry_their_appointments_in_local_time() -> None:
    pickup, delivery = (
        fact.said
        for fact in read_one(interchange(("204", TENDERED))).facts
        if isinstance(fact.said, Stop)
    )
    assert pickup.stop_type is StopType.PICKUP
    assert pickup.appointment_early == datetime.fromisoformat("2026-03-09T08:00:00-04:00")
    assert pickup.appointment_late == datetime.fromisoformat("2026-03-09T12:00:00-04:00")
    assert delivery.appointment_early == delivery.appointment_late
    assert delivery.appointment_late == datetime.fromisoformat("2026-03-10T09:30:00-05:00")


def test_the_bill_to_code_is_the_customer_the_profile_says() -> None:
    profiles = standard_with(customers={"B-7": "BLUEWAVE"})
    shipment = read_one(interchange(("204", TENDERED)), profiles).facts[0].said
    assert isinstance(shipment, Shipment)
    assert shipment.customer == "BLUEWAVE"


@pytest.mark.parametrize(
    ("purpose", "status", "revision"),
    [("00", "tendered", 0), ("01", "cancelled", 1), ("04", "tendered", 1), ("05", "tendered", 1)],
)
def test_a_change_stands_above_the_original(purpose: str, status: str, revision: int) -> None:
    fact = read_one(interchange(("204", changed(TENDERED, "B2A*00", f"B2A*{purpose}")))).facts[0]
    assert isinstance(fact.said, Shipment)
    assert (fact.said.status, fact.revision) == (status, revision)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("A", MilestoneStatus.TENDER_ACCEPTED),
        ("D", MilestoneStatus.TENDER_DECLINED),
        ("Q", MilestoneStatus.UNMAPPED),
    ],
)
def test_the_answer_to_a_tender_is_a_milestone(code: str, status: MilestoneStatus) -> None:
    fact = read_one(interchange(("990", changed(ANSWERED, "0308*A", f"0308*{code}")))).facts[0]
    assert isinstance(fact.said, Milestone)
    assert (fact.said.status, fact.said.shipment) == (status, "SHIP-1")
    assert fact.source.instance == "ACME"


def test_a_delivery_is_told_in_the_local_time_of_its_place() -> None:
    said, occurred_at, remarks = milestone(DELIVERED)
    assert said.status is MilestoneStatus.DELIVERED
    assert said.fault is Fault.NONE
    assert occurred_at.isoformat() == "2026-03-10T09:30:00-05:00"
    assert remarks == []


@pytest.mark.parametrize(
    ("code", "offset"),
    [("UT", 0), ("GM", 0), ("ET", -4), ("ES", -5), ("CS", -6), ("PT", -7), ("PS", -8), ("20", -5)],
)
def test_time_codes_are_offsets(code: str, offset: int) -> None:
    _, occurred_at, remarks = milestone(changed(DELIVERED, "*0930*LT", f"*0930*{code}"))
    assert occurred_at.utcoffset() == timedelta(hours=offset)
    assert remarks == []


def test_an_assumed_time_zone_is_remarked() -> None:
    nowhere = tuple(segment for segment in DELIVERED if not segment.startswith("MS1"))
    assert milestone(nowhere)[2] == ["TIME_ZONE_ASSUMED"]
    assert milestone(changed(DELIVERED, "MS1*MADISON*WI", "MS1*PIERRE*SD"))[2] == [
        "TIME_ZONE_ASSUMED"
    ]


def test_a_day_without_a_time_is_taken_at_noon_and_remarked() -> None:
    _, occurred_at, remarks = milestone(changed(DELIVERED, "*0930*LT", "**LT"))
    assert occurred_at.isoformat() == "2026-03-10T12:00:00-05:00"
    assert remarks == ["TIME_ASSUMED"]


def test_a_time_that_clocks_skip_is_remarked() -> None:
    skipped = changed(DELIVERED, "20260310*0930", "20260308*0230")
    assert milestone(skipped)[2] == ["TIME_DOUBTFUL"]


@pytest.mark.parametrize("code", ["XB", "OO", "Q9"])
def test_a_status_that_partners_bend_is_unmapped_and_remarked(code: str) -> None:
    said, _, remarks = milestone(changed(DELIVERED, "AT7*D1", f"AT7*{code}"))
    assert (said.status, said.raw_status) == (MilestoneStatus.UNMAPPED, code)
    assert remarks == ["CODE_UNMAPPED"]


def test_a_remark_on_one_milestone_is_not_put_on_the_next() -> None:
    body = (*DELIVERED[:6], "AT7*XB*NS***20260310*0800*UT", *DELIVERED[6:])
    facts = read_one(interchange(("214", body))).facts
    assert [[remark.code for remark in fact.remarks] for fact in facts] == [
        ["CODE_UNMAPPED"],
        [],
        [],
    ]


def test_a_partner_says_what_its_codes_mean() -> None:
    standard = PROFILES.standard
    codes_ = {**standard.codes, "1650": CodeMap(version="acme-1", words={"XB": "other"})}
    acme = msgspec.structs.replace(standard, name="acme", senders=("ACME",), codes=codes_)
    raw = interchange(("214", changed(DELIVERED, "AT7*D1", "AT7*XB")))
    profiles = Profiles(standard=standard, partners=(acme,))
    fact = read_one(raw, profiles).facts[0]
    assert isinstance(fact.said, Milestone)
    assert fact.said.status is MilestoneStatus.OTHER
    assert read_one(raw, profiles).message.profile == "acme"


def test_appointments_are_planned_and_estimates_estimated() -> None:
    appointment = changed(DELIVERED, "AT7*D1*NS**", "AT7***AB*NA")
    fact = read_one(interchange(("214", appointment))).facts[0]
    assert isinstance(fact.said, Milestone)
    assert fact.said.status is MilestoneStatus.DELIVERY_APPOINTMENT
    assert fact.classifier is Classifier.PLANNED
    estimate = read_one(interchange(("214", changed(DELIVERED, "AT7*D1", "AT7*AG")))).facts[0]
    assert estimate.classifier is Classifier.ESTIMATED


def test_references_of_a_loop_stay_in_their_loop() -> None:
    body = (
        *DELIVERED[:6],
        "AT7*X3*NS***20260310*0800*UT",
        "L11*DO-1*DO",
        "L11*2*QN",
        "LX*2",
        "AT7*D1*NS***20260310*0930*UT",
        "L11*DO-2*DO",
    )
    first, second, _ = read_one(interchange(("214", body))).facts
    assert [str(each) for each in first.references] == [
        "shipment SHIP-1",
        "pro ACME PRO77",
        "bol BOL9",
        "delivery DO-1",
    ]
    assert "delivery DO-2" in map(str, second.references)
    assert isinstance(first.said, Milestone)
    assert first.said.stop == "2"


def test_an_invoice_becomes_a_cost_whose_lines_add_up() -> None:
    received = read_one(interchange(("210", BILLED)))
    assert codes(received) == []
    cost, shipment = (fact.said for fact in received.facts)
    assert isinstance(cost, Cost)
    assert isinstance(shipment, Shipment)
    assert cost.kind is CostKind.INVOICED
    assert cost.total == Money(Decimal("125.00"), "USD")
    assert [(line.charge, line.amount.amount) for line in cost.lines] == [
        ("linehaul", Decimal("150.00")),
        ("discount", Decimal("-25.00")),
    ]
    assert cost.invoiced_on == date(2026, 3, 12)
    assert cost.bill_type == "original"
    assert shipment.weight == Weight(Decimal(1200), WeightUnit.LB)


def test_lines_that_do_not_add_up_are_a_fault() -> None:
    raw = interchange(("210", changed(BILLED, "*15000", "*15001")))
    received = read_one(raw)
    assert codes(received) == ["LINES_DO_NOT_ADD_UP"]
    assert received.facts[0].remarks[0].code == "LINES_DO_NOT_ADD_UP"
    assert read_one(raw, standard_with(strict=True)).refused


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("*15000", "*150.00", "L1-04"),
        ("*12500****ACME", "*****ACME", "B3-07"),
        ("20260312", "20261312", "B3-06"),
        ("L3*1200", "L3*-1200", "L3-01"),
        ("L3*1200", "L3*NaN", "L3-01"),
        ("*INV-5*", "*--*", "B3-02"),
    ],
)
def test_an_impossible_value_refuses_the_invoice(old: str, new: str, field: str) -> None:
    received = read_one(interchange(("210", changed(BILLED, old, new))))
    assert received.facts == ()
    assert received.faults[-1].place.field == field


def test_an_assumed_weight_unit_is_remarked_and_an_unknown_one_gives_no_weight() -> None:
    assumed = read_one(interchange(("210", changed(BILLED, "******2*L", "******2"))))
    assert codes(assumed) == ["WEIGHT_UNIT_ASSUMED"]
    unknown = read_one(interchange(("210", changed(BILLED, "******2*L", "******2*T"))))
    assert codes(unknown) == ["CODE_UNMAPPED"]
    cost = unknown.facts[0].said
    assert isinstance(cost, Cost)
    assert cost.weight is None


def test_a_weight_without_unit_is_refused_where_the_profile_assumes_none() -> None:
    raw = interchange(("210", changed(BILLED, "******2*L", "******2")))
    assert read_one(raw, standard_with(weight_unit=None)).refused


@pytest.mark.parametrize(
    ("indicator", "bill_type"),
    [("", "original"), ("BD", "balance_due"), ("CO", "correction"), ("ZZ", "unmapped")],
)
def test_the_correction_indicator_is_a_bill_type(indicator: str, bill_type: str) -> None:
    body = changed(BILLED, "*12500****ACME", f"*12500*{indicator}***ACME")
    cost = read_one(interchange(("210", body))).facts[0].said
    assert isinstance(cost, Cost)
    assert cost.bill_type == bill_type


def test_a_shipping_advice_becomes_a_warehouse_shipment() -> None:
    fact = read_one(interchange(("945", SHIPPED))).facts[0]
    said = fact.said
    assert isinstance(said, WarehouseShipment)
    assert fact.source.system == "wms"
    assert (said.warehouse_shipment, said.order) == ("WS-1", "ORD-1")
    assert said.shipped_on == date(2026, 3, 9)
    assert said.cartons == 8
    assert said.weight == Weight(Decimal(400), WeightUnit.LB)
    assert said.lines[0].disposition is Disposition.SHORT_CLOSED
    assert [str(each) for each in fact.references] == [
        "warehouse_shipment WS-1",
        "order ORD-1",
        "customer_po PO-1",
        "bol BOL9",
    ]


@pytest.mark.parametrize("quantity", ["-8", "eight", "1E3", "Infinity", ""])
def test_an_impossible_quantity_refuses_the_shipping_advice(quantity: str) -> None:
    received = read_one(interchange(("945", changed(SHIPPED, "*10*8*", f"*10*{quantity}*"))))
    assert received.facts == ()
    assert received.faults[-1].place.field == "W12-03"


def test_an_unknown_disposition_is_never_complete() -> None:
    fact = read_one(interchange(("945", changed(SHIPPED, "W12*CP", "W12*QQ")))).facts[0]
    assert isinstance(fact.said, WarehouseShipment)
    assert fact.said.lines[0].disposition is Disposition.UNMAPPED
    assert fact.remarks[0].code == "CODE_UNMAPPED"


def test_a_transaction_that_names_no_shipment_is_refused() -> None:
    received = read_one(interchange(("214", changed(DELIVERED, "*SHIP-1*", "* - *"))))
    assert received.refused
    assert codes(received) == ["VALUE_MISSING"]


@pytest.mark.parametrize(
    ("old", "new"),
    [("*E*40", ""), ("*E*40", "*X*40"), ("AT8*G*L*900", "AT8*G*L*")],
    ids=["no-volume", "cubic-metres", "no-weight"],
)
def test_goods_that_cannot_all_be_classed_are_not_told_at_all(old: str, new: str) -> None:
    said = read_one(changed_sample("204.edi", old, new)).facts[0].said
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
    raw = changed_sample("214.edi", "MAN*CP*", "MAN*CP*1Z999AA10123456785~\nMAN*CP*")
    assert [fact.entity for fact in read_one(raw).facts] == ["milestone"]
