"""Why no rule permits more: the conditions that were not true, with what they saw."""

import msgspec

from app.decide import conclude, prepare, second_answer
from app.dossier import METHODS_NOW
from app.judgement.rulebook.key import Answer, Firing, NoAnswer
from app.judgement.trace import RuleSeen, Trace
from app.judgement.trace_as_stored import permissions_in, rules_asked, written_out
from app.reports.audit.decision_page import keys_shown
from app.reports.unit.why_not import stopped_in, why_not
from tests.unit.explanation.made_units import DELIVERED, Case, milestone, northwind, pod


def traced(case: Case) -> Trace:
    dossier, in_force, _ = case
    question = prepare(msgspec.structs.replace(dossier, methods=METHODS_NOW), in_force)
    return conclude(question, second_answer(question)[0]).trace


def permissions(case: Case) -> tuple[RuleSeen, ...]:
    return permissions_in(traced(case), case[1].rules)


def test_a_release_that_did_not_fire_names_the_condition_that_failed() -> None:
    case = northwind(without=(milestone("delivered", DELIVERED),))
    found = {each.rule_id: each for each in why_not(permissions(case))}
    assert found["REL-1"].says.startswith("not met")
    seen = [(each.seen.condition, each.seen.saw) for each in found["REL-1"].failed]
    assert ("delivered is yes", "no") in seen


def test_rules_that_do_not_even_apply_come_last() -> None:
    case = northwind(without=(milestone("delivered", DELIVERED),))
    silent = why_not(permissions(case))
    applies = [not each.says.startswith("does not apply") for each in silent]
    assert applies == sorted(applies, reverse=True)
    assert not applies[-1]


def test_a_rule_that_fired_is_no_reason_why_not() -> None:
    case = northwind(without=(pod(),))
    assert "REL-1" not in {each.rule_id for each in why_not(permissions(case))}
    assert stopped_in(permissions(case)) == ("REL-1",)


def test_the_permissions_are_the_same_as_in_the_whole_trace() -> None:
    case = northwind()
    whole = written_out(traced(case), case[1].rules)
    assert permissions(case) == tuple(rule for rule in whole.rules if rule.kind != "require")
    assert permissions_in(whole, case[1].rules) == permissions(case)
    asked = tuple(rule.rule_id for rule in whole.rules)
    assert rules_asked(traced(case), case[1].rules) == rules_asked(whole, case[1].rules) == asked


def test_only_the_rules_that_are_wanted_are_written_out() -> None:
    case = northwind()
    trace = traced(case)
    some = written_out(trace, case[1].rules, lambda rule: rule.rule_id == "REL-1")
    assert [rule.rule_id for rule in some.rules] == ["REL-1"]
    whole = written_out(trace, case[1].rules)
    assert (
        written_out(whole, case[1].rules, lambda rule: rule.rule_id == "REL-1").rules == some.rules
    )


def test_engines_that_say_the_same_agree_also_in_a_trace_of_old() -> None:
    case = northwind(without=(pod(),))
    trace = traced(case)
    assert trace.seen is not None
    keys = keys_shown(Answer(firings=trace.seen.fired), trace)
    assert keys.agree
    assert Firing("POD-1") in keys.fired
    written = written_out(trace, case[1].rules)
    assert keys_shown(Answer(firings=keys.fired), written).agree


def test_what_only_one_engine_found_is_told() -> None:
    trace = traced(northwind())
    assert trace.seen is not None
    second = trace.seen.fired
    keys = keys_shown(Answer(firings=(Firing("POD-1"), *second[1:])), trace)
    assert not keys.agree
    assert (keys.only_first, keys.only_second) == ((Firing("POD-1"),), (second[0],))


def test_an_engine_that_gave_no_answer_agrees_with_nothing() -> None:
    keys = keys_shown(NoAnswer(why="it was stopped"), traced(northwind()))
    assert not keys.agree
    assert keys.no_answer is not None
