"""The trace of an affair follows from its correlation id, in every process and at any time."""

from hashlib import sha256

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from app.telemetry.traces import (
    SpanName,
    called_by,
    span,
    trace_id_of,
    trace_in,
    traced_by,
    traceparent_of,
)

TRACE_ID, SPAN_ID = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
CALLER = f"00-{TRACE_ID}-{SPAN_ID}-01"


def recorded(name: SpanName, correlation_id: str, error: Exception | None = None) -> ReadableSpan:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with traced_by(provider.get_tracer("test")):
        try:
            with span(name, correlation_id, unit="shipment:N1", feed=""):
                if error:
                    raise error
        except ValueError:
            pass
    (found,) = exporter.get_finished_spans()
    return found


def test_a_correlation_id_that_is_a_trace_id_is_the_trace() -> None:
    assert trace_id_of(TRACE_ID) == int(TRACE_ID, 16)


@pytest.mark.parametrize(
    "affair", ["affair-7", TRACE_ID.upper(), "0" * 32, TRACE_ID[:-1], "\ud800"]
)
def test_any_other_is_hashed(affair: str) -> None:
    digest = sha256(affair.encode("utf-8", "surrogatepass")).digest()
    assert trace_id_of(affair) == int.from_bytes(digest[:16])


def test_the_trace_of_a_caller_is_read_from_its_header() -> None:
    assert trace_in(CALLER) == TRACE_ID


@pytest.mark.parametrize(
    "header",
    ["", "nonsense", CALLER[:-3], f"00-{'0' * 32}-{SPAN_ID}-01", f"ff-{TRACE_ID}-{SPAN_ID}-01"],
)
def test_what_is_no_traceparent_is_nobodys(header: str) -> None:
    assert trace_in(header) == ""
    with called_by(header):
        assert not trace.get_current_span().get_span_context().is_valid


def test_a_receiver_is_told_the_trace_without_anything_that_records() -> None:
    version, trace_id, span_id, flags = traceparent_of("affair-7").split("-")
    assert int(trace_id, 16) == trace_id_of("affair-7")
    assert (version, len(span_id), flags) == ("00", 16, "00")
    assert traceparent_of("affair-7") == traceparent_of("affair-7")
    assert traceparent_of("") == ""


def test_a_span_has_what_it_is_about_and_nothing_empty() -> None:
    found = recorded(SpanName.DECIDE, "affair-7")
    assert dict(found.attributes or {}) == {
        "tollgate.correlation_id": "affair-7",
        "tollgate.unit": "shipment:N1",
    }


def test_of_what_went_wrong_only_the_kind_is_told() -> None:
    found = recorded(SpanName.SEND, "affair-7", ValueError("whsec_secret"))
    assert found.status.status_code is StatusCode.ERROR
    assert found.status.description == "ValueError"
    assert not found.events


def test_a_caller_of_the_same_trace_is_the_parent() -> None:
    with called_by(CALLER):
        assert traceparent_of(TRACE_ID) == CALLER
        found = recorded(SpanName.RECEIVE, TRACE_ID)
    assert found.parent is not None
    assert trace.format_span_id(found.parent.span_id) == SPAN_ID


def test_a_caller_of_another_trace_is_linked_to() -> None:
    with called_by(CALLER):
        found = recorded(SpanName.RECEIVE, "affair-7")
    assert found.parent is None
    assert [trace.format_trace_id(link.context.trace_id) for link in found.links] == [TRACE_ID]
