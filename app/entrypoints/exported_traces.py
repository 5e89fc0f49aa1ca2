"""Spans leave for a collector, by OTLP over HTTP, where the installation names one."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from app.errors import DeploymentError
from app.settings import Settings
from app.telemetry.traces import NAME, traced_by, wanted_trace

PATH = "/v1/traces"
ANSWERS_WITHIN_S = 5.0
"""How long a collector may take; what it does not take by then is lost."""


@contextmanager
def exported_traces(settings: Settings) -> Iterator[None]:
    """Spans are sent to the collector until the block ends; without one there are none.

    Raises:
        DeploymentError: a collector is named and what speaks to it is not installed.
    """
    if not settings.otlp_endpoint:
        yield
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415  an extra
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
        from opentelemetry.sdk.trace.id_generator import RandomIdGenerator  # noqa: PLC0415
    except ImportError as error:
        raise DeploymentError(
            "TOLLGATE_OTLP_ENDPOINT is set, and what exports traces is not installed: "
            "pip install 'tollgate[otel]'"
        ) from error

    class AffairIds(RandomIdGenerator):
        """Trace ids follow from the affair, see `telemetry/traces.py`."""

        def generate_trace_id(self) -> int:
            return wanted_trace() or super().generate_trace_id()

    exporter = OTLPSpanExporter(_address(settings.otlp_endpoint), timeout=ANSWERS_WITHIN_S)
    provider = TracerProvider(
        id_generator=AffairIds(),
        resource=Resource.create({"service.name": NAME, "service.version": version(NAME)}),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(BatchSpanProcessor(exporter))
    try:
        with traced_by(provider.get_tracer(NAME)):
            yield
    finally:
        provider.shutdown()


def _address(endpoint: str) -> str:
    """The collector's address with the path that OTLP has there, where it does not end so."""
    endpoint = endpoint.rstrip("/")
    return endpoint if endpoint.endswith(PATH) else endpoint + PATH
