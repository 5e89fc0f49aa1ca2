"""What is answered: verdict, charge lines, holds. Stored for good, so it only grows."""

from datetime import date
from enum import StrEnum

import msgspec

from app.family.document import Planned
from app.judgement.rulebook.model import ProvisionalTerms
from app.judgement.verdict import Verdict
from app.judgement.waived import WAIVER
from app.measures import Instant
from app.money import Money
from app.pricing.contract.consolidation import Consolidation
from app.pricing.lines.charge import Charge


class Evidence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One value behind a hold: what was said, and by which message of which system."""

    says: str
    fact_id: str = ""
    source: str = ""


class Hold(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why an invoice or a line waits, on what, and who can end it."""

    code: str
    says: str
    owner: str
    """The queue that works it."""
    waits_for: str
    way_out: str
    due_at: Instant
    rule_id: str = ""
    """Empty where the service itself placed it."""
    subject: str = ""
    ask: str = ""
    on_line: bool = False
    blocks: bool = True
    waived_by: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    right_to_bill_expires_on: date | None = None
    """The last day on which what it is about may be billed; None where no clock runs."""
    value: Money | None = None
    """What it is about: the amount of its line, or of all lines; None where nothing is priced."""

    @property
    def waived_for_good(self) -> bool:
        """Whether a person waived it, so that it stops nothing and waits for nothing."""
        return any(by.startswith(WAIVER) for by in self.waived_by)

    @property
    def stands(self) -> bool:
        """Whether it stops the invoice, a line, or its final form."""
        return self.blocks and not self.waived_for_good


class Runs(StrEnum):
    """What runs out."""

    RIGHT = "right"
    """The right to bill the line."""
    CUTOFF = "cutoff"
    """The time until the customer's batch is closed."""


class Clock(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last day for a line or, where it names none, for the whole unit."""

    runs: Runs
    last_day: date
    """A cut-off's day is one of the customer's."""
    line: str = ""
    source: str = ""
    """Where the limit stands, and from when it counts."""


class DecidedLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One charge line and whether it is billed now."""

    key: str
    charge: Charge
    billed: bool


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer for one billable unit.

    It holds no clock time and no attempt number: the same dossier gives the same bytes.
    `total` is what may be billed now (or provisionally); on a hold it is what waits. Of a unit that
    was billed before it is what `documents` come to: the difference.
    """

    decision_id: str
    """The digest of the dossier; of dossier and answers where the keys failed or differed."""
    tenant: str
    unit: str
    customer: str
    verdict: Verdict
    total: Money | None
    held_total: Money | None
    """Lines kept back while the rest goes out."""
    lines: tuple[DecidedLine, ...]
    holds: tuple[Hold, ...]
    permitted_by: tuple[str, ...] = ()
    provisional: tuple[ProvisionalTerms, ...] = ()
    documents: tuple[Planned, ...] = ()
    """What goes out, where it is not simply an invoice over the billed lines."""
    billed_before: Money | None = None
    """What the unit's invoices come to so far, where it has any."""
    settles: str = ""
    """How its open provisional invoice ends with this decision, where it does."""
    clocks: tuple[Clock, ...] = ()
    consolidation: Consolidation | None = None
    """How what goes out is gathered with other units' into one invoice; None: it is not."""
    dossier: str
    schema: str = "decision-1"
