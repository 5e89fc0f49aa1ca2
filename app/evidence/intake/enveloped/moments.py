"""When it happened: what is taken, and remarked, where a local time leaves something unsaid."""

from datetime import date, datetime, time

from app.evidence.facts.party import Place
from app.evidence.intake import zones
from app.evidence.intake.enveloped.reading import MessageReading
from app.evidence.intake.enveloped.segments import S

NOON = time(12)
"""Taken where only a day is given: no zone of a continent turns it into another day."""


def remark_time_taken(
    reading: MessageReading[S], on: date, taken: time, segment: S, element: int
) -> None:
    """Say that a day without a time of day was read as this time of it."""
    detail = f"{on} has no time of day; {taken:%H:%M} was taken"
    reading.remark("TIME_ASSUMED", detail, segment, element)


def at_place(
    reading: MessageReading[S], segment: S, local: datetime, place: Place | None
) -> datetime:
    """The instant of a local time at a place, else in the profile's zone, with a remark."""
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
