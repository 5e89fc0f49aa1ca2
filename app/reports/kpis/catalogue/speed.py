"""How long it takes from the service to the invoice."""

from app.reports.kpis.catalogue import parts
from app.reports.kpis.definition import (
    Between,
    Cohort,
    Condition,
    Exclusion,
    Group,
    Kpi,
    Measure,
    Need,
    Op,
    Table,
    known,
)

_POD_SLA_HOURS = 48
"""What the catalogue of holds gives the carrier desk for POD_MISSING."""
_AHEAD = "a unit that was billed provisionally is open until that was trued up or stands"
_PROOFS = Cohort(
    table=Table.UNIT,
    placed_by="pod_on",
    begun_by="delivered_on",
    open_since="delivered_at",
    leaves_out=(*parts.LEFT_OUT, parts.NOT_DELIVERED),
)

SPEED = (
    Kpi(
        name="shipment-to-bill-latency",
        title="Shipment-to-bill latency",
        group=Group.SPEED,
        field="Shipment-to-bill latency",
        sentence=(
            "How long a unit waits from the event on which its contract bills until the first"
            " decision that releases its invoice; one that was let out provisionally alone is"
            " still open. A unit counts on the day of that decision."
        ),
        formula="first decision that releases - completing event, each unit once",
        measure=Measure.DURATION,
        cohort=Cohort(
            table=Table.UNIT,
            placed_by="final_on",
            begun_by="completed_on",
            open_since="completed_at",
            leaves_out=(*parts.LEFT_OUT_UNBILLED, parts.NOT_COMPLETED),
        ),
        value=Between("completed_at", "final_at"),
        needs=(parts.COMPLETED,),
    ),
    Kpi(
        name="shipment-to-bill-cycle-time",
        title="Shipment-to-bill cycle time",
        group=Group.SPEED,
        field="Shipment-to-bill cycle time",
        sentence=(
            "How long it takes from the event on which the contract bills until the billing system"
            f" tells the number of the unit's final invoice; {_AHEAD}. A unit counts on the day of"
            " the number."
        ),
        formula="final invoice number told - completing event, each unit once",
        measure=Measure.DURATION,
        cohort=Cohort(
            table=Table.UNIT,
            placed_by="invoiced_on",
            begun_by="completed_on",
            open_since="completed_at",
            leaves_out=(*parts.LEFT_OUT_UNBILLED, parts.NOT_COMPLETED),
        ),
        value=Between("completed_at", "invoiced_at"),
        needs=(parts.COMPLETED, parts.NUMBERED),
    ),
    Kpi(
        name="billing-system-delay",
        title="Billing system delay",
        group=Group.SPEED,
        field="Shipment-to-bill cycle time",
        sentence=(
            "What lies between latency and cycle time: from the first decision that releases until"
            f" the billing system tells the number of the final invoice; {_AHEAD}."
        ),
        formula="final invoice number told - first decision that releases, each unit once",
        measure=Measure.DURATION,
        cohort=Cohort(
            table=Table.UNIT,
            placed_by="invoiced_on",
            begun_by="final_on",
            open_since="final_at",
            leaves_out=(
                *parts.LEFT_OUT_UNBILLED,
                Exclusion(why="no releasing decision", where=(known("final_at", no=True),)),
            ),
        ),
        value=Between("final_at", "invoiced_at"),
        needs=(parts.NUMBERED,),
    ),
    Kpi(
        name="invoice-cycle-time",
        title="Invoice cycle time",
        group=Group.SPEED,
        field="Invoice cycle time",
        sentence=(
            "From end to end: from the receipt of the first fact about a unit until the billing"
            f" system tells the number of its final invoice; {_AHEAD}."
        ),
        formula="final invoice number told - first fact received, each unit once",
        measure=Measure.DURATION,
        cohort=Cohort(
            table=Table.UNIT,
            placed_by="invoiced_on",
            begun_by="first_fact_at",
            open_since="first_fact_at",
            leaves_out=parts.LEFT_OUT_UNBILLED,
        ),
        value=Between("first_fact_at", "invoiced_at"),
        needs=(parts.NUMBERED,),
    ),
    Kpi(
        name="pod-delay",
        title="POD delay",
        group=Group.SPEED,
        field="POD delay",
        sentence=(
            "How long the first accepted proof of delivery takes to arrive, from the actual"
            " delivery. A unit counts on the day the proof was received; one whose proof came"
            " before the delivery was over counts below zero."
        ),
        formula="first accepted POD received - actual delivery, each unit once",
        measure=Measure.DURATION,
        cohort=_PROOFS,
        value=Between("delivered_at", "pod_at"),
        needs=(parts.DELIVERED, parts.PROVEN),
    ),
    Kpi(
        name="pod-late-rate",
        title="POD late rate",
        group=Group.SPEED,
        field="POD delay",
        sentence=(
            f"The share of proofs that took more than {_POD_SLA_HOURS} hours, the time the"
            " catalogue of holds gives for a missing proof. Deliveries without one are open, and"
            " in neither number."
        ),
        formula=f"n(POD received - delivery > {_POD_SLA_HOURS} h) / n(POD received)",
        measure=Measure.SHARE,
        cohort=_PROOFS,
        hits=(
            Condition(
                column="pod_at",
                op=Op.LONGER,
                other="delivered_at",
                value=_POD_SLA_HOURS * 3600,
            ),
        ),
        needs=(parts.DELIVERED, parts.PROVEN),
    ),
    Kpi(
        name="fact-freshness",
        title="Fact freshness",
        group=Group.SPEED,
        field="Fact freshness",
        sentence=(
            "How long after it happened a fact reaches us, by source and type. A fact that tells"
            " of what is still to come is left out."
        ),
        formula="received - occurred, each fact once",
        measure=Measure.DURATION,
        cohort=Cohort(
            table=Table.FACT,
            placed_by="received_at",
            leaves_out=(
                Exclusion(
                    why="when it happened is not kept", where=(known("occurred_at", no=True),)
                ),
                Exclusion(
                    why="tells of what is to come",
                    where=(
                        Condition(column="occurred_at", op=Op.UNTIL, other="received_at", no=True),
                    ),
                ),
            ),
        ),
        value=Between("occurred_at", "received_at"),
        needs=(
            Need(
                table=Table.FACT,
                where=(known("occurred_at"),),
                what="a fact with the moment of what happened",
            ),
        ),
    ),
)
