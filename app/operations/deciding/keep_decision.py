"""A decision is stored, and where it is another than the unit's last one the outside is told."""

import logging
from datetime import datetime
from functools import partial

import msgspec

from app.billing.events import DECISION_CHANGED, UNIT_GONE, DecisionChanged, UnitGone
from app.billing.release_token import release_token
from app.decide import Concluded
from app.digest import canonical, digest_of
from app.dossier import Dossier
from app.errors import NotFoundError
from app.infrastructure.storage.rows import OutboxEvent, StoredDecision, Taken
from app.infrastructure.storage.store import Store
from app.judgement.decision import Decision
from app.judgement.trace import Trace
from app.operations.deciding.family_of import family_of
from app.operations.deciding.settle_provisional import settle_provisional
from app.operations.house import House
from app.telemetry import DECISIONS, ENGINE_ALARMS
from app.telemetry.story import Step, tell

ALARMS = ("ENGINE_FAILED", "ENGINE_DISAGREEMENT")

_log = logging.getLogger(__name__)


def stored_decision(store: Store, decision_id: str) -> Concluded | None:
    """The decision of this very dossier, if it was taken before with both keys agreeing."""
    try:
        row = store.decisions.decision(decision_id)
    except NotFoundError:
        return None
    return decoded(row)


def decoded(row: StoredDecision) -> Concluded:
    """A stored decision and its trace."""
    return Concluded(
        decision=msgspec.json.decode(row.body, type=Decision),
        trace=msgspec.json.decode(row.trace, type=Trace),
    )


def keep_decision(
    house: House, store: Store, dossier: Dossier, concluded: Concluded, answer: bytes
) -> None:
    """Store a decision with its dossier and the first key's answer."""
    decision = concluded.decision
    _count(decision)
    store.decisions.keep(
        StoredDecision(
            decision_id=decision.decision_id,
            unit=decision.unit,
            customer=decision.customer or None,
            verdict=decision.verdict.value,
            currency=decision.total.currency if decision.total else None,
            amount_minor=decision.total.minor_units if decision.total else None,
            dossier_digest=store.decisions.keep_dossier(canonical(dossier)),
            body=canonical(decision),
            trace=canonical(concluded.trace),
            answers=answer,
            decided_at=house.now(),
            actor=house.actor,
        )
    )


def is_current(store: Store, decision: Decision) -> bool:
    """Whether it is the unit's current decision."""
    current = store.decisions.current_of(decision.unit)
    return current is not None and current.decision_id == decision.decision_id


def take_decision(
    house: House, store: Store, decision: Decision, known_at: datetime | None = None
) -> bool:
    """Note the answer where it is another than the last one, and tell of it.

    A repeated question adds nothing, and what would have been decided then tells nobody.
    """
    before = store.decisions.current_of(decision.unit) if known_at is None else None
    if before is not None and before.decision_id == decision.decision_id:
        return False
    moment = house.now()
    store.decisions.log_taken(
        Taken(
            unit=decision.unit,
            decision_id=decision.decision_id,
            known_at=known_at,
            taken_at=moment,
            actor=house.actor,
            correlation_id=house.correlation_id,
        )
    )
    if known_at is None:
        store.once_stored(partial(_tell, house, decision))
        if not decision.documents:
            # With nothing to claim, that it is decided ends it.
            settle_provisional(house, store, decision, family_of(store, decision.unit))
        store.outbox.add(_changed(house, decision, before.decision_id if before else "", moment))
    return True


def take_away(house: House, store: Store, unit: str, decision_id: str) -> None:
    """Note that the unit is none any more, so that its last decision no longer stands."""
    moment = house.now()
    store.decisions.log_taken(
        Taken(
            unit=unit,
            decision_id=decision_id,
            known_at=None,
            taken_at=moment,
            actor=house.actor,
            correlation_id=house.correlation_id,
            gone=1,
        )
    )
    told = UnitGone(unit=unit, before=decision_id, at=moment)
    whose = store.decisions.decision(decision_id).customer or ""
    store.outbox.add(_event(house, UNIT_GONE, told, customer=whose, at=moment))
    store.once_stored(
        partial(
            tell,
            Step.GONE,
            house.correlation_id,
            unit=unit,
            customer=whose,
            decision_id=decision_id,
            actor=house.actor,
        )
    )


def _tell(house: House, decision: Decision) -> None:
    tell(
        Step.DECIDED,
        house.correlation_id,
        unit=decision.unit,
        customer=decision.customer,
        decision_id=decision.decision_id,
        verdict=decision.verdict.value,
        holds=", ".join(_open_holds(decision)),
        actor=house.actor,
    )


def _open_holds(decision: Decision) -> tuple[str, ...]:
    return tuple(dict.fromkeys(hold.code for hold in decision.holds if hold.stands))


def _changed(house: House, decision: Decision, before: str, moment: datetime) -> OutboxEvent:
    told = DecisionChanged(
        decision_id=decision.decision_id,
        unit=decision.unit,
        customer=decision.customer,
        verdict=decision.verdict.value,
        total=decision.total,
        holds=_open_holds(decision),
        before=before,
        token=release_token(decision),
        at=moment,
    )
    return _event(house, DECISION_CHANGED, told, customer=decision.customer, at=moment)


def _event(
    house: House, type_: str, told: DecisionChanged | UnitGone, *, customer: str, at: datetime
) -> OutboxEvent:
    return OutboxEvent(
        # A unit may come back to an earlier decision: when it did is part of what happened.
        event_id=digest_of((type_, told)),
        type=type_,
        subject=told.unit,
        customer=customer,
        body=canonical(told),
        correlation_id=house.correlation_id,
        created_at=at,
    )


def _count(decision: Decision) -> None:
    """Tell whoever watches; a key that failed or differed is an alarm of its own."""
    DECISIONS.labels(decision.verdict.value).inc()
    for hold in decision.holds:
        if hold.code in ALARMS:
            ENGINE_ALARMS.labels(hold.code).inc()
            _log.error(
                "%s: %s held by decision %s: %s",
                hold.code,
                decision.unit,
                decision.decision_id,
                "; ".join(evidence.says for evidence in hold.evidence),
            )
