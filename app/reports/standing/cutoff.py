"""A unit's cut-off: the day of the batch its invoice belongs to, and the moment it closes.

A decision keeps the day; whoever is asked what was in time needs the moment. The contract by
which a unit was decided last says when that is, for the days of earlier decisions as well.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import msgspec

from app.judgement.decision import Decision, Runs
from app.pricing.contract.contract import Contract
from app.pricing.contract.cutoffs import closes_at, complete_by
from app.reports.standing.standing import Standing


class Cutoff(msgspec.Struct, frozen=True, kw_only=True):
    """When a batch closes; without a day there is none."""

    on: date | None = None
    """The customer's day."""
    at: datetime | None = None
    """What is billed by then is in it."""
    complete_by_at: datetime | None = None
    """What is complete by then is due in it."""


def cutoff_in(decision: Decision, contract: Contract | None) -> Cutoff:
    """The first of the cut-offs that the decision names."""
    closings = closings_in(decision, contract)
    if not closings:
        return Cutoff()
    day = min(closings)
    calendar = contract.invoicing_calendar if contract else None
    by = complete_by(closings[day], calendar)
    return Cutoff(on=day, at=closings[day], complete_by_at=by)


def closings_in(decision: Decision, contract: Contract | None) -> Mapping[date, datetime]:
    """When the batch of each of the decision's cut-off days closes."""
    calendar = contract.invoicing_calendar if contract else None
    zone = zone_of(contract)
    days = {each.last_day for each in decision.clocks if each.runs is Runs.CUTOFF}
    return {day: closes_at(day, calendar, zone).astimezone(UTC) for day in days}


def open_batch_of(standing: Standing | None, moment: datetime) -> date | None:
    """The day of the unit's batch, until the moment at which it closes."""
    if standing is None or standing.cutoff_at is None or standing.cutoff_at < moment:
        return None
    return standing.cutoff_on


def zone_of(contract: Contract | None) -> str:
    """The zone of the customer's calendar; UTC where no contract names one."""
    if contract is None:
        return "UTC"
    calendars = (contract.invoicing_calendar, contract.consolidation)
    return next((each.time_zone for each in calendars if each is not None), "UTC")


def last_day(decision: Decision, runs: Runs) -> date | None:
    """The first of the days on which something runs out."""
    return min((each.last_day for each in decision.clocks if each.runs is runs), default=None)
