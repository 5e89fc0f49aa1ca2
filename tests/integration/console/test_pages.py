"""What every page has in common."""

from tests.integration.console.visiting import Visitor


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
