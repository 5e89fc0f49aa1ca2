"""When it happened: an X12 date, time and time code at a place, as an instant."""

from datetime import date, datetime, time

from app.evidence.facts.party import Place
from app.evidence.intake import zones
from app.evidence.intake.enveloped import dates
from app.evidence.intake.enveloped.moments import NOON, at_place, remark_time_taken
from app.evidence.intake.x12.segments import Segment
from app.evidence.intake.x12.transaction import Reading


def instant(
    reading: Reading,
    segment: Segment,
    at: tuple[int, int, int],
    place: Place | None,
    unsaid: time = NOON,
) -> datetime:
    """The instant in the segment's date, time and time code elements.

    Args:
        reading: the transaction, which is refused where date or time are impossible.
        segment: where they stand.
        at: the positions of date, time and time code (element 623).
        place: whose local time it is where the code says `LT` or nothing.
        unsaid: the time of day to take, with a remark, where only a day is given.
    """
    date_at, time_at, code_at = at
    on = reading.parsed(dates.day, segment, date_at)
    clock = _clock(reading, segment, time_at, unsaid, on)
    local = datetime.combine(on, clock)
    code = segment.at(code_at).upper()
    if code not in ("", "LT"):
        if (known := zones.at_time_code(local, code)) is not None:
            return known
        detail = f"time code {code!r} is not known; local time was taken"
        reading.remark("CODE_UNMAPPED", detail, segment, code_at)
    return at_place(reading, segment, local, place)


def on_day(reading: Reading, segment: Segment, at: int, place: Place | None) -> datetime:
    """Noon, with a remark, of a day in a segment that has no place for a time."""
    on = reading.parsed(dates.day, segment, at)
    remark_time_taken(reading, on, NOON, segment, at)
    return at_place(reading, segment, datetime.combine(on, NOON), place)


def _clock(reading: Reading, segment: Segment, at: int, unsaid: time, on: date) -> time:
    if segment.at(at):
        return reading.parsed(dates.clock, segment, at)
    remark_time_taken(reading, on, unsaid, segment, at)
    return unsaid
