"""What a customer may know of a hold: every code of the catalogue stands in one of three lists.

What its own freight waits for is said in its words and with whom it lies. What is only ours to
sort out is "we are checking it", whatever it is. What would tell of its credit, of what a carrier
costs us, of our margin or of our own slips is not shown at all. A code that stands in no list is
checked: nothing about it is said.
"""

from collections.abc import Mapping

import msgspec


class Wait(msgspec.Struct, frozen=True):
    """What is missing, and who brings it: `We wait for WHAT, from WHOM.`."""

    what: str
    whom: str


CARRIER, WAREHOUSE, YOU, US = "the carrier", "the warehouse", "you", "us"

SHOWN: Mapping[str, Wait] = {
    "DELIVERY_NOT_CONFIRMED": Wait("the confirmation of the delivery", CARRIER),
    "PICKUP_NOT_CONFIRMED": Wait("the confirmation of the pickup", CARRIER),
    "POD_MISSING": Wait("the signed proof of delivery", CARRIER),
    "POD_UNSIGNED_OR_EXCEPTION": Wait("a signed proof of delivery without exceptions", CARRIER),
    "DOC_SET_INCOMPLETE": Wait("a document that your contract asks for", CARRIER),
    "SHIP_CONFIRM_MISSING": Wait("the confirmation that the goods left", WAREHOUSE),
    "QTY_MISMATCH": Wait("word on what was ordered and what was shipped", WAREHOUSE),
    "PARTIAL_SHIPMENT_OPEN": Wait("the rest of the order, or its closing", WAREHOUSE),
    "ORDER_NOT_CLOSED": Wait("the closing of the order or period", WAREHOUSE),
    "FSC_INDEX_MISSING": Wait("the fuel price of the week", "its publisher"),
    "FX_RATE_MISSING": Wait("the exchange rate of the day", "its publisher"),
    "ACCESSORIAL_UNAPPROVED": Wait("the approval of an extra charge", "you or us"),
    "ACCESSORIAL_UNSUPPORTED": Wait("the times or the receipt of an extra charge", CARRIER),
    "WEIGHT_MISMATCH": Wait(
        "one weight, of which we were told two", "the warehouse or the carrier"
    ),
    "CLASS_OR_DIM_RECLASS": Wait("the inspection of freight class or dimensions", CARRIER),
    "STOP_TIMES_IMPOSSIBLE": Wait("corrected times at a stop", CARRIER),
    "CUSTOMER_REF_MISSING": Wait("your purchase order number", YOU),
    "TAX_EXEMPTION_EXPIRED": Wait("your new exemption certificate", YOU),
    "DISPUTE_OPEN": Wait("our answer to your dispute", US),
}
"""In the customer's words; nothing of a hold but its code gets into them."""

CHECKED = frozenset(
    {
        "RATE_NOT_FOUND",
        "RATE_AMBIGUOUS",
        "RATE_EXPIRED_OR_FUTURE",
        "RATE_UNCONFIRMED",
        "QUOTE_MISMATCH",
        "DETENTION_FAULT_UNKNOWN",
        "CORRELATION_MISSING",
        "CORRELATION_AMBIGUOUS",
        "SOURCE_CONFLICT",
        "SOURCE_DOWN",
        "SCHEMA_OR_CODE_UNMAPPED",
        "MILEAGE_SOURCE_MISSING",
        "BILL_TO_UNRESOLVED",
        "CUSTOMER_PROFILE_INCOMPLETE",
        "TAX_DATA_MISSING",
        "PARTNER_DOC_RULE",
        "PERIOD_CLOSED",
        "MANUAL_HOLD",
        "ALLOCATION_WITHOUT_WEIGHTS",
        "ADJUSTMENT_UNAPPROVED",
        "DISPUTE_UNCLEAR",
        "DISPUTE_EXCEEDS_LINE",
        "RELEASE_NOT_PERMITTED",
        "NO_BILL_CONTRADICTED",
    }
)
"""Ours to sort out, and nothing of it is said."""

HIDDEN = frozenset(
    {
        # What a carrier costs, and what is left to us.
        "CARRIER_COST_MISSING",
        "CARRIER_COST_VARIANCE",
        "CARRIER_INVOICE_DUPLICATE",
        "CARRIER_DISPUTE_OPEN",
        "MARGIN_FLOOR",
        # What we think of the customer's money.
        "CREDIT_HOLD",
        "PROVISIONAL_LIMIT",
        "PROVISIONAL_EXPIRED",
        # What we may have missed, and what we have not granted yet.
        "ACCESSORIAL_ENTITLEMENT_UNCLAIMED",
        "BILLING_RIGHT_EXPIRED",
        "BILLING_RIGHT_NEAR",
        "CUTOFF_MISSED",
        "DISPUTE_CREDIT_UNAPPROVED",
        "DISPUTE_OVERDUE",
        "DISPUTE_RESOLUTION_VOID",
        # What the product itself stumbles over.
        "DUPLICATE_BILLABLE",
        "ENGINE_FAILED",
        "ENGINE_DISAGREEMENT",
        "TIE_OUT_FAILED",
    }
)
"""Not even that there is something."""

PAPERS: Mapping[str, str] = {
    "POD": "the proof of delivery",
    "BOL": "the bill of lading",
    "LUMPER_RECEIPT": "the lumper receipt",
    "SCALE_TICKET": "the scale ticket",
    "WEIGHT_CERTIFICATE": "the weight certificate",
    "PACKING_LIST": "the packing list",
}
"""What a document that the contract asks for is called; any other is only a document."""


def wait_for(code: str, subject: str = "") -> Wait | None:
    """What the customer is told of a hold; None where it is checked, hidden or not known."""
    wait = SHOWN.get(code)
    kind, _, key = subject.partition(":")
    if wait and code == "DOC_SET_INCOMPLETE" and kind == "required_document" and key in PAPERS:
        return Wait(PAPERS[key], wait.whom)
    return wait


def is_checked(code: str) -> bool:
    """Whether the customer is told that we are checking; so it is of every code not known."""
    return code not in SHOWN and code not in HIDDEN
