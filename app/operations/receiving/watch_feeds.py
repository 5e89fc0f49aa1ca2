"""Feeds are watched: silence beyond the rhythm is told of as a fact, and so is the return.

The fact is what decisions depend on (`SOURCE_DOWN`), and it makes what waits for the feed due; the
event tells whoever runs the installation. Both follow from what was received and when, so that two
processes that watch at once say the same.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec

from app.billing.events import FEED_HEARD, FEED_SILENT, FeedTold
from app.digest import canonical, digest_of
from app.evidence.facts.surroundings import FeedStatus
from app.evidence.intake.feed import Feed
from app.infrastructure.storage.rows import OutboxEvent
from app.infrastructure.storage.store import Store
from app.operations.changing.editions_in_force import profiles_in_force
from app.operations.house import House
from app.operations.receiving.came import Came
from app.operations.receiving.record_messages import record_messages
from app.telemetry import FEED_SILENT_AFTER, FEED_SILENT_FOR

SOURCE = "/integration/tollgate"


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """One feed with a rhythm, and when it was last heard."""

    feed: Feed
    at: datetime
    """Its last message; before the first, the moment since when it is expected."""
    until: datetime
    """From then on it counts as silent."""

    @property
    def name(self) -> str:
        """As facts call it: `carrier PLVX`."""
        return f"{self.feed.system} {self.feed.instance or self.feed.partner}"

    def is_silent(self, moment: datetime) -> bool:
        """Whether it has been silent beyond its rhythm."""
        return moment >= self.until


def watch_feeds(house: House) -> int:
    """Tell what has changed since the last look; how many feeds did."""
    moment = house.now()
    with house.database.reading(house.tenant) as store:
        heard = feeds_heard(store)
        told = _last_told(store)
    changed = [
        status
        for name, feeds in _by_name(heard).items()
        for status in [_status(name, feeds, moment)]
        if status.silent != told.get(name, False)
    ]
    for status in changed:
        _tell(house, status, heard, moment)
    return len(changed)


def feeds_heard(store: Store) -> tuple[Heard, ...]:
    """Every feed with a rhythm, and when it was last heard."""
    feeds = [each for each in profiles_in_force(store).feeds if each.silent_after_minutes]
    since = store.editions.accepted_at("profiles", "standard")
    found = []
    for feed in feeds:
        at = store.messages.last_heard(feed.partner, feed.name) or since
        limit = timedelta(minutes=feed.silent_after_minutes or 0)
        found.append(Heard(feed=feed, at=at, until=at + limit))
    return tuple(found)


def _by_name(heard: Iterable[Heard]) -> Mapping[str, list[Heard]]:
    named: dict[str, list[Heard]] = {}
    for each in heard:
        named.setdefault(each.name, []).append(each)
    return named


def _status(name: str, feeds: list[Heard], moment: datetime) -> FeedStatus:
    """A system with several feeds is silent when one of them is."""
    for each in feeds:
        silent_for = max(0.0, (moment - each.at).total_seconds())
        FEED_SILENT_FOR.labels(each.feed.address).set(silent_for)
        limit = (each.until - each.at).total_seconds()
        FEED_SILENT_AFTER.labels(each.feed.address).set(limit)
    silent = [each for each in feeds if each.is_silent(moment)]
    # What is said follows from what was received: of silence its begin, of a return the message.
    first = min(silent or feeds, key=lambda each: each.until if silent else each.at)
    return FeedStatus(feed_status=name, silent=bool(silent), last_heard_at=first.at)


def _last_told(store: Store) -> dict[str, bool]:
    """Whether each feed was silent by our own last word."""
    facts = store.facts.of_entities(["feed_status"]).values()
    ours = [fact for fact in facts if fact.source.instance == SOURCE.rpartition("/")[2]]
    last: dict[str, bool] = {}
    for fact in sorted(ours, key=lambda fact: fact.recorded_at):
        assert isinstance(fact.said, FeedStatus), "asked for by entity"
        last[fact.said.feed_status] = fact.said.silent
    return last


def _tell(house: House, status: FeedStatus, heard: Iterable[Heard], moment: datetime) -> None:
    limits = [each.until for each in heard if each.name == status.feed_status]
    since = min(limits) if status.silent else status.last_heard_at or moment
    type_ = FEED_SILENT if status.silent else FEED_HEARD
    said = msgspec.to_builtins(status)
    said.pop("entity")
    told = FeedTold(
        feed_status=status.feed_status,
        silent=status.silent,
        last_heard_at=status.last_heard_at,
        at=since,
    )
    event = OutboxEvent(
        event_id=digest_of((type_, status, since)),
        type=type_,
        subject=status.feed_status,
        customer="",
        body=canonical(told),
        correlation_id=house.correlation_id,
        created_at=moment,
    )
    # The event first: a process that ends between the two says both again.
    house.database.together(house.tenant, lambda store: store.outbox.add(event))
    body = canonical(
        {
            "specversion": "1.0",
            "id": event.event_id,
            "source": SOURCE,
            "type": "tollgate.fact.feed_status.v1",
            "time": since,
            "data": {"classifier": "actual", "occurred_at": since, "feed_status": said},
        }
    )
    came = Came(correlation_id=event.event_id[:32])
    record_messages(house, body, "feed watch", media="application/cloudevents+json", came=came)
