"""Whether what was billed was right, and what customers say about it."""

from app.reports.kpis.catalogue import parts
from app.reports.kpis.definition import (
    Amount,
    Between,
    Cohort,
    Condition,
    Group,
    Kpi,
    Measure,
    Op,
    Quotient,
    Table,
    among,
    equals,
    known,
)

_N = parts.COHORT_DAYS
_MATURE = (
    f"An invoice counts on the day of its number, once {_N} days have passed; younger ones are"
    " open, and how they stand so far is shown beside. Credits and rebills are no invoices of"
    " their own; provisional and supplemental ones are"
)
_ISSUED = Cohort(
    table=Table.INVOICE,
    placed_by="invoiced_on",
    matures_days=_N,
    open_since="invoiced_at",
    leaves_out=parts.NOT_ORIGINAL,
)
_ENDED = Cohort(
    table=Table.INVOICE,
    about=(known("disputed_at"),),
    placed_by="dispute_ended_at",
    begun_by="disputed_at",
    open_since="disputed_at",
)
_SETTLED = Cohort(
    table=Table.INVOICE,
    about=(equals("kind", "provisional"),),
    placed_by="settled_on",
    begun_by="claimed_on",
    open_since="claimed_at",
)
_FINAL = Amount(plus=("final_minor",))
_DISPUTES = f"The first dispute about an invoice, opened within {_N} days"

QUALITY = (
    Kpi(
        name="invoice-accuracy",
        title="Invoice accuracy, first pass",
        group=Group.QUALITY,
        field="Invoice accuracy (first pass)",
        sentence=(
            f"The share of invoices without a credit, rebill or accepted dispute within {_N} days."
            f" {_MATURE}. A rebill follows a credit and shows by it."
        ),
        formula=f"n(invoices without credit, rebill, accepted dispute in {_N} d) / n(issued)",
        measure=Measure.SHARE,
        cohort=_ISSUED,
        hits=(equals("credited_minor", 0), equals("dispute_outcome", "credited", no=True)),
        needs=(parts.NUMBERED,),
    ),
    Kpi(
        name="invoice-accuracy-by-value",
        title="Invoice accuracy by value",
        group=Group.QUALITY,
        field="Invoice accuracy (first pass)",
        sentence=(
            f"What is left of one after credits and supplementals within {_N} days, both added up"
            f" without their sign, are set against what was billed. {_MATURE}."
        ),
        formula="1 - (sum of credits + sum of supplementals) / sum of billed",
        measure=Measure.MONEY_SHARE,
        cohort=_ISSUED,
        value=Amount(plus=("credited_minor", "supplemented_minor")),
        over=parts.INVOICED,
        rest=True,
        needs=(parts.NUMBERED,),
    ),
    Kpi(
        name="billing-error-rate",
        title="Billing error rate",
        group=Group.QUALITY,
        field="Billing error rate by cause",
        sentence=(
            "Credits issued in the window to one invoice issued in it; by cause, the credits are"
            " taken apart and the invoices are not."
        ),
        formula="n(credits) / n(invoices), by reason",
        measure=Measure.RATIO,
        made_of=Quotient(plus=("credits-issued",), over="invoices-issued"),
        needs=(parts.NUMBERED,),
    ),
    Kpi(
        name="dispute-rate",
        title="Dispute rate",
        group=Group.QUALITY,
        field="Dispute rate",
        sentence=f"The share of invoices that were disputed within {_N} days. {_MATURE}.",
        formula=f"n(invoices disputed in {_N} d) / n(invoices issued)",
        measure=Measure.SHARE,
        cohort=_ISSUED,
        hits=(known("disputed_at"),),
        needs=(parts.NUMBERED, parts.DISPUTED),
    ),
    Kpi(
        name="dispute-rate-by-value",
        title="Dispute rate by value",
        group=Group.QUALITY,
        field="Dispute rate",
        sentence=f"What was disputed within {_N} days of what was billed. {_MATURE}.",
        formula="sum of disputed / sum of billed",
        measure=Measure.MONEY_SHARE,
        cohort=_ISSUED,
        value=Amount(plus=("disputed_minor",)),
        over=parts.INVOICED,
        needs=(parts.NUMBERED, parts.DISPUTED),
    ),
    Kpi(
        name="dispute-rate-by-line",
        title="Dispute rate by line",
        group=Group.QUALITY,
        field="Dispute rate",
        sentence="The share of invoice lines that were disputed.",
        formula="n(lines disputed) / n(lines issued)",
        measure=Measure.SHARE,
        lacking="a row for each line of an invoice; tollgate disputes shows the lines disputed",
    ),
    Kpi(
        name="dispute-win-rate",
        title="Dispute win rate",
        group=Group.QUALITY,
        field="Dispute rate",
        sentence=(
            "Of the disputes that ended in the window (UTC), the share that was rejected or"
            f" withdrawn. {_DISPUTES}."
        ),
        formula="n(disputes rejected or withdrawn) / n(disputes ended)",
        measure=Measure.SHARE,
        cohort=_ENDED,
        hits=(among("dispute_outcome", "rejected", "withdrawn"),),
        needs=(parts.DISPUTED,),
    ),
    Kpi(
        name="dispute-cycle-time",
        title="Dispute cycle time",
        group=Group.QUALITY,
        field="Dispute cycle time",
        sentence=f"From the opening of a dispute to its resolution, in days of 24 h. {_DISPUTES}.",
        formula="resolved - opened, each invoice once",
        measure=Measure.DURATION,
        cohort=_ENDED,
        value=Between("disputed_at", "dispute_ended_at"),
        needs=(parts.DISPUTED,),
    ),
    Kpi(
        name="provisional-error",
        title="Provisional error",
        group=Group.QUALITY,
        field="Provisional error",
        sentence=(
            "How far provisional invoices were from what the unit came to in the end, without the"
            " sign. An invoice counts on the day it was settled."
        ),
        formula="sum of |final - provisional| / sum of final",
        measure=Measure.MONEY_SHARE,
        cohort=_SETTLED,
        value=Amount(plus=("final_minor",), minus=("amount_minor",), absolute=True),
        over=_FINAL,
        needs=(parts.DECIDED,),
    ),
    Kpi(
        name="provisional-bias",
        title="Provisional bias",
        group=Group.QUALITY,
        field="Provisional error",
        sentence="The same with its sign: above zero, provisional invoices were too low.",
        formula="sum of (final - provisional) / sum of final",
        measure=Measure.MONEY_SHARE,
        cohort=_SETTLED,
        value=Amount(plus=("final_minor",), minus=("amount_minor",)),
        over=_FINAL,
        needs=(parts.DECIDED,),
    ),
    Kpi(
        name="provisional-expired-rate",
        title="Provisional expired unresolved",
        group=Group.QUALITY,
        field="Provisional error",
        sentence=(
            "Of the provisional invoices whose time ended in the window (UTC), the share that was"
            " not settled by then."
        ),
        formula="n(not settled by its end) / n(provisional invoices whose time ended)",
        measure=Measure.SHARE,
        cohort=Cohort(
            table=Table.INVOICE,
            about=(equals("kind", "provisional"),),
            placed_by="expires_at",
            matures_days=1,
        ),
        hits=(Condition(column="settled_at", op=Op.UNTIL, other="expires_at", no=True),),
        needs=(parts.DECIDED,),
    ),
)
