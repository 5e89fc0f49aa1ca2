"""How far a unit has come: order to ship, ship to invoice, exception to credit."""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from app.billing.events import BILLED
from app.errors import wrong_request
from app.evidence.correlation.unit import unit_of
from app.evidence.facts.ledger import Receivable
from app.explanation.flows.credit import EXCEPTION_TO_CREDIT, exceptions_to_credit
from app.explanation.flows.freight import (
    ORDER_TO_SHIP,
    SHIP_TO_INVOICE,
    order_to_ship,
    ship_to_invoice,
)
from app.explanation.flows.known import Followed, Known, TakenDecision
from app.explanation.flows.stage import Act, Flow
from app.family.document import DocumentKind
from app.family.family import Family, State
from app.infrastructure.storage.rows import Release, StoredInvoice, Taken
from app.infrastructure.storage.store import Store
from app.operations.changing.editions_in_force import authority_in_force
from app.operations.deciding.family_of import family_of
from app.operations.deciding.gather_dossier import find_unit, gather_dossier
from app.operations.deciding.keep_decision import decoded
from app.operations.house import House
from app.operations.releasing.close_consolidation import subject_of
from app.operations.releasing.receivables import said_of

FLOWS: Mapping[str, Callable[[Known], tuple[Flow, ...]]] = {
    ORDER_TO_SHIP: lambda known: (order_to_ship(known),),
    SHIP_TO_INVOICE: lambda known: (ship_to_invoice(known),),
    EXCEPTION_TO_CREDIT: exceptions_to_credit,
}


class UnitFlows(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The flows of one unit, and the affairs in which they were told."""

    unit: str
    customer: str
    correlation_ids: tuple[str, ...]
    """Every affair that had to do with it, in the order in which they came."""
    flows: tuple[Flow, ...]


def unit_flows(house: House, reference: str, flow: str = "") -> UnitFlows:
    """One flow of the unit that goes by a number, or all three.

    Raises:
        RequestError: there is no such flow.
        NotFoundError: no unit goes by the number.
        ConflictError: several do.
    """
    if flow and flow not in FLOWS:
        raise wrong_request("flow", f"{flow[:40]!a} is no flow", ", ".join(FLOWS))
    with house.database.reading(house.tenant) as store:
        known = _known(store, reference)
    told = [each for name, of in FLOWS.items() if not flow or name == flow for each in of(known)]
    acts = [act for each in told for stage in each.stages for act in stage.acts]
    return UnitFlows(
        unit=known.unit.unit,
        customer=known.unit.text("customer"),
        correlation_ids=tuple(dict.fromkeys(a.correlation_id for a in acts if a.correlation_id)),
        flows=tuple(told),
    )


def _known(store: Store, reference: str) -> Known:
    unit, near = find_unit(store, reference, None)
    dossier = gather_dossier(store, unit, near, None)
    facts = [linked.fact for linked in dossier.facts]
    messages = store.messages.of_facts([fact.fact_id for fact in facts])
    family = store.releases.of_unit(unit)
    release = family[0] if family else None
    invoice = store.invoices.of_release(release.release_id) if release else None
    return Known(
        unit=unit_of(unit, facts, authority_in_force(store, None)[1]),
        affairs={fact_id: message.correlation_id for fact_id, message in messages.items()},
        decisions=tuple(_decisions(store, store.decisions.taken_of(unit))),
        release=_release(release) if release else None,
        sendings=tuple(_sendings(store, release)) if release else (),
        invoice=_invoice(invoice) if invoice else None,
        ledger=_ledger(store, invoice) if invoice else (),
        followed=tuple(_followed(store, each) for each in family[1:]),
        credited=Family(documents=family_of(store, unit)).state is State.CREDITED,
    )


def _followed(store: Store, release: Release) -> Followed:
    invoice = store.invoices.of_release(release.release_id)
    return Followed(
        kind=DocumentKind(release.kind),
        release=_release(release),
        invoice=_invoice(invoice) if invoice else None,
        ledger=_ledger(store, invoice) if invoice else (),
    )


def _decisions(store: Store, taken: Iterable[Taken]) -> Iterable[TakenDecision]:
    for each in taken:
        if each.known_at is not None:
            continue  # what would have been decided once is no step of anything
        decision = decoded(store.decisions.decision(each.decision_id)).decision
        holds = ", ".join(dict.fromkeys(hold.code for hold in decision.holds if hold.stands))
        total = f" {decision.total}" if decision.total else ""
        act = Act(
            kind="decision",
            id=each.decision_id,
            at=each.taken_at,
            by=each.actor,
            says=f"{decision.verdict.value}{total}" + (f": {holds}" if holds else ""),
            correlation_id=each.correlation_id,
        )
        yield TakenDecision(decision=decision, act=act)


def _release(release: Release) -> Act:
    return Act(
        kind="release",
        id=release.release_id,
        at=release.claimed_at,
        by=release.actor,
        says=f"{release.kind}, under decision {release.decision_id}{_together(release)}",
        correlation_id=release.correlation_id,
    )


def _together(release: Release) -> str:
    """Where it goes out with others, what it waits for or is in."""
    if release.consolidation:
        return f", in consolidated invoice {release.consolidation}"
    closes_at = release.closes_at
    return f", waits for the close at {closes_at.isoformat()}" if closes_at else ""


def _sendings(store: Store, release: Release) -> Iterable[Act]:
    """What was sent, or is still to be sent, because the release was claimed."""
    together = release.consolidation
    for each in store.sendings.about(subject_of(together) if together else release.unit):
        if each.type not in BILLED:
            continue
        tried = f"{each.state} after {each.attempts} attempts: {each.last_error}"
        says = tried if each.last_error else each.state
        tried_before = store.sendings.attempts(each.seq)
        withdrew = [done.detail for done in tried_before if done.outcome == "withdrew"]
        yield Act(
            kind="sending",
            id=str(each.seq),
            at=each.sent_at or each.created_at,
            by=each.destination,
            says="; asked to take away ".join((says, *dict.fromkeys(withdrew))),
            correlation_id=each.correlation_id,
        )


def _invoice(invoice: StoredInvoice) -> Act:
    return Act(
        kind="invoice",
        id=invoice.number,
        at=invoice.at,
        by=invoice.actor,
        says=f"invoice {invoice.number} of {invoice.system}",
        correlation_id=invoice.correlation_id,
    )


def _ledger(store: Store, invoice: StoredInvoice) -> tuple[tuple[Receivable, Act], ...]:
    found = said_of(store, invoice)
    messages = store.messages.of_facts([fact.fact_id for fact in found])
    return tuple(
        (
            fact.said,
            Act(
                kind="fact",
                id=fact.fact_id,
                at=fact.occurred_at,
                by=str(fact.source),
                says=f"{fact.said.state}, {fact.said.amount_due} of {fact.said.amount} due",
                correlation_id=messages[fact.fact_id].correlation_id,
            ),
        )
        for fact in found
        if isinstance(fact.said, Receivable)
    )
