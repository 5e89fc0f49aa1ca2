"""LOC and NAD: where a status happened, and who takes part."""

from collections.abc import Iterable

from app.evidence.facts.party import Place
from app.evidence.intake.edifact.segments import Segment

COUNTRY, REGION = "162", "163"
"""Code lists (1131) of a country and of a part of one, as related locations name them."""
UN_LOCODE = ("139", "16")
"""Code lists (1131) of UN/LOCODE, whose first two letters are the country."""
BY_UNECE = "6"
SCAC = "182"
"""Agency (3055) whose party codes are SCACs."""
CARRIERS = ("CA",)
SHIPPERS = ("CZ", "SF", "PW")
"""Consignor, ship-from, pick-up place."""
CONSIGNEES = ("DP", "ST", "CN")
"""Delivery party, ship-to, consignee: where the freight goes, nearest first."""


def place_in(loc: Segment) -> Place:
    """The place a LOC names, by name and what its related locations say of it."""
    code, code_list, agency = (loc.at(2, component) for component in (1, 2, 3))
    found = {COUNTRY: "", REGION: ""}
    for element in (3, 4):
        if loc.at(element, 2) in found:
            found[loc.at(element, 2)] = loc.at(element).upper()
    is_locode = code_list in UN_LOCODE or (agency == BY_UNECE and not code_list)
    is_written = len(code) == 5 and code[:2].isascii() and code[:2].isalpha()
    country = code[:2].upper() if is_locode and is_written else ""
    return Place(
        name=loc.at(2, 4) or code,
        region=found[REGION],
        country=found[COUNTRY] or country,
    )


def address_of(segments: Iterable[Segment], roles: tuple[str, ...]) -> Place | None:
    """Where the party in the first of the roles is that has an address.

    None where no NAD says more than who, or several of that role are in different places.
    """
    named = [segment for segment in segments if segment.tag == "NAD"]
    for role in roles:
        found = {
            _address(nad)
            for nad in named
            if nad.at(1) == role and any(nad.at(element) for element in (5, 6, 7, 8, 9))
        }
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def carrier_in(segments: Iterable[Segment]) -> str:
    """The SCAC of the carrier, where a NAD gives one."""
    for nad in segments:
        if nad.tag == "NAD" and nad.at(1) in CARRIERS and nad.at(2, 3) == SCAC:
            return nad.at(2)
    return ""


def _address(nad: Segment) -> Place:
    return Place(
        name=_joined(nad, 4) or _joined(nad, 3),
        street=_joined(nad, 5),
        city=nad.at(6),
        region=nad.at(7).upper(),
        postal_code=nad.at(8),
        country=nad.at(9).upper(),
    )


def _joined(nad: Segment, element: int) -> str:
    """The lines of a name or street, which are components."""
    return " ".join(part for at in range(1, 5) if (part := nad.at(element, at)))
