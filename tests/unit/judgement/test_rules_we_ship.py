"""The rules in rules/, by the cases beside them, judged by both keys."""

from collections.abc import Iterator

import pytest

from app.authoring.workshop.case_files import RuleCase
from app.authoring.workshop.case_runs import run_case
from app.infrastructure.engine.pool import EnginePool
from app.judgement.rulebook.model import Kind
from tests.hold_table import hold_table
from tests.rule_cases import packs_we_ship, read_rule_cases

CASES = list(read_rule_cases())


@pytest.fixture(scope="module")
def first_key() -> Iterator[EnginePool]:
    with EnginePool(time_limit_s=10.0) as pool:
        yield pool


@pytest.mark.parametrize("case", CASES, ids=[f"{case.folder}: {case.name}" for case in CASES])
def test_the_rules_say_what_the_case_says(case: RuleCase, first_key: EnginePool) -> None:
    assert list(run_case(case, packs_we_ship()[case.folder], first_key)) == []


def test_every_requirement_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    for folder in {case.folder for case in CASES}:
        mine = [case for case in CASES if case.folder == folder]
        for rule in packs_we_ship()[folder].rules:
            if rule.kind is Kind.REQUIRE and folder == "standard":
                assert any(rule.rule_id in case.fires for case in mine), rule.rule_id
                assert any(rule.rule_id not in case.fires for case in mine), rule.rule_id


def test_every_hold_is_shown_by_its_rule_and_its_three_cases() -> None:
    missing = {row.code: row.missing for row in hold_table() if row.missing}
    assert not missing


def test_the_three_cases_of_a_hold_are_three() -> None:
    for row in hold_table():
        shown = [name for name in (row.fires, row.silent, row.boundary) if name]
        assert len(set(shown)) == len(shown), row.code


def test_the_catalogue_has_every_hold_of_the_trade_and_each_has_an_owner_and_a_due_time() -> None:
    rows = list(hold_table())
    # 46 of the trade, margin floor, allocation, adjustments, six about disputes, two of the right
    # to bill, and five of the service's own
    assert len(rows) == 62
    assert all(row.owner and row.due_hours > 0 for row in rows)


def test_a_boundary_is_a_boundary_of_a_hold_that_is_there() -> None:
    known = {row.code for row in hold_table()}
    assert {code for case in CASES for code in case.boundary_of} <= known


def test_there_are_more_rules_than_a_spreadsheet_had() -> None:
    assert len(packs_we_ship()["standard"].rules) >= 20


def test_every_waivable_hold_of_a_policy_is_in_the_catalogue() -> None:
    pack = packs_we_ship()["NORTHWIND"]
    for rule in pack.rules:
        for code in rule.provisional.waives if rule.provisional else ():
            assert pack.hold(code).waivable
