"""KPIs: all of them at a glance, and each with its definition and what is behind it."""

from datetime import UTC, date, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from app.access import Person
from app.entrypoints.console.pages import page
from app.errors import wrong_request
from app.infrastructure.storage.kpi_rows import Wanted
from app.operations.house import House
from app.operations.looking.counting import AsOf
from app.operations.looking.kpis import (
    KEPT_DAYS,
    count_kpis,
    kept_window,
    kpis_of_last_days,
    list_behind,
)
from app.reports.kpis.catalogue import kpi_named
from app.reports.kpis.conditions import Part
from app.reports.kpis.definition import By, Group, Kpi
from app.reports.kpis.in_words import duration, percent
from app.reports.kpis.listing import Listing
from app.reports.kpis.report import KpiReport
from app.reports.kpis.window import USUAL_DAYS, Window, window_of

GROUPS_AT_A_GLANCE = 8
ONLY = {"": None, "above": True, "rest": False}
"""Of a share: everything, what is above the line, or the rest."""
FIRST_COUNTED = datetime(1970, 1, 1, tzinfo=UTC)
"""Nobody counted anything before."""
Day = date | None


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a link on the page of one KPI asks for."""

    days: int = USUAL_DAYS
    since: Day = None
    before: Day = None
    by: str = ""
    part: str = Part.COUNTED.value
    only: str = ""
    value: str | None = None
    after: str = ""
    at: datetime | None = None
    """Of a list that goes on: the moment of which its first part was."""

    @property
    def own_window(self) -> bool:
        """Whether days of one's own are asked for."""
        return self.since is not None or self.before is not None

    def link(self, **other: object) -> str:
        """The same page with something else; a list begins anew unless said."""
        anew = {"after": "", "at": None, **other}
        asked = msgspec.to_builtins(msgspec.structs.replace(self, **anew))
        named = {"since": "from", "before": "to"}
        return "?" + urlencode({named.get(key, key): asked[key] for key in asked})


@get("/kpis", sync_to_thread=True, include_in_schema=False)
def show_kpis(
    request: Request[Any, Any, Any],
    house: NamedDependency[House],
    person: NamedDependency[Person],
    days: FromQuery[int] = USUAL_DAYS,
    by: FromQuery[str] = "",
) -> Response[bytes]:
    """All of them, under their heads."""
    told = kpis_of_last_days(house, days, _by(by))
    return page(
        request,
        "kpis.html",
        person,
        told=told,
        heads=tuple(group.value for group in Group),
        asked=Asked(days=days, by=by),
        kept_days=KEPT_DAYS,
        dimensions=tuple(each.value for each in By),
        most=GROUPS_AT_A_GLANCE,
        duration=duration,
    )


@get("/kpis/{name:str}", sync_to_thread=True, include_in_schema=False)
def show_kpi(
    request: Request[Any, Any, Any],
    house: NamedDependency[House],
    person: NamedDependency[Person],
    name: FromPath[str],
    since: Annotated[Day, QueryParameter(name="from")] = None,
    before: Annotated[Day, QueryParameter(name="to")] = None,
    days: FromQuery[int] = USUAL_DAYS,
    by: FromQuery[str] = "",
    part: FromQuery[str] = Part.COUNTED.value,
    only: FromQuery[str] = "",
    value: FromQuery[str | None] = None,
    after: FromQuery[str] = "",
    at: FromQuery[datetime | None] = None,
) -> Response[bytes]:
    """One of them, with a page of the list behind it."""
    kpi = kpi_named(name)
    asked = Asked(
        days=days,
        since=since,
        before=before,
        by=by,
        part=part,
        only=only,
        value=value,
        after=after,
        at=_been(at, house.now()) if at else None,
    )
    told = _told(house, kpi, asked)
    list_at = asked.at or told.figures.counted_at
    figure = next(each for each in told.figures.figures if each.name == name)
    chosen = next((each for each in figure.groups if each.value == value), None)
    return page(
        request,
        "kpi.html",
        person,
        told=told,
        figure=figure,
        total=(chosen or figure),
        listing=_listing(house, kpi, list_at, asked) if figure.measured else None,
        asked=asked,
        parts=tuple(each.value for each in _parts(kpi)),
        onlies=tuple(ONLY) if kpi.hits else (),
        kept_days=KEPT_DAYS,
        list_at=list_at,
        duration=duration,
        percent=percent,
    )


def _told(house: House, kpi: Kpi, asked: Asked) -> AsOf[KpiReport]:
    """Its number: as kept where counting takes long, else of the moment of the list."""
    by = _by(asked.by)
    if not asked.own_window:
        return kpis_of_last_days(house, asked.days, by, only=kpi, at=asked.at)
    window = _window(asked, asked.at or house.now())
    report = count_kpis(house, window, by, [kpi.name])
    return AsOf(figures=report, at=report.counted_at, fresh=asked.at is None)


def _window(asked: Asked, moment: datetime) -> Window:
    """The days asked for, as they were at a moment."""
    if asked.own_window:
        return window_of(asked.since, asked.before, moment)
    return kept_window(asked.days, moment)


def _been(at: datetime, now: datetime) -> datetime:
    if at.tzinfo is None or not FIRST_COUNTED <= at <= now:
        raise wrong_request("at", f"at {at} no number was counted", "what the page before gave")
    return at


def _listing(house: House, kpi: Kpi, moment: datetime, asked: Asked) -> Listing | None:
    """A page of what is behind it; all pages are of one moment, however often it is counted."""
    if kpi.cohort is None:
        return None
    wanted = Wanted(
        part=_one_of(Part, "part", asked.part),
        hit=ONLY[_known(ONLY, "only", asked.only)],
        by=_by(asked.by) if asked.value is not None else None,
        value=asked.value or "",
        after=asked.after,
    )
    return list_behind(house, kpi.name, _window(asked, moment), wanted)


def _parts(kpi: Kpi) -> tuple[Part, ...]:
    if kpi.cohort is None:
        return ()
    still = (Part.OPEN,) if kpi.cohort.has_open else ()
    parts = (Part.COUNTED, *still, Part.LEFT_OUT)
    return parts if kpi.cohort.leaves_out else tuple(p for p in parts if p is not Part.LEFT_OUT)


def _by(text: str) -> By | None:
    return _one_of(By, "by", text) if text else None


def _one_of(kinds: type[Any], field: str, text: str) -> Any:
    _known([each.value for each in kinds], field, text)
    return kinds(text)


def _known(allowed: Any, field: str, text: str) -> str:
    if text not in allowed:
        raise wrong_request(
            field,
            f"{text[:40]!a} is not known here",
            ", ".join(each or "(nothing)" for each in allowed),
        )
    return text
