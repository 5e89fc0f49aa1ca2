"""Bytes by a partner's feed over HTTP: by whose hand, in which affair, and what is told."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pydantic import SecretStr
from standardwebhooks.webhooks import Webhook

from app.evidence.intake.feed import Feed, Format
from app.operations.changing.accept_editions import Drafts, accept_editions
from app.operations.house import House
from app.settings import Settings
from tests.integration.api.asking import FREIGHT, Client, assert_problem, entrance
from tests.integration.operations import northwind as nw
from tests.logged import logged

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SIGNED = "/v1/feeds/hooked/webhook"
KEYED = "/v1/feeds/northwind/events"
FEEDS = (
    Feed(partner="northwind", name="events", format=Format.CLOUDEVENTS),
    Feed(partner="northwind", name="edi", format=Format.X12),
    Feed(
        partner="hooked",
        name="webhook",
        format=Format.CLOUDEVENTS,
        signature="standard_webhooks",
        secret="hooked",
    ),
)
JSON = {"Content-Type": "application/json"}
BODY = json.dumps([nw.shipment("N1")])


@pytest.fixture
def fed(house: House, drafts: Drafts) -> House:
    """The house with the feeds in force."""
    profiles = msgspec.structs.replace(drafts.profiles, feeds=FEEDS)
    accept_editions(house, msgspec.structs.replace(drafts, profiles=profiles))
    return house


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "hooked").write_text(SECRET + "\n", encoding="ascii")
    return folder


@pytest.fixture
def guarded(fed: House, settings: Settings, secrets: Path) -> Iterator[Client]:
    """An installation with one key and one secret."""
    keyed = settings.model_copy(update={"api_keys": SecretStr("erp:horse"), "secrets": secrets})
    with entrance(fed, keyed) as client:
        yield client


def signed(
    body: str, secret: str = SECRET, at: datetime | None = None, **more: str
) -> dict[str, str]:
    at = at or datetime.now(UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, body),
    }
    return {**headers, **more}


def latest(house: House) -> Any:
    with house.database.reading(house.tenant) as store:
        return store.messages.latest(limit=1)[0]


def test_a_signed_message_needs_no_key_and_is_recorded_in_the_feeds_name(
    guarded: Client, fed: House
) -> None:
    answer = guarded.post(SIGNED, content=BODY, headers=signed(BODY))

    assert answer.status_code == 200, answer.text
    assert answer.json()["messages"][0]["outcome"] == "recorded"
    message = latest(fed)
    assert (message.partner, message.feed, message.actor) == ("hooked", "webhook", "hooked/webhook")
    assert guarded.post(SIGNED, content=BODY, headers=signed(BODY)).json()["messages"][0] == {
        **answer.json()["messages"][0],
        "outcome": "duplicate",
    }


OTHER = "whsec_" + "A" * 32
AGO, AHEAD = (datetime.now(UTC) + timedelta(minutes=minutes) for minutes in (-6, 30))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer horse"},
        signed(BODY, secret=OTHER),
        signed(BODY + " "),
        signed(BODY, at=AGO),
        signed(BODY, at=AHEAD),
        {**signed(BODY), "webhook-id": "msg_2"},
        {**signed(BODY), "webhook-timestamp": "soon"},
        {**signed(BODY), "webhook-signature": "what"},
        {**signed(BODY), "webhook-signature": "v1,%%%"},
    ],
)
def test_what_is_not_signed_as_it_should_be_is_refused_and_not_kept(
    guarded: Client, fed: House, headers: dict[str, str]
) -> None:
    answer = guarded.post(SIGNED, content=BODY, headers=headers)

    problem = assert_problem(answer, 401, "key-missing")
    assert "hooked/webhook must be signed" in problem["detail"]
    with fed.database.reading(fed.tenant) as store:
        assert store.counts().messages == {}


def test_bytes_that_are_no_text_cannot_be_signed(guarded: Client) -> None:
    answer = guarded.post(SIGNED, content=b"\xff\xfe", headers=signed(BODY))

    assert_problem(answer, 401, "key-missing")


@pytest.mark.parametrize("held", [None, "", "not base64 at all %%%"])
def test_without_a_good_secret_a_signed_feed_takes_nothing_and_says_nothing_of_it(
    guarded: Client, secrets: Path, held: str | None
) -> None:
    if held is None:
        (secrets / "hooked").unlink()
    else:
        (secrets / "hooked").write_text(held, encoding="ascii")

    answer = guarded.post(SIGNED, content=BODY, headers=signed(BODY))

    problem = assert_problem(answer, 503, "not-ready")
    assert not held or held not in json.dumps(problem)


def test_an_unsigned_feed_needs_a_key(guarded: Client, fed: House) -> None:
    assert_problem(guarded.post(KEYED, content=BODY), 401, "key-missing")

    answer = guarded.post(KEYED, content=BODY, headers={"Authorization": "Bearer horse"})
    assert answer.status_code == 200, answer.text
    assert latest(fed).actor == "erp"


def test_an_unknown_feed_is_named_with_those_there_are_but_not_to_strangers(
    guarded: Client,
) -> None:
    stranger = guarded.post("/v1/feeds/northwind/nothing", content=BODY)
    assert "northwind/events" not in assert_problem(stranger, 401, "key-missing")["detail"]

    known = guarded.post(
        "/v1/feeds/northwind/nothing", content=BODY, headers={"Authorization": "Bearer horse"}
    )
    assert "northwind/events, northwind/edi" in assert_problem(known, 404, "not-found")["detail"]


def test_without_keys_a_page_in_a_browser_may_not_bring_bytes(
    fed: House, settings: Settings
) -> None:
    with entrance(fed, settings) as client:
        answer = client.post(KEYED, content=BODY, headers={"Origin": "https://example.org"})
        assert_problem(answer, 403, "not-from-a-page")


def test_what_is_refused_is_kept_and_told_and_its_neighbours_count(
    guarded: Client, fed: House
) -> None:
    body = json.dumps([nw.shipment("N1"), nw.shipment("N2", weight="-5")])

    answer = guarded.post(SIGNED, content=body, headers=signed(body))

    assert answer.status_code == 202
    assert [each["outcome"] for each in answer.json()["messages"]] == ["recorded", "refused"]
    with fed.database.reading(fed.tenant) as store:
        assert store.counts().messages == {"recorded": 1, "refused": 1}


def test_x12_comes_by_its_feed(guarded: Client) -> None:
    headers = {"Authorization": "Bearer horse", "Content-Type": "application/edi-x12"}

    answer = guarded.post("/v1/feeds/northwind/edi", content=FREIGHT, headers=headers)

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("given", ["affair-7", "a", "x" * 100, "urn:uuid:1/2+3=4@home.5_6"])
def test_the_affair_a_caller_names_is_in_every_row_and_in_the_answer(
    client: Client, house: House, given: str
) -> None:
    answer = client.post("/v1/events", content=BODY, headers={"X-Correlation-Id": given, **JSON})

    assert answer.headers["X-Correlation-Id"] == given
    assert latest(house).correlation_id == given


@pytest.mark.parametrize("given", [None, "", "x" * 101, "two words", "\u00e9", "<b>", "-dash"])
def test_where_none_can_be_taken_one_is_made_and_told(
    client: Client, house: House, given: str | None
) -> None:
    headers: Any = {} if given is None else {"X-Correlation-Id": given.encode("latin-1")}

    first = client.post("/v1/events", content=BODY, headers={**headers, **JSON})
    second = client.get("/health", headers=headers)

    made = first.headers["X-Correlation-Id"]
    assert len(made) == 32
    assert latest(house).correlation_id == made
    assert made != second.headers["X-Correlation-Id"]


@pytest.mark.parametrize("path", ["/health", "/metrics", "/schema", "/not-there", "/schema/no"])
def test_every_answer_names_its_affair(client: Client, path: str) -> None:
    answer = client.get(path, headers={"X-Correlation-Id": "affair-7"})

    assert answer.headers["X-Correlation-Id"] == "affair-7"


def test_every_line_of_the_log_names_its_affair(house: House, settings: Settings) -> None:
    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise ZeroDivisionError(name)

    database: Any = Broken()
    with (
        logged() as lines,
        entrance(
            replace(house, database=database), settings, raise_server_exceptions=False
        ) as client,
    ):
        client.post("/v1/events", content=BODY, headers={"X-Correlation-Id": "affair-7", **JSON})
        logging.getLogger("tollgate").warning("outside")

    affairs = {line["event"][:8]: line["correlation_id"] for line in lines}
    assert affairs == {"incident": "affair-7", "outside": "-"}
