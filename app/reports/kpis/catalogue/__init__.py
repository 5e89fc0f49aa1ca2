"""Every KPI of the field's table: measured, or with what it lacks; one file for each head.

Nobody else defines one. Conventions for all: a window is half-open in the customer's calendar, a
thing counts once, by the event that ends what is measured; cancelled units, tests and what a rule
does not bill are left out and counted; what has begun and not ended is shown apart. What was
invoiced was invoiced: an invoice counts whatever becomes of its unit, and so does a unit that was
billed wherever its release or its invoice is what ends the measure.
"""

from difflib import get_close_matches

from app.errors import Mistake, NotFoundError, Place
from app.reports.kpis.catalogue.exceptions import EXCEPTIONS
from app.reports.kpis.catalogue.integration import INTEGRATION
from app.reports.kpis.catalogue.money import MONEY
from app.reports.kpis.catalogue.quality import QUALITY
from app.reports.kpis.catalogue.speed import SPEED
from app.reports.kpis.catalogue.straight_through import STRAIGHT_THROUGH
from app.reports.kpis.definition import Kpi

KPIS: tuple[Kpi, ...] = (
    *SPEED,
    *STRAIGHT_THROUGH,
    *EXCEPTIONS,
    *INTEGRATION,
    *QUALITY,
    *MONEY,
)
_BY_NAME = {kpi.name: kpi for kpi in KPIS}
assert len(_BY_NAME) == len(KPIS), "each KPI has a name of its own"


def kpi_named(name: str) -> Kpi:
    """The KPI of a name.

    Raises:
        NotFoundError: there is none of that name.
    """
    kpi = _BY_NAME.get(name)
    if kpi is None:
        mistake = Mistake(
            place=Place(field="name"),
            what=f"{name[:60]!a} is no KPI",
            allowed="the names of the KPIs, as they are listed",
            mend=f"the nearest are {', '.join(_nearest(name))}",
        )
        raise NotFoundError("there is no such KPI", [mistake])
    return kpi


def _nearest(name: str) -> list[str]:
    """The three names that look most like it, the most alike first."""
    return get_close_matches(name[:60].lower(), _BY_NAME, n=3, cutoff=0)


def parts_of(kpi: Kpi) -> tuple[Kpi, ...]:
    """The KPIs it is made of; itself, where it is counted over rows."""
    if kpi.made_of is None:
        return (kpi,) if kpi.cohort else ()
    names = (*kpi.made_of.plus, *kpi.made_of.minus, kpi.made_of.over)
    return tuple(_BY_NAME[name] for name in dict.fromkeys(names))
