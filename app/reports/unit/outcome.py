"""What an act of a person came to, in one line: what the unit's answer was, and what it is now."""

from collections.abc import Sequence
from enum import StrEnum

from app.reports.unit.timeline import TakenAt
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


def outcome_of(act: Act, before: str, answers: Sequence[Earlier]) -> str:
    """`The document is attached: hold → release 525.70 USD`.

    Args:
        act: what was done.
        before: the decision that was in force then.
        answers: what was answered, the last first; empty where the unit was never decided.
    """
    if act is Act.ASSIGN or not answers:
        return f"{IN_WORDS[act]}."
    now = answers[0].taken
    if now.decision_id == before:
        return f"{IN_WORDS[act]}; the decision is the same as before."
    was = next((each.taken for each in answers if each.taken.decision_id == before), None)
    head = f"{was.verdict.replace('_', ' ')} → " if was else ""
    return f"{IN_WORDS[act]}: {head}{_answer(now)}."


def _answer(taken: TakenAt) -> str:
    verdict = taken.verdict.replace("_", " ")
    return verdict if taken.total is None else f"{verdict}, {taken.total}"
