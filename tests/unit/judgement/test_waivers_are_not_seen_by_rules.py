"""What people waived is for the verdict; rules, and so both keys, see the unit without it."""

from datetime import timedelta

from app.evidence.correlation.unit import unit_of
from app.evidence.facts.fact import Said
from app.evidence.facts.freight import Shipment
from app.evidence.facts.work import Waiver
from app.judgement.rulebook.seen import View
from app.judgement.rulebook.view import view_of
from app.pricing.lines.charge import Rated
from tests.unit.pricing.made_facts import KEEPERS, PICKED_UP, fact


def seen(*said: Said) -> View:
    unit = unit_of("shipment:S", [fact(each, system="ops") for each in said], KEEPERS)
    return view_of(unit, (), Rated(currency="USD"), None, PICKED_UP + timedelta(days=1))


def test_a_waiver_changes_nothing_that_a_rule_can_look_at() -> None:
    shipment = Shipment(shipment="S", customer="C")
    waiver = Waiver(waiver="W", hold="POD_MISSING", granted=True, approver="x", reason="y")
    assert seen(shipment, waiver) == seen(shipment)
