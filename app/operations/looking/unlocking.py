"""What would release a unit, as its page shows it."""

from app.errors import NotFoundError
from app.explanation.unlock.answer import Unlocking
from app.operations.deciding.unlock_unit import unlock_decision
from app.operations.house import House
from app.reports.unit.unlock_days import with_days_of


def unlocking_of_unit(house: House, unit: str) -> Unlocking:
    """What would release it by its current decision, due when the work list says.

    Raises:
        NotFoundError: no decision about it is in force.
    """
    with house.database.reading(house.tenant) as store:
        current = store.decisions.current_of(unit)
        spells = store.standings.open_of([unit])
    if current is None:
        raise NotFoundError(f"{unit} has no decision in force")
    return with_days_of(spells, unlock_decision(house, current.decision_id))
