"""What a customer wants on one invoice waits for the close of its period, and goes out once."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from app.billing.consolidated import ConsolidatedInvoice
from app.billing.destination import Destination, Kind
from app.billing.events import (
    CONSOLIDATION_CLOSED,
    INVOICE_POSTED,
    RELEASE_CLAIMED,
    ConsolidationClosed,
    InvoicePosted,
)
from app.billing.release_token import release_token
from app.errors import ConflictError
from app.infrastructure.sending.sender import NotSentError
from app.infrastructure.storage.outbox import Outbox
from app.infrastructure.storage.rows import OutboxEvent, Release, StoredEvent
from app.money import of_minor_units
from app.operations.changing.accept_editions import Drafts, accept_editions
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.replay_decisions import replay_decisions
from app.operations.house import House
from app.operations.looking.flows import unit_flows
from app.operations.looking.look_up_release import look_up_release
from app.operations.releasing.claim_release import claim_by_token
from app.operations.releasing.close_consolidation import (
    close_consolidation,
    close_due,
    close_periods,
    consolidation_preview,
)
from app.operations.releasing.post_invoice import post_invoice
from app.operations.releasing.receivables import poll_receivables
from app.operations.releasing.record_invoice import record_invoice
from app.operations.sending.send_due import outgoing_of
from app.pricing.contract.consolidation import Consolidation, Every
from app.pricing.contract.windows import Weekday
from tests.integration.operations import closing
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import SetClock, drafts
from tests.integration.operations.test_claims_at_once import url_of
from tests.integration.operations.test_invoices_of_releases import ERP, Books
from tests.integration.operations.test_splitting import approved, detained

WEEKLY = Consolidation(
    every=Every.WEEK, weekday=Weekday.FRIDAY, time_zone="America/Chicago", time_of_day="17:00"
)
TO_THE_CLOSE = 70
"""Hours from the clock's 2026-04-01 00:00 UTC to Friday 2026-04-03 17:00 in Chicago, 22:00 UTC."""
FRIDAY = date(2026, 4, 3)


def gathered(one: Drafts, how: Consolidation | None = WEEKLY) -> Drafts:
    """The same, with Northwind's invoices gathered."""
    contracts = tuple(
        msgspec.structs.replace(each, consolidation=how) if each.customer == "NORTHWIND" else each
        for each in one.contracts
    )
    return msgspec.structs.replace(one, contracts=contracts)


@pytest.fixture(autouse=True)
def weekly(house: House) -> None:
    accept_editions(house, gathered(drafts()))


def claimed(house: House, number: str, *more: dict[str, Any], weight: str = "1800") -> Release:
    nw.record(house, *nw.moved(number, weight), nw.pod(number), *more)
    return again(house, number)


def again(house: House, number: str) -> Release:
    return claim_by_token(house, release_token(decide_unit(house, number).decision))


def events(house: House, kind: str) -> list[StoredEvent]:
    with house.database.reading("main") as store:
        found = store.outbox.by_seq(list(range(1, 2000)))
        return [each for each in found if each.type == kind]


def closed_event(house: House) -> tuple[StoredEvent, ConsolidationClosed]:
    (event,) = events(house, CONSOLIDATION_CLOSED)
    return event, msgspec.json.decode(event.body, type=ConsolidationClosed)


def test_what_is_claimed_waits_and_at_the_close_goes_out_as_one_invoice(
    house: House, clock: SetClock
) -> None:
    one, two = claimed(house, "N1"), claimed(house, "N2", weight="10000")
    assert events(house, RELEASE_CLAIMED) == []
    assert one.closes_at == clock.moment + timedelta(hours=TO_THE_CLOSE)
    assert again_known(house, one) == one
    clock.forward(TO_THE_CLOSE - 1)
    assert close_due(house) == 0

    clock.forward(1)
    assert close_due(house) == 1
    assert close_due(house) == 0
    event, told = closed_event(house)
    # 355.61, and 10,000 lb at 1,297.80.
    assert (str(told.total), told.closes_on) == ("1,653.41 USD", FRIDAY)
    assert told.releases == (one.release_id, two.release_id)
    invoice = told.invoice
    assert (invoice.kind, invoice.billed_on) == ("consolidated", FRIDAY)
    assert [(line.of_unit, line.key) for line in invoice.lines] == [
        ("shipment:N1", "linehaul"),
        ("shipment:N1", "fuel_surcharge"),
        ("shipment:N2", "linehaul"),
        ("shipment:N2", "fuel_surcharge"),
    ]
    assert invoice.lines[0].description == "Linehaul, shipment N1"
    assert event.subject == f"consolidation:{invoice.reference}"
    assert event.customer == "NORTHWIND"
    known = look_up_release(house, one.release_id)
    assert (known.release.consolidation, known.release.closes_at) == (invoice.reference, None)
    with house.database.reading("main") as store:
        kept = store.consolidations.by_id(invoice.reference)
    assert kept is not None
    assert kept.amount_minor == one.amount_minor + two.amount_minor
    whole = msgspec.json.decode(kept.body, type=ConsolidatedInvoice)
    assert whole.adds_up
    assert whole.proofs[-1].says == "355.61 + 1297.80 = 1,653.41 USD"
    assert not [each for each in replay_decisions(house) if each.differs]


def again_known(house: House, release: Release) -> Release:
    return look_up_release(house, release.release_id).release


def test_what_is_claimed_at_the_close_belongs_to_the_next_period(
    house: House, clock: SetClock
) -> None:
    claimed(house, "N1")
    clock.forward(TO_THE_CLOSE)
    late = claimed(house, "N2")
    assert late.closes_at == clock.moment + timedelta(days=7)
    (first,) = close_periods(house)
    assert [part.unit for part in first.invoice.parts] == ["shipment:N1"]
    clock.forward(7 * 24)
    (second,) = close_periods(house)
    assert [part.unit for part in second.invoice.parts] == ["shipment:N2"]
    assert second.closes_on == date(2026, 4, 10)


def test_after_an_outage_each_period_has_its_own_invoice(house: House, clock: SetClock) -> None:
    claimed(house, "N1")
    clock.forward(TO_THE_CLOSE + 1)
    claimed(house, "N2")
    clock.forward(21 * 24)
    assert [each.closes_on for each in consolidation_preview(house, until=FRIDAY)] == [FRIDAY]
    assert [each.closes_on for each in close_periods(house, until=FRIDAY)] == [FRIDAY]
    assert [each.closes_on for each in close_periods(house)] == [date(2026, 4, 10)]
    assert close_periods(house) == consolidation_preview(house) == ()


def test_threads_and_two_processes_that_close_at_once_make_one_invoice(
    house: House, clock: SetClock
) -> None:
    for number in ("N1", "N2", "N3"):
        claimed(house, number)
    clock.forward(TO_THE_CLOSE)
    with another_process(house) as other:
        assert other.stdin is not None
        other.stdin.write("go\n")
        other.stdin.flush()
        ours = closing.closed(house)
        theirs, _ = other.communicate(timeout=120)
    assert other.returncode == 0
    assert len([*ours, *json.loads(theirs)]) == 1
    _, told = closed_event(house)
    assert len(told.releases) == 3


@contextmanager
def another_process(house: House) -> Iterator[subprocess.Popen[str]]:
    """One that is ready to close and waits for the word."""
    command = [sys.executable, "-m", "tests.integration.operations.closing", url_of(house)]
    with subprocess.Popen(
        [*command, house.now().isoformat()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process


def test_a_process_that_dies_while_it_closes_has_done_nothing_and_the_next_does_it(
    house: House, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = claimed(house, "N1")
    clock.forward(TO_THE_CLOSE)

    class KilledError(BaseException):
        """The process ends here."""

    def killed(_: Outbox, event: OutboxEvent) -> None:
        assert event.type == CONSOLIDATION_CLOSED
        raise KilledError

    with monkeypatch.context() as dying:
        dying.setattr(Outbox, "add", killed)
        with pytest.raises(KilledError):
            close_due(house)
    assert again_known(house, release).consolidation == ""
    assert close_due(house) == 1
    closed_event(house)


def test_the_invoice_is_posted_once_and_every_release_of_it_has_its_number(
    house: House, clock: SetClock
) -> None:
    one, two = claimed(house, "N1"), claimed(house, "N2")
    clock.forward(TO_THE_CLOSE)
    close_due(house)
    stored, told = closed_event(house)
    books, event = Books(), outgoing_of(stored)
    books.failing.add("post")
    with pytest.raises(NotSentError):
        post_invoice(house, books, event, ERP)
    books.failing.clear()
    clock.forward(1)
    assert {post_invoice(house, books, event, ERP).reference for _ in range(3)} == {"INV-1"}
    assert list(books.invoices) == [told.invoice.reference]

    for each in (one, two):
        known = look_up_release(house, each.release_id)
        assert (known.state, known.invoice_number, known.external_id) == ("posted", "INV-1", "1")
        assert record_invoice(house, each.release_id, number="INV-1", system=ERP).number == "INV-1"
        with pytest.raises(ConflictError, match="is invoice INV-1 of acme/erp"):
            record_invoice(house, each.release_id, number="INV-2", system=ERP)
    (posted,) = events(house, INVOICE_POSTED)
    body = msgspec.json.decode(posted.body, type=InvoicePosted)
    assert (body.unit, str(body.posted.total)) == ("", "711.22 USD")
    flows = json.dumps(msgspec.to_builtins(unit_flows(house, "N2")))
    assert "invoice INV-1 of acme/erp" in flows
    assert f"in consolidated invoice {told.invoice.reference}" in flows


def test_what_is_owed_on_it_is_asked_once_and_known_of_every_release(
    house: House, clock: SetClock
) -> None:
    releases = [claimed(house, "N1"), claimed(house, "N2")]
    clock.forward(TO_THE_CLOSE)
    close_due(house)
    stored, told = closed_event(house)
    books, reference = Books(), told.invoice.reference
    post_invoice(house, books, outgoing_of(stored), ERP)
    nothing = of_minor_units(0, "USD")
    books.change(reference, state="paid", amount_due=nothing)
    assert poll_receivables(house, books, ERP) == 1
    assert books.asked == [(reference,)]
    for each in releases:
        known = look_up_release(house, each.release_id)
        assert (known.state, known.amount_due) == ("paid", nothing)
    assert poll_receivables(house, books, ERP) == 0


def test_a_release_that_waits_has_no_invoice_that_anybody_could_tell(house: House) -> None:
    release = claimed(house, "N1")
    with pytest.raises(ConflictError, match="closes at 2026-04-03T22:00:00"):
        record_invoice(house, release.release_id, number="INV-1", system=ERP)


def test_supplementals_and_credits_are_parts_like_others(house: House, clock: SetClock) -> None:
    # Detention of 213.20 follows on the base; the weight of N2 was 1,800 lb, and then less.
    claimed(house, "N1", *detained("N1"))
    nw.record(house, approved("N1"))
    again(house, "N1")
    claimed(house, "N2", weight="2400")
    nw.record(house, nw.shipment("N2", weight="1800", revision=1, id="weighed again"))
    nw.record(house, adjusted("N2"))
    again(house, "N2")
    clock.forward(TO_THE_CLOSE)
    (period,) = close_periods(house)
    parts = [(part.unit, part.kind, str(part.total)) for part in period.invoice.parts]
    assert parts == [
        ("shipment:N1", "original", "355.61 USD"),
        ("shipment:N1", "supplemental", "213.20 USD"),
        ("shipment:N2", "original", "426.73 USD"),
        ("shipment:N2", "credit", "-71.12 USD"),
    ]
    assert str(period.invoice.total) == "924.42 USD"
    assert period.invoice.lines[-1].description.endswith(", shipment N2 (credit)")


def adjusted(number: str) -> dict[str, Any]:
    """The customer agrees to the adjustment."""
    word = {
        "approval": f"ADJ-{number}",
        "subject": "adjustment",
        "granted": True,
        "approver": "s.lindqvist",
        "authority": "customer",
        "up_to": {"amount": "100.00", "currency": "USD"},
    }
    return nw.event("approval", word, system="portal", references=nw.named("shipment", number))


def test_what_was_claimed_to_wait_still_goes_out_when_the_contract_gathers_no_more(
    house: House, clock: SetClock
) -> None:
    waits = claimed(house, "N1")
    clock.forward(1)
    accept_editions(house, gathered(drafts(), None))
    alone = claimed(house, "N2")
    assert alone.closes_at is None
    assert [each.subject for each in events(house, RELEASE_CLAIMED)] == ["shipment:N2"]
    clock.forward(TO_THE_CLOSE)
    (period,) = close_consolidation(house, "NORTHWIND")
    assert [part.reference for part in period.invoice.parts] == [waits.release_id]


def test_a_preview_tells_what_would_be_in_it_and_changes_nothing(
    house: House, clock: SetClock
) -> None:
    claimed(house, "N1")
    (period,) = consolidation_preview(house, "NORTHWIND")
    assert (period.closed, str(period.invoice.total), period.closes_on) == (
        False,
        "355.61 USD",
        FRIDAY,
    )
    assert consolidation_preview(house, "KESTREL") == ()
    clock.forward(TO_THE_CLOSE)
    (closed,) = close_periods(house)
    assert closed.invoice == period.invoice


def test_whoever_hears_of_claims_hears_of_what_takes_their_place() -> None:
    books = Destination(
        partner="acme",
        name="erp",
        kind=Kind.CONNECTOR,
        events=(RELEASE_CLAIMED,),
        customers=("NORTHWIND",),
    )
    assert books.hears(CONSOLIDATION_CLOSED, "NORTHWIND")
    assert not books.hears(CONSOLIDATION_CLOSED, "KESTREL")
    posted = msgspec.structs.replace(books, events=(INVOICE_POSTED,))
    assert not posted.hears(CONSOLIDATION_CLOSED, "NORTHWIND")
