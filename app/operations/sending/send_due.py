"""What is due leaves: each destination for itself, as fast as it takes it and no faster.

Rows are taken, sent outside any write transaction of SQLite's, and their outcomes stored in one
short transaction with the attempts and how the destination answers. In PostgreSQL the rows stay
locked meanwhile, so that no other process sends the same.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import datetime, timedelta
from functools import partial
from threading import Lock

import msgspec

from app.billing.destination import Destination
from app.errors import DeploymentError
from app.evidence.intake.explained import plainly
from app.infrastructure.sending.sender import NotSentError, Outgoing, Sender, Sent
from app.infrastructure.storage.rows import (
    Attempt,
    AttemptOutcome,
    Circuit,
    StoredEvent,
    StoredSending,
)
from app.infrastructure.storage.store import Store
from app.operations.house import House
from app.operations.sending.couriers import Couriers
from app.operations.sending.patience import (
    Answered,
    asked_to_wait,
    circuit_after,
    is_down,
    wait_before,
)
from app.telemetry import CIRCUITS_OPENED, SENDINGS, affair
from app.telemetry.story import Step, tell
from app.telemetry.traces import SpanName, failed, span

AT_MOST = 40
"""Rows of one destination in one turn: what may be sent again where a process dies in it."""

Senders = Callable[[Destination], Sender]
_log = logging.getLogger(__name__)


class SentOut(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the rows that were taken."""

    sent: int = 0
    failed: int = 0
    """To be tried again."""
    dead: int = 0
    """Given up: a person must look."""

    @property
    def rows(self) -> int:
        """Rows that were tried; none means that nothing is ready."""
        return self.sent + self.failed + self.dead

    def __add__(self, other: "SentOut") -> "SentOut":
        """Both together."""
        return SentOut(
            sent=self.sent + other.sent,
            failed=self.failed + other.failed,
            dead=self.dead + other.dead,
        )


class _Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What a turn has in hand."""

    sendings: tuple[tuple[StoredSending, Outgoing], ...] = ()
    circuit: Circuit = Circuit()


class _Tried(msgspec.Struct, frozen=True, kw_only=True):
    """One row that was tried, and how it ended."""

    sending: StoredSending
    outgoing: Outgoing
    result: Sent | NotSentError
    answered: Answered


def send_due(
    house: House,
    senders: Senders,
    destinations: Sequence[Destination],
    at_most: int = AT_MOST,
    couriers: Couriers[SentOut] | None = None,
) -> SentOut:
    """Send what is ready, at most so many rows of each destination.

    Args:
        house: who acts where.
        senders: gives a destination's sender; a destination it can make none for fails like one
            that does not answer.
        destinations: all that there are; what is on its way to any other stays where it is.
        at_most: rows of each destination in this turn.
        couriers: the threads of the process, where whoever is slow must not be waited for; one
            set for a process. Without them the call returns when every destination has had its
            turn.
    """
    if couriers is None:
        with Couriers[SentOut](patience_s=None) as own:
            return send_due(house, senders, destinations, at_most, own)
    moment = house.now()
    with house.database.reading(house.tenant) as store:
        ready = [
            each
            for each in destinations
            if store.sendings.waits(each.address, moment)
            and not store.sendings.circuit(each.address).is_open(moment)
        ]
    turns = [(each, partial(_turn, house, senders, each, at_most)) for each in ready]
    return sum(couriers.run(turns), SentOut())


def _turn(
    house: House, senders: Senders, destination: Destination, at_most: int, threads: Executor
) -> SentOut:
    with house.database.turn(house.tenant) as turn:
        with turn.taking() as store:
            taken = _take(house, store, destination, at_most)
        if not taken.sendings:
            return SentOut()
        run = _Run(house, senders, destination, taken.circuit)
        list(threads.map(run.send, taken.sendings))
        with turn.storing() as store:
            return _store(house, store, destination, run.tried)


def _take(house: House, store: Store, destination: Destination, at_most: int) -> _Taken:
    moment, address = house.now(), destination.address
    circuit: Circuit | None = store.sendings.circuit(address)
    if circuit is not None and is_down(destination, circuit):
        # One is let through, by one process.
        circuit, at_most = store.sendings.circuit_alone(address, wait=False), 1
    if circuit is None or circuit.is_open(moment):
        return _Taken()
    rows = store.sendings.next(address, moment, at_most)
    events = {each.seq: each for each in store.outbox.by_seq([row.outbox_seq for row in rows])}
    return _Taken(
        sendings=tuple((row, outgoing_of(events[row.outbox_seq])) for row in rows), circuit=circuit
    )


def outgoing_of(event: StoredEvent) -> Outgoing:
    """The event as every sender is given it."""
    return Outgoing(
        event_id=event.event_id,
        type=event.type,
        subject=event.subject,
        body=event.body,
        correlation_id=event.correlation_id,
        created_at=event.created_at,
        number=event.seq,
    )


class _Run:
    """The rows of one turn while they are sent, by several threads."""

    def __init__(
        self, house: House, senders: Senders, destination: Destination, circuit: Circuit
    ) -> None:
        self._house = house
        self._senders = senders
        self._destination = destination
        self._circuit = circuit
        self._probing = is_down(destination, circuit)
        self._noting = Lock()
        self.tried: list[_Tried] = []
        """In the order in which the destination answered."""

    def send(self, taken: tuple[StoredSending, Outgoing]) -> None:
        """Send one, unless those before show that the destination is down."""
        if self._is_left_alone():
            return
        sending, outgoing = taken
        result = self._traced(outgoing)
        answered = _answered(result, self._house.now())
        tried = _Tried(sending=sending, outgoing=outgoing, result=result, answered=answered)
        with self._noting:
            self.tried.append(tried)
            self._circuit = circuit_after(self._destination, self._circuit, [answered])

    def _is_left_alone(self) -> bool:
        with self._noting:
            down = is_down(self._destination, self._circuit) and not self._probing
            return down or self._circuit.is_open(self._house.now())

    def _traced(self, outgoing: Outgoing) -> Sent | NotSentError:
        to = self._destination.address
        ids = {"destination": to, "type": outgoing.type, "event_id": outgoing.event_id}
        correlation_id = outgoing.correlation_id
        with affair(correlation_id), span(SpanName.SEND, correlation_id, **ids) as sending:
            result = self._result(outgoing)
            if isinstance(result, NotSentError):
                failed(sending, "it did not arrive")
            return result

    def _result(self, outgoing: Outgoing) -> Sent | NotSentError:
        try:
            return self._senders(self._destination).send(outgoing)
        except NotSentError as error:
            return error
        except DeploymentError as error:
            _log.error("nothing can be sent to %s: %s", self._destination.address, error)
            return NotSentError(str(error), retry=True)
        except Exception as error:  # noqa: BLE001  whatever it is, it must not stop the other rows
            _log.exception(
                "%s %s of %s could not be sent to %s",
                outgoing.type,
                outgoing.event_id,
                outgoing.correlation_id,
                self._destination.address,
            )
            return NotSentError(f"{type(error).__name__}: {error}", retry=True)


def _answered(result: Sent | NotSentError, at: datetime) -> Answered:
    """What the outcome says of the destination."""
    if isinstance(result, Sent) or result.only_this:
        return Answered(at=at, down=False)
    return Answered(at=at, down=result.retry, asked=asked_to_wait(result.after_s))


def _store(
    house: House, store: Store, destination: Destination, tried: Sequence[_Tried]
) -> SentOut:
    done = sum((_store_one(house, store, destination, each) for each in tried), SentOut())
    before = store.sendings.circuit_alone(destination.address, wait=True)
    assert before is not None, "whoever waits for a destination's circuit gets it"
    after = circuit_after(destination, before, [each.answered for each in tried])
    store.sendings.keep_circuit(destination.address, after)
    if is_down(destination, after) and not is_down(destination, before):
        CIRCUITS_OPENED.labels(destination.address).inc()
        _log.error(
            "%s failed %d times in a row and is left alone until %s: %s",
            destination.address,
            after.failures,
            after.open_until,
            plainly(str(tried[-1].result)),
        )
    return done


def _store_one(house: House, store: Store, destination: Destination, tried: _Tried) -> SentOut:
    sending, result, at = tried.sending, tried.result, tried.answered.at
    attempt = Attempt(sending_seq=sending.seq, at=at, outcome="sent", detail="", actor=house.actor)
    if isinstance(result, Sent):
        store.sendings.sent(sending, attempt, result.reference)
        SENDINGS.labels(destination.address, "sent").inc()
        store.once_stored(partial(_tell, destination, tried.outgoing, result))
        return SentOut(sent=1)
    again = _again_after(destination, tried, result)
    outcome: AttemptOutcome = "failed" if again else "dead"
    detail = " ".join(plainly(result.detail).split())
    attempt = msgspec.structs.replace(attempt, outcome=outcome, detail=detail)
    store.sendings.failed(sending, attempt, at + again if again else None)
    SENDINGS.labels(destination.address, outcome).inc()
    if again:
        return SentOut(failed=1)
    _log.error(
        "%s %s of %s is given up for %s after %d attempts: %s",
        tried.outgoing.type,
        tried.outgoing.event_id,
        tried.outgoing.correlation_id,
        destination.address,
        sending.attempts + 1,
        detail,
    )
    return SentOut(dead=1)


def _tell(destination: Destination, outgoing: Outgoing, sent: Sent) -> None:
    tell(
        Step.SENT,
        outgoing.correlation_id,
        destination=destination.address,
        type=outgoing.type,
        event_id=outgoing.event_id,
        unit=outgoing.subject,
        reference=plainly(sent.reference),
    )


def _again_after(destination: Destination, tried: _Tried, error: NotSentError) -> timedelta | None:
    """How long to wait before it is tried again; None where it is not."""
    failed, most = tried.sending.attempts + 1, destination.most_attempts
    if error.most_attempts is not None:
        most = min(most, error.most_attempts)
    if not error.retry or failed >= most:
        return None
    own = wait_before(destination, f"{tried.outgoing.event_id} {destination.address}", failed)
    return max(own, asked_to_wait(error.after_s) or own)
