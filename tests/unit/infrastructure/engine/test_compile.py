"""Programs stay inside what the engine can do, and what does not fit is refused by name."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from app.errors import EngineError, FileError
from app.infrastructure.engine import compile as compiler
from app.infrastructure.engine import names
from app.infrastructure.engine.compile import compile_pack
from app.infrastructure.engine.names import engine_hash, refuse_names_of_one_hash
from app.judgement.rulebook.model import (
    Condition,
    Kind,
    Literal,
    Operator,
    Quantifier,
    Rule,
    Term,
    ValueType,
)
from tests.laws.packs import Invention
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

EVERY, NONE, SOME = Quantifier.EVERY, Quantifier.NONE, Quantifier.SOME
UNIT = Quantifier.UNIT


def numbered(count: int, first: int = 0) -> tuple[Condition, ...]:
    return tuple(is_(f"name_{number}", True) for number in range(first, first + count))


def antecedents(program: compiler.Program) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in program.meaning:
        for antecedent in program.rules[name]["all"]:
            assert len(antecedent) == 1, "the engine would read one of them only"
            yield from antecedent.items()


def test_a_program_has_the_goal_first_then_every_none_then_what_must_be_found() -> None:
    program = compile_pack(Invention(3).pack(rules=100))
    waiting = 0
    for name in program.meaning:
        first, *rest = [alias for each in program.rules[name]["all"] for alias in each]
        if first == "p0" and not rest:
            continue  # a single fact is enough: there is nothing to wait for
        waiting += 1
        assert first == "g"
        negative = [alias.endswith("$not") for alias in rest]
        assert negative == sorted(negative, reverse=True), f"{name}: a none after a positive"
    assert len(program.goals) == -(-waiting // compiler.CLAUSES_TO_A_GOAL) > 0


def test_a_program_holds_whole_numbers_only_and_one_key_in_each_condition() -> None:
    for alias, found in antecedents(compile_pack(Invention(4).pack(rules=100))):
        for condition in found.get("$and", [found]):
            assert len(condition) == 1, f"{alias}: of two keys the engine reads one"
            assert all(type(value) is int for value in condition.values())
        assert alias == "g" or "t" in found.get("$and", [found])[0], "the kind comes first"


def test_the_same_condition_about_the_same_kind_is_one_flag() -> None:
    both = pattern(EVERY, "charge", is_("a", True))
    program = compile_pack(pack(rule(both), rule(both, rule_id="R-2")))
    assert len(program.flags) == 1


def test_rules_are_divided_into_chunks_with_facts_of_their_own() -> None:
    rules = tuple(
        rule(pattern(EVERY, "charge", is_(f"n{number}", True)), rule_id=f"R-{number}")
        for number in range(95)
    )
    program = compile_pack(pack(*rules))
    assert len(program.sights) == 4, "the charge, four times; nothing is asked of the unit"
    assert len(subjects(pack(*rules), view(item("charge", "1")))) == 95


def test_a_fact_that_matches_every_look_allowed_is_not_lost() -> None:
    rules = [
        rule(pattern(NONE, "charge", is_(f"name_{number}", True)), rule_id=f"R-{number}")
        for number in range(compiler.LOOKS_OF_A_SIGHT // 2)
    ]
    # Two a rule, so that one chunk holds as many looks as a sight may have.
    rules += [
        rule(pattern(EVERY, "charge", is_(f"name_{number}", False)), rule_id=f"E-{number}")
        for number in range(compiler.LOOKS_OF_A_SIGHT // 2)
    ]
    whole = pack(*rules)
    told = dict.fromkeys((f"name_{number}" for number in range(100)), True)
    assert len(subjects(whole, view(item("charge", "1", **told)))) == len(rules)


def test_a_rule_with_many_conditions_on_one_thing_is_one_look() -> None:
    many = rule(pattern(NONE, "charge", *numbered(70)))
    told = dict.fromkeys((f"name_{number}" for number in range(70)), True)
    assert subjects(many, view(item("charge", "1", **told))) == ["charge:1"]
    assert subjects(many, view(item("charge", "1", **(told | {"name_69": False})))) == []


def test_what_applies_and_is_broken_by_the_same_condition_never_fires() -> None:
    """A look that wants a flag to be 0 and 1: nothing is like that."""
    same = is_("mode", "LTL")
    absurd = msgspec.structs.replace(rule(pattern(UNIT, "unit", same)), applies=(same,))
    assert subjects(absurd, view(mode="LTL")) == []
    assert subjects(absurd, view(mode="TL")) == []


def test_as_many_things_as_allowed_may_be_excluded_at_once() -> None:
    count = compiler.ABSENT_AT_ONCE
    allowed = rule(pattern(EVERY, "charge", *numbered(count)), kind=Kind.RELEASE)
    good = dict.fromkeys((f"name_{number}" for number in range(count)), True)
    assert subjects(allowed, view(item("charge", "1", **good))) == [""]
    for number in range(count):
        bad = item("charge", "2", **(good | {f"name_{number}": False}))
        assert subjects(allowed, view(item("charge", "1", **good), bad)) == []


def test_as_many_things_as_allowed_may_be_found_at_once() -> None:
    patterns = [pattern(SOME, "charge", each) for each in numbered(compiler.FOUND_AT_ONCE - 1)]
    release = rule(*patterns, kind=Kind.RELEASE)
    charges = [
        item("charge", each.conditions[0].name, **{each.conditions[0].name: True})
        for each in patterns
    ]
    assert subjects(release, view(*charges)) == [""]
    assert subjects(release, view(*charges[1:])) == []


@pytest.mark.parametrize(
    "too_much, said",
    [
        (rule(pattern(EVERY, "charge", *numbered(70))), "looks at charge in 70 ways"),
        (
            rule(pattern(EVERY, "charge", *numbered(13), unless=numbered(13, 20))),
            "can fire in 169 ways",
        ),
        (
            rule(*(pattern(SOME, "charge") for _ in range(14)), kind=Kind.RELEASE),
            "looks for 15 things at once",
        ),
        (
            rule(pattern(EVERY, "charge", *numbered(41)), kind=Kind.RELEASE),
            "excludes 41 things at once",
        ),
    ],
)
def test_a_rule_that_is_too_much_is_refused_by_name(too_much: Rule, said: str) -> None:
    with pytest.raises(FileError, match=f"rule R-1 {said}.*write it as several rules"):
        compile_pack(pack(too_much))


def test_a_pack_that_is_too_much_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compiler, "CLAUSES_AT_MOST", 3)
    with pytest.raises(FileError, match="split it into a pack for each group of customers"):
        compile_pack(pack(rule(pattern(EVERY, "charge", *numbered(4)))))


def test_a_pack_with_too_many_kinds_of_facts_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each `a` of a permission has facts of its own: a kind more for each."""
    monkeypatch.setattr(compiler, "SIGHTS_AT_MOST", 3)
    permission = rule(*(pattern(SOME, "charge", each) for each in numbered(4)), kind=Kind.RELEASE)
    with pytest.raises(FileError, match=r"has \d kinds of facts.*the 3 that.*split it into a pack"):
        compile_pack(pack(permission))


def test_no_rule_of_the_engine_shares_its_goal_with_more_than_it_can_hold() -> None:
    """The 257th is refused, and the 256th leaves a list without an end."""
    program = compile_pack(
        pack(*(rule(pattern(SOME, "stop", each), rule_id=str(each)) for each in numbered(600)))
    )
    sharing = Counter(
        goal for written in program.rules.values() for goal in written["all"][0].get("g", ())
    )
    assert max(sharing.values()) == compiler.CLAUSES_TO_A_GOAL < 255
    assert set(sharing) - {"goe"} == set(program.goals)


def test_no_fact_has_more_properties_or_nodes_than_the_engine_can_hold() -> None:
    """Past 252 properties a fact is lost without an error, past 64 nodes with one."""
    program = compile_pack(Invention(11).pack(rules=300))
    assert max(len(sight.looks) for sight in program.sights) <= compiler.LOOKS_OF_A_SIGHT < 64
    under_one_node = Counter(
        condition["t"]
        for _, antecedent in antecedents(program)
        for condition in antecedent.get("$and", ())
        if "t" in condition
    )
    kinds = len(under_one_node)
    assert kinds <= compiler.SIGHTS_AT_MOST < 512, "each kind is a condition under the root"


@pytest.mark.parametrize(
    "wrong, said",
    [
        (rule(pattern(SOME, "unit")), "neither about the unit nor an item"),
        (rule(pattern(SOME, "charge"), pattern(SOME, "stop")), "exactly one pattern"),
        (rule(pattern(SOME, "charge", unless=numbered(1))), "belongs to `every`"),
        (rule(pattern(SOME, "charge", where("a", Operator.KNOWN, 1))), "wrong operands"),
        (rule(pattern(SOME, "charge", where("a", Operator.ONE_OF))), "wrong operands"),
        (rule(pattern(SOME, "charge", where("a", Operator.IS, 1, 2))), "wrong operands"),
        (rule(pattern(SOME, "charge", where("a", Operator.AT_MOST))), "wrong operands"),
        (rule(pattern(SOME, "charge", where("a", Operator.AT_MOST, "x"))), "words by size"),
        (
            rule(
                pattern(SOME, "charge", Condition(name="a", operator=Operator.IS, terms=(Term(),)))
            ),
            "not either a name or a constant",
        ),
        (
            rule(
                pattern(
                    SOME,
                    "charge",
                    Condition(
                        name="a",
                        operator=Operator.IS,
                        literals=(Literal(value_type=ValueType.WHOLE, text="x"),),
                    ),
                )
            ),
            "'x' is not a whole number",
        ),
    ],
)
def test_a_form_whose_meaning_nobody_wrote_down_is_refused(wrong: Rule, said: str) -> None:
    with pytest.raises(FileError, match=said) as caught:
        compile_pack(pack(wrong))
    assert "road.yaml:3" in str(caught.value)


def test_names_of_one_hash_are_refused() -> None:
    assert engine_hash("due_weight_closed") == engine_hash("invoice_item_open")
    rules = {"r0": {"all": [{"due_weight_closed": {"t": 1}}, {"p0": {"invoice_item_open": 1}}]}}
    with pytest.raises(EngineError, match="would take invoice_item_open for due_weight_closed"):
        refuse_names_of_one_hash(rules, ())


def test_the_hash_is_the_engines_own() -> None:
    known = {"id": 926444256, "sid": 3593476751, "$and": 3746487396, "$forward": 739185624}
    assert {name: engine_hash(name) for name in known} == known


def test_no_ids_and_no_names_that_a_program_can_have_share_a_hash() -> None:
    assert len({engine_hash(f"f{number}") for number in range(100_000)}) == 100_000
    made = {f"{letter}{number}" for letter in "cdnp" for number in range(5_000)}
    everything = {*made, *names.RESERVED, *(f"go{number}" for number in range(60))}
    assert len({engine_hash(name) for name in everything}) == len(everything)
