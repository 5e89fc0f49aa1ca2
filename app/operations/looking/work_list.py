"""Open holds in the order of work, with what stands above and beside them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from app.errors import wrong_request
from app.infrastructure.storage.store import Store
from app.operations.house import House
from app.operations.looking.board import BOARD
from app.operations.looking.counting import as_counted
from app.operations.looking.forecast import predictions
from app.reports.forecast.predicted import Predicted
from app.reports.standing.standing import Spell
from app.reports.work.board import Age, Board, Paper, opened_when
from app.reports.work.urgency import Urgency, urgency_of
from app.reports.work.wanted import HoldsCounted, Wanted

A_PAGE = 25
AT_MOST_COUNTED = 100
"""So many holds that are filtered for are counted: no page looks at all there are."""


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """One open hold as somebody works it."""

    spell: Spell
    urgency: Urgency
    open_for: timedelta
    predicted: Predicted | None
    """What such holds did before; None before anybody has looked."""

    @property
    def is_forecast(self) -> bool:
        """Whether it is said when it clears: enough holds like it have closed."""
        return self.predicted is not None and self.predicted.clears.enough


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """How many holds are in all parts of the list, and their money."""

    holds: int
    many: bool
    """Whether there are more than were counted; then nothing is said of their money."""
    sums: tuple[HoldsCounted, ...]
    """By currency; that without a price last."""


class WorkList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the work list."""

    works: tuple[Work, ...]
    counted: Counted
    board: Board
    """What the work list says of everything."""
    counted_at: datetime
    after: tuple[int, str, str, str] | None
    """Where the next page begins; None on the last."""


def work_list(house: House, wanted: Wanted, age: str = "") -> WorkList:
    """The next open holds, money times urgency first.

    Args:
        house: where.
        wanted: by what they are filtered.
        age: how long they have been open, as `Age` names it; empty: however long.

    Raises:
        RequestError: there is no such age.
    """
    moment = house.now()
    if age:
        after, by = opened_when(_age(age), moment)
        wanted = msgspec.structs.replace(wanted, opened_after=after, opened_by=by)
    with house.database.reading(house.tenant) as store:
        found = store.standings.work(wanted, A_PAGE + 1)
        board = as_counted(house, store, BOARD)
        spells = [spell for _, spell in found[:A_PAGE]]
        counted = board.figures.papers
        units = {spell.unit for spell in spells} | {paper.unit for paper in counted}
        open_now = store.standings.open_of(units)
        told = predictions(store, spells, open_now, moment) or (None,) * len(spells)
        papers = _still_missing(open_now, counted)
        all_of_them = _counted(store, wanted, found, board.figures)
    works = tuple(_work(*each, moment) for each in zip(spells, told, strict=True))
    return WorkList(
        works=works,
        counted=all_of_them,
        board=msgspec.structs.replace(board.figures, papers=papers),
        counted_at=board.at,
        after=_place(found[A_PAGE - 1]) if len(found) > A_PAGE else None,
    )


def _counted(
    store: Store, wanted: Wanted, found: Sequence[tuple[int, Spell]], board: Board
) -> Counted:
    """Of everything as the board has it; of what is filtered for, whatever page is shown."""
    if wanted == Wanted(after=wanted.after):
        return _summed((each.currency, each.holds, each.minor) for each in board.ages)
    if wanted.after is None and len(found) <= A_PAGE:
        return _summed((spell.currency, 1, spell.value_minor or 0) for _, spell in found)
    of_all = msgspec.structs.replace(wanted, after=None)
    told = store.standings.count_work(of_all, AT_MOST_COUNTED + 1)
    if sum(each.holds for each in told) > AT_MOST_COUNTED:
        return Counted(holds=AT_MOST_COUNTED, many=True, sums=())
    return _summed((each.currency, each.holds, each.minor) for each in told)


def _summed(counted: Iterable[tuple[str, int, int]]) -> Counted:
    holds: Counter[str] = Counter()
    minor: Counter[str] = Counter()
    for currency, number, money in counted:
        holds[currency] += number
        minor[currency] += money
    ordered = sorted(holds, key=lambda currency: (not currency, currency))
    return Counted(
        holds=holds.total(),
        many=False,
        sums=tuple(
            HoldsCounted(currency=each, holds=holds[each], minor=minor[each]) for each in ordered
        ),
    )


def _still_missing(open_now: Sequence[Spell], papers: tuple[Paper, ...]) -> tuple[Paper, ...]:
    """Those that nobody has brought since they were counted."""
    still = {(spell.unit, spell.code) for spell in open_now}
    return tuple(paper for paper in papers if (paper.unit, paper.code) in still)


def _work(spell: Spell, told: Predicted | None, moment: datetime) -> Work:
    return Work(
        spell=spell,
        urgency=urgency_of(spell, moment),
        open_for=moment - spell.opened_at,
        predicted=told,
    )


def _place(found: tuple[int, Spell]) -> tuple[int, str, str, str]:
    rank, spell = found
    return rank, spell.unit, spell.code, spell.subject


def _age(text: str) -> Age:
    if text in set(Age):
        return Age(text)
    raise wrong_request("age", f"{text[:20]!a} is no age", ", ".join(Age))
