"""A rule pack as people read it."""

from pathlib import Path

import msgspec
import pytest

from app.authoring.workshop.written_rules import questions_in, rule_as_written
from app.judgement.rulebook.model import RulePack
from app.reports.rules.pages import ShownPack, ShownRule, pack_shown
from tests.rule_cases import RULES
from tests.unit.explanation.made_units import drafts


def packs() -> dict[str, RulePack]:
    return {pack.name: pack for pack in drafts().packs}


@pytest.fixture(scope="module")
def northwind() -> ShownPack:
    return pack_shown(packs()["NORTHWIND"], packs()["standard"])


def rule(pack: ShownPack, rule_id: str) -> ShownRule:
    found = pack.rule(rule_id)
    assert found is not None
    return found


def every_rule(pack: ShownPack) -> list[ShownRule]:
    return [rule for file in pack.files for each in file.checklists for rule in each.rules]


def test_every_rule_is_shown_once_under_its_file(northwind: ShownPack) -> None:
    ids = [each.rule_id for each in every_rule(northwind)]
    assert sorted(ids) == sorted(each.rule_id for each in packs()["NORTHWIND"].rules)
    for file in northwind.files:
        assert {each.file for checklist in file.checklists for each in checklist.rules} == {
            file.file
        }


def test_what_is_the_customers_own_comes_first_and_is_marked(northwind: ShownPack) -> None:
    assert northwind.files[0].file == "rules/customers/NORTHWIND/provisional.yaml"
    assert [each.rule_id for each in every_rule(northwind) if each.is_own] == ["NW-PRV-1"]
    assert northwind.differs == (
        "Rule NW-PRV-1 of its own: Bill before the proof of delivery arrives",
        "1 row of its own in approval-limits",
    )


def test_the_pack_for_everybody_differs_from_nothing() -> None:
    standard = packs()["standard"]
    assert pack_shown(standard, standard).differs == ()


def test_a_rule_that_reads_otherwise_or_is_gone_is_a_difference() -> None:
    standard = packs()["standard"]
    first, second, *rest = standard.rules
    other = msgspec.structs.replace(
        standard, rules=(msgspec.structs.replace(second, say="otherwise"), *rest)
    )
    assert pack_shown(other, standard).differs == (
        f"Rule {second.rule_id} reads otherwise: {second.checklist}",
        f"Without {first.rule_id}",
    )


@pytest.mark.parametrize(
    ("rule_id", "does"),
    [
        ("POD-1", "holds the invoice with POD_MISSING"),
        ("ACC-1", "holds the line with ACCESSORIAL_UNAPPROVED"),
        ("CUT-1", "warns with CUTOFF_MISSED"),
        ("REL-1", "permits the release"),
        ("NW-PRV-1", "permits a provisional invoice"),
    ],
)
def test_a_rule_says_what_it_does(northwind: ShownPack, rule_id: str, does: str) -> None:
    assert rule(northwind, rule_id).does == does


def test_a_rule_is_shown_with_the_tables_behind_its_names(northwind: ShownPack) -> None:
    (table,) = rule(northwind, "ACC-3").tables
    assert (table.name, table.keys, table.values) == (
        "approval-limits",
        ("customer", "mode", "charge"),
        ("approval limit",),
    )
    assert [(row.cells[-1], row.is_own) for row in table.rows] == [
        ("100.00 USD", True),
        ("400.00 USD", False),
        ("250.00 USD", False),
    ]
    assert [each.name for each in rule(northwind, "CST-7").tables] == ["cost-tolerances"]
    assert [each.name for each in rule(northwind, "CST-10").tables] == ["cost-line-tolerances"]
    assert rule(northwind, "POD-1").tables == ()


def test_one_line_of_a_table_file_is_one_row_with_all_its_columns(northwind: ShownPack) -> None:
    (table,) = [each for each in northwind.tables if each.name == "cost-tolerances"]
    assert table.values == (
        "above amount",
        "above percent",
        "below amount",
        "below percent",
        "must hold",
    )
    assert table.rows[0].cells[3:] == ("5.00 USD", "2", "5.00 USD", "2", "either")
    assert len({row.written_at for row in table.rows}) == len(table.rows) == 3


def test_every_rule_is_found_as_it_is_written(northwind: ShownPack) -> None:
    for each in every_rule(northwind):
        written = rule_as_written(RULES, each)
        assert f"id: {each.rule_id}" in written.text, each.rule_id
        assert written.text.count("id: ") == 1


def test_every_requirement_has_a_case_in_which_it_fires(northwind: ShownPack) -> None:
    for each in every_rule(northwind):
        if each.hold:
            cases = rule_as_written(RULES, each).cases
            assert [case for case in cases if case.why == "it fires"], each.rule_id


def test_a_place_that_holds_another_rule_by_now_shows_nothing(northwind: ShownPack) -> None:
    moved = msgspec.structs.replace(rule(northwind, "POD-1"), rule_id="POD-9")
    assert rule_as_written(RULES, moved).text == ""


@pytest.mark.parametrize("file", ["rules/../pyproject.toml", "/etc/hostname", "rules/gone.yaml"])
def test_nothing_outside_the_rules_is_ever_shown(northwind: ShownPack, file: str) -> None:
    astray = msgspec.structs.replace(rule(northwind, "POD-1"), file=file, line=1)
    assert rule_as_written(RULES, astray).text == ""


def test_drafts_that_cannot_be_read_show_nothing(northwind: ShownPack, tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    (folder / "standard").mkdir(parents=True)
    (folder / "standard" / "delivery.yaml").write_text("a: [", encoding="utf-8")
    written = rule_as_written(folder, rule(northwind, "POD-1"))
    assert (written.text, written.cases) == ("", ())


def test_a_file_is_headed_by_the_question_it_answers() -> None:
    questions = questions_in(RULES)
    assert questions["rules/standard/tax.yaml"] == "Is everything here that the tax depends on?"
    assert not any("cases" in file for file in questions)
