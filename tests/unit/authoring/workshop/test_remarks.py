"""What is no mistake and still worth a look is told, with its place."""

import msgspec

from app.authoring.workshop.remarks import remarks_on
from app.judgement.rulebook.model import Rule, RulePack
from tests.rule_cases import packs_we_ship

STANDARD = packs_we_ship()["standard"]


def rule(rule_id: str) -> Rule:
    return next(each for each in STANDARD.rules if each.rule_id == rule_id)


def remarks(*rules: Rule) -> list[str]:
    pack: RulePack = msgspec.structs.replace(STANDARD, rules=rules)
    return [str(each) for each in remarks_on(pack)]


def test_every_over_nothing_is_told_wherever_a_rule_relies_on_it() -> None:
    (remark,) = remarks(rule("QTY-1"))
    assert remark.startswith(f"{rule('QTY-1').written_at}: QTY-1: where there is no order line")
    assert remarks(rule("ACC-1")) == []  # no line, nothing to keep back
    assert remarks(rule("POD-1")) == []


def test_a_rule_that_can_never_fire_is_told() -> None:
    never = msgspec.structs.replace(rule("POD-1"), unless=rule("POD-1").applies[:1])
    assert any("it can never fire" in each for each in remarks(never))
    both = msgspec.structs.replace(
        rule("POD-1"), applies=(*rule("POD-1").applies, *rule("NOB-1").applies)
    )
    assert any("`cancelled` to be two things at once" in each for each in remarks(both))


def test_two_rules_that_say_the_same_are_told() -> None:
    again = msgspec.structs.replace(rule("POD-1"), rule_id="POD-9", say="In other words")
    (remark,) = remarks(rule("POD-1"), again)
    assert "POD-9: it says the same as POD-1" in remark
