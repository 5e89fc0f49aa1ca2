"""What is so around a unit when it is decided, by the last word of whoever may say it."""

from collections.abc import Iterable, Mapping

import msgspec

from app.evidence.correlation.authority import Authority
from app.evidence.correlation.told import rank
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.evidence.facts.surroundings import AccountingPeriod, FeedStatus
from app.measures import Instant

MARKET = ("index_value", "exchange_rate")
"""Published values; which of them a unit needs, its contract says."""

SURROUNDING = ("accounting_period", "feed_status")
"""Facts that stand for no unit and count for all of them."""


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """Closed months, silent feeds, and what was billed before."""

    closed_months: Mapping[str, str] = {}
    """Month, as `2026-03`, and the fact that closed it."""
    feeds: tuple[Fact, ...] = ()
    """The last word on each feed."""
    billed_as: tuple[str, ...] = ()
    """Other names under which this unit was released before."""
    provisional_until: Instant | None = None
    """When the unit's provisional release runs out."""


def surroundings_of(
    facts: Iterable[Fact],
    authority: Authority,
    billed_as: tuple[str, ...] = (),
    provisional_until: Instant | None = None,
) -> Surroundings:
    """The last word on every month and feed; only who may close a month closes it."""
    months: dict[str, Fact] = {}
    feeds: dict[str, Fact] = {}
    for fact in sorted(facts, key=rank):
        owner = authority.owner_of(fact.entity, "")
        if owner is None or fact.source.system not in owner.systems:
            continue
        if isinstance(fact.said, AccountingPeriod):
            months[fact.said.accounting_period] = fact
        elif isinstance(fact.said, FeedStatus):
            feeds[fact.said.feed_status] = fact
    return Surroundings(
        closed_months={
            month: fact.fact_id
            for month, fact in months.items()
            if isinstance(fact.said, AccountingPeriod) and fact.said.closed
        },
        feeds=tuple(fact for _, fact in sorted(feeds.items())),
        billed_as=billed_as,
        provisional_until=provisional_until,
    )


def feed_concerns(feed: str, unit: BillableUnit) -> tuple[bool, tuple[str, ...]]:
    """Whether the unit hears of a feed named `carrier PLVX`, and by which of its facts.

    It does where the feed's system has told of it before, or is its carrier's. Where no system
    of that kind has told anything yet it may be the one that would: the unit waits for it, too.
    """
    role, _, instance = feed.partition(" ")
    of_role = [fact for fact in unit.facts.values() if fact.source.system == role]
    told = [fact.fact_id for fact in of_role if fact.source.instance == instance]
    if told:
        return True, tuple(sorted(told)[:1])
    carrier = unit.text("carrier") if role == "carrier" else ""
    if carrier:
        return carrier == instance, unit.told_by("carrier")
    return not of_role, ()
