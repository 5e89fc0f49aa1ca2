"""Whether messages come through, and whether what they say can be used."""

from app.reports.kpis.catalogue import parts
from app.reports.kpis.definition import (
    AT,
    HELD_BY,
    Between,
    Cohort,
    Condition,
    Group,
    Kpi,
    Measure,
    Number,
    Op,
    Table,
    among,
    equals,
)

_FIRST_TIME = (
    equals("reading", 0),
    equals("replay", ""),
    equals("by_mending", value=False),
)
"""A message as its sender sent it: no later reading, no replay, no attempt to mend another."""
_RECEIVED = Cohort(table=Table.MESSAGE, about=_FIRST_TIME, placed_by="received_at")
_KEPT_ASIDE = (*_FIRST_TIME, among("outcome", "refused", "conflict"))
_BY_MESSAGE = (
    "Counted by message and not by attempt, on the day (UTC) it was received; replays with a tag"
    " and bytes handed in to mend another message are not messages of their own"
)


def _share_of_units(name: str, title: str, column: str, sentence: str) -> Kpi:
    codes = ", ".join(HELD_BY[column])
    return Kpi(
        name=name,
        title=title,
        group=Group.INTEGRATION,
        field="Data quality",
        sentence=f"{sentence} Told of units and not of single facts: units ever held by {codes}.",
        formula=f"n(units ever held by {codes}) / n(decided)",
        measure=Measure.SHARE,
        cohort=Cohort(table=Table.UNIT, placed_by="decided_on", leaves_out=parts.LEFT_OUT),
        hits=(equals(column, value=True),),
        needs=(parts.DECIDED,),
    )


INTEGRATION = (
    Kpi(
        name="integration-failure-rate",
        title="Integration failure rate",
        group=Group.INTEGRATION,
        field="Integration failure rate",
        sentence=(
            "The share of messages that were kept aside instead of recorded, whether or not they"
            f" were mended since. {_BY_MESSAGE}."
        ),
        formula="n(messages refused or in conflict) / n(messages received)",
        measure=Measure.SHARE,
        cohort=_RECEIVED,
        hits=(among("outcome", "refused", "conflict"),),
        needs=(parts.HEARD,),
    ),
    Kpi(
        name="integration-reprocessing-rate",
        title="Integration reprocessing rate",
        group=Group.INTEGRATION,
        field="Integration reprocessing rate",
        sentence=(
            "The share of messages that had to be processed more than once: mended, or read again"
            f" without the tag of a planned replay. {_BY_MESSAGE}."
        ),
        formula="n(messages processed more than once) / n(distinct messages)",
        measure=Measure.SHARE,
        cohort=_RECEIVED,
        hits=(Condition(column="read_again", op=Op.ABOVE, value=0),),
        needs=(parts.HEARD,),
    ),
    Kpi(
        name="reprocessings-per-message",
        title="Reprocessings per message",
        group=Group.INTEGRATION,
        field="Integration reprocessing rate",
        sentence=f"How often a message was processed again. {_BY_MESSAGE}.",
        formula="sum of further processings / n(distinct messages)",
        measure=Measure.MEAN,
        cohort=_RECEIVED,
        value=Number("read_again"),
        needs=(parts.HEARD,),
    ),
    Kpi(
        name="quarantine-time",
        title="Time in quarantine",
        group=Group.INTEGRATION,
        field="Integration reprocessing rate",
        sentence=(
            "How long a message that was kept aside waited until it was mended; a message counts"
            " on the day (UTC) of its mending."
        ),
        formula="mended - received, each message once",
        measure=Measure.DURATION,
        cohort=Cohort(
            table=Table.MESSAGE,
            about=_KEPT_ASIDE,
            placed_by="mended_at",
            begun_by="received_at",
            open_since="received_at",
        ),
        value=Between("received_at", "mended_at"),
        needs=(parts.HEARD,),
    ),
    Kpi(
        name="quarantine-backlog",
        title="Messages in quarantine",
        group=Group.INTEGRATION,
        field="Integration failure rate",
        sentence="How many messages are kept aside and not mended, with their age.",
        formula="count(messages kept aside and open), by age",
        measure=Measure.COUNT,
        cohort=Cohort(
            table=Table.MESSAGE,
            about=_KEPT_ASIDE,
            placed_by="mended_at",
            begun_by="received_at",
            open_since="received_at",
            snapshot=True,
        ),
        value=Between("received_at", AT),
        buckets=True,
        needs=(parts.HEARD,),
    ),
    _share_of_units(
        "orphan-rate",
        "Orphan rate",
        "held_by_missing_link",
        "The share of decided units for which an order or a shipment was missing.",
    ),
    _share_of_units(
        "unmapped-code-rate",
        "Unmapped code rate",
        "held_by_unmapped_code",
        "The share of decided units about which a code came that no map knew.",
    ),
    _share_of_units(
        "correlation-ambiguous-rate",
        "Ambiguous correlation rate",
        "held_by_ambiguity",
        "The share of decided units whose facts fitted more than one unit.",
    ),
    Kpi(
        name="decision-determinism",
        title="Decision determinism",
        group=Group.INTEGRATION,
        field="Decision determinism",
        sentence="The share of decisions that come out the same when they are taken again.",
        formula="n(decided again, equal) / n(decided again), must be 100%",
        measure=Measure.SHARE,
        lacking="a kept sample of replays; tollgate replay tells it for every decision at once",
    ),
    Kpi(
        name="rule-change-lead-time",
        title="Rule change lead time",
        group=Group.INTEGRATION,
        field="Rule change lead time and regression",
        sentence="How long a change of a rule takes from being asked for to being in force.",
        formula="in force - asked for, each change once",
        measure=Measure.DURATION,
        lacking="when a change was asked for; only when an edition came into force is recorded",
    ),
    Kpi(
        name="rule-change-regressions",
        title="Unexplained differences of a rule change",
        group=Group.INTEGRATION,
        field="Rule change lead time and regression",
        sentence="How many kept decisions a change of rules alters without an explanation.",
        formula="n(unexplained differences), must be 0",
        measure=Measure.COUNT,
        lacking="kept results of the checks of a change; they run before it and leave no record",
    ),
)
