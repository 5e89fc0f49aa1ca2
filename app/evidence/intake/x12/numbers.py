"""L11, N9 and REF: the reference numbers a transaction carries."""

from collections.abc import Iterable

from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.intake.profile import Profile
from app.evidence.intake.x12.segments import Segment

STOP_SEQUENCE = "QN"
"""L11 qualifier of a stop's number, which names nothing outside its shipment."""
ISSUED_BY_CARRIER = (ReferenceKind.PRO, ReferenceKind.INVOICE)
"""Numbers that are unique within one SCAC only; carriers use the same ones."""


def references(
    segments: Iterable[Segment], profile: Profile, scac: str = ""
) -> tuple[Reference, ...]:
    """The references of L11, N9 and REF segments, each of the kind the profile maps it to.

    A number whose qualifier (element 128) is not mapped is kept as `other`, issued by its
    qualifier: ship-to 11660 and department 11660 are not one thing.
    """
    found = []
    for segment in segments:
        if segment.tag == "L11":
            found.append(_reference(segment.at(2), segment.at(1), profile, scac))
        elif segment.tag in ("N9", "REF"):
            found.append(_reference(segment.at(1), segment.at(2), profile, scac))
    return tuple(
        reference for reference in found if reference.value and reference.issuer != STOP_SEQUENCE
    )


def of_kind(references: Iterable[Reference], kind: ReferenceKind) -> tuple[str, ...]:
    """The values of one kind, each once, in the order named."""
    return tuple(dict.fromkeys(each.value for each in references if each.kind is kind))


def _reference(qualifier: str, value: str, profile: Profile, scac: str) -> Reference:
    kind = ReferenceKind(profile.word("128", qualifier) or ReferenceKind.OTHER)
    if kind is ReferenceKind.OTHER:
        return Reference(kind=kind, value=value, issuer=qualifier)
    return Reference(kind=kind, value=value, issuer=scac if kind in ISSUED_BY_CARRIER else "")
