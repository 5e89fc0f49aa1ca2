"""A person takes a waiver back: the hold stands again."""

from app.access import May, Person
from app.evidence.correlation.acts import WAIVES
from app.evidence.correlation.waivers import waivers_of
from app.evidence.facts.work import Waiver
from app.operations.clearing.desk import Acted, desk_of
from app.operations.clearing.forms import blank, refuse, wrong
from app.operations.clearing.since import ActedOn, must_be_as_seen
from app.operations.house import House


def take_back_waiver(
    house: House,
    person: Person,
    unit: str,
    *,
    form_id: str,
    waiver: str,
    reason: str,
    since: str = "",
) -> Acted:
    """Say that it is no longer waived, whoever waived it; what was billed by it is billed.

    Raises:
        ForbiddenError: the person may not waive holds.
        NotFoundError: no unit goes by the number.
        RequestError: there is no such waiver, or no reason is given.
        ConflictError: the console's word does not count, the form said something else before, or
            something was said of the waiver since the decision that the form shows.
    """
    desk = desk_of(house, person, May.WAIVE, unit)
    found = [each for each in waivers_of(desk.unit, desk.policy_at) if each.waiver == waiver]
    unknown = [] if found else [wrong("waiver", f"nobody waived anything as {waiver!r}")]
    refuse((*unknown, *blank("reason", reason)))
    said = Waiver(
        waiver=waiver,
        hold=found[0].hold,
        subject=found[0].subject,
        granted=False,
        approver=person.name,
        reason=reason.strip(),
    )
    again = desk.sent_before(form_id, said)
    if again is not None:
        return again
    acted_on = ActedOn(
        word=lambda fact: isinstance(fact.said, Waiver) and fact.said.waiver == waiver
    )
    must_be_as_seen(desk, since, acted_on)
    void = [wrong("waiver", f"{waiver} ends nothing: {each.void}") for each in found if each.void]
    refuse(void if len(void) == len(found) else ())
    desk.must_count(WAIVES)
    return desk.record(form_id, said)
