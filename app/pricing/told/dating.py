"""The day whose prices count, by the basis that was agreed."""

from datetime import date
from typing import Literal

import msgspec

from app.evidence.correlation.journey import Journey
from app.evidence.correlation.storage import period_of
from app.evidence.correlation.unit import BillableUnit, local_day
from app.evidence.facts.fact import Fact
from app.evidence.facts.order import Order
from app.pricing.lines.charge import Input
from app.pricing.told.riding import called_off_by

RateDate = Literal["order", "pickup", "delivery", "ship confirm", "storage period"]
"""Which event's local day selects the prices; a storage period has only its first day."""


class Dated(msgspec.Struct, frozen=True):
    """A day and the fact it was read from."""

    day: date
    told: Input


def rate_day(unit: BillableUnit, basis: RateDate) -> Dated | None:
    """The day of the event where it happened; None while it has not happened.

    Of several pickups the first counts, of several deliveries or ship confirmations the
    last: what is priced began with the one and is complete with the other. A storage period
    is priced as of its first day, whatever the card says of freight and orders.
    """
    if unit.kind == "storage":
        return _period_day(unit)
    match basis:
        case "order":
            days = sorted(
                (local_day(fact), fact.fact_id)
                for fact in unit.facts.values()
                if isinstance(fact.said, Order)
            )[:1]
        case "pickup":
            days = _days(Journey(unit).picked_up)[:1]
        case "delivery":
            days = _days(Journey(unit).delivered)[-1:]
        case "ship confirm":
            days = sorted(_confirmed(unit))[-1:]
        case "storage period":
            days = []
    if not days:
        return None
    day, fact_id = days[0]
    told = Input(name="rate date", value=f"{day.isoformat()} ({basis})", fact_ids=(fact_id,))
    return Dated(day, told)


def _period_day(unit: BillableUnit) -> Dated | None:
    period = period_of(unit)
    if isinstance(period, str):
        return None
    day = period.starts_on
    value = f"{day.isoformat()} (first day of the storage period)"
    return Dated(day, Input(name="rate date", value=value, fact_ids=period.fact_ids))


def load_day(load: tuple[BillableUnit, ...], basis: RateDate) -> Dated | None:
    """The first day of all units, so that each shares one price; None until all have one."""
    days = [rate_day(unit, basis) for unit in load]
    known = [dated for dated in days if dated is not None]
    return min(known, key=lambda dated: dated.day) if len(known) == len(days) else None


def day_called_off(unit: BillableUnit) -> Dated | None:
    """The local day on which the unit was called off; None where it was not."""
    fact = called_off_by(unit)
    if fact is None:
        return None
    value = f"{local_day(fact).isoformat()} (called off)"
    return Dated(local_day(fact), Input(name="rate date", value=value, fact_ids=(fact.fact_id,)))


def _days(facts: tuple[Fact, ...]) -> list[tuple[date, str]]:
    return [(local_day(fact), fact.fact_id) for fact in facts]


def _confirmed(unit: BillableUnit) -> list[tuple[date, str]]:
    return [
        (getattr(fact.said, "shipped_on", None) or local_day(fact), fact.fact_id)
        for fact in Journey(unit).ship_confirmed
    ]
