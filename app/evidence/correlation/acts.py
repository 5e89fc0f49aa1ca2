"""Acts: what counts only from those whom `rules/authority.yaml` names for it.

A document is accepted, a charge approved, a hold waived, a dispute opened or resolved by somebody;
from anybody else the same word is only a word.
"""

from app.evidence.correlation.authority import Authority
from app.evidence.facts.dispute import Dispute, DisputeOutcome, DisputeState
from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Approval
from app.evidence.facts.papers import Document
from app.evidence.facts.party import Customer
from app.evidence.facts.tax import TaxDetermination
from app.evidence.facts.work import Waiver

ACTS = {
    Document: "document",
    Approval: "approval",
    Customer: "credit_status",
    TaxDetermination: "tax_determination",
}
"""Acts and master data, by the kind of fact."""

OPENS_DISPUTES, RESOLVES_DISPUTES = "dispute", "dispute_resolution"
APPROVES_CREDITS = "credit_approval"
OF_DISPUTES = (OPENS_DISPUTES, RESOLVES_DISPUTES, APPROVES_CREDITS)
"""The acts of a dispute: to open it, to answer and resolve it, to approve what it grants."""
WAIVES = "waiver"
"""To waive a hold; without an entry of its own nobody may."""


def credit_subject(dispute: str) -> str:
    """What the credit line of a dispute is called, and what an approval of it is about."""
    return f"dispute {dispute}"


def is_of_credit(subject: str) -> bool:
    """Whether an approval of this subject is one of a dispute's credit."""
    return subject.startswith(_CREDIT)


def may_act(fact: Fact, authority: Authority, customer: str) -> bool:
    """Whether the fact is an act of somebody who may do it."""
    return any(may(fact, act, authority, customer) for act in _acts(fact))


def may(fact: Fact, act: str, authority: Authority, customer: str) -> bool:
    """Whether the system that tells the fact may do this act for the customer's units."""
    owner = authority.owner_of(act, customer)
    return owner is not None and fact.source.system in owner.systems


_CREDIT = credit_subject("")


def _acts(fact: Fact) -> tuple[str, ...]:
    """The acts of which it is one; it counts from whoever may do any of them."""
    match fact.said:
        case Dispute(state=DisputeState.OPENED):
            return (OPENS_DISPUTES,)
        case Dispute(outcome=DisputeOutcome.WITHDRAWN):
            return OPENS_DISPUTES, RESOLVES_DISPUTES
        case Dispute():
            return (RESOLVES_DISPUTES,)
        case Approval(subject=subject) if is_of_credit(subject):
            return (APPROVES_CREDITS,)
        case Waiver():
            return (WAIVES,)
        case said:
            name = ACTS.get(type(said))
            return (name,) if name else ()
