"""When the billing system told the number by which a unit is billed for good.

Of most units that is the number of their first invoice. A provisional one bills nothing for good
until it has ended: then it is the number of what trued it up, or its own where it stands as it is.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from app.family.document import DocumentKind
from app.judgement.outcome import CREDITED
from app.reports.standing.history import DocumentClaimed


def final_number_at(billed: Sequence[DocumentClaimed]) -> datetime | None:
    """The moment; None while nothing is billed for good, or its number is not told.

    Args:
        billed: every document of the unit, in the order of claims.
    """
    if not billed or billed[0].document.kind is not DocumentKind.PROVISIONAL:
        return _first_told(billed)
    ahead, *others = billed
    ended_at = ahead.settled_at
    if ended_at is None:
        return None
    if ahead.document.settled == CREDITED:
        return _first_told(each for each in others if _bills_again(each, ended_at))
    settling = [each.invoiced_at for each in others if each.document.claimed_at <= ended_at]
    told = [each for each in (ahead.invoiced_at, *settling) if each is not None]
    return max(ended_at, *told) if len(told) == len(settling) + 1 else None


def _bills_again(each: DocumentClaimed, ended_at: datetime) -> bool:
    """Whether it is billed anew after all of it was given back."""
    return each.document.claimed_at > ended_at and each.document.kind is not DocumentKind.CREDIT


def _first_told(billed: Iterable[DocumentClaimed]) -> datetime | None:
    return next((each.invoiced_at for each in billed if each.invoiced_at), None)
