"""Mistakes put into the first key on purpose, one at a time: the second key disagrees.

Each is one that a person could make in this code. A bug that both keys shared would go
unseen, which is why they have nothing but the rule model in common.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec
import pytest

from app.infrastructure.engine import child, clauses, deriving, exact, showing
from app.infrastructure.engine import compile as compiler
from app.infrastructure.engine.child import EngineInProcess
from app.infrastructure.engine.clauses import Clause, Flags, Look, Test
from app.infrastructure.engine.compile import Meaning, Program
from app.infrastructure.engine.exact import Exact, Judged, Truth
from app.judgement.rulebook.key import Answer
from app.judgement.rulebook.model import (
    Condition,
    Operator,
    Pattern,
    Quantifier,
    Rule,
    RulePack,
    TableRow,
    Term,
)
from app.judgement.rulebook.second_key import SecondKey
from app.judgement.rulebook.seen import View
from tests.laws.packs import Invention

Patch = pytest.MonkeyPatch
Case = tuple[RulePack, tuple[View, ...]]

ASKED = [(seed, None) for seed in range(150)] + [(seed, 80) for seed in range(150, 153)]


@pytest.fixture(scope="module")
def cases() -> list[tuple[Case, list[Answer]]]:
    """Packs with views, and what the second key answers."""
    made = []
    for seed, rules in ASKED:
        invention = Invention(seed)
        pack = invention.pack(rules)
        views = tuple(invention.view() for _ in range(6))
        key = SecondKey(pack)
        made.append(((pack, views), [key.judge(view) for view in views]))
    return made


def disagreements(cases: list[tuple[Case, list[Answer]]]) -> int:
    """How many views the two keys answer differently; each key gives a complete answer."""
    different = 0
    for (pack, views), answers in cases:
        engine = EngineInProcess()
        for view, answer in zip(views, answers, strict=True):
            said = engine.judge(pack, view)
            assert isinstance(said, Answer), f"a bug that stops the engine proves nothing: {said}"
            different += said != answer
        engine.close()
    return different


def at_least_becomes_more_than(patch: Patch) -> None:
    compared = {**exact._COMPARED, Operator.AT_LEAST: exact._more_than}
    patch.setattr(exact, "_COMPARED", compared)


def none_becomes_some(patch: Patch) -> None:
    """The engine reads `n0$none` as an ordinary pattern: a slip of the pen."""

    def slipped(program: Program) -> Program:
        rules = msgspec.json.decode(msgspec.json.encode(program.rules).replace(b"$not", b"$none"))
        return msgspec.structs.replace(program, rules=rules)

    _edit_program(patch, slipped)


def unless_is_dropped(patch: Patch) -> None:
    patch.setattr(clauses, "excepting", lambda _rule, _flags: ())


def unless_of_an_item_is_dropped(patch: Patch) -> None:
    right = clauses.breaking_items

    def dropped(pattern: Pattern, flags: Flags) -> tuple[Look, ...]:
        return right(msgspec.structs.replace(pattern, unless=()), flags)

    patch.setattr(clauses, "breaking_items", dropped)


def applies_is_dropped(patch: Patch) -> None:
    right = clauses.applying

    def dropped(rule: Rule, flags: Flags, *also: Test) -> Look:
        return right(msgspec.structs.replace(rule, applies=()), flags, *also)

    patch.setattr(clauses, "applying", dropped)


def every_looks_at_the_first_condition_only(patch: Patch) -> None:
    right = clauses.breaking_items

    def first(pattern: Pattern, flags: Flags) -> tuple[Look, ...]:
        if pattern.quantifier is Quantifier.EVERY:
            pattern = msgspec.structs.replace(pattern, conditions=pattern.conditions[:1])
        return right(pattern, flags)

    patch.setattr(clauses, "breaking_items", first)


def what_is_missing_is_taken_for_true(patch: Patch) -> None:
    right = exact.judged

    def optimistic(condition: Condition) -> Judged:
        truth = right(condition)
        return lambda own, unit: truth(own, unit) is not False

    patch.setattr(showing, "judged", optimistic)


def the_last_of_a_list_is_ignored(patch: Patch) -> None:
    right = exact.judged

    def shorter(condition: Condition) -> Judged:
        if condition.operator in (Operator.ONE_OF, Operator.NONE_OF):
            condition = msgspec.structs.replace(condition, literals=condition.literals[:-1])
        return right(condition)

    patch.setattr(showing, "judged", shorter)


def not_false_is_taken_for_true(patch: Patch) -> None:
    patch.setattr(Flags, "none_false", Flags.all_true)


def money_is_compared_in_whole_dollars(patch: Patch) -> None:
    right = exact.exact

    def whole(value: object) -> Exact:
        kind, amount = right(value)  # type: ignore[arg-type]
        if kind.startswith(exact.MONEY) and not isinstance(amount, str):
            amount = amount // exact.STEPS_PER_UNIT * exact.STEPS_PER_UNIT
        return kind, amount

    patch.setattr(exact, "exact", whole)
    patch.setattr(showing, "exact", whole)


def currencies_are_not_looked_at(patch: Patch) -> None:
    right = exact.exact

    def bare(value: object) -> Exact:
        kind, amount = right(value)  # type: ignore[arg-type]
        return (exact.MONEY if kind.startswith(exact.MONEY) else kind), amount

    patch.setattr(exact, "exact", bare)
    patch.setattr(showing, "exact", bare)


def the_subject_is_the_next_item(patch: Patch) -> None:
    right = showing.Display.show

    def turned(self: showing.Display, *view: object) -> showing.Shown:
        shown = right(self, *view)  # type: ignore[arg-type]
        subjects = (*shown.subjects[1:], *shown.subjects[:1])
        return msgspec.structs.replace(shown, subjects=subjects)

    patch.setattr(showing.Display, "show", turned)


def the_last_chunk_is_lost(patch: Patch) -> None:
    right = compiler._divided

    def lost(rules: Sequence[tuple[Clause, ...]]) -> list[list[Clause]]:
        chunks = right(rules)
        return chunks[:-1] if len(chunks) > 1 else chunks

    patch.setattr(compiler, "_divided", lost)


def a_difference_is_a_sum(patch: Patch) -> None:
    right = exact._added

    def unsigned(summands: list[tuple[int, Exact]]) -> Exact | None:
        days = any(kind == exact.DAY for _, (kind, _) in summands)
        return right(summands if days else [(1, value) for _, value in summands])

    patch.setattr(exact, "_added", unsigned)


def a_name_of_the_unit_is_read_from_the_item(patch: Patch) -> None:
    right = exact.judged

    def nearer(condition: Condition) -> Judged:
        terms = tuple(msgspec.structs.replace(term, of_unit=False) for term in condition.terms)
        return right(msgspec.structs.replace(condition, terms=terms))

    patch.setattr(showing, "judged", nearer)


def equal_facts_are_shown_once_to_every_rule(patch: Patch) -> None:
    def thrifty(program: Program) -> Program:
        sights = tuple(msgspec.structs.replace(each, once=True) for each in program.sights)
        return msgspec.structs.replace(program, sights=sights)

    _edit_program(patch, thrifty)


def rules_are_named_off_by_one(patch: Patch) -> None:
    def shifted(program: Program) -> Program:
        names: Iterator[str] = iter([*list(program.meaning)[1:], *list(program.meaning)[:1]])
        meaning: Mapping[str, Meaning] = {
            name: msgspec.structs.replace(each, rule_id=program.meaning[next(names)].rule_id)
            for name, each in program.meaning.items()
        }
        return msgspec.structs.replace(program, meaning=meaning)

    _edit_program(patch, shifted)


def unknown_is_never_asked_for(patch: Patch) -> None:
    right = exact.judged

    def deaf(condition: Condition) -> Judged:
        def never(_own: object, _unit: object) -> Truth:
            return False

        return never if condition.operator is Operator.UNKNOWN else right(condition)

    patch.setattr(showing, "judged", deaf)


def a_percentage_is_the_whole(patch: Patch) -> None:
    right = exact._Term.__init__

    def whole(self: exact._Term, term: Term) -> None:
        right(self, msgspec.structs.replace(term, percent=""))

    patch.setattr(exact._Term, "__init__", whole)


def a_count_counts_what_is_not_false(patch: Patch) -> None:
    right = deriving._all_of

    def optimistic(conditions: Sequence[Condition]) -> Judged:
        met = right(conditions)
        return lambda own, unit: met(own, unit) is not False

    patch.setattr(deriving, "_all_of", optimistic)


def the_first_row_that_fits_counts(patch: Patch) -> None:
    right = deriving._Row.__init__

    def equal(self: deriving._Row, row: TableRow) -> None:
        right(self, row)
        self.weight = 0

    patch.setattr(deriving._Row, "__init__", equal)


def a_sum_starts_at_one(patch: Patch) -> None:
    right = exact.exact
    patch.setattr(deriving, "exact", lambda value: right(1 if type(value) is int else value))


BUGS = (
    a_percentage_is_the_whole,
    a_count_counts_what_is_not_false,
    the_first_row_that_fits_counts,
    a_sum_starts_at_one,
    at_least_becomes_more_than,
    none_becomes_some,
    unless_is_dropped,
    unless_of_an_item_is_dropped,
    applies_is_dropped,
    every_looks_at_the_first_condition_only,
    what_is_missing_is_taken_for_true,
    the_last_of_a_list_is_ignored,
    not_false_is_taken_for_true,
    money_is_compared_in_whole_dollars,
    currencies_are_not_looked_at,
    the_subject_is_the_next_item,
    the_last_chunk_is_lost,
    a_difference_is_a_sum,
    a_name_of_the_unit_is_read_from_the_item,
    equal_facts_are_shown_once_to_every_rule,
    rules_are_named_off_by_one,
    unknown_is_never_asked_for,
)


def _edit_program(patch: Patch, edit: Callable[[Program], Program]) -> None:
    right = compiler.compile_rules
    patch.setattr(child, "compile_rules", lambda *parts: edit(right(*parts)))


def test_without_a_bug_the_keys_agree(cases: list[tuple[Case, list[Answer]]]) -> None:
    assert disagreements(cases) == 0


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_each_bug_makes_the_keys_disagree(
    bug: Callable[[Patch], None],
    cases: list[tuple[Case, list[Answer]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bug(monkeypatch)
    assert disagreements(cases) > 0
