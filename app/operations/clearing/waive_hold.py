"""A person lets an invoice go out for good although a hold stands, and says why."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from app.access import May, Person
from app.errors import Mistake
from app.evidence.correlation.acts import WAIVES
from app.evidence.facts.work import Waiver
from app.judgement.decision import Hold
from app.money import Money
from app.operations.clearing.desk import Acted, Desk, desk_of
from app.operations.clearing.forms import blank, refuse, unusable_moment, wrong
from app.operations.clearing.since import ActedOn, must_be_as_seen
from app.operations.house import House


def waive_hold(
    house: House,
    person: Person,
    unit: str,
    *,
    form_id: str,
    hold: str,
    reason: str,
    subject: str = "",
    up_to: Money | None = None,
    expires_at: datetime | None = None,
    since: str = "",
) -> Acted:
    """Waive the holds of this code, about this subject where one is named.

    Args:
        house: who acts where.
        person: who waives it.
        unit: by its name or any of its numbers.
        form_id: names the form, the same each time that it is sent.
        hold: the code.
        reason: why.
        subject: what the hold is about; empty for all of the code.
        up_to: the most that may hang on it.
        expires_at: until when.
        since: the decision that the form shows.

    Raises:
        ForbiddenError: the person may not waive holds.
        NotFoundError: no unit goes by the number.
        RequestError: the hold is not open or can never be waived, no reason is given, the limit
            does not cover what hangs on it, or the expiry has passed.
        ConflictError: the console's word does not count, the form said something else before, or
            the hold is another by now than the form shows.
    """
    desk = desk_of(house, person, May.WAIVE, unit)
    refuse(
        (
            *blank("hold", hold),
            *blank("reason", reason),
            *unusable_moment("expires_at", expires_at, after=house.now()),
        )
    )
    said = Waiver(
        waiver=desk.number("W", form_id),
        hold=hold,
        subject=subject,
        granted=True,
        approver=person.name,
        reason=reason.strip(),
        up_to=up_to,
        expires_at=expires_at,
    )
    again = desk.sent_before(form_id, said)
    if again is not None:
        return again
    acted_on = ActedOn(
        word=lambda fact: (
            isinstance(fact.said, Waiver)
            and fact.said.hold == hold
            and ("" in {subject, fact.said.subject} or fact.said.subject == subject)
        ),
        hold=hold,
        subject=subject or None,
    )
    must_be_as_seen(desk, since, acted_on)
    found = desk.open_holds(hold, subject)
    refuse(
        (
            *not_open(hold, subject, found),
            *(each for one in found for each in _not_waivable(desk, one)),
            *(each for one in found for each in _not_covered(one, up_to)),
        )
    )
    desk.must_count(WAIVES)
    return desk.record(form_id, said)


def not_open(hold: str, subject: str, found: Sequence[Hold]) -> Iterable[Mistake]:
    """That the current decision has no such hold."""
    if not found:
        about = f" on {subject}" if subject else ""
        yield wrong("hold", f"{hold}{about} is not open")


def _not_waivable(desk: Desk, hold: Hold) -> Iterable[Mistake]:
    kind = desk.editions.rules.hold(hold.code)
    if not (hold.rule_id and kind.waivable):
        yield wrong("hold", f"{hold.code} can never be waived", mend=f"way out: {hold.way_out}")
    elif not hold.blocks:
        yield wrong("hold", f"{hold.code} only warns; there is nothing to waive")


def _not_covered(hold: Hold, up_to: Money | None) -> Iterable[Mistake]:
    if up_to is None:
        return
    value = hold.value
    if value is None:
        yield wrong("up_to", f"nothing that hangs on {hold.code} has a price yet")
    elif value.currency != up_to.currency or abs(value.amount) > up_to.amount:
        yield wrong("up_to", f"{value} hangs on {hold.code}", allowed=f"at least {value}")
