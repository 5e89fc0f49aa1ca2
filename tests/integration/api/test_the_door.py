"""Who may come in, and under which name they act."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from app.entrypoints.api.door import keys_of, refuse_open_door
from app.entrypoints.api.examples.sent import EVENTS
from app.entrypoints.serving import serve_forever
from app.errors import DeploymentError
from app.operations.house import House
from app.settings import Settings
from tests.integration.api.asking import (
    FREIGHT,
    Client,
    assert_problem,
    claim,
    counted,
    decide,
    entrance,
)

KEYS = SecretStr("bluewave:correct-horse, erp:battery-staple")


@pytest.fixture
def locked(settings: Settings) -> Settings:
    """An installation with two keys."""
    return settings.model_copy(update={"api_keys": KEYS})


@pytest.fixture
def guarded(house: House, locked: Settings) -> Iterator[Client]:
    """Its entrance, asked without a key."""
    with entrance(house, locked) as client:
        yield client


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer correct-horse2"},
        {"Authorization": "Bearer bluewave:correct-horse"},
        {"Authorization": "Basic correct-horse"},
        {"Authorization": "correct-horse"},
    ],
)
@pytest.mark.parametrize("path", ["/ready", "/schema", "/v1/shipments/1", "/not-there"])
def test_without_a_valid_key_nothing_but_health_is_answered(
    guarded: Client, given: dict[str, str], path: str
) -> None:
    answer = guarded.get(path, headers=given)

    assert_problem(answer, 401, "key-missing")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert guarded.get("/health", headers=given).status_code == 200
    for method in ("PUT", "OPTIONS", "POST", "DELETE"):
        refused = guarded.request(method, "/v1/events", headers=given)
        assert_problem(refused, 401, "key-missing")


def test_without_a_key_nothing_is_recorded(guarded: Client, house: House) -> None:
    assert_problem(guarded.post("/v1/events", json=EVENTS), 401, "key-missing")

    with house.database.reading(house.tenant) as store:
        assert store.counts().messages == {}


def test_acts_are_recorded_under_the_name_of_the_key(guarded: Client) -> None:
    guarded.headers["Authorization"] = "bearer correct-horse"
    assert guarded.post("/v1/events", json=EVENTS).status_code == 200
    known = guarded.get("/v1/shipments/SO-20117").json()
    assert {fact["actor"] for fact in known["facts"]} == {"bluewave"}

    guarded.headers["Authorization"] = "Bearer battery-staple"
    released = claim(guarded, decide(guarded, "SO-20117").json()["decision_id"])

    assert released.json()["actor"] == "erp"
    assert_problem(guarded.get("/not-there"), 404, "no-such-path")


def test_without_keys_a_page_in_a_browser_may_not_ask(client: Client, house: House) -> None:
    headers = {"Origin": "https://example.org", "Content-Type": "text/plain"}

    for path in ("/v1/events", "/v1/charge-decisions/4711/release", "/not-there"):
        answer = client.post(path, content=FREIGHT, headers=headers)
        assert_problem(answer, 403, "not-from-a-page")

    assert counted(house) == (0, 0, 0)


FOREIGN = ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "10.0.0.7", ""]
ASKED = [
    ("POST", "/v1/events"),
    ("POST", "/v1/charge-decisions/4711/release"),
    ("POST", "/v1/feeds/northwind/events"),
    ("GET", "/v1/sendings"),
    ("GET", "/schema/openapi.json"),
    ("GET", "/ready"),
    ("GET", "/metrics"),
    ("GET", "/not-there"),
    ("BREW", "/v1/events"),
]


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize(("method", "path"), ASKED)
def test_without_keys_nothing_is_answered_to_a_name_of_anothers(
    client: Client, house: House, method: str, path: str, host: str
) -> None:
    """A page whose owner points his own name at this machine is of the same origin to a browser."""
    answer = client.request(method, path, content=FREIGHT, headers={"Host": host})

    problem = assert_problem(answer, 403, "host-not-ours")
    (mistake,) = problem["mistakes"]
    assert mistake["where"] == "Host"
    assert repr(host) in mistake["what"] or (not host and mistake["what"] == "it names no host")
    assert mistake["allowed"] == "127.0.0.1, [::1] or localhost, with any port"
    assert "TOLLGATE_API_KEYS" in mistake["mend"]
    assert counted(house) == (0, 0, 0)


def test_whether_it_is_alive_is_told_by_any_name(client: Client) -> None:
    """A probe names whatever it likes, and learns nothing."""
    for host in FOREIGN:
        assert client.get("/health", headers={"Host": host}).json() == {"status": "alive"}


@pytest.mark.parametrize("host", ["localhost", "localhost:9000", "127.0.0.1:1", "[::1]:8000"])
@pytest.mark.parametrize("path", ["/ready", "/metrics", "/v1/sendings"])
def test_every_name_of_this_machine_is_answered(client: Client, path: str, host: str) -> None:
    assert client.get(path, headers={"Host": host}).status_code == 200


def test_with_keys_it_is_asked_by_any_name(guarded: Client) -> None:
    guarded.headers["Authorization"] = "Bearer battery-staple"
    answer = guarded.get("/v1/sendings", headers={"Host": "tollgate.example"})
    assert answer.status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])
def test_without_keys_it_refuses_to_listen_to_the_network(settings: Settings, host: str) -> None:
    with pytest.raises(DeploymentError, match="would let anybody in") as refused:
        serve_forever(settings, host, 0)

    assert "TOLLGATE_API_KEYS" in str(refused.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "[::1]", "localhost"])
def test_without_keys_it_listens_to_this_machine(settings: Settings, host: str) -> None:
    refuse_open_door(settings, host)


def test_with_keys_it_listens_to_the_network(locked: Settings) -> None:
    refuse_open_door(locked, "0.0.0.0")


@pytest.mark.parametrize("pairs", ["secret1", ":secret1", "erp:", "a:secret1,a:b", "a:x,b:x"])
def test_keys_that_cannot_be_read_are_refused_without_repeating_them(
    settings: Settings, pairs: str
) -> None:
    wrong = settings.model_copy(update={"api_keys": SecretStr(pairs)})

    with pytest.raises(DeploymentError) as refused:
        keys_of(wrong)

    assert "secret1" not in str(refused.value)
