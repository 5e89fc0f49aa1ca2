"""The facts of one row or item: a message of its own, read wholly or refused."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import inspect

from app.evidence.facts.fact import Classifier, Fact, Source, identified
from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.intake.canonical import ENTITIES, LONGEST_NAME
from app.evidence.intake.explained import plainly, unlikely
from app.evidence.intake.feed import Feed
from app.evidence.intake.mapped.model import (
    MappedFact,
    MappedMessage,
    Mapping,
    NamedNumber,
    Value,
)
from app.evidence.intake.mapped.records import Record
from app.evidence.intake.mapped.shapes import filled
from app.evidence.intake.mapped.values import MISSING, Reading, many, one, place_of
from app.evidence.intake.received import MessageHead, Received
from app.evidence.intake.references import names_something, references_of, united

_text = inspect.StrType()
_whole = inspect.IntType()
_moment = inspect.DateTimeType()


class Hand(msgspec.Struct, frozen=True, kw_only=True):
    """Whose facts they are, and by whose hand and feed they come."""

    tenant: str
    actor: str
    feed: Feed


def message_of(
    mapping: Mapping, message: MappedMessage, record: Record, hand: Hand
) -> Received | None:
    """What the row or item says; None where the mapping has it ignored."""
    reading = Reading(mapping, record)
    if any(reading.holds(conditions, record) for conditions in message.ignore):
        return None
    return _Message(reading, message, record, hand).received()


class _Message:
    """One message while it is read."""

    def __init__(
        self, reading: Reading, message: MappedMessage, record: Record, hand: Hand
    ) -> None:
        self.reading, self.message, self.record, self.hand = reading, message, record, hand
        self.source = Source(
            system=hand.feed.system,
            instance=self._instance(),
            message_id=self._name(message.message_id),
        )

    def received(self) -> Received:
        """The facts, or what is wrong."""
        facts = self._facts()
        if not facts and not self.reading.is_wrong:
            place = self.record.place()
            self.reading.wrong(place, "no entry of the mapping's `facts` applies to it")
        refused = self.reading.is_wrong
        return Received(
            message=self._head(),
            facts=() if refused else tuple(facts),
            faults=tuple(self.reading.faults),
        )

    def _head(self) -> MessageHead:
        mapping = self.reading.mapping
        return MessageHead(
            format=mapping.format,
            kind=mapping.name,
            sender=plainly(self.source.instance)[:LONGEST_NAME],
            message_id=plainly(self.source.message_id)[:LONGEST_NAME],
            profile=f"{mapping.partner}/{mapping.name} {mapping.version}",
        )

    def _instance(self) -> str:
        feed = self.hand.feed
        if self.message.instance is None:
            return feed.instance or feed.partner
        found = self._needed(self.message.instance, self.record, _text, "system it is from")
        return "" if found is MISSING else str(found)

    def _name(self, parts: Iterable[Value]) -> str:
        """The message's id; parts that are not given are left out, but not all of them."""
        found = [one(self.reading, self.record, part, _text) for part in parts]
        name = ":".join(str(each) for each in found if each is not MISSING)
        if not name or len(name) > LONGEST_NAME:
            what = "is too long" if name else "is not given"
            self.reading.wrong(self.record.place(), f"what names the message {what}")
        return name

    def _facts(self) -> list[Fact]:
        found: list[Fact] = []
        for mapped in self.message.facts:
            for record in self.record.within(mapped.each) if mapped.each else (self.record,):
                if self.reading.holds(mapped.when, record):
                    fact = self._fact(mapped, record, len(found))
                    found += [fact] if fact else []
        return found

    def _fact(self, mapped: MappedFact, record: Record, position: int) -> Fact | None:
        reading = self.reading
        reading.remarks = []
        occurred_at = self._needed(mapped.occurred_at, record, _moment, "moment it happened")
        recorded_at = self._needed(mapped.recorded_at, record, _moment, "moment of recording")
        classifier = self._classifier(mapped.classifier, record)
        revision = self._revision(mapped.revision, record)
        given = tuple(self._references(mapped.references, record))
        said = filled(reading, record, mapped.fields, ENTITIES[mapped.entity], mapped.entity)
        if reading.is_wrong:
            return None
        fact = Fact(
            fact_id="",
            tenant=self.hand.tenant,
            actor=self.hand.actor,
            source=msgspec.structs.replace(self.source, position=position),
            classifier=classifier,
            quality=mapped.quality,
            occurred_at=occurred_at,
            recorded_at=recorded_at,
            revision=revision,
            references=united(references_of(said), given),
            remarks=tuple(reading.remarks),
            said=said,
        )
        return self._sound(fact, given, record)

    def _needed(self, value: Value, record: Record, type_: inspect.Type, thing: str) -> Any:
        found = one(self.reading, record, value, type_)
        if found is MISSING:
            self.reading.missing(place_of(value, record), f"the {thing} is not given")
        return found

    def _revision(self, value: Value | None, record: Record) -> int:
        """How often it was corrected before; a first word may leave it out."""
        found: Any = one(self.reading, record, value, _whole) if value else MISSING
        if found is not MISSING and found < 0:
            self.reading.wrong(record.place(), f"revision {found} is below 0")
        return 0 if found is MISSING else found

    def _classifier(self, value: Value, record: Record) -> Any:
        found = self._needed(value, record, _text, "classifier")
        if found is MISSING or found in tuple(Classifier):
            return found if found is MISSING else Classifier(found)
        place = place_of(value, record)
        return self.reading.wrong(place, f"{found[:40]!r} is no classifier", ", ".join(Classifier))

    def _references(self, numbers: Iterable[NamedNumber], record: Record) -> Iterator[Reference]:
        for number in numbers:
            for each in record.within(number.each) if number.each else (record,):
                if self.reading.holds(number.when, each):
                    yield from self._named(number, each)

    def _named(self, number: NamedNumber, record: Record) -> Iterator[Reference]:
        values = many(self.reading, record, number.value, _text)
        if number.value.needed and not values:
            self._needed(number.value, record, _text, "number it belongs to")
        if not values:
            return
        kind = self._kind(number.kind, record)
        issuer = self._needed(number.issuer, record, _text, "issuer") if number.issuer else ""
        if MISSING not in (kind, issuer):
            for value in values:
                yield Reference(kind=kind, value=value, issuer=issuer)

    def _kind(self, value: Value, record: Record) -> Any:
        found = self._needed(value, record, _text, "kind of number")
        if found is MISSING or found in tuple(ReferenceKind):
            return found if found is MISSING else ReferenceKind(found)
        place = place_of(value, record)
        what = f"{found[:40]!r} is no kind of number"
        return self.reading.wrong(place, what, ", ".join(ReferenceKind))

    def _sound(self, fact: Fact, given: tuple[Reference, ...], record: Record) -> Fact | None:
        """The fact with its id, if nothing in it is beyond what can be stored or compared."""
        for named in (*references_of(fact.said), *given):
            if not names_something(named):
                self.reading.wrong(record.place(), f"{named.kind} {named.value!r} names nothing")
        parts = (
            (fact.said, fact.entity),
            (given, "references"),
            (fact.revision, "revision"),
            (fact.occurred_at, "occurred at"),
            (fact.recorded_at, "recorded at"),
            (fact.source.message_id, "message id"),
            (fact.source.instance, "instance"),
        )
        for value, name in parts:
            for path, problem in unlikely(value, name):
                self.reading.wrong(record.place(), f"{path}: {problem}")
        return None if self.reading.is_wrong else identified(fact)
