"""L11, N9 and REF: the reference numbers a transaction carries."""

from collections.abc import Iterable

from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.intake.enveloped.numbers import number_as_mapped
from app.evidence.intake.profile import Profile
from app.evidence.intake.x12.segments import Segment

STOP_SEQUENCE = "QN"
"""L11 qualifier of a stop's number, which names nothing outside its shipment."""


def references(
    segments: Iterable[Segment], profile: Profile, scac: str = ""
) -> tuple[Reference, ...]:
    """The references of L11, N9 and REF segments, each as its qualifier (element 128) is mapped."""
    found = []
    for segment in segments:
        if segment.tag == "L11":
            found.append(number_as_mapped(profile, "128", segment.at(2), segment.at(1), scac))
        elif segment.tag in ("N9", "REF"):
            found.append(number_as_mapped(profile, "128", segment.at(1), segment.at(2), scac))
    return tuple(
        reference for reference in found if reference.value and reference.issuer != STOP_SEQUENCE
    )


def of_kind(references: Iterable[Reference], kind: ReferenceKind) -> tuple[str, ...]:
    """The values of one kind, each once, in the order named."""
    return tuple(dict.fromkeys(each.value for each in references if each.kind is kind))
