"""What only Tryton can show: its books, its traps, and the same on PostgreSQL."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from app.billing.invoice import Invoice
from app.infrastructure.sending.send_invoice import send_invoice
from app.infrastructure.sending.sender import NotSentError
from app.infrastructure.sending.tryton import TrytonConnector
from app.infrastructure.sending.tryton_values import moment_value
from tests.integration.erp.conftest import tryton_connector, tryton_settings
from tests.invoices import LINES, TOTAL, credit_of, invoice, line, nobody_else
from tests.real.tryton import RunningTryton


@pytest.fixture
def connector(tryton: RunningTryton) -> Iterator[TrytonConnector]:
    with closing(tryton_connector(tryton.url, tryton.key)) as made:
        yield made


def test_lines_taxes_party_and_references_stand_in_the_books(
    tryton: RunningTryton, connector: TrytonConnector
) -> None:
    ours = invoice()
    send_invoice(connector, ours, nobody_else)
    kept = booked(tryton, ours)
    assert kept["party"]["code"] == "C-100"
    assert kept["journal"]["code"] == "REV"
    assert kept["tax_amount"]["decimal"] == "21.69"
    assert kept["description"] == f"Original invoice for {ours.unit}"
    assert dict(ours.references)["bol"] in kept["comment"]
    assert [
        (each["note"], each["quantity"], each["unit_price"]["decimal"], each["account"]["code"])
        for each in kept["lines"]
    ] == [
        ("linehaul", 1, "296.34", "4.1.2"),
        ("fuel_surcharge", 1, "25.03", "4.3.3"),
        ("detention", 1.5, "75", "4.1.2"),
    ]
    [tax] = kept["taxes"]
    assert (tax["account"]["code"], tax["base"]["decimal"]) == ("2.2.3", "433.87")
    assert tax["manual"]


def test_a_credit_originates_in_the_lines_of_what_it_credits(
    tryton: RunningTryton, connector: TrytonConnector
) -> None:
    original = invoice()
    posted = send_invoice(connector, original, nobody_else)
    taken_back = credit_of(original)
    send_invoice(connector, taken_back, nobody_else)
    kept = booked(tryton, taken_back)
    assert kept["origin_invoices"] == [int(posted.external_id)]
    assert posted.number in kept["description"]
    assert {each["quantity"] for each in kept["lines"]} == {-1, -1.5}
    assert all(each["unit_price"]["decimal"][0] != "-" for each in kept["lines"])
    assert kept["taxes"][0]["base"]["decimal"] == "-433.87"


def test_a_credit_waits_for_what_it_credits_and_is_not_even_a_draft(
    connector: TrytonConnector,
) -> None:
    original = invoice()
    connector.create(original)
    taken_back = credit_of(original)
    error = not_sent(connector, taken_back)
    assert error.retry
    assert original.reference in error.detail
    assert connector.find(taken_back.reference) == ()


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"tax_accounts": {}}, "no account for GST of CA: name one under `tax accounts`"),
        ({"revenue_account": "9.9.9"}, "no account of code 9.9.9"),
        ({"journal": "NONE"}, "no account.journal of code NONE"),
        ({"company": "Nobody Ltd"}, "no company Nobody Ltd"),
    ],
)
def test_what_the_settings_lack_is_said_and_nothing_is_made(
    tryton: RunningTryton, connector: TrytonConnector, other: dict[str, Any], says: str
) -> None:
    ours = invoice()
    settings = tryton_settings(tryton.url, **other)
    with closing(TrytonConnector(settings, tryton.key)) as lacking:
        error = not_sent(lacking, ours)
    assert not error.retry
    assert says in error.detail
    assert connector.find(ours.reference) == ()


def test_a_currency_that_tryton_lacks_is_said(connector: TrytonConnector) -> None:
    error = not_sent(connector, invoice(line("linehaul", "10.00", currency="MXN")))
    assert not error.retry
    assert "no currency.currency of code MXN" in error.detail


def test_a_database_that_is_not_there_is_not_tried_again(tryton: RunningTryton) -> None:
    settings = tryton_settings(tryton.url, database="nowhere")
    with closing(TrytonConnector(settings, tryton.key)) as lost:
        error = not_sent(lost, invoice())
    assert not error.retry
    assert "404" in error.detail


def test_a_post_that_tryton_refuses_stays_a_draft_and_says_why(
    tryton: RunningTryton, connector: TrytonConnector
) -> None:
    to_come = datetime.now(UTC).date() + timedelta(days=3)
    ours = msgspec.structs.replace(invoice(), billed_on=to_come)
    settings = tryton_settings(tryton.url, dated="when billed")
    with closing(TrytonConnector(settings, tryton.key)) as dating:
        error = not_sent(dating, ours)
    assert not error.retry
    assert "future" in error.detail
    assert [each.state for each in connector.find(ours.reference)] == ["draft"]


def test_an_invoice_billed_before_one_that_is_numbered_still_goes_when_tryton_dates_it(
    tryton: RunningTryton, connector: TrytonConnector
) -> None:
    """Tryton numbers in the order of days: the day of billing would shut out whatever is late."""
    send_invoice(connector, invoice(), nobody_else)
    late = msgspec.structs.replace(invoice(), billed_on=date(datetime.now(UTC).year - 1, 12, 1))
    settings = tryton_settings(tryton.url, dated="when billed")
    with closing(TrytonConnector(settings, tryton.key)) as dating:
        error = not_sent(dating, late)
    assert not error.retry
    [draft] = connector.find(late.reference)
    tryton.ask("DELETE", f"account.invoice/{draft.external_id}")
    assert send_invoice(connector, late, nobody_else).state == "posted"


def test_a_moment_in_a_search_has_its_microseconds_or_tryton_breaks(
    tryton: RunningTryton, connector: TrytonConnector
) -> None:
    ours = invoice()
    send_invoice(connector, ours, nobody_else)
    whole_second = datetime(2026, 1, 1, tzinfo=UTC)
    assert len(connector.receivables([ours.reference], changed_since=whole_second)) == 1
    bare = moment_value(whole_second)
    del bare["microsecond"]
    with pytest.raises(AssertionError, match="microsecond"):
        tryton.search("account.invoice", [["write_date", ">=", bare]])


def test_more_references_than_stand_in_one_address_are_asked_about_in_parts(
    connector: TrytonConnector,
) -> None:
    ours = [invoice(), invoice()]
    for each in ours:
        connector.create(each)
    asked = [ours[0].reference, *(f"{n:064}" for n in range(200)), ours[1].reference]
    assert {each.reference for each in connector.receivables(asked)} == {
        each.reference for each in ours
    }


def test_on_postgresql_it_is_sent_once_credited_and_paid(postgres_tryton: RunningTryton) -> None:
    ours = invoice()
    settings = tryton_settings(postgres_tryton.url, database=postgres_tryton.database)
    with closing(TrytonConnector(settings, postgres_tryton.key)) as connector:
        posted = send_invoice(connector, ours, nobody_else)
        assert send_invoice(connector, ours, nobody_else).number == posted.number
        assert posted.total.amount == TOTAL
        assert send_invoice(connector, credit_of(ours), nobody_else).total == -ours.total
        assert connector.create(invoice(LINES[1])).total == LINES[1].amount
        assert postgres_tryton.pay(posted.number, str(TOTAL)) == "paid"
        [paid] = connector.receivables([ours.reference], changed_since=posted.changed_at)
        assert (paid.state, paid.amount_due.minor_units) == ("paid", 0)


def not_sent(connector: TrytonConnector, ours: Invoice) -> NotSentError:
    with pytest.raises(NotSentError) as raised:
        send_invoice(connector, ours, nobody_else)
    return raised.value


def booked(tryton: RunningTryton, ours: Invoice) -> dict[str, Any]:
    """The invoice as Tryton has it."""
    [found] = tryton.search(
        "account.invoice",
        [["reference", "=", ours.reference]],
        *("party.code", "journal.code", "tax_amount", "description", "comment"),
        *("lines.note", "lines.quantity", "lines.unit_price", "lines.account.code"),
        *("taxes.account.code", "taxes.base", "taxes.manual", "origin_invoices"),
    )
    return found
