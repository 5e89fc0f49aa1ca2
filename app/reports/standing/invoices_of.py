"""What was billed for a unit, invoice by invoice, and what became of each within sixty days."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

import msgspec

from app.evidence.correlation.disputes import KnownDispute, disputes_of
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.dispute import DisputeOutcome
from app.family.document import DocumentKind
from app.reports.standing.history import About, DocumentClaimed
from app.reports.standing.standing import BilledInvoice

WITHIN = timedelta(days=60)
"""After its issue an invoice that nobody credited, rebilled or disputed counts as right."""


def balance_minor(billed: Sequence[DocumentClaimed]) -> int:
    """What all documents come to."""
    return sum(each.document.total.minor_units for each in billed)


def invoices_of(
    unit: BillableUnit,
    billed: Sequence[DocumentClaimed],
    about: About,
    day_of: Callable[[datetime], date],
) -> tuple[BilledInvoice, ...]:
    """Every document in order, with the credits and disputes that came to it.

    Args:
        unit: folded from its facts.
        billed: the documents of its family.
        about: by what they are taken together.
        day_of: the customer's calendar.
    """
    disputes = disputes_of(unit)
    return tuple(
        _invoice(place, each, billed, disputes, about, day_of)
        for place, each in enumerate(billed, start=1)
    )


def _invoice(
    place: int,
    each: DocumentClaimed,
    billed: Sequence[DocumentClaimed],
    disputes: Sequence[KnownDispute],
    about: About,
    day_of: Callable[[datetime], date],
) -> BilledInvoice:
    document = each.document
    issued_at = each.invoiced_at or document.claimed_at
    later = [other for other in billed[place:] if _is_soon(other.document.claimed_at, issued_at)]
    told = BilledInvoice(
        unit=about.unit,
        customer=about.customer,
        carrier=about.carrier,
        mode=about.mode,
        lane=about.lane,
        rules=about.rules,
        release_id=document.reference,
        place=place,
        kind=document.kind.value,
        currency=document.total.currency,
        amount_minor=document.total.minor_units,
        claimed_at=document.claimed_at,
        claimed_on=day_of(document.claimed_at),
        number=each.number,
        invoiced_at=each.invoiced_at,
        invoiced_on=day_of(each.invoiced_at) if each.invoiced_at else None,
        expires_at=document.expires_at,
        settled=document.settled,
        settled_at=each.settled_at,
        settled_on=day_of(each.settled_at) if each.settled_at else None,
        final_minor=_came_to(each, billed),
        adjusts=document.adjusts or document.reverses,
        reason=_reason(each, disputes),
        credited_minor=-_follows(each, later, DocumentKind.CREDIT),
        supplemented_minor=_follows(each, later, DocumentKind.SUPPLEMENTAL),
    )
    about_it = [d for d in disputes if _concerns(d, each, billed) and _opened_soon(d, issued_at)]
    return _with_dispute(told, about_it)


def _is_soon(moment: datetime, issued_at: datetime) -> bool:
    return moment - issued_at <= WITHIN


def _opened_soon(dispute: KnownDispute, issued_at: datetime) -> bool:
    return _is_soon(dispute.times.opened_at, issued_at)


def _follows(each: DocumentClaimed, later: Sequence[DocumentClaimed], kind: DocumentKind) -> int:
    """What later documents of a kind come to that change this one or take it back."""
    own = each.document.reference
    return sum(
        other.document.total.minor_units
        for other in later
        if other.document.kind is kind and own in {other.document.adjusts, other.document.reverses}
    )


def _came_to(each: DocumentClaimed, billed: Sequence[DocumentClaimed]) -> int | None:
    """Of a settled provisional: what the unit's invoices came to with what settled it."""
    if each.document.kind is not DocumentKind.PROVISIONAL or each.settled_at is None:
        return None
    return sum(
        other.document.total.minor_units
        for other in billed
        if other.document.claimed_at <= each.settled_at
    )


def _reason(each: DocumentClaimed, disputes: Sequence[KnownDispute]) -> str:
    """Of a credit: the disputes that granted a line of it; else that what was known changed."""
    if each.document.kind is not DocumentKind.CREDIT:
        return ""
    keys = {line.key for line in each.document.lines}
    reasons = [d.reason.value for d in disputes if d.grant and _is_of(d, keys)]
    return ", ".join(dict.fromkeys(reasons)) or "what was known changed"


def _is_of(dispute: KnownDispute, keys: set[str]) -> bool:
    """Whether one of the lines is the disputed one or the credit that was agreed about it."""
    return any(key == dispute.line or dispute.dispute in key for key in keys)


def _concerns(
    dispute: KnownDispute, each: DocumentClaimed, billed: Sequence[DocumentClaimed]
) -> bool:
    """Whether it is about this invoice: by number, else the first one that bills the line."""
    if dispute.invoice and any(other.number == dispute.invoice for other in billed):
        return each.number == dispute.invoice
    billing = [other for other in billed if dispute.line in _keys(other)] or list(billed)
    return billing[0].document.reference == each.document.reference


def _keys(each: DocumentClaimed) -> set[str]:
    if each.document.kind is DocumentKind.CREDIT:
        return set()
    return {line.key for line in each.document.lines}


def _with_dispute(told: BilledInvoice, disputes: Sequence[KnownDispute]) -> BilledInvoice:
    """The invoice with the first dispute about it, and how that ended."""
    if not disputes:
        return told
    first = min(disputes, key=lambda each: each.times.opened_at)
    outcome = "" if first.outcome is DisputeOutcome.NONE else first.outcome.value
    return msgspec.structs.replace(
        told,
        disputed_at=first.times.opened_at,
        disputed_minor=sum(
            each.claimed.minor_units for each in disputes if each.claimed.currency == told.currency
        ),
        dispute_ended_at=first.times.resolved_at,
        dispute_outcome=outcome,
    )
