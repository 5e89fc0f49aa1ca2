"""The board, as it is now or was last counted."""

from datetime import datetime

from app.infrastructure.storage.store import Store
from app.operations.house import House
from app.operations.looking.counting import AsOf, Counting, as_counted, keep_counted
from app.reports.board import NAME, Board


def _count(store: Store, moment: datetime) -> Board:
    return store.board.counted(moment)


BOARD = Counting(name=NAME, kind=Board, count=_count)


def known_board(house: House) -> AsOf[Board]:
    """The board for a page."""
    with house.database.reading(house.tenant) as store:
        return as_counted(house, store, BOARD)


def keep_board(house: House) -> int:
    """Count it anew, where that is due."""
    return keep_counted(house, BOARD)
