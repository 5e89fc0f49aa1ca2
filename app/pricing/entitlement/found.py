"""An entitlement: a charge that the contract allows and nobody raised, and all behind it."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from app.evidence.facts.money import Accessorial
from app.evidence.facts.warehouse import StoragePeriod
from app.measures import Instant
from app.money import Money
from app.pricing.entitlement.deadline import Deadline
from app.pricing.lines.charge import Input


class FaultClass(StrEnum):
    """Whose doing the delay was."""

    SHIPPER = "shipper"
    CONSIGNEE = "consignee"
    CUSTOMER = "customer"
    CARRIER = "carrier"
    NEUTRAL = "neutral"
    """Nobody's: weather, customs."""
    NONE = "none"
    """There was no delay that somebody could have caused."""
    UNKNOWN = "unknown"


class Segment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stretch of time and what it counts as."""

    name: str
    begins: Instant
    ends: Instant
    minutes: str
    """Exactly, as `112` or `2.5`."""


class Times(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whose doing it was and the clock it is read from: shown, not asserted."""

    fault: FaultClass
    because: str
    """From what the fault is read."""
    segments: tuple[Segment, ...] = ()
    evidence: tuple[Input, ...] = ()
    """Each moment that counts, with the facts that told it."""
    otherwise: str = ""
    """What would be owed if the appointment had been another."""


class Entitlement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One charge that may be claimed."""

    entitlement: str
    """Its id, which the claim and whoever dismisses it name."""
    unit: str
    charge: str
    subject: str
    """`stop 2`, `called off`, `2026-03-01 to 2026-03-31`; empty for the unit itself."""
    quantity: Decimal | None = None
    counted_in: str = ""
    amount: Money | None = None
    """The card's price of the claim; None where something is missing to price it."""
    working: str = ""
    clause: str = ""
    times: Times
    papers: tuple[str, ...] = ()
    """Accepted papers that the claim can name."""
    missing: tuple[str, ...] = ()
    """What is missing to claim it, or to have it approved."""
    service_day: date
    deadline: Deadline | None = None
    claim: Accessorial | StoragePeriod | None = None
    """What raises it; None where it is billed without a claim."""

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that show it, each once."""
        return tuple(sorted({each for used in self.times.evidence for each in used.fact_ids}))


class Barred(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the contract rules out or somebody dismissed, shown for the record."""

    entitlement: str
    unit: str
    charge: str
    subject: str
    why: str
    amount: Money | None = None
    """What it would have come to."""
    times: Times | None = None


class Found(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything of one unit."""

    entitlements: tuple[Entitlement, ...] = ()
    barred: tuple[Barred, ...] = ()
    together: tuple[Money, ...] = ()
    """What all of them come to if all are claimed, by currency; a cap may make it less."""


NOTHING_FOUND = Found()
