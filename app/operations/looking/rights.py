"""Lines that have to be billed by a day, the soonest first, a page at a time."""

from datetime import UTC, date

import msgspec

from app.errors import wrong_request
from app.operations.house import House
from app.operations.looking.units import A_PAGE
from app.reports.standing.standing import RightToBill
from app.reports.work.board import Runway
from app.reports.work.wanted import WantedRights

AfterLine = tuple[date, str, str]
"""The day, the unit and the line of the last one seen."""


class Rights(msgspec.Struct, frozen=True, kw_only=True):
    """A page of them."""

    lines: tuple[RightToBill, ...]
    after: AfterLine | None
    """Where the next page begins; None on the last."""


def rights_to_bill(
    house: House, right: str = "", currency: str = "", after: AfterLine | None = None
) -> Rights:
    """The next lines, of those that run out so soon or of all; an empty currency is any.

    Raises:
        RequestError: nothing runs out so.
    """
    if right and right not in set(Runway):
        raise wrong_request("right", f"there is no {right[:30]!a}", ", ".join(Runway))
    wanted = WantedRights(
        runway=Runway(right) if right else None,
        currency=currency,
        on=house.now().astimezone(UTC).date(),
        after=after,
    )
    with house.database.reading(house.tenant) as store:
        found = store.rights.ending(wanted, A_PAGE + 1)
    shown = found[:A_PAGE]
    last = shown[-1] if len(found) > A_PAGE else None
    return Rights(lines=shown, after=(last.last_day, last.unit, last.line) if last else None)
