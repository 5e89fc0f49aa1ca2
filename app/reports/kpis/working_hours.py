"""The hours in which the owners of holds work: exception resolution time counts only these.

One calendar for every queue, stated here and nowhere else: Monday to Friday from 08:00 to 18:00
in Chicago, where the contracts we ship are kept. No holidays: a queue that is closed on one
still answers for the day.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec


class WorkingHours(msgspec.Struct, frozen=True, kw_only=True):
    """The same hours on each working day."""

    zone: str
    days: tuple[int, ...]
    """Monday is 0."""
    opens: time
    closes: time

    def __str__(self) -> str:
        """`Mon-Fri 08:00-18:00 America/Chicago`."""
        names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
        span = f"{names[self.days[0]]}-{names[self.days[-1]]}"
        return f"{span} {self.opens:%H:%M}-{self.closes:%H:%M} {self.zone}"


OWNERS_HOURS = WorkingHours(
    zone="America/Chicago", days=(0, 1, 2, 3, 4), opens=time(8), closes=time(18)
)


def working_seconds(start: datetime, stop: datetime, hours: WorkingHours = OWNERS_HOURS) -> int:
    """The whole seconds between two moments that are working hours; none where it ends before."""
    zone = ZoneInfo(hours.zone)
    begins, ends = (each.astimezone(UTC).replace(microsecond=0) for each in (start, stop))
    day, last = begins.astimezone(zone).date(), ends.astimezone(zone).date()
    worked = timedelta()
    while day <= last:
        worked += _worked_on(day, begins, ends, hours, zone)
        day += timedelta(days=1)
    return worked // timedelta(seconds=1)


def _worked_on(
    day: date, begins: datetime, ends: datetime, hours: WorkingHours, zone: ZoneInfo
) -> timedelta:
    if day.weekday() not in hours.days:
        return timedelta()
    opens = datetime.combine(day, hours.opens, zone).astimezone(UTC)
    closes = datetime.combine(day, hours.closes, zone).astimezone(UTC)
    return max(min(ends, closes) - max(begins, opens), timedelta())
