"""Which ways lead out of a hold, by its code: facts that nobody has told yet.

A way out never invents what only the world can know (a time, a price, a weight): it is a paper
that is accepted, an approval, a milestone that is confirmed, or a source that agrees with the
one whose word counts. Where more is needed, there is no way out by facts, and that is said.
"""

from collections.abc import Callable, Mapping

from app.evidence.facts.freight import MilestoneStatus
from app.explanation.unlock.money import approval, cost_agreed, credit_good, requoted
from app.explanation.unlock.papers import clean_paper, evidence, paper
from app.explanation.unlock.service import closed_short, milestone, ship_confirmed
from app.explanation.unlock.situation import Situation, Way, Ways
from app.explanation.unlock.sources import agreed, closed_exception, not_ours, reference
from app.judgement.decision import Hold


def ways_out(hold: Hold, at: Situation) -> tuple[Way, ...]:
    """Every way out of the hold that facts can take; none where facts cannot end it."""
    find = _BY_CODE.get(hold.code)
    return tuple(find(hold, at)) if find else ()


_BY_CODE: Mapping[str, Callable[[Hold, Situation], Ways]] = {
    "POD_MISSING": paper,
    "DOC_SET_INCOMPLETE": paper,
    "POD_UNSIGNED_OR_EXCEPTION": clean_paper,
    "PICKUP_NOT_CONFIRMED": milestone(MilestoneStatus.PICKED_UP),
    "DELIVERY_NOT_CONFIRMED": milestone(MilestoneStatus.DELIVERED),
    "SHIP_CONFIRM_MISSING": ship_confirmed,
    "PARTIAL_SHIPMENT_OPEN": closed_short,
    "QTY_MISMATCH": closed_short,
    "ACCESSORIAL_UNAPPROVED": approval,
    "ACCESSORIAL_UNSUPPORTED": evidence,
    "QUOTE_MISMATCH": requoted,
    "CREDIT_HOLD": credit_good,
    "CUSTOMER_REF_MISSING": reference,
    "MANUAL_HOLD": closed_exception,
    "SOURCE_CONFLICT": closed_exception,
    "WEIGHT_MISMATCH": agreed,
    "CARRIER_COST_VARIANCE": cost_agreed,
    "CORRELATION_AMBIGUOUS": not_ours,
}
"""What facts can end; every other hold needs a price, a contract, a map or a rule."""
