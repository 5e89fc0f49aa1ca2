"""A unit's invoices as they were stored, for its dossier."""

from datetime import datetime

import msgspec

from app.family.document import DocumentKind, FamilyDocument, line_of
from app.infrastructure.storage.rows import Release
from app.infrastructure.storage.store import Store
from app.judgement.decision import Decision


def family_of(
    store: Store, unit: str, known_at: datetime | None = None
) -> tuple[FamilyDocument, ...]:
    """Every invoice of the unit that was claimed by then, in order."""
    return tuple(document_of(store, each) for each in store.releases.of_unit(unit, known_at))


def document_of(store: Store, release: Release) -> FamilyDocument:
    """The document of a release, and how it ended, where it was provisional and has."""
    if release.body is None:
        document = _from_its_decision(store, release)
    else:
        document = msgspec.json.decode(release.body, type=FamilyDocument)
    return msgspec.structs.replace(document, settled=release.settled)


def _from_its_decision(store: Store, release: Release) -> FamilyDocument:
    """Of a row from before units had families: an invoice over what its decision billed."""
    row = store.decisions.decision(release.decision_id)
    decision = msgspec.json.decode(row.body, type=Decision)
    assert decision.total is not None, "only a priced decision was claimed"
    return FamilyDocument(
        reference=release.release_id,
        kind=DocumentKind(release.kind),
        lines=tuple(line_of(line.charge) for line in decision.lines if line.billed),
        total=decision.total,
        claimed_at=release.claimed_at,
        decision_id=release.decision_id,
        waived=tuple(dict.fromkeys(hold.code for hold in decision.holds if hold.waived_by)),
        on_expiry=decision.provisional[0].on_expiry if decision.provisional else "",
        expires_at=release.expires_at,
    )
