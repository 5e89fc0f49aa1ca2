"""Decisions, the dossiers they were computed from, and who asked."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ScalarSelect, Select, and_, func

from app.digest import digest
from app.errors import NotFoundError
from app.infrastructure.storage import tables
from app.infrastructure.storage.rows import Answered, CurrentDecision, StoredDecision, Taken
from app.infrastructure.storage.standings import Standings
from app.infrastructure.storage.tenant_rows import TenantRows

_decision = tables.decision.c
_taken = tables.decision_taken.c
_STORED = tuple(_decision[name] for name in StoredDecision.__struct_fields__)
_CURRENT = tuple(
    _decision[name] for name in CurrentDecision.__struct_fields__ if name != "taken_at"
)
_TAKEN = tuple(_taken[name] for name in Taken.__struct_fields__)
_ANSWERED = (
    *(_taken[name] for name in ("decision_id", "taken_at", "actor", "gone")),
    *(_decision[name] for name in ("verdict", "currency", "amount_minor")),
)
_DECIDING = "deciding"
_ANSWERS_IT = and_(_taken.tenant == _decision.tenant, _taken.decision_id == _decision.decision_id)


class Decisions:
    """What was decided. A unit's current decision is the last one taken on all that is known."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows
        self._standings = Standings(rows)

    def deciding(self, units: Iterable[str]) -> None:
        """Before it is seen whether dossiers moved: nobody else stores decisions about these units.

        Else one that knows less could be stored after one that knows more.
        """
        self._rows.beside(_DECIDING)
        for unit in sorted(set(units)):
            self._rows.alone(f"{_DECIDING} {unit}")

    def let_deciding_end(self) -> None:
        """Wait for decisions that are being stored; those that begin now see what we see."""
        self._rows.alone(_DECIDING)

    def keep_dossier(self, body: bytes) -> str:
        """Keep a dossier and return the digest of its bytes."""
        key = digest(body)
        self._rows.add(tables.dossier, [{"digest": key, "body": body}], tables.dossier.c.digest)
        return key

    def dossier(self, dossier_digest: str) -> bytes:
        """The bytes of a dossier."""
        query = self._rows.select(tables.dossier, tables.dossier.c.body)
        found: bytes | None = self._rows.one_value(
            query.where(tables.dossier.c.digest == dossier_digest)
        )
        if found is None:
            raise NotFoundError(f"there is no dossier {dossier_digest}")
        return found

    def keep(self, decision: StoredDecision) -> bool:
        """Keep a decision; false when it was there, and then it must be the same one."""
        row = msgspec.structs.asdict(decision)
        if self._rows.add(tables.decision, [row], _decision.seq):
            return True
        before = self.decision(decision.decision_id)
        assert before.dossier_digest == decision.dossier_digest, "one decision, one dossier"
        assert before.body == decision.body, "one dossier, one decision"
        return False

    def log_taken(self, taken: Taken) -> None:
        """Note that somebody asked, and which decision was the answer."""
        self._rows.add(tables.decision_taken, [msgspec.structs.asdict(taken)], _taken.seq)
        if taken.known_at is None:
            self._standings.due([taken.unit])

    def decision(self, decision_id: str) -> StoredDecision:
        """One decision."""
        query = self._rows.select(tables.decision, *_STORED)
        row = self._rows.first(query.where(_decision.decision_id == decision_id))
        if row is None:
            raise NotFoundError(f"there is no decision {decision_id}")
        return StoredDecision(**row._asdict())

    def current_of(self, unit: str) -> StoredDecision | None:
        """The unit's current decision, if it was ever decided."""
        query = self._rows.select(tables.decision, *_STORED)
        query = query.join(tables.decision_taken, _ANSWERS_IT)
        row = self._rows.first(query.where(_taken.seq == self._last_of(unit), _taken.gone == 0))
        return None if row is None else StoredDecision(**row._asdict())

    def bodies_of(self, units: Iterable[str], customer: str) -> dict[str, tuple[bytes, bytes]]:
        """Those of a few units that are this customer's: bodies of current decision and trace."""
        latest = self._rows.select(tables.decision_taken, func.max(_taken.seq))
        latest = latest.where(_taken.known_at.is_(None), _taken.unit.in_(sorted(set(units))))
        query = self._rows.select(tables.decision, _taken.unit, _decision.body, _decision.trace)
        query = query.join(tables.decision_taken, _ANSWERS_IT)
        query = query.where(_taken.gone == 0, _decision.customer == customer)
        query = query.where(_taken.seq.in_(latest.group_by(_taken.unit).scalar_subquery()))
        return {str(row.unit): (row.body, row.trace) for row in self._rows.all(query)}

    def standing(self, units: Iterable[str]) -> dict[str, str]:
        """Those of the units that have a current decision, with its id."""
        query = self._rows.select(tables.decision_taken, _taken.decision_id, _taken.gone)
        found = {}
        for unit in units:
            row = self._rows.first(query.where(_taken.seq == self._last_of(unit)))
            if row is not None and not row.gone:
                found[unit] = str(row.decision_id)
        return found

    def current(self, *, not_released: bool = False) -> Iterator[CurrentDecision]:
        """The current decision of every unit that was ever decided, by unit.

        `not_released` leaves out units that have a release.
        """
        query = self._rows.select(tables.decision, *_CURRENT, _taken.taken_at)
        query = query.join(tables.decision_taken, _ANSWERS_IT)
        query = query.where(_taken.seq.in_(self._last().scalar_subquery()), _taken.gone == 0)
        if not_released:
            query = query.where(~self._release_of_unit().exists())
        query = query.order_by(_taken.unit)
        for row in self._rows.stream(query):
            yield CurrentDecision(**row._asdict())

    def current_billed(self) -> Iterator[CurrentDecision]:
        """The current decision of every unit that was billed, by unit; none that was claimed."""
        release = tables.release.c
        billed = self._rows.select(tables.release, release.unit).where(release.unit == _taken.unit)
        claimed = billed.where(release.decision_id == _taken.decision_id)
        query = self._rows.select(tables.decision, *_CURRENT, _taken.taken_at)
        query = query.join(tables.decision_taken, _ANSWERS_IT)
        query = query.where(_taken.seq.in_(self._last().scalar_subquery()), _taken.gone == 0)
        query = query.where(billed.exists(), ~claimed.exists()).order_by(_taken.unit)
        for row in self._rows.stream(query):
            yield CurrentDecision(**row._asdict())

    def units_of(
        self, customers: Iterable[str], *, billed_since: datetime, after: str, limit: int
    ) -> tuple[tuple[str, str], ...]:
        """The next decided units of these customers, each with its customer, by unit.

        Args:
            customers: as their current decisions name them.
            billed_since: of what was billed only what was first claimed then or later.
            after: the unit behind which to go on; empty at the beginning.
            limit: how many at most.
        """
        query = self._not_released(self._last().where(_taken.unit > after), billed_since)
        query = query.where(_decision.customer.in_(sorted(set(customers)))).limit(limit)
        return tuple((str(row.unit), str(row.customer)) for row in self._rows.all(query))

    def not_released(self, or_since: datetime | None = None) -> Iterator[tuple[str, str]]:
        """Every unit that was decided and has no release, with its customer, by unit.

        Args:
            or_since: those too whose first release was claimed at this moment or later.
        """
        for row in self._rows.all(self._not_released(self._last(), or_since)):
            yield str(row.unit), str(row.customer or "")

    def _not_released(self, last: Select[Any], or_since: datetime | None) -> Select[Any]:
        released = self._release_of_unit()
        if or_since is not None:
            released = released.where(tables.release.c.claimed_at < or_since)
        query = self._rows.select(tables.decision, _taken.unit, _decision.customer)
        query = query.join(tables.decision_taken, _ANSWERS_IT)
        query = query.where(_taken.seq.in_(last.scalar_subquery()), _taken.gone == 0)
        return query.where(~released.exists()).order_by(_taken.unit)

    def _release_of_unit(self) -> Select[tuple[object, ...]]:
        """The release of the unit that a row about what was taken is of."""
        release = tables.release.c
        return self._rows.select(tables.release, release.unit).where(release.unit == _taken.unit)

    def taken_of(self, unit: str) -> tuple[Taken, ...]:
        """Each time somebody asked about the unit, in order."""
        query = self._rows.select(tables.decision_taken, *_TAKEN).where(_taken.unit == unit)
        return tuple(Taken(**row._asdict()) for row in self._rows.all(query.order_by(_taken.seq)))

    def last_answers_of(self, unit: str, at_most: int, but: int = 0) -> tuple[Answered, ...]:
        """The last answers about the unit on all that was known, the oldest of them first.

        Args:
            unit: whose.
            at_most: so many.
            but: so many of the very last are left out.
        """
        query = self._rows.select(tables.decision_taken, *_ANSWERED)
        query = query.join(tables.decision, _ANSWERS_IT)
        query = query.where(_taken.unit == unit, _taken.known_at.is_(None))
        rows = self._rows.all(query.order_by(_taken.seq.desc()).limit(at_most).offset(but))
        return tuple(Answered(**row._asdict()) for row in reversed(rows))

    def times_taken(self, unit: str) -> int:
        """How many answers about the unit there were on all that was known."""
        query = self._rows.select(tables.decision_taken, func.count())
        query = query.where(_taken.unit == unit, _taken.known_at.is_(None))
        return int(self._rows.one_value(query))

    def some(self, decision_ids: Iterable[str]) -> dict[str, StoredDecision]:
        """The decisions with these ids; those not there are left out."""
        query = self._rows.select(tables.decision, *_STORED)
        rows = self._rows.among(query, _decision.decision_id, set(decision_ids))
        return {str(row.decision_id): StoredDecision(**row._asdict()) for row in rows}

    def _last(self) -> Select[Any]:
        """The places of the last answers about all units on all that is known."""
        query = self._rows.select(tables.decision_taken, func.max(_taken.seq))
        return query.where(_taken.known_at.is_(None)).group_by(_taken.unit)

    def _last_of(self, unit: str) -> ScalarSelect[int]:
        """The place of the last answer about the unit on all that is known."""
        query = self._rows.select(tables.decision_taken, func.max(_taken.seq))
        query = query.where(_taken.unit == unit, _taken.known_at.is_(None))
        return query.scalar_subquery()

    def in_order(self) -> Iterator[StoredDecision]:
        """Every decision in the order in which they were first taken, a few at a time."""
        query = self._rows.select(tables.decision, *_STORED).order_by(_decision.seq)
        for row in self._rows.stream(query):
            yield StoredDecision(**row._asdict())

    def page(
        self, *, since: datetime, before: datetime, after_seq: int, limit: int
    ) -> tuple[tuple[int, StoredDecision], ...]:
        """Decisions first taken in a window, in order, each with its place."""
        query = self._rows.select(tables.decision, _decision.seq, *_STORED)
        query = query.where(_decision.decided_at >= since, _decision.decided_at < before)
        query = query.where(_decision.seq > after_seq).order_by(_decision.seq).limit(limit)
        return tuple(_with_place(row._asdict()) for row in self._rows.all(query))

    def counted(self) -> int:
        """How many there are."""
        return int(self._rows.one_value(self._rows.select(tables.decision, func.count())))


def _with_place(columns: dict[str, Any]) -> tuple[int, StoredDecision]:
    return int(columns.pop("seq")), StoredDecision(**columns)
