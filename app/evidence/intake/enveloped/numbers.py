"""The numbers a message carries: each of the kind its qualifier is mapped to."""

from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.intake.profile import Profile

ISSUED_BY_CARRIER = (ReferenceKind.PRO, ReferenceKind.INVOICE)
"""Numbers that are unique within one carrier only; carriers use the same ones."""


def number_as_mapped(
    profile: Profile, element: str, qualifier: str, value: str, carrier: str
) -> Reference:
    """The number as the profile maps its qualifier, a code of the element.

    A number whose qualifier is not mapped is kept as `other`, issued by its qualifier: ship-to
    11660 and department 11660 are not one thing.
    """
    kind = ReferenceKind(profile.word(element, qualifier) or ReferenceKind.OTHER)
    if kind is ReferenceKind.OTHER:
        return Reference(kind=kind, value=value, issuer=qualifier)
    return Reference(kind=kind, value=value, issuer=carrier if kind in ISSUED_BY_CARRIER else "")
