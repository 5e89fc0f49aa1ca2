"""What every charge of a rate card declares, whatever its shape."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from app.pricing.rating.flaw import Flaw

LaneOrder = Literal["", "origin first", "destination first"]
"""Which side of a lane decides first when two rows of a table both match."""

Shared = Literal[
    "",
    "weight",
    "pallets",
    "volume",
    "spaces",
    "linear feet",
    "weight x distance",
    "volume x distance",
    "pallets x distance",
]
"""By what a charge of a whole load is shared among its shipments; empty: not of a load."""


class Term(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="shape"):
    """One charge as agreed; a subclass in `shapes/` says how it is worked out."""

    charge: str
    """The code under which rules, approvals and percentages refer to it."""
    description: str = ""
    """What the invoice prints; empty: the code in words."""
    clause: str = ""
    """The clause of the agreement that allows it."""
    of: tuple[str, ...] = ()
    """The charges above it on the card that a percentage or minimum is taken of."""
    credit: bool = False
    """Whether rates below zero are meant."""
    currency: str = ""
    """In which its prices are, where it is not the card's; each line is then converted."""

    @property
    def title(self) -> str:
        """What the invoice prints."""
        return self.description or self.charge.replace("_", " ").capitalize()

    @property
    def shared_instead(self) -> tuple[Shared, ...]:
        """By what it is shared where some shipment does not tell the agreed basis, in order."""
        return ()

    @property
    def step_decimals(self) -> int | None:
        """The decimals of the number that finds a step, where it is published with so many."""
        return None

    def flaws(self) -> Iterator[Flaw]:
        """What is wrong with these terms as such, found before anything is priced by them."""
        return iter(())

    def flaws_beside(self, others: "tuple[Term, ...]") -> Iterator[Flaw]:  # noqa: ARG002 - for shapes that look
        """What is wrong with these terms beside the other charges of the card."""
        return iter(())


class LoadTerm(Term, frozen=True, kw_only=True, omit_defaults=True):
    """A charge that may be of a whole load."""

    allocated_by: Shared = ""
    """Given: priced once for the load and shared by what its shipments really weighed."""
    otherwise_by: tuple[Shared, ...] = ()
    """Where a shipment does not tell that: the first of these which all shipments tell."""

    @property
    def shared_instead(self) -> tuple[Shared, ...]:
        """By what the card shares it where the agreed basis is missing."""
        return self.otherwise_by
