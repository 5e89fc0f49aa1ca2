"""Open holds in the order of work, with what stands above and beside them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from app.errors import wrong_request
from app.operations.house import House
from app.operations.looking.board import BOARD
from app.operations.looking.counting import as_counted
from app.operations.looking.forecast import predictions
from app.reports.forecast.predicted import Predicted
from app.reports.standing.standing import Spell
from app.reports.work.board import Age, Board, Paper, opened_when
from app.reports.work.urgency import Urgency, urgency_of
from app.reports.work.wanted import Wanted

A_PAGE = 25


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """One open hold as somebody works it."""

    spell: Spell
    urgency: Urgency
    open_for: timedelta
    predicted: Predicted | None
    """What such holds did before; None before anybody has looked."""


class WorkList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the work list."""

    works: tuple[Work, ...]
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
    works = tuple(_work(*each, moment) for each in zip(spells, told, strict=True))
    return WorkList(
        works=works,
        board=msgspec.structs.replace(board.figures, papers=papers),
        counted_at=board.at,
        after=_place(found[A_PAGE - 1]) if len(found) > A_PAGE else None,
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
