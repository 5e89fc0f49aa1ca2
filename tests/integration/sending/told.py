"""What is told to whom in these tests, and senders that do as they are told."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from app.billing.destination import Destination, Kind
from app.digest import digest_of
from app.infrastructure.sending.sender import NotSentError, Outgoing, Sent
from app.infrastructure.storage.rows import Attempt, KnownSending, OutboxEvent, SendingsCounted
from app.operations.house import House

START = datetime(2026, 4, 1, tzinfo=UTC)


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Scripted:
    """A sender that answers from a list, then takes everything; it notes what it was given."""

    def __init__(self, *answers: Exception | Sent) -> None:
        self._answers = list(answers)
        self._lock = Lock()
        self.given: list[str] = []

    def send(self, outgoing: Outgoing) -> Sent:
        with self._lock:
            self.given.append(outgoing.body.decode())
            answer = self._answers.pop(0) if self._answers else Sent()
        if isinstance(answer, Exception):
            raise answer
        return answer


def to(sender: object) -> Callable[[Destination], Any]:
    """The same sender for every destination."""
    return lambda _: sender


def down(times: int = 1, **more: Any) -> list[NotSentError]:
    return [NotSentError("it is down", retry=True, **more) for _ in range(times)]


def destination(name: str = "billing", **more: Any) -> Destination:
    given: dict[str, Any] = {"kind": Kind.WEBHOOK, "events": ("decision.changed",)}
    return Destination(partner="acme", name=name, **{**given, **more})


def tell(
    house: House,
    *bodies: str,
    subject: str = "",
    event_type: str = "decision.changed",
    customer: str = "HALCYON",
) -> None:
    """Tell of something, each about a subject of its own unless one is named."""
    with house.database.writing(house.tenant) as store:
        for body in bodies:
            store.outbox.add(
                OutboxEvent(
                    event_id=digest_of((event_type, body)),
                    type=event_type,
                    subject=subject or f"shipment:{body}",
                    customer=customer,
                    body=body.encode(),
                    correlation_id="affair-1",
                    created_at=house.now(),
                )
            )


def counted(house: House) -> dict[tuple[str, str], int]:
    with house.database.reading(house.tenant) as store:
        found: Iterable[SendingsCounted] = store.sendings.counted()
        return {(each.destination, each.state): each.count for each in found}


def dead(house: House) -> tuple[KnownSending, ...]:
    with house.database.reading(house.tenant) as store:
        return store.sendings.listed("dead", at_most=100)


def attempts(house: House, seq: int) -> tuple[Attempt, ...]:
    with house.database.reading(house.tenant) as store:
        return store.sendings.attempts(seq)
