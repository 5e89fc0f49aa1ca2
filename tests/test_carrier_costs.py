"""What carriers bill against what was expected, case by case through whole decisions."""

import random
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
import yaml

from app.authoring.files.rule_files import load_packs
from app.decide import conclude, prepare, second_answer
from app.dossier import METHODS_NOW, Editions
from app.evidence.facts.fact import Fact, identified
from app.evidence.facts.money import Approval, Cost, CostKind, CostLine
from app.evidence.facts.papers import ExceptionReport
from app.evidence.facts.reference import Reference, ReferenceKind
from app.infrastructure.engine.pool import EnginePool
from app.judgement.decision import Decision
from app.judgement.rulebook.model import RulePack
from app.judgement.rulebook.seen import View
from app.money import Money
from tests.rule_cases import RULES
from tests.unit.explanation.made_units import (
    DELIVERED,
    LAST_WORD,
    decided,
    editions,
    moved,
    order,
    pod,
    shipment,
    told,
)
from tests.unit.pricing.arithmetic import holds as is_true

CASES = Path(__file__).parent / "cases" / "money" / "carrier-costs.yaml"
HEAD = "above amount,above percent,below amount,below percent,must hold,note"
TABLES = {
    "tolerances": ("cost-tolerances.csv", f"customer,carrier,mode,{HEAD}"),
    "line tolerances": ("cost-line-tolerances.csv", f"customer,carrier,mode,charge,{HEAD}"),
}
NUMBERS = {"pro": ReferenceKind.PRO, "bol": ReferenceKind.BOL, "container": ReferenceKind.CONTAINER}
Case = dict[str, Any]
Decided = tuple[Decision, View]


def read_cases() -> tuple[Case, ...]:
    """Every case; all values are text, as billers typed them."""
    return tuple(yaml.load_all(CASES.read_text(encoding="utf-8"), yaml.CBaseLoader))


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def bill_in(written: Case) -> Fact:
    kind = next(each for each in CostKind if each.value in written)
    carrier = written.get("carrier", "ABFL")
    said = Cost(
        kind=kind,
        carrier=carrier,
        number=written[kind.value],
        bill_type=written.get("type", "original"),
        total=usd(written["total"]),
        lines=tuple(
            CostLine(line=str(place), charge=charge, amount=usd(amount))
            for place, (charge, amount) in enumerate(written.get("lines", {}).items(), start=1)
        ),
    )
    system = "carrier" if kind is CostKind.INVOICED else "tms"
    fact = told(said, DELIVERED + timedelta(days=int(written.get("day", 0))), system)
    references = tuple(
        Reference(kind=of, value=written[name], issuer=carrier if name == "pro" else "")
        for name, of in NUMBERS.items()
        if name in written
    )
    return identified(msgspec.structs.replace(fact, references=references))


def approval_in(written: Case) -> Fact:
    expires = written.get("expires")
    said = Approval(
        approval=f"AP {written['subject']}",
        subject=written["subject"],
        granted=written.get("granted", "yes") == "yes",
        approver="somebody",
        authority=written.get("authority", "freight audit"),
        up_to=usd(written["up to"]) if "up to" in written else None,
        expires_at=datetime.fromisoformat(expires) if expires else None,
    )
    return told(said, LAST_WORD, written.get("by", "ops"))


@cache
def pack_with(tables: tuple[tuple[str, str], ...]) -> RulePack:
    """Northwind's rules with these tables in the place of the standard ones."""
    with TemporaryDirectory() as folder:
        rules = Path(shutil.copytree(RULES, Path(folder) / "rules"))
        for name, rows in tables:
            file, head = TABLES[name]
            (rules / "standard" / "tables" / file).write_text(f"{head}\n{rows}\n", "utf-8")
        return next(pack for pack in load_packs(rules) if pack.name == "NORTHWIND")


def editions_for(case: Case) -> Editions:
    agreed: dict[str, Any] = {
        name: Decimal(value) if name.endswith("percent") else value == "yes"
        for name, value in case.get("contract", {}).items()
    }
    tables = tuple((name, case[name]) for name in TABLES if name in case)
    in_force = editions("NORTHWIND", **agreed)
    return msgspec.structs.replace(in_force, rules=pack_with(tables)) if tables else in_force


def facts_of(case: Case) -> list[Fact]:
    facts = [shipment(), order(), *moved(), pod(), *map(bill_in, case["bills"])]
    facts += map(approval_in, case.get("approvals", []))
    if kind := case.get("exception"):
        facts.append(told(ExceptionReport(exception="EX-1", exception_type=kind), system="ops"))
    return facts


def decision_on(case: Case, facts: list[Fact], engine: EnginePool | None = None) -> Decided:
    dossier, in_force, decision = decided(facts, editions_for(case), methods=METHODS_NOW)
    question = prepare(dossier, in_force)
    if engine is not None:
        decision = conclude(question, engine.judge(question.pack, question.view)).decision
    return decision, second_answer(question)[1].view


@pytest.fixture(scope="module")
def engine() -> Iterator[EnginePool]:
    with EnginePool(time_limit_s=10.0) as pool:
        yield pool


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: case["case"])
def test_a_carriers_bills_are_judged_as_a_biller_reckons(case: Case, engine: EnginePool) -> None:
    decision, view = decision_on(case, facts_of(case), engine)
    expected = case["expect"]
    assert held(decision) == sorted(expected["holds"])
    assert decision.verdict.value == expected["verdict"]
    evidence = [each.says for hold in decision.holds for each in hold.evidence]
    for figure in expected.get("evidence", ()):
        assert any(figure in says for says in evidence), evidence
    if "cost" in expected:
        assert view.unit["cost_total"].value == usd(expected["cost"])
    for number, became in expected.get("stands", {}).items():
        assert set(became.split()) <= words_about(number, view), number
    assert all(is_true(sentence) for sentence in case.get("because", ()))


def held(decision: Decision) -> list[str]:
    return sorted(f"{hold.rule_id} {hold.code} {hold.subject}".strip() for hold in decision.holds)


def words_about(number: str, view: View) -> set[str]:
    (item,) = (i for i in view.items if i.entity == "cost" and f"/{number}/" in f"/{i.key}/")
    return {str(item.values[name].value) for name in ("standing", "tier", "bill_class")}


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: case["case"])
def test_the_order_in_which_bills_are_told_does_not_matter(case: Case) -> None:
    facts = facts_of(case)
    before, seen = decision_on(case, facts)
    for seed in range(3):
        random.Random(seed).shuffle(facts)
        again, view = decision_on(case, facts)
        assert (again.verdict, again.total, again.holds) == (
            before.verdict,
            before.total,
            before.holds,
        )
        assert view.items == seen.items
