"""A billing system as a destination: it claims what it may, and posts what was claimed."""

from dataclasses import replace

from app.billing.destination import Destination
from app.billing.events import BILLED, DECISION_CHANGED
from app.errors import ConflictError, EngineError
from app.infrastructure.sending.connector import Connector
from app.infrastructure.sending.sender import NotSentError, Outgoing, Sent
from app.operations.house import House
from app.operations.releasing.post_invoice import claim_for, post_invoice


class ConnectorSender:
    """Sends to one billing system; each event in the affair it belongs to."""

    def __init__(self, house: House, destination: Destination, connector: Connector) -> None:
        # Whoever asks who has a release is told which system it was.
        self._house = replace(house, actor=destination.address)
        self._destination, self._connector = destination, connector

    def send(self, outgoing: Outgoing) -> Sent:
        """Claim what a changed decision permits, or post the invoice of what was claimed.

        Raises:
            NotSentError: the system did not take it, or nobody knows; or a person must look.
        """
        house = self._house.in_affair(outgoing.correlation_id)
        try:
            if outgoing.type == DECISION_CHANGED:
                release = claim_for(house, outgoing, self._destination)
                return Sent(reference=release.release_id if release else "")
            if outgoing.type in BILLED:
                return post_invoice(house, self._connector, outgoing, self._destination.address)
        except EngineError as error:
            raise NotSentError(str(error), retry=True, only_this=True) from error
        except ConflictError as error:
            raise NotSentError(str(error), retry=False) from error
        raise NotSentError(f"a billing system does nothing with {outgoing.type}", retry=False)

    def close(self) -> None:
        """Let go of the system's connections."""
        self._connector.close()
