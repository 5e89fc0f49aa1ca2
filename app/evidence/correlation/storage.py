"""The storage period of a unit, as all its sources declare it."""

from datetime import date, timedelta

import msgspec

from app.evidence.correlation.told import rank
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Classifier
from app.evidence.facts.warehouse import StoragePeriod


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """The days that are billed together: the first is in it, `ends_before` is not."""

    starts_on: date
    ends_before: date
    closed: bool
    """Everybody who declares it says that no further movement is expected."""
    fact_ids: tuple[str, ...]

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.ends_before - self.starts_on).days

    @property
    def last_day(self) -> date:
        """The last day that is in it."""
        return self.ends_before - timedelta(days=1)

    def holds(self, day: date) -> bool:
        """Whether the day is in it."""
        return self.starts_on <= day < self.ends_before

    def __str__(self) -> str:
        """`2026-03-01 to 2026-03-31`."""
        return f"{self.starts_on.isoformat()} to {self.last_day.isoformat()}"


def rivals_of(unit: BillableUnit) -> tuple[str, ...]:
    """Other periods of the same stock that bill a day of this one as well, by name.

    Each source's last word about a period counts: one that was moved away is no rival.
    """
    period = period_of(unit)
    if isinstance(period, str):
        return ()
    last = {
        (fact.source.system, fact.source.instance, said.storage_period): said
        for fact in sorted(unit.storage_periods, key=rank)
        if isinstance(said := fact.said, StoragePeriod) and not _is_own(unit, said)
    }
    return tuple(
        f"{said.storage_period} from {said.starts_on.isoformat()} on"
        for _, said in sorted(last.items(), key=lambda each: each[0])
        if said.starts_on < period.ends_before and period.starts_on < said.ends_before
    )


def _is_own(unit: BillableUnit, said: StoragePeriod) -> bool:
    number = "".join(sign for sign in said.storage_period.upper() if sign.isalnum())
    return unit.unit == f"storage:{number}"


def period_of(unit: BillableUnit) -> Period | str:
    """The period by the last word of each source, or why it is not known.

    Sources that disagree about its days leave it unknown: a day more or less is money.
    """
    last: dict[tuple[str, str], tuple[StoragePeriod, str]] = {}
    for fact in sorted(unit.storage_periods, key=rank):
        if (
            isinstance(fact.said, StoragePeriod)
            and fact.classifier is Classifier.ACTUAL
            and _is_own(unit, fact.said)
        ):
            last[fact.source.system, fact.source.instance] = fact.said, fact.fact_id
    if not last:
        return f"nobody has declared the storage period of {unit.unit}"
    days = {(said.starts_on, said.ends_before) for said, _ in last.values()}
    if len(days) > 1:
        return f"sources disagree about the days of {unit.unit}"
    starts_on, ends_before = days.pop()
    return Period(
        starts_on=starts_on,
        ends_before=ends_before,
        closed=all(said.status == "closed" for said, _ in last.values()),
        fact_ids=tuple(sorted(fact_id for _, fact_id in last.values())),
    )
