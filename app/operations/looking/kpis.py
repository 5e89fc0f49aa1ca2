"""KPIs: counted at once where that is cheap or asked for, and otherwise as last counted."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from app.errors import wrong_request
from app.infrastructure.storage.kpi_rows import Wanted
from app.infrastructure.storage.store import Store
from app.operations.house import House
from app.operations.looking.counting import (
    AsOf,
    Counting,
    Keeping,
    as_counted,
    keep_counted,
)
from app.reports.kpis.catalogue import KPIS, kpi_named, parts_of
from app.reports.kpis.conditions import Part
from app.reports.kpis.definition import By, Kpi, Need
from app.reports.kpis.listing import Listing, line_of
from app.reports.kpis.report import Figure, KpiReport, figure_of, report_of
from app.reports.kpis.taken import Taken, taken
from app.reports.kpis.window import USUAL_DAYS, Window, last_days

KEPT_DAYS = (7, USUAL_DAYS, 90)
"""The windows that pages offer: so many days up to today."""
CHEAP_MS = 500
"""What takes no longer is counted whenever somebody asks."""
SOONEST = timedelta(seconds=60)
_ALL = "kpis"


def count_kpis(
    house: House, window: Window, by: By | None = None, names: Iterable[str] = ()
) -> KpiReport:
    """Count at once: all KPIs, or those of these names.

    Raises:
        NotFoundError: a name is no KPI's.
    """
    wanted = tuple(kpi_named(name) for name in names) or KPIS
    with house.database.reading(house.tenant) as store:
        return _reports(store, wanted, window, (by,))[by]


def kpis_of_last_days(
    house: House,
    days: int,
    by: By | None = None,
    only: Kpi | None = None,
    at: datetime | None = None,
) -> AsOf[KpiReport]:
    """All KPIs of one of the windows that are kept, as last counted unless that is cheap.

    Args:
        house: where.
        days: one of the windows.
        by: how they are taken apart.
        only: the one that is looked at; no other is counted for it.
        at: of what moment, where it is counted; None: of now.

    Raises:
        RequestError: no window of so many days is kept.
    """
    _must_be_kept(days)

    def count(store: Store, moment: datetime) -> KpiReport:
        return _reports(store, (only,) if only else KPIS, last_days(days, moment), (by,))[by]

    counting = Counting(name=_name(days, by), kind=KpiReport, count=count, cheap_ms=CHEAP_MS)
    with house.database.reading(house.tenant) as store:
        return as_counted(house, store, counting, at)


def kept_window(days: int, moment: datetime) -> Window:
    """One of the windows that are kept, as it was at a moment.

    Raises:
        RequestError: no window of so many days is kept.
    """
    _must_be_kept(days)
    return last_days(days, moment)


def list_behind(house: House, name: str, window: Window, wanted: Wanted) -> Listing:
    """A page of the rows behind a KPI, by the definition that counts them.

    Raises:
        NotFoundError: the name is no KPI's.
        RequestError: nothing is counted over rows for it, or it has no such part or dimension.
    """
    kpi = kpi_named(name)
    _check(kpi, wanted)
    with house.database.reading(house.tenant) as store:
        page = store.kpi_rows.page(kpi, window, wanted)
    return Listing(
        name=name,
        part=wanted.part.value,
        lines=tuple(line_of(kpi, row, window) for row in page.rows),
        after=page.after,
    )


def keep_kpis(house: House) -> int:
    """Count the windows that pages offer, where counting is due; how many were counted.

    What takes long is counted seldom, so that counting never takes more than a small part of
    the time.
    """
    return sum(keep_counted(house, _kept(days)) for days in KEPT_DAYS)


def _kept(days: int) -> Keeping:
    """The figures of a window, taken together in every way, counted in one go."""

    def count(store: Store, moment: datetime) -> dict[str, KpiReport]:
        reports = _reports(store, KPIS, last_days(days, moment), (None, *By))
        return {_name(days, by): report for by, report in reports.items()}

    return Keeping(name=_name(days, None), count=count, soonest=SOONEST)


def _reports(
    store: Store, wanted: Sequence[Kpi], window: Window, ways: Sequence[By | None]
) -> dict[By | None, KpiReport]:
    """The same KPIs taken apart in several ways, all as of one moment.

    One KPI after the other: only what was taken for one is in memory.
    """
    figures: dict[By | None, list[Figure]] = {by: [] for by in ways}
    untold = _untold(store, wanted, window)
    for kpi in wanted:
        takings = {part.name: _takings(store, part, window) for part in parts_of(kpi)}
        for by in ways:
            figures[by].append(figure_of(kpi, takings, untold, by))
    return {by: report_of(window, figures[by], by) for by in ways}


def _takings(store: Store, kpi: Kpi, window: Window) -> list[Taken]:
    return [taken(kpi, row, window) for row in store.kpi_rows.of(kpi, window)]


def _untold(store: Store, wanted: Iterable[Kpi], window: Window) -> frozenset[Need]:
    needs = {need for kpi in wanted for need in kpi.needs}
    return frozenset(need for need in needs if not store.kpi_rows.is_told(need, window))


def _must_be_kept(days: int) -> None:
    if days not in KEPT_DAYS:
        raise wrong_request(
            "days", f"{days} days are no window that is kept", ", ".join(map(str, KEPT_DAYS))
        )


def _check(kpi: Kpi, wanted: Wanted) -> None:
    """Refuse what this KPI has not."""
    if kpi.cohort is None:
        raise wrong_request("name", f"no list is behind {kpi.name}", _instead(kpi))
    if kpi.cohort.snapshot and wanted.part is Part.OPEN:
        raise wrong_request(
            "part", f"{kpi.name} counts what is open", f"{Part.COUNTED}, {Part.LEFT_OUT}"
        )
    if wanted.part is Part.ELSEWHERE:
        raise wrong_request("part", "what is elsewhere is in no list", "counted, open, left out")
    if wanted.hit is not None and not kpi.hits:
        raise wrong_request("only", f"{kpi.name} is no share", "all")
    if wanted.by is not None and wanted.by not in kpi.dimensions:
        raise wrong_request(
            "by", f"{kpi.name} is not told by {wanted.by}", ", ".join(kpi.dimensions)
        )


def _instead(kpi: Kpi) -> str:
    names = ", ".join(part.name for part in parts_of(kpi))
    return f"it is made of {names}" if names else f"it has no source: it needs {kpi.lacking}"


def _name(days: int, by: By | None) -> str:
    return f"{_ALL} {days}" + (f" by {by.value}" if by else "")
