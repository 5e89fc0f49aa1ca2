"""The billing systems that every connector is tried on: one real Tryton a session and a fake."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.authoring.files.connection_files import connection_of
from app.billing.rest_mapping import RestMapping
from app.billing.tryton_settings import TrytonSettings
from app.infrastructure.sending.connector import Connector
from app.infrastructure.sending.rest_by_mapping import MappedConnector
from app.infrastructure.sending.tryton import TrytonConnector
from tests.fakes.small_erp import KEY, small_erp
from tests.real.faulty_proxy import FaultyProxy, faulty_proxy
from tests.real.postgresql import RunningPostgres
from tests.real.tryton import RunningTryton, tryton_on_postgresql, tryton_on_sqlite

HERE = Path(__file__).parent


class Erp:
    """One billing system and one connector to it."""

    def __init__(
        self,
        url: str,
        key: str,
        connect: Callable[[str, str], Connector],
        pay: Callable[[str, str], str],
        post_method: str,
    ) -> None:
        self.url = url
        self.key = key
        self.pay = pay
        self.post_method = post_method
        self._connect = connect
        self._made: list[Connector] = []

    def connector(self, *, url: str = "", key: str = "") -> Connector:
        """A connector to it, or to what stands before it."""
        made = self._connect(url or self.url, key or self.key)
        self._made.append(made)
        return made

    def close(self) -> None:
        for connector in self._made:
            connector.close()


@pytest.fixture(scope="session")
def tryton() -> Iterator[RunningTryton]:
    with tryton_on_sqlite() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_tryton(postgres_server: RunningPostgres) -> Iterator[RunningTryton]:
    with tryton_on_postgresql(postgres_server) as server:
        yield server


@pytest.fixture(params=["tryton", "tryton by mapping", "small erp by mapping"])
def erp(request: pytest.FixtureRequest) -> Iterator[Erp]:
    """Each billing system in turn."""
    if request.param == "small erp by mapping":
        with small_erp() as system:
            fake = Erp(system.url, KEY, small_erp_connector, system.pay, "PUT")
            yield fake
            fake.close()
        return
    server = request.getfixturevalue("tryton")
    connect = tryton_connector if request.param == "tryton" else mapped_tryton(server)
    real = Erp(server.url, server.key, connect, server.pay, "POST")
    yield real
    real.close()


@pytest.fixture
def faulty(erp: Erp) -> Iterator[FaultyProxy]:
    """What stands before it, and may do anything to a request."""
    with faulty_proxy(erp.url) as proxy:
        yield proxy


def tryton_settings(url: str, **other: Any) -> TrytonSettings:
    said: dict[str, Any] = {
        "url": url,
        "database": "books",
        "parties": {"ACME": "C-100", "GLOBEX": "C-200", "ELSEWHERE": "C-999"},
        "journal": "REV",
        "receivable_account": "1.2.1",
        "revenue_account": "4.1.2",
        "revenue_accounts": {"fuel_surcharge": "4.3.3"},
        "tax_accounts": {"GST of CA": "2.2.3"},
    }
    return TrytonSettings(**{**said, **other})


def tryton_connector(url: str, key: str) -> TrytonConnector:
    return TrytonConnector(tryton_settings(url), key)


def small_erp_connector(url: str, key: str, *, withdraws: bool = True) -> MappedConnector:
    text = (HERE / "small_erp.yaml").read_text(encoding="utf-8").replace("@URL@", url)
    mapping = _mapping(text, "small_erp.yaml")
    if not withdraws:
        mapping = msgspec.structs.replace(mapping, withdraw=None)
    return MappedConnector(mapping, {"small_erp_key": key})


def mapped_tryton(server: RunningTryton) -> Callable[[str, str], MappedConnector]:
    """Tryton's REST by its mapping; the ids that it needs are looked up for it."""
    text = (HERE / "tryton_by_mapping.yaml").read_text(encoding="utf-8")
    ids = {name: _id(server, name) for name in set(re.findall(r"@([A-Z]+ [\w.-]+)@", text))}

    def connect(url: str, key: str) -> MappedConnector:
        filled = re.sub(r"@([A-Z]+ [\w.-]+)@", lambda found: ids[found[1]], text)
        filled = filled.replace("@URL@", f"{url}/{server.database}/rest/model")
        return MappedConnector(_mapping(filled, "tryton_by_mapping.yaml"), {"tryton_key": key})

    return connect


def _mapping(text: str, file: str) -> RestMapping:
    connection = connection_of(text, file)
    assert isinstance(connection, RestMapping)
    return connection


def _id(server: RunningTryton, name: str) -> str:
    kind, code = name.split()
    model, field = {
        "PARTY": ("party.party", "code"),
        "ADDRESS": ("party.address", "party.code"),
        "CURRENCY": ("currency.currency", "code"),
        "ACCOUNT": ("account.account", "code"),
        "JOURNAL": ("account.journal", "code"),
    }[kind]
    [found] = server.search(model, [[field, "=", code]])
    return str(found["id"])
