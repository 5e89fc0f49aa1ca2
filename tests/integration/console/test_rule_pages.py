"""The rules in force as pages, over the demo's week."""

import re
from collections import defaultdict
from html import unescape

import pytest

from app.judgement.decision import Decision
from app.judgement.verdict import Verdict
from app.operations.looking.rule_totals import keep_rules
from app.operations.looking.rules_in_force import pack_in_force, packs_in_force, rule_in_force
from app.reports.rules.effects import MoneyOfRule
from tests.integration.console.week import STAFF, Week

ROW = re.compile(r'<th scope="row"><a href="/units/([^"]+)">')
NEXT = re.compile(r'href="([^"]+)" rel="next"')


@pytest.fixture(autouse=True)
def looking(week: Week) -> None:
    week.visitor.be(STAFF)


def test_every_customer_is_listed_with_the_pack_that_decides_for_it(week: Week) -> None:
    page = week.visitor.see("/rules")
    for customer in ("Everybody", "HALCYON", "KESTREL", "NORTHWIND"):
        assert f">{customer}</a>" in page
    assert "Rule NW-PRV-1 of its own: Bill before the proof of delivery arrives" in page
    assert "1 row of its own in approval-limits" in page
    own = [each.customer for each in packs_in_force(week.house) if each.is_own]
    assert own == ["standard", "NORTHWIND"]


def test_a_pack_tells_every_rule_with_its_tables(week: Week) -> None:
    page = unescape(week.visitor.see("/rules/NORTHWIND"))
    pack = pack_in_force(week.house, "NORTHWIND").pack
    rules = [rule for file in pack.files for each in file.checklists for rule in each.rules]
    assert len(rules) == sum(count for _, count in pack.counts)
    for rule in rules:
        assert f">{rule.rule_id}</a>" in page
        assert rule.sentence in page
    assert "Has the service been rendered, and can we prove it?" in page
    assert '<td data-label="approval limit">100.00 USD</td>' in page


def keeping(decision: Decision, rule_id: str) -> list[int | None]:
    """The money of each hold that the rule has on the unit."""
    if decision.verdict is not Verdict.HOLD and decision.held_total is None:
        return []
    kept = decision.verdict is Verdict.HOLD
    return [
        hold.value.minor_units if hold.value else None
        for hold in decision.holds
        if hold.rule_id == rule_id and hold.blocks and not hold.waived_by and (kept or hold.on_line)
    ]


def test_what_a_rule_holds_is_what_the_current_decisions_say(week: Week) -> None:
    by_rule: dict[str, set[str]] = defaultdict(set)
    for decision in week.decisions:
        for hold in decision.holds:
            if hold.rule_id and keeping(decision, hold.rule_id):
                by_rule[hold.rule_id].add(decision.unit)
    assert len(by_rule) > 10
    for rule_id, units in by_rule.items():
        found = rule_in_force(week.house, "standard", rule_id).effects
        assert found.units_now == len(units), rule_id
        assert found.placed_ever is not None
        assert found.placed_ever >= len(units)


def all_units_behind(week: Week, path: str) -> list[str]:
    units: list[str] = []
    while path:
        page = week.visitor.see(path)
        units += [unescape(each).replace("%3A", ":") for each in ROW.findall(page)]
        found = NEXT.search(page)
        path = unescape(found[1]) if found else ""
    return units


@pytest.mark.parametrize("rule_id", ["POD-1", "DEL-1", "ACC-1", "REL-1"])
def test_the_list_behind_a_number_adds_up_to_it(
    week: Week, rule_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.operations.looking.rules_in_force.UNITS_AT_ONCE", 2)
    first = rule_in_force(week.house, "standard", rule_id).effects
    units = all_units_behind(week, f"/rules/standard/{rule_id}")
    assert len(units) == len(set(units)) == first.units_now
    added: dict[str, list[int]] = defaultdict(list)
    after, more = None, True
    while more:
        part = rule_in_force(week.house, "standard", rule_id, after).effects
        for each in part.units:
            added[each.currency].append(each.minor or 0)
        after, more = part.after, part.after is not None
    assert first.now == tuple(
        MoneyOfRule(currency, len(amounts), sum(amounts))
        for currency, amounts in sorted(added.items())
    )


@pytest.mark.parametrize("rule_id", ["POD-1", "DEL-1", "ACC-1", "REL-1"])
def test_a_customers_page_counts_the_customers_units_alone(week: Week, rule_id: str) -> None:
    everybody = rule_in_force(week.house, "standard", rule_id).effects
    of_each = {
        customer: rule_in_force(week.house, customer, rule_id).effects
        for customer in ("HALCYON", "KESTREL", "NORTHWIND")
    }
    assert sum(each.units_now for each in of_each.values()) == everybody.units_now
    for customer, effects in of_each.items():
        assert {each.customer for each in effects.units} <= {customer}


def test_what_takes_long_to_count_is_shown_as_last_counted(
    week: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = {each: rule_in_force(week.house, "standard", each).effects for each in ("POD-1", "REL-1")}
    keep_rules(week.house)
    monkeypatch.setattr("app.operations.looking.rule_totals.CHEAP_MS", -1)
    counted_at = set()
    for rule_id, effects in now.items():
        kept = rule_in_force(week.house, "standard", rule_id).effects
        assert (kept.placed_ever, kept.now) == (effects.placed_ever, effects.now)
        counted_at.add(kept.counted_at)
    assert len(counted_at) == 1


def test_a_rule_is_shown_with_its_source_and_its_cases(week: Week) -> None:
    page = unescape(week.visitor.see("/rules/NORTHWIND/POD-1"))
    assert "- a document: {document_type: POD, status: accepted}" in page
    assert "delivered, and the paper has not come: provisional" in page
    assert "within 48 h" in page


def test_it_says_who_may_waive_its_hold(week: Week) -> None:
    page = week.visitor.see("/rules/NORTHWIND/POD-1")
    assert "<dt>May be waived</dt><dd>by finance, or by a provisional policy</dd>" in page


def test_a_rule_that_only_warns_says_so(week: Week) -> None:
    assert "It only warns" in week.visitor.see("/rules/standard/CUT-1")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/rules/NOBODY", 404),
        ("/rules/standard/NONE-1", 404),
        ("/rules/standard/NW-PRV-1", 404),
        ("/rules/standard/POD-1?after=x", 422),
        ("/rules/standard/POD-1?after=9999999999999999999999.x", 422),
    ],
)
def test_what_is_not_there_is_said(week: Week, path: str, status: int) -> None:
    week.visitor.see(path, status)
