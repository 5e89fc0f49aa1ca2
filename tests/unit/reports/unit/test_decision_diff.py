"""What changed from one decision to the next, as a person would ask for it."""

import msgspec

from app.decide import conclude, prepare, second_answer
from app.digest import canonical
from app.reports.unit.decision_diff import Change, Compared, TraceHead, decision_diff
from app.reports.unit.outcome import Act, outcome_of
from app.reports.unit.timeline import TakenAt
from app.reports.unit.unit_page import answers_of
from tests.unit.explanation.made_units import LAST_WORD, Case, northwind, pod


def compared(case: Case) -> Compared:
    """As it is read from storage: the trace only as far as it is compared."""
    dossier, in_force, _ = case
    question = prepare(dossier, in_force)
    concluded = conclude(question, second_answer(question)[0])
    head = msgspec.json.decode(canonical(concluded.trace), type=TraceHead)
    return Compared(decision=concluded.decision, head=head)


def without_paper() -> Compared:
    return compared(northwind(without=(pod(),)))


def test_the_paper_that_came_closes_the_hold_and_releases() -> None:
    diff = decision_diff(without_paper(), compared(northwind()))
    assert Change(what="verdict", before="provisional", after="release") in diff.answer
    assert [hold.code for hold in diff.closed] == ["POD_MISSING"]
    assert diff.opened == ()
    assert [(fact.entity, fact.source) for fact in diff.came] == [
        ("document", "dms one, message m1")
    ]
    assert diff.left == ()


def test_the_other_way_round_everything_is_the_other_way_round() -> None:
    diff = decision_diff(compared(northwind()), without_paper())
    assert [hold.code for hold in diff.opened] == ["POD_MISSING"]
    assert diff.closed == ()
    assert [fact.entity for fact in diff.left] == ["document"]


def test_a_decision_differs_from_itself_in_nothing() -> None:
    same = compared(northwind())
    diff = decision_diff(same, same)
    assert diff == msgspec.structs.replace(diff, answer=(), lines=(), opened=(), closed=())
    assert (diff.waived, diff.editions, diff.came, diff.left) == ((), (), (), ())


def test_lines_are_compared_by_their_key() -> None:
    before = compared(northwind())
    (first, *rest) = before.decision.lines
    kept = msgspec.structs.replace(first, billed=False)
    after = _with(before, lines=(kept, *rest[1:]))
    diff = decision_diff(before, after)
    assert diff.lines == (
        Change(
            what=first.key,
            before=str(first.charge.amount),
            after=f"{first.charge.amount}, kept back",
        ),
        Change(what=rest[0].key, before=str(rest[0].charge.amount), after="none"),
    )


def test_a_hold_that_stays_and_is_waived_now_is_neither_opened_nor_closed() -> None:
    before = without_paper()
    (hold,) = before.decision.holds
    bare = _with(before, holds=(msgspec.structs.replace(hold, waived_by=()),))
    diff = decision_diff(bare, before)
    assert (diff.opened, diff.closed) == ((), ())
    assert diff.waived == (Change(what="POD_MISSING", before="none", after="NW-PRV-1"),)


def test_another_edition_and_another_method_are_told() -> None:
    before = compared(northwind())
    head = msgspec.structs.replace(
        before.head, editions={**before.head.editions, "rules": "new"}, methods=("verdict_9",)
    )
    diff = decision_diff(before, msgspec.structs.replace(before, head=head))
    assert Change(what="rules", before="rules", after="new") in diff.editions
    assert [each.after for each in diff.editions if each.what == "methods"] == ["verdict_9"]


def test_only_as_many_answers_as_are_asked_for_are_shown_each_with_its_place() -> None:
    one = compared(northwind())
    taken = [TakenAt(decision_id="d", at=LAST_WORD, by="x", verdict="hold") for _ in range(4)]
    shown = answers_of(taken, {"d": one}, answered=9, at_most=3)
    assert [each.place for each in shown] == [9, 8, 7]
    assert all(each.diff is not None for each in shown)
    assert answers_of(taken[:1], {"d": one}, answered=1, at_most=3)[0].diff is None


def test_the_outcome_of_an_act_is_one_line() -> None:
    before, after = without_paper(), compared(northwind())
    by_id = {each.decision.decision_id: each for each in (before, after)}
    answers = answers_of([_taken(before), _taken(after)], by_id, answered=2, at_most=20)
    was = before.decision.decision_id
    assert (
        outcome_of(Act.ATTACH, was, answers)
        == f"The document is attached: provisional → release, {after.decision.total}."
    )
    now = after.decision.decision_id
    assert outcome_of(Act.WAIVE, now, answers).endswith("; the decision is the same as before.")
    assert outcome_of(Act.ASSIGN, was, answers) == "The hold is assigned."


def _taken(each: Compared) -> TakenAt:
    decision = each.decision
    return TakenAt(
        decision_id=decision.decision_id,
        at=LAST_WORD,
        by="x",
        verdict=decision.verdict.value,
        total=decision.total,
    )


def _with(each: Compared, **changes: object) -> Compared:
    decision = msgspec.structs.replace(each.decision, **changes)
    return msgspec.structs.replace(each, decision=decision)
