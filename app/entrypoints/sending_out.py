"""What leaves by itself: events to their destinations, and questions to billing systems.

The senders are made anew when the destinations are others, so that an edited file counts at once.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from threading import Lock

from app.billing.destination import Destination, Destinations, Kind
from app.errors import DeploymentError, IntakeError
from app.infrastructure.secrets import read_secret
from app.infrastructure.sending.broker import broker_maker
from app.infrastructure.sending.connector import Connector
from app.infrastructure.sending.connectors import connector_for
from app.infrastructure.sending.sender import NotSentError, Sender
from app.infrastructure.sending.senders import Make, Senders
from app.main import now
from app.operations.changing.editions_in_force import destinations_in_force
from app.operations.house import House
from app.operations.releasing.receivables import poll_receivables
from app.operations.sending.connector_sender import ConnectorSender
from app.operations.sending.couriers import Couriers
from app.operations.sending.send_due import SentOut
from app.operations.sending.send_told import send_told
from app.settings import Settings


class SendingOut:
    """Sends what was told, and asks what became of it; whoever opens it closes it."""

    def __init__(
        self, settings: Settings, house: House, couriers: Couriers[SentOut], broker: Make
    ) -> None:
        self._settings, self._house, self._couriers = settings, house, couriers
        self._broker = broker
        self._making = Lock()
        self._open = ExitStack()
        self._of = Destinations()
        self._senders = self._made(self._of)

    def send(self) -> int:
        """One turn; how much there was to do."""
        return send_told(self._house, self._senders_now(), self._couriers)

    def ask(self) -> int:
        """Ask every billing system about its open invoices; how many had news.

        Raises:
            DeploymentError: a system did not answer, or said what cannot be kept; the others
                were asked all the same.
        """
        destinations, news, silent = self._destinations(), 0, []
        for each in destinations.destinations:
            if each.kind is not Kind.CONNECTOR:
                continue
            try:
                with closing(self._connector(destinations, each)) as connector:
                    news += poll_receivables(self._house, connector, each.address)
            except (NotSentError, IntakeError) as error:
                silent.append(f"{each.address}: {error}")
        if silent:
            raise DeploymentError("; ".join(silent))
        return news

    def close(self) -> None:
        """Close every connection, when what is under way has ended."""
        self._open.close()

    def _senders_now(self) -> Senders:
        current = self._destinations()
        with self._making:
            if current != self._of:
                # The old ones may still be sending; they are closed with all others.
                self._of, self._senders = current, self._made(current)
            return self._senders

    def _made(self, destinations: Destinations) -> Senders:
        makers: dict[str, Make] = {
            "connector": partial(self._biller, destinations),
            "broker": self._broker,
        }
        senders = Senders(
            self._settings.secrets,
            self._house.tenant,
            now,  # whoever checks a signature goes by the real time, whatever is told here
            makers=makers,
        )
        self._open.callback(senders.close)
        return senders

    def _biller(self, destinations: Destinations, destination: Destination, secret: str) -> Sender:
        del secret
        connector = self._connector(destinations, destination)
        return ConnectorSender(self._house, destination, connector)

    def _connector(self, destinations: Destinations, destination: Destination) -> Connector:
        secrets = self._settings.secrets
        address = f"{destination.partner}/{destination.connection}"
        connection = destinations.connections.get(address)
        if connection is None:
            raise DeploymentError(f"{destination.address} has no connection {address}")
        own = read_secret(secrets, destination.secret) if destination.secret else ""
        return connector_for(connection, own, partial(read_secret, secrets))

    def _destinations(self) -> Destinations:
        with self._house.database.reading(self._house.tenant) as store:
            return destinations_in_force(store)


@contextmanager
def sending_out(settings: Settings, house: House) -> Iterator[SendingOut]:
    """What sends for this process; at the end it waits for what is under way."""
    with Couriers[SentOut]() as couriers:
        broker = broker_maker(settings.broker_url.get_secret_value(), f"/tollgate/{house.tenant}")
        sending = SendingOut(settings, house, couriers, broker)
        try:
            yield sending
        finally:
            sending.close()
