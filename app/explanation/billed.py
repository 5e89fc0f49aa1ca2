"""What was billed for a unit, what goes out next, and that it adds up: as plain lines of text."""

from collections.abc import Iterator, Sequence

import msgspec

from app.family.document import DocumentLine, FamilyDocument, Planned
from app.family.family import Family
from app.family.proof import Proof
from app.judgement.decision import Decision
from app.judgement.verdict import Verdict
from app.measures import Instant
from app.money import Money

PROVED_IN_WORDS = {
    "lines": "the lines are the total",
    "tax": "what is taxed in all jurisdictions is what those lines come to",
    "reversal": "what takes back is the exact negation",
    "family": "what is billed then is what the unit comes to",
}


class BilledDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A document of a family, and what became of it in the billing system."""

    place: int
    """Which of the unit's documents it is, from 1."""
    document: FamilyDocument
    state: str = "claimed"
    """`claimed`, then what the billing system says: `posted`, `paid`, `cancelled`."""
    invoice_number: str = ""
    system: str = ""
    """Which billing system has the invoice."""
    amount_due: Money | None = None
    """What is still owed, where the billing system has said."""


def billed_report(billed: Sequence[BilledDocument]) -> Iterator[str]:
    """Every document in order with its lines, and what they all come to; nothing of none."""
    if not billed:
        return
    places = {each.document.reference: each.place for each in billed}
    yield ""
    yield "What was billed"
    for each in billed:
        yield f"  {each.place}. {_head(each)}{_about(each.document, places)}"
        yield from _lines(each.document.lines)
        yield from _terms(each.document)
    family = Family(documents=tuple(each.document for each in billed))
    yield f"  balance {family.balance}; the family is {family.state}"
    if family.provisional_error:
        yield f"  the estimate was {family.provisional_error}% away from what it came to"


def going_out_report(decision: Decision, billed: Sequence[BilledDocument]) -> Iterator[str]:
    """What the decision lets follow on what was billed, or what waits by it."""
    if not billed:
        return
    places = {each.document.reference: each.place for each in billed}
    yield ""
    if any(each.document.decision_id == decision.decision_id for each in billed):
        yield "What goes out next: all that was decided is claimed; ask for the next decision"
        return
    waits = decision.verdict is Verdict.HOLD
    if not decision.documents:
        yield "What goes out next: no document" + _settles(decision)
        return
    yield "What waits to go out" if waits else f"What goes out next{_settles(decision)}"
    for planned in decision.documents:
        yield f"  {planned.kind}: {planned.total}{_about(planned, places)}"
        yield from _lines(planned.lines)


def proofs_report(proofs: Sequence[Proof]) -> Iterator[str]:
    """Each thing that was checked from the cents again, with its arithmetic."""
    if not proofs:
        return
    yield ""
    yield "That it adds up"
    for proof in proofs:
        yield f"  {proof_in_words(proof)}"


def proof_in_words(proof: Proof) -> str:
    """`the lines are the total: credit: (-53.30) = -53.30 USD`."""
    wrong = "" if proof.holds else "DOES NOT HOLD: "
    return f"{wrong}{PROVED_IN_WORDS[proof.of]}: {proof.says}"


def invoice_in_words(billed: BilledDocument) -> str:
    """`provisional invoice INV-1`, or that it has no number yet."""
    number = f" {billed.invoice_number}" if billed.invoice_number else ", no number told yet"
    kind = billed.document.kind
    return f"{kind}{number}" if kind == "credit" else f"{kind} invoice{number}"


def minute(moment: Instant) -> str:
    """`2026-03-06 09:00 UTC`."""
    return f"{moment:%Y-%m-%d %H:%M %Z}"


def terms_in_words(document: FamilyDocument) -> str:
    """`until 2026-03-20 09:00 UTC, then: escalate`; empty where it has no terms."""
    if document.expires_at is None:
        return ""
    return f"until {minute(document.expires_at)}, then: {document.on_expiry}"


def _head(billed: BilledDocument) -> str:
    due = f", {billed.amount_due} of it due" if billed.amount_due is not None else ""
    day = billed.document.billed_on.isoformat()
    return f"{invoice_in_words(billed)}, {day}: {billed.document.total}, {billed.state}{due}"


def _about(document: FamilyDocument | Planned, places: dict[str, int]) -> str:
    """On which earlier document it follows, by its place."""
    if document.reverses:
        return f"; takes back {places.get(document.reverses, document.reverses)}"
    if document.adjusts:
        return f"; adjusts {places.get(document.adjusts, document.adjusts)}"
    return ""


def _lines(lines: Sequence[DocumentLine]) -> Iterator[str]:
    for line in lines:
        yield f"       {line.key:<31} {line.amount!s:>16}   {line.description}".rstrip()


def _terms(document: FamilyDocument) -> Iterator[str]:
    if document.waived:
        yield f"       ahead of: {', '.join(document.waived)}; {terms_in_words(document)}"
    if document.settled:
        yield f"       ended: {document.settled}"


def _settles(decision: Decision) -> str:
    return f"; the provisional invoice ends: {decision.settles}" if decision.settles else ""
