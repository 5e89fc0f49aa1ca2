"""When it happened: an X12 date, time and time code at a place, as an instant."""

from datetime import date, datetime, time

from app.evidence.facts.party import Place
from app.evidence.intake import zones
from app.evidence.intake.x12 import values
from app.evidence.intake.x12.segments import Segment
from app.evidence.intake.x12.transaction import Reading

NOON = time(12)
"""Taken where only a day is given: no zone of the continent turns it into another day."""


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
    on = reading.parsed(values.day, segment, date_at)
    clock = _clock(reading, segment, time_at, unsaid, on)
    local = datetime.combine(on, clock)
    code = segment.at(code_at).upper()
    if code not in ("", "LT"):
        if (known := zones.at_time_code(local, code)) is not None:
            return known
        detail = f"time code {code!r} is not known; local time was taken"
        reading.remark("CODE_UNMAPPED", detail, segment, code_at)
    return _at_place(reading, segment, local, place)


def on_day(reading: Reading, segment: Segment, at: int, place: Place | None) -> datetime:
    """Noon, with a remark, of a day in a segment that has no place for a time."""
    on = reading.parsed(values.day, segment, at)
    reading.remark("TIME_ASSUMED", f"{on} has no time of day; {NOON:%H:%M} was taken", segment, at)
    return _at_place(reading, segment, datetime.combine(on, NOON), place)


def _clock(reading: Reading, segment: Segment, at: int, unsaid: time, on: date) -> time:
    if segment.at(at):
        return reading.parsed(values.clock, segment, at)
    detail = f"{on} has no time of day; {unsaid:%H:%M} was taken"
    reading.remark("TIME_ASSUMED", detail, segment, at)
    return unsaid


def _at_place(reading: Reading, segment: Segment, local: datetime, place: Place | None) -> datetime:
    zone = zones.zone_of(place.region, place.country) if place else None
    name = zone.name if zone else reading.profile.zone
    if zone is None:
        where = f"no zone is known for {place}" if place and str(place) else "no place is given"
        reading.remark("TIME_ZONE_ASSUMED", f"{where}; {name} was taken", segment)
    elif not zone.certain and place:
        detail = f"{place.region} lies in two zones; {name} was taken"
        reading.remark("TIME_ZONE_ASSUMED", detail, segment)
    if zones.is_doubtful(local, name):
        detail = f"clocks change in {name}: {local} is there twice or never"
        reading.remark("TIME_DOUBTFUL", detail, segment)
    return zones.in_zone(local, name)
