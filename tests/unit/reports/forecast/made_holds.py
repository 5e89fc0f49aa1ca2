"""Holds for forecasts: of one code unless told otherwise, counted in minutes from one morning."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.reports.standing.standing import Spell, Stage, Standing

MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
LATER = MORNING + timedelta(days=365)


def at(minutes: int) -> datetime:
    return MORNING + timedelta(minutes=minutes)


def hold(lasted: int | None = None, **told: Any) -> Spell:
    """One that was opened in the morning, and is still open or cleared after so many minutes."""
    opened_at = told.pop("opened_at", MORNING)
    values: dict[str, Any] = {
        "unit": "U1",
        "code": "POD_MISSING",
        "carrier": "ABFL",
        "customer": "ACME",
        "owner": "operations",
        "says": "no proof of delivery",
        "waits_for": "a proof of delivery",
        "opened_at": opened_at,
        "opened_on": opened_at.date(),
        "due_at": opened_at + timedelta(days=2),
        "decision_id": "d1",
    }
    if lasted is not None:
        closed_at = opened_at + timedelta(minutes=lasted)
        values |= {"closed_at": closed_at, "closed_on": closed_at.date(), "how": "cleared"}
    return Spell(**(values | told))


def held(**told: Any) -> Standing:
    """A unit that one hold holds, and whose batch closes when the morning's day ends."""
    values: dict[str, Any] = {
        "unit": "U1",
        "decision_id": "d1",
        "customer": "ACME",
        "carrier": "ABFL",
        "stage": Stage.HELD,
        "verdict": "hold",
        "holds": 1,
        "first_fact_at": MORNING,
        "last_fact_at": MORNING,
        "decided_at": MORNING,
        "decided_on": MORNING.date(),
        "first_verdict": "hold",
        "cutoff_on": date(2026, 3, 2),
        "cutoff_at": MORNING + timedelta(hours=16),
        "changed_at": MORNING,
    }
    return Standing(**(values | told))
