"""Until when each line may be billed: the contract's windows, and what the law allows.

| clock | counts from | source |
|---|---|---|
| a claim window | the day of the service event, else of the service | the contract |
| more than the first bill | the day of the first bill | 49 U.S.C. 13710(a)(3)(A): 180 days |
| demurrage, detention | the day on which it was last incurred | 46 CFR 541.7(a): 30 days |

The last day is itself in time. Where several clocks run the earliest counts. A clock whose first
day nobody has told has no last day, and then the line has none: it may be the earliest.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import msgspec

from app.evidence.correlation.journey import Journey
from app.evidence.correlation.unit import BillableUnit, local_day
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Milestone, MilestoneStatus
from app.evidence.facts.money import Accessorial
from app.evidence.facts.party import Place
from app.money import Money
from app.pricing.contract.contract import Contract
from app.pricing.lines.charge import Charge

ANY_CHARGE = "any"
"""A claim window for whatever is billed."""

BALANCE_DUE = "49 U.S.C. 13710(a)(3)(A)"
"""A motor carrier bills what is beyond the original bill within 180 days of its receipt, or
loses the right to collect it."""
MOTOR_CARRIAGE = ("LTL", "TL")
UNITED_STATES = ("US", "USA")

TERMINAL = (
    MilestoneStatus.CONTAINER_DISCHARGED,
    MilestoneStatus.CONTAINER_AVAILABLE,
    MilestoneStatus.GATE_OUT,
    MilestoneStatus.GATE_IN,
)
"""What starts or ends the clock of a container."""

ONE_DAY = timedelta(days=1)


class Began(msgspec.Struct, frozen=True):
    """From which day a clock counts, what happened then, and who told it."""

    day: date | None
    what: str
    fact_ids: tuple[str, ...] = ()


class Right(msgspec.Struct, frozen=True, kw_only=True):
    """The right to bill one line."""

    expires_on: date | None
    """The last day; None: the day from which it counts was not told."""
    source: str
    """Where the limit stands, and how it counts."""
    fact_ids: tuple[str, ...] = ()


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What the clocks of a unit count from."""

    unit: BillableUnit
    journey: Journey
    contract: Contract
    billed_first_on: date | None = None
    """The day of the unit's first invoice, once it has one."""


def right_of(charge: Charge, at: Situation, billed: Money | None = None) -> Right | None:
    """Until when the line may be billed; None where no clock runs.

    What is credited, and what was billed in full already, no clock ends: `billed` is what the
    line came to on the invoices so far.
    """
    owed = charge.amount if billed is None else charge.amount + -billed
    if owed.amount <= 0:
        return None
    return strictest(_rights(charge, at))


def strictest(rights: Iterable[Right | None]) -> Right | None:
    """The one that ends first; one whose end is not known may end before any other."""
    running = [each for each in rights if each is not None]
    return min(running, key=lambda each: (each.expires_on or date.min, each.source), default=None)


def earliest(rights: Iterable[Right | None]) -> Right | None:
    """The one that ends first of those whose end is known."""
    return strictest(each for each in rights if each is not None and each.expires_on is not None)


def service_day(journey: Journey) -> Began:
    """The day of service; freight that is billed on pickup is served when it is picked up."""
    facts = journey.delivered or journey.ship_confirmed
    if journey.service_date is not None:
        return Began(journey.service_date, "the service", tuple(f.fact_id for f in facts[:1]))
    if journey.picked_up:
        first = journey.picked_up[0]
        return Began(local_day(first), "the pickup", (first.fact_id,))
    return Began(None, "the service")


def _rights(charge: Charge, at: Situation) -> Iterator[Right]:
    for window in at.contract.claim_windows:
        if window.charge in {charge.code, ANY_CHARGE}:
            yield _right(_event(charge, at), window.days, window.source)
    days = at.contract.balance_due_days
    if days is not None and at.billed_first_on is not None and _by_motor_carrier(at.unit):
        yield _right(Began(at.billed_first_on, "the first bill"), days, BALANCE_DUE)
    ruled = at.contract.demurrage_invoices
    if ruled is not None and charge.code in ruled.charges:
        yield _right(last_incurred(charge, at.unit), ruled.within_days, ruled.source)


def _right(began: Began, days: int, source: str) -> Right:
    since = began.day.isoformat() if began.day else "not told"
    return Right(
        expires_on=began.day + timedelta(days=days) if began.day else None,
        source=f"{source}: {days} days from {began.what} ({since})",
        fact_ids=began.fact_ids,
    )


def _event(charge: Charge, at: Situation) -> Began:
    """The day on which the truck left the stop of the service event, else the unit's own."""
    stops = {
        fact.said.stop: fact.fact_id
        for fact in at.unit.accessorials
        if isinstance(fact.said, Accessorial) and fact.said.accessorial == charge.subject
    }
    for stop in at.journey.stops:
        named = stop.stop in stops or stop.stop == charge.subject
        if named and stop.departed_at is not None:
            return Began(stop.departed_at.date(), f"the departure at {stop.stop}", stop.fact_ids)
    return service_day(at.journey)


def last_incurred(charge: Charge, unit: BillableUnit) -> Began:
    """The last day charged: that of the report which ended the clock, but for days not counted.

    Only a charge that counts days of a container names reports; for one that is merely claimed
    nobody has told until when it was incurred.
    """
    reports = terminal_reports(charge, unit)
    if not reports:
        return Began(None, "the day on which it was last incurred")
    ids = tuple(fact.fact_id for fact in reports)
    day = max(local_day(fact) for fact in reports)
    # The working lists each day that was not charged, and why, as `2026-03-07: ...`.
    while any(each.startswith(f"{day.isoformat()}: ") for each in charge.rejected):
        day -= ONE_DAY
    return Began(day, "the day on which it was last incurred", ids)


def terminal_reports(charge: Charge, unit: BillableUnit) -> tuple[Fact, ...]:
    """The terminal's reports between which the line's clock ran; a day of pickup is none."""
    return tuple(
        fact
        for fact in facts_of(charge, unit)
        if isinstance(fact.said, Milestone) and fact.said.status in TERMINAL
    )


def facts_of(charge: Charge, unit: BillableUnit) -> tuple[Fact, ...]:
    """The unit's own facts that the line was worked out from; others are of the market or load."""
    ids = dict.fromkeys(each for used in charge.inputs for each in used.fact_ids)
    return tuple(unit.facts[each] for each in ids if each in unit.facts)


def _by_motor_carrier(unit: BillableUnit) -> bool:
    """Whether it went by truck and touched the United States, as far as anybody says."""
    if unit.text("mode") not in MOTOR_CARRIAGE:
        return False
    ends = [unit.attribute("origin"), unit.attribute("destination")]
    countries = [each.country.upper() for each in ends if isinstance(each, Place)]
    told_elsewhere = len(countries) == len(ends) and all(countries)
    return not told_elsewhere or any(each in UNITED_STATES for each in countries)
