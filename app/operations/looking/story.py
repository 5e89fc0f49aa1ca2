"""What happened to one unit, gathered from everything that is stored about it."""

from collections.abc import Iterator

from app.explanation.story import DecisionTaken, FactCame, Moment, story_of
from app.infrastructure.storage.store import Store
from app.operations.deciding.gather_dossier import find_unit, gather_dossier
from app.operations.deciding.keep_decision import decoded
from app.operations.house import House
from app.operations.looking.family import billed_documents


def unit_story(house: House, reference: str) -> tuple[Moment, ...]:
    """Every moment of the unit that goes by this number; none before its first document.

    Raises:
        NotFoundError: no unit goes by it.
        ConflictError: several do.
    """
    with house.database.reading(house.tenant) as store:
        unit, near = find_unit(store, reference, None)
        billed = billed_documents(store, store.releases.of_unit(unit))
        if not billed:
            return ()
        facts = {
            linked.fact.fact_id: linked.fact
            for linked in gather_dossier(store, unit, near, None).facts
        }
        messages = store.messages.of_facts(list(facts))
        came = [
            FactCame(at=messages[fact_id].received_at, fact=fact) for fact_id, fact in facts.items()
        ]
        return story_of(billed, tuple(_taken(store, unit)), came)


def _taken(store: Store, unit: str) -> Iterator[DecisionTaken]:
    """What was decided at its time; what would have been decided once is no part of it."""
    for each in store.decisions.taken_of(unit):
        if each.known_at is None and not each.gone:
            stored = decoded(store.decisions.decision(each.decision_id))
            proofs = stored.trace.proofs
            yield DecisionTaken(at=each.taken_at, decision=stored.decision, proofs=proofs)
