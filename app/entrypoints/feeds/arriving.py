"""What all doors do with bytes: record them by their feed, or keep them unread.

A partner's message is never dropped because we do not know its feed, and never read by a guess:
it is kept in quarantine, where a person finds it.
"""

from app.errors import NotFoundError
from app.operations.house import House
from app.operations.receiving.came import Came
from app.operations.receiving.keep_unread import keep_unread
from app.operations.receiving.record_messages import Receipt, record_messages

_LONGEST = 100
"""Of a name from outside; names of feeds are shorter, and a row holds no more than a line."""


def record_arrived(house: House, raw: bytes, name: str, *, media: str, came: Came) -> Receipt:
    """Record the bytes; each message in them counts for itself.

    Raises:
        BusyError: too much of the partner's waits to be decided; nothing was taken.
        DeploymentError: the database does not answer, or no editions are in force.
    """
    if came.partner and came.feed:
        try:
            return record_messages(house, raw, name, media=media, came=came)
        except NotFoundError as error:
            detail = str(error.args[0])
    else:
        detail = f"it came by {name}, which names no partner and feed"
    unknown = Came(
        partner=came.partner[:_LONGEST],
        feed=came.feed[:_LONGEST],
        correlation_id=came.correlation_id,
    )
    return keep_unread(house, raw, name[:_LONGEST], media=media, came=unknown, detail=detail)
