"""What has to be so of a contract's time limits beyond each single value."""

import re
from collections.abc import Iterator

from app.authoring.files.located_yaml import Mapping, Node, Sequence
from app.authoring.files.struct_fields import place_of
from app.authoring.files.typed_fields import Notes
from app.errors import Place
from app.evidence.intake.zones import is_zone
from app.pricing.contract.contract import Contract
from app.pricing.contract.windows import InvoicingCalendar
from app.pricing.right.demurrage import TEXTS

TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
LAST_DAY_OF_MONTH = 31
LONGEST_LEAD_HOURS = 24 * LAST_DAY_OF_MONTH


def prove_clocks(contract: Contract, node: Node, notes: Notes) -> None:
    """Windows that last and say why, a calendar with one kind of day, texts that 541.6 asks for."""
    _windows(contract, node, notes)
    if contract.balance_due_days == 0:
        notes.add(place_of(node, "balance due days"), "a right of no days was never one", "180")
    _demurrage(contract, node, notes)
    calendar = contract.invoicing_calendar
    if calendar is None:
        return
    for key, what, allowed in _wrong_in(calendar):
        notes.add(place_of(node, "invoicing calendar", key), what, allowed)
    if contract.cutoff_days_after_service is not None:
        notes.add(
            place_of(node, "cutoff days after service"),
            "there is an invoicing calendar, too, and only one of them can say when it is due",
            mend="say `days after service` in the calendar",
        )


def _windows(contract: Contract, node: Node, notes: Notes) -> None:
    listed = node.get("claim windows") if isinstance(node, Mapping) else None
    places = [each.place for each in listed.items] if isinstance(listed, Sequence) else []
    seen: dict[str, Place] = {}
    for window, place in zip(contract.claim_windows, places, strict=False):
        if window.days == 0:
            notes.add(place, "a window of no days was never open", "1, 2, 3, ...")
        if window.charge in seen:
            notes.add(place, f"there is a window for {window.charge!r} already")
        seen.setdefault(window.charge, place)


def _demurrage(contract: Contract, node: Node, notes: Notes) -> None:
    ruled = contract.demurrage_invoices
    for name in ruled.texts if ruled else ():
        if name not in TEXTS:
            place = place_of(node, "demurrage invoices", "texts", name)
            notes.add(place, f"{name!r} is no text of 46 CFR 541.6", ", ".join(TEXTS))
    if ruled is not None and not ruled.charges:
        place = place_of(node, "demurrage invoices")
        notes.add(place, "it is said of no charge", "charges: [demurrage, per diem]")


def _wrong_in(calendar: InvoicingCalendar) -> Iterator[tuple[str, str, str]]:
    """Key, what is wrong with it, and what is allowed."""
    if not is_zone(calendar.time_zone):
        what = f"{calendar.time_zone!r} is no time zone"
        yield "time zone", what, "an IANA name such as America/Chicago"
    if not TIME_OF_DAY.fullmatch(calendar.time_of_day):
        yield "time of day", f"{calendar.time_of_day!r} is no time of day", "00:00 to 23:59"
    day = calendar.day_of_month
    if day is not None and not 1 <= day <= LAST_DAY_OF_MONTH:
        yield "day of month", f"no month has a day {day}", "1 to 31"
    lead = calendar.lead_hours
    if not 0 <= lead <= LONGEST_LEAD_HOURS:
        yield (
            "lead hours",
            f"{lead} hours are no lead before a cut-off",
            f"0 to {LONGEST_LEAD_HOURS}",
        )
    ways = (
        calendar.weekday is not None,
        calendar.day_of_month is not None,
        calendar.last_working_day,
        calendar.days_after_service is not None,
    )
    if sum(ways) != 1:
        what = "it says on " + ("several kinds of days" if any(ways) else "no day")
        allowed = "one of `weekday`, `day of month`, `last working day`, `days after service`"
        yield "", what, allowed
