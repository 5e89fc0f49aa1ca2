"""A quote is what the same shipment would cost once it is reported; mistakes have their place."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.authoring.files.card_files import load_card
from app.authoring.files.located_yaml import Node, load
from app.authoring.files.typed_fields import Notes
from app.authoring.workshop.quote_cases import card_of_case, plain_of, request_in, text_in
from app.authoring.workshop.quotes import Quoted, quote, source_of
from app.evidence.facts.freight import Shipment
from app.evidence.facts.party import Place
from app.pricing.rating.card import RateCard
from app.settings import Settings
from tests.unit.pricing.test_money_cases import CASES

PICKUP = date(2026, 3, 4)
KNOWN = date(2026, 3, 31)


FILES = (
    *("banded", "currency", "detention", "fuel", "ltl-deficit-methods", "ltl-weight-breaks"),
    *("truckload", "detention-clocks", "equipment-time", "stop-off"),
)
"""Whose cases say no more than a quote can read. `layover` uses an anchor, which files of ours may
not; `truck-not-used` means Chicago where it names no offset, a quote UTC; `tax`, `allocation` and
`shares` say things that only tests of ours do."""


def priced_cases() -> Iterator[Any]:
    """Every case of a biller that is a price, as it stands in its file."""
    for file in sorted(CASES / f"{name}.yaml" for name in FILES):
        for node in load(file.read_text(encoding="utf-8"), file.name):
            told = plain_of(node)
            if {"shipments", "expect"} <= told.keys():
                yield pytest.param(node, told, id=f"{file.stem}: {text_in(node, 'case')}")


@pytest.mark.parametrize("node, told", list(priced_cases()))
def test_a_case_of_a_biller_quotes_to_what_it_expects(node: Node, told: dict[str, Any]) -> None:
    card = card_of_case(node, CASES)
    assert card is not None
    known = date.fromisoformat(told.get("known on", KNOWN.isoformat()))
    quoted = {each.unit: each.rated for each in quotes(node, card, known)}
    for number, expected in told["expect"].items():
        rated = quoted[f"shipment:{number}"]
        assert [(each.code, each.amount.amount) for each in rated.charges] == [
            (line["charge"], Decimal(line["amount"])) for line in expected.get("lines", [])
        ]
        assert [each.charge for each in rated.unpriced] == [
            each["charge"] for each in expected.get("unpriced", [])
        ]


def quotes(node: Node, card: RateCard, known_on: date = KNOWN) -> tuple[Quoted, ...]:
    notes = Notes()
    request = request_in(node, card, PICKUP, notes)
    assert notes.mistakes == []
    return quote(request, card, known_on)


def northwind() -> RateCard:
    return load_card(Settings().ratecards / "NORTHWIND")


def case(text: str) -> Node:
    (node,) = load(text, "case.yaml")
    return node


def mistakes(text: str) -> list[str]:
    notes = Notes()
    request_in(case(text), northwind(), PICKUP, notes)
    return [str(each) for each in notes.mistakes]


@pytest.mark.parametrize(
    "shipment, said",
    [
        ("wieght: 1800 lb", "case.yaml:1:18: 'wieght' is not a key of a shipment"),
        ("weight: 1800", "case.yaml:1:26: '1800' is not a weight; allowed: 1800 lb, 816.5 kg"),
        ("weight: -5 lb", "case.yaml:1:26: it is -5; it must be 0 or more"),
        ("distance: 786 miles", "'786 miles' is not a distance"),
        ("lane: Chicago IL", "'Chicago IL' is not a lane"),
        ("from: somewhere nice", "'somewhere nice' names no place"),
        ("picked up: soon", "'soon' is not a moment"),
        ("mode: LTX", "did you mean 'LTL'?"),
        ("pallets: -1", "pallets is -1; it must be 0 or more"),
        ("cartons: -1", "'-1' is below zero"),
        ("claims: [{charge: lumper, quantity: -2}]", "'-2' is below zero"),
        ("bill to: ACME, weight: heavy", "'heavy' is not a weight"),
    ],
)
def test_what_cannot_be_understood_is_a_mistake_at_its_place(shipment: str, said: str) -> None:
    assert said in "\n".join(mistakes(f"shipments: {{S1: {{{shipment}}}}}"))


@pytest.mark.parametrize(
    "rest, said",
    [
        ("index: {US diesel: 2.9}", "names no index of Northwind LTL 2026"),
        ("index: {EIA on-highway disel US: 2.9}", "did you mean 'EIA on-highway diesel US'?"),
        ("index: 2.9", "index values are written as"),
        ("facts: [{entity: pakage}]", "this is no fact"),
        ("facts: [{entity: package, package: P, weigth: 1}]", "unknown field `weigth`"),
        ("sotps: []", "did you mean 'stops'?"),
    ],
)
def test_so_is_what_stands_beside_the_shipments(rest: str, said: str) -> None:
    assert said in "\n".join(mistakes(f"shipments: {{S1: {{}}}}\n{rest}"))


def test_a_case_without_shipments_is_none() -> None:
    assert "the case has no `shipments`" in mistakes("index: {}")[0]


@pytest.mark.parametrize(
    "text, place",
    [
        ("Chicago IL 60601", Place(city="Chicago", region="IL", postal_code="60601", country="US")),
        ("West Allis WI", Place(city="West Allis", region="WI", country="US")),
        ("IL", Place(region="IL", country="US")),
        ("60601", Place(postal_code="60601", country="US")),
        (
            "Toronto ON M5V 2T6",
            Place(city="Toronto", region="ON", postal_code="M5V 2T6", country="CA"),
        ),
        ("Monterrey NL, MX", Place(city="Monterrey", region="NL", country="MX")),
    ],
)
def test_places_are_read_as_people_write_them(text: str, place: Place) -> None:
    (quoted,) = quotes(case(f"shipments: {{S1: {{from: '{text}'}}}}"), northwind())
    told = [each.said for each in quoted.facts.values() if isinstance(each.said, Shipment)]
    assert told[0].origin == place


def test_an_index_without_a_day_is_the_publication_that_counts_on_the_day() -> None:
    shipment = "shipments: {S1: {lane: Chicago IL to Atlanta GA, weight: 1800 lb}}"
    index = "index: {EIA on-highway diesel US: 2.913}"
    (quoted,) = quotes(case(f"{shipment}\n{index}"), northwind())
    assert str(quoted.rated.total) == "355.61 USD"
    (dated,) = quotes(case(f"{shipment}\nindex: {{2026-03-02: 2.913}}"), northwind())
    assert [each.formula for each in dated.rated.charges] == [
        each.formula for each in quoted.rated.charges
    ]
    (late,) = quotes(case(f"{shipment}\nindex: {{2026-02-23: 2.913}}"), northwind())
    assert [each.problem for each in late.rated.unpriced] == ["no_index"]


def test_what_is_not_said_is_not_known() -> None:
    (quoted,) = quotes(case("shipments: {S1: {}}"), northwind())
    assert {each.problem for each in quoted.rated.unpriced} == {"no_weight", "no_index"}
    assert quoted.rated.charges == ()


def test_anything_a_system_may_say_can_be_told_as_a_fact() -> None:
    text = """
        shipments: {S1: {lane: Chicago IL to Atlanta GA, weight: 1800 lb}}
        index: {2026-03-02: 2.913}
        facts:
          - {of: S1, entity: accessorial, accessorial: L1, charge: liftgate}
          - {of: [S2], entity: accessorial, accessorial: L2, charge: liftgate}
    """
    (quoted,) = quotes(case(text), northwind())
    liftgates = [each.subject for each in quoted.rated.charges if each.code == "liftgate"]
    assert liftgates == ["L1"]


def test_what_left_the_warehouse_and_was_done_there_is_priced() -> None:
    halcyon = load_card(Settings().ratecards / "HALCYON")
    told = """
        shipments:
          S1:
            shipped: [{quantity: 12, unit: case, item: PEPPER}]
            cartons: 4
            pallets: 2
            work: [{task: labelling, quantity: 3}]
    """
    (quoted,) = quotes(case(told), halcyon)
    assert quoted.rated.charges
    assert "no_date" not in {each.problem for each in quoted.rated.unpriced}


def test_made_up_facts_say_that_they_are() -> None:
    (quoted,) = quotes(case("shipments: {S1: {weight: 1 lb}}"), northwind())
    assert {source_of(fact) for fact in quoted.facts.values()} == {"asked: case.yaml:1:17"}
