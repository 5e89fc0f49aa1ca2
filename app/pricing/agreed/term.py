"""What every charge of a rate card declares, whatever its shape."""

from collections.abc import Iterator
from typing import ClassVar, Literal

import msgspec

from app.pricing.agreed.flaw import Flaw

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


BilledWith = Literal["shipment", "order", "storage"]
"""A kind of billable unit."""


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
    def reads(self) -> tuple[str, ...]:
        """The charges above it whose lines it looks at."""
        return self.of

    billed_with: tuple[BilledWith, ...] = ()
    """The kinds of units that bear it; empty: those that its shape is for."""

    OF_STORAGE: ClassVar[bool] = False
    """Whether its shape is for storage periods, and not for shipments and orders."""

    def is_for(self, kind: str) -> bool:
        """Whether a unit of this kind bears it."""
        if self.billed_with:
            return kind in self.billed_with
        return (kind == "storage") == self.OF_STORAGE

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


class StockTerm(Term, frozen=True, kw_only=True, omit_defaults=True):
    """A charge of stock that lies in a warehouse, or of what moves in and out of it."""

    OF_STORAGE: ClassVar[bool] = True

    counts: str
    """The unit of measure: pallet, each, cubic foot, ..."""
    not_counted: tuple[str, ...] = ()
    """Movements told in these units are priced by something else."""
    classes: tuple[str, ...] = ()
    """The storage classes it prices, `ordinary` among them; empty: all that nothing else does."""
    classes_not_counted: tuple[str, ...] = ()
    """Storage classes that something else prices."""

    def flaws(self) -> Iterator[Flaw]:
        """Stock is billed with storage periods only."""
        for kind in self.billed_with:
            if kind != "storage":
                what = f"stock is billed with storage periods, not with a unit of kind {kind}"
                yield Flaw(what=what, charge=self.charge, field="billed_with", word=kind)
