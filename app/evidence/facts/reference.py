"""References: the numbers by which systems name what they talk about."""

from enum import StrEnum

import msgspec


class ReferenceKind(StrEnum):
    """Every kind of number we correlate by."""

    SHIPMENT = "shipment"
    BOL = "bol"
    PRO = "pro"
    ORDER = "order"
    WAREHOUSE_SHIPMENT = "warehouse_shipment"
    DELIVERY = "delivery"
    LOAD = "load"
    CUSTOMER = "customer"
    CUSTOMER_PO = "customer_po"
    TRACKING = "tracking"
    CONTAINER = "container"
    INVOICE = "invoice"
    INDEX = "index"
    DOCUMENT = "document"
    STORAGE = "storage"
    """A storage period."""
    STOCK = "stock"
    """What one customer (the issuer) keeps at one warehouse (the value)."""
    MESSAGE = "message"
    """A message that its source takes back; only a withdrawal names one."""
    OTHER = "other"


class Reference(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    order=True,
):
    """One number of one kind.

    `issuer` is empty unless the number is unique only within it: a PRO within its
    carrier's SCAC. Values are compared without blanks and punctuation and in upper case.
    """

    kind: ReferenceKind
    value: str
    issuer: str = ""

    @property
    def key(self) -> str:
        """The reference as one normalised text, equal for equal references."""
        bare = "".join(sign for sign in self.value.upper() if sign.isalnum())
        return f"{self.kind}:{self.issuer.upper()}:{bare}"

    def __str__(self) -> str:
        """`pro SCAC 1751807`."""
        return " ".join(part for part in (self.kind, self.issuer, self.value) if part)


def customer_key(customer: str) -> str:
    """The reference by which facts about a customer are found."""
    return Reference(kind=ReferenceKind.CUSTOMER, value=customer).key


PAPER = "paper"
"""Issues the reference by which a document is found from the bytes that a person attached."""


def paper_key(delivery_id: str) -> str:
    """The reference by which the document is found whose bytes are this delivery."""
    return Reference(kind=ReferenceKind.OTHER, value=delivery_id, issuer=PAPER).key
