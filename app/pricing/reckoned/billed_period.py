"""The storage period that is billed: closed, and the only one that bills its days."""

from app.evidence.correlation.storage import Period, period_of, rivals_of
from app.pricing.agreed.term import Term
from app.pricing.lines.charge import Unpriced
from app.pricing.reckoned.occasion import Occasion, unpriced


def billed_period(occasion: Occasion, term: Term) -> Period | Unpriced:
    """The unit's period, or why its stock cannot be billed yet."""
    period = period_of(occasion.unit)
    if isinstance(period, str):
        return unpriced(term, "no_date", period)
    if not period.closed:
        why = f"the storage period {period} is open; goods may still come and go"
        return unpriced(term, "period_open", why)
    if rivals := rivals_of(occasion.unit):
        why = f"{' and '.join(rivals)} bills the same days of the same stock"
        return unpriced(term, "period_open", why)
    return period
