"""What each quantifier, `applies` and `unless` make the engine fire."""

from app.judgement.rulebook.model import Kind, Operator, Quantifier
from tests.unit.infrastructure.engine.judging import (
    is_,
    item,
    pack,
    pattern,
    rule,
    subjects,
    view,
    where,
)

SOME, NONE, EVERY, UNIT = (
    Quantifier.SOME,
    Quantifier.NONE,
    Quantifier.EVERY,
    Quantifier.UNIT,
)
POD = is_("type", "POD")
ACCEPTED = is_("status", "accepted")


def test_some_fires_about_the_unit_when_no_single_item_fits() -> None:
    needs_pod = rule(pattern(SOME, "document", POD, ACCEPTED))
    halves = (
        item("document", "1", type="POD", status="refused"),
        item("document", "2", type="BOL", status="accepted"),
    )
    assert subjects(needs_pod, view(*halves)) == [""]
    assert subjects(needs_pod, view()) == [""]
    assert subjects(needs_pod, view(item("document", "1", type="POD"))) == [""]
    whole = item("document", "3", type="POD", status="accepted")
    assert subjects(needs_pod, view(*halves, whole)) == []


def test_some_of_anything_needs_only_an_item_of_the_kind() -> None:
    assert subjects(rule(pattern(SOME, "document")), view(item("charge", "1"))) == [""]
    assert subjects(rule(pattern(SOME, "document")), view(item("document", "1"))) == []


def test_no_fires_about_each_item_of_which_nothing_is_false() -> None:
    no_refused = rule(pattern(NONE, "document", POD, is_("status", "refused")))
    seen = view(
        item("document", "true", type="POD", status="refused"),
        item("document", "false", type="BOL", status="refused"),
        item("document", "unknown", type="POD"),
        item("document", "none", type=None, status=None),
        item("document", "unknown and false", status="accepted"),
    )
    assert subjects(no_refused, seen) == ["document:none", "document:true", "document:unknown"]


def test_every_fires_about_each_item_once_however_many_conditions_fail() -> None:
    all_good = rule(pattern(EVERY, "document", POD, ACCEPTED))
    seen = view(
        item("document", "both", type="BOL", status="refused"),
        item("document", "unknown", type="POD"),
        item("document", "good", type="POD", status="accepted"),
    )
    assert subjects(all_good, seen) == ["document:both", "document:unknown"]
    assert subjects(all_good, view()) == []


def test_an_item_is_excepted_only_when_all_of_its_unless_is_true() -> None:
    unless = (is_("approved", True), is_("by", "carrier desk"))
    limited = rule(pattern(EVERY, "charge", is_("type", "FUEL"), unless=unless))
    seen = view(
        item("charge", "excepted", type="LAYOVER", approved=True, by="carrier desk"),
        item("charge", "half", type="LAYOVER", approved=True, by="nobody"),
        item("charge", "unknown", type="LAYOVER", approved=True),
        item("charge", "neither", type="LAYOVER", approved=False, by="nobody"),
        item("charge", "fine", type="FUEL"),
    )
    assert subjects(limited, seen) == ["charge:half", "charge:neither", "charge:unknown"]


def test_a_unit_requirement_fires_once_when_a_condition_is_false_or_unknown() -> None:
    priced = rule(pattern(UNIT, "unit", is_("rated", True), is_("closed", True)))
    assert subjects(priced, view(rated=True, closed=True)) == []
    assert subjects(priced, view(rated=False, closed=False)) == [""]
    assert subjects(priced, view(rated=True)) == [""]


def test_a_rule_that_does_not_apply_does_not_fire() -> None:
    road = rule(pattern(SOME, "document", POD), applies=(is_("mode", "LTL"), is_("road", True)))
    assert subjects(road, view(mode="LTL", road=True)) == [""]
    assert subjects(road, view(mode="LTL", road=False)) == []
    assert subjects(road, view(mode="LTL")) == []


def test_the_unit_is_excepted_only_when_all_of_unless_is_true() -> None:
    unless = (is_("vip", True), is_("small", True))
    needs_pod = rule(pattern(SOME, "document", POD), unless=unless)
    assert subjects(needs_pod, view(vip=True, small=True)) == []
    assert subjects(needs_pod, view(vip=True, small=False)) == [""]
    assert subjects(needs_pod, view(vip=True)) == [""]


def test_every_kind_of_requirement_is_excepted_by_the_unit() -> None:
    unless = (is_("vip", True),)
    document = item("document", "1", type="BOL")
    for broken in (
        pattern(NONE, "document", is_("type", "BOL")),
        pattern(EVERY, "document", POD),
        pattern(UNIT, "unit", is_("rated", True)),
    ):
        excepted = rule(broken, unless=unless)
        assert subjects(excepted, view(document, vip=True)) == []
        assert len(subjects(excepted, view(document, vip=False))) == 1


def test_a_permission_fires_once_when_all_its_patterns_are_satisfied() -> None:
    release = rule(
        pattern(SOME, "document", POD),
        pattern(NONE, "document", is_("status", "refused")),
        pattern(EVERY, "charge", is_("approved", True), unless=(is_("type", "FUEL"),)),
        pattern(UNIT, "unit", is_("rated", True)),
        kind=Kind.RELEASE,
        applies=(is_("mode", "LTL"),),
    )
    pods = [item("document", str(n), type="POD", status="accepted") for n in range(5)]
    good = (*pods, item("charge", "1", approved=True), item("charge", "2", type="FUEL"))
    assert subjects(release, view(*good, rated=True, mode="LTL")) == [""]
    assert subjects(release, view(*good, rated=True, mode="FTL")) == []
    assert subjects(release, view(*good, mode="LTL")) == []
    assert subjects(release, view(*good, item("charge", "3"), rated=True, mode="LTL")) == []
    refused = item("document", "r", type="BOL", status="refused")
    assert subjects(release, view(*good, refused, rated=True, mode="LTL")) == []
    assert subjects(release, view(rated=True, mode="LTL")) == []


def test_one_item_may_satisfy_two_patterns_of_a_permission() -> None:
    release = rule(
        pattern(SOME, "document", POD),
        pattern(SOME, "document", ACCEPTED),
        pattern(SOME, "document", POD, ACCEPTED),
        kind=Kind.RELEASE,
    )
    assert subjects(release, view(item("document", "1", type="POD", status="accepted"))) == [""]
    apart = (item("document", "1", type="POD"), item("document", "2", status="accepted"))
    assert subjects(release, view(*apart)) == []


def test_a_permission_over_many_items_does_not_multiply() -> None:
    patterns = (pattern(SOME, "charge", is_("approved", True)) for _ in range(8))
    charges = (item("charge", str(n), approved=True) for n in range(300))
    assert subjects(rule(*patterns, kind=Kind.RELEASE), view(*charges)) == [""]


def test_every_charge_of_a_long_list_is_a_subject() -> None:
    capped = rule(pattern(EVERY, "charge", where("amount", Operator.AT_MOST, 5)))
    charges = (item("charge", str(n), amount=n % 10) for n in range(3000))
    assert len(subjects(capped, view(*charges))) == 1200


def test_a_pack_without_rules_and_a_unit_without_anything_have_an_empty_answer() -> None:
    assert subjects(pack(), view(item("charge", "1"), mode="LTL")) == []
    assert subjects(pack(), view()) == []
