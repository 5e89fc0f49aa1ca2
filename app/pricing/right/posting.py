"""The month into whose books a unit goes.

What was never billed belongs to the month of its service. What changes after that is posted
when it becomes known: a late adjustment goes into the open period, and does not ask finance to
open the month of the service again.
"""

from datetime import UTC, date

from app.measures import Instant


def posting_day(
    service: date | None, policy_at: Instant, billed_first_on: date | None = None
) -> date | None:
    """The day whose month has to be open; None while the service is not complete."""
    return service if billed_first_on is None else policy_at.astimezone(UTC).date()
