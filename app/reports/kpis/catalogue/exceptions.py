"""What is held: how much, for how long, and what it keeps."""

from app.explanation.at_risk import SOON
from app.reports.kpis.catalogue import parts
from app.reports.kpis.definition import (
    AT,
    HELD_BY,
    Amount,
    AmountTime,
    Between,
    Cohort,
    Condition,
    Exclusion,
    Group,
    Kpi,
    Measure,
    Op,
    Quotient,
    Table,
    WorkingTime,
    among,
    equals,
)
from app.reports.kpis.working_hours import OWNERS_HOURS

_VALUE = Amount(plus=("value_minor",))
_ACCESSORIAL = HELD_BY["held_by_accessorial"]
_NAMED = ", ".join(_ACCESSORIAL)
_EACH_HOLD = (
    "money that two holds keep counts with each of them, and all that a hold is about counts,"
    " billed before or not"
)
_OPEN = Cohort(
    table=Table.SPELL,
    placed_by="closed_on",
    begun_by="opened_on",
    open_since="opened_at",
    snapshot=True,
    leaves_out=parts.LEFT_OUT,
)

EXCEPTIONS = (
    Kpi(
        name="exception-backlog",
        title="Exception backlog",
        group=Group.EXCEPTIONS,
        field="Exception backlog",
        sentence=(
            "How many holds are open at the end of the window, or now, with their age since they"
            " were opened."
        ),
        formula="count(open holds), by age",
        measure=Measure.COUNT,
        cohort=_OPEN,
        value=Between("opened_at", AT),
        buckets=True,
        needs=(parts.DECIDED,),
    ),
    Kpi(
        name="exception-backlog-value",
        title="Value of the backlog",
        group=Group.EXCEPTIONS,
        field="Exception backlog",
        sentence=f"What waits because of the open holds; {_EACH_HOLD}.",
        formula="sum of value(open holds)",
        measure=Measure.MONEY,
        cohort=_OPEN,
        value=_VALUE,
        needs=(parts.DECIDED,),
    ),
    Kpi(
        name="exception-backlog-value-days",
        title="Value-days of the backlog",
        group=Group.EXCEPTIONS,
        field="Exception backlog",
        sentence=f"What waits, times the days for which it has been held so far; {_EACH_HOLD}.",
        formula="sum of value x days since opened (open holds)",
        measure=Measure.MONEY_DAYS,
        cohort=_OPEN,
        value=AmountTime(_VALUE, Between("opened_at", AT)),
        needs=(parts.DECIDED,),
    ),
    Kpi(
        name="holds-opened",
        title="Holds opened",
        group=Group.EXCEPTIONS,
        field="Exception backlog",
        sentence="How many holds were opened in the window; one that came back counts again.",
        formula="n(holds opened)",
        measure=Measure.COUNT,
        cohort=Cohort(table=Table.SPELL, placed_by="opened_on", leaves_out=parts.LEFT_OUT),
        needs=(parts.DECIDED,),
    ),
    Kpi(
        name="holds-closed",
        title="Holds closed",
        group=Group.EXCEPTIONS,
        field="Exception backlog",
        sentence="How many holds ended in the window, however they ended.",
        formula="n(holds closed)",
        measure=Measure.COUNT,
        cohort=Cohort(table=Table.SPELL, placed_by="closed_on", leaves_out=parts.LEFT_OUT),
        needs=(parts.DECIDED,),
    ),
    Kpi(
        name="hold-inflow-ratio",
        title="Inflow to outflow",
        group=Group.EXCEPTIONS,
        field="Exception backlog",
        sentence="Holds opened to one that was closed: above 1 the backlog grows.",
        formula="n(holds opened) / n(holds closed)",
        measure=Measure.RATIO,
        made_of=Quotient(plus=("holds-opened",), over="holds-closed"),
        needs=(parts.DECIDED,),
    ),
    Kpi(
        name="exception-resolution-time",
        title="Exception resolution time",
        group=Group.EXCEPTIONS,
        field="Exception resolution time",
        sentence=(
            "How long a hold was open until it was cleared or waived, in the working hours of its"
            f" owners ({OWNERS_HOURS}, for every queue). A hold that came back within seven days"
            " was not resolved and is left out; the spell in which it came back counts by itself."
        ),
        formula="closed - opened in working hours, each spell of a hold once",
        measure=Measure.DURATION,
        cohort=Cohort(
            table=Table.SPELL,
            placed_by="closed_on",
            begun_by="opened_on",
            open_since="opened_at",
            leaves_out=(
                *parts.LEFT_OUT,
                Exclusion(
                    why="ended because its unit was split, joined to another or taken back",
                    where=(among("how", "cleared", "waived", "", no=True),),
                ),
                Exclusion(
                    why="came back within seven days", where=(equals("reopened", value=True),)
                ),
            ),
        ),
        value=WorkingTime("opened_at", "closed_at"),
        needs=(parts.DECIDED,),
    ),
    Kpi(
        name="accessorial-blocking-rate",
        title="Accessorial blocking rate",
        group=Group.EXCEPTIONS,
        field="Accessorial blocking rate",
        sentence=(
            "The share of delivered units that an extra service ever held back, by one of"
            f" {_NAMED}. A unit counts on the day of its delivery."
        ),
        formula=f"n(units ever held by {_NAMED}) / n(delivered)",
        measure=Measure.SHARE,
        cohort=Cohort(table=Table.UNIT, placed_by="delivered_on", leaves_out=parts.LEFT_OUT),
        hits=(equals("held_by_accessorial", value=True),),
        needs=(parts.DELIVERED,),
    ),
    Kpi(
        name="accessorial-blocked-value-days",
        title="Value-days blocked by accessorials",
        group=Group.EXCEPTIONS,
        field="Accessorial blocking rate",
        sentence=(
            f"What waited because of {_NAMED}, times the days for which it did, of the holds that"
            f" ended in the window; {_EACH_HOLD}."
        ),
        formula="sum of value x days from open to close",
        measure=Measure.MONEY_DAYS,
        cohort=Cohort(
            table=Table.SPELL,
            about=(among("code", *_ACCESSORIAL),),
            placed_by="closed_on",
            begun_by="opened_on",
            open_since="opened_at",
            leaves_out=parts.LEFT_OUT,
        ),
        value=AmountTime(_VALUE, Between("opened_at", "closed_at")),
        needs=(parts.DECIDED,),
    ),
    Kpi(
        name="held-value-at-risk",
        title="Held value at risk",
        group=Group.EXCEPTIONS,
        field="Value at risk",
        sentence=(
            "What waits because of open holds and has to be billed within"
            f" {SOON.days} days, today included. What has run out stays in it until its hold ends,"
            f" and {_EACH_HOLD}. The board's value at risk is all that has a last day, held or not."
        ),
        formula=f"sum of value(open holds whose right to bill ends in less than {SOON.days} days)",
        measure=Measure.MONEY,
        cohort=Cohort(
            table=Table.SPELL,
            about=(Condition(column="right_until", op=Op.WITHIN_DAYS, value=SOON.days - 1),),
            placed_by="closed_on",
            begun_by="opened_on",
            open_since="opened_at",
            snapshot=True,
            leaves_out=parts.LEFT_OUT,
        ),
        value=_VALUE,
        needs=(parts.RIGHT,),
    ),
)
