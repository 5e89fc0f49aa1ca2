"""Units as lists show them, by name, a page at a time."""

from datetime import UTC

import msgspec

from app.errors import wrong_request
from app.operations.house import House
from app.reports.standing.standing import Stage, Standing
from app.reports.work.board import Runway
from app.reports.work.wanted import WantedUnits

A_PAGE = 50
NO_PRICE = "none"
"""In an address, the currency of what has no price."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A filter in the words of an address; what is empty filters nothing."""

    stage: str = ""
    customer: str = ""
    carrier: str = ""
    currency: str = ""
    """`none`: nothing is priced."""
    cutoff: str = ""
    right: str = ""
    after: str = ""


class Units(msgspec.Struct, frozen=True, kw_only=True):
    """A page of units."""

    units: tuple[Standing, ...]
    after: str
    """Where the next page begins; empty on the last."""


def units_like(house: House, asked: Asked) -> Units:
    """The next units that are like this.

    Raises:
        RequestError: there is no such stage, or nothing runs out so.
    """
    wanted = WantedUnits(
        stage=_one_of("stage", asked.stage, tuple(Stage)),
        customer=asked.customer,
        carrier=asked.carrier,
        currency=currency_asked(asked.currency),
        cutoff=_runway("cutoff", asked.cutoff),
        right=_runway("right", asked.right),
        on=house.now().astimezone(UTC).date(),
        after=asked.after,
    )
    with house.database.reading(house.tenant) as store:
        found = store.standings.units(wanted, A_PAGE + 1)
    more = len(found) > A_PAGE
    return Units(units=found[:A_PAGE], after=found[A_PAGE - 1].unit if more else "")


def currency_asked(text: str) -> str | None:
    """The currency of a filter: empty where what has no price is asked for, None where any is."""
    if not text:
        return None
    return "" if text == NO_PRICE else text


def _runway(field: str, text: str) -> Runway | None:
    return Runway(_one_of(field, text, tuple(Runway))) if text else None


def _one_of(field: str, text: str, allowed: tuple[str, ...]) -> str:
    if not text or text in allowed:
        return text
    raise wrong_request(field, f"there is no {text[:30]!a}", ", ".join(allowed))
