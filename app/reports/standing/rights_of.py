"""What of a unit has to be billed by a day, or nobody will owe it: line by line.

The same lines, for the same money, as `tollgate value-at-risk` tells of rights to bill.
"""

from app.explanation.at_risk import rights_in
from app.reports.standing.history import About, History
from app.reports.standing.standing import RightToBill


def rights_of(history: History, about: About) -> tuple[RightToBill, ...]:
    """Its lines for which a right to bill runs; none of what its current decision has claimed."""
    decision = history.taken[-1].decision
    if any(each.document.decision_id == decision.decision_id for each in history.billed):
        return ()
    return tuple(
        RightToBill(
            unit=about.unit,
            line=each.line,
            customer=about.customer,
            currency=each.value.currency,
            value_minor=each.value.minor_units,
            last_day=each.last_day,
            hold=each.hold,
            owner=each.owner,
            decision_id=each.decision_id,
        )
        for each in rights_in(decision)
    )
