"""Only the rules that can apply to a unit are held by the engine while it looks at one."""

from app.infrastructure.engine.child import NARROW_AT_ONCE, EngineInProcess
from app.infrastructure.engine.narrowing import Narrowing
from app.judgement.rulebook.key import Answer, Firing
from app.judgement.rulebook.model import Operator, Quantifier
from tests.unit.infrastructure.engine.judging import is_, pack, pattern, rule, view, where

POD = pattern(Quantifier.SOME, "document", is_("type", "POD"))


def test_a_rule_for_another_mode_is_away_and_one_for_every_mode_is_not() -> None:
    rules = (rule(POD, applies=(is_("mode", "LTL"),)), rule(POD, rule_id="R-2"))
    assert Narrowing(rules, ()).away({"mode": "TL"}) == 0b01
    assert Narrowing(rules, ()).away({"mode": "LTL"}) == 0b00


def test_a_word_that_nobody_told_leaves_the_rule_away() -> None:
    assert Narrowing((rule(POD, applies=(is_("mode", "LTL"),)),), ()).away({}) == 1


def test_a_rule_by_weight_is_always_held() -> None:
    heavy = rule(POD, applies=(where("weight", Operator.AT_LEAST, 10),))
    assert Narrowing((heavy,), ()).away({"weight": 5}) == 0


def test_more_kinds_of_units_than_are_kept_get_the_same_answers() -> None:
    modes = [f"M{number}" for number in range(NARROW_AT_ONCE + 20)]
    many = pack(*(rule(POD, rule_id=mode, applies=(is_("mode", mode),)) for mode in modes))
    engine = EngineInProcess()
    for mode in (*modes, *modes):
        assert engine.judge(many, view(mode=mode)) == Answer(firings=(Firing(mode),))
    assert engine.judge(many, view(mode="none")) == Answer(firings=())
    engine.close()
