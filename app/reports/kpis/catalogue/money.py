"""What was billed, what of it is given back, and what is not billed at all."""

from app.reports.kpis.catalogue import parts
from app.reports.kpis.definition import (
    Amount,
    AmountTime,
    Between,
    Cohort,
    Group,
    Kpi,
    Measure,
    Quotient,
    Table,
    among,
    equals,
)

_BILLED = Amount(plus=("billed_minor",))
_GIVEN = Amount(plus=("amount_minor",), absolute=True)


def _issued(name: str, title: str, kind: str, sentence: str) -> Kpi:
    return Kpi(
        name=name,
        title=title,
        group=Group.MONEY,
        field="Over/under billing",
        sentence=f"{sentence} It counts on the day the billing system tells its number.",
        formula=f"sum of {kind}s issued, without their sign",
        measure=Measure.MONEY,
        cohort=Cohort(
            table=Table.INVOICE,
            about=(equals("kind", kind),),
            placed_by="invoiced_on",
            begun_by="claimed_on",
            open_since="claimed_at",
        ),
        value=_GIVEN,
        needs=(parts.NUMBERED,),
    )


def _of_billed(
    name: str, title: str, formula: str, sentence: str, plus: str, minus: tuple[str, ...] = ()
) -> Kpi:
    return Kpi(
        name=name,
        title=title,
        group=Group.MONEY,
        field="Over/under billing",
        sentence=(
            f"{sentence} Both are of documents issued in the window, whatever they belong to."
        ),
        formula=formula,
        measure=Measure.RATIO,
        made_of=Quotient(plus=(plus,), minus=minus, over="invoices-issued", money=True),
        needs=(parts.NUMBERED,),
    )


MONEY = (
    Kpi(
        name="invoices-issued",
        title="Invoices issued",
        group=Group.MONEY,
        field="Over/under billing",
        sentence=(
            "What was billed: final, provisional and supplemental invoices, on the day the billing"
            " system tells their number. Credits and rebills are left out."
        ),
        formula="sum of invoices issued",
        measure=Measure.MONEY,
        cohort=Cohort(
            table=Table.INVOICE,
            placed_by="invoiced_on",
            begun_by="claimed_on",
            open_since="claimed_at",
            leaves_out=parts.NOT_ORIGINAL,
        ),
        value=parts.INVOICED,
        needs=(parts.NUMBERED,),
    ),
    _issued("credits-issued", "Credits issued", "credit", "What was given back."),
    _issued(
        "supplementals-issued",
        "Supplementals issued",
        "supplemental",
        "What was asked for beyond a first invoice.",
    ),
    _of_billed(
        "over-billing-rate",
        "Over-billing rate",
        "sum of credits / sum of billed",
        "What was given back of what was billed.",
        "credits-issued",
    ),
    _of_billed(
        "under-billing-rate",
        "Under-billing rate",
        "sum of supplementals / sum of billed",
        "What was asked for later of what was billed.",
        "supplementals-issued",
    ),
    _of_billed(
        "net-billing-bias",
        "Net billing bias",
        "(sum of supplementals - sum of credits) / sum of billed",
        "Above zero, first invoices tend to be too low; below, too high.",
        "supplementals-issued",
        ("credits-issued",),
    ),
    Kpi(
        name="bill-delay-days",
        title="Bill delay in DSO",
        group=Group.MONEY,
        field="DSO effect",
        sentence=(
            "Our part of the days sales are outstanding: the days from the completing event to the"
            " final invoice's number, weighted by what the unit was billed, net of credits. A unit"
            " that was billed provisionally is open until that was trued up or stands."
        ),
        formula="sum of value x (final number told - completing event) / sum of value",
        measure=Measure.DAYS,
        cohort=Cohort(
            table=Table.UNIT,
            placed_by="invoiced_on",
            begun_by="completed_on",
            open_since="completed_at",
            leaves_out=(*parts.LEFT_OUT_UNBILLED, parts.NOT_COMPLETED),
        ),
        value=AmountTime(_BILLED, Between("completed_at", "invoiced_at")),
        over=_BILLED,
        needs=(parts.COMPLETED, parts.NUMBERED),
    ),
    Kpi(
        name="days-sales-outstanding",
        title="Days sales outstanding",
        group=Group.MONEY,
        field="DSO effect",
        sentence="How many days of sales customers owe.",
        formula="receivables / credit sales x days",
        measure=Measure.DAYS,
        lacking="the ledger's balance of receivables and its credit sales, by day",
    ),
    Kpi(
        name="revenue-leakage-rate",
        title="Revenue leakage by expired rights",
        group=Group.MONEY,
        field="Revenue leakage rate",
        sentence=(
            "Of the units for which the first right to bill ended in the window, what still waits"
            " or is kept back, of all they come to. At most so much is lost: another line's right"
            " may run on."
        ),
        formula="sum of not billed / sum of (not billed + billed), right to bill ended",
        measure=Measure.MONEY_SHARE,
        cohort=Cohort(
            table=Table.UNIT,
            placed_by="right_until",
            matures_days=1,
            leaves_out=parts.LEFT_OUT,
        ),
        value=Amount(plus=("amount_minor", "held_minor")),
        over=parts.WORTH,
        needs=(parts.RIGHT,),
    ),
    Kpi(
        name="revenue-leakage-unclaimed",
        title="Revenue leakage by unclaimed services",
        group=Group.MONEY,
        field="Revenue leakage rate",
        sentence="What customers were entitled to be charged for and nobody claimed or corrected.",
        formula="(entitled, not billed + under-billed) / entitled",
        measure=Measure.MONEY_SHARE,
        lacking=(
            "a price for each service before it is claimed; the holds"
            " ACCESSORIAL_ENTITLEMENT_UNCLAIMED say where one is missing"
        ),
    ),
    Kpi(
        name="leakage-prevented",
        title="Leakage prevented",
        group=Group.MONEY,
        field="Revenue leakage rate",
        sentence="What was billed because a service that nobody had claimed was found.",
        formula="sum of lines billed after a finding",
        measure=Measure.MONEY,
        lacking="which billed line goes back to which finding",
    ),
    Kpi(
        name="duplicates-rejected",
        title="Duplicates rejected",
        group=Group.MONEY,
        field="Duplicate prevention",
        sentence=(
            "What was stopped because it was billed before, or because a carrier billed it twice:"
            " holds DUPLICATE_BILLABLE and CARRIER_INVOICE_DUPLICATE, on the day they opened."
        ),
        formula="n and sum of value(holds for duplicates)",
        measure=Measure.MONEY,
        cohort=Cohort(
            table=Table.SPELL,
            about=(among("code", "DUPLICATE_BILLABLE", "CARRIER_INVOICE_DUPLICATE"),),
            placed_by="opened_on",
            leaves_out=parts.LEFT_OUT,
        ),
        value=Amount(plus=("value_minor",)),
        needs=(parts.DECIDED,),
    ),
    Kpi(
        name="double-billing-credits",
        title="Credits for double billing",
        group=Group.MONEY,
        field="Duplicate prevention",
        sentence="Credits whose disputes say that a line was billed twice, and nothing else.",
        formula="n and sum of credits with the reason duplicate",
        measure=Measure.MONEY,
        cohort=Cohort(
            table=Table.INVOICE,
            about=(equals("kind", "credit"), equals("reason", "duplicate")),
            placed_by="invoiced_on",
            begun_by="claimed_on",
            open_since="claimed_at",
        ),
        value=_GIVEN,
        needs=(parts.NUMBERED, parts.DISPUTED),
    ),
    Kpi(
        name="double-billing-escape-rate",
        title="Double-billing escapes",
        group=Group.MONEY,
        field="Duplicate prevention",
        sentence="Credits for double billing to one invoice issued; it should be none.",
        formula="n(credits with the reason duplicate) / n(invoices)",
        measure=Measure.RATIO,
        made_of=Quotient(plus=("double-billing-credits",), over="invoices-issued"),
        needs=(parts.NUMBERED, parts.DISPUTED),
    ),
    Kpi(
        name="tolerance-exception-rate",
        title="Tolerance exception rate",
        group=Group.MONEY,
        field="Tolerance exception rate",
        sentence="The share of carrier invoices that did not match within tolerance.",
        formula="n(matched outside tolerance) / n(matched)",
        measure=Measure.SHARE,
        lacking="the outcome of every match; tollgate costs tells it one unit at a time",
    ),
    Kpi(
        name="auto-approved-share",
        title="Carrier invoices approved by themselves",
        group=Group.MONEY,
        field="Tolerance exception rate",
        sentence="The share of carrier invoices that nobody had to approve.",
        formula="n(approved within tolerance) / n(matched)",
        measure=Measure.SHARE,
        lacking="the outcome of every match; tollgate costs tells it one unit at a time",
    ),
)
