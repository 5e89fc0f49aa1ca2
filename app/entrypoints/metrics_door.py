"""A process that only works is asked by Prometheus at an address of its own.

It asks for no key. On this machine it answers to its own names alone, as `api/door.py` says why; in
a network Prometheus asks by whatever name the process has there, and whoever can reach it is
answered.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from prometheus_client import CollectorRegistry, make_wsgi_app, start_http_server
from prometheus_client.metrics_core import Metric

from app.entrypoints.api.door import is_loopback, name_in
from app.entrypoints.watched_metrics import watched_metrics
from app.errors import DeploymentError
from app.operations.house import House
from app.settings import Settings
from app.telemetry import REGISTRY


class _Everything(CollectorRegistry):
    """What this process has counted, and what is stored and waits."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self._house = house

    def collect(self) -> Iterator[Metric]:
        """Both, as they are when asked."""
        yield from REGISTRY.collect()
        yield from watched_metrics(self._house)


def _by_its_own_name(app: WSGIApplication) -> WSGIApplication:
    """The same, and nothing for a page elsewhere that has its own name point here."""

    def answered(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if is_loopback(name_in(environ.get("HTTP_HOST", ""))):
            return app(environ, start)
        start("403 Forbidden", [("Content-Type", "text/plain")])
        return [b"only this machine may ask, by its own name: 127.0.0.1, [::1] or localhost\n"]

    return answered


@contextmanager
def told_at(settings: Settings, house: House) -> Iterator[None]:
    """Answer Prometheus until the block ends, where the installation says at which address.

    Raises:
        DeploymentError: it is no address, or somebody else listens there.
    """
    if not settings.metrics_at:
        yield
        return
    host, _, port = settings.metrics_at.rpartition(":")
    if not host or not port.isdecimal():
        raise DeploymentError(
            f"TOLLGATE_METRICS_AT is {settings.metrics_at!r}; allowed: HOST:PORT, 127.0.0.1:9464"
        )
    everything = _Everything(house)
    try:
        server, thread = start_http_server(int(port), host.strip("[]"), everything)
    except (OSError, OverflowError) as error:
        raise DeploymentError(f"nobody can listen on {settings.metrics_at}: {error}") from error
    if is_loopback(host):
        server.set_app(_by_its_own_name(make_wsgi_app(everything)))
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
