"""Real interchanges nobody on the team wrote; they are not in this repository."""

import os
from decimal import Decimal
from pathlib import Path

import pytest

from app.evidence.facts.freight import Milestone, MilestoneStatus, Shipment, Stop
from app.evidence.facts.money import Cost, CostKind
from app.evidence.facts.warehouse import WarehouseShipment
from app.evidence.intake.received import Received
from tests.unit.evidence.intake.made_up import PROFILES, ROOT, read_all

FOLDER = Path(os.environ.get("TOLLGATE_SHARED_DATA", ROOT.parent / "shared" / "data")) / "x12"
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the folder of real messages, ../shared/data, is not here"
)


def received_from(name: str) -> tuple[Received, ...]:
    return read_all((FOLDER / name).read_bytes(), PROFILES)


def said_in(name: str) -> list[object]:
    return [fact.said for received in received_from(name) for fact in received.facts]


@pytest.mark.parametrize(
    ("name", "kind", "count"),
    [
        ("204_gtlogistics.edi", "204", 1),
        ("204_mgctlyst.edi", "204", 1),
        ("210_cn_rail_usd.edi", "210", 1),
        ("210_mgctlyst.edi", "210", 1),
        ("210_wrapped_80char.edi", "210", 1),
        ("214_apimeister_1.edi", "214", 1),
        ("214_canadapost.edi", "214", 19),
        ("214_mgctlyst.edi", "214", 1),
        ("214_pipe_delimited.edi", "214", 1),
        ("810_walmart.edi", "810", 1),
        ("856_crossdock.edi", "856", 1),
        ("940_bad_se01.edi", "940", 1),
        ("940_ediengine.edi", "940", 1),
        ("945_apimeister_1.edi", "945", 1),
        ("945_interamerican.edi", "945", 1),
        ("990_mgctlyst.edi", "990", 1),
    ],
)
def test_every_interchange_is_put_into_transactions(name: str, kind: str, count: int) -> None:
    found = received_from(name)
    assert [received.message.kind for received in found] == [kind] * count
    for received in found:
        assert received.facts


@pytest.mark.parametrize(
    ("name", "total", "lines"),
    [
        ("210_cn_rail_usd.edi", "2754.33", 2),
        ("210_mgctlyst.edi", "659.40", 4),
        ("210_wrapped_80char.edi", "124.17", 3),
    ],
)
def test_the_lines_of_every_invoice_add_up(name: str, total: str, lines: int) -> None:
    cost = said_in(name)[0]
    assert isinstance(cost, Cost)
    assert cost.total.amount == Decimal(total) == sum(line.amount.amount for line in cost.lines)
    assert len(cost.lines) == lines
    assert "LINES_DO_NOT_ADD_UP" not in {
        fault.code for received in received_from(name) for fault in received.faults
    }


def test_the_chain_of_one_load_is_told_by_four_messages() -> None:
    tendered = said_in("204_mgctlyst.edi")
    shipment, pickup, delivery, offer = tendered
    assert isinstance(shipment, Shipment)
    assert isinstance(pickup, Stop)
    assert isinstance(delivery, Stop)
    assert isinstance(offer, Cost)
    assert (shipment.shipment, str(shipment.destination)) == ("75027674", "West Allis WI")
    assert (offer.kind, str(offer.total)) == (CostKind.TENDERED, "557.21 USD")
    (answer,) = said_in("990_mgctlyst.edi")
    assert isinstance(answer, Milestone)
    assert answer.status is MilestoneStatus.TENDER_ACCEPTED
    delivered, described = said_in("214_mgctlyst.edi")
    assert isinstance(delivered, Milestone)
    assert delivered.status is MilestoneStatus.DELIVERED
    assert isinstance(described, Shipment)
    assert str(described.destination) == "Brattleboro VT"
    cost, hauled = said_in("210_mgctlyst.edi")
    assert isinstance(cost, Cost)
    assert isinstance(hauled, Shipment)
    assert str(hauled.weight) == "7,889 lb"
    shipments = {each.shipment for each in (shipment, answer, delivered, described, hauled)}
    assert shipments == {"75027674"}


def test_the_19_transactions_of_canada_post_each_have_their_milestone() -> None:
    milestones = [said for said in said_in("214_canadapost.edi") if isinstance(said, Milestone)]
    assert len(milestones) == 19
    unmapped = [each for each in milestones if each.status is MilestoneStatus.UNMAPPED]
    assert {each.raw_status for each in unmapped} == {"XB"}


def test_the_group_with_a_broken_date_falls_back_to_the_interchange() -> None:
    (received,) = received_from("945_interamerican.edi")
    assert {fault.code for fault in received.faults} == {
        "CONTROL_NUMBER_WRONG",
        "GROUP_TIME_UNREADABLE",
    }
    said = received.facts[0].said
    assert isinstance(said, WarehouseShipment)
    assert [line.shipped for line in said.lines] == [120, 400, 400]


def test_an_impossible_date_refuses_its_consignment_and_no_other() -> None:
    found = received_from("edifact_iftsta_gs1.edi")
    assert [received.refused for received in found] == [False, True, False, True]
    assert [f.place.byte_offset for f in found[3].faults if f.refused] == [447, 528, 608]
