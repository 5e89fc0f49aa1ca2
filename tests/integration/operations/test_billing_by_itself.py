"""A billing system that claims by itself: from the last fact to the posted invoice, nobody asks."""

import msgspec
import pytest

from app.billing.destination import Destination
from app.billing.events import DECISION_CHANGED, INVOICE_POSTED, RELEASE_CLAIMED
from app.billing.posted import PostedInvoice
from app.errors import EngineError
from app.evidence.intake.feed import Lane
from app.infrastructure.sending.sender import NotSentError, Outgoing, Sender, Sent
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.drain_due import drain_due
from app.operations.house import House
from app.operations.looking.flows import unit_flows
from app.operations.releasing import post_invoice
from app.operations.releasing.record_invoice import record_invoice
from app.operations.sending.connector_sender import ConnectorSender
from app.operations.sending.fan_out import fan_out
from app.operations.sending.send_due import send_due
from tests.integration.operations import northwind as nw
from tests.integration.operations.test_invoices_of_releases import BOOKS, Books, claimed, told

CLAIMING = msgspec.structs.replace(BOOKS, claims=True, in_flight=1)


def everything(house: House, books: Books, destination: Destination = CLAIMING) -> None:
    """Decide, tell and send until nothing is left to do."""

    def sender(to: Destination) -> Sender:
        return ConnectorSender(house, to, books)

    while (
        drain_due(house, Lane.CRITICAL).rows
        + fan_out(house, [destination])
        + send_due(house, sender, [destination]).rows
    ):
        pass


def test_the_last_fact_is_the_last_thing_anybody_does(house: House) -> None:
    books = Books()
    nw.record(house, *nw.moved("N1"))
    nw.record(house, nw.pod("N1"))

    everything(house, books)

    ((reference, posted),) = books.invoices.items()
    assert (posted.state, str(posted.total)) == ("posted", "355.61 USD")
    with house.database.reading("main") as store:
        (release,) = store.releases.of_unit("shipment:N1")
    assert (release.release_id, release.invoice_number) == (reference, posted.number)
    assert release.actor == "acme/erp"
    (flow,) = unit_flows(house, "N1", "ship_to_invoice").flows
    states = {stage.name: stage.state for stage in flow.stages}
    assert (states["invoiced"], states["paid"]) == ("done", "waiting")


def test_one_affair_goes_through_from_the_fact_to_the_invoice(house: House) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    everything(house, Books())
    affairs = {
        event.correlation_id
        for kind in (DECISION_CHANGED, RELEASE_CLAIMED, INVOICE_POSTED)
        for event in told(house, kind)
    }
    assert len(affairs) == 1
    assert affairs != {""}


def test_a_decision_that_was_overtaken_on_its_way_bills_nothing(house: House) -> None:
    books = Books()
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    decide_unit(house, "N1")
    nw.record(house, nw.shipment("N1", weight="2400", revision=1, id="weighed again"))

    everything(house, books)

    assert [str(each.total) for each in books.invoices.values()] == ["426.73 USD"]


def test_a_unit_that_is_none_any_more_is_not_billed_and_is_no_fault_of_the_system(
    house: House,
) -> None:
    moved = nw.moved("N1")
    nw.record(house, *moved, nw.pod("N1"))
    decide_unit(house, "N1")
    (changed,) = told(house, DECISION_CHANGED)
    for said in moved:
        taken_back = {"withdrawal": said["id"], "reason": "did_not_occur"}
        system = said["source"].split("/")[1]
        nw.record(house, nw.event("withdrawal", taken_back, system=system))

    assert ConnectorSender(house, CLAIMING, Books()).send(changed) == Sent()


def test_facts_that_come_too_fast_for_a_claim_are_no_fault_of_the_billing_system(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    decide_unit(house, "N1")
    (changed,) = told(house, DECISION_CHANGED)

    def never_ends(house: House, decision_id: str) -> None:
        raise EngineError(f"{decision_id} is overtaken again and again in {house.tenant}")

    monkeypatch.setattr(post_invoice, "claim_release", never_ends)
    with pytest.raises(NotSentError) as waits:
        ConnectorSender(house, CLAIMING, Books()).send(changed)
    assert (waits.value.retry, waits.value.only_this) == (True, True)


def test_what_a_limit_keeps_back_waits_for_a_person_and_holds_up_nobody(house: House) -> None:
    books = Books()
    for number in ("N1", "N2", "N3", "N4"):
        nw.record(house, *nw.moved(number, "10000"))  # 1,297.80 each, and 5,000.00 at once
    nw.record(house, *nw.moved("N5"), nw.pod("N5"))

    everything(house, books)

    with house.database.reading("main") as store:
        dead = store.sendings.listed("dead", at_most=9)
    assert len(dead) == 1
    assert "PROVISIONAL_LIMIT" in dead[0].last_error
    assert len(books.invoices) == 4


def test_what_a_billing_system_has_no_use_for_is_refused(house: House) -> None:
    claimed(house)
    (event,) = told(house, RELEASE_CLAIMED)
    other: Outgoing = msgspec.structs.replace(event, type=INVOICE_POSTED)
    with pytest.raises(NotSentError, match=r"does nothing with invoice\.posted") as refused:
        ConnectorSender(house, BOOKS, Books()).send(other)
    assert refused.value.retry is False


def test_a_number_told_while_it_was_posted_is_for_a_person(house: House) -> None:
    release = claimed(house)
    (event,) = told(house, RELEASE_CLAIMED)

    class Slow(Books):
        def post(self, draft: PostedInvoice) -> PostedInvoice:
            record_invoice(house, release.release_id, number="BY-HAND", system="acme/erp")
            return super().post(draft)

    with pytest.raises(NotSentError, match="is invoice BY-HAND of acme/erp") as refused:
        ConnectorSender(house, BOOKS, Slow()).send(event)
    assert refused.value.retry is False
