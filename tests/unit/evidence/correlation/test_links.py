"""Which unit a fact belongs to."""

import random
from datetime import date
from decimal import Decimal

from app.evidence.correlation.links import Strength, correlate
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Load, Milestone, MilestoneStatus, Shipment, Stop
from app.evidence.facts.money import Accessorial, Cost, CostKind
from app.evidence.facts.order import Order
from app.evidence.facts.papers import Document, SameThing
from app.evidence.facts.warehouse import InventoryMovement, StoragePeriod, WarehouseShipment
from app.money import zero
from tests.unit.evidence.correlation.told import ref, told

DELIVERED = Milestone(status=MilestoneStatus.DELIVERED)
POD = Document(document="D1", document_type="POD")


def planned(number: str, *references: str, load: str | None = None) -> Fact:
    return told(Shipment(shipment=number, load=load), *references, system="tms")


def belongs(fact: Fact, *others: Fact) -> dict[str, Strength]:
    found = correlate([fact, *others])
    return {
        unit: link.strength
        for unit, links in found.units.items()
        for link in links.links
        if link.fact_id == fact.fact_id
    }


def doubted(fact: Fact, *others: Fact) -> set[str]:
    found = correlate([fact, *others])
    return {
        unit
        for unit, links in found.units.items()
        for doubt in links.doubts
        if doubt.fact_id == fact.fact_id
    }


def test_a_fact_that_names_the_shipment_belongs_to_it() -> None:
    assert belongs(told(DELIVERED, "shipment S-1"), planned("S1")) == {
        "shipment:S1": Strength.NAMED
    }


def test_a_pro_leads_to_the_shipment_through_a_message_that_names_both() -> None:
    both = told(DELIVERED, "shipment S1", "pro ABFL 77")
    assert belongs(told(POD, "pro ABFL 77"), both, planned("S1")) == {
        "shipment:S1": Strength.CLAIMED
    }


def test_a_pro_is_unique_only_within_its_carrier() -> None:
    both = told(DELIVERED, "shipment S1", "pro ABFL 77")
    assert belongs(told(POD, "pro XPOL 77"), both, planned("S1")) == {}


def test_a_number_claimed_by_two_shipments_is_a_doubt_on_both() -> None:
    pod = told(POD, "bol B1")
    others = planned("S1", "bol B1"), planned("S2", "bol B1")
    assert belongs(pod, *others) == {}
    assert doubted(pod, *others) == {"shipment:S1", "shipment:S2"}


def test_a_fact_that_names_two_shipments_belongs_to_both() -> None:
    pod = told(POD, "shipment S1", "shipment S2")
    assert set(belongs(pod, planned("S1"), planned("S2"))) == {"shipment:S1", "shipment:S2"}


def test_a_customers_purchase_order_alone_links_nothing() -> None:
    pod = told(POD, "customer_po 4500")
    other = planned("S1", "customer_po 4500")
    assert belongs(pod, other) == {}
    assert doubted(pod, other) == {"shipment:S1"}


def test_a_fact_nobody_claims_is_an_orphan_until_somebody_does() -> None:
    pod = told(POD, "bol B9")
    assert correlate([pod, planned("S1")]).orphans == (pod.fact_id,)
    assert belongs(pod, planned("S1"), planned("S2", "bol B9")) == {"shipment:S2": Strength.CLAIMED}


def test_a_carriers_word_alone_makes_no_billable_unit() -> None:
    carriers = told(Shipment(shipment="S1"), system="carrier")
    found = correlate([carriers])
    assert found.units == {}
    assert found.orphans == (carriers.fact_id,)


def test_an_order_is_a_unit_of_its_own_until_a_shipment_names_it() -> None:
    order = told(Order(order="O1"), system="oms")
    assert set(correlate([order]).units) == {"order:O1"}
    assert set(correlate([order, planned("S1", "order O1")]).units) == {"shipment:S1"}


def test_a_customer_billed_by_order_has_orders_for_units_whoever_carries_them() -> None:
    order = told(Order(order="O1", customer="HALCYON"), system="oms")
    carried = told(Shipment(shipment="S1", customer="HALCYON"), "order O1", system="tms")
    found = correlate([order, carried], billed_by_order={"HALCYON"})
    assert set(found.units) == {"order:O1"}
    assert {link.fact_id for link in found.units["order:O1"].links} == {
        order.fact_id,
        carried.fact_id,
    }


def test_a_ship_confirmation_reaches_the_shipment_through_the_order() -> None:
    confirmed = told(WarehouseShipment(warehouse_shipment="W1", order="O1"), system="wms")
    order = told(Order(order="O1"), system="oms")
    assert belongs(confirmed, order, planned("S1", "order O1")) == {"shipment:S1": Strength.CLAIMED}


def test_an_order_with_two_shipments_belongs_to_both_and_confuses_neither() -> None:
    order = told(Order(order="O1"), system="oms")
    shipments = planned("S1", "order O1"), planned("S2", "order O1")
    assert set(belongs(order, *shipments)) == {"shipment:S1", "shipment:S2"}
    confirmed = told(WarehouseShipment(warehouse_shipment="W1", order="O1"), system="wms")
    assert doubted(confirmed, order, *shipments) == {"shipment:S1", "shipment:S2"}


def test_what_is_said_of_a_load_is_said_of_all_its_shipments() -> None:
    cost = told(Cost(kind=CostKind.INVOICED, carrier="K", number="1", total=zero("USD")), "load L1")
    units = belongs(cost, planned("S1", load="L1"), planned("S2", load="L1"))
    assert units == {"shipment:S1": Strength.LOAD, "shipment:S2": Strength.LOAD}


def test_a_load_delivered_somewhere_does_not_prove_which_shipment_was() -> None:
    delivered = told(Milestone(status=MilestoneStatus.DELIVERED, load="L1"))
    both = planned("S1", load="L1"), planned("S2", load="L1")
    assert belongs(delivered, *both) == {}
    assert doubted(delivered, *both) == {"shipment:S1", "shipment:S2"}
    assert belongs(delivered, both[0]) == {"shipment:S1": Strength.LOAD}


def test_a_delivery_at_a_stop_is_that_of_the_shipments_handled_there() -> None:
    delivered = told(Milestone(status=MilestoneStatus.DELIVERED, load="L1", stop="2"))
    stop = told(Stop(stop="2", load="L1", shipments=("S2",)), system="tms")
    both = planned("S1", load="L1"), planned("S2", load="L1")
    assert belongs(delivered, stop, *both) == {"shipment:S2": Strength.LOAD}


def test_a_person_may_say_what_a_document_is_about() -> None:
    pod = told(POD, "customer_po 4500")
    both = planned("S1", "customer_po 4500"), planned("S2", "customer_po 4500")
    assert doubted(pod, *both) == {"shipment:S1", "shipment:S2"}
    word = told(SameThing(one=ref("document D1"), other=ref("shipment S2")), system="ops")
    assert set(belongs(pod, word, *both)) == {"shipment:S2"}
    assert doubted(pod, word, *both) == set()


def test_a_correction_takes_the_place_of_what_it_corrects() -> None:
    wrong = told(POD, "shipment S1")
    right = told(POD, "shipment S2", supersedes=wrong.fact_id)
    assert belongs(wrong, right, planned("S1"), planned("S2")) == {}
    assert set(belongs(right, wrong, planned("S1"), planned("S2"))) == {"shipment:S2"}


def test_one_source_cannot_take_back_the_word_of_another() -> None:
    theirs = told(POD, "shipment S1")
    denial = told(POD, "shipment S1", supersedes=theirs.fact_id, instance="two")
    assert set(belongs(theirs, denial, planned("S1"))) == {"shipment:S1"}


def test_the_same_content_in_two_messages_counts_once_whichever_came_first() -> None:
    one, other = told(POD, "shipment S1"), told(POD, "shipment S1")
    links = correlate([one, other, planned("S1")]).units["shipment:S1"].links
    assert min(one.fact_id, other.fact_id) in {link.fact_id for link in links}
    assert max(one.fact_id, other.fact_id) not in {link.fact_id for link in links}


def test_the_order_of_arrival_changes_nothing() -> None:
    facts = [
        planned("S1", "order O1", "bol B1", "customer_po 1", load="L1"),
        planned("S2", "order O1", "order O2", "customer_po 1", load="L1"),
        told(Order(order="O1"), system="oms"),
        told(Order(order="O2"), system="oms"),
        told(Load(load="L1", shipments=("S1", "S2")), system="tms"),
        told(WarehouseShipment(warehouse_shipment="W1", order="O2"), "bol B2", system="wms"),
        told(DELIVERED, "shipment S1", "pro K 1"),
        told(POD, "pro K 1"),
        told(Document(document="D2", document_type="POD"), "bol B2"),
        told(Document(document="D3", document_type="POD"), "customer_po 1"),
        told(Document(document="D4", document_type="POD"), "bol B77"),
    ]
    expected = correlate(facts)
    shuffled = random.Random(7)
    for _ in range(100):
        shuffled.shuffle(facts)
        assert correlate([*facts, *facts[:3]]) == expected


def test_numbers_that_are_one_give_the_unit_one_name_whichever_was_told_last() -> None:
    word = told(SameThing(one=ref("shipment A1"), other=ref("shipment B1")), system="ops")
    both = planned("A1"), planned("B1")
    assert set(correlate([word, *both]).units) == {"shipment:A1"}
    more = told(Shipment(shipment="B1", carrier="K"), system="tms")
    assert set(correlate([word, *both, more]).units) == {"shipment:A1"}


def test_a_carrier_merges_nothing_and_one_denial_is_enough() -> None:
    same = SameThing(one=ref("shipment A1"), other=ref("shipment B1"))
    denial = SameThing(one=ref("shipment A1"), other=ref("shipment B1"), same=False)
    both = planned("A1"), planned("B1")
    assert len(correlate([told(same), *both]).units) == 2
    words = told(same, system="ops"), told(denial, system="tms")
    assert len(correlate([*words, *both]).units) == 2


def test_an_order_that_names_its_shipment_brings_its_ship_confirmation_along() -> None:
    order = told(Order(order="O1"), "shipment S1", system="oms")
    confirmed = told(WarehouseShipment(warehouse_shipment="W1", order="O1"), system="wms")
    assert belongs(confirmed, order, planned("S1")) == {"shipment:S1": Strength.CLAIMED}


def stored(number: str, month: int, warehouse: str = "JOLIET", system: str = "wms") -> Fact:
    period = StoragePeriod(
        storage_period=number,
        customer="HALCYON",
        warehouse=warehouse,
        starts_on=date(2026, month, 1),
        ends_before=date(2026, month + 1, 1),
    )
    return told(period, system=system)


def stock(*references: str, hours: int = 0, warehouse: str = "JOLIET", revision: int = 0) -> Fact:
    """A movement on 2 March 2026 and so many hours."""
    movement = InventoryMovement(
        movement="M1",
        customer="HALCYON",
        item="X",
        quantity=Decimal(1),
        unit="pallet",
        warehouse=warehouse,
    )
    return told(movement, *references, system="wms", hours=hours, revision=revision)


def test_a_movement_belongs_to_every_storage_period_of_its_stock_that_ends_after_it() -> None:
    periods = stored("HH-2", 2), stored("HH-3", 3), stored("HH-4", 4)
    assert belongs(stock(), *periods) == {
        "storage:HH3": Strength.STOCK,
        "storage:HH4": Strength.STOCK,
    }


def test_a_movement_of_another_warehouse_or_of_none_belongs_to_no_storage_period() -> None:
    for warehouse in ("RENO", ""):
        moved = stock(warehouse=warehouse)
        assert belongs(moved, stored("HH-3", 3)) == {}
        assert moved.fact_id in correlate([moved, stored("HH-3", 3)]).orphans


def test_a_movement_that_names_its_order_belongs_to_the_order_and_to_the_storage_period() -> None:
    order = told(Order(order="O1", customer="HALCYON"), system="oms")
    assert belongs(stock("order O1"), order, stored("HH-3", 3)) == {
        "order:O1": Strength.NAMED,
        "storage:HH3": Strength.STOCK,
    }


def test_a_movement_that_was_corrected_to_a_later_day_is_still_looked_at() -> None:
    first, corrected = stock(), stock(hours=24 * 40, revision=1)
    for moved in (first, corrected):
        both = belongs(moved, first, corrected, stored("HH-3", 3))
        assert both == {"storage:HH3": Strength.STOCK}


def test_a_storage_period_that_a_carrier_declares_is_none() -> None:
    declared = stored("HH-3", 3, system="carrier")
    found = correlate([declared])
    assert (dict(found.units), found.orphans) == ({}, (declared.fact_id,))


def test_a_service_that_names_the_storage_period_belongs_to_it() -> None:
    claim = told(Accessorial(accessorial="A1", charge="container_unload"), "storage HH-3")
    assert belongs(claim, stored("HH-3", 3)) == {"storage:HH3": Strength.NAMED}
