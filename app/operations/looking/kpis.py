"""KPIs: counted at once where that is cheap or asked for, and otherwise as last counted."""

from collections.abc import Iterable
from datetime import timedelta

import msgspec

from app.digest import canonical
from app.errors import Mistake, Place, RequestError
from app.infrastructure.storage.counted import Figures
from app.infrastructure.storage.kpi_rows import Wanted
from app.infrastructure.storage.store import Store
from app.operations.house import House
from app.reports.kpis.catalogue import KPIS, kpi_named, parts_of
from app.reports.kpis.conditions import Part
from app.reports.kpis.definition import By, Kpi, Need
from app.reports.kpis.listing import Listing, line_of
from app.reports.kpis.report import KpiReport, Takings, report_of
from app.reports.kpis.taken import Taken, taken
from app.reports.kpis.window import USUAL_DAYS, Window, last_days

KEPT_DAYS = (7, USUAL_DAYS, 90)
"""The windows that pages offer: so many days up to today."""
CHEAP_MS = 500
"""What takes no longer is counted whenever somebody asks."""
REST = 20
"""Counting takes one part in so many of the time at most."""
SOONEST = timedelta(seconds=60)
_ALL = "kpis"


class ReportAsOf(msgspec.Struct, frozen=True):
    """Figures, and whether they were counted just now."""

    report: KpiReport
    fresh: bool


def count_kpis(
    house: House, window: Window, by: By | None = None, names: Iterable[str] = ()
) -> KpiReport:
    """Count at once: all KPIs, or those of these names.

    Raises:
        NotFoundError: a name is no KPI's.
    """
    wanted = tuple(kpi_named(name) for name in names) or KPIS
    with house.database.reading(house.tenant) as store:
        takings = _takings(store, wanted, window)
        untold = _untold(store, wanted, window)
    return report_of(window, wanted, takings, untold, by)


def kpis_of_last_days(house: House, days: int, by: By | None = None) -> ReportAsOf:
    """All KPIs of one of the windows that are kept, as last counted unless that is cheap.

    Raises:
        RequestError: no window of so many days is kept.
    """
    if days not in KEPT_DAYS:
        mistake = Mistake(
            place=Place(field="days"),
            what=f"{days} days are no window that is kept",
            allowed=", ".join(map(str, KEPT_DAYS)),
        )
        raise RequestError("the request is wrong", [mistake])
    with house.database.reading(house.tenant) as store:
        kept = store.counted.known(_name(days, by))
    if kept is None or kept.took_ms <= CHEAP_MS:
        return ReportAsOf(count_kpis(house, last_days(days, house.now()), by), fresh=True)
    return ReportAsOf(msgspec.json.decode(kept.body, type=KpiReport), fresh=False)


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
    return sum(_keep(house, days) for days in KEPT_DAYS)


def _keep(house: House, days: int) -> int:
    started = house.now()
    with house.database.reading(house.tenant) as store:
        kept = store.counted.known(_name(days, None))
    if kept is not None:
        rest = max(SOONEST, timedelta(milliseconds=kept.took_ms * REST))
        if started - kept.counted_at < rest:
            return 0
    window = last_days(days, started)
    with house.database.reading(house.tenant) as store:
        takings = _takings(store, KPIS, window)
        untold = _untold(store, KPIS, window)
    reports = {by: report_of(window, KPIS, takings, untold, by) for by in (None, *By)}
    took_ms = (house.now() - started) // timedelta(milliseconds=1)
    with house.database.writing(house.tenant) as store:
        for by, report in reports.items():
            store.counted.keep(
                Figures(
                    name=_name(days, by),
                    body=canonical(report),
                    counted_at=started,
                    took_ms=took_ms,
                )
            )
    return 1


def _takings(store: Store, wanted: Iterable[Kpi], window: Window) -> Takings:
    takings: dict[str, list[Taken]] = {}
    for kpi in wanted:
        for part in parts_of(kpi):
            if part.name not in takings:
                rows = store.kpi_rows.of(part, window)
                takings[part.name] = [taken(part, row, window) for row in rows]
    return takings


def _untold(store: Store, wanted: Iterable[Kpi], window: Window) -> tuple[Need, ...]:
    needs = dict.fromkeys(need for kpi in wanted for need in kpi.needs)
    return tuple(need for need in needs if not store.kpi_rows.is_told(need, window))


def _check(kpi: Kpi, wanted: Wanted) -> None:
    """Refuse what this KPI has not."""
    if kpi.cohort is None:
        _refuse("name", f"no list is behind {kpi.name}", _instead(kpi))
    if kpi.cohort and kpi.cohort.snapshot and wanted.part is Part.OPEN:
        _refuse("part", f"{kpi.name} counts what is open", f"{Part.COUNTED}, {Part.LEFT_OUT}")
    if wanted.part is Part.ELSEWHERE:
        _refuse("part", "what is elsewhere is in no list", "counted, open, left out")
    if wanted.hit is not None and not kpi.hits:
        _refuse("only", f"{kpi.name} is no share", "all")
    if wanted.by is not None and wanted.by not in kpi.dimensions:
        _refuse("by", f"{kpi.name} is not told by {wanted.by}", ", ".join(kpi.dimensions))


def _instead(kpi: Kpi) -> str:
    names = ", ".join(part.name for part in parts_of(kpi))
    return f"it is made of {names}" if names else f"it has no source: it needs {kpi.lacking}"


def _refuse(field: str, what: str, allowed: str) -> None:
    mistake = Mistake(place=Place(field=field), what=what, allowed=allowed)
    raise RequestError("the request is wrong", [mistake])


def _name(days: int, by: By | None) -> str:
    return f"{_ALL} {days}" + (f" by {by.value}" if by else "")
