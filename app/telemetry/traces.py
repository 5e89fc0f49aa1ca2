"""The steps of an affair as spans of OpenTelemetry, from what came in to what went out.

    receive   bytes are read and stored
    decide    one unit is decided; within it `engine`, the first key's answer
    claim     what a decision permits is released
    send      one event leaves for one destination

Between a message and the decision about it lie a table and perhaps days. Nothing is stored to
bridge them: the trace of an affair follows from its correlation id, so that all spans of one affair
are one trace, whichever process made them and when. It is the correlation id itself where that is a
trace id (32 hexadecimal digits, as W3C Trace Context writes them, and as we make our own); else the
first 16 bytes of its SHA-256. A caller that sends a `traceparent` and no correlation id gives the
affair its trace; where it sends both, its span is linked to.

Without anything to export to, spans cost next to nothing and go nowhere.
Source: https://www.w3.org/TR/trace-context/
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from hashlib import sha256

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

NAME = "tollgate"
TRACEPARENT = "traceparent"

_TRACE_ID = re.compile(r"(?!0{32})[0-9a-f]{32}")
_propagator = TraceContextTextMapPropagator()
_wanted: ContextVar[int | None] = ContextVar("wanted trace", default=None)


class SpanName(StrEnum):
    """The spans there are."""

    RECEIVE = "receive"
    DECIDE = "decide"
    ENGINE = "engine"
    CLAIM = "claim"
    SEND = "send"


_KINDS = {SpanName.RECEIVE: SpanKind.CONSUMER, SpanName.SEND: SpanKind.PRODUCER}


class _Tracing:
    """Where spans of this process go; the API's own tracer makes none."""

    def __init__(self) -> None:
        self.tracer: Tracer = trace.NoOpTracerProvider().get_tracer(NAME)


_tracing = _Tracing()


@contextmanager
def traced_by(tracer: Tracer) -> Iterator[None]:
    """Spans are made by this tracer meanwhile."""
    before, _tracing.tracer = _tracing.tracer, tracer
    try:
        yield
    finally:
        _tracing.tracer = before


def trace_id_of(correlation_id: str) -> int:
    """The trace of an affair."""
    if _TRACE_ID.fullmatch(correlation_id):
        return int(correlation_id, 16)
    return int.from_bytes(_digest(correlation_id)[:16])


def wanted_trace() -> int | None:
    """The trace in which a span is being begun; None where any will do."""
    return _wanted.get()


def trace_in(traceparent: str) -> str:
    """The trace id of a `traceparent`, as a correlation id; empty where it is none."""
    called = _caller(traceparent)
    return trace.format_trace_id(called.trace_id) if called.is_valid else ""


@contextmanager
def called_by(traceparent: str) -> Iterator[None]:
    """What is done within was asked for by the span of this header, where it is one."""
    called = _caller(traceparent)
    if not called.is_valid:
        yield
        return
    around = trace.set_span_in_context(trace.NonRecordingSpan(called))
    token = contexts.attach(around)
    try:
        yield
    finally:
        contexts.detach(token)


@contextmanager
def span(name: SpanName, correlation_id: str, **ids: str) -> Iterator[Span]:
    """A span in the trace of the affair, beneath the one we are in if that is of the same trace.

    Args:
        name: what is done.
        correlation_id: the affair; empty where it is none.
        ids: what the span is about, as attributes `tollgate.NAME`; what is empty is left out.
    """
    around = trace.get_current_span().get_span_context()
    wanted = trace_id_of(correlation_id) if correlation_id else None
    beneath = around.is_valid and wanted in (None, around.trace_id)
    given = {"correlation_id": correlation_id, **ids}
    token = _wanted.set(wanted)
    try:
        begun = _tracing.tracer.start_span(
            name.value,
            context=None if beneath else contexts.Context(),
            kind=_KINDS.get(name, SpanKind.INTERNAL),
            attributes={f"tollgate.{key}": value for key, value in given.items() if value},
            links=[Link(around)] if around.is_valid and not beneath else None,
        )
    finally:
        _wanted.reset(token)
    # Of an error only its kind: its words may repeat what others said.
    with trace.use_span(
        begun, end_on_exit=True, record_exception=False, set_status_on_exception=False
    ):
        try:
            yield begun
        except Exception as error:
            failed(begun, type(error).__name__)
            raise


def failed(begun: Span, why: str) -> None:
    """Mark a span as gone wrong."""
    begun.set_status(Status(StatusCode.ERROR, why))


def traceparent_of(correlation_id: str) -> str:
    """What tells a receiver the trace of an affair: the span we are in, if it is of that trace.

    Without a span it names one that follows from the correlation id and was not recorded. Empty
    without an affair.
    """
    if not correlation_id:
        return ""
    here = trace.get_current_span().get_span_context()
    wanted = trace_id_of(correlation_id)
    if not here.is_valid or here.trace_id != wanted:
        named = int.from_bytes(_digest(correlation_id)[16:24])
        here = SpanContext(wanted, named, is_remote=False)
    ids = f"{trace.format_trace_id(here.trace_id)}-{trace.format_span_id(here.span_id)}"
    return f"00-{ids}-{here.trace_flags:02x}"


def _caller(traceparent: str) -> SpanContext:
    if not traceparent:
        return trace.INVALID_SPAN_CONTEXT
    found = _propagator.extract({TRACEPARENT: traceparent}, contexts.Context())
    return trace.get_current_span(found).get_span_context()


def _digest(correlation_id: str) -> bytes:
    return sha256(correlation_id.encode("utf-8", "surrogatepass")).digest()
