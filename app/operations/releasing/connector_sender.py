"""The sender of a billing system: claims are posted there, and their numbers are kept here."""

from dataclasses import replace

from app.billing.destination import Destination
from app.billing.events import DECISION_CHANGED, RELEASE_CLAIMED
from app.errors import ConflictError, EngineError, LimitReachedError
from app.infrastructure.sending.connector import Connector
from app.infrastructure.sending.sender import NotSentError, Outgoing, Sent
from app.operations.house import House
from app.operations.releasing.post_invoice import claim_for, post_invoice


class ConnectorSender:
    """Sends to one billing system, in its own name; whoever opens it closes it."""

    def __init__(self, house: House, destination: Destination, connector: Connector) -> None:
        self._house = replace(house, actor=destination.address)
        self._destination = destination
        self._connector = connector

    def send(self, outgoing: Outgoing) -> Sent:
        """Post what was claimed; claim what was decided, where it claims by itself.

        Raises:
            NotSentError: it is not posted or claimed, or nobody knows.
        """
        acting = replace(self._house, correlation_id=outgoing.correlation_id)
        if outgoing.type == RELEASE_CLAIMED:
            return self._posted(acting, outgoing)
        if outgoing.type == DECISION_CHANGED:
            return self._claimed(acting, outgoing)
        raise NotSentError(
            f"{self._destination.address} is a billing system and has no use for {outgoing.type}; "
            f"let it hear {RELEASE_CLAIMED}, and {DECISION_CHANGED} where it claims by itself",
            retry=False,
        )

    def close(self) -> None:
        """Close the connections to the billing system."""
        self._connector.close()

    def _posted(self, house: House, outgoing: Outgoing) -> Sent:
        try:
            return post_invoice(house, self._connector, outgoing, self._destination.address)
        except ConflictError as error:
            # Posted there, and another number was told here meanwhile: somebody must credit one.
            raise NotSentError(str(error), retry=False) from error

    def _claimed(self, house: House, outgoing: Outgoing) -> Sent:
        try:
            release = claim_for(house, outgoing, self._destination)
        except LimitReachedError as error:
            # Not the system's fault, so its other invoices go on; a person tries this one again.
            raise NotSentError(str(error), retry=False) from error
        except EngineError as error:
            raise NotSentError(str(error), retry=True) from error
        return Sent(reference=release.release_id if release else "")
