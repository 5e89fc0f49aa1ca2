"""How much goes through by itself, and how much work the rest takes."""

from app.reports.kpis.catalogue import parts
from app.reports.kpis.definition import (
    Cohort,
    Condition,
    Group,
    Kpi,
    Measure,
    Number,
    Op,
    Table,
    equals,
)

_DECIDED = Cohort(table=Table.UNIT, placed_by="decided_on", leaves_out=parts.LEFT_OUT)
_RELEASED = Cohort(table=Table.UNIT, placed_by="released_on", leaves_out=parts.LEFT_OUT_UNBILLED)
_TOUCHES = (
    "approvals, papers entered by hand, links, exceptions, waivers and assignments until the first"
    " claim"
)

STRAIGHT_THROUGH = (
    Kpi(
        name="first-pass-release-rate",
        title="First-pass release rate",
        group=Group.STRAIGHT_THROUGH,
        field="First-pass release rate (straight-through)",
        sentence=(
            "The share of units whose very first decision released the invoice without an act of a"
            " person. Provisional releases do not count as such; a unit counts on the day of its"
            " first decision, whatever was known by then."
        ),
        formula="n(first decision = release, no act of a person before) / n(decided)",
        measure=Measure.SHARE,
        cohort=_DECIDED,
        hits=(equals("first_verdict", "release"), equals("first_by_hand", value=False)),
        needs=(parts.DECIDED,),
    ),
    Kpi(
        name="first-pass-on-completion-rate",
        title="First-pass release rate, service complete",
        group=Group.STRAIGHT_THROUGH,
        field="First-pass release rate (straight-through)",
        sentence=(
            "The share of units whose first decision that knew of the completed service released"
            " the invoice without an act of a person. Units here are decided from their first fact"
            " on; what was decided while the freight moved asked too soon. A unit counts on the day"
            " of that decision."
        ),
        formula=(
            "n(first decision on the completed service = release, no act of a person before)"
            " / n(decided on the completed service)"
        ),
        measure=Measure.SHARE,
        cohort=Cohort(
            table=Table.UNIT,
            placed_by="judged_on",
            begun_by="decided_on",
            open_since="decided_at",
            leaves_out=parts.LEFT_OUT,
        ),
        hits=(equals("judged_verdict", "release"), equals("judged_by_hand", value=False)),
        needs=(parts.COMPLETED,),
    ),
    Kpi(
        name="first-pass-provisional-rate",
        title="First-pass provisional rate",
        group=Group.STRAIGHT_THROUGH,
        field="First-pass release rate (straight-through)",
        sentence=(
            "The share of units whose very first decision let a provisional invoice go out without"
            " an act of a person: what the first-pass release rate leaves out."
        ),
        formula="n(first decision = provisional, no act of a person before) / n(decided)",
        measure=Measure.SHARE,
        cohort=_DECIDED,
        hits=(equals("first_verdict", "provisional"), equals("first_by_hand", value=False)),
        needs=(parts.DECIDED,),
    ),
    Kpi(
        name="provisional-release-rate",
        title="Provisional release rate",
        group=Group.STRAIGHT_THROUGH,
        field="Provisional release rate",
        sentence=(
            "The share of released units that were first let out provisionally, and the same by"
            " what the units come to today."
        ),
        formula="n(first releasing decision = provisional) / n(released)",
        measure=Measure.SHARE,
        cohort=_RELEASED,
        hits=(equals("released_as", "provisional"),),
        weight=parts.WORTH,
        needs=(parts.DECIDED,),
    ),
    Kpi(
        name="cut-off-miss-rate",
        title="Billing cut-off miss rate",
        group=Group.STRAIGHT_THROUGH,
        field="Billing cut-off miss rate",
        sentence=(
            "Of the units that were complete at least the agreed lead before their customer's batch"
            " closed, the share whose first invoice had not been claimed by then, and what they"
            " come to today. A unit counts on the customer's day of the cut-off, once its moment is"
            " over; a release that nobody claimed misses too."
        ),
        formula="n(not claimed by the cut-off) / n(complete by the cut-off minus agreed lead)",
        measure=Measure.SHARE,
        cohort=Cohort(
            table=Table.UNIT,
            about=(Condition(column="completed_at", op=Op.UNTIL, other="complete_by_at"),),
            placed_by="cutoff_on",
            matures_at="cutoff_at",
            leaves_out=parts.LEFT_OUT_UNBILLED,
        ),
        hits=(Condition(column="claimed_at", op=Op.UNTIL, other="cutoff_at", no=True),),
        weight=parts.WORTH,
        needs=(parts.CUT_OFF,),
    ),
    Kpi(
        name="touches-per-release",
        title="Manual reconciliation effort",
        group=Group.STRAIGHT_THROUGH,
        field="Manual reconciliation effort",
        sentence=(
            f"How many acts of people a released unit took: {_TOUCHES}. Touches and not minutes:"
            " nothing here is opened and closed by a clock."
        ),
        formula="sum of acts of people / n(released)",
        measure=Measure.MEAN,
        cohort=_RELEASED,
        value=Number("touches"),
        needs=(parts.DECIDED,),
    ),
    Kpi(
        name="touch-rate",
        title="Touch rate",
        group=Group.STRAIGHT_THROUGH,
        field="Manual reconciliation effort",
        sentence=f"The share of released units on which a person acted at all: {_TOUCHES}.",
        formula="n(released with one act of a person or more) / n(released)",
        measure=Measure.SHARE,
        cohort=_RELEASED,
        hits=(Condition(column="touches", op=Op.ABOVE, value=0),),
        needs=(parts.DECIDED,),
    ),
    Kpi(
        name="handling-minutes",
        title="Manual handling minutes",
        group=Group.STRAIGHT_THROUGH,
        field="Manual reconciliation effort",
        sentence="How long people work on a released unit, measured and not asked.",
        formula="sum of active handling minutes / n(released)",
        measure=Measure.MEAN,
        lacking="when a person opened a unit and left it; only acts are recorded, see the touches",
    ),
    Kpi(
        name="customer-service-handling-time",
        title="Customer service handling time",
        group=Group.STRAIGHT_THROUGH,
        field="Customer service handling time",
        sentence="How long customer service works on one contact about an invoice.",
        formula="sum of handling minutes on billing contacts / n(contacts)",
        measure=Measure.MEAN,
        lacking="contacts with their begin and end from a customer service system",
    ),
    Kpi(
        name="contact-rate",
        title="Billing contact rate",
        group=Group.STRAIGHT_THROUGH,
        field="Customer service handling time",
        sentence="How many contacts about invoices there are to one invoice.",
        formula="n(billing contacts) / n(invoices)",
        measure=Measure.RATIO,
        lacking="contacts about invoices from a customer service system",
    ),
    Kpi(
        name="automation-saving",
        title="Automation saving",
        group=Group.STRAIGHT_THROUGH,
        field="Automation saving",
        sentence="What is saved against the work of before, with the size of the sample.",
        formula="(manual minutes before - now) x cost of a minute",
        measure=Measure.MONEY,
        lacking=(
            "a measured baseline of minutes from before, and minutes of today; no saving is"
            " claimed without one"
        ),
    ),
)
