"""A release becomes one invoice: its number comes back once, and later what is owed on it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import msgspec
import pytest

from app.billing.destination import Destination, Kind
from app.billing.events import DECISION_CHANGED, INVOICE_POSTED, RELEASE_CLAIMED, InvoicePosted
from app.billing.invoice import Invoice
from app.billing.posted import PostedInvoice
from app.billing.release_token import release_token
from app.errors import ConflictError, IntakeError, LimitReachedError, NotFoundError
from app.evidence.intake.feed import Lane
from app.infrastructure.sending.sender import NotSentError, Outgoing
from app.infrastructure.storage.rows import Release
from app.measures import Instant
from app.money import Money, of_minor_units
from app.operations.deciding.decide_unit import decide_unit, dossier_of
from app.operations.deciding.drain_due import drain_due
from app.operations.house import House
from app.operations.looking.look_up import waiting_facts
from app.operations.looking.look_up_release import look_up_release
from app.operations.releasing.claim_release import claim_by_token
from app.operations.releasing.post_invoice import claim_for, post_invoice
from app.operations.releasing.receivables import poll_receivables
from app.operations.releasing.record_invoice import record_invoice
from app.operations.sending.send_due import outgoing_of
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import SetClock

ERP = "acme/erp"
DUE = of_minor_units(35561, "USD")
NOTHING = of_minor_units(0, "USD")
PAID_ON = datetime(2026, 4, 20, 12, tzinfo=UTC)


class Books:
    """A billing system in memory, which can be told to fail."""

    settles_within_s = 90.0
    withdraws = True

    def __init__(self) -> None:
        self.invoices: dict[str, PostedInvoice] = {}
        self.doubles: list[PostedInvoice] = []
        """What a doubled request left beside them."""
        self.failing: set[str] = set()
        self.asked: list[tuple[str, ...]] = []

    def find(self, reference: str) -> tuple[PostedInvoice, ...]:
        found = self.invoices.get(reference)
        doubles = [each for each in self.doubles if each.reference == reference]
        return (found, *doubles) if found else tuple(doubles)

    def create(self, invoice: Invoice) -> PostedInvoice:
        made = PostedInvoice(
            reference=invoice.reference,
            external_id=str(len(self.invoices) + 1),
            state="draft",
            total=invoice.total,
            amount_due=invoice.total,
        )
        self.invoices[invoice.reference] = made
        return made

    def post(self, draft: PostedInvoice) -> PostedInvoice:
        if "post" in self.failing:
            raise NotSentError("no answer", retry=True)
        return self.change(draft.reference, state="posted", number=f"INV-{draft.external_id}")

    def withdraw(self, draft: PostedInvoice) -> None:
        assert draft.state == "draft"
        self.doubles.remove(draft)

    def double(self, reference: str, **more: object) -> None:
        """Have it there once more, as a draft unless said otherwise."""
        said = {"state": "draft", "number": "", "external_id": f"9{len(self.doubles)}", **more}
        self.doubles.append(msgspec.structs.replace(self.invoices[reference], **said))

    def receivables(
        self, references: Sequence[str], *, changed_since: Instant | None = None
    ) -> tuple[PostedInvoice, ...]:
        assert changed_since is None
        self.asked.append(tuple(references))
        return tuple(found for each in references for found in self.find(each))

    def close(self) -> None:
        """Nothing is open."""

    def change(self, reference: str, **more: object) -> PostedInvoice:
        self.invoices[reference] = msgspec.structs.replace(self.invoices[reference], **more)
        return self.invoices[reference]


BOOKS = Destination(partner="acme", name="erp", kind=Kind.CONNECTOR, events=(RELEASE_CLAIMED,))
CLAIMING = msgspec.structs.replace(BOOKS, claims=True)


def claimed(house: House, number: str = "N1") -> Release:
    nw.record(house, *nw.moved(number), nw.pod(number))
    return claim_by_token(house, release_token(decide_unit(house, number).decision))


def told(house: House, kind: str, number: str = "N1") -> list[Outgoing]:
    with house.database.reading("main") as store:
        found = store.outbox.about(f"shipment:{number}")
    return [outgoing_of(each) for each in found if each.type == kind]


def test_a_number_is_told_once_and_again_changes_nothing(house: House, clock: SetClock) -> None:
    release = claimed(house)
    first = record_invoice(house, release.release_id, number="INV-1", system=ERP)
    clock.forward(1)
    assert record_invoice(house, release.release_id, number="INV-1", system=ERP) == first
    (event,) = told(house, INVOICE_POSTED)
    body = msgspec.json.decode(event.body, type=InvoicePosted)
    assert (body.system, body.posted.number, body.posted.total) == (ERP, "INV-1", DUE)
    assert body.invoice.reference == release.release_id
    assert event.correlation_id == release.correlation_id != ""


def test_a_release_has_no_second_number_and_no_second_system(house: House) -> None:
    release = claimed(house)
    record_invoice(house, release.release_id, number="INV-1", system=ERP)
    for number, system in (("INV-2", ERP), ("INV-1", "odoo")):
        with pytest.raises(ConflictError, match="is invoice INV-1 of acme/erp since"):
            record_invoice(house, release.release_id, number=number, system=system)
    assert len(told(house, INVOICE_POSTED)) == 1


def test_of_two_numbers_told_at_once_one_is_kept(house: House) -> None:
    release = claimed(house)

    def tell(number: int) -> str:
        try:
            name = f"INV-{number}"
            return record_invoice(house, release.release_id, number=name, system=ERP).number
        except ConflictError:
            return "refused"

    with ThreadPoolExecutor(6) as pool:
        kept = set(pool.map(tell, range(6)))
    assert len(kept - {"refused"}) == 1
    assert len(told(house, INVOICE_POSTED)) == 1


def test_an_invoice_of_a_release_that_is_not_there_is_not_found(house: House) -> None:
    with pytest.raises(NotFoundError, match="no release"):
        record_invoice(house, "0" * 64, number="INV-1", system=ERP)


def test_a_claimed_release_is_posted_once_however_often_it_is_sent(
    house: House, clock: SetClock
) -> None:
    release, books = claimed(house), Books()
    (event,) = told(house, RELEASE_CLAIMED)
    for _ in range(3):
        assert post_invoice(house, books, event, ERP).reference == "INV-1"
        clock.forward(1)
    assert list(books.invoices) == [release.release_id]
    known = look_up_release(house, release.release_id)
    assert (known.state, known.invoice_number, known.external_id) == ("posted", "INV-1", "1")


def test_what_failed_half_way_goes_on_where_it_ended(house: House, clock: SetClock) -> None:
    claimed(house)
    books = Books()
    books.failing.add("post")
    (event,) = told(house, RELEASE_CLAIMED)
    with pytest.raises(NotSentError):
        post_invoice(house, books, event, ERP)
    assert told(house, INVOICE_POSTED) == []
    books.failing.clear()
    clock.forward(1)
    assert post_invoice(house, books, event, ERP).reference == "INV-1"
    assert len(books.invoices) == 1


def test_a_number_that_a_person_told_is_not_posted_again(house: House) -> None:
    release, books = claimed(house), Books()
    record_invoice(house, release.release_id, number="BY-HAND", system=ERP)
    (event,) = told(house, RELEASE_CLAIMED)
    assert post_invoice(house, books, event, ERP).reference == "BY-HAND"
    assert books.invoices == {}


def test_a_destination_that_claims_bills_as_soon_as_it_is_decided(house: House) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    decide_unit(house, "N1")
    (event,) = told(house, DECISION_CHANGED)
    assert claim_for(house, event, BOOKS) is None
    others = msgspec.structs.replace(CLAIMING, customers=("KESTREL",))
    assert claim_for(house, event, others) is None
    release = claim_for(house, event, CLAIMING)
    assert release is not None
    assert claim_for(house, event, CLAIMING) == release
    (claim,) = told(house, RELEASE_CLAIMED)
    assert claim_for(house, claim, CLAIMING) is None


class KilledError(BaseException):
    """The process ends here; what it asked for goes on without it."""


class Slow(Books):
    """Takes its time: what it is asked to create is there when it is told to finish."""

    def __init__(self) -> None:
        super().__init__()
        self.under_way: list[Invoice] = []

    def create(self, invoice: Invoice) -> PostedInvoice:
        self.under_way.append(invoice)
        raise KilledError

    def finish(self) -> None:
        for each in self.under_way:
            super().create(each)


def test_who_is_killed_while_an_invoice_is_created_leaves_no_second_one_behind(
    house: House, clock: SetClock
) -> None:
    claimed(house)
    (event,), books = told(house, RELEASE_CLAIMED), Slow()
    with pytest.raises(KilledError):
        post_invoice(house, books, event, ERP)

    with pytest.raises(NotSentError, match="may be being created") as waits:
        post_invoice(house, books, event, ERP)

    assert (waits.value.retry, waits.value.after_s, waits.value.only_this) == (True, 90.0, True)
    assert len(books.under_way) == 1
    books.finish()
    clock.forward(1)
    assert post_invoice(house, books, event, ERP).reference == "INV-1"
    assert len(books.invoices) == 1


def test_an_invoice_whose_creation_came_to_nothing_is_created_when_it_must_have_ended(
    house: House, clock: SetClock
) -> None:
    claimed(house)
    (event,), books = told(house, RELEASE_CLAIMED), Slow()
    for _ in range(2):
        with pytest.raises(KilledError):
            post_invoice(house, books, event, ERP)
        clock.forward(1)
    assert post_invoice(house, Books(), event, ERP).reference == "INV-1"


def test_two_systems_that_hear_of_one_release_do_not_both_bill_it(house: House) -> None:
    claimed(house)
    (event,) = told(house, RELEASE_CLAIMED)
    other = Books()

    class Meanwhile(Books):
        def create(self, invoice: Invoice) -> PostedInvoice:
            with pytest.raises(NotSentError, match="may be being created"):
                post_invoice(house, other, event, "acme/other")
            return super().create(invoice)

    assert post_invoice(house, Meanwhile(), event, ERP).reference == "INV-1"
    assert post_invoice(house, other, event, "acme/other").reference == "INV-1"
    assert other.invoices == {}


def test_a_destination_that_claims_leaves_alone_what_waits_or_was_overtaken(house: House) -> None:
    claims = CLAIMING
    nw.record(house, nw.shipment("N1"))
    decide_unit(house, "N1")
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    decide_unit(house, "N1")
    nw.record(house, nw.shipment("N1", weight="2400", revision=1, id="weighed again"))
    decide_unit(house, "N1")
    waits, overtaken, current = told(house, DECISION_CHANGED)
    assert claim_for(house, waits, claims) is None
    assert claim_for(house, overtaken, claims) is None
    release = claim_for(house, current, claims)
    assert release is not None
    assert release.amount_minor == 42673
    assert claim_for(house, overtaken, claims) is None


def test_a_destination_that_claims_is_told_that_the_limit_is_used_up(house: House) -> None:
    """No later decision tells of room for this one: whoever sends tries it again."""
    numbers = ("N1", "N2", "N3", "N4")
    for number in numbers:
        nw.record(house, *nw.moved(number, "10000"))  # 1,297.80 each, and 5,000.00 at once
        decide_unit(house, number)
    *first, last = [told(house, DECISION_CHANGED, number)[0] for number in numbers]
    assert all(claim_for(house, each, CLAIMING) for each in first)
    with pytest.raises(LimitReachedError, match="PROVISIONAL_LIMIT: NORTHWIND"):
        claim_for(house, last, CLAIMING)


def paid(house: House, books: Books, release: Release, due: Money, at: Instant | None) -> int:
    state = "paid" if due == NOTHING else "posted"
    books.change(release.release_id, state=state, amount_due=due, changed_at=at)
    return poll_receivables(house, books, ERP)


@pytest.mark.parametrize("at", [PAID_ON, None], ids=["with its moment", "without a moment"])
def test_what_is_owed_comes_back_as_facts_and_once(
    house: House, clock: SetClock, at: Instant | None
) -> None:
    release, books = claimed(house), Books()
    (event,) = told(house, RELEASE_CLAIMED)
    post_invoice(house, books, event, ERP)
    assert paid(house, books, release, DUE, at=None) == 1
    clock.forward(24)
    assert paid(house, books, release, DUE, at=None) == 0
    clock.forward(24 * 19)
    assert paid(house, books, release, NOTHING, at) == 1
    known = look_up_release(house, release.release_id)
    assert (known.state, known.amount_due) == ("paid", NOTHING)
    books.asked.clear()
    assert poll_receivables(house, books, ERP) == 0
    assert books.asked == []


def test_only_the_invoices_of_the_system_that_is_asked_are_asked_about(house: House) -> None:
    release, books = claimed(house), Books()
    record_invoice(house, release.release_id, number="INV-1", system="odoo")
    assert poll_receivables(house, books, ERP) == 0
    assert books.asked == []


def test_what_the_ledger_says_changes_no_decision_and_makes_nothing_due(
    house: House, clock: SetClock
) -> None:
    clock.forward(24 * 20)
    release, books = claimed(house), Books()
    (event,) = told(house, RELEASE_CLAIMED)
    post_invoice(house, books, event, ERP)
    before = decide_unit(house, "N1").decision
    while drain_due(house, Lane.CRITICAL).rows:
        pass

    paid(house, books, release, NOTHING, PAID_ON)
    # Not even where somebody says it of the shipment.
    said = {"receivable": "INV-1", "state": "paid", "amount": money(DUE), "amount_due": money()}
    more = nw.event("receivable", said, system="erp", references=nw.named("shipment", "N1"))
    assert nw.record(house, more).counted("recorded") == 1

    assert drain_due(house, Lane.CRITICAL).rows == 0
    assert decide_unit(house, "N1").decision == before
    assert waiting_facts(house) == ()
    with house.database.reading("main") as store:
        entities = {each.fact.entity for each in dossier_of(store, "N1").facts}
    assert "receivable" not in entities


def money(amount: Money = NOTHING) -> dict[str, str]:
    return {"amount": str(amount.amount), "currency": amount.currency}


def test_one_answer_that_cannot_be_kept_does_not_keep_back_the_others(house: House) -> None:
    books = Books()
    releases = [claimed(house, number) for number in ("N1", "N2")]
    for number in ("N1", "N2"):
        (event,) = told(house, RELEASE_CLAIMED, number)
        post_invoice(house, books, event, ERP)
    books.change(releases[0].release_id, changed_at=PAID_ON)  # weeks ahead of our clock
    with pytest.raises(IntakeError, match="INV-1: it says it was written at 2026-04-20"):
        poll_receivables(house, books, ERP)
    assert look_up_release(house, releases[1].release_id).amount_due == DUE


def test_a_debt_that_cannot_be_is_refused(house: House) -> None:
    owed = {"receivable": "INV-1", "state": "paid", "amount": money(DUE), "amount_due": money(DUE)}
    receipt = nw.record(house, nw.event("receivable", owed, system="erp"))
    assert "a paid invoice has 355.61 USD due" in receipt.messages[0].faults[0].detail
