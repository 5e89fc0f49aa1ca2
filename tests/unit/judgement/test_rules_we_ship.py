"""The rules in rules/, by the cases beside them, judged by both keys."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache

import pytest

from app.authoring.files.rule_files import load_packs
from app.infrastructure.engine.pool import EnginePool
from app.judgement.rulebook.key import Answer
from app.judgement.rulebook.model import Kind, RulePack
from app.judgement.rulebook.second_key import SecondKey
from app.judgement.verdict import ruling_on
from app.money import Money
from tests.hold_table import hold_table
from tests.rule_cases import RULES, RuleCase, read_rule_cases, view_in

CASES = list(read_rule_cases())


@cache
def pack_of(folder: str) -> RulePack:
    packs = {pack.name: pack for pack in load_packs(RULES)}
    return packs[folder]


@pytest.fixture(scope="module")
def first_key() -> Iterator[EnginePool]:
    with EnginePool(time_limit_s=10.0) as pool:
        yield pool


@pytest.mark.parametrize("case", CASES, ids=[f"{case.folder}: {case.name}" for case in CASES])
def test_the_rules_say_what_the_case_says(case: RuleCase, first_key: EnginePool) -> None:
    pack = pack_of(case.folder)
    view = view_in(case, pack)
    answer = SecondKey(pack).judge(view)
    assert first_key.judge(pack, view) == answer
    required = {rule.rule_id for rule in pack.rules if rule.kind is Kind.REQUIRE}
    fired = sorted({firing.rule_id for firing in answer.firings} & required)
    assert fired == sorted(case.fires)
    assert _verdict(pack, answer, case) == case.verdict


def _verdict(pack: RulePack, answer: Answer, case: RuleCase) -> str:
    lines = []
    for charge in case.items.get("charge", []):
        amount, currency = charge["amount"].replace(",", "").split()
        lines.append((charge["charge"], Money(Decimal(amount), currency)))
    split = case.unit["split_held_lines"] == "yes"
    return ruling_on(pack, answer.firings, lines, split_held_lines=split).verdict.value


def test_every_requirement_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    for folder in {case.folder for case in CASES}:
        mine = [case for case in CASES if case.folder == folder]
        for rule in pack_of(folder).rules:
            if rule.kind is Kind.REQUIRE and folder == "standard":
                assert any(rule.rule_id in case.fires for case in mine), rule.rule_id
                assert any(rule.rule_id not in case.fires for case in mine), rule.rule_id


def test_every_hold_is_shown_by_its_rule_and_its_three_cases() -> None:
    missing = {row.code: row.missing for row in hold_table() if row.missing}
    assert not missing


def test_the_catalogue_has_every_hold_of_the_trade_and_each_has_an_owner_and_a_due_time() -> None:
    rows = list(hold_table())
    # 46 of the trade, margin floor, allocation without weights, and five of the service's own
    assert len(rows) == 53
    assert all(row.owner and row.due_hours > 0 for row in rows)


def test_a_boundary_is_a_boundary_of_a_hold_that_is_there() -> None:
    known = {row.code for row in hold_table()}
    assert {code for case in CASES for code in case.boundary_of} <= known


def test_there_are_more_rules_than_a_spreadsheet_had() -> None:
    assert len(pack_of("standard").rules) >= 20


def test_every_waivable_hold_of_a_policy_is_in_the_catalogue() -> None:
    pack = pack_of("NORTHWIND")
    for rule in pack.rules:
        for code in rule.provisional.waives if rule.provisional else ():
            assert pack.hold(code).waivable
