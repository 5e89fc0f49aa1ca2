"""What was given up is tried again, because a person says so and why."""

from app.errors import ConflictError, NotFoundError, RequestError
from app.infrastructure.storage.rows import Attempt, KnownSending
from app.infrastructure.storage.store import Store
from app.operations.house import House


def retry_sending(house: House, seq: int, because: str) -> KnownSending:
    """Have one dead letter tried again, from its first attempt on.

    Raises:
        RequestError: no reason is given.
        NotFoundError: there is no such sending.
        ConflictError: it is not given up: it waits, or has arrived.
    """
    reason = _reason(because)
    with house.database.writing(house.tenant) as store:
        found = store.sendings.by_seq(seq)
        if found is None:
            raise NotFoundError(f"there is no sending {seq}")
        if not _retry(house, store, seq, reason):
            raise ConflictError(f"sending {seq} is {found.state}; only what is dead is retried")
        store.sendings.try_now(found.destination)
        now_waiting = store.sendings.by_seq(seq)
    assert now_waiting is not None, "a sending is never removed"
    return now_waiting


def retry_dead(house: House, destination: str, because: str) -> int:
    """Have all dead letters of a destination tried again; how many they are.

    Raises:
        RequestError: no reason is given.
        NotFoundError: nothing was ever on its way to such a destination.
    """
    reason = _reason(because)
    with house.database.writing(house.tenant) as store:
        known = sorted({each.destination for each in store.sendings.counted()})
        if destination not in known:
            told = ", ".join(known) or "none yet"
            raise NotFoundError(f"nothing was ever sent to {destination}; destinations: {told}")
        dead = store.sendings.dead(destination)
        retried = sum(_retry(house, store, seq, reason) for seq in dead)
        if retried:
            store.sendings.try_now(destination)
    return retried


def _retry(house: House, store: Store, seq: int, reason: str) -> bool:
    attempt = Attempt(
        sending_seq=seq, at=house.now(), outcome="retried", detail=reason, actor=house.actor
    )
    return store.sendings.retry(seq, attempt)


def _reason(because: str) -> str:
    if not because.strip():
        raise RequestError("say why it is tried again: it is kept with the sending")
    return because.strip()
