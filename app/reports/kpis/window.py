"""Of which days something is counted, and as of when."""

from datetime import UTC, date, datetime, time, timedelta

import msgspec

from app.errors import wrong_request

USUAL_DAYS = 30
LONGEST_DAYS = 3660


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """Days of the customers' calendars, the last one exclusive, and the moment of counting."""

    since: date
    before: date
    now: datetime

    @property
    def at(self) -> datetime:
        """As of when something is open: now, or the end of the window where that has passed.

        What has no day of its own (a message, a dispute) is placed by days in UTC.
        """
        return min(self.now, midnight(self.before))

    @property
    def name(self) -> str:
        """`2026-02-05 to 2026-03-06`, both inclusive, as people say it."""
        return f"{self.since} to {self.before - timedelta(days=1)}"


def last_days(days: int, now: datetime) -> Window:
    """So many days up to and with today, in UTC."""
    tomorrow = now.astimezone(UTC).date() + timedelta(days=1)
    return Window(since=tomorrow - timedelta(days=days), before=tomorrow, now=now)


def window_of(since: date | None, before: date | None, now: datetime) -> Window:
    """The days asked for; without them the last thirty.

    Raises:
        RequestError: the window ends before it begins, or is beyond ten years.
    """
    usual = last_days(USUAL_DAYS, now)
    end = usual.before if before is None else before
    start = _usual_start(end) if since is None else since
    if start >= end or (end - start).days > LONGEST_DAYS:
        raise wrong_request(
            "from, to",
            f"from {start} to {end} is no window",
            f"1 to {LONGEST_DAYS} days; its end is the first day that is not in it",
        )
    return Window(since=start, before=end, now=now)


def midnight(day: date) -> datetime:
    """The beginning of a day in UTC."""
    return datetime.combine(day, time(), UTC)


def _usual_start(end: date) -> date:
    if (end - date.min).days <= USUAL_DAYS:
        return date.min
    return end - timedelta(days=USUAL_DAYS)
