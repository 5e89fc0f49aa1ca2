"""What every page has in common."""

from dataclasses import replace
from datetime import UTC, datetime

from app.operations.house import House
from app.settings import Settings
from tests.integration.console.visiting import Visitor, visiting


def test_whoever_opens_the_console_sees_the_work_list(visitor: Visitor) -> None:
    page = visitor.see("/")

    assert "<h1>Work list</h1>" in page
    assert '<a href="/" aria-current="page">Work list</a>' in page
    assert "operator" in page


def test_a_file_is_kept_by_the_browser_until_it_changes(visitor: Visitor) -> None:
    first = visitor.client.get("/static/console.css")

    tag = first.headers["etag"]
    again = visitor.client.get("/static/console.css", headers={"If-None-Match": tag})

    assert first.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert first.headers["content-type"].startswith("text/css")
    assert (again.status_code, again.content) == (304, b"")
    assert f"console.css?v={tag[1:-1]}" in visitor.see("/")


def test_where_the_clock_is_a_told_one_every_page_says_what_it_says(
    house: House, settings: Settings, visitor: Visitor
) -> None:
    told = replace(house, now=lambda: datetime(2026, 3, 13, 15, 30, tzinfo=UTC), told_time=True)
    with visiting(told, settings) as there:
        for path, status in (("/", 200), ("/sign-in", 200), ("/not-there", 404)):
            assert "2026-03-13 15:30 UTC</time>" in there.see(path, status)
    assert "clock of its own" not in visitor.see("/")
