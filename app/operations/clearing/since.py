"""A form acts on what its page showed: where that has changed since, it is not taken.

Somebody else may have acted on the same hold or charge, or a system may have told something of
it, between the moment at which the page was made and the one at which the form comes. Whoever
sends it has to know before he overturns that. What happened to the rest of the unit is no reason
to refuse.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from app.errors import ConflictError
from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Approval, Outcome
from app.evidence.facts.papers import Document
from app.evidence.facts.work import Waiver
from app.infrastructure.storage.rows import StoredDecision
from app.judgement.decision import Decision, Hold
from app.operations.clearing.desk import Desk
from app.reports.unit.decision_diff import TraceHead


class ActedOn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an act is about."""

    word: Callable[[Fact], bool]
    """Whether a fact is somebody's word on the same thing."""
    hold: str = ""
    """The code of the holds it is about; empty where none."""
    subject: str | None = None
    """What these are about; None: whatever it is."""
    charge: str = ""
    """The charge, by its code or by what it is about; empty where none."""


def must_be_as_seen(desk: Desk, since: str, acted_on: ActedOn) -> None:
    """Refuse an act on what is another by now.

    Args:
        desk: where somebody acts, decided as of now.
        since: the decision that the form shows; empty where it shows none.
        acted_on: what it is about.

    Raises:
        ConflictError: it has changed since, and what has.
    """
    if since in {"", desk.decision.decision_id}:
        return
    with desk.house.database.reading(desk.house.tenant) as store:
        stored = store.decisions.some([since]).get(since)
        now = store.decisions.last_answers_of(desk.name, 1)
    before = msgspec.json.decode(stored.body, type=Decision) if stored else None
    if stored is None or before is None or before.unit != desk.name:
        raise ConflictError(f"the form shows no decision about {desk.name}; load the page again")
    told = list(_words(desk.facts, stored, acted_on)) or [
        f"it was decided anew at {_moment(each.taken_at)}: {what}"
        for each in now[-1:]
        if (what := "; ".join(_changes(before, desk.decision, acted_on)))
    ]
    if told:
        raise ConflictError(
            f"since the form was opened, {', and '.join(told)}; look at it as it is now, and send "
            f"the form again if it is still meant"
        )


def _words(facts: Iterable[Fact], stored: StoredDecision, acted_on: ActedOn) -> Iterator[str]:
    """What was said of the same thing and the decision does not know."""
    head = msgspec.json.decode(stored.trace, type=TraceHead)
    known = {fact.fact_id for fact in head.facts}
    for fact in sorted(facts, key=lambda fact: (fact.occurred_at, fact.fact_id)):
        if fact.fact_id not in known and acted_on.word(fact):
            yield f"{_in_words(fact)} at {_moment(fact.occurred_at)}"


_DID = {
    Outcome.GRANTED: "approved",
    Outcome.REJECTED: "rejected",
    Outcome.WAIVED: "gave up",
}


def _in_words(fact: Fact) -> str:
    match fact.said:
        case Approval() as said:
            plain = Outcome.GRANTED if said.granted else Outcome.REJECTED
            return f"{said.approver} {_DID[said.outcome or plain]} {said.subject}"
        case Waiver() as said if said.granted:
            return f"{said.approver} waived {said.hold}"
        case Waiver() as said:
            return f"{said.approver} took waiver {said.waiver} of {said.hold} back"
        case Document() as said:
            return f"{fact.source} told of {said.document}"
        case _:
            return f"{fact.source} told of the same {fact.entity}"


def _changes(before: Decision, now: Decision, acted_on: ActedOn) -> Iterator[str]:
    """What is another in the two decisions, of what is acted on."""
    was, has = (_holds(decision, acted_on) for decision in (before, now))
    for key in dict.fromkeys((*was, *has)):
        name = " on ".join(filter(None, key))
        if key not in has:
            yield f"{name} is not open any more"
        elif was.get(key) != has[key]:
            yield f"{name} {_another(was.get(key, []), has[key])}"
    old, new = (_lines(decision, acted_on) for decision in (before, now))
    for line in dict.fromkeys((*old, *new)):
        if old.get(line) != new.get(line):
            yield f"{line} was {old.get(line, 'not there')} and is {new.get(line, 'not there')}"


def _another(was: Sequence[Hold], has: Sequence[Hold]) -> str:
    before, now = (" and ".join(str(each.value) for each in of if each.value) for of in (was, has))
    if was and before != now:
        return f"was about {before or 'no price'} and is about {now or 'no price'}"
    return "is open, and was not" if not was else "is open for something else than before"


def _holds(decision: Decision, acted_on: ActedOn) -> dict[tuple[str, str], list[Hold]]:
    """The holds, by code and subject, as far as it matters to whoever acts on them."""
    found: dict[tuple[str, str], list[Hold]] = {}
    for hold in decision.holds:
        if hold.code == acted_on.hold and acted_on.subject in {None, hold.subject}:
            # When it is due follows from when the rest was last told.
            bare = msgspec.structs.replace(hold, due_at=datetime.min.replace(tzinfo=UTC))
            if not hold.waived_for_good:
                found.setdefault((hold.code, hold.subject), []).append(bare)
    return found


def _lines(decision: Decision, acted_on: ActedOn) -> dict[str, str]:
    """The lines of the charge, each with what it comes to."""
    return {
        line.key: f"{line.charge.amount}"
        for line in decision.lines
        if acted_on.charge and acted_on.charge in {line.charge.subject, line.charge.code}
    }


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
