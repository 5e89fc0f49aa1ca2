"""What a claim puts into a unit's family: its documents as they are kept, and what they end."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.billing.documents import documents_of, references_of
from app.family.document import DocumentKind, FamilyDocument, Planned
from app.family.family import Family
from app.judgement.decision import Decision
from app.judgement.rulebook.model import ProvisionalTerms


def claimed_documents(
    decision: Decision, before: Sequence[FamilyDocument], moment: datetime
) -> tuple[FamilyDocument, ...]:
    """The documents of a decision as its claim adds them to the family.

    Args:
        decision: one that may be claimed.
        before: what the family had.
        moment: of the claim.
    """
    names = references_of(decision, before)
    pairs = zip(names, documents_of(decision), strict=True)
    return tuple(_claimed(document, name, decision, moment) for name, document in pairs)


def ended_by(decision: Decision, family: Sequence[FamilyDocument]) -> FamilyDocument | None:
    """The open provisional invoice that the decision ends, as `Decision.settles` says."""
    return Family(documents=tuple(family)).open_provisional if decision.settles else None


def _claimed(
    document: Planned, reference: str, decision: Decision, moment: datetime
) -> FamilyDocument:
    """The document as it is kept in its family."""
    terms = decision.provisional if document.kind is DocumentKind.PROVISIONAL else ()
    ahead = (hold for hold in decision.holds if hold.waived_by and not hold.waived_for_good)
    waived = {hold.code for hold in ahead} if terms else set()
    days = [each.expires_after_days for each in terms]
    return FamilyDocument(
        reference=reference,
        kind=document.kind,
        lines=document.lines,
        total=document.total,
        claimed_at=moment,
        decision_id=decision.decision_id,
        reverses=document.reverses,
        adjusts=document.adjusts,
        waived=tuple(sorted(waived)),
        on_expiry=_strictest(terms),
        expires_at=moment + timedelta(days=min(days)) if days else None,
    )


def _strictest(terms: Sequence[ProvisionalTerms]) -> str:
    """What happens when it runs out; where permissions differ, a person is asked."""
    wanted = {each.on_expiry for each in terms}
    return "escalate" if len(wanted) > 1 else next(iter(wanted), "")
