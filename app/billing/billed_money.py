"""What of a decision is money: what the invoice says, to whom, and on which terms.

Two decisions with the same money bill the same invoice, whatever else they know. Field work on
this: a release must be refused when a price-relevant input changed after the decision, and only
then, or billing starves whenever a carrier sends one more status.
"""

from collections.abc import Iterator

import msgspec

from app.billing.documents import BilledLine
from app.judgement.decision import Decision
from app.judgement.rulebook.model import FULL_ESTIMATE, ProvisionalTerms
from app.judgement.rulebook.sentences import amount_in_words
from app.judgement.verdict import Verdict
from app.money import Money


class BilledMoney(msgspec.Struct, frozen=True, kw_only=True):
    """All of a decision that its invoice repeats to the cent."""

    unit: str
    customer: str
    verdict: Verdict
    total: Money | None
    lines: tuple[BilledLine, ...]
    terms: tuple[ProvisionalTerms, ...]


class MoneyChange(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the invoice would say differently."""

    what: str
    """`verdict`, `total`, `line linehaul`, `customer`, ..."""
    before: str
    after: str


def billed_money(decision: Decision) -> BilledMoney:
    """The money of a decision, its lines by key."""
    return BilledMoney(
        unit=decision.unit,
        customer=decision.customer,
        verdict=decision.verdict,
        total=decision.total,
        lines=tuple(sorted(_billed(decision), key=lambda line: line.key)),
        terms=decision.provisional,
    )


def _billed(decision: Decision) -> Iterator[BilledLine]:
    """The lines that go out, or would on a hold; those of several documents by their kinds too."""
    if decision.billed_before is None:
        for each in decision.lines:
            if each.billed:
                yield BilledLine(key=each.key, amount=each.charge.amount, tax=each.charge.tax)
    for document in decision.documents:
        for line in document.lines:
            key = f"{line.key} of the {document.kind}"
            yield BilledLine(key=key, amount=line.amount, tax=line.tax)


def changed_money(was: Decision, now: Decision) -> tuple[MoneyChange, ...]:
    """What the invoice of the second would say differently than that of the first; mostly none."""
    return tuple(_changes(billed_money(was), billed_money(now)))


def _changes(was: BilledMoney, now: BilledMoney) -> Iterator[MoneyChange]:
    pairs = {
        "unit": (was.unit, now.unit),
        "verdict": (was.verdict.value, now.verdict.value),
        "customer": (was.customer, now.customer),
        "total": (_text(was.total), _text(now.total)),
        **_lines(was, now),
        "provisional terms": (_terms(was), _terms(now)),
    }
    for what, (before, after) in pairs.items():
        if before != after:
            yield MoneyChange(what=what, before=before, after=after)


def _lines(was: BilledMoney, now: BilledMoney) -> dict[str, tuple[str, str]]:
    before = {line.key: line for line in was.lines}
    after = {line.key: line for line in now.lines}
    return {
        f"line {key}": (_text(before.get(key)), _text(after.get(key)))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    }


def _text(value: object) -> str:
    return "nothing" if value is None else str(value)


def _terms(money: BilledMoney) -> str:
    return "; ".join(map(_term, money.terms)) or "none"


def _term(terms: ProvisionalTerms) -> str:
    bills = "" if terms.bills == FULL_ESTIMATE else f"bills {amount_in_words(terms)}, "
    most = f"at most {terms.not_to_exceed}, " if terms.not_to_exceed is not None else ""
    return (
        f"{bills}{most}waives {', '.join(terms.waives)} up to {terms.up_to}, "
        f"{terms.exposure_up_to} of the customer's at once, for {terms.expires_after_days} days, "
        f"then {terms.on_expiry}"
    )
