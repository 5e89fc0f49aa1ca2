"""Sends events to a broker, each to the address of its type, in the binary form of CloudEvents.

The body is the event's data and the headers are its attributes; `X-Correlation-Id` stands beside
them. The broker drops an event it has had where it can (JetStream, by the event's id within an
hour); every reader must know an event it has had by that id.
"""

import logging
from collections.abc import Callable
from threading import Lock
from typing import Self
from urllib.parse import quote, urlsplit, urlunsplit

from app.billing.destination import Destination
from app.errors import DeploymentError
from app.infrastructure.brokers.broker import Broker
from app.infrastructure.brokers.by_url import broker_at
from app.infrastructure.brokers.letters import CORRELATION, OUT, Letter, Limits, plain
from app.infrastructure.brokers.loop import LoopThread
from app.infrastructure.sending.sender import NotSentError, Outgoing, Sent
from app.telemetry.traces import TRACEPARENT, traceparent_of

_log = logging.getLogger("tollgate.sending")


class BrokerSender:
    """Publishes, and returns when the broker has it for good; connects when first needed.

    May be used by several threads.
    """

    def __init__(self, url: str, source: str, within_s: float = 10.0, address: str = "") -> None:
        self._url, self._source, self._within_s = url, source, within_s
        self._address = address
        """Where everything goes; empty: each event to the address of its type."""
        self._broker: Broker | None = None
        self._loop = LoopThread("broker out")
        self._connecting = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, outgoing: Outgoing) -> Sent:
        """Publish the event.

        Raises:
            NotSentError: the broker did not confirm it in time; it may have it all the same.
            DeploymentError: the URL means no broker.
        """
        try:
            broker = self._connected()
            self._loop.run(broker.publish(self._letter(broker, outgoing)), self._within_s)
        except DeploymentError:
            raise
        except Exception as error:
            # Whatever the three clients raise: nobody knows whether the broker has it.
            why = f"the broker did not take it: {type(error).__name__}: {error}"
            raise NotSentError(why.strip(": "), retry=True) from error
        return Sent()

    def close(self) -> None:
        """Disconnect."""
        try:
            if self._broker is not None:
                self._loop.run(self._broker.close(), self._within_s)
        except Exception:  # noqa: BLE001  nothing was lost: each event was confirmed by itself
            _log.exception("the connection to the broker did not end as it should")
        finally:
            self._loop.close()

    def _connected(self) -> Broker:
        with self._connecting:
            if self._broker is None:
                limits = Limits(connects_within_s=self._within_s)
                self._broker = self._loop.run(_opened(self._url, limits), self._within_s)
            return self._broker

    def _letter(self, broker: Broker, outgoing: Outgoing) -> Letter:
        attributes = {
            "specversion": "1.0",
            "id": outgoing.event_id,
            "source": self._source,
            "type": outgoing.type,
            "subject": outgoing.subject,
            "time": outgoing.created_at.isoformat(),
            "correlationid": outgoing.correlation_id,
        }
        headers = {broker.cloudevents + name: plain(text) for name, text in attributes.items()}
        if trace := traceparent_of(outgoing.correlation_id):
            headers[TRACEPARENT] = trace
        return Letter(
            address=self._address or OUT + outgoing.type,
            body=outgoing.body,
            message_id=outgoing.event_id,
            headers={**headers, CORRELATION: outgoing.correlation_id},
        )


def broker_maker(house_url: str, source: str) -> Callable[[Destination, str], BrokerSender]:
    """What makes the sender of a destination of kind `broker`.

    Args:
        house_url: the broker of the installation, for destinations that name no other.
        source: who sends, as CloudEvents call it.
    """

    def made(destination: Destination, secret: str) -> BrokerSender:
        url = destination.url or house_url
        if secret:
            url = _signed_in(url, secret)
        return BrokerSender(url, source, float(destination.timeout_s), destination.subject)

    return made


def _signed_in(url: str, secret: str) -> str:
    """The URL with `user:password` in it, which no file of a partner's holds."""
    parts = urlsplit(url)
    user, _, password = secret.partition(":")
    host = parts.netloc.rpartition("@")[2]
    signed_in = f"{quote(user, safe='')}:{quote(password, safe='')}@{host}"
    return urlunsplit(parts._replace(netloc=signed_in))


async def _opened(url: str, limits: Limits) -> Broker:
    broker = broker_at(url, limits)
    try:
        await broker.open()
    except BaseException:
        await broker.close()
        raise
    return broker
