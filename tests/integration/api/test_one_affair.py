"""One message and all that follows from it: one story in the log, one trace, under one id."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from app.billing.destination import Destination, Kind
from app.billing.events import DECISION_CHANGED, INVOICE_POSTED, RELEASE_CLAIMED
from app.entrypoints.exported_traces import exported_traces
from app.evidence.intake.feed import Lane
from app.infrastructure.sending.sender import Sender
from app.infrastructure.sending.webhook import WebhookSender
from app.operations.deciding.drain_due import drain_due
from app.operations.house import House
from app.operations.sending.connector_sender import ConnectorSender
from app.operations.sending.fan_out import fan_out
from app.operations.sending.send_due import send_due
from app.settings import Settings
from app.telemetry.traces import trace_id_of
from tests.integration.api.asking import Client, entrance
from tests.integration.operations import northwind as nw
from tests.integration.operations.test_invoices_of_releases import Books
from tests.integration.sending.receivers import Receiver
from tests.logged import logged

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ERP = Destination(
    partner="acme", name="erp", kind=Kind.CONNECTOR, connection="books", events=(RELEASE_CLAIMED,)
)
HOOK = Destination(
    partner="acme",
    name="hook",
    kind=Kind.WEBHOOK,
    events=(DECISION_CHANGED, RELEASE_CLAIMED, INVOICE_POSTED),
)
CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
BODY = json.dumps([*nw.moved("N1"), nw.pod("N1")])


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as listening:
        yield listening


def taken_in(client: Client, **headers: str) -> str:
    """The facts are sent; the affair they were taken in under."""
    given = {"Content-Type": "application/json", **headers}
    answer = client.post("/v1/events", content=BODY, headers=given)
    assert answer.status_code == 200, answer.text
    return str(answer.headers["X-Correlation-Id"])


def decided(house: House) -> None:
    while drain_due(house, Lane.CRITICAL).rows:
        pass


def claimed(client: Client) -> str:
    """A biller claims, and names no affair; the release."""
    decision = client.post("/v1/charge-decisions", json={"reference": "N1"}).json()
    released = client.post(f"/v1/charge-decisions/{decision['decision_id']}/release")
    assert released.status_code == 200, released.text
    return str(released.json()["release_id"])


def sent(house: House, receiver: Receiver, books: Books) -> None:
    """Everything leaves, until nothing is left to send."""
    hook = WebhookSender(
        receiver.url, SECRET, source="/tollgate/main", now=house.now, timeout_s=5.0
    )

    def sender(to: Destination) -> Sender:
        return ConnectorSender(house, to, books) if to == ERP else hook

    while fan_out(house, [ERP, HOOK]) + send_due(house, sender, [ERP, HOOK]).rows:
        pass
    hook.close()


@pytest.mark.parametrize(
    "headers",
    [{"X-Correlation-Id": "affair-7"}, {"traceparent": CALLER}, {}],
    ids=["named", "traced", "neither"],
)
def test_the_log_tells_the_whole_story_under_one_id(
    client: Client, house: House, receiver: Receiver, headers: dict[str, str]
) -> None:
    with logged() as lines:
        affair = taken_in(client, **headers)
        decided(house)
        release_id = claimed(client)
        sent(house, receiver, Books())

    story = [line for line in lines if line["correlation_id"] == affair]
    story = [line for line in story if line["logger"] == "tollgate.story"]
    steps = [line["event"] for line in story]
    assert steps[:3] == ["received", "decided", "released"]
    assert sorted(steps[3:]) == ["invoiced", "sent", "sent", "sent", "sent"], (
        "a webhook hears of decision, release and number, and the billing system of the release"
    )
    received, decision, release = story[:3]
    assert (received["order"], received["shipment"]) == ("O-N1", "N1")
    assert received["outcome"] == f"{len(json.loads(BODY))} recorded"
    assert (decision["unit"], decision["verdict"]) == ("shipment:N1", "release")
    assert (release["decision_id"], release["release_id"]) == (decision["decision_id"], release_id)
    (invoiced,) = (line for line in story if line["event"] == "invoiced")
    assert (invoiced["release_id"], invoiced["invoice"]) == (release_id, "INV-1")
    posted = [line for line in story if line.get("destination") == "acme/erp"]
    assert [line["reference"] for line in posted] == ["INV-1"]


def test_every_line_begins_alike_and_holds_nothing_that_was_said(
    client: Client, house: House, receiver: Receiver
) -> None:
    with logged() as lines:
        taken_in(client)
        decided(house)
        claimed(client)
        sent(house, receiver, Books())

    first = ["timestamp", "level", "logger", "event", "correlation_id"]
    assert all(list(line)[:5] == first for line in lines)
    written = json.dumps(lines)
    assert not [said for said in ("355.61", "35561", "Chicago", SECRET) if said in written]


def spans_at(receiver: Receiver) -> list[Span]:
    """Every span that came to a collector."""
    requests = [
        ExportTraceServiceRequest.FromString(each.body)
        for each in receiver.requests
        if each.path == "/v1/traces"
    ]
    return [
        span
        for request in requests
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def test_the_steps_of_an_affair_are_one_trace_across_what_is_stored_between(
    house: House, settings: Settings, receiver: Receiver
) -> None:
    with Receiver() as collector:
        at = urlsplit(collector.url)
        exporting = settings.model_copy(update={"otlp_endpoint": f"http://{at.netloc}"})
        with exported_traces(exporting), entrance(house, settings) as client:
            affair = taken_in(client, traceparent=CALLER)
        # Another process goes on later, and knows nothing but what is stored.
        with exported_traces(exporting), entrance(house, settings) as client:
            decided(house)
            claimed(client)
            sent(house, receiver, Books())
        spans = spans_at(collector)

    of_affair = [span for span in spans if span.trace_id.hex() == affair]
    assert affair == CALLER.split("-")[1]
    names = [span.name for span in of_affair]
    assert {"receive", "decide", "engine", "claim", "send"} == set(names)
    by_name = {span.name: span for span in of_affair}
    assert by_name["receive"].parent_span_id.hex() == CALLER.split("-")[2]
    assert by_name["engine"].parent_span_id == by_name["decide"].span_id
    heard = {each.headers["traceparent"].split("-")[1] for each in receiver.requests}
    assert heard == {affair}
    sending = {span.span_id.hex() for span in of_affair if span.name == "send"}
    assert {each.headers["traceparent"].split("-")[2] for each in receiver.requests} <= sending


def test_a_caller_that_names_the_affair_and_its_span_is_linked_to(
    house: House, settings: Settings
) -> None:
    with Receiver() as collector:
        at = urlsplit(collector.url)
        exporting = settings.model_copy(update={"otlp_endpoint": f"http://{at.netloc}/v1/traces"})
        with exported_traces(exporting), entrance(house, settings) as client:
            taken_in(client, traceparent=CALLER, **{"X-Correlation-Id": "affair-7"})
        (receive,) = spans_at(collector)

    assert int.from_bytes(receive.trace_id) == trace_id_of("affair-7")
    assert not receive.parent_span_id
    assert [link.trace_id.hex() for link in receive.links] == [CALLER.split("-")[1]]


def test_without_a_collector_webhooks_name_the_trace_all_the_same(
    client: Client, house: House, receiver: Receiver
) -> None:
    affair = taken_in(client)
    decided(house)
    sent(house, receiver, Books())

    (told,) = {request.headers["traceparent"] for request in receiver.requests}
    version, trace_id, span_id, flags = told.split("-")
    assert (version, trace_id, flags) == ("00", affair, "00")
    assert int(span_id, 16) != 0
