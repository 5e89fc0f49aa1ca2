"""A process that does long work until it is told to stop, or killed: `URL NAME`.

Its batches are so small that a test can meet it in the middle of a job.
"""

import signal
import sys
from datetime import UTC, datetime
from threading import Event

from app.infrastructure.lanes.job import Args, Batch, Kind
from app.infrastructure.lanes.long_work import LongWork
from app.infrastructure.storage.database import Database
from app.judgement.rulebook.key import Answer, NoAnswer
from app.judgement.rulebook.model import RulePack
from app.judgement.rulebook.seen import View
from app.operations.house import House
from app.operations.receiving.replay_messages import Selection, replay_batch

READ_AGAIN = "read-again"
IN_A_BATCH = 3


class NobodyAsked:
    """Nothing is decided here."""

    def judge(self, pack: RulePack, view: View) -> Answer | NoAnswer:
        raise AssertionError((pack, view))


def read_again(house: House) -> Kind:
    """Replays in small batches."""

    def act(args: Args, cursor: str) -> Batch:
        selection = Selection(before=datetime.fromisoformat(args["until"]))
        after = int(cursor or 0)
        batch = replay_batch(house, selection, tag="t", after=after, at_most=IN_A_BATCH)
        cursor_after = None if batch.after is None else str(batch.after)
        return Batch(cursor=cursor_after, done=batch.looked_at)

    return Kind(name=READ_AGAIN, lane="replay", act=act)


def main(url: str, name: str) -> None:
    stopping = Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    database = Database(url)
    house = House(
        database=database,
        first_key=NobodyAsked(),
        tenant="main",
        actor=name,
        now=lambda: datetime.now(UTC),
    )
    with LongWork(url, (read_again(house),), executors=[name], now=house.now, looks_every_s=0.2):
        print("works", flush=True)
        stopping.wait()
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
