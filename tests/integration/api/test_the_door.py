"""Who may come in, and under which name they act."""

from collections.abc import Iterator

import pytest
from litestar.testing import TestClient
from pydantic import SecretStr

from app.entrypoints.api.door import keys_of, refuse_open_door
from app.entrypoints.api.examples.sent import EVENTS
from app.entrypoints.serving import create_app, serve_forever
from app.errors import DeploymentError
from app.operations.house import House
from app.settings import Settings
from tests.integration.api.asking import FREIGHT, Client, assert_problem, claim, counted, decide

KEYS = SecretStr("bluewave:correct-horse, erp:battery-staple")


@pytest.fixture
def locked(settings: Settings) -> Settings:
    """An installation with two keys."""
    return settings.model_copy(update={"api_keys": KEYS})


@pytest.fixture
def guarded(house: House, locked: Settings) -> Iterator[Client]:
    """Its entrance, asked without a key."""
    with TestClient(create_app(house, locked)) as client:
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
