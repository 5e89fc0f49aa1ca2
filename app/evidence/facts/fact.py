"""The envelope every fact travels in, and the union of all that can be said."""

from enum import StrEnum

import msgspec

from app.digest import canonical, digest, digest_of
from app.evidence.facts.deadline import Deadline
from app.evidence.facts.dispute import Dispute
from app.evidence.facts.freight import Load, Milestone, Package, Shipment, Stop
from app.evidence.facts.ledger import Receivable
from app.evidence.facts.market import ExchangeRate, IndexValue
from app.evidence.facts.money import Accessorial, Approval, Cost
from app.evidence.facts.order import Order
from app.evidence.facts.papers import Document, ExceptionReport, SameThing, Withdrawal
from app.evidence.facts.party import Customer
from app.evidence.facts.reference import Reference
from app.evidence.facts.surroundings import AccountingPeriod, FeedStatus
from app.evidence.facts.tax import TaxDetermination
from app.evidence.facts.warehouse import (
    InventoryMovement,
    StoragePeriod,
    WarehouseShipment,
    WorkOrder,
)
from app.evidence.facts.work import Assignment, Waiver
from app.measures import Instant


class Classifier(StrEnum):
    """Whether it was meant or has happened (DCSA's words); only actual satisfies a gate."""

    PLANNED = "planned"
    ESTIMATED = "estimated"
    ACTUAL = "actual"
    REQUESTED = "requested"


class Quality(StrEnum):
    """By what means the source knows."""

    EDI = "edi"
    API = "api"
    GPS = "gps"
    DRIVER_APP = "driver_app"
    OCR = "ocr"
    MANUAL = "manual"


class Source(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who said it: the role of the system, which one, and in which of its messages."""

    system: str
    """The role that authority is given to: tms, wms, carrier, erp, dms, pricing, ops, ..."""
    instance: str
    message_id: str
    position: int = 0
    """Counts from 0 inside the message."""

    def __str__(self) -> str:
        """`carrier SCAC, message 1838/0001`, for reading."""
        return f"{self.system} {self.instance}, message {self.message_id}"


class Remark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something the reader noticed that did not stop it: a wrong count, an unmapped code."""

    code: str
    detail: str


Said = (
    Customer
    | Order
    | WarehouseShipment
    | InventoryMovement
    | WorkOrder
    | Package
    | Shipment
    | Load
    | Stop
    | Milestone
    | Document
    | Accessorial
    | Cost
    | Approval
    | IndexValue
    | ExchangeRate
    | SameThing
    | ExceptionReport
    | AccountingPeriod
    | FeedStatus
    | TaxDetermination
    | StoragePeriod
    | Receivable
    | Withdrawal
    | Deadline
    | Dispute
    | Waiver
    | Assignment
)


class Fact(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One thing one source said, exactly as it said it.

    The moment of arrival is kept beside the fact and never enters its bytes, so that the
    same message gives the same fact whenever it comes.
    """

    fact_id: str
    """The digest of source and content."""
    tenant: str
    actor: str
    """The system user or person by whose hand it was recorded."""
    source: Source
    classifier: Classifier
    quality: Quality
    occurred_at: Instant
    """Business time, with the offset of the place where it happened."""
    recorded_at: Instant
    """When the source wrote it down."""
    revision: int = 0
    supersedes: str | None = None
    """The fact this one corrects."""
    references: tuple[Reference, ...] = ()
    remarks: tuple[Remark, ...] = ()
    said: Said
    schema: str = "fact-1"

    @property
    def entity(self) -> str:
        """What kind of thing it is about."""
        return type(self.said).__struct_config__.tag  # type: ignore[return-value]

    @property
    def content_digest(self) -> str:
        """The digest of what was said without which message said it: finds resends."""
        return digest_of(
            (
                self.tenant,
                self.source.system,
                self.source.instance,
                self.classifier,
                self.occurred_at,
                self.revision,
                self.supersedes,
                self.references,
                self.said,
            )
        )


def identified(fact: Fact) -> Fact:
    """The fact with its id: the digest of everything else in it but the hand that recorded it.

    The same message is the same fact, whoever hands it in.
    """
    bare = msgspec.structs.replace(without_hand(fact), fact_id="")
    return msgspec.structs.replace(fact, fact_id=digest(canonical(bare)))


def without_hand(fact: Fact) -> Fact:
    """The fact as a decision sees it: who recorded it changes nothing."""
    return msgspec.structs.replace(fact, actor="")
