"""The decision about one unit; asking twice gives the same decision.

The unit is evaluated outside the write transaction, as a hung engine must not stop anybody
else from writing; the result is stored only if the dossier is still what it was.
"""

import logging
from datetime import datetime

import msgspec

from app.decide import Concluded, conclude, prepare
from app.digest import canonical
from app.dossier import Dossier, Editions
from app.errors import EngineError, NotFoundError
from app.infrastructure.storage.rows import StoredDecision, Taken
from app.infrastructure.storage.store import Store
from app.judgement.decision import Decision
from app.judgement.rulebook.key import Answer, NoAnswer
from app.judgement.trace import Trace
from app.operations.changing.editions_in_force import editions_by_digest
from app.operations.deciding.gather_dossier import find_unit, gather_dossier
from app.operations.house import House
from app.telemetry import DECISIONS, ENGINE_ALARMS

TRIES = 5
ALARMS = ("ENGINE_FAILED", "ENGINE_DISAGREEMENT")

_log = logging.getLogger(__name__)


def decide_unit(house: House, reference: str, known_at: datetime | None = None) -> Concluded:
    """Decide about the unit that goes by this number, as known now or at an earlier moment.

    Raises:
        NotFoundError: no unit goes by it.
        ConflictError: several do.
        EngineError: facts about it arrive faster than it can be decided.
    """
    for _ in range(TRIES):
        with house.database.reading(house.tenant) as store:
            dossier = dossier_of(store, reference, known_at)
            stored = _stored(store, dossier.digest)
            if stored and known_at is None and _is_current(store, stored.decision):
                return stored
            editions = editions_by_digest(store, dossier.editions)
        if stored is None:
            concluded, answer = evaluate(house, dossier, editions)
        with house.database.writing(house.tenant) as store:
            if dossier_of(store, reference, known_at).digest != dossier.digest:
                continue
            if stored is None:
                _keep(house, store, dossier, concluded, answer)
            else:
                concluded = stored
            _take(house, store, concluded.decision, known_at)
        return concluded
    raise EngineError(f"facts about {reference} arrive faster than it can be decided; ask again")


def evaluate(house: House, dossier: Dossier, editions: Editions) -> tuple[Concluded, bytes]:
    """The decision of a dossier, asking both keys; and the first key's answer as stored."""
    question = prepare(dossier, editions)
    answer: Answer | NoAnswer = house.first_key.judge(question.pack, question.view)
    return conclude(question, answer), canonical(answer)


def dossier_of(store: Store, reference: str, known_at: datetime | None = None) -> Dossier:
    """Everything the decision about the unit of this number would depend on."""
    unit, near = find_unit(store, reference, known_at)
    return gather_dossier(store, unit, near, known_at)


def _stored(store: Store, decision_id: str) -> Concluded | None:
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


def _keep(
    house: House, store: Store, dossier: Dossier, concluded: Concluded, answer: bytes
) -> None:
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


def _is_current(store: Store, decision: Decision) -> bool:
    current = store.decisions.current_of(decision.unit)
    return current is not None and current.decision_id == decision.decision_id


def _take(house: House, store: Store, decision: Decision, known_at: datetime | None) -> None:
    """Note the answer where it is another than the last one; a repeated question adds nothing."""
    if known_at is None and _is_current(store, decision):
        return
    store.decisions.log_taken(
        Taken(
            unit=decision.unit,
            decision_id=decision.decision_id,
            known_at=known_at,
            taken_at=house.now(),
            actor=house.actor,
        )
    )
