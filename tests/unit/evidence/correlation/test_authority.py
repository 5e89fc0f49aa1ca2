"""Whose value counts, and which disagreements are kept."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.evidence.correlation.authority import Authority, Owner
from app.evidence.correlation.unit import BillableUnit, unit_of
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.freight import Shipment, Stop
from app.evidence.facts.money import Cost, CostKind
from app.evidence.facts.order import Order, OrderLine
from app.evidence.facts.party import Place
from app.evidence.facts.warehouse import Disposition, ShippedLine, WarehouseShipment
from app.measures import Weight, WeightUnit
from app.money import zero
from tests.unit.evidence.correlation.told import START, told

SCALE_FIRST = Authority(
    owners=(
        Owner(attribute="weight", systems=("wms", "tms"), tolerance_percent=Decimal(1)),
        Owner(attribute="destination", systems=("tms",)),
        Owner(attribute="customer", systems=("oms", "tms")),
    )
)


def weighs(value: str, unit: str = "lb", *, system: str, hours: int = 0) -> Fact:
    weight = Weight(Decimal(value), WeightUnit(unit))
    return told(Shipment(shipment="S1", weight=weight), system=system, hours=hours)


def folded(*facts: Fact) -> BillableUnit:
    return unit_of("shipment:S1", facts, SCALE_FIRST)


def test_the_first_system_on_the_list_counts_whenever_it_spoke() -> None:
    unit = folded(weighs("4200", system="tms", hours=9), weighs("4265", system="wms"))
    assert str(unit.attribute("weight")) == "4,265 lb"


@pytest.mark.parametrize(
    ("other", "disputed"), [("1010", False), ("1010.01", True), ("990", False)]
)
def test_a_difference_is_disputed_only_beyond_the_tolerance(other: str, disputed: bool) -> None:
    unit = folded(weighs("1000", system="wms"), weighs(other, system="carrier"))
    assert unit.attributes["weight"].disputed is disputed


def test_every_word_is_kept_with_its_fact() -> None:
    words = weighs("5472", system="tms"), weighs("7889", system="carrier")
    attribute = folded(*words).attributes["weight"]
    told_by = {attribute.counts.fact_id, *(other.fact_id for other in attribute.others)}
    assert told_by == {fact.fact_id for fact in words}


def test_the_same_weight_in_kilograms_is_no_dispute() -> None:
    # 1,000 lb is 453.59237 kg by definition.
    unit = folded(weighs("1000", system="wms"), weighs("453.59237", "kg", system="carrier"))
    assert not unit.attributes["weight"].disputed


def test_a_later_revision_of_one_source_is_its_last_word_and_no_dispute() -> None:
    first = told(Shipment(shipment="S1", weight=Weight(Decimal(900), WeightUnit.LB)), system="tms")
    second = told(
        Shipment(shipment="S1", weight=Weight(Decimal(1900), WeightUnit.LB)),
        system="tms",
        revision=1,
    )
    for facts in ((first, second), (second, first)):
        attribute = folded(*facts).attributes["weight"]
        assert (str(attribute.counts.value), attribute.disputed) == ("1,900 lb", False)


def test_places_differ_by_city_and_region_and_not_by_spelling() -> None:
    one = told(
        Shipment(shipment="S1", destination=Place(city="West Allis", region="WI")), system="tms"
    )
    same = told(
        Shipment(shipment="S1", destination=Place(city="WEST ALLIS", region="wi", name="Q"))
    )
    other = told(Shipment(shipment="S1", destination=Place(city="Concord", region="OH")))
    assert not folded(one, same).attributes["destination"].disputed
    assert folded(one, other).attributes["destination"].disputed


def test_a_tendered_cost_says_nothing_of_the_freight_an_invoiced_one_does() -> None:
    weight = Weight(Decimal(7889), WeightUnit.LB)
    mine = weighs("5472", system="tms")

    def cost(kind: CostKind) -> Fact:
        return told(
            Cost(kind=kind, carrier="K", number="1", total=zero("USD"), weight=weight),
            "shipment S1",
        )

    assert not folded(mine, cost(CostKind.TENDERED)).attributes["weight"].disputed
    assert folded(mine, cost(CostKind.INVOICED)).attributes["weight"].disputed


def test_a_value_from_a_system_without_authority_stands_but_is_not_owned() -> None:
    attribute = folded(weighs("500", system="carrier")).attributes["weight"]
    assert (str(attribute.counts.value), attribute.owned) == ("500 lb", False)


def test_what_was_shipped_adds_up_over_the_ship_confirmations() -> None:
    def confirmed(number: str, shipped: str) -> Fact:
        line = ShippedLine(
            line="1",
            item="I",
            shipped=Decimal(shipped),
            unit="EA",
            disposition=Disposition.BACKORDERED,
        )
        return told(
            WarehouseShipment(
                warehouse_shipment=number, order="O", status="shipped", lines=(line,)
            ),
            system="wms",
        )

    order = told(
        Order(order="O", lines=(OrderLine(line="1", item="I", ordered=Decimal(10), unit="EA"),)),
        system="oms",
    )
    (line,) = folded(order, confirmed("W1", "6"), confirmed("W2", "3")).lines
    assert (line.ordered, line.shipped) == (Decimal(10), Decimal(9))


def test_a_plan_that_was_overtaken_by_what_happened_disputes_nothing() -> None:
    weight = Weight(Decimal(21400), WeightUnit.LB)
    plan = told(Shipment(shipment="S1", weight=weight), system="tms", classifier=Classifier.PLANNED)
    scale = weighs("18240", system="wms")
    attribute = folded(plan, scale).attributes["weight"]
    assert (str(attribute.counts.value), attribute.disputed) == ("18,240 lb", False)
    assert len(attribute.others) == 1


def test_what_happened_disputes_a_plan_that_nobody_with_authority_has_confirmed() -> None:
    weight = Weight(Decimal(5472), WeightUnit.LB)
    plan = told(Shipment(shipment="S1", weight=weight), system="tms", classifier=Classifier.PLANNED)
    assert folded(plan, weighs("7889", system="carrier")).attributes["weight"].disputed


def test_the_weights_of_an_order_that_left_in_parts_add_up() -> None:
    def left(number: str, weight: str) -> Fact:
        said = WarehouseShipment(
            warehouse_shipment=number,
            order="O",
            status="shipped",
            weight=Weight(Decimal(weight), WeightUnit.LB),
        )
        return told(said, system="wms")

    first, second = left("W1", "1960"), left("W2", "2080")
    unit = folded(first, second)
    assert str(unit.attribute("weight")) == "4,040 lb"
    assert set(unit.told_by("weight")) == {first.fact_id, second.fact_id}
    assert not unit.attributes["weight"].disputed


def test_a_weight_of_which_a_part_is_missing_never_counts_undisputed() -> None:
    half = WarehouseShipment(
        warehouse_shipment="W1",
        order="O",
        status="shipped",
        weight=Weight(Decimal(900), WeightUnit.LB),
    )
    rest = WarehouseShipment(warehouse_shipment="W2", order="O", status="shipped")
    assert folded(told(half, system="wms"), told(rest, system="wms")).attributes["weight"].disputed


def test_two_lines_of_one_item_are_both_missing_something() -> None:
    line = OrderLine(line="1", item="I", ordered=Decimal(75), unit="EA")
    order = told(
        Order(
            order="O", lines=(line, OrderLine(line="2", item="I", ordered=Decimal(75), unit="EA"))
        ),
        system="oms",
    )
    (found,) = folded(order).lines
    assert found.ordered == Decimal(150)


def test_arrival_and_departure_told_apart_belong_together() -> None:
    came = told(Stop(stop="2", shipment="S1", arrived_at=START), system="tms")
    went = told(
        Stop(stop="2", shipment="S1", departed_at=START + timedelta(hours=3)), system="tms", hours=3
    )
    (stop,) = folded(came, went).stops
    assert stop.actual is not None
    assert (stop.actual.arrived_at, stop.actual.departed_at) == (START, START + timedelta(hours=3))


def test_what_is_only_packed_weighs_nothing_on_the_invoice() -> None:
    def at(number: str, status: str) -> Fact:
        weight = Weight(Decimal(900), WeightUnit.LB)
        said = WarehouseShipment(warehouse_shipment=number, order="O", status=status, weight=weight)
        return told(said, system="wms")

    assert str(folded(at("W1", "shipped"), at("W2", "packed")).attribute("weight")) == "900 lb"
