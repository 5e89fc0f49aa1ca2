"""What a KPI is: which rows it counts, where in time, what it takes of each, what it leaves out.

A closed language: whatever is written in it can be asked of a database and of a row alike.
"""

from datetime import date, datetime
from enum import StrEnum

import msgspec

Cell = str | int | bool | date | datetime | None


class Table(StrEnum):
    """What is counted."""

    UNIT = "unit"
    SPELL = "spell"
    INVOICE = "invoice"
    MESSAGE = "message"
    FACT = "fact"


class Group(StrEnum):
    """Under which head a KPI stands."""

    SPEED = "speed"
    STRAIGHT_THROUGH = "straight-through"
    EXCEPTIONS = "exceptions"
    INTEGRATION = "integration"
    QUALITY = "quality of invoices"
    MONEY = "money"


class Measure(StrEnum):
    """Of what kind a number is; it says which of a KPI's parts are used."""

    COUNT = "count"
    DURATION = "duration"
    SHARE = "share"
    """So many of so many."""
    MEAN = "mean"
    MONEY = "money"
    MONEY_DAYS = "money times days"
    MONEY_SHARE = "share of money"
    DAYS = "days weighted by money"
    RATIO = "ratio"
    """One KPI by another."""


class By(StrEnum):
    """By what a number may be taken apart."""

    CUSTOMER = "customer"
    MODE = "mode"
    LANE = "lane"
    CARRIER = "carrier"
    HOLD = "hold"
    SOURCE = "source"
    RULES = "rules"
    OWNER = "owner"
    REASON = "reason"
    TYPE = "type"


_OF_A_UNIT = {each: each.value for each in (By.CUSTOMER, By.MODE, By.LANE, By.CARRIER, By.RULES)}
DIMENSIONS: dict[Table, dict[By, str]] = {
    Table.UNIT: _OF_A_UNIT,
    Table.SPELL: {**_OF_A_UNIT, By.HOLD: "code", By.OWNER: "owner"},
    Table.INVOICE: {**_OF_A_UNIT, By.REASON: "reason"},
    Table.MESSAGE: {By.SOURCE: "source_system", By.TYPE: "kind"},
    Table.FACT: {By.SOURCE: "source_system", By.TYPE: "entity"},
}
"""The column of each dimension; a dimension that is not there is not told of such rows."""

KEYS: dict[Table, tuple[str, ...]] = {
    Table.UNIT: ("unit",),
    Table.SPELL: ("unit", "code", "subject", "place"),
    Table.INVOICE: ("release_id",),
    Table.MESSAGE: ("seq",),
    Table.FACT: ("seq",),
}
"""What tells one row from another, within a tenant."""

SHOWN: dict[Table, tuple[str, ...]] = {
    Table.UNIT: ("customer", "stage"),
    Table.SPELL: ("customer", "owner"),
    Table.INVOICE: ("unit", "number", "kind"),
    Table.MESSAGE: ("source_message_id", "kind", "outcome"),
    Table.FACT: ("fact_id", "entity"),
}
"""What a list says of a row besides."""

AT = "at"
"""Instead of a column: the moment as of which it is counted."""

HELD_BY: dict[str, tuple[str, ...]] = {
    "held_by_accessorial": (
        "ACCESSORIAL_UNAPPROVED",
        "ACCESSORIAL_UNSUPPORTED",
        "DETENTION_FAULT_UNKNOWN",
    ),
    "held_by_ambiguity": ("CORRELATION_AMBIGUOUS",),
    "held_by_missing_link": ("CORRELATION_MISSING",),
    "held_by_unmapped_code": ("SCHEMA_OR_CODE_UNMAPPED",),
}
"""Columns that no table has: whether a unit was ever held by one of these codes."""


class Op(StrEnum):
    """What may be asked of a column."""

    IS = "is"
    ONE_OF = "is one of"
    KNOWN = "is known"
    """Neither missing nor empty."""
    ABOVE = "is above"
    UNTIL = "is not after"
    """At the latest with another column; not so where one of the two is missing."""
    LONGER = "is later by more than"
    """Than another column, by more than so many whole seconds."""
    WITHIN_DAYS = "is at most so many days after"
    """After the day as of which it is counted, or before it."""


class Condition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing asked of one column; what is missing fits nothing, and so fits every `no`."""

    column: str
    op: Op
    value: str | int | bool = ""
    values: tuple[str, ...] = ()
    other: str = ""
    """The other column."""
    no: bool = False
    """Whether it is asked that this is not so."""


class Exclusion(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that are not counted, and why; how many they are is always shown."""

    why: str
    where: tuple[Condition, ...]


class Cohort(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which rows: each is counted once, by the day of the event that ends what is measured."""

    table: Table
    about: tuple[Condition, ...] = ()
    """What the KPI is about; nothing else is looked at, nor shown as left out."""
    placed_by: str
    """The column that puts a row into a window."""
    begun_by: str = ""
    """The column since which a row is open that is not placed yet; empty: nothing is open."""
    open_since: str = ""
    """The moment from which an open row's age counts."""
    matures_days: int = 0
    """Only after so many days is it known what became of a row; until then it is open."""
    matures_at: str = ""
    """The column of the moment after which that is known, where days are not what counts.

    Every row that the cohort is about has one.
    """
    snapshot: bool = False
    """Whether the open rows are what is counted, as at the end of the window."""
    leaves_out: tuple[Exclusion, ...] = ()

    @property
    def has_open(self) -> bool:
        """Whether rows can be open that it will count later."""
        return not self.snapshot and bool(self.begun_by or self.matures_days or self.matures_at)


class Between(msgspec.Struct, frozen=True, tag="between"):
    """The time from one column to another, in whole seconds."""

    start: str
    stop: str


class WorkingTime(msgspec.Struct, frozen=True, tag="working time"):
    """The same, counting only the hours of the owners of holds."""

    start: str
    stop: str


class Number(msgspec.Struct, frozen=True, tag="number"):
    """A number that a row has."""

    column: str


class Amount(msgspec.Struct, frozen=True, tag="amount"):
    """Money of a row: some columns less others, or how far they are apart."""

    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()
    absolute: bool = False


class AmountTime(msgspec.Struct, frozen=True, tag="amount time"):
    """Money of a row times the days it took, in minor units and whole seconds."""

    amount: Amount
    time: Between


Value = Between | WorkingTime | Number | Amount | AmountTime


class Quotient(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A KPI made of others, whose lists are the lists behind it."""

    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()
    over: str
    money: bool = False
    """Whether their money is taken, each currency by itself, and not their number."""


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody has to have told at least once; otherwise there is no number, not a zero."""

    table: Table
    where: tuple[Condition, ...]
    what: str
    """A noun: `a proof of delivery`."""


class Kpi(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One KPI: measured by a cohort, made of others, or without a source so far."""

    name: str
    title: str
    group: Group
    field: str
    """Which row of the field's table it answers."""
    sentence: str
    """What it says, with the choices that were made."""
    formula: str
    measure: Measure
    cohort: Cohort | None = None
    value: Value | None = None
    hits: tuple[Condition, ...] = ()
    """Of a share: what is counted above the line."""
    weight: Amount | None = None
    """Of a share: by what it is also told in money."""
    over: Amount | None = None
    """What the value is divided by, where money is."""
    rest: bool = False
    """Whether the share of money is what the fraction leaves of one."""
    buckets: bool = False
    """Whether ages are also shown by span."""
    made_of: Quotient | None = None
    needs: tuple[Need, ...] = ()
    lacking: str = ""
    """What it would need, where nothing here can tell it; empty where it is measured."""

    def __post_init__(self) -> None:
        """A KPI is measured in one way or says what it lacks."""
        ways = (self.cohort is not None, self.made_of is not None, bool(self.lacking))
        assert sum(ways) == 1, f"{self.name} is measured in one way or says what it lacks"
        valued = self.measure in {Measure.COUNT, Measure.SHARE, Measure.RATIO}
        if self.cohort is not None:
            assert valued or self.value is not None, f"{self.name} takes something of each row"

    @property
    def dimensions(self) -> tuple[By, ...]:
        """By what it can be taken apart."""
        return tuple(DIMENSIONS[self.cohort.table]) if self.cohort else ()


def known(column: str, *, no: bool = False) -> Condition:
    """The column has a value, or with `no` has none."""
    return Condition(column=column, op=Op.KNOWN, no=no)


def equals(column: str, value: str | int | bool, *, no: bool = False) -> Condition:
    """The column has this value, or with `no` any other or none."""
    return Condition(column=column, op=Op.IS, value=value, no=no)


def among(column: str, *values: str, no: bool = False) -> Condition:
    """The column has one of these values, or with `no` none of them."""
    return Condition(column=column, op=Op.ONE_OF, values=values, no=no)
