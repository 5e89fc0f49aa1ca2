"""What goes wrong reads as a page in a browser, and as a problem everywhere else."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import May, Person, Role
from app.entrypoints.console import ROUTES, shell
from app.entrypoints.console.pages import SAFE, page
from app.errors import (
    BusyError,
    ConflictError,
    DeploymentError,
    ForbiddenError,
    Mistake,
    NotFoundError,
    Place,
    RequestError,
)
from app.operations.house import House
from app.settings import Settings
from tests.integration.console.visiting import HERE, OURS, Visitor, form_token_on, visiting

ERRORS: dict[str, Exception] = {
    "busy": BusyError("too many ask at once", after_s=7),
    "conflict": ConflictError("it was recorded otherwise"),
    "deployment": DeploymentError("the editions are missing"),
    "forbidden": ForbiddenError("Ada may not do this"),
    "not-found": NotFoundError("there is no unit <X>"),
    "request": RequestError(
        "the form is wrong",
        [Mistake(place=Place(field="amount"), what="'x' is no amount", allowed="a number")],
    ),
    "ours": ZeroDivisionError("a driver's secret words"),
}


@get("/raised/{name:str}", sync_to_thread=True, include_in_schema=False)
def raise_error(name: FromPath[str]) -> Response[bytes]:
    raise ERRORS[name]


@get("/replayed", opt={"may": May.REPLAY}, sync_to_thread=True, include_in_schema=False)
def show_actor(
    request: Request[Any, Any, Any], house: NamedDependency[House], person: NamedDependency[Person]
) -> Response[bytes]:
    del request
    return Response(f"{house.actor} {person.role} {house.correlation_id}".encode())


@get("/unnamed", sync_to_thread=True, include_in_schema=False)
def show_what_nobody_gave(
    request: Request[Any, Any, Any], person: NamedDependency[Person]
) -> Response[bytes]:
    return page(request, "error.html", person)


@post("/waived", opt={"may": May.WAIVE}, sync_to_thread=True, include_in_schema=False)
def waive(house: NamedDependency[House]) -> Response[bytes]:
    return Response(house.actor.encode())


@pytest.fixture
def visitor(house: House, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    more = (raise_error, show_actor, show_what_nobody_gave, waive)
    monkeypatch.setattr(shell, "ROUTES", (*ROUTES, *more))
    with visiting(house, settings) as somebody:
        yield somebody


@pytest.mark.parametrize(
    ("name", "status", "title", "sentence"),
    [
        ("busy", 429, "Too much at once; nothing was taken", "too many ask at once"),
        ("conflict", 409, "It contradicts what was recorded before", "it was recorded otherwise"),
        ("deployment", 503, "The installation is not ready", "the editions are missing"),
        ("forbidden", 403, "Somebody else may do this", "Ada may not do this"),
        ("not-found", 404, "There is no such thing", "there is no unit &lt;X&gt;"),
        ("request", 422, "The request does not make sense", "<code>amount</code>: &#39;x&#39; is"),
    ],
)
def test_an_error_is_a_page_that_says_what_is_wrong(
    visitor: Visitor, name: str, status: int, title: str, sentence: str
) -> None:
    answer = visitor.client.get(f"/raised/{name}")

    assert answer.status_code == status
    assert f"<h1>{title}</h1>" in answer.text
    assert sentence in answer.text
    assert '<a href="/">Work list</a>' in answer.text
    assert answer.headers.get("retry-after") == ("7" if name == "busy" else None)
    assert_safe(answer.headers)


def test_what_nobody_foresaw_is_told_by_its_incident_only(
    visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "tollgate.http"):
        text = visitor.see("/raised/ours", 500)

    assert "secret words" not in text
    incident = text.split("under incident <code>")[1].split("</code>")[0]
    assert f"incident {incident}: GET /raised/ours" in caplog.text


def test_a_name_that_nobody_gave_is_an_error_and_not_a_gap(
    visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "tollgate.http"):
        visitor.see("/unnamed", 500)

    assert "'problem' is undefined" in caplog.text


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/not-there", {"Accept": "*/*"}),
        ("/not-there", {"Accept": "application/json"}),
        ("/v1/shipments/none", {}),
        ("/v1/sendings?state=none", {}),
        ("/v1/sendings", {"Origin": HERE}),
    ],
)
def test_a_system_is_told_a_problem_as_ever(
    visitor: Visitor, path: str, headers: dict[str, str]
) -> None:
    answer = visitor.client.get(path, headers=headers)

    assert answer.status_code >= 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert not set(map(str.lower, SAFE)) & set(answer.headers)


def test_a_path_that_is_not_there_is_a_page_in_a_browser(visitor: Visitor) -> None:
    text = visitor.see("/not-there", 404)

    assert "<h1>There is nothing at this path</h1>" in text
    assert "/not-there is not a page of this console" in text
    assert "<h1>The path does not know this method</h1>" in visitor.client.post("/").text


def test_an_error_in_a_part_of_a_page_is_a_part_of_a_page(visitor: Visitor) -> None:
    answer = visitor.client.get("/raised/conflict", headers={"HX-Request": "true"})

    assert answer.status_code == 409
    assert answer.text.startswith('<div class="notice bad" role="alert">')


def test_every_answer_of_the_console_loads_nothing_from_elsewhere(visitor: Visitor) -> None:
    for path in ("/", "/sign-in", "/static/htmx.min.js", "/static/none", "/not-there"):
        assert_safe(visitor.client.get(path).headers)
    visitor.client.headers["Cookie"] = "tollgate_session=x"
    assert_safe(visitor.client.get("/").headers)


def test_one_acts_under_ones_own_name_in_an_affair(visitor: Visitor) -> None:
    visitor.be(Person(name="Ada", role=Role.AUDIT))

    answer = visitor.client.get("/replayed", headers={"X-Correlation-Id": "audit-1"})

    assert answer.text == "Ada audit audit-1"


def test_a_role_may_do_no_more_than_is_its_part(visitor: Visitor) -> None:
    assert sent(visitor, "/waived").text == "operator"
    visitor.be(Person(name="Ada", role=Role.AUDIT))

    refused = sent(visitor, "/waived")

    assert refused.status_code == 403
    assert "Ada is here for audit and may not waive holds; finance may" in refused.text


def sent(visitor: Visitor, path: str) -> Any:
    token = form_token_on(visitor.see("/sign-in"))
    return visitor.client.post(path, headers={**OURS, "X-CSRF-Token": token})


def assert_safe(headers: Any) -> None:
    for name, value in SAFE.items():
        assert headers[name] == value
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
