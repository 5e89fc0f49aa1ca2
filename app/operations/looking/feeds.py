"""Every feed as it is going: what came, when and how late, what became of it, what was found."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from app.evidence.facts.fact import Classifier
from app.infrastructure.storage.rows import Finding
from app.infrastructure.storage.store import Store
from app.infrastructure.storage.streams import Lag, Outcomes, Stream
from app.operations.changing.editions_in_force import profiles_in_force
from app.operations.house import House
from app.operations.receiving.record_messages import CONSOLE
from app.operations.receiving.watch_feeds import Heard, feeds_heard

WINDOW = timedelta(hours=24)
MESSAGES = 500
"""Of a feed in the window, the last ones; their facts say how late it is."""
FINDINGS = 50
NEVER = datetime.min.replace(tzinfo=UTC)
PEOPLE = "people at this console"


class FeedKnown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One feed, or what one sender sends by none."""

    feed: str
    """`acme/status`, `standard, from ABFL`, or `people at this console`."""
    partner: str
    name: str = ""
    """Empty where what came named no feed."""
    sender: str = ""
    """Who sent it, where it came by no feed."""
    configured: bool
    """False where the partners' files do not name it, and it was heard all the same."""
    last_message_at: datetime | None = None
    silent_after_minutes: int | None = None
    """Its rhythm; not there where it has none."""
    silent_since: datetime | None = None
    """From when on it counts as silent; not there where it does not."""
    lag_p50_s: int | None = None
    """Of half the facts that happened, the time until they were here is this, in seconds."""
    lag_p90_s: int | None = None
    recorded: int
    """Messages of the last 24 hours."""
    refused: int
    conflict: int
    kept_aside: int
    """Messages of all time that were refused or in conflict, and are not mended."""
    waiting: int
    """What waits to be decided because of this partner, or of this sender."""
    findings: int
    """Of the partner's feed of this name, of all time."""


class FeedsKnown(msgspec.Struct, frozen=True, kw_only=True):
    """Every feed, and what was found about them last."""

    feeds: tuple[FeedKnown, ...]
    findings: tuple[Finding, ...]
    """The last one first."""

    @property
    def stale_first(self) -> tuple[FeedKnown, ...]:
        """The feeds that have gone silent, then the others, each heard longest ago first."""
        return tuple(sorted(self.feeds, key=_staleness))


def _staleness(feed: FeedKnown) -> tuple[bool, datetime, str]:
    return feed.silent_since is None, feed.last_message_at or NEVER, feed.feed


def known_feeds(house: House) -> FeedsKnown:
    """Every feed that is configured or was ever heard, by its name."""
    with house.database.reading(house.tenant) as store:
        return feeds_at(store, house.now())


def feeds_at(store: Store, moment: datetime) -> FeedsKnown:
    """The same, as of a moment."""
    look = _Look(store, moment)
    feeds = tuple(look.known(stream) for stream in look.streams())
    return FeedsKnown(feeds=feeds, findings=store.findings.latest(limit=FINDINGS))


class _Look:
    """What is the same for all feeds at one moment."""

    def __init__(self, store: Store, moment: datetime) -> None:
        self._store, self._moment = store, moment
        self._configured = {
            Stream(feed.partner, feed.name): feed for feed in profiles_in_force(store).feeds
        }
        self._rhythms: dict[Stream, Heard] = {
            Stream(each.feed.partner, each.feed.name): each for each in feeds_heard(store)
        }
        self._outcomes = {each.stream: each for each in store.streams.outcomes(moment - WINDOW)}
        self._kept_aside = store.quarantine.counted()
        self._findings = store.streams.findings()

    def streams(self) -> Sequence[Stream]:
        """Configured, heard in the window, kept aside from, or heard of old."""
        heard = self._store.streams.ever()
        return sorted({*self._configured, *self._outcomes, *self._kept_aside, *heard})

    def known(self, stream: Stream) -> FeedKnown:
        """One of them."""
        counted = self._outcomes.get(stream, Outcomes(stream=stream))
        rhythm = self._rhythms.get(stream)
        silent = rhythm is not None and rhythm.is_silent(self._moment)
        late = self._lateness(stream)
        return FeedKnown(
            feed=_called(stream),
            partner=stream.partner,
            name=stream.feed,
            sender=stream.sender,
            configured=stream in self._configured,
            last_message_at=self._last_heard(stream),
            silent_after_minutes=rhythm.feed.silent_after_minutes if rhythm else None,
            silent_since=rhythm.until if rhythm and silent else None,
            lag_p50_s=_nearest_rank(late, 50),
            lag_p90_s=_nearest_rank(late, 90),
            recorded=counted.recorded,
            refused=counted.refused,
            conflict=counted.conflict,
            kept_aside=self._kept_aside.get(stream, 0),
            waiting=self._store.due.waiting(share=stream.partner if stream.feed else stream.sender),
            findings=self._findings.get((stream.partner, stream.feed), 0),
        )

    def _last_heard(self, stream: Stream) -> datetime | None:
        heard = self._store.streams.last_heard(stream)
        if heard is None and not stream.sender:
            return self._store.messages.last_heard(stream.partner, stream.feed)
        return heard

    def _lateness(self, stream: Stream) -> list[int]:
        """In seconds, sorted; of what is planned or estimated nobody can be late."""
        if stream not in self._outcomes:
            return []
        lags = self._store.streams.lags(stream, self._moment - WINDOW, MESSAGES)
        return sorted(seconds for lag in lags for seconds in _seconds(lag))


def _called(stream: Stream) -> str:
    return PEOPLE if stream == Stream("", "", CONSOLE) else str(stream)


class _Happened(msgspec.Struct):
    classifier: Classifier
    occurred_at: datetime


_happened = msgspec.json.Decoder(_Happened)


def _seconds(lag: Lag) -> Sequence[int]:
    fact = _happened.decode(lag.body)
    if fact.classifier is not Classifier.ACTUAL:
        return ()
    return (int((lag.received_at - fact.occurred_at).total_seconds()),)


def _nearest_rank(ordered: Sequence[int], percent: int) -> int | None:
    """The value that so many percent of all do not exceed."""
    return ordered[-(-len(ordered) * percent // 100) - 1] if ordered else None
