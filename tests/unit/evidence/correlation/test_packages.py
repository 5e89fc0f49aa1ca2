"""What counts of a package, and how a package finds its shipment."""

from decimal import Decimal

import pytest

from app.evidence.correlation.authority import Authority, Owner
from app.evidence.correlation.links import Strength, correlate
from app.evidence.correlation.packages import MeasuredPackage
from app.evidence.correlation.unit import unit_of
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.freight import Package, Shipment
from app.judgement.rulebook.view_things import things_of
from app.measures import Weight, WeightUnit
from tests.unit.evidence.correlation.told import START, told

NOBODY = Authority(owners=())
PLANNED = told(Shipment(shipment="S1"), system="tms")


def box(number: str, size: str = "", *, pounds: str = "", **values: str | bool) -> Package:
    sides = [Decimal(side) for side in size.split("x")] if size else [None] * 3
    return Package(
        package=number,
        length_in=sides[0],
        width_in=sides[1],
        height_in=sides[2],
        weight=Weight(Decimal(pounds), WeightUnit.LB) if pounds else None,
        **values,  # type: ignore[arg-type]
    )


def packages(*facts: Fact, authority: Authority = NOBODY) -> tuple[MeasuredPackage, ...]:
    return unit_of("shipment:S1", facts, authority).packages


def sides(*facts: Fact, authority: Authority = NOBODY) -> tuple[Decimal, ...]:
    (one,) = packages(*facts, authority=authority)
    return one.sides


BY_WAREHOUSE = told(box("P1", "10x10x5", pounds="4"), system="wms", hours=1)
BY_CARRIER = told(box("P1", "12x10x10", residential=True), system="carrier", hours=50)
AUDITED = (Decimal(12), Decimal(10), Decimal(10))
PACKED = (Decimal(10), Decimal(10), Decimal(5))


def test_the_last_word_on_what_happened_counts_whatever_the_order_of_arrival() -> None:
    assert sides(BY_WAREHOUSE, BY_CARRIER) == AUDITED
    assert sides(BY_CARRIER, BY_WAREHOUSE) == AUDITED


def test_a_warehouse_that_corrected_itself_does_not_outrank_a_later_audit() -> None:
    corrected = told(box("P1", "10x10x5"), system="wms", hours=1, revision=3)
    assert sides(corrected, BY_CARRIER) == AUDITED
    last = told(box("P1", "12x12x12"), system="carrier", hours=50, revision=1)
    assert sides(corrected, last, BY_CARRIER) == (Decimal(12),) * 3


def test_what_a_later_word_does_not_tell_stands_and_each_names_its_fact() -> None:
    (one,) = packages(BY_WAREHOUSE, BY_CARRIER)
    assert str(one.weight) == "4 lb"
    assert one.residential is True
    assert one.told_by == {
        "weight": BY_WAREHOUSE.fact_id,
        "sides": BY_CARRIER.fact_id,
        "residential": BY_CARRIER.fact_id,
    }


def test_where_authority_puts_the_warehouse_first_its_measure_counts() -> None:
    first = Authority(owners=(Owner(attribute="package", systems=("wms", "carrier")),))
    assert sides(BY_WAREHOUSE, BY_CARRIER, authority=first) == PACKED


def test_an_estimate_does_not_count_beside_a_measure_even_of_the_first_system() -> None:
    guess = told(
        box("P1", "1x1x1"), system="wms", hours=60, revision=7, classifier=Classifier.ESTIMATED
    )
    first = Authority(owners=(Owner(attribute="package", systems=("wms", "carrier")),))
    assert sides(BY_CARRIER, guess, authority=first) == AUDITED
    assert sides(guess) == (Decimal(1),) * 3


def test_a_package_is_really_there_once_somebody_reports_it_as_a_fact() -> None:
    plan = told(box("P1", "1x1x1"), system="tms", classifier=Classifier.PLANNED)
    assert [each.really for each in packages(plan)] == [False]
    assert [each.really for each in packages(plan, BY_WAREHOUSE)] == [True]


@pytest.mark.parametrize("size", ["12x10x0", "0x0x0"])
def test_a_side_of_nothing_was_not_measured(size: str) -> None:
    assert sides(told(box("P1", size), system="wms")) == ()


def test_numbers_that_differ_by_punctuation_name_one_package() -> None:
    again = told(box("p-1", pounds="4"), system="carrier", hours=2)
    assert len(packages(BY_WAREHOUSE, again)) == 1


def test_a_carton_is_found_by_its_tracking_number_and_keeps_its_own() -> None:
    carton = told(box("SSCC1", "10x10x5", tracking="1Z9"), system="wms")
    audit = told(box("1Z9", "12x10x10"), system="carrier", hours=50)
    (one,) = packages(carton, audit)
    assert (one.package, one.sides) == ("SSCC1", AUDITED)
    assert one.fact_ids == tuple(sorted((carton.fact_id, audit.fact_id)))


def test_warehouse_and_carrier_that_measure_differently_disagree_under_either_number() -> None:
    carton = told(box("SSCC1", "10x10x5", tracking="1Z9"), system="wms")
    audit = told(box("1Z9", "12x10x10"), system="carrier", hours=50)
    unit = unit_of("shipment:S1", (carton, audit), NOBODY)
    agrees = [
        item.values["agrees"].value for item in things_of(unit, START) if item.entity == "package"
    ]
    assert agrees == [False, False]


def test_a_package_that_became_residential_on_the_way_is_a_disagreement() -> None:
    office = told(box("P1", residential=False), system="wms")
    unit = unit_of("shipment:S1", (office, BY_CARRIER), NOBODY)
    assert [item.values["agrees"].value for item in things_of(unit, START)] == [False, False]


def test_a_package_that_names_its_shipment_belongs_to_it() -> None:
    found = correlate([PLANNED, fact := told(box("P1", shipment="S-1"), system="carrier")])
    links = found.units["shipment:S1"].links
    assert [link.strength for link in links if link.fact_id == fact.fact_id] == [Strength.NAMED]


def test_a_package_that_names_only_a_known_tracking_number_is_suspected() -> None:
    known = told(box("P1", shipment="S1", tracking="1Z9"), system="wms")
    audit = told(box("1Z9"), system="carrier")
    found = correlate([PLANNED, known, audit])
    doubts = found.units["shipment:S1"].doubts
    assert [doubt.fact_id for doubt in doubts] == [audit.fact_id]


def test_a_package_that_names_nothing_known_belongs_to_nobody() -> None:
    fact = told(box("P9"), system="carrier")
    assert correlate([PLANNED, fact]).orphans == (fact.fact_id,)
