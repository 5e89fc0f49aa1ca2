"""Units as lists show them, by name, a page at a time."""

from datetime import UTC, datetime

import msgspec

from app.errors import wrong_request
from app.judgement.verdict import Verdict
from app.measures import Instant
from app.operations.house import House
from app.reports.standing.standing import Stage, Standing
from app.reports.work.batches import Closes
from app.reports.work.wanted import WantedUnits

A_PAGE = 50
NO_PRICE = "none"
"""In an address, the currency of what has no price."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A filter in the words of an address; what is empty filters nothing."""

    stage: str = ""
    verdict: str = ""
    """Of the current decision: `provisional`."""
    customer: str = ""
    carrier: str = ""
    currency: str = ""
    """`none`: nothing is priced."""
    cutoff: str = ""
    closes: str = ""
    """The moment at which the customer's batch closes: `2026-03-06T23:00:00Z`."""
    after: str = ""


class Units(msgspec.Struct, frozen=True, kw_only=True):
    """A page of units."""

    units: tuple[Standing, ...]
    after: str
    """Where the next page begins; empty on the last."""


def units_like(house: House, asked: Asked) -> Units:
    """The next units that are like this.

    Raises:
        RequestError: there is no such stage or verdict, nothing runs out so, or it is no moment.
    """
    wanted = WantedUnits(
        stage=_one_of("stage", asked.stage, tuple(Stage)),
        verdict=_one_of("verdict", asked.verdict, tuple(Verdict)),
        customer=asked.customer,
        carrier=asked.carrier,
        currency=currency_asked(asked.currency),
        cutoff=Closes(asked.cutoff) if _one_of("cutoff", asked.cutoff, tuple(Closes)) else None,
        closes=_moment("closes", asked.closes),
        moment=house.now(),
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


def _moment(field: str, text: str) -> datetime | None:
    if not text:
        return None
    try:
        return msgspec.convert(text, Instant).astimezone(UTC)
    except (msgspec.ValidationError, OverflowError) as error:
        what = f"{text[:30]!a} is no moment"
        raise wrong_request(field, what, "one such as 2026-03-06T23:00:00Z") from error


def _one_of(field: str, text: str, allowed: tuple[str, ...]) -> str:
    if not text or text in allowed:
        return text
    raise wrong_request(field, f"there is no {text[:30]!a}", ", ".join(allowed))
