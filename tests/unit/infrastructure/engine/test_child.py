"""The child takes nothing for an answer that is not complete, and starts anew after an error."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest

from app.digest import canonical, digest
from app.errors import EngineError
from app.infrastructure.engine import showing
from app.infrastructure.engine.child import Child, EngineInProcess
from app.infrastructure.engine.compile import ECHO
from app.infrastructure.engine.encoded import encoded
from app.infrastructure.engine.exact import exact
from app.infrastructure.engine.protocol import (
    Ask,
    Failed,
    Fired,
    Load,
    NotLoaded,
    Ready,
    asked,
    body_length,
    frame,
    question_in,
)
from app.infrastructure.engine.showing import Display, Shown
from app.judgement.rulebook.key import NoAnswer
from app.judgement.rulebook.model import Quantifier, RulePack
from app.judgement.rulebook.seen import Value
from app.money import Money
from tests.unit.infrastructure.engine.judging import is_, item, pack, pattern, rule, view

NEEDS_POD = pack(rule(pattern(Quantifier.SOME, "document", is_("type", "POD"))))
NO_DOCUMENT = view()
WIDE = "".join(f'"w{number}":1,' for number in range(300))
POD = view(item("document", "1", type="POD"), item("document", "2", type="POD"))


def loading(of: RulePack) -> Load:
    data = canonical((of.rules, of.derived))
    return Load(1, digest(data), data)


def test_rules_are_loaded_before_they_are_asked() -> None:
    answering, load = Child(), loading(NEEDS_POD)
    ask = asked(2, load.digest, NO_DOCUMENT)
    assert answering.reply_to(ask) == NotLoaded(2)
    assert answering.reply_to(load) == Ready(1)
    assert answering.reply_to(ask) == Fired(2, (("R-1", ""),))
    answering.close()


def test_rules_that_are_not_those_of_their_digest_are_refused() -> None:
    answering, load = Child(), loading(NEEDS_POD)
    wrong = Load(1, load.digest, load.rules + b" ")
    assert answering.reply_to(wrong) == Failed(1, "the rules are not those of their digest")
    assert answering.reply_to(asked(2, load.digest, NO_DOCUMENT)) == NotLoaded(2)


def test_only_so_many_packs_are_kept_and_the_one_not_used_longest_goes() -> None:
    answering = Child(rulesets_at_once=2)
    packs = [pack(rule(pattern(Quantifier.SOME, "document", is_("type", word)))) for word in "ABC"]
    loads = [loading(each) for each in packs]
    for load in loads[:2]:
        assert answering.reply_to(load) == Ready(1)
    assert isinstance(answering.reply_to(asked(1, loads[0].digest, POD)), Fired)
    assert answering.reply_to(loads[2]) == Ready(1)
    kept = [type(answering.reply_to(asked(1, load.digest, POD))) for load in loads]
    assert kept == [Fired, NotLoaded, Fired]
    answering.close()


@pytest.mark.parametrize(
    "spoil, said",
    [
        (lambda text: text[: text.rindex(",{")] + "]", "saw 1 of 2 facts"),
        (lambda text: text.replace('"id":"f1",', '"id":"f1","x":1e-07,'), "saw 1 of 2 facts"),
        (lambda text: text.replace('"f1"', '"f0"'), ""),
        (lambda text: text.replace('"id":"f1",', f'"id":"f1",{WIDE}'), "saw 1 of 2 facts"),
        (lambda _text: "nonsense", ""),
    ],
    ids=["lost", "unreadable", "same id", "too wide", "no JSON"],
)
def test_a_fact_that_the_engine_did_not_see_makes_no_answer(
    spoil: Callable[[str], str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = Display.show

    def spoilt(self: Display, *seen: object) -> Shown:
        shown = right(self, *seen)  # type: ignore[arg-type]
        return msgspec.structs.replace(shown, text=spoil(shown.text))

    judged = pack(rule(pattern(Quantifier.EVERY, "document", is_("type", "POD"))))
    answering, load = Child(), loading(judged)
    ask = asked(
        2, load.digest, view(item("document", "1", type="BOL"), item("document", "2", type="CMR"))
    )
    assert answering.reply_to(load) == Ready(1)
    assert answering.reply_to(ask) == Fired(2, (("R-1", "document:1"), ("R-1", "document:2")))
    with monkeypatch.context() as patch:
        patch.setattr(Display, "show", spoilt)
        reply = answering.reply_to(ask)
    assert isinstance(reply, Failed), reply
    assert said in reply.why
    assert answering.reply_to(ask) == NotLoaded(2), "the ruleset is not used again"
    assert answering.reply_to(load) == Ready(1)
    assert answering.reply_to(ask) == Fired(2, (("R-1", "document:1"), ("R-1", "document:2")))
    answering.close()


def test_more_facts_than_ids_were_compared_for_are_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(showing, "FACTS_AT_MOST", 2)
    engine = EngineInProcess()
    crowd = view(*(item("document", str(number), type="POD") for number in range(3)))
    answer = engine.judge(NEEDS_POD, crowd)
    assert isinstance(answer, NoAnswer)
    assert "more than 2" in answer.why
    engine.close()


def test_a_pack_that_the_engine_cannot_hold_is_no_answer() -> None:
    engine = EngineInProcess()
    wrong = pack(rule(pattern(Quantifier.SOME, "unit")))
    assert isinstance(engine.judge(wrong, POD), NoAnswer)
    engine.close()


@pytest.mark.parametrize(
    "value",
    [
        "POD",
        "",
        'quoted " \\ \n \x00',
        True,
        False,
        0,
        1,
        -(2**63),
        2**63 - 1,
        10**40,
        Decimal("1.10"),
        Decimal("-1E-20"),
        date(2026, 3, 1),
        date.max,
        Money(Decimal("75.00"), "USD"),
    ],
)
def test_a_value_arrives_as_the_value_of_the_type_that_was_sent(value: Value) -> None:
    sent = frame(asked(7, "digest", view(item("charge", "1", it=value), it=value, no=None)))
    assert body_length(sent[:4]) == len(sent) - 4
    ask = question_in(sent[4:])
    assert isinstance(ask, Ask)
    (thing,) = ask.items
    assert ask.unit == thing.values == {"it": encoded(value)}
    assert exact(ask.unit["it"]) == as_this_test_reads(value)


def as_this_test_reads(value: Value) -> tuple[str, object]:
    match value:
        case str():
            return "text", value
        case bool():
            return "yes or no", int(value)
        case Money():
            return f"money {value.currency}", Fraction(value.amount) * 10**12
        case date():
            return "day", Fraction((value - date.min).days + 1) * 10**12
        case _:
            return "number", Fraction(value) * 10**12


def test_what_is_printed_into_the_pipe_is_not_taken_for_a_frame() -> None:
    with pytest.raises(EngineError, match="was announced"):
        body_length(b"Trac")


def test_the_echo_is_a_rule_of_its_own_that_no_customer_can_name() -> None:
    named = pack(
        rule(pattern(Quantifier.SOME, "document", is_("type", "POD")), rule_id=ECHO),
        rule(pattern(Quantifier.UNIT, "unit", is_("x", True)), rule_id="prime"),
    )
    engine = EngineInProcess()
    answer = engine.judge(named, NO_DOCUMENT)
    assert not isinstance(answer, NoAnswer)
    assert [each.rule_id for each in answer.firings] == ["echo", "prime"]
    engine.close()
