"""Systems that only answer questions are asked what is new, at the rhythm of their feed.

Each page of an answer is recorded as it came. From where the next question begins is stored after
everything before it was; whatever goes wrong in between, the same is asked again and is known.
A system that answers badly is asked again later and later, and its trouble is a finding.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import reduce
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import msgspec

from app.digest import digest_of
from app.entrypoints.feeds.arriving import record_arrived
from app.errors import BusyError, DeploymentError
from app.evidence.intake.feed import Feed, Pull
from app.infrastructure.secrets import read_secret
from app.infrastructure.storage.rows import Finding, Pulled
from app.operations.changing.editions_in_force import profiles_in_force
from app.operations.house import House
from app.operations.receiving.came import Came
from app.settings import Settings
from app.telemetry import FEED_PULLS

ANSWERS_WITHIN_S = 30.0
PAGES_AT_MOST = 1000
"""In one pull: a system that always names a next page would keep us for ever."""
_FIRST_PAUSE = timedelta(minutes=1)
_log = logging.getLogger("tollgate.feeds")


class PullError(Exception):
    """The system did not answer, or not as the feed says it does."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


class PullFeeds:
    """Every feed that is asked for; `transport` stands for the network in tests."""

    def __init__(
        self, settings: Settings, house: House, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._house, self._secrets = house, settings.secrets
        self._client = httpx.Client(timeout=ANSWERS_WITHIN_S, transport=transport)
        self._failures: dict[str, int] = {}
        self._not_before: dict[str, datetime] = {}

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def pull_due(self) -> int:
        """Ask every system whose turn it is; how many answered.

        Raises:
            DeploymentError: the database does not answer.
        """
        moment = self._house.now()
        with self._house.database.reading(self._house.tenant) as store:
            feeds = [each for each in profiles_in_force(store).feeds if each.pull is not None]
            asked = [(each, store.pulls.last(each.partner, each.name)) for each in feeds]
        due = [(feed, last) for feed, last in asked if self._is_due(feed, last, moment)]
        return sum(self._pulled(feed, last) for feed, last in due)

    def _is_due(self, feed: Feed, last: Pulled | None, moment: datetime) -> bool:
        assert feed.pull is not None, "only feeds that are asked for are looked at"
        if moment < self._not_before.get(feed.address, moment):
            return False
        return last is None or moment >= last.at + timedelta(minutes=feed.pull.every_minutes)

    def _pulled(self, feed: Feed, last: Pulled | None) -> int:
        try:
            self._pull(feed, last)
        except BusyError as error:
            _log.info("%s waits: %s", feed.address, error)
            return 0
        except PullError as error:
            self._failed(feed, error)
            return 0
        except DeploymentError:
            raise
        except Exception as error:  # noqa: BLE001  one system never keeps the others from being asked
            _log.exception("%s could not be pulled", feed.address)
            self._failed(feed, PullError("PULL_BROKE", type(error).__name__))
            return 0
        self._failures.pop(feed.address, None)
        FEED_PULLS.labels("answered").inc()
        return 1

    def _failed(self, feed: Feed, error: PullError) -> None:
        _log.warning("%s could not be pulled: %s", feed.address, error)
        FEED_PULLS.labels("failed").inc()
        failures = self._failures.get(feed.address, 0)
        self._failures[feed.address] = failures + 1
        moment = self._house.now()
        every = timedelta(minutes=feed.pull.every_minutes if feed.pull else 1)
        pause = min(_FIRST_PAUSE * 2 ** min(failures, 10), max(every, _FIRST_PAUSE))
        self._not_before[feed.address] = moment + pause
        finding = Finding(
            finding_id=digest_of((feed.partner, feed.name, error.code, error.detail)),
            partner=feed.partner,
            feed=feed.name,
            code=error.code,
            detail=error.detail[:500],
            at=moment,
        )
        self._house.database.together(self._house.tenant, lambda store: store.findings.add(finding))

    def _pull(self, feed: Feed, last: Pulled | None) -> None:
        pull = feed.pull
        assert pull is not None, "only feeds that are asked for are pulled"
        moment = self._house.now()
        cursor = last.cursor if last else ""
        for number, page in enumerate(self._pages(pull, cursor), start=1):
            if not _says_there_is_no_news(page):
                record_arrived(
                    self._house,
                    page.content,
                    f"{feed.address} page {number}",
                    media=page.headers.get("content-type", "").partition(";")[0][:100],
                    came=Came(partner=feed.partner, feed=feed.name),
                )
            cursor = _cursor_after(pull, page, cursor, moment)
        pulled = Pulled(partner=feed.partner, feed=feed.name, cursor=cursor, at=moment)
        self._house.database.together(self._house.tenant, lambda store: store.pulls.add(pulled))

    def _pages(self, pull: Pull, cursor: str) -> Iterator[httpx.Response]:
        """The answer's pages; each is fetched when the one before was recorded."""
        query = {pull.since: cursor} if pull.since and cursor else {}
        page = self._asked(pull, pull.url, query)
        yield page
        for _ in range(PAGES_AT_MOST - 1):
            url = _next_page(pull, page)
            if url is None:
                return
            page = self._asked(pull, url, {})
            yield page
        raise PullError("PULL_ENDLESS", f"it names a next page after {PAGES_AT_MOST} pages")

    def _asked(self, pull: Pull, url: str, query: dict[str, str]) -> httpx.Response:
        headers = {"Accept": "*/*"}
        if pull.secret:
            try:
                headers["Authorization"] = f"Bearer {read_secret(self._secrets, pull.secret)}"
            except DeploymentError as error:
                # One feed's secret is missing: the other feeds are asked all the same.
                raise PullError("PULL_SECRET_MISSING", str(error)) from error
        try:
            # None keeps the query that a next page's URL brings.
            answer = self._client.get(url, params=query or None, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise PullError("PULL_NOT_ANSWERED", type(error).__name__) from error
        if not answer.is_success:
            raise PullError("PULL_REFUSED", f"it answers {answer.status_code}")
        return answer


def _says_there_is_no_news(page: httpx.Response) -> bool:
    """An empty list, or 204 No Content: an answer, and nothing to keep or to refuse."""
    no_content: int = httpx.codes.NO_CONTENT
    return page.status_code == no_content or page.content.strip() == b"[]"


def _cursor_after(pull: Pull, page: httpx.Response, cursor: str, moment: datetime) -> str:
    """From where to ask the next time, once this page is stored."""
    if not pull.since:
        return ""
    if not pull.cursor:
        return (moment - timedelta(minutes=pull.overlap_minutes)).isoformat()
    if _says_there_is_no_news(page):
        return cursor
    found = _at(page, pull.cursor)
    if found is None:
        raise PullError("PULL_CURSOR_MISSING", f"the answer has nothing at {pull.cursor}")
    if not isinstance(found, str | int) or len(str(found).encode()) > 500:
        raise PullError("PULL_CURSOR_ODD", f"at {pull.cursor} stands no short text or number")
    # An answer without news may leave it empty: it stays where it was.
    return str(found) or cursor


def _next_page(pull: Pull, page: httpx.Response) -> str | None:
    """The URL of the next page; only of the same system, for it is asked with our secret."""
    if _says_there_is_no_news(page):
        return None
    found = _at(page, pull.next_page) if pull.next_page else page.links.get("next", {}).get("url")
    if found is None or found == "":
        return None
    try:
        url = urljoin(str(page.url), str(found))
        leads_away = urlsplit(url)[:2] != urlsplit(pull.url)[:2]
    except ValueError:
        raise PullError("PULL_LEADS_AWAY", "the next page has no address") from None
    if leads_away:
        raise PullError("PULL_LEADS_AWAY", "the next page is not of the same system")
    return url


def _at(page: httpx.Response, path: str) -> Any:
    """What stands at `meta.cursor` of an answer; None where nothing does."""
    try:
        body = msgspec.json.decode(page.content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PullError("PULL_NOT_JSON", f"the answer is not JSON: {error}") from None
    return reduce(
        lambda found, name: found.get(name) if isinstance(found, dict) else None,
        path.split("."),
        body,
    )
