"""One unit's family of invoices as it stands, for people and billing systems that ask."""

from collections.abc import Sequence

import msgspec

from app.billing.documents import documents_of
from app.billing.release_token import release_token
from app.dossier import Dossier
from app.evidence.facts.ledger import Receivable
from app.explanation.billed import BilledDocument
from app.family.document import DocumentKind, FamilyDocument, Planned
from app.family.family import MOVES, Family
from app.infrastructure.storage.rows import Release, StoredInvoice
from app.infrastructure.storage.store import Store
from app.judgement.decision import Decision
from app.money import Money
from app.operations.deciding.family_of import document_of
from app.operations.deciding.gather_dossier import find_unit
from app.operations.deciding.keep_decision import decoded
from app.operations.house import House
from app.operations.releasing.receivables import receivables_of


class FamilyKnown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Every document of a unit, and what may follow on them."""

    unit: str
    customer: str = ""
    """Empty where the unit was never decided."""
    state: str
    """`unbilled`, `provisional`, `billed` or `credited`."""
    balance: Money | None = None
    """What all documents come to; not there where there is none."""
    documents: tuple[BilledDocument, ...] = ()
    decision_id: str = ""
    """The current decision; empty before the first."""
    verdict: str = ""
    proposal: tuple[Planned, ...] = ()
    """What goes out by the current decision, or waits by it; empty where that was claimed."""
    release_token: str = ""
    """By which the proposal is claimed; empty where it waits."""
    next_moves: tuple[str, ...]
    """The kinds of document that may follow."""


def known_family(house: House, reference: str) -> FamilyKnown:
    """The family of the unit that goes by this number.

    Raises:
        NotFoundError: no unit goes by it.
        ConflictError: several do.
    """
    with house.database.reading(house.tenant) as store:
        unit, _ = find_unit(store, reference, None)
        rows = store.releases.of_unit(unit)
        billed = billed_documents(store, rows)
        family = Family(documents=tuple(each.document for each in billed))
        current = store.decisions.current_of(unit)
        decision = decoded(current).decision if current else None
        is_open = decision is not None and _is_open(store, decision, rows)
        return FamilyKnown(
            unit=unit,
            customer=decision.customer if decision else "",
            state=family.state.value,
            balance=family.balance,
            documents=billed,
            decision_id=decision.decision_id if decision else "",
            verdict=decision.verdict.value if decision else "",
            proposal=documents_of(decision) if decision and is_open else (),
            release_token=release_token(decision) if decision and is_open else "",
            next_moves=tuple(kind.value for kind in DocumentKind if kind in MOVES[family.state]),
        )


def billed_documents(store: Store, rows: Sequence[Release]) -> tuple[BilledDocument, ...]:
    """The documents of a family with their numbers and what is owed on them."""
    invoices = store.invoices.of_releases([row.release_id for row in rows]) if rows else {}
    owed = receivables_of(store, invoices)
    return tuple(
        _billed(
            row,
            document_of(store, row),
            invoices.get(row.release_id),
            owed.get(row.release_id),
        )
        for row in rows
    )


def _billed(
    row: Release, document: FamilyDocument, invoice: StoredInvoice | None, owed: Receivable | None
) -> BilledDocument:
    if invoice is None:
        return BilledDocument(place=row.place, document=document)
    return BilledDocument(
        place=row.place,
        document=document,
        state=owed.state if owed else "posted",
        invoice_number=invoice.number,
        system=invoice.system,
        amount_due=owed.amount_due if owed else None,
    )


def _is_open(store: Store, decision: Decision, rows: Sequence[Release]) -> bool:
    """Whether what the decision lets out was claimed by nobody: it knows every document."""
    dossier = msgspec.json.decode(store.decisions.dossier(decision.dossier), type=Dossier)
    return len(dossier.family) == len(rows)
