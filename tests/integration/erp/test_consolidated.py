"""One invoice for many units in the books of a real Tryton: found, created and posted once."""

import secrets
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.billing.consolidated import consolidated
from app.billing.invoice import Invoice
from app.infrastructure.engine.pool import EnginePool
from app.infrastructure.sending.send_invoice import send_invoice
from app.infrastructure.sending.tryton import TrytonConnector
from app.infrastructure.storage.database import Database
from app.operations.changing.accept_editions import accept_editions
from app.operations.house import House
from app.operations.looking.look_up_release import look_up_release
from app.operations.releasing.close_consolidation import close_due
from app.operations.releasing.post_invoice import post_invoice
from app.operations.releasing.receivables import poll_receivables
from app.operations.sending.send_due import outgoing_of
from app.pricing.contract.consolidation import Closing
from tests.integration.erp.conftest import tryton_connector, tryton_settings
from tests.integration.erp.test_tryton import booked
from tests.integration.operations.conftest import SetClock, drafts
from tests.integration.operations.test_consolidating import (
    TO_THE_CLOSE,
    claimed,
    closed_event,
    gathered,
)
from tests.invoices import credit_of, invoice, line, nobody_else
from tests.real.installation import amount
from tests.real.tryton import RunningTryton

FRIDAY = Closing(at=datetime(2026, 11, 6, 23, tzinfo=UTC), on=date(2026, 11, 6))


@pytest.fixture
def connector(tryton: RunningTryton) -> Iterator[TrytonConnector]:
    with closing(tryton_connector(tryton.url, tryton.key)) as made:
        yield made


def whole(*parts: Invoice) -> Invoice:
    return consolidated("main", FRIDAY, parts, [each.total for each in parts]).invoice


def test_each_line_in_the_books_says_of_which_unit_it_is(
    tryton: RunningTryton, connector: TrytonConnector
) -> None:
    one, other = invoice(), invoice(line("linehaul", "10.00"))
    ours = whole(one, other, credit_of(other))
    posted = send_invoice(connector, ours, nobody_else)
    assert (posted.state, posted.total) == ("posted", ours.total)
    assert send_invoice(connector, ours, nobody_else) == posted
    kept = booked(tryton, ours)
    assert kept["description"] == "Consolidated invoice for 2 units until 2026-11-06"
    assert [each["note"] for each in kept["lines"]] == [
        f"{one.unit} linehaul",
        f"{one.unit} fuel_surcharge",
        f"{one.unit} detention",
        f"{other.unit} linehaul",
        f"{other.unit} linehaul",
    ]
    assert [each["quantity"] for each in kept["lines"]][-2:] == [1, -1]
    assert kept["taxes"][0]["base"]["decimal"] == "433.87"


def test_what_comes_to_less_than_nothing_is_posted_as_what_is_given_back(
    connector: TrytonConnector,
) -> None:
    owed = invoice(line("linehaul", "10.00"))
    ours = whole(owed, credit_of(invoice(line("linehaul", "25.00"))))
    posted = send_invoice(connector, ours, nobody_else)
    assert (posted.state, str(posted.total)) == ("posted", "-15.00 USD")


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """One whose customer is billed once a week."""
    url = f"sqlite:///{tmp_path / 'weekly.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    database = Database(url)
    database.upgrade()
    with EnginePool(time_limit_s=10.0) as engine:
        made = House(
            database=database, first_key=engine, tenant="main", actor="test", now=SetClock()
        )
        accept_editions(made, gathered(drafts()))
        yield made
    database.close()


def test_from_facts_to_the_books_a_week_is_one_invoice_and_every_release_has_its_number(
    house: House, tryton: RunningTryton
) -> None:
    numbers = [f"W{secrets.token_hex(4)}".upper() for _ in range(2)]
    releases = [claimed(house, number) for number in numbers]
    assert isinstance(house.now, SetClock)
    house.now.forward(TO_THE_CLOSE)
    assert close_due(house) == 1
    stored, told = closed_event(house)

    settings = tryton_settings(tryton.url, parties={"NORTHWIND": "C-100"})
    with closing(TrytonConnector(settings, tryton.key)) as connector:
        event = outgoing_of(stored)
        sent = {post_invoice(house, connector, event, "acme/erp").reference}
        house.now.forward(1)
        sent.add(post_invoice(house, connector, event, "acme/erp").reference)
        [kept] = tryton.search(
            "account.invoice",
            [["reference", "=", told.invoice.reference]],
            *("number", "state", "total_amount", "lines.description"),
        )
        assert sent == {kept["number"]}
        assert (kept["state"], amount(kept["total_amount"])) == ("posted", "711.22")
        assert {each["description"].rpartition(", ")[2] for each in kept["lines"]} == {
            f"shipment {number}" for number in numbers
        }
        assert tryton.pay(kept["number"], "711.22") == "paid"
        house.now.moment = datetime.now(UTC)  # the books say when they were written
        assert poll_receivables(house, connector, "acme/erp") == 1
    known = [look_up_release(house, each.release_id) for each in releases]
    assert {(each.invoice_number, each.state) for each in known} == {(kept["number"], "paid")}
