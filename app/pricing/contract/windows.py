"""What a contract says of time beyond days: invoices under 46 CFR 541, and the cut-off calendar."""

from datetime import date
from enum import StrEnum

import msgspec


class Trade(StrEnum):
    """Which way the container goes: 46 CFR 541.6 asks for other days of either."""

    IMPORT = "import"
    EXPORT = "export"


class DemurrageInvoices(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Charges for containers and terminal space that are invoiced by 46 CFR part 541."""

    charges: tuple[str, ...]
    """Our charge codes: demurrage, per diem, ..."""
    trade: Trade
    within_days: int = 30
    """Of the day on which the charge was last incurred; 46 CFR 541.7(a)."""
    source: str = "46 CFR 541.7(a)"
    texts: dict[str, str] = {}
    """What every such invoice says in the same words, by field of 46 CFR 541.6."""


class Weekday(StrEnum):
    """A day of the week, Monday first."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """As `date.weekday` counts: Monday is 0."""
        return list(Weekday).index(self)


class InvoicingCalendar(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When the customer closes a batch of invoices, by the clock on its own wall.

    Exactly one of `weekday`, `day_of_month`, `last_working_day` and `days_after_service` says
    which day it is. A cut-off that falls on a day on which nobody works is the working day
    before it; days after the service are counted through, as the contract counts them.
    """

    time_zone: str
    """IANA: `America/Chicago`."""
    time_of_day: str
    """`17:00`; what is there by then is in the batch."""
    weekday: Weekday | None = None
    day_of_month: int | None = None
    """In a month that is shorter, its last day."""
    last_working_day: bool = False
    """Of the month."""
    days_after_service: int | None = None
    holidays: tuple[date, ...] = ()
    lead_hours: int = 0
    """So long before the cut-off a service has to be complete to be due in its batch.

    It decides nothing: by it missed cut-offs are counted, as agreed with the customer.
    """
