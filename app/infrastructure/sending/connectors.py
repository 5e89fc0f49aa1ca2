"""The connector of each kind of connection."""

from collections.abc import Callable

from app.billing.destination import Connection
from app.billing.rest_forms import secrets_of
from app.billing.tryton_settings import TrytonSettings
from app.infrastructure.sending.connector import Connector
from app.infrastructure.sending.rest_by_mapping import MappedConnector
from app.infrastructure.sending.tryton import TrytonConnector


def connector_for(
    connection: Connection, secret: str, secret_named: Callable[[str], str]
) -> Connector:
    """A connector that talks to the system of this connection.

    Args:
        connection: how it is talked to.
        secret: the destination's own, with which a Tryton is asked.
        secret_named: gives what the headers of a mapping ask for.
    """
    if isinstance(connection, TrytonSettings):
        return TrytonConnector(connection, secret)
    return MappedConnector(
        connection, {name: secret_named(name) for name in secrets_of(connection)}
    )
