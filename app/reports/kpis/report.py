"""KPIs as they are told: each with its number in words, or with what it lacks."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

import msgspec

from app.reports.kpis.catalogue import parts_of
from app.reports.kpis.definition import By, Kpi, Need
from app.reports.kpis.in_words import number_in_words
from app.reports.kpis.measured import (
    OTHERS,
    GroupOf,
    Measured,
    grouped,
    leading,
    made_of,
    measured,
)
from app.reports.kpis.taken import Taken
from app.reports.kpis.window import Window

Takings = Mapping[str, Sequence[Taken]]
"""What was taken of the rows of each KPI that is counted over rows, by its name."""


class GroupFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One number of one customer, carrier, code, ...; the value is empty where none is told."""

    value: str
    says: str
    measured: Measured


class Figure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One KPI: what it means, and its number or what it lacks."""

    name: str
    title: str
    group: str
    field: str
    sentence: str
    formula: str
    measure: str
    says: str
    """The number in words, `none in this window`, or `no source`; `0.00` of nothing open."""
    lacking: str = ""
    """What it would need; empty where it is measured."""
    measured: Measured | None = None
    groups: tuple[GroupFigure, ...] = ()
    made_of: tuple[str, ...] = ()
    """The KPIs it is made of, whose lists are behind it."""
    dimensions: tuple[str, ...] = ()
    """By what it can be taken apart."""


class KpiReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Figures of one window."""

    since: date
    before: date
    """The first day that is not in it."""
    at: datetime
    """As of when what is open was counted: the end of the window, where that has passed."""
    counted_at: datetime
    by: str = ""
    figures: tuple[Figure, ...]


def report_of(window: Window, figures: Iterable[Figure], by: By | None) -> KpiReport:
    """The figures of some KPIs under their window."""
    return KpiReport(
        since=window.since,
        before=window.before,
        at=window.at,
        counted_at=window.now,
        by=by.value if by else "",
        figures=tuple(figures),
    )


def dimensions_of(kpi: Kpi) -> tuple[By, ...]:
    """By what a KPI can be taken apart: one made of others as the first of them."""
    parts = parts_of(kpi)
    return parts[0].dimensions if parts else ()


def figure_of(kpi: Kpi, takings: Takings, untold: Collection[Need], by: By | None) -> Figure:
    """One KPI with its number, or with what it lacks.

    Args:
        kpi: which.
        takings: of it, where it is counted over rows, or of each that it is made of.
        untold: what nobody has told so far.
        by: by what the number is taken apart, where it can be.
    """
    lacking = kpi.lacking or "; ".join(need.what for need in kpi.needs if need in untold)
    number = None if lacking else _number(kpi, takings)
    groups = _groups(kpi, takings, by) if number is not None and by is not None else ()
    return Figure(
        name=kpi.name,
        title=kpi.title,
        group=kpi.group.value,
        field=kpi.field,
        sentence=kpi.sentence,
        formula=kpi.formula,
        measure=kpi.measure.value,
        says="no source" if number is None else number_in_words(kpi, number),
        lacking=lacking,
        measured=number,
        groups=tuple(
            GroupFigure(
                value=each.value,
                says=number_in_words(kpi, each.measured),
                measured=each.measured,
            )
            for each in groups
        ),
        made_of=tuple(part.name for part in parts_of(kpi)) if kpi.made_of else (),
        dimensions=tuple(each.value for each in dimensions_of(kpi)),
    )


def _number(kpi: Kpi, takings: Takings) -> Measured:
    if kpi.made_of is None:
        return measured(kpi, takings[kpi.name])
    return made_of(
        kpi.made_of, {part.name: measured(part, takings[part.name]) for part in parts_of(kpi)}
    )


def _groups(kpi: Kpi, takings: Takings, by: By) -> tuple[GroupOf, ...]:
    parts = parts_of(kpi)
    if by not in dimensions_of(kpi):
        return ()
    if kpi.made_of is None:
        values = leading(kpi, takings[kpi.name], by)
        return grouped(kpi, takings[kpi.name], by, values)
    everything = [each for part in parts for each in takings[part.name]]
    values = leading(parts[0], everything, by)
    apart = {
        part.name: {g.value: g.measured for g in grouped(part, takings[part.name], by, values)}
        for part in parts
    }
    whole = measured(parts[-1], takings[parts[-1].name])
    # An invoice has no cause for which it is credited: credits are taken apart over all of them.
    over = {} if by is By.REASON else apart[kpi.made_of.over]
    return tuple(
        GroupOf(
            value=value,
            measured=made_of(
                kpi.made_of,
                {
                    **{name: found.get(value, Measured(n=0)) for name, found in apart.items()},
                    kpi.made_of.over: over.get(value, Measured(n=0)) if over else whole,
                },
            ),
        )
        for value in (*values, OTHERS)
        if any(value in found for found in apart.values())
    )
