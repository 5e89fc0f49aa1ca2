"""A house in which two feeds are known, and what a test needs to wait and to break things."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from pydantic import SecretStr

from app.entrypoints.feeds.broker import BrokerFeeds
from app.errors import DeploymentError
from app.evidence.intake.feed import Feed, Format, Pull
from app.infrastructure.brokers.letters import Limits
from app.infrastructure.engine.pool import EnginePool
from app.infrastructure.storage.database import Database
from app.main import now, read_drafts
from app.operations.changing.accept_editions import Drafts, accept_editions
from app.operations.house import House
from app.settings import Settings
from tests.real.prepared import CopyOf

QUICK = Limits(
    in_flight=4,
    deliveries=3,
    answers_within_s=0.5,
    again_after_s=0.05,
    connects_within_s=2.0,
    looks_every_s=0.1,
)
"""Limits under which nothing in a test has to be waited for."""

FEEDS = (
    Feed(partner="northwind", name="events", format=Format.CLOUDEVENTS),
    Feed(partner="northwind", name="edi", format=Format.X12),
    Feed(
        partner="hooked",
        name="webhook",
        format=Format.CLOUDEVENTS,
        signature="standard_webhooks",
        secret="hooked-webhook",
    ),
)
ASKED = Feed(
    partner="asked",
    name="events",
    format=Format.CLOUDEVENTS,
    pull=Pull(url="https://tms.example/v2/events", every_minutes=15),
)
"""A partner that is asked; each test says how."""


@pytest.fixture(scope="session")
def drafts() -> Drafts:
    found = read_drafts(Settings())
    profiles = msgspec.structs.replace(found.profiles, feeds=FEEDS)
    return msgspec.structs.replace(found, profiles=profiles)


@pytest.fixture(scope="session")
def engine() -> Iterator[EnginePool]:
    with EnginePool(time_limit_s=10.0) as pool:
        yield pool


@pytest.fixture
def house(prepared_copy: CopyOf, engine: EnginePool, drafts: Drafts) -> Iterator[House]:
    def opened(database: Database) -> House:
        return House(database=database, first_key=engine, tenant="main", actor="feeds", now=now)

    def accepted(database: Database) -> None:
        accept_editions(opened(database), drafts)

    database = Database(prepared_copy("sqlite", "feeds", accepted))
    yield opened(database)
    database.close()


class Breaking:
    """A database that fails a number of times before it does what it is asked."""

    def __init__(self, database: Database, error: Exception, times: int) -> None:
        self._database, self._error, self.times = database, error, times

    def together(self, tenant: str, do: Callable[[Any], Any]) -> Any:
        if self.times > 0:
            self.times -= 1
            raise self._error
        return self._database.together(tenant, do)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


def away(house: House, times: int) -> House:
    """The house while its database does not answer so many times."""
    return breaking(house, DeploymentError("the database could not do it"), times)


def breaking(house: House, error: Exception, times: int) -> House:
    database: Any = Breaking(house.database, error, times)
    return replace(house, database=database)


def feeds_in_force(house: House, drafts: Drafts, *feeds: Feed) -> None:
    """Other feeds than those every test knows."""
    profiles = msgspec.structs.replace(drafts.profiles, feeds=feeds)
    accept_editions(house, msgspec.structs.replace(drafts, profiles=profiles))


def findings(house: House) -> list[tuple[str, str]]:
    """Code and detail of what was found, the first first."""
    with house.database.reading(house.tenant) as store:
        return [(each.code, each.detail) for each in store.findings.latest(limit=99)][::-1]


def outcomes(house: House) -> dict[str, int]:
    """How many messages there are of each outcome."""
    with house.database.reading(house.tenant) as store:
        return store.counts().messages


def wait_for(what: Callable[[], bool], why: str, within_s: float = 60.0) -> None:
    """Return as soon as it is so."""
    until = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < until, f"it did not come about that {why}"
        time.sleep(0.01)


def body(*events: dict[str, Any]) -> bytes:
    return json.dumps(list(events)).encode()


def feeds_at(url: str, house: House, limits: Limits = QUICK) -> BrokerFeeds:
    return BrokerFeeds(Settings(broker_url=SecretStr(url)), house, limits)
