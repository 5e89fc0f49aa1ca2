"""A hold becomes somebody's work; that is noted, and no decision sees it."""

from app.access import May, Person
from app.evidence.facts.work import Assignment
from app.operations.clearing.desk import Acted, desk_of
from app.operations.clearing.forms import refuse
from app.operations.clearing.waive_hold import not_open
from app.operations.house import House


def assign_hold(
    house: House,
    person: Person,
    unit: str,
    *,
    form_id: str,
    hold: str,
    to: str,
    subject: str = "",
    note: str = "",
) -> Acted:
    """Give the hold to somebody, or with nobody named back to its queue.

    Raises:
        ForbiddenError: the person may not assign work.
        NotFoundError: no unit goes by the number.
        RequestError: the hold is not open.
        ConflictError: the form said something else before.
    """
    desk = desk_of(house, person, May.ASSIGN, unit)
    said = Assignment(
        assignment=" ".join(filter(None, (desk.name, hold, subject))),
        hold=hold,
        subject=subject,
        to=to.strip(),
        by=person.name,
        note=note.strip(),
    )
    again = desk.sent_before(form_id, said)
    if again is not None:
        return again
    found = [each for each in desk.open_holds(hold) if each.subject == subject]
    refuse(not_open(hold, subject, found))
    return desk.record(form_id, said)
