"""The week decided with pure functions alone: facts in memory instead of a database."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import cast

from app.decide import conclude, prepare, second_answer
from app.digest import canonical, digest
from app.dossier import Dossier, Editions
from app.evidence.correlation.links import correlate
from app.evidence.facts.fact import Fact
from app.infrastructure.storage.store import Store
from app.operations.changing.editions_in_force import editions_by_digest
from app.operations.deciding.gather_dossier import Neighbourhood, gather_dossier


def bare(name: str) -> str:
    """`shipment:KS88123` and `KS-88123` are one unit."""
    return name.rpartition(":")[2].replace("-", "")


class InMemory:
    """Facts in the order in which they came, and the editions of a loaded week."""

    def __init__(self, facts: Sequence[Fact], store: Store) -> None:
        self.tenant = store.tenant
        self.facts = self
        self.editions = store.editions
        self.releases = store.releases
        self.known = {fact.fact_id: fact for fact in facts}
        self.place = {name: place for place, name in enumerate(self.known)}
        self.named: dict[str, set[str]] = defaultdict(set)
        self.of_entity: dict[str, set[str]] = defaultdict(set)
        self.answering: dict[str, set[str]] = defaultdict(set)
        """Facts by the fact they supersede, or the message they withdraw."""
        for name, fact in self.known.items():
            self.of_entity[fact.entity].add(name)
            for reference in fact.references:
                self.named[reference.key].add(name)
            for other in filter(None, (fact.supersedes, getattr(fact.said, "withdrawal", ""))):
                self.answering[other].add(name)

    def of_entities(
        self, entities: Collection[str], known_at: datetime | None = None
    ) -> dict[str, Fact]:
        assert known_at is None, "a hundred orders are asked about as known now"
        return self._found(self.of_entity, entities)

    def naming(self, keys: Collection[str], known_at: datetime | None = None) -> dict[str, Fact]:
        assert known_at is None, "a hundred orders are asked about as known now"
        return self._found(self.named, keys)

    def correcting(
        self, facts: Mapping[str, Fact], known_at: datetime | None = None
    ) -> dict[str, Fact]:
        assert known_at is None, "a hundred orders are asked about as known now"
        messages = {fact.source.message_id for fact in facts.values()}
        return self._found(self.answering, {*facts, *messages})

    def _found(self, by: Mapping[str, set[str]], keys: Collection[str]) -> dict[str, Fact]:
        """In the order in which they came."""
        names = {name for key in set(keys) for name in by.get(key, ())}
        return {name: self.known[name] for name in sorted(names, key=self.place.__getitem__)}


class Purely:
    """The week decided with nothing but pure functions."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.editions: dict[str, Editions] = {}

    def dossiers(self, facts: Sequence[Fact]) -> dict[str, Dossier]:
        """The dossier of every unit among facts that came in this order."""
        held = InMemory(facts, self.store)
        near = Neighbourhood(facts=held.known, correlation=correlate(held.known.values()))
        return {
            bare(unit): gather_dossier(cast("Store", held), unit, near, None)
            for unit in near.correlation.units
        }

    def decided(self, dossier: Dossier) -> bytes:
        """Decision and trace; the second key's answer stands in for the first's, which is rim."""
        used = digest(canonical(dossier.editions))
        if used not in self.editions:
            self.editions[used] = editions_by_digest(self.store, dossier.editions)
        question = prepare(dossier, self.editions[used])
        return canonical(conclude(question, second_answer(question)[0]))
