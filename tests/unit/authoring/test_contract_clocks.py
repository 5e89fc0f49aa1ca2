"""What a contract says of time, and every mistake in it at its place."""

from datetime import date

import pytest

from app.authoring.files.contract_files import contract_from
from app.errors import FileError
from app.pricing.contract.contract import ClaimWindow, Contract
from app.pricing.contract.windows import DemurrageInvoices, InvoicingCalendar, Trade, Weekday

AGREED = """\
customer: ACME
name: Acme
agreed in: A letter
currency: USD
effective: 2026-01-01 onwards
"""


def read(more: str) -> Contract:
    return contract_from("ratecards/ACME", lambda _: AGREED + more)


def mistakes(more: str) -> list[str]:
    with pytest.raises(FileError) as refused:
        read(more)
    return [str(each) for each in refused.value.mistakes]


def test_every_time_limit_is_read_from_the_file() -> None:
    contract = read("""\
claim windows:
  - {charge: any, days: 90, source: "Section 4.2"}
  - {charge: detention, days: 30, source: Schedule C}
balance due days: 180
demurrage invoices:
  charges: [per diem]
  trade: import
  texts: {dispute_contact: billing@example.com}
invoicing calendar:
  time zone: America/Chicago
  time of day: 17:00
  weekday: friday
  holidays: [2026-07-03]
""")
    assert contract.claim_windows == (
        ClaimWindow(charge="any", days=90, source="Section 4.2"),
        ClaimWindow(charge="detention", days=30, source="Schedule C"),
    )
    assert contract.balance_due_days == 180
    assert contract.demurrage_invoices == DemurrageInvoices(
        charges=("per diem",),
        trade=Trade.IMPORT,
        texts={"dispute_contact": "billing@example.com"},
    )
    assert contract.invoicing_calendar == InvoicingCalendar(
        time_zone="America/Chicago",
        time_of_day="17:00",
        weekday=Weekday.FRIDAY,
        holidays=(date(2026, 7, 3),),
    )


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("claim windows: 90\n", ["6:16", "is a list"]),
        ("claim windows:\n  - {charge: any, days: 90}\n", ["7:5", "has no `source`"]),
        ("claim windows:\n  - {charge: any, days: 0, source: s}\n", ["7:5", "never open"]),
        (
            (
                "claim windows:\n  - {charge: any, days: 9, source: s}\n"
                "  - {charge: any, days: 8, source: s}\n"
            ),
            ["8:5", "a window for 'any' already"],
        ),
        ("balance due days: 0\n", ["6:19", "180"]),
        (
            "demurrage invoices: {charges: [x], trade: import, texts: {dispute: x}}\n",
            ["'dispute' is no text of 46 CFR 541.6", "dispute_contact"],
        ),
        ("demurrage invoices: {charges: [], trade: import}\n", ["said of no charge"]),
        ("demurrage invoices: {charges: [x], trade: both}\n", ["'both'", "export"]),
        (
            "invoicing calendar: {time zone: Chicago, time of day: 17:00, weekday: friday}\n",
            ["'Chicago' is no time zone", "America/Chicago"],
        ),
        (
            "invoicing calendar: {time zone: UTC, time of day: 25:00, weekday: friday}\n",
            ["'25:00' is no time of day"],
        ),
        (
            "invoicing calendar: {time zone: UTC, time of day: 09:00, day of month: 32}\n",
            ["no month has a day 32"],
        ),
        ("invoicing calendar: {time zone: UTC, time of day: 09:00}\n", ["no day", "`weekday`"]),
        (
            (
                "invoicing calendar: {time zone: UTC, time of day: 09:00, weekday: friday, "
                "lead hours: 745}\n"
            ),
            ["745 hours are no lead before a cut-off", "0 to 744"],
        ),
        (
            (
                "invoicing calendar: {time zone: UTC, time of day: 09:00, weekday: friday, "
                "lead hours: -1}\n"
            ),
            ["'-1' is not a whole number"],
        ),
        (
            (
                "invoicing calendar: {time zone: UTC, time of day: 09:00, weekday: friday, "
                "last working day: yes}\n"
            ),
            ["several kinds of days"],
        ),
        (
            (
                "cutoff days after service: 5\n"
                "invoicing calendar: {time zone: UTC, time of day: 09:00, weekday: friday}\n"
            ),
            ["only one of them"],
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_place_with_what_is_allowed(
    more: str, told: list[str]
) -> None:
    (mistake,) = mistakes(more)
    assert all(each in mistake for each in told), mistake
