"""What was decided to go out after the invoices of a unit, and is not claimed yet."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from app.billing.release_token import release_token
from app.family.document import Planned
from app.infrastructure.storage.rows import CurrentDecision
from app.judgement.decision import Decision
from app.judgement.verdict import Verdict
from app.money import Money
from app.operations.house import House

ITS_CLAIM = "its claim"


class Proposed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One billed unit and the documents that change what was billed for it."""

    unit: str
    customer: str
    documents: tuple[Planned, ...]
    amount: Money
    """What they come to; below zero where something is given back."""
    verdict: Verdict
    waits_for: tuple[str, ...]
    """The codes and owners of what holds it; where nothing does, its claim."""
    since: datetime
    decision_id: str
    release_token: str = ""
    """By which the documents are claimed; empty while it is held."""


def proposed_adjustments(house: House, customer: str = "") -> Iterator[Proposed]:
    """Every billed unit whose current decision lets documents go out, or would, by unit."""
    with house.database.reading(house.tenant) as store:
        for row in store.decisions.current_billed():
            if customer not in {"", row.customer}:
                continue
            decision = msgspec.json.decode(row.body, type=Decision)
            if decision.documents and decision.total is not None:
                yield _proposed(row, decision, decision.total)


def _proposed(row: CurrentDecision, decision: Decision, amount: Money) -> Proposed:
    return Proposed(
        unit=decision.unit,
        customer=decision.customer,
        documents=decision.documents,
        amount=amount,
        verdict=decision.verdict,
        waits_for=_waits_for(decision),
        since=row.taken_at,
        decision_id=decision.decision_id,
        release_token=release_token(decision),
    )


def _waits_for(decision: Decision) -> tuple[str, ...]:
    if decision.verdict is not Verdict.HOLD:
        return (ITS_CLAIM,)
    holds = (hold for hold in decision.holds if hold.blocks and not hold.waived_by)
    return tuple(dict.fromkeys(f"{hold.code} ({hold.owner})" for hold in holds))
