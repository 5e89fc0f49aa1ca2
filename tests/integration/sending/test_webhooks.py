"""Webhooks over loopback: signed, verifiable by the library, and honest about every answer."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import msgspec
import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from app.errors import DeploymentError
from app.infrastructure.sending.sender import NotSentError, Outgoing, Sent
from app.infrastructure.sending.webhook import FEW, LONGEST_ANSWER, WebhookSender
from tests.integration.sending.receivers import Answer, Receiver

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = datetime(2026, 3, 2, 9, 0, 0, tzinfo=UTC)
OUT = Outgoing(
    event_id="d0c5" * 16,
    type="decision.changed",
    subject="shipment:4711",
    body=b'{"decision_id":"x","holds":["POD_MISSING"],"total":{"amount":"14.80"}}',
    correlation_id="affair-1",
    created_at=datetime(2026, 3, 2, 8, 0, 0, 123456, tzinfo=UTC),
)


@pytest.fixture
def sender(receiver: Receiver) -> Iterator[WebhookSender]:
    made = WebhookSender(
        receiver.url, SECRET, source="/tollgate/acme", now=lambda: NOW, timeout_s=20
    )
    yield made
    made.close()


def test_a_receiver_verifies_it_with_the_librarys_own_means(receiver: Receiver) -> None:
    # The library refuses what was signed long ago by its own clock: it must be now.
    sender = WebhookSender(
        receiver.url, SECRET, source="/tollgate/acme", now=lambda: datetime.now(UTC), timeout_s=20
    )
    with closing(sender):
        assert sender.send(OUT) == Sent()

    (request,) = receiver.requests
    event = Webhook(SECRET).verify(request.body, request.headers)
    assert event == {
        "specversion": "1.0",
        "id": OUT.event_id,
        "source": "/tollgate/acme",
        "type": "decision.changed",
        "subject": "shipment:4711",
        "time": "2026-03-02T08:00:00.123456+00:00",
        "correlationid": "affair-1",
        "datacontenttype": "application/json",
        "data": json.loads(OUT.body),
    }
    assert OUT.body in request.body  # to the byte
    assert request.path == "/hooks?to=billing"
    assert request.headers["webhook-id"] == OUT.event_id
    assert request.headers["x-correlation-id"] == "affair-1"
    assert request.headers["content-type"] == "application/cloudevents+json"
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(request.body.replace(b"14.80", b"14.00"), request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 32).verify(request.body, request.headers)


def test_the_same_event_is_the_same_bytes_under_the_same_id_however_often(
    receiver: Receiver, sender: WebhookSender
) -> None:
    sender.send(OUT)
    sender.send(OUT)

    first, second = receiver.requests
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


@pytest.mark.parametrize("affair", ["two\r\nX-Evil: yes", "žluťoučký", "\x00", ""])
def test_what_somebody_else_calls_the_affair_never_breaks_the_headers(
    receiver: Receiver, sender: WebhookSender, affair: str
) -> None:
    sender.send(msgspec.structs.replace(OUT, correlation_id=affair))

    (request,) = receiver.requests
    assert "x-evil" not in request.headers
    assert json.loads(request.body)["correlationid"] == affair


@pytest.mark.parametrize(
    "status, retry, most_attempts",
    [
        (301, True, FEW),
        (307, True, FEW),
        (400, True, FEW),
        (401, True, FEW),
        (404, True, FEW),
        (408, True, None),
        (410, False, None),
        (413, True, FEW),
        (425, True, None),
        (429, True, None),
        (500, True, None),
        (502, True, None),
        (503, True, None),
    ],
)
def test_what_an_answer_means(
    receiver: Receiver, sender: WebhookSender, status: int, retry: bool, most_attempts: int | None
) -> None:
    elsewhere = {"Location": receiver.url}
    receiver.always = Answer(status, elsewhere, b"no:\n  not today")

    with pytest.raises(NotSentError) as caught:
        sender.send(OUT)

    assert (caught.value.retry, caught.value.most_attempts) == (retry, most_attempts)
    assert caught.value.detail == f"it answered {status}: no: not today"
    assert caught.value.after_s is None
    assert len(receiver.requests) == 1  # no redirect is followed


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_2xx_is_an_arrival(receiver: Receiver, sender: WebhookSender, status: int) -> None:
    receiver.always = Answer(status)

    assert sender.send(OUT) == Sent()


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    "said, after_s",
    [
        ("120", 120.0),
        ("0", 0.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0.0),
        ("soon", None),
        ("-3", None),
        ("9" * 60, 999999999.0),
    ],
)
def test_retry_after_is_read_in_both_its_forms(
    receiver: Receiver, sender: WebhookSender, status: int, said: str, after_s: float | None
) -> None:
    receiver.always = Answer(status, {"Retry-After": said})

    with pytest.raises(NotSentError) as caught:
        sender.send(OUT)

    assert caught.value.after_s == after_s


def test_a_flood_of_an_answer_is_cut_short(receiver: Receiver, sender: WebhookSender) -> None:
    receiver.always = Answer(500, body=b"x" * 3_000_000)

    with pytest.raises(NotSentError) as caught:
        sender.send(OUT)

    assert len(caught.value.detail) < LONGEST_ANSWER + 50


def test_a_receiver_that_hangs_is_given_up_after_its_time(receiver: Receiver) -> None:
    receiver.hangs.set()
    sender = WebhookSender(receiver.url, SECRET, source="/t", now=lambda: NOW, timeout_s=0.05)

    with pytest.raises(NotSentError, match="no answer: ReadTimeout") as caught:
        sender.send(OUT)

    assert caught.value.retry
    sender.close()


def test_a_receiver_that_is_not_there_is_tried_again() -> None:
    with Receiver() as gone:
        url = gone.url
    sender = WebhookSender(url, SECRET, source="/t", now=lambda: NOW, timeout_s=5)

    with pytest.raises(NotSentError, match="no answer: ConnectError") as caught:
        sender.send(OUT)

    assert caught.value.retry
    sender.close()


@pytest.mark.parametrize(
    "url, secret, what",
    [
        ("ftp://host/x", SECRET, "is no webhook's URL"),
        ("", SECRET, "is no webhook's URL"),
        ("https://host:port/x", SECRET, "cannot be read"),
        ("https://host/x", "", "secret cannot be read"),
        ("https://host/x", "whsec_short", "secret cannot be read"),
        ("https://host/x", "whsec_!!" + "A" * 40, "secret cannot be read"),
    ],
)
def test_a_wrong_url_or_secret_is_refused_in_words_that_never_repeat_it(
    url: str, secret: str, what: str
) -> None:
    with pytest.raises(DeploymentError, match=what) as caught:
        WebhookSender(url, secret, source="/t", now=lambda: NOW, timeout_s=5)

    assert not secret or secret.removeprefix("whsec_") not in str(caught.value)
