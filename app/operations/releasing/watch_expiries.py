"""A provisional release that has run out is told of as a fact, which makes its unit due.

What then becomes of it (credited, final, escalated) is decided like anything else. The fact follows
from the release alone, so that two processes that watch at once say it once.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from app.digest import canonical
from app.errors import IntakeError
from app.evidence.correlation.links import reference_of
from app.evidence.intake.feed import Lane
from app.infrastructure.storage.rows import Release
from app.infrastructure.storage.store import Store
from app.operations.house import House
from app.operations.receiving.came import Came
from app.operations.receiving.record_messages import record_messages

SYSTEM, INSTANCE = "integration", "tollgate"


def watch_expiries(house: House) -> int:
    """Tell of every provisional release that has run out since the last look; how many did.

    Raises:
        IntakeError: some of it cannot be kept as a fact; all the others are.
    """
    today = datetime.combine(house.now().astimezone(UTC).date(), time.min, UTC)
    with house.database.reading(house.tenant) as store:
        run_out = store.releases.expired_provisional(today)
        untold = [release for release in run_out if not _told(store, release)]
    faults = [fault for release in untold for fault in _tell(house, release)]
    if faults:
        raise IntakeError("; ".join(faults))
    return len(untold)


def passed_at(expires_at: datetime) -> datetime:
    """The first moment after the last day, which counts in full; days are those of UTC."""
    last_day = expires_at.astimezone(UTC).date()
    return datetime.combine(last_day + timedelta(days=1), time.min, UTC)


def _told(store: Store, release: Release) -> bool:
    return store.messages.last_reading(SYSTEM, INSTANCE, _message_id(release)) is not None


def _message_id(release: Release) -> str:
    return f"deadline-{release.release_id}"


def _tell(house: House, release: Release) -> tuple[str, ...]:
    """Record it; what is wrong with it, where it cannot be."""
    receipt = record_messages(
        house,
        canonical(_event(release)),
        "expiry watch",
        media="application/cloudevents+json",
        came=Came(correlation_id=release.correlation_id, lane=Lane.BULK),
    )
    if receipt.counted("recorded") + receipt.counted("duplicate"):
        return ()
    faults = "; ".join(fault.detail for each in receipt.messages for fault in each.faults)
    return (f"that {release.release_id} has run out: {faults}",)


def _event(release: Release) -> Mapping[str, Any]:
    assert release.expires_at is not None, "what never expires does not run out"
    moment = passed_at(release.expires_at)
    return {
        "specversion": "1.0",
        "id": _message_id(release),
        "source": f"/{SYSTEM}/{INSTANCE}",
        "type": "tollgate.fact.deadline.v1",
        "time": moment,
        "data": {
            "classifier": "actual",
            "occurred_at": moment,
            "references": [reference_of(release.unit)],
            "deadline": {"deadline": f"provisional {release.release_id}", "passed_at": moment},
        },
    }
