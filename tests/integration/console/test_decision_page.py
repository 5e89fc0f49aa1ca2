"""One decision for audit: everything it was computed from, replayed, exported and printed."""

import json
import re
from dataclasses import replace

import pytest

from app.access import Person, Role
from app.judgement.rulebook.key import Answer, Firing, NoAnswer
from app.judgement.rulebook.model import RulePack
from app.judgement.rulebook.seen import View
from app.operations.deciding.decide_unit import decide_unit
from app.operations.house import House
from tests.integration.console.visiting import Visitor
from tests.integration.console.week import STAFF, Week
from tests.integration.operations.northwind import moved, pod, record

_RULE = re.compile(r'<summary><span class="chip [a-z]+">(fired|did not fire)</span> (\S+) ')
_NEXT = re.compile(r'<a href="([^"]*)" rel="next"')


@pytest.fixture
def decided(house: House) -> str:
    record(house, *moved("N-1", "12000"))
    return decide_unit(house, "N-1").decision.decision_id


def test_it_shows_facts_versions_both_engines_holds_and_lines(
    decided: str, visitor: Visitor
) -> None:
    page = visitor.see(f"/decisions/{decided}")
    for told in (
        "the same 3 firings came out of both",
        "POD_MISSING",
        "linehaul",
        "cwt_deficit_on_net_1",
        "tms north, message",
        "NORTHWIND",
        "yes, it is the last word on the unit",
        f"<code>{decided}</code>",
    ):
        assert told in page, told


def test_a_single_firing_is_told_in_the_singular(week: Week) -> None:
    (never_billed,) = [each for each in week.decisions if each.unit == "shipment:NS10427"]
    week.visitor.be(STAFF)
    page = week.visitor.see(f"/decisions/{never_billed.decision_id}")
    assert "the same 1 firing came out of both" in page
    assert re.search(r"The one of \d+ rules in force that fired\.", page)


def rules_on(page: str) -> list[str]:
    """The rules that are written out, in order, each with whether it fired."""
    return [
        f"{rule} {'fired' if did == 'fired' else 'did not'}" for did, rule in _RULE.findall(page)
    ]


def test_only_rules_that_fired_are_shown_until_all_are_asked_for(
    decided: str, visitor: Visitor
) -> None:
    some, first = (
        visitor.see(f"/decisions/{decided}"),
        visitor.see(f"/decisions/{decided}?rules=all"),
    )
    assert "did not fire" not in some
    assert "All of them" in some
    assert "Rules 1 to 20 of the " in first
    assert rules_on(first) == rules_on(visitor.see(f"/decisions/{decided}?rules=1"))
    assert rules_on(first)[: len(rules_on(some))] == rules_on(some)


def test_every_rule_is_on_exactly_one_part_and_all_are_printed(
    decided: str, visitor: Visitor
) -> None:
    seen: list[str] = []
    path = f"/decisions/{decided}"
    onwards = "?rules=all#rules"
    while onwards:
        page = visitor.see(path + onwards)
        assert 0 < len(rules_on(page)) <= 20
        seen += rules_on(page)
        found = _NEXT.search(page)
        onwards = found[1].removeprefix(path) if found else ""
    printed = visitor.see(f"{path}?print=1")
    assert len(seen) > 60
    assert seen == rules_on(printed)
    assert f"All {len(seen)} rules in force." in printed


@pytest.mark.parametrize(
    ("asked", "status"),
    [("999", 404), ("999999", 404), ("0", 422), ("-1", 422), ("01", 422), ("x", 422)],
)
def test_a_part_of_the_rules_that_is_not_there_is_told(
    decided: str, visitor: Visitor, asked: str, status: int
) -> None:
    page = visitor.see(f"/decisions/{decided}?rules={asked}", status)
    assert ("no part" if status == 422 else f"there is no part {asked} of its") in page


def test_for_print_everything_is_open_and_it_says_who_printed_what(
    decided: str, visitor: Visitor
) -> None:
    visitor.be(Person(name="Audrey", role=Role.AUDIT))
    page = visitor.see(f"/decisions/{decided}?print=1")
    assert "<details>" not in page
    assert "Printed by Audrey (audit)" in page
    assert "DEL-1" in page


def test_an_earlier_decision_says_that_another_came_after_it(
    decided: str, house: House, visitor: Visitor
) -> None:
    record(house, pod("N-1"))
    decide_unit(house, "N-1")
    assert "no, another one came after it" in visitor.see(f"/decisions/{decided}")


def test_the_export_holds_every_byte_that_was_stored(
    decided: str, house: House, visitor: Visitor
) -> None:
    answer = visitor.client.get(f"/decisions/{decided}.json")
    with house.database.reading(house.tenant) as store:
        row = store.decisions.decision(decided)
        dossier = store.decisions.dossier(row.dossier_digest)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert set(json.loads(answer.content)) == {"answers", "decision", "dossier", "trace"}
    for body in (row.body, row.trace, row.answers, dossier):
        assert body in answer.content


def test_an_auditor_replays_it_and_every_byte_comes_out_again(
    decided: str, visitor: Visitor
) -> None:
    visitor.be(Person(name="Audrey", role=Role.AUDIT))
    path = f"/decisions/{decided}"
    answer = visitor.send(f"{path}/replay", {}, on=path)
    assert answer.status_code == 200
    assert "Identical: every byte came out again" in answer.text
    assert answer.text.count("identical</span>") == 3
    assert f"<code>{decided}</code>" in answer.text, "the dossier has the digest it is named by"


def test_where_something_else_comes_out_the_first_byte_is_shown(
    decided: str, house: House, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(house.first_key), "judge", _other_answer)
    path = f"/decisions/{decided}"
    answer = visitor.send(f"{path}/replay", {}, on=path)
    assert "Not identical" in answer.text
    assert "differs from byte" in answer.text
    assert "decision, around byte" in answer.text
    assert f"&#34;decision_id&#34;:&#34;{decided[:8]}" in answer.text


def test_engines_that_differed_are_shown_beside_each_other(house: House, visitor: Visitor) -> None:
    record(house, *moved("N-1", "12000"))
    differing = replace(house, first_key=_Other())
    decision = decide_unit(differing, "N-1").decision
    page = visitor.see(f"/decisions/{decision.decision_id}")
    assert "do not agree" in page
    assert "Nothing is released by this decision" in page
    assert "the first, durable-rules" in page
    assert "the second, generated code" in page


def test_an_engine_that_gave_no_answer_is_told_with_its_reason(
    house: House, visitor: Visitor
) -> None:
    record(house, *moved("N-1", "12000"))
    decision = decide_unit(replace(house, first_key=_Silent()), "N-1").decision
    page = visitor.see(f"/decisions/{decision.decision_id}")
    assert "The first gave no complete answer: it was stopped" in page


@pytest.mark.parametrize("name", ["abc", "../etc/passwd", "f" * 64, "f" * 64 + ".json", "F" * 64])
def test_what_is_no_decision_is_not_found(visitor: Visitor, name: str) -> None:
    assert visitor.client.get(f"/decisions/{name}").status_code == 404


class _Other:
    """A key that finds something else."""

    def judge(self, pack: RulePack, view: View) -> Answer | NoAnswer:
        return _other_answer(self, pack, view)


class _Silent:
    """A key that was stopped."""

    def judge(self, _pack: RulePack, _view: View) -> Answer | NoAnswer:
        return NoAnswer(why="it was stopped")


def _other_answer(_self: object, _pack: RulePack, _view: View) -> Answer:
    return Answer(firings=(Firing("DEL-1"),))
