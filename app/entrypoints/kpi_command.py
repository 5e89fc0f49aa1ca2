"""`tollgate kpi`: how fast, how straight and how right billing is, and what each number counts."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import groupby

import click
import msgspec

from app.digest import canonical
from app.entrypoints.demo_report import aligned
from app.entrypoints.drafts import working_house
from app.entrypoints.plainly import told_plainly
from app.infrastructure.storage.kpi_rows import Wanted
from app.operations.house import House
from app.operations.looking.keep_standing import catch_up
from app.operations.looking.kpis import count_kpis, list_behind
from app.reports.kpis.catalogue import kpi_named
from app.reports.kpis.conditions import Part
from app.reports.kpis.definition import By, Measure
from app.reports.kpis.in_words import duration, percent
from app.reports.kpis.listing import Line, Listing
from app.reports.kpis.measured import Measured, Open
from app.reports.kpis.report import Figure, KpiReport
from app.reports.kpis.window import Window, window_of
from app.reports.moments import written
from app.settings import Settings

DAY = click.DateTime(["%Y-%m-%d"])
HEAD = ("kpi", "number", "n", "P50", "P90", "mean", "open", "left out")
LINES = ("", "unit", "", "customer", "on", "adds")
RIGHT = {2, 3, 4, 5, 6, 7}
AT_ONCE = 500
PARTS = (Part.COUNTED.value, Part.OPEN.value, Part.LEFT_OUT.value)


@click.command(name="kpi")
@click.argument("name", required=False)
@click.option("--from", "since", type=DAY, help="The first day; without it 30 days are counted.")
@click.option("--to", "before", type=DAY, help="The first day that is not counted any more.")
@click.option("--by", type=click.Choice([each.value for each in By]), help="Taken apart by this.")
@click.option("--units", is_flag=True, help="With a name: everything that is behind the number.")
@click.option("--part", type=click.Choice(PARTS), default=Part.COUNTED.value, help="Of --units.")
@click.option("--json", "as_json", is_flag=True, help="Everything as JSON.")
@told_plainly
def show_kpis(
    name: str | None,
    since: datetime | None,
    before: datetime | None,
    by: str | None,
    part: str,
    *,
    units: bool,
    as_json: bool,
) -> None:
    """Show all KPIs, or one with its definition, counted now."""
    if units and name is None:
        raise click.UsageError("--units lists what is behind one KPI: say which")
    with working_house(Settings(), accept=False) as house:
        catch_up(house)
        window = window_of(_day(since), _day(before), house.now())
        names = () if name is None else (name,)
        report = count_kpis(house, window, By(by) if by else None, names)
        listing = everything_behind(house, name, window, Part(part)) if units and name else None
    if as_json:
        click.echo(canonical(report if listing is None else (report, listing)).decode())
        return
    click.echo("\n".join(kpi_report(report) if name is None else one_kpi(report, listing)))


def everything_behind(house: House, name: str, window: Window, part: Part) -> Listing:
    """All pages of a list in one."""
    listing = list_behind(house, name, window, Wanted(part=part, at_most=AT_ONCE))
    lines = list(listing.lines)
    while listing.after:
        wanted = Wanted(part=part, at_most=AT_ONCE, after=listing.after)
        listing = list_behind(house, name, window, wanted)
        lines += listing.lines
    return msgspec.structs.replace(listing, lines=tuple(lines))


def kpi_report(report: KpiReport) -> Iterator[str]:
    """Every KPI under its head, and last what has no source."""
    yield window_line(report)
    told = [each for each in report.figures if each.measured is not None]
    for group, figures in groupby(told, key=lambda each: each.group):
        yield ""
        yield group
        yield from aligned(HEAD, [row for each in figures for row in _rows(each)], RIGHT)
    lacking = [each for each in report.figures if each.lacking]
    if lacking:
        yield ""
        yield "no source"
        yield from aligned(("kpi", "needs"), [(each.name, each.lacking) for each in lacking])


def one_kpi(report: KpiReport, listing: Listing | None) -> Iterator[str]:
    """One KPI with its definition, its numbers and, where asked for, its list."""
    figure = report.figures[0]
    yield f"{figure.title} ({figure.name})"
    yield figure.sentence
    yield f"formula: {figure.formula}"
    yield window_line(report)
    yield ""
    if figure.measured is None:
        yield f"no source: needs {figure.lacking}"
        return
    yield from aligned(HEAD, list(_rows(figure)), RIGHT)
    yield from _besides(figure.measured)
    if figure.made_of:
        yield f"made of: {', '.join(figure.made_of)}"
    if listing is not None:
        yield ""
        yield from listed(listing, figure)


def listed(listing: Listing, figure: Figure) -> Iterator[str]:
    """Everything behind a number, and the number."""
    rows = [_line(place, each) for place, each in enumerate(listing.lines, start=1)]
    yield from aligned(LINES, rows, right={0})
    total = figure.says if listing.part == Part.COUNTED.value else f"{listing.part}, not counted"
    yield f"{len(rows)} in all: {total}"


def window_line(report: KpiReport) -> str:
    """`from 2026-02-05 until before 2026-03-07, as of 2026-03-06 18:00 UTC`."""
    return f"from {report.since} until before {report.before}, as of {written(report.at)}" + (
        f", by {report.by}" if report.by else ""
    )


def _rows(figure: Figure) -> Iterator[tuple[str, ...]]:
    assert figure.measured is not None, "what has no source has no row"
    yield (figure.name, figure.says, *_cells(figure, figure.measured))
    for each in figure.groups:
        yield (f"  {each.value or '(not told)'}", each.says, *_cells(figure, each.measured))


def _cells(figure: Figure, number: Measured) -> tuple[str, ...]:
    return (str(number.n), *_spread(figure, number), _open(number.open), _left_out(number))


def _spread(figure: Figure, number: Measured) -> tuple[str, str, str]:
    """P50, P90 and mean; of plain numbers the mean is the number itself."""
    spread = number.spread
    if spread is None:
        return ("", "", "")
    if kpi_named(figure.name).measure is Measure.MEAN:
        return (str(spread.p50), str(spread.p90), "")
    return (duration(spread.p50), duration(spread.p90), duration(spread.mean))


def _open(still: Open | None) -> str:
    return "" if still is None else str(still.n)


def _left_out(number: Measured) -> str:
    return str(sum(each.n for each in number.left_out) or "")


def _besides(number: Measured) -> Iterator[str]:
    """What stands beside the number: never a part of it."""
    for bucket in number.buckets:
        yield f"aged {bucket.span}: {bucket.n}"
    for each in number.left_out:
        yield f"left out, {each.why}: {each.n}"
    if number.unpriced:
        yield f"without a price: {number.unpriced}"
    if number.open is not None and number.open.n:
        yield _open_line(number.open)


def _open_line(still: Open) -> str:
    text = f"open and not counted: {still.n}"
    if still.age is not None:
        ages = (still.age.p50, still.age.p90, still.age.longest)
        p50, p90, longest = (duration(each) for each in ages)
        text += f", aged P50 {p50}, P90 {p90}, oldest {longest}"
    if still.hits is not None:
        text += f"; so far {percent(still.hits, still.n)} ({still.hits} of {still.n})"
    return text


def _line(place: int, line: Line) -> tuple[str, ...]:
    mark = {True: "counts ", False: "not ", None: ""}[line.hit]
    return (str(place), line.unit, line.what, line.customer, line.on, f"{mark}{line.says}".strip())


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()
