"""Every hold of the catalogue: the facts that would end it, or what has to change instead.

A way out never invents what only the world can know without saying so, and never a price, a
weight or a contract. A way is only a proposal: whether it releases is decided, not known here.
"""

from collections.abc import Callable, Mapping

from app.evidence.facts.freight import MilestoneStatus
from app.explanation.unlock.costs import carrier_invoice, cost_agreed, withdrawn_invoice
from app.explanation.unlock.disputes import credit_approved, dispute_closed
from app.explanation.unlock.money import (
    adjustment_approved,
    approval,
    index_value,
    late_billing,
    measured_miles,
    requoted,
    unsupported,
    whose_fault,
)
from app.explanation.unlock.papers import (
    clean_paper,
    closed_exception,
    closed_order,
    credit_good,
    exemption,
    freight_terms,
    invoice_field,
    invoice_profile,
    paper,
    purchase_order,
    whose_it_is,
)
from app.explanation.unlock.service import (
    closed_short,
    day_known,
    feed_heard,
    milestone,
    period_open,
    ship_confirmed,
)
from app.explanation.unlock.situation import Situation, Way, Ways
from app.explanation.unlock.sources import agreed, possible_times, same_package
from app.judgement.decision import Hold

Finder = Callable[[Hold, Situation], Ways]


def ways_out(hold: Hold, at: Situation) -> tuple[Way, ...]:
    """Every way out of the hold that facts can take; none where facts cannot end it."""
    find = BY_FACTS.get(hold.code)
    return tuple(find(hold, at)) if find else ()


def _objection(hold: Hold, at: Situation) -> Ways:
    yield from closed_exception(hold, at)
    yield from agreed(hold, at)


BY_FACTS: Mapping[str, Finder] = {
    "ACCESSORIAL_UNAPPROVED": approval,
    "ACCESSORIAL_UNSUPPORTED": unsupported,
    "ADJUSTMENT_UNAPPROVED": adjustment_approved,
    "BILLING_RIGHT_EXPIRED": late_billing,
    "BILL_TO_UNRESOLVED": freight_terms,
    "CARRIER_COST_MISSING": carrier_invoice,
    "CARRIER_COST_VARIANCE": cost_agreed,
    "CARRIER_DISPUTE_OPEN": closed_exception,
    "CARRIER_INVOICE_DUPLICATE": withdrawn_invoice,
    "CLASS_OR_DIM_RECLASS": same_package,
    "CORRELATION_AMBIGUOUS": whose_it_is,
    "CREDIT_HOLD": credit_good,
    "CUSTOMER_REF_MISSING": purchase_order,
    "CUSTOMER_PROFILE_INCOMPLETE": invoice_profile,
    "DELIVERY_NOT_CONFIRMED": milestone(MilestoneStatus.DELIVERED),
    "DETENTION_FAULT_UNKNOWN": whose_fault,
    "DISPUTE_CREDIT_UNAPPROVED": credit_approved,
    "DISPUTE_OPEN": dispute_closed,
    "DOC_SET_INCOMPLETE": paper("POD"),
    "FSC_INDEX_MISSING": index_value,
    "MANUAL_HOLD": closed_exception,
    "MILEAGE_SOURCE_MISSING": measured_miles,
    "ORDER_NOT_CLOSED": closed_order,
    "PARTIAL_SHIPMENT_OPEN": closed_short,
    "PARTNER_DOC_RULE": invoice_field,
    "PERIOD_CLOSED": period_open,
    "PICKUP_NOT_CONFIRMED": milestone(MilestoneStatus.PICKED_UP),
    "POD_MISSING": paper("POD"),
    "POD_UNSIGNED_OR_EXCEPTION": clean_paper,
    "QTY_MISMATCH": closed_short,
    "QUOTE_MISMATCH": requoted,
    "RATE_EXPIRED_OR_FUTURE": day_known,
    "RATE_UNCONFIRMED": paper("RATE_CON"),
    "SHIP_CONFIRM_MISSING": ship_confirmed,
    "SOURCE_CONFLICT": _objection,
    "SOURCE_DOWN": feed_heard,
    "STOP_TIMES_IMPOSSIBLE": possible_times,
    "TAX_EXEMPTION_EXPIRED": exemption,
    "WEIGHT_MISMATCH": agreed,
}
"""Holds that facts can end, as far as the facts at hand tell which."""

NOT_BY_FACTS: Mapping[str, str] = {
    "ACCESSORIAL_ENTITLEMENT_UNCLAIMED": "nothing: it warns, and somebody claims it or lets it be",
    "ALLOCATION_WITHOUT_WEIGHTS": "the shipments' weights, which nobody may make up",
    "BILLING_RIGHT_NEAR": "nothing: it warns, and what holds the line has to end in time",
    "BILL_TO_UNRESOLVED": "who pays: with the customer come its contract and its rate card",
    "CORRELATION_MISSING": "what the contract bills: its shipment or order has to be reported",
    "CUSTOMER_PROFILE_INCOMPLETE": "the contract: one with this customer has to be in force",
    "CUTOFF_MISSED": "nothing: it warns, and the next batch takes it",
    "DISPUTE_EXCEEDS_LINE": "the credits: one of them has to be lowered, or its dispute rejected",
    "DISPUTE_OVERDUE": "nothing: it warns, and somebody answers the customer",
    "DISPUTE_RESOLUTION_VOID": "nothing: it warns, and somebody who may resolves the dispute",
    "DISPUTE_UNCLEAR": "the dispute: corrected, withdrawn, or opened anew about the right line",
    "DUPLICATE_BILLABLE": "the earlier release: it stands, and the two are one or are split",
    "ENGINE_DISAGREEMENT": "the engine: both keys have to agree before anything goes out",
    "ENGINE_FAILED": "the engine: it has to give a complete answer",
    "FX_RATE_MISSING": "the exchange rate, which treasury has to load",
    "MARGIN_FLOOR": "the price or the cost: the rate card, or what the carrier asks",
    "NO_BILL_CONTRADICTED": "the rules: one says no bill, and there are charges",
    "PROVISIONAL_EXPIRED": "the provisional invoice: true it up, credit it, or make it final",
    "PROVISIONAL_LIMIT": "the customer's open provisional invoices: true-ups free the limit",
    "RATE_AMBIGUOUS": "the rate card: exactly one row may apply",
    "RATE_NOT_FOUND": "the rate card: a price has to be agreed and added",
    "RELEASE_NOT_PERMITTED": "the rules: none of them permits the release",
    "SCHEMA_OR_CODE_UNMAPPED": "the partner's code map; then the message is read again",
    "TAX_DATA_MISSING": "the destination's region and country, a rate for it on the card, or the "
    "tax engine's answer, which nobody may make up",
    "TIE_OUT_FAILED": "the pricing: its lines have to add up",
}
"""What has to change where no fact can be told without being made up."""
