"""The board, as it is now or was last counted."""

from datetime import datetime

from app.infrastructure.storage.store import Store
from app.operations.house import House
from app.operations.looking.counting import AsOf, Counting, Keeping, as_counted, keep_counted
from app.reports.work.board import NAME, Board


def _count(store: Store, moment: datetime) -> Board:
    return store.board.counted(moment)


def _rows(store: Store, moment: datetime) -> dict[str, Board]:
    return {NAME: _count(store, moment)}


BOARD = Counting(name=NAME, kind=Board, count=_count)
_KEPT = Keeping(name=NAME, count=_rows)


def known_board(house: House) -> AsOf[Board]:
    """The board for a page."""
    with house.database.reading(house.tenant) as store:
        return as_counted(house, store, BOARD)


def keep_board(house: House) -> int:
    """Count it anew, where that is due; always tells that nothing more waits."""
    keep_counted(house, _KEPT)
    return 0
