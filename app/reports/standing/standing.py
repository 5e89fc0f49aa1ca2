"""Where one unit stands, how long each of its holds has lasted, and what was billed for it.

One row a unit, one a spell of a hold, one an invoice, one a line that has a last day: small
enough to be counted by the hundred thousand. Days (`_on`) are those of the customer's calendar,
moments (`_at`) are UTC.
"""

from datetime import date, datetime
from enum import StrEnum

import msgspec


class Stage(StrEnum):
    """How far a unit has come on its way from service to invoice; stored."""

    MOVING = "moving"
    """Its freight is on its way, or has not begun."""
    HELD = "held"
    """The freight has arrived, and something holds the invoice."""
    READY = "ready"
    """A rule permits the invoice, or a provisional one, and nobody has claimed it."""
    CLAIMED = "claimed"
    """Claimed, and the billing system has told no number yet."""
    PROVISIONAL = "provisional"
    """Billed ahead of something that is still missing."""
    BILLED = "billed"
    """Billed; nothing more is waiting."""
    ADJUSTING = "adjusting"
    """Billed, and something that came since waits to be billed or given back."""
    NO_BILL = "no bill"
    """A rule says that nothing is billed."""


class Standing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One unit as work lists, board and KPIs see it."""

    unit: str
    decision_id: str
    """The current decision."""
    correlation_id: str = ""
    """The affair of the current decision."""
    customer: str = ""
    """Empty where nobody names one."""
    carrier: str = ""
    mode: str = ""
    lane: str = ""
    """From and to region: `IL-WI`; empty where one of them is not told."""
    rules: str = ""
    """Which edition of the rules decided last: the beginning of its digest."""
    stage: Stage
    verdict: str
    currency: str = ""
    """Empty where nothing is priced."""
    amount_minor: int | None = None
    """What may go out now or, on a hold, waits; None where nothing is priced."""
    held_minor: int = 0
    """What is kept back while the rest goes out or is billed, less what was billed of it."""
    billed_minor: int = 0
    """What its invoices come to."""
    holds: int = 0
    """How many holds are open."""
    first_fact_at: datetime
    """When the first fact about it was received."""
    last_fact_at: datetime
    """When the last fact about it was received: decisions are taken from it on."""
    completed_at: datetime | None = None
    """When the event happened on which the contract lets it be billed."""
    completed_on: date | None = None
    delivered_at: datetime | None = None
    delivered_on: date | None = None
    pod_at: datetime | None = None
    """When the first accepted proof of delivery was received."""
    pod_on: date | None = None
    decided_at: datetime
    """The first decision."""
    decided_on: date
    first_verdict: str
    first_by_hand: bool = False
    """Whether a person had acted on it before the first decision."""
    judged_at: datetime | None = None
    """The first decision that knew that the service was complete: those before it asked too
    soon."""
    judged_on: date | None = None
    judged_verdict: str = ""
    judged_by_hand: bool = False
    """Whether a person had acted on it before that decision."""
    touches: int = 0
    """Acts of people until its release: approvals, papers entered by hand, waivers, ..."""
    released_at: datetime | None = None
    """The first decision that let an invoice go out, provisional or not."""
    released_on: date | None = None
    released_as: str = ""
    """`release` or `provisional`."""
    final_at: datetime | None = None
    """The first decision that let a final invoice go out."""
    final_on: date | None = None
    claimed_at: datetime | None = None
    claimed_on: date | None = None
    invoiced_at: datetime | None = None
    """When the billing system told the number by which it is billed for good.

    Of one that was billed provisionally, when that had ended.
    """
    invoiced_on: date | None = None
    cutoff_on: date | None = None
    """The customer's day on which the batch that it belongs to closes."""
    cutoff_at: datetime | None = None
    """The moment of that day at which it closes: what is claimed by then is in it."""
    complete_by_at: datetime | None = None
    """By when its service has to be complete to be due in that batch: the agreed lead before."""
    right_until: date | None = None
    """The last day on which the first of its lines may be billed."""
    excluded: str = ""
    """Why no KPI counts it, but those of its billing once it was billed: `cancelled`, `no bill`,
    `test`."""
    changed_at: datetime
    """The last thing that happened to it."""


class Spell(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One time that one hold was open on a unit."""

    unit: str
    code: str
    subject: str = ""
    place: int = 1
    """Which spell of this code and subject on the unit, from 1."""
    customer: str = ""
    carrier: str = ""
    mode: str = ""
    lane: str = ""
    owner: str
    rules: str = ""
    rule_id: str = ""
    says: str
    waits_for: str
    currency: str = ""
    value_minor: int | None = None
    """What it is about: its line or the unit, billed before or not; None: without a price."""
    moving: bool = False
    """Whether the unit's freight is on its way, so that nobody may have to do anything yet."""
    alone: bool = False
    """Whether it is the only thing that keeps its money: ending it releases the unit or line."""
    paper: str = ""
    """The type of the paper that would end it; empty where none does, or it has ended."""
    opened_at: datetime
    opened_on: date
    closed_at: datetime | None = None
    """None while it is open."""
    closed_on: date | None = None
    how: str = ""
    """`cleared`, `waived` (billed ahead of it, or given up) or `gone` (there is no unit now)."""
    reopened: bool = False
    """Whether the same hold came back within seven days of its closing: it was not resolved."""
    due_at: datetime
    """By when its owner should end it, counted from when anybody could begin to."""
    right_until: date | None = None
    cutoff_at: datetime | None = None
    """When the batch closes that it belongs into."""
    assigned_to: str = ""
    decision_id: str
    """The decision that opened it."""


class BilledInvoice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One invoice or credit of a unit, and what became of it."""

    release_id: str
    unit: str
    place: int
    kind: str
    customer: str
    carrier: str = ""
    mode: str = ""
    lane: str = ""
    rules: str = ""
    currency: str
    amount_minor: int
    claimed_at: datetime
    claimed_on: date
    number: str = ""
    invoiced_at: datetime | None = None
    invoiced_on: date | None = None
    expires_at: datetime | None = None
    settled: str = ""
    """Of a provisional: how it ended; empty while it is open."""
    settled_at: datetime | None = None
    settled_on: date | None = None
    final_minor: int | None = None
    """Of a settled provisional: what the unit came to then."""
    adjusts: str = ""
    """The invoice that it changes or takes back."""
    reason: str = ""
    """Of a credit: why, where a dispute or a rule says so."""
    credited_minor: int = 0
    """What credits gave back of it within sixty days, as a positive amount."""
    supplemented_minor: int = 0
    """What supplementals asked for beyond it within sixty days."""
    disputed_at: datetime | None = None
    """When the first dispute about it was opened, within sixty days."""
    disputed_minor: int = 0
    dispute_ended_at: datetime | None = None
    dispute_outcome: str = ""
    """`credited`, `rejected` or `withdrawn`; empty while it is open."""


class Permitted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One rule that lets the unit's invoice out by its current decision, or bills nothing."""

    rule_id: str
    unit: str
    customer: str = ""
    verdict: str
    currency: str = ""
    amount_minor: int = 0
    decision_id: str


class RightToBill(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line that nobody will owe any more where it is not billed by a day."""

    unit: str
    line: str
    customer: str = ""
    currency: str
    value_minor: int
    """What of it is still to be billed."""
    last_day: date
    hold: str = ""
    """What stops it and is due first; empty where it only has to be claimed."""
    owner: str
    decision_id: str


class WhereItStands(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that lists and figures know of one unit."""

    standing: Standing | None
    """None where the unit is none any more."""
    spells: tuple[Spell, ...] = ()
    invoices: tuple[BilledInvoice, ...] = ()
    permitted: tuple[Permitted, ...] = ()
    rights: tuple[RightToBill, ...] = ()
