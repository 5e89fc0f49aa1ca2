"""What is on its way to whom: one row for each event and destination, and what became of it.

Whatever is about one subject reaches a destination in the order in which it happened: a row is not
ready while an earlier one of the same subject still waits. A dead letter blocks nobody: what comes
after it is sent, and where a person has it tried again it arrives late, with its own moment in it.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import Row, Select, func

from app.infrastructure.storage import tables
from app.infrastructure.storage.columns import shortened
from app.infrastructure.storage.rows import (
    Attempt,
    Circuit,
    KnownSending,
    Sending,
    SendingsCounted,
    SendingState,
    StoredSending,
)
from app.infrastructure.storage.tenant_rows import TenantRows

_sending = tables.sending.c
_attempt = tables.sending_attempt.c
_circuit = tables.circuit.c
_outbox = tables.outbox.c
_STORED = tuple(_sending[name] for name in StoredSending.__struct_fields__)
_KNOWN = tuple(
    (_sending if name in _sending else _outbox)[name] for name in KnownSending.__struct_fields__
)
_ATTEMPT = tuple(_attempt[name] for name in Attempt.__struct_fields__)

LARGEST = 2**63 - 1
"""What a place can be, in either database."""


class Sendings:
    """Rows on their way, the log of attempts, and how destinations have been answering."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def fan_out_alone(self) -> None:
        """Let nobody else make sendings meanwhile.

        Two who did would make rows out of order, and the later ones could leave first.
        """
        self._rows.alone("fan out")

    def add(self, sendings: Iterable[Sending]) -> int:
        """Let events be sent, each once to a destination; how many were not on their way yet."""
        rows = [
            {
                **msgspec.structs.asdict(each),
                "state": "waiting",
                "attempts": 0,
                "last_error": "",
                "reference": "",
                "sent_at": None,
            }
            for each in sendings
        ]
        return len(self._rows.add(tables.sending, rows, _sending.seq))

    def waits(self, destination: str, moment: datetime) -> bool:
        """Whether anything could be sent to it by now."""
        query = self._waiting(destination).where(_sending.next_at <= moment)
        return self._rows.first(query.limit(1)) is not None

    def next(self, destination: str, moment: datetime, at_most: int) -> tuple[StoredSending, ...]:
        """The rows to send now, at most one of a subject, those that wait longest first.

        In PostgreSQL they are nobody else's until this transaction ends, however it ends: a
        process that dies gives them back. Rows another process has in hand are passed over.
        """
        each = tables.sending.alias("each")
        # One look into the index a row. Asked as "none exists before it", PostgreSQL would compare
        # all that waits with all that waits, and only then take the first.
        first = (
            self._rows.select(each, func.min(each.c.outbox_seq))
            .where(
                each.c.destination == destination,
                each.c.subject == _sending.subject,
                each.c.state == "waiting",
            )
            .scalar_subquery()
        )
        query = self._waiting(destination)
        query = query.where(_sending.next_at <= moment, _sending.outbox_seq == first)
        query = query.order_by(_sending.next_at, _sending.seq).limit(at_most)
        # Theirs but for the key, so that what happens meanwhile can be written down beside them.
        query = query.with_for_update(skip_locked=True, key_share=True)
        return tuple(map(_stored, self._rows.all(query)))

    def sent(self, sending: StoredSending, attempt: Attempt, reference: str) -> None:
        """It arrived, whatever another process made of its own attempt meanwhile."""
        self._log(attempt)
        self._rows.change(
            tables.sending,
            _sending.seq == sending.seq,
            state="sent",
            attempts=sending.attempts + 1,
            last_error="",
            reference=shortened(reference),
            sent_at=attempt.at,
        )

    def failed(self, sending: StoredSending, attempt: Attempt, again_at: datetime | None) -> None:
        """It did not arrive; without a moment to try again it is dead and waits for a person.

        What arrived by another process meanwhile has arrived.
        """
        self._log(attempt)
        self._rows.change(
            tables.sending,
            (_sending.seq == sending.seq) & (_sending.state == "waiting"),
            state="waiting" if again_at else "dead",
            attempts=sending.attempts + 1,
            last_error=shortened(attempt.detail),
            next_at=again_at or sending.next_at,
        )

    def retry(self, seq: int, attempt: Attempt) -> bool:
        """Let a dead letter wait again, because a person says so; whether it was dead."""
        changed = self._rows.change(
            tables.sending,
            (_sending.seq == seq) & (_sending.state == "dead"),
            state="waiting",
            attempts=0,
            next_at=attempt.at,
        )
        if changed:
            self._log(attempt)
        return bool(changed)

    def by_seq(self, seq: int) -> KnownSending | None:
        """One sending with its event; none where no place can be so far."""
        if not 0 <= seq <= LARGEST:
            return None
        row = self._rows.first(self._known().where(_sending.seq == seq))
        return None if row is None else KnownSending(**row._asdict())

    def listed(
        self, state: SendingState, destination: str = "", *, after: int = 0, at_most: int
    ) -> tuple[KnownSending, ...]:
        """Sendings in a state with their events, the oldest first, from behind a place."""
        query = self._known().where(_sending.state == state, _sending.seq > after)
        if destination:
            query = query.where(_sending.destination == destination)
        found = self._rows.all(query.order_by(_sending.seq).limit(at_most))
        return tuple(KnownSending(**row._asdict()) for row in found)

    def about(self, subject: str) -> tuple[KnownSending, ...]:
        """Everything that is or was on its way about a unit, with its events, in order."""
        query = self._known().where(_sending.subject == subject).order_by(_sending.seq)
        return tuple(KnownSending(**row._asdict()) for row in self._rows.all(query))

    def dead(self, destination: str) -> tuple[int, ...]:
        """The places of a destination's dead letters, the oldest first."""
        query = self._rows.select(tables.sending, _sending.seq)
        query = query.where(_sending.state == "dead", _sending.destination == destination)
        return tuple(int(row.seq) for row in self._rows.all(query.order_by(_sending.seq)))

    def attempts(self, seq: int) -> tuple[Attempt, ...]:
        """Everything that was tried with one sending, in order."""
        query = self._rows.select(tables.sending_attempt, *_ATTEMPT)
        query = query.where(_attempt.sending_seq == seq).order_by(_attempt.seq)
        return tuple(Attempt(**row._asdict()) for row in self._rows.all(query))

    def counted(self) -> tuple[SendingsCounted, ...]:
        """How many there are, by destination and state."""
        by = (_sending.destination, _sending.state)
        query = self._rows.select(tables.sending, *by, func.count().label("count"))
        found = self._rows.all(query.group_by(*by).order_by(*by))
        return tuple(SendingsCounted(**row._asdict()) for row in found)

    def circuit(self, destination: str) -> Circuit:
        """How it has been answering; without a word of it, well."""
        row = self._rows.first(self._circuit(destination))
        return Circuit() if row is None else Circuit(**row._asdict())

    def circuit_alone(self, destination: str, *, wait: bool) -> Circuit | None:
        """The same, for us alone until this transaction ends; None where somebody else has it.

        In SQLite nobody is alone but who writes.
        """
        given = {"destination": destination, "failures": 0, "open_until": None}
        if wait:
            self._rows.add(tables.circuit, [given], _circuit.destination)
        query = self._circuit(destination).with_for_update(skip_locked=not wait)
        row = self._rows.first(query)
        return None if row is None else Circuit(**row._asdict())

    def keep_circuit(self, destination: str, circuit: Circuit) -> None:
        """How it has been answering up to now."""
        self._rows.change(
            tables.circuit,
            _circuit.destination == destination,
            **msgspec.structs.asdict(circuit),
        )

    def withdrew(self, attempt: Attempt) -> None:
        """Keep beside the attempts that something is taken away at the other side."""
        assert attempt.outcome == "withdrew", "an attempt is kept with what became of it"
        self._log(attempt)

    def try_now(self, destination: str) -> None:
        """Leave it alone no longer; if it is still down, one attempt shows that."""
        self._rows.change(tables.circuit, _circuit.destination == destination, open_until=None)

    def _log(self, attempt: Attempt) -> None:
        row = {**msgspec.structs.asdict(attempt), "detail": shortened(attempt.detail)}
        self._rows.add(tables.sending_attempt, [row], _attempt.seq)

    def _waiting(self, destination: str) -> Select[tuple[object, ...]]:
        query = self._rows.select(tables.sending, *_STORED)
        return query.where(_sending.state == "waiting", _sending.destination == destination)

    def _known(self) -> Select[tuple[object, ...]]:
        same = (_outbox.tenant == _sending.tenant) & (_outbox.seq == _sending.outbox_seq)
        return self._rows.select(tables.sending, *_KNOWN).join(tables.outbox, same)

    def _circuit(self, destination: str) -> Select[tuple[object, ...]]:
        query = self._rows.select(tables.circuit, _circuit.failures, _circuit.open_until)
        return query.where(_circuit.destination == destination)


def _stored(row: Row[tuple[object, ...]]) -> StoredSending:
    return StoredSending(**row._asdict())
