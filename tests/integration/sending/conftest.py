"""A house without an engine on each of the two databases: nothing is decided here."""

from collections.abc import Iterator

import pytest

from app.infrastructure.storage.database import Database
from app.judgement.rulebook.key import Answer, NoAnswer
from app.judgement.rulebook.model import RulePack
from app.judgement.rulebook.seen import View
from app.operations.house import House
from tests.integration.sending.receivers import Receiver
from tests.integration.sending.told import SetClock
from tests.real.prepared import CopyOf, nothing


class NoKey:
    """A key that nobody may ask."""

    def judge(self, pack: RulePack, view: View) -> Answer | NoAnswer:
        raise AssertionError(f"{pack.name} is asked about {view} while events are sent")


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def house(
    request: pytest.FixtureRequest, prepared_copy: CopyOf, clock: SetClock
) -> Iterator[House]:
    database = Database(prepared_copy(request.param, "nothing", nothing))
    yield House(database=database, first_key=NoKey(), tenant="acme", actor="test", now=clock)
    database.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook's receiver on loopback."""
    with Receiver() as listening:
        yield listening
