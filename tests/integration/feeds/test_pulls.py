"""Systems that only answer are asked what is new: nothing missed, nothing twice, no flood."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from app.entrypoints.feeds.pull import PullFeeds
from app.errors import DeploymentError
from app.evidence.intake.feed import Feed
from app.main import now
from app.operations.changing.accept_editions import Drafts
from app.operations.house import House
from app.settings import Settings
from tests.integration.feeds.conftest import (
    ASKED,
    body,
    breaking,
    feeds_in_force,
    findings,
    outcomes,
)
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import SetClock

Answer = Callable[[httpx.Request], httpx.Response]


@dataclass
class System:
    """Answers as the test says, and keeps what it was asked."""

    answer: Answer
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answer(request)


@dataclass
class Asking:
    """One feed that is asked for, the system behind it, and a clock."""

    house: House
    drafts: Drafts
    clock: SetClock
    folder: Path

    def of(self, answer: Answer, **pull: Any) -> tuple[PullFeeds, System]:
        # Accepted by a clock that is ahead of ours, or the fixture's feeds stayed in force.
        feeds_in_force(replace(self.house, now=now), self.drafts, feed(**pull))
        return self.again(self.house, answer)

    def again(self, house: House, answer: Answer) -> tuple[PullFeeds, System]:
        system = System(answer)
        settings = Settings(secrets=self.folder)
        return PullFeeds(settings, house, httpx.MockTransport(system)), system


def feed(**pull: Any) -> Feed:
    assert ASKED.pull is not None
    return msgspec.structs.replace(ASKED, pull=msgspec.structs.replace(ASKED.pull, **pull))


@pytest.fixture
def asking(house: House, drafts: Drafts, tmp_path: Path) -> Asking:
    clock = SetClock()
    return Asking(replace(house, now=clock), drafts, clock, tmp_path)


def news(number: str) -> httpx.Response:
    return httpx.Response(
        200,
        content=body(nw.shipment(number)),
        headers={"content-type": "application/json; charset=utf-8"},
    )


def test_it_is_asked_at_its_rhythm_and_by_its_secret(asking: Asking) -> None:
    (asking.folder / "asked-token").write_text("t0ken", encoding="ascii")
    pulls, system = asking.of(lambda _: news("N1"), secret="asked-token")

    assert [pulls.pull_due(), pulls.pull_due()] == [1, 0]
    asking.clock.moment += timedelta(minutes=14)
    assert pulls.pull_due() == 0
    asking.clock.moment += timedelta(minutes=1)
    assert pulls.pull_due() == 1

    assert outcomes(asking.house) == {"recorded": 1}
    assert [each.headers["authorization"] for each in system.asked] == ["Bearer t0ken"] * 2
    with asking.house.database.reading("main") as store:
        (message,) = store.messages.latest(limit=9)
    assert (message.partner, message.feed) == ("asked", "events")


def test_it_is_asked_from_a_little_before_the_last_time(asking: Asking) -> None:
    pulls, system = asking.of(lambda _: news("N1"), since="updated_after")
    pulls.pull_due()
    asking.clock.moment += timedelta(minutes=15)
    pulls.pull_due()

    first, second = (each.url.params for each in system.asked)
    assert "updated_after" not in first
    assert second["updated_after"] == "2026-03-31T23:55:00+00:00"


CURSORS = {"since": "cursor", "cursor": "meta.cursor"}


def answer_of(cursor: object) -> Answer:
    return lambda _: httpx.Response(200, json={"meta": {"cursor": cursor}})


def test_the_cursor_is_kept_over_a_restart_and_stays_where_there_is_no_news(
    asking: Asking,
) -> None:
    pulls, _ = asking.of(answer_of(17), **CURSORS)
    pulls.pull_due()
    for said in ("", "18"):
        asking.clock.moment += timedelta(minutes=15)
        pulls, system = asking.again(asking.house, answer_of(said))
        assert pulls.pull_due() == 1
        assert system.asked[0].url.params["cursor"] == "17"
    assert findings(asking.house) == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (answer_of(None), "PULL_CURSOR_MISSING"),
        (answer_of([1]), "PULL_CURSOR_ODD"),
        (answer_of("x" * 501), "PULL_CURSOR_ODD"),
        (lambda _: httpx.Response(200, content=b"<html>"), "PULL_NOT_JSON"),
        (lambda _: httpx.Response(500), "PULL_REFUSED"),
        (lambda _: httpx.Response(302, headers={"location": "/login"}), "PULL_REFUSED"),
        (lambda request: (_ for _ in ()).throw(httpx.ConnectError("no", request=request)),
         "PULL_NOT_ANSWERED"),
    ],
)  # fmt: skip
def test_trouble_is_found_once_and_the_cursor_stays(
    asking: Asking, answer: Answer, code: str
) -> None:
    pulls, _ = asking.of(answer_of("5"), **CURSORS)
    pulls.pull_due()
    for _ in range(2):
        asking.clock.moment += timedelta(minutes=15)
        pulls, system = asking.again(asking.house, answer)
        assert pulls.pull_due() == 0
        assert system.asked[0].url.params["cursor"] == "5"
    assert [found for found, _ in findings(asking.house)] == [code]


def test_a_system_in_trouble_is_asked_later_and_later(asking: Asking) -> None:
    pulls, system = asking.of(lambda _: httpx.Response(503))
    for _ in range(60):
        pulls.pull_due()
        asking.clock.moment += timedelta(minutes=1)

    # At minutes 0, 1, 3, 7, 15, and then at its own rhythm: 30, 45.
    assert len(system.asked) == 7


def test_without_its_secret_a_system_is_not_asked(asking: Asking) -> None:
    pulls, system = asking.of(lambda _: news("N1"), secret="not-there")

    assert pulls.pull_due() == 0
    assert system.asked == []
    assert findings(asking.house)[0][0] == "PULL_SECRET_MISSING"


def paged(request: httpx.Request) -> httpx.Response:
    number = int(request.url.params.get("page", "1"))
    link = {"link": f'</v2/events?page={number + 1}>; rel="next"'} if number < 3 else {}
    return httpx.Response(200, content=body(nw.shipment(f"N{number}")), headers=link)


def test_pages_are_followed_and_each_is_recorded(asking: Asking) -> None:
    pulls, system = asking.of(paged)

    assert pulls.pull_due() == 1
    assert [each.url.params.get("page") for each in system.asked] == [None, "2", "3"]
    assert outcomes(asking.house) == {"recorded": 3}


def test_after_a_crash_between_two_pages_all_is_asked_again_and_known(asking: Asking) -> None:
    asking.of(paged)
    broken = breaking(asking.house, DeploymentError("cut off"), times=1)
    broken.database.times = 0  # type: ignore[attr-defined]

    def dies_at_the_last_page(request: httpx.Request) -> httpx.Response:
        broken.database.times = int(request.url.params.get("page") == "3")  # type: ignore[attr-defined]
        return paged(request)

    pulls, _ = asking.again(broken, dies_at_the_last_page)
    with pytest.raises(DeploymentError):
        pulls.pull_due()
    assert outcomes(asking.house) == {"recorded": 2}

    pulls, _ = asking.again(asking.house, paged)
    assert pulls.pull_due() == 1
    assert outcomes(asking.house) == {"recorded": 3}


@pytest.mark.parametrize(
    ("following", "code"),
    [
        ("https://elsewhere.example/", "PULL_LEADS_AWAY"),
        ("http://tms.example/v2/events", "PULL_LEADS_AWAY"),
        ("?page=2", "PULL_ENDLESS"),
    ],
)
def test_pages_that_lead_away_or_nowhere_are_not_followed(
    asking: Asking, following: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.entrypoints.feeds.pull.PAGES_AT_MOST", 5)
    pulls, system = asking.of(
        lambda _: httpx.Response(200, json={"links": {"next": following}}), next_page="links.next"
    )

    assert pulls.pull_due() == 0
    assert findings(asking.house)[0][0] == code
    assert {each.url.host for each in system.asked} == {"tms.example"}


@pytest.mark.parametrize(
    "answer", [httpx.Response(200, content=b" []\n"), httpx.Response(204)], ids=["[]", "204"]
)
def test_an_answer_without_news_is_no_trouble(asking: Asking, answer: httpx.Response) -> None:
    pulls, _ = asking.of(lambda _: answer, next_page="links.next", **CURSORS)

    assert pulls.pull_due() == 1
    assert outcomes(asking.house) == {}


@pytest.mark.parametrize("link", ["http://[no address", "http://\x00"])
def test_a_next_page_that_is_no_address_keeps_no_other_system_from_being_asked(
    asking: Asking, link: str
) -> None:
    pulls, system = asking.of(
        lambda _: httpx.Response(200, json={"next": link, "n": 1}), next_page="next"
    )
    assert pulls.pull_due() == 0
    assert [code for code, _ in findings(asking.house)] in (
        ["PULL_LEADS_AWAY"],
        ["PULL_NOT_JSON"],
    )
    assert len(system.asked) == 1


def test_what_nobody_foresaw_of_one_system_keeps_no_other_from_being_asked(asking: Asking) -> None:
    def breaks(_: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError("nobody foresaw this")

    pulls, system = asking.of(breaks)
    assert [pulls.pull_due(), pulls.pull_due()] == [0, 0]
    assert len(system.asked) == 1
    assert [code for code, _ in findings(asking.house)] == ["PULL_BROKE"]
