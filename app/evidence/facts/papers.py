"""Documents, exceptions, words taken back, and that two numbers name the same thing."""

from enum import StrEnum

import msgspec

from app.evidence.facts.reference import Reference
from app.measures import Instant


class DocumentStatus(StrEnum):
    """How far a document has come; only an accepted one is evidence."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Document(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="document",
    tag_field="entity",
):
    """A paper or scan. Natural key: `document`."""

    document: str
    document_type: str
    """POD, BOL, LUMPER_RECEIPT, SCALE_TICKET, WEIGHT_CERTIFICATE, PACKING_LIST, ..."""
    status: DocumentStatus = DocumentStatus.RECEIVED
    signed: bool | None = None
    signed_by: str | None = None
    signed_at: Instant | None = None
    exceptions_noted: bool | None = None
    """Overage, shortage or damage written on it."""
    stop: str | None = None
    """Where it was signed, of a shipment with several stops."""
    delivery_id: str = ""
    """Where its bytes are kept, of a paper that a person attached."""
    file_name: str = ""
    """What that person's file was called; only a text."""
    media: str = ""
    """The media type of these bytes."""
    note: str = ""
    replaces_earlier: bool = False
    """It is a new copy of the paper of this number, and stands for what anybody told of it before;
    exceptions that were noted stay noted."""
    kept_at: str = ""
    """Where the paper is, of one that was accepted without its bytes."""


class ExceptionReport(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="exception",
    tag_field="entity",
):
    """Something is wrong with a unit, says a system or a person. Natural key: `exception`."""

    exception: str
    exception_type: str
    """`damage`, `shortage`, `dispute`, `manual_hold`, ..."""
    open: bool = True
    note: str = ""
    expires_at: Instant | None = None


class SameThing(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="reference",
    tag_field="entity",
):
    """Somebody who knows says that two references name one thing, or that they do not."""

    one: Reference
    other: Reference
    same: bool = True


class Withdrawal(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="withdrawal",
    tag_field="entity",
):
    """The source takes a whole message of its own back: it counts as never said.

    Natural key: `withdrawal`, the message's id as that source gave it. EPCIS calls it an error
    declaration, DCSA a retraction. What replaces the message comes in a message of its own.
    """

    withdrawal: str
    reason: str = ""
    """Why, in the source's own word: `did_not_occur`, `incorrect_data`."""
