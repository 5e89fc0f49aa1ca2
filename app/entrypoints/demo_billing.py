"""The billing system of the demo's week: at its moments it looks at a unit, and claims and numbers.

Its clock is the week's, so that every document is the same each time, whenever the demo runs.
"""

import csv
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import msgspec

from app.billing.release_token import may_be_claimed
from app.infrastructure.storage.rows import Release
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.gather_dossier import find_unit
from app.operations.house import House
from app.operations.releasing.claim_release import claim_release
from app.operations.releasing.record_invoice import record_invoice

ACTOR = SYSTEM = "demo-billing"


class BillingTurn(msgspec.Struct, frozen=True):
    """One look of the billing system at a unit."""

    at: datetime
    unit: str
    number: str
    """What it calls the invoice it then sends out; empty where it only asks how things stand."""


def billing_turns(file: Path) -> tuple[BillingTurn, ...]:
    """All of them in the order of their moments."""
    with file.open(encoding="utf-8", newline="") as rows:
        return tuple(
            BillingTurn(datetime.fromisoformat(row["at"]), row["unit"], row["invoice number"])
            for row in csv.DictReader(rows)
        )


def bill(house: House, turn: BillingTurn) -> None:
    """Decide the unit at that moment, and claim what the decision permits; done once, for good."""
    acting = replace(house, actor=ACTOR, now=lambda: turn.at)
    billed = _billed(acting, turn)
    if any(each.claimed_at > turn.at for each in billed):
        return
    release = next((each for each in billed if each.claimed_at == turn.at), None)
    release = release or _claimed(acting, turn)
    if release is not None and not release.invoice_number:
        record_invoice(acting, release.release_id, number=turn.number, system=SYSTEM)
        decide_unit(acting, turn.unit)


def _billed(house: House, turn: BillingTurn) -> tuple[Release, ...]:
    with house.database.reading(house.tenant) as store:
        unit, _ = find_unit(store, turn.unit, None)
        return store.releases.of_unit(unit)


def _claimed(house: House, turn: BillingTurn) -> Release | None:
    """What is claimed; nothing where it only asks, or the rules in force permit nothing."""
    decision = decide_unit(house, turn.unit).decision
    if not turn.number or not may_be_claimed(decision):
        return None
    return claim_release(house, decision.decision_id)
