"""What of a unit is kept back: neither billed nor waiting to go out with the rest.

Each cent that a unit comes to is in one of three: it waits (goes out now, or on a hold with all
the rest), it is kept back, or it is billed. A line that waits alone keeps back what it comes to,
less what was billed of it before. A provisional invoice keeps back whatever it leaves of the price.
Nowhere is what nobody knows: a line without a price, and what an expired provisional invoice left,
until a person says what becomes of it.
"""

from collections.abc import Iterable, Sequence

from app.family.document import FamilyDocument
from app.family.family import Family
from app.judgement.decision import DecidedLine, Decision
from app.judgement.verdict import Verdict


def kept_back_minor(
    decision: Decision, documents: Sequence[FamilyDocument], waits_minor: int | None
) -> int:
    """In minor units of the currency in which the unit is billed; below zero, what is given back.

    Args:
        decision: the current one.
        documents: everything that was claimed, whether the decision knows of it or not.
        waits_minor: what of its price may go out or waits to.
    """
    family = Family(documents=tuple(documents))
    currency = family.currency or (decision.total.currency if decision.total else "")
    live = {key: line.amount.minor_units for key, line in family.live_lines.items()}
    if decision.verdict is Verdict.PROVISIONAL or decision.settles:
        comes_to = _come_to(decision.lines, currency)
        return comes_to - (waits_minor or 0) - sum(live.values())
    kept = [line for line in decision.lines if not line.billed]
    return _come_to(kept, currency) - sum(live.get(line.key, 0) for line in kept)


def _come_to(lines: Iterable[DecidedLine], currency: str) -> int:
    """What is in another currency than what was billed can be told in no sum with it."""
    amounts = (line.charge.amount for line in lines)
    return sum(each.minor_units for each in amounts if each.currency == currency)
