"""A doubled request left a draft beside an invoice: when it is found, by whom, and who is told."""

import pytest

from app.billing.events import RELEASE_CLAIMED
from app.billing.invoice import Invoice
from app.billing.posted import PostedInvoice
from app.errors import IntakeError
from app.infrastructure.sending.sender import NotSentError, Outgoing, Sender, Sent
from app.money import of_minor_units
from app.operations.house import House
from app.operations.looking.flows import unit_flows
from app.operations.looking.look_up_release import look_up_release
from app.operations.releasing.post_invoice import post_invoice
from app.operations.releasing.receivables import poll_receivables
from app.operations.releasing.record_invoice import record_invoice
from app.operations.sending.connector_sender import ConnectorSender
from app.operations.sending.fan_out import fan_out
from app.operations.sending.send_due import send_due
from tests.integration.operations.conftest import SetClock
from tests.integration.operations.test_invoices_of_releases import (
    BOOKS,
    DUE,
    ERP,
    Books,
    claimed,
    told,
)

DOUBLE = "id 90 of 355.61 USD, a draft, as a double of "


class Doubling(Books):
    """Gets every creation twice."""

    def create(self, invoice: Invoice) -> PostedInvoice:
        made = super().create(invoice)
        self.double(invoice.reference)
        return made


class Unheard(Books):
    """Makes the draft; nobody hears of it, and the request goes on elsewhere."""

    def create(self, invoice: Invoice) -> PostedInvoice:
        super().create(invoice)
        raise NotSentError("no answer", retry=True)


def attempts(house: House) -> list[tuple[str, str]]:
    with house.database.reading("main") as store:
        (row,) = store.sendings.about("shipment:N1")
        return [(each.outcome, each.detail) for each in store.sendings.attempts(row.seq)]


def send(house: House, books: Books) -> None:
    def sender(_: object) -> Sender:
        return ConnectorSender(house, BOOKS, books)

    fan_out(house, [BOOKS])
    send_due(house, sender, [BOOKS])


def test_what_was_taken_away_is_kept_beside_the_attempt_and_shown_in_the_flow(house: House) -> None:
    release, books = claimed(house), Doubling()
    send(house, books)
    assert books.doubles == []
    assert attempts(house) == [("withdrew", DOUBLE + "id 1"), ("sent", "")]
    assert look_up_release(house, release.release_id).invoice_number == "INV-1"
    acts = [a for f in unit_flows(house, "N1").flows for s in f.stages for a in s.acts]
    (sending,) = {each.says for each in acts if each.kind == "sending"}
    assert sending == f"sent; asked to take away {DOUBLE}id 1"


def test_what_is_taken_away_is_kept_before_it_is_asked_for(house: House) -> None:
    """So that a process that is killed in it, and loses its attempt, does not lose that."""
    claimed(house)

    class Killing(Doubling):
        def withdraw(self, draft: PostedInvoice) -> None:
            super().withdraw(draft)
            assert attempts(house) == [("withdrew", DOUBLE + "id 1")]

    books = Killing()
    send(house, books)
    assert books.doubles == []


def test_what_was_taken_away_is_kept_beside_an_attempt_that_failed_too(house: House) -> None:
    claimed(house)
    books = Doubling()
    books.failing.add("post")
    send(house, books)
    assert attempts(house) == [("withdrew", DOUBLE + "id 1"), ("failed", "no answer")]


def unheard(house: House, books: Books) -> Outgoing:
    fan_out(house, [BOOKS])
    (event,) = told(house, RELEASE_CLAIMED)
    with pytest.raises(NotSentError, match="no answer"):
        post_invoice(house, books, event, ERP)
    return event


def test_a_draft_that_an_unheard_creation_leaves_late_is_looked_for_when_that_must_have_ended(
    house: House, clock: SetClock
) -> None:
    """The number is told at once; the sending is not over before the second look."""
    release, books = claimed(house), Unheard()
    event = unheard(house, books)
    for _ in range(2):
        with pytest.raises(NotSentError, match=r"is INV-1; an earlier .* not answered") as w:
            post_invoice(house, books, event, ERP)
        assert (w.value.retry, w.value.after_s, w.value.only_this) == (True, 90.0, True)
        assert look_up_release(house, release.release_id).invoice_number == "INV-1"
    books.double(release.release_id)
    clock.forward(1)
    assert post_invoice(house, books, event, ERP) == Sent(reference="INV-1")
    assert attempts(house) == [("withdrew", DOUBLE + "INV-1")]
    assert books.doubles == []


def test_nothing_is_given_up_while_a_creation_may_be_going_on(
    house: House, clock: SetClock
) -> None:
    class Refusing(Unheard):
        def post(self, draft: PostedInvoice) -> PostedInvoice:
            raise NotSentError(f"{draft.external_id} is of a closed year", retry=False)

    release, books = claimed(house), Refusing()
    event = unheard(house, books)
    with pytest.raises(NotSentError, match="closed year") as waits:
        post_invoice(house, books, event, ERP)
    assert (waits.value.retry, waits.value.after_s, waits.value.only_this) == (True, 90.0, True)
    books.double(release.release_id)
    clock.forward(1)
    with pytest.raises(NotSentError, match="closed year") as given_up:
        post_invoice(house, books, event, ERP)
    assert not given_up.value.retry
    assert attempts(house) == [("withdrew", DOUBLE + "id 1")]
    assert books.doubles == []


def test_another_number_than_was_told_is_for_a_person(house: House, clock: SetClock) -> None:
    release, books = claimed(house), Unheard()
    event = unheard(house, books)
    books.change(release.release_id, state="posted", number="INV-1")
    record_invoice(house, release.release_id, number="BY-HAND", system=ERP)
    clock.forward(1)
    with pytest.raises(NotSentError, match="is BY-HAND here and INV-1 in the billing") as refused:
        post_invoice(house, books, event, ERP)
    assert not refused.value.retry


def test_who_asks_what_is_owed_takes_away_what_arrived_later_than_anybody_waited(
    house: House,
) -> None:
    release, books = claimed(house), Books()
    send(house, books)
    books.double(release.release_id)
    assert poll_receivables(house, books, ERP) == 1
    assert books.doubles == []
    assert attempts(house) == [("sent", ""), ("withdrew", DOUBLE + "INV-1")]
    assert look_up_release(house, release.release_id).amount_due == DUE


def test_who_asks_what_is_owed_is_told_of_a_second_one_that_is_posted_and_of_the_first(
    house: House,
) -> None:
    release, books = claimed(house), Books()
    send(house, books)
    books.double(release.release_id, state="posted", number="INV-2")
    for _ in range(2):
        with pytest.raises(IntakeError, match=r"2 times: INV-1 .*, INV-2"):
            poll_receivables(house, books, ERP)
    assert look_up_release(house, release.release_id).amount_due == DUE
    assert len(books.doubles) == 1


def test_who_asks_what_is_owed_touches_no_draft_of_another_total(house: House) -> None:
    release, books = claimed(house), Books()
    send(house, books)
    books.double(release.release_id, total=of_minor_units(1, "USD"))
    with pytest.raises(IntakeError, match=r"2 times.*355\.61 USD was decided"):
        poll_receivables(house, books, ERP)
    assert len(books.doubles) == 1
