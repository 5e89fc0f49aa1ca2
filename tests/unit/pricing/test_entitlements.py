"""What nobody claims, found and priced: each with the arithmetic that a biller reckons."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.authoring.files.card_files import card_from
from app.evidence.correlation.authority import Authority, Owner
from app.evidence.correlation.unit import BillableUnit, unit_of
from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Accessorial, Approval, Outcome
from app.evidence.facts.order import Order
from app.evidence.facts.warehouse import StoragePeriod
from app.money import Money
from app.pricing.contract.contract import ClaimWindow, Contract
from app.pricing.entitlement.deadline import claim_deadline
from app.pricing.entitlement.found import Barred, Entitlement, Found
from app.pricing.entitlement.made import Scene, made_fact, storage_unit
from app.pricing.entitlement.standing import standing_of
from app.pricing.rating.card import RateCard
from tests.unit.pricing import made_facts as made
from tests.unit.pricing.arithmetic import holds, result_of
from tests.unit.pricing.made_stock import period
from tests.unit.pricing.test_money_cases import CASES as PRICING
from tests.unit.pricing.test_money_cases import card_of, moment, texts, told_in

CASES = Path(__file__).parents[2] / "cases" / "entitlement" / "found.yaml"
Case = dict[str, Any]
WHO_MAY = Authority(
    owners=(
        Owner(attribute="approval", systems=("ops", "portal")),
        Owner(attribute="document", systems=("tms", "dms", "carrier")),
    )
)
LATER = datetime(2026, 6, 1, tzinfo=UTC)


def cases() -> list[Any]:
    every = yaml.load_all(CASES.read_text(encoding="utf-8"), yaml.CBaseLoader)
    return [pytest.param(case, id=case["case"]) for case in every]


def refolded(unit: BillableUnit, *more: Fact) -> BillableUnit:
    return unit_of(unit.unit, (*unit.facts.values(), *more), WHO_MAY)


def scene_of(case: Case, number: str, *more: Fact) -> Scene:
    """The unit of a case with what else is told, and a contract with the case's windows."""
    units, market, known_on = told_in(case)
    told = case.get("shipments", {}).get(number, {})
    if "ordered" in told:
        more = (*more, made.fact(Order(order="O-1", customer="CASE"), moment(told["ordered"])))
    for name, days in case.get("other periods", {}).items():
        first, _, last = days.split()
        more = (*more, period(name, first, last))
    windows = tuple(
        ClaimWindow(charge=each["charge"], days=int(each["days"]), source=each["source"])
        for each in case.get("claim windows", [])
    )
    contract = Contract(
        customer="CASE",
        name="case",
        agreed_in="a case",
        currency="USD",
        effective_from=date(2026, 1, 1),
        billable_unit="storage" if "periods" in case else "shipment",
        claim_windows=windows,
    )
    return Scene(
        unit=refolded(units[number], *more),
        siblings=tuple(units.values()),
        market=market,
        card=claimed_card(case),
        known_on=known_on,
        contract=contract,
        billed=frozenset(case.get("billed", ())),
    )


def claimed_card(case: Case) -> RateCard:
    """A card of the pricing cases, with what the case says of its first charge."""
    if not isinstance(case["card"], str):
        return card_of(case)
    folder = PRICING / "cards" / case["card"]
    card = yaml.load((folder / "card.yaml").read_text(encoding="utf-8"), yaml.CBaseLoader)
    card["charges"][0] |= case.get("with charge", {})
    files = {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*.csv")}
    return card_from("case", {**files, "card.yaml": yaml.safe_dump(card)}.__getitem__)


def found_in(case: Case, number: str, *more: Fact) -> Found:
    return standing_of(scene_of(case, number, *more), LATER)[1].found


@pytest.mark.parametrize("case", cases())
def test_case_finds_what_a_biller_reckons_and_nothing_else(case: Case) -> None:
    for number, expected in case["expect"].items():
        found = found_in(case, number)
        wanted, barred = expected.get("entitlements", []), expected.get("barred", [])
        assert [each.entitlement for each in found.entitlements] == names(wanted), found
        assert [each.entitlement for each in found.barred] == names(barred), found
        for each, words in zip(found.entitlements, wanted, strict=True):
            check(each, words)
        for ruled_out, words in zip(found.barred, barred, strict=True):
            check_barred(ruled_out, words)
        if "together" in expected:
            assert holds(expected["together"]), expected["together"]
            assert found.together == (Money(result_of(expected["together"]), "USD"),)


def names(expected: list[Any]) -> list[str]:
    return [each["entitlement"] for each in expected]


def check(each: Entitlement, words: dict[str, Any]) -> None:
    check_amount(each.amount, words)
    assert each.times.fault.value == words["fault"], each.times.because
    assert (each.deadline.last_day.isoformat() if each.deadline else None) == words.get("deadline")
    segments = [f"{segment.name} {segment.minutes}" for segment in each.times.segments]
    assert "segments" not in words or segments == texts(words["segments"])
    assert list(each.papers) == texts(words.get("papers", []))
    for missing in texts(words.get("missing", [])):
        assert any(missing in told for told in each.missing), each.missing
    assert each.facts, "what is found is shown by facts"


def check_barred(each: Barred, words: dict[str, Any]) -> None:
    check_amount(each.amount, words)
    assert words["why"] in each.why
    assert each.times is not None
    assert each.times.fault.value == words["fault"]
    assert each.times.otherwise == words.get("otherwise", each.times.otherwise)


def check_amount(amount: Money | None, words: dict[str, Any]) -> None:
    if "amount" not in words:
        assert amount is None
        return
    assert amount is not None
    assert str(amount.amount) == words["amount"]
    for sentence in texts(words["because"]):
        assert holds(sentence), sentence
    assert result_of(texts(words["because"])[-1]) == amount.amount


@pytest.mark.parametrize("case", cases())
def test_what_is_claimed_is_billed_to_the_cent_and_found_no_more(case: Case) -> None:
    for number in case["expect"]:
        scene = scene_of(case, number)
        rated, extra = standing_of(scene, LATER)
        for each in extra.found.entitlements:
            match each.claim:
                case Accessorial() as said:
                    again = scene_of(case, number, made_fact(said, LATER))
                    then, after = standing_of(again, LATER)
                    billed = [c.amount for c in then.charges if c.subject == said.accessorial]
                    assert billed == ([each.amount] if each.amount else [])
                case StoragePeriod() as said:
                    then = scene.priced(storage_unit(scene.unit, said, LATER))
                    assert then.total == each.amount
                    after = standing_of(scene_of(case, number, made_fact(said, LATER)), LATER)[1]
                case None:
                    assert each.amount in [charge.amount for charge in rated.charges]
                    continue
            left = [other.entitlement for other in after.found.entitlements]
            assert each.entitlement not in left


@pytest.mark.parametrize("case", cases())
def test_what_is_dismissed_by_somebody_who_may_is_shown_with_the_reason_and_found_no_more(
    case: Case,
) -> None:
    for number in case["expect"]:
        for each in found_in(case, number).entitlements:
            after = found_in(case, number, dismissal(each.entitlement, "ops"))
            assert each.entitlement not in [other.entitlement for other in after.entitlements]
            (gone,) = [other for other in after.barred if other.entitlement == each.entitlement]
            assert "A. Person" in gone.why
            assert "a favour" in gone.why
            same = found_in(case, number, dismissal(each.entitlement, "carrier"))
            assert each.entitlement in [other.entitlement for other in same.entitlements]


def dismissal(name: str, system: str) -> Fact:
    said = Approval(
        approval="A-1",
        subject=name,
        granted=False,
        outcome=Outcome.WAIVED,
        approver="A. Person",
        authority="ops",
        reason="a favour",
    )
    return made.fact(said, datetime(2026, 5, 1, tzinfo=UTC), system=system)


def test_a_window_of_the_charge_goes_before_the_one_for_any() -> None:
    contract = Contract(
        customer="C",
        name="",
        agreed_in="",
        currency="USD",
        effective_from=date(2026, 1, 1),
        claim_windows=(
            ClaimWindow(charge="any", days=90, source="section 8"),
            ClaimWindow(charge="detention", days=1, source="section 4"),
        ),
    )
    detention = claim_deadline(contract, "detention", date(2026, 3, 31))
    assert detention is not None
    assert (detention.last_day, detention.source) == (date(2026, 4, 1), "section 4")
    assert not detention.has_passed(date(2026, 4, 1))
    assert detention.has_passed(date(2026, 4, 2))
    other = claim_deadline(contract, "layover", date(2026, 3, 31))
    assert other is not None
    assert other.source == "section 8"
    assert claim_deadline(None, "detention", date(2026, 3, 31)) is None
