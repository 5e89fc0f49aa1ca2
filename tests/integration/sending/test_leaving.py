"""What is due leaves in order, with patience, and what is given up stays visible."""

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from app.billing.destination import Destination
from app.errors import ConflictError, DeploymentError, NotFoundError, RequestError
from app.infrastructure.sending.sender import NotSentError, Outgoing, Sender, Sent
from app.operations.house import House
from app.operations.sending.couriers import Couriers
from app.operations.sending.fan_out import fan_out
from app.operations.sending.retry_sending import retry_dead, retry_sending
from app.operations.sending.send_due import SentOut, send_due
from app.telemetry import CIRCUITS_OPENED, SENDINGS
from tests.integration.sending.told import (
    Scripted,
    SetClock,
    attempts,
    counted,
    dead,
    destination,
    down,
    tell,
    to,
)

# One thread, so that the answers fall to the events in their order.
BILLING = destination(in_flight=1, first_wait_s=10, longest_wait_s=100)
LONG = 2000.0
"""Seconds after which nothing waits any longer."""


def told(house: House, *bodies: str, subject: str = "") -> None:
    tell(house, *bodies, subject=subject)
    fan_out(house, [BILLING])


def test_what_arrived_is_noted_with_its_reference_and_never_sent_again(
    house: House, clock: SetClock
) -> None:
    told(house, "1")
    sender = Scripted(Sent(reference="INV/1"))

    assert send_due(house, to(sender), [BILLING]) == SentOut(sent=1)
    clock.forward(LONG)
    assert send_due(house, to(sender), [BILLING]) == SentOut()

    assert sender.given == ["1"]
    with house.database.reading(house.tenant) as store:
        (sent,) = store.sendings.listed("sent", at_most=10)
    assert (sent.reference, sent.attempts, sent.last_error) == ("INV/1", 1, "")
    assert sent.sent_at is not None
    assert [each.outcome for each in attempts(house, sent.seq)] == ["sent"]


def test_a_later_event_of_a_unit_waits_for_an_earlier_one_and_holds_up_no_other(
    house: House, clock: SetClock
) -> None:
    told(house, "first", "second", subject="shipment:9")
    told(house, "other")
    sender = Scripted(*down())

    assert send_due(house, to(sender), [BILLING]) == SentOut(sent=1, failed=1)
    assert sender.given == ["first", "other"]
    assert send_due(house, to(sender), [BILLING]) == SentOut()

    clock.forward(LONG)
    assert send_due(house, to(sender), [BILLING]) == SentOut(sent=1)
    assert send_due(house, to(sender), [BILLING]) == SentOut(sent=1)
    assert sender.given == ["first", "other", "first", "second"]


def test_a_dead_letter_blocks_nobody_and_says_why(house: House) -> None:
    told(house, "first", "second", subject="shipment:9")
    sender = Scripted(NotSentError("no such\ncustomer", retry=False))

    assert send_due(house, to(sender), [BILLING]) == SentOut(dead=1)
    assert send_due(house, to(sender), [BILLING]) == SentOut(sent=1)

    (letter,) = dead(house)
    assert (letter.last_error, letter.attempts, letter.type) == (
        "no such customer",
        1,
        "decision.changed",
    )
    assert [(each.outcome, each.detail) for each in attempts(house, letter.seq)] == [
        ("dead", "no such customer")
    ]


def test_waits_double_are_spread_and_end_after_the_most_attempts(
    house: House, clock: SetClock
) -> None:
    patient = destination(first_wait_s=10, longest_wait_s=60, most_attempts=5, opens_after=99)
    tell(house, "1")
    fan_out(house, [patient])
    sender = Scripted(*down(9))

    waits = []
    while not dead(house):
        assert send_due(house, to(sender), [patient]).rows == 1
        with house.database.reading(house.tenant) as store:
            for each in store.sendings.listed("waiting", at_most=1):
                waits.append((each.next_at - clock.moment).total_seconds())
                clock.moment = each.next_at

    assert len(sender.given) == 5
    for wait, plain in zip(waits, (10, 20, 40, 60), strict=True):
        assert 0.75 * plain <= wait <= 1.25 * plain
        assert wait != plain
    assert [each.outcome for each in attempts(house, dead(house)[0].seq)] == [
        *["failed"] * 4,
        "dead",
    ]


def test_nothing_is_tried_before_its_moment(house: House, clock: SetClock) -> None:
    told(house, "1")
    sender = Scripted(*down())
    send_due(house, to(sender), [BILLING])

    clock.forward(7.4)
    assert send_due(house, to(sender), [BILLING]) == SentOut()
    clock.forward(5.2)
    assert send_due(house, to(sender), [BILLING]) == SentOut(sent=1)


def test_whoever_asks_to_be_left_alone_is_with_everything(house: House, clock: SetClock) -> None:
    told(house, "1", "2", "3")
    sender = Scripted(*down(after_s=300.0))

    assert send_due(house, to(sender), [BILLING]) == SentOut(failed=1)
    clock.forward(299)
    assert send_due(house, to(sender), [BILLING]) == SentOut()

    clock.forward(1)
    assert send_due(house, to(sender), [BILLING]) == SentOut(sent=3)


def test_nobody_is_left_alone_for_longer_than_a_day_because_they_said_so(
    house: House, clock: SetClock
) -> None:
    told(house, "1")
    sender = Scripted(*down(after_s=1e9))

    send_due(house, to(sender), [BILLING])
    clock.forward(24 * 3600)

    assert send_due(house, to(sender), [BILLING]) == SentOut(sent=1)


def test_a_failure_that_says_so_is_given_up_sooner(house: House, clock: SetClock) -> None:
    told(house, "1")
    sender = Scripted(*down(9, most_attempts=2))

    send_due(house, to(sender), [BILLING])
    clock.forward(LONG)
    assert send_due(house, to(sender), [BILLING]) == SentOut(dead=1)


def test_a_destination_that_is_down_is_left_alone_then_tried_with_one_then_gets_everything(
    house: House, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    fragile = destination("fragile", in_flight=1, opens_after=3, first_wait_s=10)
    tell(house, *map(str, range(20)))
    fan_out(house, [fragile])
    sender = Scripted(*down(4))
    opened = CIRCUITS_OPENED.labels("acme/fragile")._value.get()

    with caplog.at_level(logging.ERROR):
        assert send_due(house, to(sender), [fragile]) == SentOut(failed=3)
    assert "acme/fragile failed 3 times in a row" in caplog.text
    assert CIRCUITS_OPENED.labels("acme/fragile")._value.get() == opened + 1
    assert send_due(house, to(sender), [fragile]) == SentOut()

    clock.forward(12.6)
    assert send_due(house, to(sender), [fragile]) == SentOut(failed=1)
    clock.forward(12.6)  # it is left alone for longer now
    assert send_due(house, to(sender), [fragile]) == SentOut()
    clock.forward(12.6)
    assert send_due(house, to(sender), [fragile]) == SentOut(sent=1)

    clock.forward(LONG)
    assert send_due(house, to(sender), [fragile]) == SentOut(sent=19)
    assert counted(house) == {("acme/fragile", "sent"): 20}


def test_a_destination_that_refuses_an_event_for_good_is_not_down(house: House) -> None:
    told(house, "1", "2", "3", "4", "5", "6", "7")
    sender = Scripted(*[NotSentError("no", retry=False) for _ in range(6)])

    assert send_due(house, to(sender), [BILLING]) == SentOut(dead=6, sent=1)


def test_a_destination_that_hangs_holds_up_no_other(house: House) -> None:
    hung, quick = destination("hung", timeout_s=60), destination("quick")
    let_go, arrived = Event(), []

    class Hanging:
        def send(self, outgoing: Outgoing) -> Sent:
            let_go.wait()
            return Sent(reference=outgoing.event_id)

    class Quick:
        def send(self, outgoing: Outgoing) -> Sent:
            arrived.append(outgoing.body.decode())
            return Sent()

    senders: dict[str, Sender] = {"acme/hung": Hanging(), "acme/quick": Quick()}
    tell(house, "1")
    fan_out(house, [hung, quick])
    with Couriers[SentOut](patience_s=30.0) as couriers:

        def go_on() -> SentOut:
            made = lambda each: senders[each.address]  # noqa: E731
            return send_due(house, made, [hung, quick], couriers=couriers)

        assert go_on() == SentOut(sent=1)
        tell(house, "2")
        fan_out(house, [hung, quick])
        assert go_on() == SentOut(sent=1)
        assert arrived == ["1", "2"]
        let_go.set()
        assert go_on() == SentOut(sent=1)
        assert go_on() == SentOut(sent=1)
    assert counted(house) == {("acme/hung", "sent"): 2, ("acme/quick", "sent"): 2}


def test_every_destination_has_its_turn_however_many_there_are(house: House) -> None:
    many = [destination(f"d{number}") for number in range(20)]
    tell(house, "1")
    fan_out(house, many)

    assert send_due(house, to(Scripted()), many) == SentOut(sent=20)


def test_whoever_had_no_turn_for_longest_comes_first(house: House) -> None:
    many = [destination(f"d{number}") for number in range(4)]
    tell(house, *map(str, range(3)))
    fan_out(house, many)
    asked: list[str] = []

    def sender_for(each: Destination) -> Sender:
        asked.append(each.name)
        return Scripted()

    with Couriers[SentOut](patience_s=30.0, at_once=1) as couriers:
        while send_due(house, sender_for, many, 1, couriers).rows:
            pass

    assert asked == ["d0", "d1", "d2", "d3"] * 3


def test_what_is_given_up_is_told_to_the_log_with_its_affair(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    told(house, "1")

    with caplog.at_level(logging.ERROR):
        send_due(house, to(Scripted(NotSentError("no", retry=False))), [BILLING])

    (record,) = caplog.records
    assert "of affair-1 is given up for acme/billing after 1 attempts: no" in record.getMessage()


def test_another_process_does_not_send_what_is_on_its_way(house: House) -> None:
    """PostgreSQL alone can promise it; in SQLite the receiver sees the same event twice."""
    begun, let_go = Event(), Event()

    class Slow(Scripted):
        def send(self, outgoing: Outgoing) -> Sent:
            sent = super().send(outgoing)
            begun.set()
            let_go.wait()
            return sent

    told(house, "1")
    slow, other = Slow(), Scripted()
    with ThreadPoolExecutor(1) as thread:
        sending = thread.submit(send_due, house, to(slow), [BILLING])
        assert begun.wait(30)
        twice = send_due(house, to(other), [BILLING]).sent
        let_go.set()
        assert sending.result() == SentOut(sent=1)

    assert twice == ("sqlite" in repr(house.database))
    assert counted(house) == {("acme/billing", "sent"): 1}


def test_what_arrived_stays_arrived_though_another_process_failed_with_it(house: House) -> None:
    told(house, "1")
    with house.database.writing(house.tenant) as store:
        (row,) = store.sendings.next("acme/billing", house.now(), 1)
    send_due(house, to(Scripted()), [BILLING])
    (attempt,) = attempts(house, row.seq)

    with house.database.writing(house.tenant) as store:
        store.sendings.failed(row, attempt, again_at=house.now())

    assert counted(house) == {("acme/billing", "sent"): 1}


def test_a_process_that_ends_in_the_middle_gives_everything_back(house: House) -> None:
    class Killed(BaseException):
        pass

    class Ending:
        def send(self, outgoing: Outgoing) -> Sent:
            raise Killed(outgoing.event_id)

    told(house, "1", "2")

    with pytest.raises(Killed):
        send_due(house, to(Ending()), [BILLING])

    assert counted(house) == {("acme/billing", "waiting"): 2}
    assert send_due(house, to(Scripted()), [BILLING]) == SentOut(sent=2)


@pytest.mark.parametrize(
    "error, said",
    [
        (ZeroDivisionError("by zero"), "ZeroDivisionError: by zero"),
        (DeploymentError("the secret 'hook' is missing"), "the secret 'hook' is missing"),
    ],
)
def test_a_sender_that_breaks_or_cannot_be_made_is_a_failure_with_its_words(
    house: House, error: Exception, said: str
) -> None:
    told(house, "1", "2")
    sender = Scripted(error)
    failed = SENDINGS.labels("acme/billing", "failed")._value.get()

    assert send_due(house, to(sender), [BILLING]) == SentOut(failed=1, sent=1)

    with house.database.reading(house.tenant) as store:
        (waiting,) = store.sendings.listed("waiting", at_most=10)
    assert waiting.last_error == said
    assert SENDINGS.labels("acme/billing", "failed")._value.get() == failed + 1


def test_what_others_say_is_kept_as_far_as_a_line_holds_it(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    told(house, "1")
    sender = Scripted(NotSentError("é" * 1000 + "\x00\ud800", retry=False))

    send_due(house, to(sender), [BILLING])

    assert dead(house)[0].last_error == "é" * 300
    assert "\\x00\\ud800" in caplog.text, "the log can be written anywhere"


def test_what_is_on_its_way_to_a_destination_that_is_gone_stays_visible(house: House) -> None:
    told(house, "1")

    assert send_due(house, to(Scripted()), []) == SentOut()

    assert counted(house) == {("acme/billing", "waiting"): 1}


def test_a_person_has_a_dead_letter_tried_again_and_says_why(house: House) -> None:
    told(house, "1", "2")
    send_due(house, to(Scripted(NotSentError("no", retry=False))), [BILLING])
    (letter,) = dead(house)

    retried = retry_sending(house, letter.seq, " the customer is known there now ")

    assert (retried.state, retried.attempts) == ("waiting", 0)
    sender = Scripted()
    assert send_due(house, to(sender), [BILLING]) == SentOut(sent=1)
    assert sender.given == ["1"]
    assert [(each.outcome, each.detail, each.actor) for each in attempts(house, letter.seq)] == [
        ("dead", "no", "test"),
        ("retried", "the customer is known there now", "test"),
        ("sent", "", "test"),
    ]


def test_a_person_has_all_dead_letters_of_a_destination_tried_again_at_once(
    house: House,
) -> None:
    short = destination(in_flight=1, most_attempts=1, opens_after=2)
    tell(house, "1", "2", "3")
    fan_out(house, [short])
    send_due(house, to(Scripted(*down(2))), [short])
    assert send_due(house, to(Scripted()), [short]) == SentOut()  # it is left alone

    assert retry_dead(house, "acme/billing", "they are back") == 2
    assert retry_dead(house, "acme/billing", "they are back") == 0

    assert send_due(house, to(Scripted()), [short]) == SentOut(sent=1)  # one to see
    assert send_due(house, to(Scripted()), [short]) == SentOut(sent=2)


def test_what_is_not_dead_is_not_retried(house: House) -> None:
    told(house, "1")
    with house.database.reading(house.tenant) as store:
        (waiting,) = store.sendings.listed("waiting", at_most=10)

    with pytest.raises(ConflictError, match="is waiting; only what is dead"):
        retry_sending(house, waiting.seq, "now")
    with pytest.raises(NotFoundError, match="no sending 4711"):
        retry_sending(house, 4711, "now")
    with pytest.raises(NotFoundError, match=r"acme/nobody; destinations: acme/billing"):
        retry_dead(house, "acme/nobody", "now")
    with pytest.raises(RequestError, match="say why"):
        retry_dead(house, "acme/billing", "  ")
    assert attempts(house, waiting.seq) == ()


def test_one_tenant_never_sees_what_another_sends(house: House) -> None:
    told(house, "1")

    with house.database.writing("globex") as store:
        assert store.sendings.counted() == ()
        assert not store.sendings.waits("acme/billing", house.now())
        assert store.sendings.next("acme/billing", house.now(), 10) == ()
        assert store.sendings.by_seq(1) is None


def test_what_waits_for_itself_alone_says_nothing_of_the_destination(
    house: House, clock: SetClock
) -> None:
    """It is tried again when it says, and all others leave meanwhile."""
    told(house, "1", "2", "3")
    alone = NotSentError("it may be under way", retry=True, after_s=90, only_this=True)
    sender = Scripted(alone)
    once = destination(in_flight=1, first_wait_s=10, longest_wait_s=100, opens_after=1)

    assert send_due(house, to(sender), [once]) == SentOut(sent=2, failed=1)

    clock.forward(89)
    assert send_due(house, to(sender), [once]) == SentOut()
    clock.forward(1)
    assert send_due(house, to(sender), [once]) == SentOut(sent=1)
    assert sender.given == ["1", "2", "3", "1"]
