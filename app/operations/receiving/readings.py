"""The readings of one message: what the same bytes said before, and say now that maps were mended.

A message keeps its name for ever; how it is read is an edition. Where the same bytes say something
else today, the new facts take the place of the earlier ones, position by position. Nothing is taken
back without a new fact in its place: a reading that says less is a finding for a person.
"""

from collections.abc import Mapping, Sequence

import msgspec

from app.digest import digest_of
from app.evidence.facts.fact import Fact, identified, without_hand
from app.evidence.intake.profile import Profiles
from app.evidence.intake.read import read
from app.evidence.intake.received import Received
from app.infrastructure.storage.rows import Finding, Message, StoredMessage
from app.infrastructure.storage.store import Store

SAYS_LESS = "READING_SAYS_LESS"
LONGEST_SHOWN = 80
"""Signs of a message's id in a finding, which must fit into one line as it is stored."""

Name = tuple[str, str, str]
"""System, instance and message id: what a message is known by."""


def name_of(received: Received) -> Name:
    """What a message that could be read is known by."""
    source = received.facts[0].source
    return source.system, source.instance, source.message_id


def content_of(received: Received) -> str:
    """The digest of all it says, without what it supersedes of earlier readings."""
    return digest_of(tuple(fact.fact_id for fact in received.facts))


class Readings:
    """What was read before, within one transaction."""

    def __init__(self, store: Store, profiles: Profiles, tenant: str) -> None:
        self._store, self._profiles, self._tenant = store, profiles, tenant
        self._said_now: dict[str, dict[Name, str]] = {}

    def last(self, name: Name) -> StoredMessage | None:
        """The last reading that was recorded under this name."""
        return self._store.messages.last_reading(*name)

    def standing(self, name: Name) -> dict[int, Fact]:
        """The fact that stands at each position, after all readings of the message."""
        return {fact.source.position: fact for fact in self._store.facts.of_message(*name)}

    def is_read_otherwise(self, before: StoredMessage, received: Received) -> bool:
        """Whether it is the very message recorded before, and only the maps have changed.

        By the maps now in force the bytes of then must say what these bytes say.
        """
        if before.delivery_id not in self._said_now:
            self.remember(before.delivery_id, self._read_now(before))
        said = self._said_now[before.delivery_id].get(name_of(received))
        return said == content_of(received)

    def remember(self, delivery_id: str, received: Sequence[Received]) -> None:
        """What these bytes say by the maps now in force; of several by one name the first counts.

        That one was recorded, and the others were in conflict with it.
        """
        said: dict[Name, str] = {}
        for each in received:
            if not each.refused:
                said.setdefault(name_of(each), content_of(each))
        self._said_now[delivery_id] = said

    def _read_now(self, before: StoredMessage) -> tuple[Received, ...]:
        feed = self._profiles.feed(before.partner, before.feed)
        if before.feed and feed is None:
            return ()  # nobody can say any more how it was read
        kept = self._store.messages.delivery(before.delivery_id)
        return read(kept.raw, kept.name, self._profiles, self._tenant, before.actor, feed)


def superseding(
    standing: Mapping[int, Fact], facts: Sequence[Fact]
) -> tuple[str | None, tuple[Fact, ...]]:
    """What is to be added to take the place of what stands; or why that cannot be.

    A fact that says what the standing one at its position says is not said again.
    """
    missing = sorted(standing.keys() - {fact.source.position for fact in facts})
    if missing:
        told = f"it said {len(standing)} facts before and would say {len(facts)} now"
        return f"{told}; nothing would take the place of number {missing[0] + 1}", ()
    added = []
    for fact in facts:
        before = standing.get(fact.source.position)
        if before is None:
            added.append(fact)
        elif _said(before) != _said(fact):
            if fact.supersedes:
                return "its facts correct others by themselves and cannot take another's place", ()
            added.append(identified(msgspec.structs.replace(fact, supersedes=before.fact_id)))
    return None, tuple(added)


def less_said(message: Message, detail: str) -> Finding:
    """The finding about a message that would say less than it did."""
    named = message.source_message_id[:LONGEST_SHOWN]
    about = f"message {named} of delivery {message.delivery_id[:12]}"
    return Finding(
        finding_id=digest_of((SAYS_LESS, message.delivery_id, message.source_message_id, detail)),
        partner=message.partner,
        feed=message.feed,
        code=SAYS_LESS,
        detail=f"{about}: {detail}",
        at=message.received_at,
    )


def _said(fact: Fact) -> Fact:
    """The fact without what names this reading of it."""
    return msgspec.structs.replace(without_hand(fact), fact_id="", supersedes=None)
