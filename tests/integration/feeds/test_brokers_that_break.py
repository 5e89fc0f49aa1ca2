"""A broker that cannot even be left in peace is asked again all the same."""

from threading import Event

import pytest
from pydantic import SecretStr

from app.entrypoints.feeds import broker as broker_feeds
from app.infrastructure.brokers.letters import Letter, Limits
from app.infrastructure.brokers.taking import Taking
from app.operations.house import House
from app.settings import Settings
from tests.integration.feeds.conftest import QUICK


class Breaking:
    """Does not answer, and does not let itself be closed either; the second one is well."""

    cloudevents = "ce-"
    made = 0

    def __init__(self, opened: Event) -> None:
        type(self).made += 1
        self.is_well = type(self).made > 2
        self.opened = opened

    async def open(self, taking: Taking | None = None) -> None:
        assert taking is not None
        if not self.is_well:
            raise ConnectionError("not there")
        self.opened.set()

    async def publish(self, letter: Letter) -> None:
        raise AssertionError(f"nothing is published here: {letter}")

    async def close(self) -> None:
        if not self.is_well:
            raise ConnectionError("nor can it be closed")


def test_a_broker_that_fails_even_to_be_closed_is_opened_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Event()

    def made(url: str, limits: Limits) -> Breaking:
        assert (url, limits) == ("nats://somewhere", QUICK)
        return Breaking(opened)

    monkeypatch.setattr(broker_feeds, "broker_at", made)
    monkeypatch.setattr(Breaking, "made", 0)
    settings = Settings(broker_url=SecretStr("nats://somewhere"))
    with broker_feeds.BrokerFeeds(settings, house, QUICK):
        assert opened.wait(10)
