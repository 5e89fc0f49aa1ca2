"""Who looks, what they may do here, and what no page from elsewhere can make them do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

import msgspec
import pytest
from litestar.testing import TestClient
from pydantic import SecretStr

from app.access import Person, Role
from app.entrypoints.console.forms import FIELD, NONCE, SESSION
from app.entrypoints.console.sessions import LASTS
from app.entrypoints.serving import create_app
from app.errors import DeploymentError
from app.operations.house import House
from app.reports.standing.standing import WhereItStands
from app.settings import Settings
from tests.integration.console.visiting import HERE, OURS, Visitor, form_token_on, visiting
from tests.kpi_rows import NOW, random_unit

KEYS = SecretStr("nora:correct-horse, tms:battery-staple, kim:paper-clip")
ROLES = "nora:finance, kim:customer=KESTREL"
AUDITOR = Person(name="Ada", role=Role.AUDIT)
KESTREL = Person(name="Kim", role=Role.CUSTOMER, customer="KESTREL")


@pytest.fixture
def locked(settings: Settings) -> Settings:
    """An installation with keys, two of which have a role."""
    return settings.model_copy(update={"api_keys": KEYS, "roles": ROLES})


@pytest.fixture
def stranger(house: House, locked: Settings) -> Iterator[Visitor]:
    """Somebody there who has not signed in."""
    with visiting(house, locked) as somebody:
        yield somebody


def sign_in(visitor: Visitor, key: str, then: str = "") -> str:
    """Where one is sent on to."""
    answer = visitor.send("/sign-in", {"key": key, "then": then}, on="/sign-in")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_without_keys_one_is_who_one_chooses(visitor: Visitor) -> None:
    assert "operator" in visitor.see("/")

    chosen = visitor.send(
        "/sign-in", {"name": "Ada", "role": "audit", "customer": ""}, on="/sign-in"
    )

    assert (chosen.status_code, chosen.headers["location"]) == (303, "/")
    assert "httponly" in chosen.headers["set-cookie"].lower()
    assert "samesite=strict" in chosen.headers["set-cookie"].lower()
    assert "operator" not in visitor.see("/")
    assert "Ada" in visitor.see("/")
    assert visitor.send("/sign-out", {}).headers["location"] == "/sign-in"
    assert "operator" in visitor.see("/")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "", "role": "audit"}, "name"),
        ({"name": "a\u0007b", "role": "audit"}, "name"),
        ({"name": "x" * 101, "role": "audit"}, "name"),
        ({"name": "Ada", "role": "chief"}, "role"),
        ({"name": "Ada", "role": ""}, "role"),
        ({"name": "Ada"}, "role"),
        ({"name": "Kim", "role": "customer"}, "customer"),
        ({"name": "Kim", "role": "customer", "customer": " "}, "customer"),
        ({"name": "Kim", "role": "customer", "customer": "kestrle"}, "customer"),
    ],
)
def test_who_cannot_be_read_is_told_which_field_is_wrong(
    visitor: Visitor, fields: dict[str, str], field: str
) -> None:
    answer = visitor.send("/sign-in", fields, on="/sign-in")

    assert answer.status_code == 422
    assert f"<p>{field}: " in answer.text
    assert SESSION not in answer.cookies


def test_a_customer_that_nobody_knows_is_refused_with_the_nearest_that_is(
    visitor: Visitor,
) -> None:
    fields = {"name": "Kim", "role": "customer", "customer": "kestrle"}
    answer = visitor.send("/sign-in", fields, on="/sign-in")

    assert answer.status_code == 422
    assert "did you mean &#39;KESTREL&#39;?" in answer.text
    assert SESSION not in answer.cookies


def test_a_customer_that_is_known_by_its_units_alone_may_come_in(
    house: House, visitor: Visitor
) -> None:
    fields = {"name": "Kim", "role": "customer", "customer": "PASSING"}
    assert visitor.send("/sign-in", fields, on="/sign-in").status_code == 422

    unit = random_unit(1, Random(1))
    assert unit.standing is not None
    stands = msgspec.structs.replace(unit.standing, customer="PASSING")
    with house.database.writing(house.tenant) as store:
        store.standings.replace(stands.unit, WhereItStands(standing=stands), NOW)
    assert visitor.send("/sign-in", fields, on="/sign-in").status_code == 303


def test_a_cookie_that_is_not_ours_makes_nobody_the_default_person(visitor: Visitor) -> None:
    for cookie in ("x", "e30", "eyJuYW1lIjoiIiwicm9sZSI6ImZpbmFuY2UifQ==", "é"):
        answer = visitor.client.get("/", headers={b"Cookie": f"{SESSION}={cookie}".encode()})
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?then=%2F")


def test_somebody_of_a_customer_is_shown_no_other_page(visitor: Visitor) -> None:
    visitor.be(KESTREL)

    answer = visitor.client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/customer")
    page = visitor.see("/board", 403)

    assert "Kim is here for customer and may not look at work, money and costs" in page
    assert 'href="/customer"' in page
    assert 'href="/board"' not in page
    assert (
        visitor.send(
            "/sign-in", {"name": "Kim", "role": "customer", "customer": "KESTREL"}, on="/sign-in"
        ).headers["location"]
        == "/customer"
    )


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "10.0.0.7", ""],
)
def test_without_keys_a_name_of_anothers_shows_nothing(visitor: Visitor, host: str) -> None:
    for path in ("/", "/sign-in", "/static/console.css", "/not-there"):
        answer = visitor.client.get(path, headers={"Host": host})
        assert answer.status_code == 403
        assert "without keys only this machine may ask, by its own name" in answer.text
        assert "127.0.0.1, [::1] or localhost" in answer.text
        assert "TOLLGATE_API_KEYS" in answer.text


@pytest.mark.parametrize("host", ["localhost", "localhost:9000", "127.0.0.1:1", "[::1]:8000"])
def test_every_name_of_this_machine_is_answered(visitor: Visitor, host: str) -> None:
    assert visitor.client.get("/", headers={"Host": host}).status_code == 200


def test_with_keys_one_signs_in_and_goes_where_one_wanted(
    stranger: Visitor, house: House, locked: Settings
) -> None:
    sent = stranger.client.get("/kpis?month=2026-03")
    assert sent.status_code == 303
    assert sent.headers["location"] == "/sign-in?then=%2Fkpis%3Fmonth%3D2026-03"
    page = stranger.client.get(sent.headers["location"]).text
    assert 'value="/kpis?month=2026-03"' in page
    assert "Work list" not in page

    assert sign_in(stranger, "correct-horse", "/kpis?month=2026-03") == "/kpis?month=2026-03"

    assert "nora" in stranger.see("/")
    assert "correct-horse" not in stranger.client.cookies[SESSION]
    # Another process knows it too, and it does not open the API.
    with visiting(house, locked) as elsewhere:
        elsewhere.client.cookies.set(SESSION, stranger.client.cookies[SESSION])
        assert "nora" in elsewhere.see("/")
        assert elsewhere.client.get("/v1/sendings").status_code == 401


@pytest.mark.parametrize(
    "then", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nb", "/é", ""]
)
def test_nobody_is_sent_elsewhere_after_signing_in(stranger: Visitor, then: str) -> None:
    assert sign_in(stranger, "correct-horse", then) == "/"


def test_a_key_without_a_role_is_told_which_setting_gives_it_one(stranger: Visitor) -> None:
    answer = stranger.send("/sign-in", {"key": "battery-staple"}, on="/sign-in")

    assert answer.status_code == 403
    assert "the key &#39;tms&#39; is for systems" in answer.text
    assert "TOLLGATE_ROLES gives it one" in answer.text
    assert SESSION not in answer.cookies
    api = stranger.client.get("/v1/sendings", headers={"Authorization": "Bearer battery-staple"})
    assert api.status_code == 200


@pytest.mark.parametrize("path", ["/v1/sendings", "/v1/value-at-risk"])
def test_a_persons_key_opens_the_console_and_nothing_of_the_api(
    stranger: Visitor, path: str
) -> None:
    answer = stranger.client.get(path, headers={"Authorization": "Bearer correct-horse"})
    assert answer.status_code == 403
    assert "the key of nora is a person's, for the console" in answer.text


@pytest.mark.parametrize("key", ["", "wrong", "nora", "nora:correct-horse"])
def test_what_is_no_key_signs_nobody_in(stranger: Visitor, key: str) -> None:
    answer = stranger.send("/sign-in", {"key": key}, on="/sign-in")

    assert answer.status_code == 403
    assert "this is not a key of this installation" in answer.text
    assert SESSION not in answer.cookies


def test_a_session_ends_and_cannot_be_made_or_changed(
    house: House, locked: Settings, stranger: Visitor
) -> None:
    sign_in(stranger, "correct-horse")
    token = stranger.client.cookies[SESSION]
    name, ends, signature = token.split(".")
    for made in (
        f"{name}.{int(ends) + 1}.{signature}",
        f"{name}.{ends}.{signature[::-1]}",
        f"{name}.{ends}",
        f".{ends}.{signature}",
        "..",
        "é.é.é",
    ):
        answer = stranger.client.get("/", headers={b"Cookie": f"{SESSION}={made}".encode()})
        assert answer.status_code == 303, made
    later = replace(house, now=lambda: house.now() + LASTS + timedelta(seconds=1))
    with visiting(later, locked) as visitor:
        visitor.client.cookies.set(SESSION, token)
        visitor.see("/", 303)


def test_a_change_of_the_keys_or_of_a_role_counts_at_once(
    house: House, locked: Settings, stranger: Visitor
) -> None:
    sign_in(stranger, "correct-horse")
    token = stranger.client.cookies[SESSION]
    fewer = locked.model_copy(update={"api_keys": SecretStr("nora:correct-horse"), "roles": ""})
    changes = [
        (fewer.model_copy(update={"roles": "nora:finance"}), 303),
        (locked.model_copy(update={"roles": ""}), 403),
        (locked.model_copy(update={"roles": "nora:customer=KESTREL"}), 403),
    ]
    for settings, status in changes:
        with visiting(house, settings) as visitor:
            visitor.client.cookies.set(SESSION, token)
            visitor.see("/board", status)


def test_over_an_encrypted_line_the_cookie_goes_over_no_other(
    house: House, locked: Settings
) -> None:
    here = "https://tollgate.example"
    with TestClient(create_app(house, locked), base_url=here) as client:
        page = client.get("/sign-in").text
        answer = client.post(
            "/sign-in",
            data={"key": "correct-horse", FIELD: form_token_on(page)},
            headers={"Origin": here},
            follow_redirects=False,
        )
    assert answer.status_code == 303
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "roles",
    [
        "nora",
        "nora:",
        ":finance",
        "nora:chief",
        "nora:customer",
        "nora:customer=",
        "nora:finance=KESTREL",
        "nobody:finance",
        "nora:finance,nora:audit",
    ],
)
def test_roles_that_cannot_be_read_start_nothing(
    house: House, locked: Settings, roles: str
) -> None:
    with pytest.raises(DeploymentError, match="TOLLGATE_ROLES"):
        create_app(house, locked.model_copy(update={"roles": roles}))


def test_roles_without_keys_start_nothing(house: House, settings: Settings) -> None:
    with pytest.raises(DeploymentError, match="no key is named 'nora'"):
        create_app(house, settings.model_copy(update={"roles": "nora:finance"}))


FORM = {"name": "Ada", "role": "audit"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:8001"},
        {"Origin": "http://127.0.0.1:8000.evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": HERE},
        {"Sec-Fetch-Site": "same-site", "Origin": HERE},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"},
    ],
)
def test_a_form_from_elsewhere_does_nothing(visitor: Visitor, headers: dict[str, str]) -> None:
    token = form_token_on(visitor.see("/sign-in"))

    answer = visitor.client.post("/sign-in", data={**FORM, FIELD: token}, headers=headers)

    assert answer.status_code == 403
    assert "<h1>The form was not taken</h1>" in answer.text
    assert "it was sent by a page that is not part of this console" in answer.text
    assert SESSION not in answer.cookies


def test_a_form_without_the_token_of_its_page_does_nothing(visitor: Visitor) -> None:
    token = form_token_on(visitor.see("/sign-in"))
    nonce = visitor.client.cookies[NONCE]
    for given, cookie in (
        ({}, nonce),
        ({FIELD: ""}, nonce),
        ({FIELD: "é"}, nonce),
        ({FIELD: token[::-1]}, nonce),
        ({FIELD: token}, ""),
        ({FIELD: token}, "x" * 43),
    ):
        visitor.client.cookies.clear()
        if cookie:
            visitor.client.cookies.set(NONCE, cookie)
        answer = visitor.client.post("/sign-in", data={**FORM, **given}, headers=OURS)
        assert answer.status_code == 403, given
        assert "out of date" in answer.text
        assert SESSION not in answer.cookies


def test_a_form_filled_in_before_somebody_else_signed_in_does_nothing(visitor: Visitor) -> None:
    token = form_token_on(visitor.see("/sign-in"))
    visitor.be(AUDITOR)

    answer = visitor.client.post("/sign-in", data={**FORM, FIELD: token}, headers=OURS)

    assert answer.status_code == 403
    assert "somebody else has signed in since" in answer.text


def test_a_script_may_send_the_token_as_a_header(visitor: Visitor) -> None:
    token = form_token_on(visitor.see("/sign-in"))

    answer = visitor.client.post("/sign-in", data=FORM, headers={**OURS, "X-CSRF-Token": token})

    assert answer.status_code == 303
