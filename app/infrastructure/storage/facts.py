"""Facts, and the references by which they are found."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, Select, and_, func

from app.digest import canonical
from app.evidence.facts.fact import Fact
from app.evidence.facts.papers import Withdrawal
from app.evidence.facts.reference import Reference, ReferenceKind
from app.infrastructure.storage import tables
from app.infrastructure.storage.rows import StoredFact
from app.infrastructure.storage.tenant_rows import TenantRows

_fact = tables.fact.c
_message = tables.message.c
_reference = tables.fact_reference.c
_HOW = (_fact.seq, _fact.body, _fact.received_at, _fact.message_seq)
_decoder = msgspec.json.Decoder(Fact)


SUPERSEDES = "supersedes::"
"""Begins the key under which a correction of a fact is found; no reference has its kind."""


class Facts:
    """What is known, in the order of arrival."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def add(
        self, facts: Sequence[Fact], *, message_seq: int, received_at: datetime
    ) -> tuple[str, ...]:
        """Add the facts that are not there yet and return their ids, in the order given."""
        rows = [self._row(fact, message_seq, received_at) for fact in facts]
        new = set(self._rows.add(tables.fact, rows, _fact.fact_id))
        references = [row for fact in facts if fact.fact_id in new for row in _reference_rows(fact)]
        self._rows.add(tables.fact_reference, references, _reference.key)
        return tuple(dict.fromkeys(fact.fact_id for fact in facts if fact.fact_id in new))

    def naming(self, keys: Collection[str], known_at: datetime | None = None) -> dict[str, Fact]:
        """The facts that have one of these reference keys, by id, in the order of arrival."""
        query = self._known(known_at).join(
            tables.fact_reference,
            and_(_reference.tenant == _fact.tenant, _reference.fact_id == _fact.fact_id),
        )
        return _read(self._rows.among(query, _reference.key, keys))

    def correcting(
        self, facts: Mapping[str, Fact], known_at: datetime | None = None
    ) -> dict[str, Fact]:
        """The facts that supersede one of these or withdraw its message.

        They are found whatever numbers they name themselves.
        """
        keys = {correction_key(fact_id) for fact_id in facts}
        keys |= {_withdrawal_key(fact.source.message_id) for fact in facts.values()}
        found = self.naming(keys, known_at)
        return {
            fact_id: fact
            for fact_id, fact in found.items()
            if fact.supersedes or isinstance(fact.said, Withdrawal)
        }

    def withdrawn_by(
        self, facts: Iterable[Fact], known_at: datetime | None = None
    ) -> dict[str, Fact]:
        """The facts of the messages that withdrawals among these take back, however read."""
        found: dict[str, Fact] = {}
        query = self._known(known_at).join(
            tables.message, and_(_message.tenant == _fact.tenant, _message.seq == _fact.message_seq)
        )
        for fact in facts:
            if isinstance(fact.said, Withdrawal):
                rows = self._rows.all(
                    query.where(
                        _message.source_system == fact.source.system,
                        _message.source_instance == fact.source.instance,
                        _message.source_message_id == fact.said.withdrawal,
                        _message.outcome == "recorded",
                    )
                )
                found |= _read(rows)
        return found

    def by_id(self, fact_ids: Collection[str]) -> dict[str, Fact]:
        """The facts with these ids, in the order of arrival; those not there are left out."""
        return _read(self._rows.among(self._known(None), _fact.fact_id, fact_ids))

    def arrived(self, fact_ids: Collection[str]) -> tuple[StoredFact, ...]:
        """The facts with these ids and how each came, in the order of arrival."""
        return _arrived(self._rows.among(self._how(), _fact.fact_id, fact_ids))

    def arrived_naming(self, keys: Collection[str]) -> tuple[StoredFact, ...]:
        """The facts that have one of these reference keys, and how each came."""
        query = self._how().join(
            tables.fact_reference,
            and_(_reference.tenant == _fact.tenant, _reference.fact_id == _fact.fact_id),
        )
        return _arrived(self._rows.among(query, _reference.key, keys))

    def arrived_in(self, message_seq: int, at_most: int) -> tuple[StoredFact, ...]:
        """The first facts that one reading of a message gave."""
        query = self._how().where(_fact.message_seq == message_seq)
        return _arrived(self._rows.all(query.order_by(_fact.seq).limit(at_most)))

    def of_message(
        self, source_system: str, source_instance: str, source_message_id: str
    ) -> tuple[Fact, ...]:
        """The facts of all readings of one message, in the order of arrival."""
        message = tables.message.c
        query = self._known(None).join(
            tables.message,
            and_(message.tenant == _fact.tenant, message.seq == _fact.message_seq),
        )
        query = query.where(
            message.source_system == source_system,
            message.source_instance == source_instance,
            message.source_message_id == source_message_id,
            message.outcome == "recorded",
        )
        return tuple(_read(self._rows.all(query)).values())

    def with_content(self, content_digests: Collection[str]) -> frozenset[str]:
        """Those of the contents that some fact has already, whichever message said it."""
        query = self._rows.select(tables.fact, _fact.content_digest)
        found = self._rows.among(query, _fact.content_digest, content_digests)
        return frozenset(str(row.content_digest) for row in found)

    def of_entities(
        self, entities: Collection[str], known_at: datetime | None = None
    ) -> dict[str, Fact]:
        """All facts about these kinds of thing: index values and exchange rates, say."""
        return _read(self._rows.among(self._known(known_at), _fact.entity, entities))

    def keys_with_value(self, text: str) -> tuple[str, ...]:
        """The reference keys, of any kind and issuer, that have this number."""
        value = _parts(Reference(kind=ReferenceKind.OTHER, value=text).key)[1]
        query = self._rows.select(tables.fact_reference, _reference.key)
        # Sorted here: asked to sort, SQLite reads all keys of the tenant in order instead.
        query = query.where(_reference.value == value)
        return tuple(sorted({key for (key,) in self._rows.all(query)}))

    def keys_of_kinds(self, kinds: Iterable[ReferenceKind]) -> Iterator[str]:
        """The reference keys of these kinds, each once, sorted within its kind."""
        for kind in kinds:
            query = self._rows.select(tables.fact_reference, _reference.key)
            query = query.where(_reference.kind == kind.value).distinct()
            for (key,) in self._rows.stream(query.order_by(_reference.key)):
                yield key

    def keys_after(
        self, kinds: Collection[ReferenceKind], after: str, limit: int
    ) -> tuple[str, ...]:
        """The reference keys of these kinds that sort after one, in order."""
        query = self._rows.select(tables.fact_reference, _reference.key).distinct()
        query = query.where(_reference.kind.in_([kind.value for kind in kinds]))
        query = query.where(_reference.key > after).order_by(_reference.key).limit(limit)
        return tuple(str(key) for (key,) in self._rows.all(query))

    def counted(self) -> int:
        """How many there are."""
        return int(self._rows.one_value(self._rows.select(tables.fact, func.count())))

    def _how(self) -> Select[Any]:
        """Facts with how they came."""
        return self._rows.select(tables.fact, *_HOW)

    def _known(self, known_at: datetime | None) -> Select[Any]:
        """The facts that had arrived by then."""
        query = self._rows.select(tables.fact, _fact.seq, _fact.fact_id, _fact.body)
        return query if known_at is None else query.where(_fact.received_at <= known_at)

    def _row(self, fact: Fact, message_seq: int, received_at: datetime) -> dict[str, object]:
        assert fact.tenant == self._rows.tenant, "a fact is stored with the tenant it names"
        assert fact.fact_id, "a fact has its id before it is stored"
        return {
            "fact_id": fact.fact_id,
            "message_seq": message_seq,
            "entity": fact.entity,
            "content_digest": fact.content_digest,
            "body": canonical(fact),
            "received_at": received_at,
            "actor": fact.actor,
            "occurred_at": fact.occurred_at,
        }


def _read(rows: Iterable[Row[Any]]) -> dict[str, Fact]:
    """The facts in the order of arrival, each once and decoded once."""
    once = {int(row.seq): row for row in rows}
    return {once[seq].fact_id: _decoder.decode(once[seq].body) for seq in sorted(once)}


def _arrived(rows: Iterable[Row[Any]]) -> tuple[StoredFact, ...]:
    once = {int(row.seq): row for row in rows}
    return tuple(
        StoredFact(
            fact=_decoder.decode(row.body),
            received_at=row.received_at,
            message_seq=int(row.message_seq),
        )
        for _, row in sorted(once.items())
    )


def _reference_rows(fact: Fact) -> list[dict[str, object]]:
    keys = dict.fromkeys(reference.key for reference in fact.references)
    if fact.supersedes:
        keys[correction_key(fact.supersedes)] = None
    return [
        {"key": key, "fact_id": fact.fact_id, "kind": kind, "value": value}
        for key in keys
        for kind, value in [_parts(key)]
    ]


def correction_key(fact_id: str) -> str:
    """The key under which a correction of this fact is found."""
    return SUPERSEDES + fact_id


def _withdrawal_key(message_id: str) -> str:
    """The key under which the withdrawal of a message is found, whoever withdraws it."""
    return Reference(kind=ReferenceKind.MESSAGE, value=message_id).key


def _parts(key: str) -> tuple[str, str]:
    """Kind and value of a key; an issuer may hold colons, those two do not."""
    return key.partition(":")[0], key.rpartition(":")[2]
