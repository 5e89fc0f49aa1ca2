"""The board, as it is now or was last counted: units, holds and money, and how fresh feeds are."""

from datetime import datetime, timedelta

import msgspec

from app.infrastructure.storage.store import Store
from app.operations.house import House
from app.operations.looking.counting import AsOf, Counting, Keeping, as_counted, keep_counted
from app.operations.looking.feeds import FeedsKnown, feeds_at
from app.reports.work.board import NAME, Board


def _count(store: Store, moment: datetime) -> Board:
    return store.board.counted(moment)


def _rows(store: Store, moment: datetime) -> dict[str, Board]:
    return {NAME: _count(store, moment)}


def _feeds(store: Store, moment: datetime) -> dict[str, FeedsKnown]:
    return {_FEEDS: feeds_at(store, moment)}


_FEEDS = "feeds"
BOARD = Counting(name=NAME, kind=Board, count=_count)
FEEDS = Counting(name=_FEEDS, kind=FeedsKnown, count=feeds_at, cheap_ms=0)
_KEPT = (
    Keeping(name=NAME, count=_rows),
    Keeping(name=_FEEDS, count=_feeds, soonest=timedelta(seconds=15)),
)


class BoardKnown(msgspec.Struct, frozen=True, kw_only=True):
    """What the board's page shows, each with the moment of which it is."""

    board: AsOf[Board]
    feeds: AsOf[FeedsKnown]


def known_board(house: House) -> BoardKnown:
    """The board for a page."""
    with house.database.reading(house.tenant) as store:
        return BoardKnown(
            board=as_counted(house, store, BOARD), feeds=as_counted(house, store, FEEDS)
        )


def keep_board(house: House) -> int:
    """Count it anew, where that is due; always tells that nothing more waits."""
    for each in _KEPT:
        keep_counted(house, each)
    return 0
