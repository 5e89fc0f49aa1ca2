"""Rows of the board as people read them: what has no price stands beside what has one."""

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, Protocol, TypeVar

import msgspec

from app.reports.work.batches import Batch, Closing
from app.reports.work.board import Aged, Board, Ends, HeldBy, InStage


class Priced(Protocol):
    """A row of one currency; without one, of what has no price."""

    @property
    def currency(self) -> str:
        """Empty where nothing is priced."""
        ...


R = TypeVar("R", bound=Priced)


class Folded(msgspec.Struct, Generic[R], frozen=True):
    """A row, and the one like it over what has no price, where there is one."""

    row: R
    unpriced: R | None = None


class FoldedBoard(msgspec.Struct, frozen=True, kw_only=True):
    """The tables of a board, each in the order of its rows."""

    stages: tuple[Folded[InStage], ...]
    held: tuple[Folded[HeldBy], ...]
    """The most money first."""
    ages: tuple[Folded[Aged], ...]
    cutoffs: tuple[Folded[Closing], ...]
    coming: tuple[Folded[Batch], ...]
    closed: tuple[Folded[Batch], ...]
    rights: tuple[Folded[Ends], ...]


def folded_board(board: Board) -> FoldedBoard:
    """The board with every row without a price beside one that is like it otherwise."""
    held = sorted(board.held, key=lambda row: row.minor, reverse=True)
    return FoldedBoard(
        stages=folded(board.stages, lambda row: (row.stage, row.verdict)),
        held=folded(held, lambda row: (row.code, row.owner)),
        ages=folded(board.ages, lambda row: row.age),
        cutoffs=folded(board.cutoffs, lambda row: row.runway),
        coming=folded(board.coming, lambda row: (row.customer, row.closes_at)),
        closed=folded(board.closed, lambda row: (row.customer, row.closes_at)),
        rights=folded(board.rights, lambda row: row.runway),
    )


def folded(rows: Iterable[R], alike: Callable[[R], Hashable]) -> tuple[Folded[R], ...]:
    """The rows, one without a price beside the first with one that is alike, or else by itself."""
    all_rows = tuple(rows)
    unpriced = {alike(row): row for row in all_rows if not row.currency}
    priced = {alike(row) for row in all_rows if row.currency}
    found = []
    for row in all_rows:
        if row.currency:
            found.append(Folded(row, unpriced.pop(alike(row), None)))
        elif alike(row) not in priced:
            found.append(Folded(row))
    return tuple(found)
