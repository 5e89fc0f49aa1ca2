"""A person approves an extra charge, rejects it, or gives it up, and says why."""

from collections.abc import Iterable, Mapping

from app.access import APPROVALS, Person, must_be_allowed
from app.errors import Mistake
from app.evidence.correlation.acts import ACTS
from app.evidence.facts.money import Approval, Cost, Outcome
from app.money import Money
from app.operations.clearing.desk import Acted, Desk, desk_of
from app.operations.clearing.forms import blank, refuse, wrong
from app.operations.clearing.since import ActedOn, must_be_as_seen
from app.operations.house import House
from app.reports.unit.approvable import Approvable, approvable


def approve_charge(
    house: House,
    person: Person,
    unit: str,
    *,
    form_id: str,
    subject: str,
    outcome: Outcome,
    reason: str,
    up_to: Money | None = None,
    hold: str = "",
    hold_subject: str = "",
    since: str = "",
) -> Acted:
    """Say what becomes of one thing that `approvable` names.

    Args:
        house: who acts where.
        person: who says it.
        unit: by its name or any of its numbers.
        form_id: names the form, the same each time that it is sent.
        subject: the name of the thing.
        outcome: what becomes of it.
        reason: why.
        up_to: the most it may come to.
        hold: the code of the hold beside which the form stands.
        hold_subject: and what that hold is about.
        since: the decision that the form shows.

    Raises:
        ForbiddenError: the person may not approve anything, or not what this is.
        NotFoundError: no unit goes by the number.
        RequestError: there is nothing of that name to approve, no reason is given, or the limit
            does not cover it.
        ConflictError: the console's word does not count, the form said something else before, or
            the charge is another by now than the form shows.
    """
    desk = desk_of(house, person, APPROVALS[0], unit, *APPROVALS[1:])
    refuse((*blank("subject", subject), *blank("reason", reason)))
    known = {each.subject: each for each in approvable(desk.unit, desk.decision, _costs(desk))}
    for needed in known[subject].needs if subject in known else ():
        must_be_allowed(person, needed)
    said = Approval(
        approval=desk.number("A", form_id),
        subject=subject,
        granted=outcome is Outcome.GRANTED,
        approver=person.name,
        authority=person.role.value,
        up_to=up_to,
        outcome=outcome,
        reason=reason.strip(),
    )
    again = desk.sent_before(form_id, said)
    if again is not None:
        return again
    acted_on = ActedOn(
        word=lambda fact: (
            getattr(fact.said, "subject", "") == subject and fact.entity == "approval"
        ),
        hold=hold,
        subject=hold_subject,
        charge=subject,
    )
    must_be_as_seen(desk, since, acted_on)
    refuse(_problems(known, said))
    desk.must_count(ACTS[Approval])
    return desk.record(form_id, said)


def _costs(desk: Desk) -> tuple[Cost, ...]:
    """What carriers ask wherever the unit's numbers lead, so also for the others of its loads."""
    return tuple(fact.said for fact in desk.around if isinstance(fact.said, Cost))


def _problems(known: Mapping[str, Approvable], said: Approval) -> Iterable[Mistake]:
    """What is wrong with it at this unit."""
    found = known.get(said.subject)
    if found is None:
        allowed = ", ".join(known) or "nothing of this unit needs one"
        yield wrong("subject", f"{said.subject!r} is nothing to approve here", allowed=allowed)
    elif said.up_to is not None:
        yield from _limit(found, said, said.up_to)


def _limit(found: Approvable, said: Approval, up_to: Money) -> Iterable[Mistake]:
    amount = found.amount
    if not said.granted:
        yield wrong("up_to", "only what is granted has a limit")
    elif amount is not None and (amount.currency != up_to.currency or amount.amount > up_to.amount):
        yield wrong("up_to", f"{found.says} is {amount}", allowed=f"at least {amount}")
