"""What every broker can do for us; the three differ behind it."""

from collections.abc import Mapping
from typing import Protocol

from app.infrastructure.brokers.letters import Letter
from app.infrastructure.brokers.taking import Taking


class Broker(Protocol):
    """One broker, connected; to be used within one event loop."""

    cloudevents: str
    """What the broker's binding of CloudEvents puts before the names of attributes."""

    async def open(self, taking: Taking | None = None) -> None:
        """Connect, and begin to take what arrives where there is somebody to take it."""
        ...

    async def divide(self, feeds: Mapping[str, int]) -> None:
        """Give each feed a queue of its own, beside the one for everybody else.

        Args:
            feeds: how many messages of each address may be in hand at once; those that have their
                own already keep it.
        """
        ...

    async def publish(self, letter: Letter) -> None:
        """Hand a letter over; returns when the broker has it for good."""
        ...

    async def close(self) -> None:
        """Take no more, give back what was not finished, and disconnect."""
        ...
