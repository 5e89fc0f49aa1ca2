"""The decision about one unit; asking twice gives the same decision.

The unit is evaluated outside the write transaction, as a hung engine must not stop anybody
else from writing; the result is stored only if the dossier is still what it was.
"""

from datetime import datetime

from app.decide import Concluded, conclude, prepare
from app.digest import canonical
from app.dossier import Dossier, Editions
from app.errors import EngineError
from app.infrastructure.storage.store import Store
from app.judgement.rulebook.key import Answer, NoAnswer
from app.operations.changing.editions_in_force import editions_by_digest
from app.operations.deciding.gather_dossier import find_unit, gather_dossier
from app.operations.deciding.keep_decision import (
    is_current,
    keep_decision,
    stored_decision,
    take_decision,
)
from app.operations.house import House
from app.telemetry import DECIDING
from app.telemetry.traces import SpanName, span

TRIES = 5


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
            stored = stored_decision(store, dossier.digest)
            if stored and known_at is None and is_current(store, stored.decision):
                return stored
            editions = editions_by_digest(store, dossier.editions)
            acting = _acting(house, store, dossier)
        if stored is None:
            concluded, answer = evaluate(acting, dossier, editions)
        with house.database.writing(house.tenant) as store:
            store.decisions.deciding([dossier.unit])
            if dossier_of(store, reference, known_at).digest != dossier.digest:
                continue
            if stored is None:
                keep_decision(house, store, dossier, concluded, answer)
            else:
                concluded = stored
            take_decision(acting, store, concluded.decision, known_at)
        return concluded
    raise EngineError(f"facts about {reference} arrive faster than it can be decided; ask again")


def evaluate(house: House, dossier: Dossier, editions: Editions) -> tuple[Concluded, bytes]:
    """The decision of a dossier, asking both keys; and the first key's answer as stored."""
    affair = house.correlation_id
    with DECIDING.time(), span(SpanName.DECIDE, affair, unit=dossier.unit) as deciding:
        question = prepare(dossier, editions)
        with span(SpanName.ENGINE, affair):
            answer: Answer | NoAnswer = house.first_key.judge(question.pack, question.view)
        concluded = conclude(question, answer)
        deciding.set_attribute("tollgate.decision_id", concluded.decision.decision_id)
        deciding.set_attribute("tollgate.verdict", concluded.decision.verdict.value)
    return concluded, canonical(answer)


def _acting(house: House, store: Store, dossier: Dossier) -> House:
    """The house in the affair of the last message about the unit, where nobody named one."""
    if house.named_affair:
        return house
    facts = [linked.fact.fact_id for linked in dossier.facts]
    last = max(store.messages.of_facts(facts).values(), key=lambda message: message.seq)
    return house.in_affair(last.correlation_id)


def dossier_of(store: Store, reference: str, known_at: datetime | None = None) -> Dossier:
    """Everything the decision about the unit of this number would depend on."""
    unit, near = find_unit(store, reference, known_at)
    return gather_dossier(store, unit, near, known_at)
