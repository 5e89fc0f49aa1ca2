"""What an act of a person came to, in one line: what the unit's answer was, and what it is now."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from app.judgement.decision import Hold
from app.judgement.verdict import Verdict
from app.reports.unit.timeline import TakenAt, Timeline
from app.reports.unit.unit_page import Earlier


class Act(StrEnum):
    """What a person may have done on a unit's page."""

    ATTACH = "attach"
    APPROVE = "approve"
    WAIVE = "waive"
    TAKE_BACK = "take-back"
    ASSIGN = "assign"


IN_WORDS = {
    Act.ATTACH: "The document is attached",
    Act.APPROVE: "The word on the charge is recorded",
    Act.WAIVE: "The waiver is recorded",
    Act.TAKE_BACK: "The waiver is taken back",
    Act.ASSIGN: "The hold is assigned",
}
_APPROVED = {" granted": " is approved", " rejected": " is rejected", " waived": " is given up"}
"""How the head of a word on a charge ends, and how that is told."""


def outcome_of(
    act: Act,
    before: str,
    answers: Sequence[Earlier],
    timeline: Timeline | None = None,
    holds: Iterable[Hold] = (),
) -> str:
    """One line: `The document is attached: hold → release, 525.70 USD`.

    Args:
        act: what was done.
        before: the decision that was in force then.
        answers: what was answered, the last first; empty where the unit was never decided.
        timeline: what happened to the unit, by which the act is told in its own words.
        holds: of the decision in force.
    """
    if act is Act.ASSIGN or not answers:
        return f"{IN_WORDS[act]}."
    now = answers[0].taken
    did = _in_its_words(act, before, answers, timeline) or IN_WORDS[act]
    if now.decision_id == before:
        return f"{did}; the decision is the same as before."
    was = next((each.taken for each in answers if each.taken.decision_id == before), None)
    standing = dict.fromkeys(hold.code for hold in holds if hold.stands and not hold.on_line)
    held = standing if now.verdict == Verdict.HOLD else {}
    still = f"; what holds it: {', '.join(held)}" if held else ""
    return f"{did}: {_change(was, now)}{still}."


def _in_its_words(
    act: Act, before: str, answers: Sequence[Earlier], timeline: Timeline | None
) -> str:
    """`DT-88123 is approved`, of the one word on a charge that came after the decision."""
    diff = answers[0].diff
    if act is not Act.APPROVE or timeline is None or diff is None or diff.before != before:
        return ""
    came = {fact.fact_id for fact in diff.came if fact.entity == "approval"}
    heads = [each.head for each in timeline.entries if each.fact_id in came and each.person]
    if len(heads) != 1:
        return ""
    ends = (end for end in _APPROVED if heads[0].endswith(end))
    return next((heads[0].removesuffix(end) + _APPROVED[end] for end in ends), "")


def _change(was: TakenAt | None, now: TakenAt) -> str:
    """From which verdict to which; where it is the same, from how much."""
    if was is None:
        return _answer(now)
    if was.verdict != now.verdict:
        return f"{was.verdict.replace('_', ' ')} → {_answer(now)}"
    before = f", before: {was.total}" if was.total and was.total != now.total else ""
    return f"still {_answer(now)}{before}"


def _answer(taken: TakenAt) -> str:
    verdict = taken.verdict.replace("_", " ")
    return verdict if taken.total is None else f"{verdict}, {taken.total}"
