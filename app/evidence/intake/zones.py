"""The local time of a state or province, and what X12 time codes mean.

A place's region decides its zone. Where a region lies in two zones the one most of its
people live in is taken, and `Zone.certain` is false so that the reader says so.
"""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

EASTERN = "America/New_York"
CENTRAL = "America/Chicago"
MOUNTAIN = "America/Denver"
PACIFIC = "America/Los_Angeles"

REGIONS_OF_ZONES = {
    EASTERN: "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV",
    CENTRAL: "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
    MOUNTAIN: "CO ID MT NM UT WY",
    PACIFIC: "CA NV OR WA",
    "America/Phoenix": "AZ",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
    "America/Puerto_Rico": "PR VI",
    "America/Toronto": "ON QC PQ",
    "America/Winnipeg": "MB",
    "America/Regina": "SK",
    "America/Edmonton": "AB NT",
    "America/Vancouver": "BC",
    "America/Halifax": "NS NB PE",
    "America/St_Johns": "NL NF",
    "America/Whitehorse": "YT",
    "America/Iqaluit": "NU",
}
REGION_ZONES = {
    region: zone for zone, regions in REGIONS_OF_ZONES.items() for region in regions.split()
}
REGIONS_IN_TWO_ZONES = "AK AZ BC FL ID IN KS KY MI ND NE NL NF NU NV ON OR PQ QC SD SK TN TX"
IN_TWO_ZONES = frozenset(REGIONS_IN_TWO_ZONES.split())

NORTH_AMERICA = frozenset(("", "US", "USA", "CA", "CAN", "PR"))
"""Countries whose regions the table knows; `CA` the country is no region here."""

# Codes 01 to 12 are that many hours ahead of UTC, 13 to 24 are 12 to 1 hours behind.
NUMBERED_TIME_CODES = {f"{code:02}": code if code <= 12 else code - 25 for code in range(1, 25)}
LETTERED_TIME_CODES = (
    "UT+0 GM+0 TS-4 TD-3 ES-5 ED-4 CS-6 CD-5 MS-7 MD-6 PS-8 PD-7 AS-9 AD-8 HS-10 HD-9"
)
HOURS_OF_TIME_CODES = {
    **NUMBERED_TIME_CODES,
    **{entry[:2]: int(entry[2:]) for entry in LETTERED_TIME_CODES.split()},
}
ZONES_OF_TIME_CODES = {
    "ET": EASTERN,
    "CT": CENTRAL,
    "MT": MOUNTAIN,
    "PT": PACIFIC,
    "AT": "America/Anchorage",  # Alaska; the Atlantic is TT
    "TT": "America/Halifax",
    "NT": "America/St_Johns",
    "HT": "Pacific/Honolulu",
}
MINUTES_OF_TIME_CODES = {"NS": -210, "ND": -150}  # Newfoundland lies at half hours


class Zone(msgspec.Struct, frozen=True):
    """An IANA zone, and whether the place leaves no doubt about it."""

    name: str
    certain: bool


def zone_of(region: str, country: str = "") -> Zone | None:
    """The zone of a state or province of the United States or Canada, or None."""
    name = REGION_ZONES.get(region.upper()) if country.upper() in NORTH_AMERICA else None
    return Zone(name, region.upper() not in IN_TWO_ZONES) if name else None


def is_zone(name: str) -> bool:
    """Whether the time zone database knows the name."""
    try:
        return bool(ZoneInfo(name).key)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def at_time_code(local: datetime, code: str) -> datetime | None:
    """The instant of a local time with an X12 time code (element 623), or None."""
    if code in HOURS_OF_TIME_CODES:
        return local.replace(tzinfo=timezone(timedelta(hours=HOURS_OF_TIME_CODES[code])))
    if code in MINUTES_OF_TIME_CODES:
        return local.replace(tzinfo=timezone(timedelta(minutes=MINUTES_OF_TIME_CODES[code])))
    if code in ZONES_OF_TIME_CODES:
        return in_zone(local, ZONES_OF_TIME_CODES[code])
    return None


def in_zone(local: datetime, zone: str) -> datetime:
    """The instant of a local time in a zone, with its offset then; the earlier of two."""
    if zone == "UTC":
        return local.replace(tzinfo=UTC)
    offset = local.replace(tzinfo=ZoneInfo(zone)).utcoffset()
    assert offset is not None, "every zone has an offset"
    return local.replace(tzinfo=timezone(offset))


def is_doubtful(local: datetime, zone: str) -> bool:
    """Whether clocks were changed then: the local time came twice or never."""
    here = local.replace(tzinfo=ZoneInfo(zone))
    return here.utcoffset() != here.replace(fold=1).utcoffset()
