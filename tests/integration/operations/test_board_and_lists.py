"""Every number of the board, and the list behind it, add up; on both databases."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from random import Random
from typing import Any

import msgspec
import pytest

from app.errors import RequestError
from app.operations.house import House
from app.operations.looking import open_provisionals as listed_ahead
from app.operations.looking import rights as listed_rights
from app.operations.looking import work_list as of_work
from app.operations.looking.board import known_board
from app.operations.looking.keep_standing import RANKED_AT_ONCE, rank_holds_anew
from app.operations.looking.open_provisionals import OpenInvoice, open_provisionals
from app.operations.looking.rights import rights_to_bill
from app.operations.looking.units import Asked, currency_asked, units_like
from app.operations.looking.work_list import Work, work_list
from app.reports.standing.standing import RightToBill, Spell, Stage, Standing, WhereItStands
from app.reports.work.batches import BATCHES_SHOWN, Closes
from app.reports.work.board import PAPERS_SHOWN, Age, Board, Runway
from app.reports.work.urgency import rank_of
from app.reports.work.wanted import Wanted
from tests.integration.operations.conftest import SetClock
from tests.kpi_rows import NOW, random_unit

MANY = 160


def made(number: int, random: Random) -> WhereItStands:
    """A unit with holds over its lines and over itself, some of which alone keep their money."""
    found = random_unit(number, random)
    while found.standing is None or not found.standing.customer:
        found = random_unit(number, random)
    spells = tuple(_spell(each, random) for each in found.spells)
    lines = tuple(msgspec.structs.replace(each, subject="charge:lumper") for each in spells)
    excluded = found.standing.excluded if number % 5 == 0 else ""
    return msgspec.structs.replace(
        found,
        standing=msgspec.structs.replace(found.standing, excluded=excluded),
        spells=spells + lines[: random.randint(0, 2)],
    )


def _spell(spell: Spell, random: Random) -> Spell:
    opened_at = NOW - timedelta(hours=random.choice((0, 1, 24, 25, 71, 72, 168, 700, 720, 900)))
    value = spell.value_minor if spell.currency else None
    return msgspec.structs.replace(
        spell,
        alone=random.random() < 0.5,
        paper="POD" if spell.code == "POD_MISSING" else "",
        opened_at=opened_at,
        value_minor=value,
        currency=spell.currency if value is not None else "",
        assigned_to=random.choice(("", "Ann")),
    )


@pytest.fixture
def all_units(house: House, clock: SetClock) -> tuple[WhereItStands, ...]:
    """What is stored, ranked for the day; and somebody else's beside it."""
    clock.moment = NOW
    random = Random(11)
    found = tuple(made(number, random) for number in range(MANY))
    with house.database.writing(house.tenant) as store:
        for each in found:
            assert each.standing is not None
            store.standings.replace(each.standing.unit, each, NOW)
    with house.database.writing("somebody else") as store:
        for number in range(5):
            store.standings.replace(f"shipment:S{number:04}", made(number, random), NOW)
    return found


def holds(house: House, age: str = "", **wanted: object) -> list[Work]:
    """A whole work list, page by page."""
    found: list[Work] = []
    after = None
    while True:
        page = work_list(house, Wanted(**wanted, after=after), age)  # type: ignore[arg-type]
        found += page.works
        if page.after is None:
            return found
        assert len(page.works) == 25
        after = page.after


def units(house: House, **asked: str) -> list[Standing]:
    found: list[Standing] = []
    after = ""
    while True:
        page = units_like(house, Asked(**asked, after=after))
        found += page.units
        after = page.after
        if not after:
            return found


def open_spells(stored: tuple[WhereItStands, ...]) -> list[Spell]:
    return [spell for each in stored for spell in each.spells if spell.closed_at is None]


def _minor(works: list[Work]) -> int:
    return sum(each.spell.value_minor or 0 for each in works)


def _waits(found: list[Standing]) -> int:
    return sum(each.amount_minor or 0 for each in found)


def in_address(currency: str) -> str:
    return currency or "none"


def test_every_number_leads_to_a_list_that_adds_up(
    house: House, all_units: tuple[WhereItStands, ...]
) -> None:
    board = known_board(house).board.figures

    for name, number, listed in _every_number(house, board):
        assert number == listed, name
    spells = open_spells(all_units)
    assert sum(each.units for each in board.stages) == MANY
    assert sum(each.holds for each in board.held) == len(spells)
    assert sum(each.holds for each in board.ages) == len(spells)
    ready = [(each.verdict, each.units) for each in board.stages if each.stage is Stage.READY]
    standings = [each.standing for each in all_units if each.standing is not None]
    counted = Counter(each.verdict for each in standings if each.stage is Stage.READY)
    for verdict, wanted in counted.items():
        assert sum(many for told, many in ready if told == verdict) == wanted, verdict
    assert set(counted) == {"release", "provisional"}
    assert {each.verdict for each in board.stages if each.stage is not Stage.READY} == {""}
    assert sum(each.lines for each in board.rights) == sum(len(each.rights) for each in all_units)
    assert {each.runway for each in board.rights} == set(Runway)
    assert board.unpriced == len(holds(house, unpriced=True))
    assert len(_exposures(house, board)) > 3
    for name, number, listed in _exposures(house, board):
        assert number == listed, name


Found = Iterator[tuple[str, tuple[int, int], tuple[int, int]]]


def _every_number(house: House, board: Board) -> Found:
    yield from _of_holds(house, board)
    yield from _of_units(house, board)
    yield from _of_rights(house, board)


def _of_holds(house: House, board: Board) -> Found:
    for held in board.held:
        currency = currency_asked(in_address(held.currency))
        mine = holds(house, code=held.code, owner=held.owner, currency=currency)
        yield f"{held}", (held.holds, held.minor), (len(mine), _minor(mine))
        alone = holds(house, code=held.code, owner=held.owner, currency=currency, alone=True)
        yield f"{held}", (held.alone, held.alone_minor), (len(alone), _minor(alone))
    for aged in board.ages:
        currency = currency_asked(in_address(aged.currency))
        mine = holds(house, age=aged.age.value, currency=currency)
        yield f"{aged}", (aged.holds, aged.minor), (len(mine), _minor(mine))


def _of_units(house: House, board: Board) -> Found:
    for stage in board.stages:
        told = {"stage": stage.stage.value, "verdict": stage.verdict}
        mine = units(house, **told, currency=in_address(stage.currency))
        yield f"{stage}", (stage.units, stage.waits_minor), (len(mine), _waits(mine))
        for name in ("held_minor", "billed_minor"):
            minor = sum(getattr(each, name) for each in mine)
            yield f"{name} {stage}", (stage.units, getattr(stage, name)), (len(mine), minor)
    for closing in board.cutoffs:
        told = {"cutoff": closing.runway.value, "currency": in_address(closing.currency)}
        mine = units(house, **told)
        yield f"{closing}", (closing.units, closing.minor), (len(mine), _waits(mine))
    for batch in (*board.coming, *board.closed):
        told = {"customer": batch.customer, "currency": in_address(batch.currency)}
        mine = units(house, **told, closes=batch.closes_at.isoformat())
        yield f"{batch}", (batch.units, batch.minor), (len(mine), _waits(mine))


def at_risk(house: House, right: str = "", currency: str = "") -> list[RightToBill]:
    """A whole list of lines that have to be billed by a day, page by page."""
    found: list[RightToBill] = []
    after = None
    while True:
        page = rights_to_bill(house, right, currency, after)
        found += page.lines
        after = page.after
        if after is None:
            return found


def _of_rights(house: House, board: Board) -> Found:
    for end in board.rights:
        mine = at_risk(house, end.runway.value, end.currency)
        yield f"{end}", (end.lines, end.minor), (len(mine), sum(each.value_minor for each in mine))


def _exposures(house: House, board: Board) -> list[tuple[str, tuple[int, int], tuple[int, int]]]:
    found = []
    for exposure in board.exposures:
        invoices = exposed(house, exposure.customer, exposure.currency)
        minor = sum(each.invoice.amount_minor for each in invoices)
        found.append(
            (f"{exposure}", (exposure.invoices, exposure.minor), (len(invoices), minor)),
        )
    return found


@pytest.mark.usefixtures("all_units")
def test_every_unit_that_has_to_be_in_a_batch_is_in_one_number_and_in_the_countdown(
    house: House,
) -> None:
    board = known_board(house).board.figures
    assert {each.runway for each in board.cutoffs} == set(Closes)

    to_come = sum(len(units(house, cutoff=each)) for each in Closes if each is not Closes.CLOSED)
    assert sum(each.units for each in board.coming) == to_come
    assert len({(each.customer, each.closes_at) for each in board.closed}) == BATCHES_SHOWN
    assert all(each.closes_at >= NOW for each in board.coming)
    assert all(each.closes_at < NOW for each in board.closed)


@pytest.mark.parametrize(
    "closes",
    [
        "2026-06-01",
        "2026-06-01T10:00:00",
        "soon",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_a_batch_is_asked_for_by_a_moment_with_its_offset(house: House, closes: str) -> None:
    with pytest.raises(RequestError, match="is no moment"):
        units(house, closes=closes)


def exposed(house: House, customer: str | None = None, currency: str = "") -> list[OpenInvoice]:
    """A whole list of open provisional invoices, page by page."""
    found: list[OpenInvoice] = []
    after = ""
    while True:
        page = open_provisionals(house, customer, currency, after)
        found += page.invoices
        after = page.after
        if not after:
            return found


def test_what_was_billed_ahead_for_a_unit_that_is_gone_is_still_exposure(
    house: House, all_units: tuple[WhereItStands, ...]
) -> None:
    before = known_board(house).board.figures.exposures
    names = {each.invoice.unit for each in exposed(house)}
    with house.database.writing(house.tenant) as store:
        for each in all_units:
            assert each.standing is not None
            now = msgspec.structs.replace(each, standing=None, spells=())
            store.standings.replace(each.standing.unit, now, NOW)

    board = known_board(house).board.figures

    assert board.exposures == before
    assert all(number == listed for _, number, listed in _exposures(house, board))
    assert {each.invoice.unit for each in exposed(house)} == names
    assert all(each.gone for each in exposed(house))


def test_the_oldest_open_invoice_is_the_first_and_none_comes_twice(
    house: House, all_units: tuple[WhereItStands, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listed_ahead, "A_PAGE", 7)
    assert len(open_provisionals(house).invoices) == 7
    found = [each.invoice for each in exposed(house)]
    is_open = [
        each
        for unit in all_units
        for each in unit.invoices
        if each.kind == "provisional" and not each.settled
    ]
    assert len(is_open) > 20
    assert found == sorted(is_open, key=lambda each: (each.claimed_at, each.release_id))


def test_the_right_that_ends_first_is_the_first_and_none_comes_twice(
    house: House, all_units: tuple[WhereItStands, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listed_rights, "A_PAGE", 7)
    every = [right for each in all_units for right in each.rights]
    assert len(every) > 100
    assert len(rights_to_bill(house).lines) == 7
    assert at_risk(house) == sorted(every, key=lambda each: (each.last_day, each.unit, each.line))
    with pytest.raises(RequestError, match="there is no 'soon'"):
        rights_to_bill(house, "soon")


@pytest.mark.usefixtures("all_units")
def test_a_place_that_no_list_gave_is_refused(house: House) -> None:
    with pytest.raises(RequestError, match="is no place in this list"):
        open_provisionals(house, after="R-0")


def test_pages_neither_repeat_nor_leave_out_a_hold_and_go_down_in_rank(
    house: House, all_units: tuple[WhereItStands, ...]
) -> None:
    def place(spell: Spell) -> tuple[int, str, str, str]:
        return -rank_of(spell, NOW), spell.unit, spell.code, spell.subject

    wanted = sorted(open_spells(all_units), key=place)
    assert len(wanted) > 100
    assert len({place(spell)[0] for spell in wanted}) < len(wanted) / 3, "many rank alike"

    found = [each.spell for each in holds(house)]

    assert [place(spell) for spell in found] == [place(spell) for spell in wanted]


def test_each_filter_leaves_those_that_are_like_it(
    house: House, all_units: tuple[WhereItStands, ...]
) -> None:
    spells = open_spells(all_units)
    for name in ("customer", "carrier", "code", "owner", "assigned_to"):
        counted = Counter(getattr(spell, name) for spell in spells)
        for value, number in counted.items():
            if value:
                assert len(holds(house, **{name: value})) == number, (name, value)
    some = ("POD_MISSING", "DUPLICATE_BILLABLE")
    wanted = [spell for spell in spells if spell.code in some]
    assert len(holds(house, codes=some)) == len(wanted)
    assert sum(len(holds(house, age=age.value)) for age in Age) == len(spells)


def test_the_papers_are_those_that_alone_keep_most(
    house: House, all_units: tuple[WhereItStands, ...]
) -> None:
    alone = [s for s in open_spells(all_units) if s.alone and s.paper]
    most = sorted((s.value_minor or 0 for s in alone), reverse=True)[:PAPERS_SHOWN]
    assert [each.minor for each in known_board(house).board.figures.papers] == most


@pytest.mark.usefixtures("all_units")
def test_on_the_next_day_every_hold_is_ranked_anew(house: House, clock: SetClock) -> None:
    assert rank_holds_anew(house) == 0
    number = len(holds(house))
    clock.forward(hours=24 * 30)
    ranked = 0
    while done := rank_holds_anew(house):
        assert done <= RANKED_AT_ONCE * 4
        ranked += done
    assert ranked == number

    with house.database.reading(house.tenant) as store:
        found = store.standings.work(Wanted(), number)
        assert not store.standings.ranked_before(house.now())
    assert all(rank == rank_of(spell, house.now()) for rank, spell in found)
    assert [rank for rank, _ in found] == sorted((rank for rank, _ in found), reverse=True)
    assert any(rank != rank_of(spell, NOW) for rank, spell in found)
    with house.database.reading("somebody else") as store:
        assert store.standings.ranked_before(house.now())


def test_when_a_batch_closes_its_holds_are_ranked_anew_on_the_same_day(
    house: House, clock: SetClock, all_units: tuple[WhereItStands, ...]
) -> None:
    closing = [
        spell
        for spell in open_spells(all_units)
        if spell.cutoff_at and NOW <= spell.cutoff_at < NOW + timedelta(hours=12)
    ]
    coming_near = [
        spell
        for spell in open_spells(all_units)
        if spell.cutoff_at and timedelta(hours=48) <= spell.cutoff_at - NOW < timedelta(hours=60)
    ]
    assert closing
    assert coming_near
    clock.forward(hours=12)

    assert rank_holds_anew(house) >= len(closing) + len(coming_near)
    assert rank_holds_anew(house) == 0
    with house.database.reading(house.tenant) as store:
        found = store.standings.work(Wanted(), 1000)
    assert len(found) == len(open_spells(all_units))
    assert all(rank == rank_of(spell, house.now()) for rank, spell in found)


def told_of(works: Iterable[Work]) -> dict[str, tuple[int, int]]:
    """By currency, how many holds and their money."""
    found: dict[str, tuple[int, int]] = {}
    for each in works:
        number, minor = found.get(each.spell.currency, (0, 0))
        found[each.spell.currency] = number + 1, minor + (each.spell.value_minor or 0)
    return found


@pytest.mark.usefixtures("all_units")
@pytest.mark.parametrize(
    "wanted",
    [{}, {"alone": True}, {"unpriced": True}, {"owner": "billing"}, {"assigned_to": "Ann"}],
)
def test_the_list_says_how_many_holds_are_in_all_its_parts_and_their_money(
    house: House, wanted: dict[str, Any]
) -> None:
    of_all = holds(house, **wanted)
    first = work_list(house, Wanted(**wanted))
    later = work_list(house, Wanted(**wanted, after=first.after))
    for page in (first, later):
        assert page.counted.holds == len(of_all)
        assert not page.counted.many
        told = {each.currency: (each.holds, each.minor) for each in page.counted.sums}
        assert told == told_of(of_all)


@pytest.mark.usefixtures("all_units")
def test_more_than_are_counted_are_said_to_be_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_work, "AT_MOST_COUNTED", 30)
    of_everybody = work_list(house, Wanted()).counted
    counted = work_list(house, Wanted(alone=True)).counted
    assert (counted.holds, counted.many, counted.sums) == (30, True, ())
    assert not of_everybody.many  # the board has counted them already
