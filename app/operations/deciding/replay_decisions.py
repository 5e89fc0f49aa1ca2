"""Every stored decision again, from its stored dossier and editions, compared to the byte."""

from collections.abc import Iterator

import msgspec

from app.decide import Concluded, conclude, prepare
from app.digest import canonical
from app.dossier import Dossier
from app.infrastructure.storage.rows import StoredDecision
from app.infrastructure.storage.store import Store
from app.judgement.rulebook.key import Answer, NoAnswer
from app.operations.changing.editions_in_force import editions_by_digest
from app.operations.house import House
from app.reports.audit.bytes_compared import BytesCompared, bytes_compared


class Replayed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One decision computed again; `differs` says where, empty where the bytes are equal."""

    decision_id: str
    unit: str
    differs: str = ""


def replay_decisions(house: House, decision_id: str | None = None) -> Iterator[Replayed]:
    """One decision, or all of them in the order in which they were taken.

    Raises:
        NotFoundError: there is no such decision.
    """
    with house.database.reading(house.tenant) as store:
        if decision_id is not None:
            yield _replayed(house, store, store.decisions.decision(decision_id))
            return
        for row in store.decisions.in_order():
            yield _replayed(house, store, row)


def replay_to_the_byte(house: House, decision_id: str) -> tuple[BytesCompared, ...]:
    """One decision computed again: dossier, decision and trace beside what was stored.

    Raises:
        NotFoundError: there is no such decision.
    """
    with house.database.reading(house.tenant) as store:
        return tuple(_compared(house, store, store.decisions.decision(decision_id)))


def _replayed(house: House, store: Store, row: StoredDecision) -> Replayed:
    differs = [each.part for each in _compared(house, store, row) if not each.identical]
    return Replayed(decision_id=row.decision_id, unit=row.unit, differs=", ".join(differs))


def _compared(house: House, store: Store, row: StoredDecision) -> Iterator[BytesCompared]:
    stored = store.decisions.dossier(row.dossier_digest)
    dossier = msgspec.json.decode(stored, type=Dossier)
    again = _again(house, store, row, dossier)
    yield bytes_compared("dossier", stored, canonical(dossier))
    yield bytes_compared("decision", row.body, canonical(again.decision))
    yield bytes_compared("trace", row.trace, canonical(again.trace))


def _again(house: House, store: Store, row: StoredDecision, dossier: Dossier) -> Concluded:
    question = prepare(dossier, editions_by_digest(store, dossier.editions))
    # Where the keys failed or differed, their answers are part of what was decided from.
    stands_alone = row.decision_id == row.dossier_digest
    first: Answer | NoAnswer = (
        house.first_key.judge(question.pack, question.view)
        if stands_alone
        else msgspec.json.decode(row.answers, type=Answer | NoAnswer)
    )
    return conclude(question, first)
