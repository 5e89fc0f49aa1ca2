"""N1 loops: who takes part, and where they are."""

from collections.abc import Iterable

import msgspec

from app.evidence.facts.party import Party, Place
from app.evidence.intake.x12.segments import Segment

COUNTRIES = {"USA": "US", "CAN": "CA", "MEX": "MX"}
SHIPPERS = ("SH", "SF")
CONSIGNEES = ("CN", "ST")


class Named(msgspec.Struct, frozen=True):
    """One N1 loop."""

    role: str
    """Element 98: SH shipper, CN consignee, BT bill-to, ..."""
    party: Party
    place: Place
    segment: Segment


def parties(segments: Iterable[Segment]) -> tuple[Named, ...]:
    """The N1 loops among the segments, in their order."""
    found: list[Named] = []
    for segment in segments:
        if segment.tag == "N1":
            party = Party(name=segment.at(2), code=segment.at(4))
            found.append(Named(segment.at(1), party, Place(name=segment.at(2)), segment))
        elif segment.tag in ("N3", "N4") and found:
            found[-1] = _with_address(found[-1], segment)
    return tuple(found)


def party_of(named: Iterable[Named], role: str) -> Named | None:
    """The first party in a role."""
    return next((each for each in named if each.role == role), None)


def place_of(named: Iterable[Named], roles: tuple[str, ...]) -> Place | None:
    """Where the first party in one of the roles is, if anything of an address is given."""
    every = tuple(named)
    for role in roles:
        found = party_of(every, role)
        if found and found.place != Place(name=found.place.name):
            return found.place
    return None


def code_or_name(named: Named | None) -> str:
    """The code of a party, else its name, else nothing."""
    return (named.party.code or named.party.name) if named else ""


def stated_place(city: str, region: str, country: str) -> Place | None:
    """A place given by city, region and country alone; None where all are left out."""
    if not (city or region or country):
        return None
    return Place(city=city, region=region, country=country_of(country))


def country_of(code: str) -> str:
    """The country in two letters, where its three letters are known."""
    return COUNTRIES.get(code.upper(), code.upper())


def _with_address(named: Named, segment: Segment) -> Named:
    place = named.place
    if segment.tag == "N3":
        street = " ".join(part for part in (segment.at(1), segment.at(2)) if part)
        place = msgspec.structs.replace(place, street=street)
    else:
        place = msgspec.structs.replace(
            place,
            city=segment.at(1),
            region=segment.at(2),
            postal_code=segment.at(3),
            country=country_of(segment.at(4)),
        )
    return msgspec.structs.replace(named, place=place)
