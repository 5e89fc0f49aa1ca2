"""Where units stand, checked against what a biller says of them: `tests/cases/standing/`."""

from typing import Any

import msgspec
import pytest

from app.reports.standing.standing import BilledInvoice, Spell, Standing, WhereItStands
from app.reports.standing.standing_of import stands
from app.reports.work.urgency import rank_of, urgency_of
from tests.standing_cases import CASES, cases, history_of
from tests.unit.reports.forecast.made_holds import hold

FILES = ("stages", "moments", "holds", "invoices")
TOLD = [(name, case) for name in FILES for case in cases(name)]
KINDS = (Standing, Spell, BilledInvoice)
WORDS = {"because", "hold", "invoice", "subject", "spells", "invoices"}


def _id(told: Any) -> str:
    return str(told["case"]) if isinstance(told, dict) else ""


@pytest.mark.parametrize(("file", "case"), TOLD, ids=_id)
def test_the_unit_stands_where_the_biller_says(file: str, case: dict[str, Any]) -> None:
    found = stands(history_of(case))

    for expected in case["expect"]:
        about = _about(expected, found)
        told = {name: getattr(about, name) for name in expected if name not in WORDS}
        wanted = {name: value for name, value in expected.items() if name not in WORDS}
        assert told == wanted, f"{file}: {expected['because']}"
        assert len(found.spells) == expected.get("spells", len(found.spells))


def _about(
    expected: dict[str, Any], found: WhereItStands
) -> Standing | Spell | BilledInvoice | None:
    if "hold" in expected:
        code, place = expected["hold"], expected.get("place", 1)
        key = (code, expected.get("subject", ""), place)
        return next(s for s in found.spells if (s.code, s.subject, s.place) == key)
    if "invoice" in expected:
        return next(each for each in found.invoices if each.release_id == expected["invoice"])
    return found.standing


@pytest.mark.parametrize("case", cases("urgency"), ids=_id)
def test_urgency_is_worked_out_by_hand(case: dict[str, Any]) -> None:
    told = case["hold"]
    spell = hold(
        value_minor=told.get("minor"),
        due_at=told["due"],
        right_until=told.get("right until"),
        cutoff_at=told.get("batch"),
        moving=told.get("moving", False),
    )

    found = urgency_of(spell, case["at"])

    assert (found.factor, found.why) == (case["factor"], case["says"]), case["because"]
    assert rank_of(spell, case["at"]) == case["rank"], case["because"]


@pytest.mark.parametrize(("file", "case"), TOLD, ids=_id)
def test_each_expected_value_has_its_reason(file: str, case: dict[str, Any]) -> None:
    assert all(each["because"].strip() for each in case["expect"]), f"{file}: {case['case']}"
    known = {
        *Standing.__struct_fields__,
        *Spell.__struct_fields__,
        *BilledInvoice.__struct_fields__,
    }
    assert {name for each in case["expect"] for name in each} <= known | WORDS


def test_every_file_of_cases_is_read() -> None:
    assert {path.stem for path in CASES.glob("*.yaml")} == {*FILES, "urgency"}


def test_a_unit_that_is_gone_stands_nowhere_and_keeps_what_it_was_billed() -> None:
    case = next(case for case in cases("holds") if case["case"].startswith("A unit that is gone"))
    found = stands(history_of(case))
    assert (found.standing, found.permitted) == (None, ())
    assert [each.how for each in found.spells] == ["gone"]


def test_the_order_in_which_facts_are_given_does_not_matter() -> None:
    for _, case in TOLD:
        history = history_of(case)
        turned = msgspec.structs.replace(history, facts=tuple(reversed(history.facts)))
        assert stands(turned) == stands(history), case["case"]
