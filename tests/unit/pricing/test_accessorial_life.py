"""The life of an accessorial: every move of the table, and what facts make of it."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.authoring.files.card_files import card_from
from app.evidence.correlation.authority import Authority, Owner
from app.evidence.correlation.unit import BillableUnit, unit_of
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.money import Accessorial, Approval, Outcome
from app.evidence.facts.papers import Document, DocumentStatus
from app.money import Money
from app.pricing.contract.accessorial_life import Life, lives_of, subjects_of
from app.pricing.contract.accessorial_moves import Act, State, moved
from app.pricing.entitlement.made import Scene
from app.pricing.entitlement.standing import standing_of
from tests.unit.pricing import made_facts as made

CASES = Path(__file__).parents[2] / "cases" / "entitlement"
Case = dict[str, Any]
WHO_MAY = Authority(
    owners=(
        Owner(attribute="approval", systems=("ops",)),
        Owner(attribute="document", systems=("dms",)),
    )
)
CARD = {
    "card.yaml": """
name: Liftgates
customer: CASE
currency: USD
agreed in: made for cases
effective: 2026-01-01 onwards
rate date: pickup
charges:
  - {charge: liftgate, shape: accessorial, rates: liftgate.csv}
  - {charge: admin, shape: percentage, of: liftgate, taken of: charges, rates: admin.csv}
""",
    "liftgate.csv": "row,rate,effective from,known from\n1,85.00,2026-01-01,2025-12-01\n",
    "admin.csv": "row,percent,effective from,known from\n1,10,2026-01-01,2025-12-01\n",
}


def moves() -> list[Any]:
    table = yaml.load((CASES / "moves.yaml").read_text(encoding="utf-8"), yaml.CBaseLoader)
    return [
        pytest.param(state, act, told, id=f"{act} when {state}")
        for state, acts in table.items()
        for act, told in acts.items()
    ]


@pytest.mark.parametrize(("state", "act", "told"), moves())
def test_an_act_moves_it_on_or_has_no_effect_for_a_reason(state: str, act: str, told: str) -> None:
    after = moved(State(state), Act(act))
    if isinstance(after, State):
        assert after.value == told
    else:
        assert told in after


def test_every_act_in_every_state_has_a_case() -> None:
    assert {(each.values[0], each.values[1]) for each in moves()} == {
        (state.value, act.value) for state in State for act in Act
    }


def lives() -> list[Any]:
    every = yaml.load_all((CASES / "lives.yaml").read_text(encoding="utf-8"), yaml.CBaseLoader)
    return [pytest.param(case, id=case["case"]) for case in every]


@pytest.mark.parametrize("case", lives())
def test_it_stands_where_its_facts_leave_it(case: Case) -> None:
    scene = scene_of(case)
    rated, extra = standing_of(scene, hour("12:00"))
    (life,) = extra.lives
    assert life.state.value == case["state"], life.steps
    refused = [step.refused for step in life.steps if step.refused]
    assert bool(refused) == ("no effect" in case), refused
    assert all(case["no effect"] in why for why in refused)
    if "excluded" in case:
        assert rated.charges == ()  # what is taken of it is gone with it
        (excluded,) = rated.excluded
        assert excluded.why.startswith(f"{case['excluded']}: by A. Person (ops): because")
        assert excluded.amount == Money(Decimal("85.00"), "USD")
    else:
        assert [str(each.amount) for each in rated.charges] == ["85.00 USD", "8.50 USD"]


@pytest.mark.parametrize("case", lives())
def test_the_order_in_which_facts_are_told_is_nothing(case: Case) -> None:
    assert life_in(case, facts_in(case)) == life_in(case, facts_in(case)[::-1])


def test_a_line_that_is_only_measured_can_be_waived() -> None:
    text = CARD["card.yaml"].partition("charges:")[0] + (
        "charges:\n  - {charge: detention, shape: detention, clock starts: arrival, "
        "free minutes: 120, increment minutes: 60, counted: exactly, rates: detention.csv}\n"
    )
    files = {
        "card.yaml": text,
        "detention.csv": "row,rate,effective from,known from\n1,35.00,2026-01-01,2025-12-01\n",
    }
    stop = made.stop("2", arrived_at=hour("01:00"), departed_at=hour("05:00"))
    waived = decision({"at": "06:00", "decides": "waived", "about": "stop 2"})
    unit = unit_of("shipment:S", (made.picked_up(), stop, waived), WHO_MAY)
    scene = Scene(
        unit=unit,
        siblings=(unit,),
        market=(),
        card=card_from("case", files.__getitem__),
        known_on=date(2026, 3, 31),
        contract=None,
    )
    rated, extra = standing_of(scene, hour("12:00"))
    assert rated.charges == ()
    assert [str(each.amount) for each in rated.excluded] == ["70.00 USD"]
    assert [life.state for life in extra.lives] == [State.WAIVED]


@pytest.mark.parametrize(
    ("granted", "outcome", "reason", "approver", "told"),
    [
        (True, Outcome.WAIVED, "r", "p", "granted is True and the outcome is waived"),
        (False, Outcome.GRANTED, "r", "p", "granted is False and the outcome is granted"),
        (False, Outcome.REJECTED, " ", "p", "needs an approver and a reason"),
        (False, Outcome.WAIVED, "r", "", "needs an approver and a reason"),
    ],
)
def test_two_answers_in_one_and_a_waiver_for_no_reason_are_refused(
    *, granted: bool, outcome: Outcome, reason: str, approver: str, told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        Approval(
            approval="A",
            subject="S",
            granted=granted,
            outcome=outcome,
            approver=approver,
            authority="ops",
            reason=reason,
        )


def scene_of(case: Case) -> Scene:
    unit = unit_in(facts_in(case))
    return Scene(
        unit=unit,
        siblings=(unit,),
        market=(),
        card=card_from("case", CARD.__getitem__),
        known_on=date(2026, 3, 31),
        contract=None,
        billed=frozenset({"liftgate/LG-1"} if "billed" in case else ()),
    )


def life_in(case: Case, facts: list[Fact]) -> tuple[Life, ...]:
    scene = scene_of(case)
    unit = unit_in(facts)
    subjects = subjects_of(unit, scene.priced(scene.unit))
    return lives_of(unit, subjects, hour("12:00"), scene.billed)


def unit_in(facts: list[Fact]) -> BillableUnit:
    return unit_of("shipment:S", (made.picked_up(), *facts), WHO_MAY)


def facts_in(case: Case) -> list[Fact]:
    return [fact_in(told) for told in case["told"]]


def fact_in(told: dict[str, Any]) -> Fact:
    at = hour(told["at"])
    if "paper" in told:
        paper = Document(
            document=told["paper"], document_type="RECEIPT", status=DocumentStatus.ACCEPTED
        )
        return made.fact(paper, at, system="dms")
    if "claim" in told:
        said = Accessorial(
            accessorial="LG-1", charge="liftgate", evidence=tuple(told["claim"]), reason=told["at"]
        )
        return made.fact(said, at, system="carrier")
    return decision(told)


def decision(told: dict[str, Any]) -> Fact:
    word = told["decides"]
    said = Approval(
        approval=f"A-{told['at']}",
        subject=told.get("about", "LG-1"),
        granted=word == "granted",
        outcome=None if word == "no" else Outcome(word),
        approver="A. Person",
        authority="ops",
        reason="because",
        up_to=Money(Decimal(told["up to"]), "USD") if "up to" in told else None,
        expires_at=hour(told["expires"]) if "expires" in told else None,
    )
    classifier = Classifier(told.get("classifier", "actual"))
    return made.fact(said, hour(told["at"]), system=told.get("by", "ops"), classifier=classifier)


def hour(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-05T{text}:00+00:00")
