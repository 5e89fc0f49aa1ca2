"""What is to be decided: a queue in which nobody's flood makes others wait.

A row is written with the facts that make it necessary, and removed with the decision that answers
it, each in the same transaction: nothing is forgotten, and doing it twice is harmless.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

import msgspec
from sqlalchemy import Row, Select, func

from app.digest import canonical
from app.evidence.intake.feed import Lane
from app.infrastructure.storage import tables
from app.infrastructure.storage.columns import shortened
from app.infrastructure.storage.rows import Due, StoredDue
from app.infrastructure.storage.tenant_rows import TenantRows

_due = tables.due.c
MOST_ALIKE = 1000


class DueUnits:
    """Rows that wait for a decision, by lane."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def add(self, due: Iterable[Due]) -> None:
        """Let units be decided."""
        rows = [
            {
                **msgspec.structs.asdict(each),
                "keys": canonical(each.keys),
                "attempts": 0,
                "last_error": "",
            }
            for each in due
        ]
        self._rows.add(tables.due, rows, _due.seq)

    def next(self, lane: str, moment: datetime, at_most: int) -> tuple[StoredDue, ...]:
        """The rows to work on now, the same number of every share's, the oldest first.

        In PostgreSQL they are nobody else's until this transaction ends, however it ends: a
        process that dies gives them back. Rows another process has in hand are passed over.
        """
        shares = tuple(self._shares(lane))
        if not shares:
            return ()
        each = max(1, at_most // len(shares))
        found: list[StoredDue] = []
        for share in shares:
            query = self._ready(lane, share, moment).limit(each)
            found += map(_stored, self._rows.all(query.with_for_update(skip_locked=True)))
        return tuple(sorted(found[:at_most], key=lambda due: due.seq))

    def again(self, seq: int) -> tuple[StoredDue, ...]:
        """One row by itself, if it still waits and nobody else has it in hand."""
        query = self._rows.select(tables.due).where(_due.seq == seq)
        return tuple(map(_stored, self._rows.all(query.with_for_update(skip_locked=True))))

    def alike(self, due: Collection[StoredDue]) -> tuple[StoredDue, ...]:
        """Other rows that ask for the very same, for whoever does it once for all of them."""
        asked = {(each.lane, each.cause, each.keys) for each in due}
        taken = {each.seq for each in due}
        found: list[StoredDue] = []
        for lane, cause, keys in sorted(asked):
            same = (_due.lane == lane, _due.cause == cause, _due["keys"] == canonical(keys))
            query = self._rows.select(tables.due).where(*same).order_by(_due.seq).limit(MOST_ALIKE)
            found += map(_stored, self._rows.all(query.with_for_update(skip_locked=True)))
        return tuple(each for each in found if each.seq not in taken)

    def done(self, due: Collection[StoredDue]) -> None:
        """Remove what was decided; what another process removed before is no error."""
        self._rows.remove(tables.due, _due.seq, [each.seq for each in due])

    def failed(self, due: StoredDue, *, error: str, again_at: datetime) -> None:
        """Note that it could not be decided, and when to try again."""
        self._rows.change(
            tables.due,
            _due.seq == due.seq,
            attempts=due.attempts + 1,
            last_error=shortened(error),
            due_at=again_at,
        )

    def waiting(self, lane: str | None = None, share: str | None = None) -> int:
        """How many rows wait."""
        query = self._rows.select(tables.due, func.count())
        if lane is not None:
            query = query.where(_due.lane == lane)
        if share is not None:
            query = query.where(_due.share == share)
        return int(self._rows.one_value(query))

    def is_full(self, share: str, backlog: int) -> bool:
        """Whether at least so many rows of a share wait."""
        for lane in Lane:
            query = self._rows.select(tables.due, _due.seq)
            query = query.where(_due.lane == lane, _due.share == share)
            rows = self._rows.all(query.limit(backlog))
            backlog -= len(rows)
            if backlog <= 0:
                return True
        return False

    def waits(self, lane: str, moment: datetime) -> bool:
        """Whether anything of the lane is to be decided by now."""
        query = self._rows.select(tables.due, _due.seq)
        query = query.where(_due.lane == lane, _due.due_at <= moment)
        return self._rows.first(query.limit(1)) is not None

    def stuck(self, after_attempts: int) -> tuple[StoredDue, ...]:
        """What failed so often that a person must look, the oldest first."""
        query = self._rows.select(tables.due).where(_due.attempts >= after_attempts)
        return tuple(map(_stored, self._rows.all(query.order_by(_due.seq))))

    def _shares(self, lane: str) -> Iterator[str]:
        """Each share once: one look into the index a share, however long its queue."""
        last: str | None = None
        while True:
            query = self._rows.select(tables.due, func.min(_due.share)).where(_due.lane == lane)
            if last is not None:
                query = query.where(_due.share > last)
            last = self._rows.one_value(query)
            if last is None:
                return
            yield last

    def _ready(self, lane: str, share: str, moment: datetime) -> Select[tuple[object, ...]]:
        query = self._rows.select(tables.due)
        query = query.where(_due.lane == lane, _due.share == share, _due.due_at <= moment)
        return query.order_by(_due.due_at, _due.seq)


def _stored(row: Row[tuple[object, ...]]) -> StoredDue:
    columns = row._asdict()
    columns.pop("tenant")
    keys = msgspec.json.decode(columns.pop("keys"), type=tuple[str, ...])
    return StoredDue(keys=keys, **columns)
