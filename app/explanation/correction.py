"""What a correction does to one unit, told beside what was billed and decided for it before.

A unit that was billed changes by the documents that go out; one that was not by what its invoice
comes to. What has no price has no difference: it is not known, and never zero.
"""

from collections.abc import Iterator
from datetime import date

import msgspec

from app.billing.documents import documents_of
from app.decide import Concluded
from app.family.document import DocumentLine, FamilyDocument, Planned
from app.family.family import Family
from app.judgement.decision import Decision
from app.judgement.verdict import Verdict
from app.money import Money, zero
from app.pricing.lines.charge import Charge, RowUsed


class ChangedCharge(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A charge line that comes to something else, and the rows of the card behind it."""

    key: str
    before: Money | None = None
    """None where there was no such line."""
    after: Money | None = None
    """None where there is none any more."""
    rows_before: tuple[RowUsed, ...] = ()
    rows_after: tuple[RowUsed, ...] = ()

    def __str__(self) -> str:
        """`linehaul 8,753.00 USD (row 118 of t.csv) -> 8,800.00 USD (row 900 of t.csv)`."""
        was, now = _side(self.before, self.rows_before), _side(self.after, self.rows_after)
        return f"{self.key} {was} -> {now}"


class Correction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One unit as it would be decided, beside what was billed and decided before."""

    unit: str
    customer: str
    service_date: date | None = None
    billed: Money | None = None
    """What its invoices come to so far; None where it has none."""
    before: Money | None = None
    """What was billed; of what was not billed what its current decision comes to, if known."""
    comes_to: Money | None = None
    """What is billed once its documents are out; None where something has no price."""
    difference: Money | None = None
    """`comes_to` less `before`, where both are known and in one currency."""
    documents: tuple[Planned, ...] = ()
    """What would go out for it, or waits to."""
    was: Verdict
    """What became of it by its current decision; of a decision that was claimed: billed."""
    verdict: Verdict
    holds: tuple[str, ...] = ()
    """What would hold it."""
    why: tuple[ChangedCharge, ...] = ()
    """The charge lines that its current decision says otherwise."""
    no_price: tuple[str, ...] = ()
    """What has no price by the correction, and why."""
    changed: bool = False
    """Whether anything of it is another than by its current decision."""
    decision_id: str
    """The decision as it is taken when nothing else comes in between."""

    @property
    def changes_release_state(self) -> bool:
        """Whether it begins to be held, or ceases to be."""
        return (self.was is Verdict.HOLD) != (self.verdict is Verdict.HOLD)


class _Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What of a decision can be told apart: nothing else of it is money or waits."""

    verdict: Verdict
    holds: tuple[str, ...]
    held_total: Money | None
    documents: tuple[tuple[str, tuple[tuple[str, Money], ...]], ...]


def correction_of(
    before: Concluded,
    after: Concluded,
    invoices: tuple[FamilyDocument, ...],
    service_date: date | None,
) -> Correction:
    """What becomes of a unit.

    Args:
        before: its current decision.
        after: as it is decided by the correction.
        invoices: what was claimed of it so far.
        service_date: the day on which its service was complete.
    """
    current, decision = before.decision, after.decision
    was = _stands(current)
    if current.decision_id in {each.decision_id for each in invoices}:
        was = _claimed(was, invoices)
    stood_at = decision.billed_before or _comes_to(before)
    comes_to = _comes_to(after)
    why = tuple(_changed(current, decision))
    return Correction(
        unit=decision.unit,
        customer=decision.customer,
        service_date=service_date,
        billed=decision.billed_before,
        before=stood_at,
        comes_to=comes_to,
        difference=_difference(stood_at, comes_to),
        documents=documents_of(decision),
        was=was.verdict,
        verdict=decision.verdict,
        holds=_holding(decision),
        why=why,
        no_price=tuple(
            f"{each.charge}{f'/{each.subject}' if each.subject else ''}: {each.why}"
            for each in after.trace.unpriced
        ),
        changed=bool(why) or was != _stands(decision),
        decision_id=decision.decision_id,
    )


def _comes_to(concluded: Concluded) -> Money | None:
    """What is billed in the end; not known while something has no price or does not add up."""
    decision = concluded.decision
    if concluded.trace.unpriced or any(h.code == "TIE_OUT_FAILED" for h in decision.holds):
        return None
    if decision.billed_before is not None:
        changes = (document.total for document in decision.documents)
        return sum(changes, decision.billed_before)
    if decision.verdict is Verdict.NO_BILL and decision.total is not None:
        return zero(decision.total.currency)
    return decision.total


def _difference(before: Money | None, after: Money | None) -> Money | None:
    if before is None or after is None or before.currency != after.currency:
        return None
    return after + -before


def _claimed(stood: _Standing, invoices: tuple[FamilyDocument, ...]) -> _Standing:
    """What is left of a decision once all that it let go out was claimed."""
    is_open = Family(documents=invoices).open_provisional is not None
    verdict = Verdict.PROVISIONAL if is_open else Verdict.BILLED
    return msgspec.structs.replace(stood, verdict=verdict, holds=(), documents=())


def _stands(decision: Decision) -> _Standing:
    return _Standing(
        verdict=decision.verdict,
        holds=_holding(decision),
        held_total=decision.held_total,
        documents=tuple(
            (each.kind.value, tuple(map(_money, each.lines))) for each in documents_of(decision)
        ),
    )


def _money(line: DocumentLine) -> tuple[str, Money]:
    return line.key, line.amount


def _holding(decision: Decision) -> tuple[str, ...]:
    """The codes that hold it; of what is not held none counts."""
    if decision.verdict is not Verdict.HOLD:
        return ()
    codes = (hold.code for hold in decision.holds if hold.blocks and not hold.waived_by)
    return tuple(dict.fromkeys(codes))


def _changed(current: Decision, decision: Decision) -> Iterator[ChangedCharge]:
    before, after = _charges(current), _charges(decision)
    for key in (*before, *(key for key in after if key not in before)):
        was, now = before.get(key), after.get(key)
        if (was and was.amount) != (now and now.amount):
            yield ChangedCharge(
                key=key,
                before=was.amount if was else None,
                after=now.amount if now else None,
                rows_before=was.rows if was else (),
                rows_after=now.rows if now else (),
            )


def _charges(decision: Decision) -> dict[str, Charge]:
    return {line.key: line.charge for line in decision.lines}


def _side(amount: Money | None, rows: tuple[RowUsed, ...]) -> str:
    if amount is None:
        return "not there"
    cited = ", ".join(f"row {row.row} of {row.table}, known from {row.known_from}" for row in rows)
    return f"{amount} ({cited})" if cited else str(amount)
