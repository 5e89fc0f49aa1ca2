"""The documents that a decision lets go out, and the name that each of them has for good."""

from collections.abc import Sequence

import msgspec

from app.digest import digest_of
from app.family.document import DocumentKind, FamilyDocument, Planned, line_of
from app.judgement.decision import Decision
from app.judgement.verdict import Verdict
from app.money import Money
from app.pricing.lines.charge import Taxed

_FIRST = {Verdict.RELEASE: DocumentKind.FINAL, Verdict.PROVISIONAL: DocumentKind.PROVISIONAL}


class BilledLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line that goes out now."""

    key: str
    amount: Money
    tax: Taxed | None

    def __str__(self) -> str:
        """`12.00 USD (HST of CA-ON, 13% of 92.30 USD)`."""
        if self.tax is None:
            return str(self.amount)
        tax = self.tax
        return f"{self.amount} ({tax.tax} of {tax.jurisdiction}, {tax.percent}% of {tax.taxable})"


def documents_of(decision: Decision) -> tuple[Planned, ...]:
    """What goes out by the decision, or waits by it; nothing where nothing is left to bill.

    Of a unit that was never billed it is one invoice over the lines that are billed now.
    """
    if decision.documents or decision.billed_before is not None:
        return decision.documents
    if decision.total is None or decision.verdict not in _FIRST:
        return ()
    return (
        Planned(
            kind=_FIRST[decision.verdict],
            lines=tuple(line_of(line.charge) for line in decision.lines if line.billed),
            total=decision.total,
        ),
    )


def references_of(decision: Decision, before: Sequence[FamilyDocument]) -> tuple[str, ...]:
    """The identity of each document: unit, its place in the family, and its money.

    It is made from what is billed and not from who asks or which decision they name, so that the
    billing system finds the same reference however often, and under whichever of two decisions
    with the same money, the claim was made. What follows on other documents is told apart by the
    last of them: the same ten dollars may be owed twice.
    """
    last = before[-1].reference if before else ""
    found: list[str] = []
    for document in documents_of(decision):
        last = _reference(decision, document, last)
        found.append(last)
    return tuple(found)


def _reference(decision: Decision, document: Planned, last: str) -> str:
    whose = (decision.tenant, decision.unit)
    if not last:
        kind = "provisional" if document.kind is DocumentKind.PROVISIONAL else "original"
        lines = tuple(
            BilledLine(key=line.key, amount=line.amount, tax=line.tax)
            for line in sorted(document.lines, key=lambda line: line.key)
        )
        return digest_of(("release-2", *whose, kind, decision.customer, document.total, lines))
    return digest_of(("release-3", *whose, last, decision.customer, document))
