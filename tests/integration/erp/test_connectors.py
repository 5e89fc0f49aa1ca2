"""What every connector must do, tried on a real Tryton, its REST by mapping, and a small ERP."""

from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from app.billing.invoice import Invoice
from app.billing.posted import PostedInvoice
from app.infrastructure.sending.connector import Connector
from app.infrastructure.sending.send_invoice import send_invoice
from app.infrastructure.sending.sender import NotSentError
from app.money import of_minor_units
from tests.integration.erp.conftest import Erp, small_erp_connector
from tests.invoices import LINES, TOTAL, Begun, NobodyElse, credit_of, invoice, line, nobody_else
from tests.real.faulty_proxy import REFUSAL, Fault, FaultyProxy


def test_an_invoice_is_posted_with_a_number_and_its_total_to_the_cent(erp: Erp) -> None:
    ours = invoice()
    posted = send_invoice(erp.connector(), ours, nobody_else)
    assert posted.reference == ours.reference
    assert (posted.state, posted.total, posted.amount_due) == ("posted", ours.total, ours.total)
    assert posted.total.amount == TOTAL
    assert posted.number


def test_sent_twice_is_one_invoice(erp: Erp) -> None:
    ours = invoice()
    first = send_invoice(erp.connector(), ours, nobody_else)
    again = send_invoice(erp.connector(), ours, nobody_else)
    assert again.number == first.number
    assert len(erp.connector().find(ours.reference)) == 1


def test_a_crash_after_the_draft_was_made_is_resumed_with_that_draft(erp: Erp) -> None:
    ours = invoice()
    draft = erp.connector().create(ours)
    assert draft.state == "draft"
    posted = send_invoice(erp.connector(), ours, nobody_else)
    assert (posted.external_id, posted.state) == (draft.external_id, "posted")


def test_what_is_posted_can_be_posted_again_and_is_read_back(erp: Erp) -> None:
    connector = erp.connector()
    draft = connector.create(invoice())
    posted = connector.post(draft)
    assert connector.post(draft).number == posted.number


def test_of_two_drafts_the_first_is_posted_and_the_other_is_taken_away(erp: Erp) -> None:
    ours, notes = invoice(), NobodyElse()
    connector = erp.connector()
    first, second = connector.create(ours), connector.create(ours)
    posted = send_invoice(connector, ours, notes)
    assert (posted.external_id, posted.state) == (first.external_id, "posted")
    assert [each.external_id for each in notes.withdrew] == [second.external_id]
    assert connector.find(ours.reference) == (posted,)


def test_drafts_beside_the_posted_one_are_taken_away(erp: Erp) -> None:
    ours = invoice()
    connector = erp.connector()
    connector.create(ours)
    posted = connector.post(connector.create(ours))
    connector.create(ours)
    assert send_invoice(connector, ours, nobody_else).number == posted.number
    assert [each.number for each in connector.find(ours.reference)] == [posted.number]


def test_two_that_are_posted_are_for_a_person_and_nothing_is_taken_away(erp: Erp) -> None:
    ours, notes = invoice(), NobodyElse()
    connector = erp.connector()
    posted = [connector.post(connector.create(ours)) for _ in range(2)]
    connector.create(ours)
    error = refused(connector, ours, notes)
    assert not error.retry
    assert "3 times" in error.detail
    assert all(each.number in error.detail for each in posted)
    assert len(connector.find(ours.reference)) == 3
    assert notes.withdrew == []


def test_two_drafts_over_different_totals_are_for_a_person(erp: Erp) -> None:
    ours, notes = invoice(), NobodyElse()
    connector = erp.connector()
    connector.create(ours)
    connector.create(invoice(line("linehaul", "455.57"), reference=ours.reference))
    error = refused(connector, ours, notes)
    assert not error.retry
    assert "2 times" in error.detail
    assert "455.57 USD" in error.detail
    assert [each.state for each in connector.find(ours.reference)] == ["draft", "draft"]
    assert notes.withdrew == []


def test_a_draft_is_taken_away_once_and_again_changes_nothing(erp: Erp) -> None:
    ours = invoice()
    connector = erp.connector()
    draft = connector.create(ours)
    for _ in range(2):
        connector.withdraw(draft)
    assert connector.find(ours.reference) == ()


def test_what_is_posted_is_never_taken_away(erp: Erp) -> None:
    ours = invoice()
    connector = erp.connector()
    draft = connector.create(ours)
    posted = connector.post(draft)
    with pytest.raises(NotSentError) as raised:
        connector.withdraw(draft)
    assert not raised.value.retry
    assert connector.find(ours.reference) == (posted,)


def test_a_draft_that_is_gone_when_it_is_posted_is_looked_for_again(erp: Erp) -> None:
    connector = erp.connector()
    draft = connector.create(invoice())
    connector.withdraw(draft)
    with pytest.raises(NotSentError) as raised:
        connector.post(draft)
    assert raised.value.retry


def test_a_request_that_arrives_twice_leaves_one_invoice(erp: Erp, faulty: FaultyProxy) -> None:
    ours, notes = invoice(), NobodyElse()
    for method in {"POST", erp.post_method, "DELETE"}:
        faulty.plan(method, Fault.TWICE)
    posted = send_invoice(erp.connector(url=faulty.url), ours, notes)
    assert len(notes.withdrew) == 1
    assert erp.connector().find(ours.reference) == (posted,)


@pytest.mark.parametrize(
    "lost", [Fault.DROP_BEFORE, Fault.DROP_AFTER, Fault.ANSWER_500, Fault.ANSWER_400]
)
def test_a_double_goes_whatever_is_lost_or_refused_while_it_is_taken_away(
    erp: Erp, faulty: FaultyProxy, lost: Fault
) -> None:
    ours = invoice()
    drafts = [erp.connector().create(ours) for _ in range(3)]
    faulty.plan("DELETE", lost, Fault.NONE, lost, Fault.TWICE)
    connector = erp.connector(url=faulty.url)
    posted = send_until_posted(connector, ours)
    assert posted.external_id == drafts[0].external_id
    assert erp.connector().find(ours.reference) == (posted,)


def test_a_look_that_is_refused_after_the_post_does_not_give_up_what_is_posted(
    erp: Erp, faulty: FaultyProxy
) -> None:
    ours = invoice()
    connector = erp.connector(url=faulty.url)
    draft = connector.create(ours)
    faulty.plan("GET", Fault.NONE, Fault.ANSWER_400, Fault.ANSWER_400)
    assert refused(connector, ours).retry
    assert [each.state for each in erp.connector().find(ours.reference)] == ["posted"]
    assert send_invoice(connector, ours, nobody_else).external_id == draft.external_id


def test_a_search_that_is_refused_where_a_draft_may_be_is_asked_again(
    erp: Erp, faulty: FaultyProxy
) -> None:
    """Given up there, a double would stay for ever."""
    ours = invoice()
    connector = erp.connector(url=faulty.url)
    connector.create(ours)
    for notes, again in [(nobody_else, False), (Begun(), True)]:
        faulty.plan("GET", Fault.ANSWER_400)
        assert refused(connector, ours, notes).retry is again
    assert send_invoice(connector, ours, Begun()).state == "posted"


def test_whatever_is_lost_on_the_way_it_ends_as_one_invoice(erp: Erp, faulty: FaultyProxy) -> None:
    ours = invoice()
    connector = erp.connector(url=faulty.url)
    faulty.plan("POST", Fault.DROP_BEFORE, Fault.ANSWER_500, Fault.DROP_AFTER)
    for _ in range(3):  # the draft is made by the third, and nobody is told
        assert refused(connector, ours).retry
    faulty.plan(erp.post_method, Fault.DROP_BEFORE, Fault.ANSWER_503, Fault.DROP_AFTER)
    errors = [refused(connector, ours) for _ in range(3)]
    assert [(error.retry, error.after_s) for error in errors] == [
        (True, None),
        (True, 7),
        (True, None),
    ]
    assert send_invoice(connector, ours, nobody_else).state == "posted"
    assert len(erp.connector().find(ours.reference)) == 1


def test_a_search_that_fails_never_counts_as_nothing_found(erp: Erp, faulty: FaultyProxy) -> None:
    ours = invoice()
    connector = erp.connector(url=faulty.url)
    for fault in (Fault.DROP_AFTER, Fault.ANSWER_500):
        faulty.plan("GET", fault)
        assert refused(connector, ours).retry
    assert faulty.count("POST") == 0


def test_a_refusal_is_passed_on_in_the_system_s_own_words(erp: Erp, faulty: FaultyProxy) -> None:
    faulty.plan("POST", Fault.ANSWER_400)
    error = refused(erp.connector(url=faulty.url), invoice())
    assert not error.retry
    assert REFUSAL.rstrip(".") in error.detail


def test_a_wrong_key_is_not_tried_again_and_is_never_shown(erp: Erp) -> None:
    error = refused(erp.connector(key="nobody-has-this-key"), invoice())
    assert not error.retry
    assert "key" in error.detail
    assert "nobody-has-this-key" not in error.detail


def test_nobody_there_is_tried_again(erp: Erp) -> None:
    error = refused(erp.connector(url="http://127.0.0.1:9"), invoice())
    assert error.retry
    assert "not reachable at http://127.0.0.1:9" in error.detail


def test_a_customer_without_a_party_is_refused_with_what_to_do(erp: Erp) -> None:
    ours = invoice(customer="NOBODY")
    error = refused(erp.connector(), ours)
    assert not error.retry
    assert "NOBODY" in error.detail
    assert "add a line" in error.detail or "name its code under `parties`" in error.detail
    assert erp.connector().find(ours.reference) == ()


def test_a_party_that_the_system_does_not_have_is_refused(erp: Erp) -> None:
    ours = invoice(customer="ELSEWHERE")
    error = refused(erp.connector(), ours)
    assert not error.retry
    assert erp.connector().find(ours.reference) == ()


def test_a_draft_of_another_total_is_reported_and_left_a_draft(erp: Erp) -> None:
    ours = invoice()
    other = invoice(line("linehaul", "455.57"), reference=ours.reference)
    erp.connector().create(other)
    error = refused(erp.connector(), ours)
    assert not error.retry
    assert "455.57 USD" in error.detail
    assert "455.56 USD" in error.detail
    assert [each.state for each in erp.connector().find(ours.reference)] == ["draft"]


def test_a_credit_takes_back_what_was_billed_to_the_cent(erp: Erp) -> None:
    original = invoice()
    send_invoice(erp.connector(), original, nobody_else)
    credited = send_invoice(erp.connector(), credit_of(original), nobody_else)
    assert credited.total == -original.total
    assert credited.state == "posted"


def test_what_says_nothing_to_bill_or_to_take_back_is_refused_before_anybody_is_asked() -> None:
    never_asked = small_erp_connector("http://127.0.0.1:9", "key")
    original = invoice()
    empty = msgspec.structs.replace(original, lines=(), total=of_minor_units(0, "USD"))
    loose = msgspec.structs.replace(credit_of(original), credits="")
    for each, says in [(empty, "no line"), (loose, "does not say of what")]:
        error = refused(never_asked, each)
        assert not error.retry
        assert says in error.detail


def test_a_part_and_then_the_rest_is_seen_as_paid(erp: Erp) -> None:
    ours, unpaid = invoice(), invoice()
    connector = erp.connector()
    posted = send_invoice(connector, ours, nobody_else)
    send_invoice(connector, unpaid, nobody_else)
    erp.pay(posted.number, "55.56")
    assert seen(connector, ours.reference).amount_due == of_minor_units(40000, "USD")
    erp.pay(posted.number, "400.00")
    both = connector.receivables([ours.reference, unpaid.reference, "rel-of-nobody"])
    assert {each.reference: (each.state, each.amount_due.minor_units) for each in both} == {
        ours.reference: ("paid", 0),
        unpaid.reference: ("posted", 45556),
    }


def test_only_what_changed_since_is_told_where_the_system_says_when(erp: Erp) -> None:
    ours, later = invoice(), invoice()
    connector = erp.connector()
    send_invoice(connector, ours, nobody_else)
    first = seen(connector, ours.reference)
    posted = send_invoice(connector, later, nobody_else)
    erp.pay(posted.number, str(TOTAL))
    asked = [ours.reference, later.reference]
    since = seen(connector, later.reference).changed_at
    told = {each.reference for each in connector.receivables(asked, changed_since=since)}
    assert told == ({later.reference} if first.changed_at else set(asked))


def test_two_who_send_at_once_never_post_it_twice(erp: Erp) -> None:
    ours = invoice()
    connectors = [erp.connector(), erp.connector()]
    with ThreadPoolExecutor(2) as pool:
        tries = [pool.submit(send_invoice, each, ours, nobody_else) for each in connectors]
    sent = [each.result() for each in tries if each.exception() is None]
    not_sent = [error for each in tries if isinstance(error := each.exception(), NotSentError)]
    there = erp.connector().find(ours.reference)
    assert len([each for each in there if each.state == "posted"]) == len({s.number for s in sent})
    assert len({each.number for each in sent}) <= 1
    assert all(error.retry for error in not_sent), not_sent
    assert len(sent) + len(not_sent) == 2
    last = send_invoice(erp.connector(), ours, nobody_else)
    assert erp.connector().find(ours.reference) == (last,)


def test_a_line_s_amount_is_what_was_decided_whatever_quantity_and_rate_give(erp: Erp) -> None:
    connector = erp.connector()
    for each in LINES[:3]:
        assert connector.create(invoice(each)).total == each.amount


def send_until_posted(connector: Connector, ours: Invoice) -> PostedInvoice:
    for _ in range(4):
        try:
            return send_invoice(connector, ours, nobody_else)
        except NotSentError as error:
            if not error.retry:
                raise
    raise AssertionError(f"{ours.reference} was not posted in four tries")


def refused(connector: Connector, ours: Invoice, notes: NobodyElse = nobody_else) -> NotSentError:
    with pytest.raises(NotSentError) as raised:
        send_invoice(connector, ours, notes)
    return raised.value


def seen(connector: Connector, reference: str) -> PostedInvoice:
    [found] = connector.receivables([reference])
    return found
