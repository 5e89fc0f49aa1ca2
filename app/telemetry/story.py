"""The story of an affair: one line of the log a step, each with every id that is known by then.

Whoever searches the log for a correlation id reads what became of a message, from its arrival to
the number of the invoice, across processes and days. Ids and outcomes are told, never what was
said: no bodies, no amounts, no keys.
"""

import logging
from enum import StrEnum

_log = logging.getLogger("tollgate.story")


class Step(StrEnum):
    """What happened; the `event` of the line."""

    RECEIVED = "received"
    DECIDED = "decided"
    GONE = "gone"
    """There is no such unit any more, by what came since."""
    RELEASED = "released"
    SENT = "sent"
    INVOICED = "invoiced"


NAMED = (
    "delivery_id",
    "partner",
    "feed",
    "outcome",
    "message_id",
    "order",
    "shipment",
    "unit",
    "customer",
    "decision_id",
    "verdict",
    "holds",
    "release_id",
    "kind",
    "destination",
    "type",
    "event_id",
    "reference",
    "invoice",
    "system",
    "actor",
)
"""What a line may carry beside its words, in this order; nothing else of a record is written."""


def tell(step: Step, correlation_id: str, **ids: object) -> None:
    """Write that something happened in an affair, with the ids it goes by.

    Args:
        step: what happened.
        correlation_id: the affair.
        ids: by the names of `NAMED`; what is empty is left out.
    """
    if _log.isEnabledFor(logging.INFO):
        known = {name: told for name, told in ids.items() if told}
        _log.info(step.value, extra={"correlation_id": correlation_id or "-", **known})
