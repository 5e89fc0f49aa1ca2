"""Deliveries, messages and facts: kept once, found again, never by another tenant."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from app.digest import digest
from app.errors import ConflictError, NotFoundError, RequestError
from app.evidence.facts.market import IndexValue
from app.evidence.facts.reference import Reference, ReferenceKind
from app.infrastructure.storage.database import Database
from tests.integration.storage.made_up import (
    ACTOR,
    MORNING,
    TENANT,
    a_fact,
    a_message,
    hours_later,
    pro,
)


def test_the_same_bytes_twice_are_one_delivery(database: Database) -> None:
    with database.writing(TENANT) as store:
        first, second = (
            store.messages.keep_delivery(
                raw=b"ISA*00", name=name, media="x12", received_at=MORNING, actor=ACTOR
            )
            for name in ("first.edi", "second.edi")
        )

    with database.reading(TENANT) as store:
        delivery = store.messages.delivery(first)
        with pytest.raises(NotFoundError):
            store.messages.delivery("nothing")
    assert first == second
    assert (delivery.raw, delivery.name) == (b"ISA*00", "first.edi")


def test_a_moment_comes_back_in_utc_to_the_microsecond(database: Database) -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    with database.writing(TENANT) as store:
        a_message(store, received_at=datetime(2026, 3, 2, 13, 30, 0, 7, tzinfo=india))

    with database.reading(TENANT) as store:
        (message,) = store.messages.latest(limit=1)
    assert message.received_at == datetime(2026, 3, 2, 8, 0, 0, 7, tzinfo=UTC)
    assert message.received_at.utcoffset() == timedelta(0)


def test_a_message_is_recorded_once_and_refused_as_often_as_it_comes(database: Database) -> None:
    with database.writing(TENANT) as store:
        assert store.messages.last_reading("tms", "main", "m1") is None
        a_message(store, outcome="refused")
        a_message(store, outcome="refused")
        a_message(store, content_digest="c1")
        with pytest.raises(ConflictError, match="m1 of tms main was recorded before"):
            a_message(store, content_digest="c2")
        a_message(store, outcome="conflict", content_digest="c2")

    with database.reading(TENANT) as store:
        last = store.messages.last_reading("tms", "main", "m1")
        assert last is not None
        assert last.content_digest == "c1"
        assert store.counts().messages == {"conflict": 1, "recorded": 1, "refused": 2}
        seqs = [message.seq for message in store.messages.latest(limit=9)]
        assert seqs == sorted(seqs, reverse=True)
        assert [m.outcome for m in store.messages.latest(limit=2)] == ["conflict", "recorded"]
        assert len(store.messages.latest(outcome="refused", limit=9)) == 2


@pytest.mark.parametrize("message_id", ["m\x00", "m\ud800", "m" * 601])
def test_an_id_no_database_holds_is_the_messages_fault_and_nothing_is_stored(
    database: Database, message_id: str
) -> None:
    with pytest.raises(RequestError, match="cannot be stored"), database.writing(TENANT) as store:
        a_message(store, message_id)

    with database.reading(TENANT) as store, pytest.raises(NotFoundError):
        store.messages.delivery(digest(message_id.encode(errors="replace")))


def test_the_same_facts_twice_are_one(database: Database) -> None:
    facts = [a_fact("1"), a_fact("2", position=1)]
    with database.writing(TENANT) as store:
        seq = a_message(store)
        new = store.facts.add([*facts, facts[0]], message_seq=seq, received_at=MORNING)
    with database.writing(TENANT) as store:
        more = [a_fact("3", position=2), *facts]
        again = store.facts.add(more, message_seq=seq, received_at=hours_later(1))

    with database.reading(TENANT) as store:
        assert new == (facts[0].fact_id, facts[1].fact_id)
        assert again == (more[0].fact_id,)
        assert list(store.facts.by_id([fact.fact_id for fact in more]).values()) == [
            *facts,
            more[0],
        ]
        assert store.counts().facts == 3
        assert store.facts.add([], message_seq=seq, received_at=MORNING) == ()


def test_facts_are_found_by_any_of_their_references_each_once(database: Database) -> None:
    order = Reference(kind=ReferenceKind.ORDER, value="so-7")
    both = a_fact("1", pro("75027674"), order, order)
    other = a_fact("2", pro("75027674", issuer="OTHER"), position=1)
    with database.writing(TENANT) as store:
        store.facts.add([both, other], message_seq=a_message(store), received_at=MORNING)

    with database.reading(TENANT) as store:
        keys = {pro("7502-7674").key, order.key, "pro:SCAC:NOTHING"}
        assert store.facts.naming(keys) == {both.fact_id: both}
        assert store.facts.naming([]) == {}
        assert store.facts.keys_with_value("7502 7674") == (
            "pro:OTHER:75027674",
            pro("75027674").key,
        )
        assert list(store.facts.keys_of_kinds([ReferenceKind.ORDER, ReferenceKind.PRO])) == [
            "order::SO7",
            "pro:OTHER:75027674",
            "pro:SCAC:75027674",
        ]


def test_only_what_was_known_at_the_moment_is_selected(database: Database) -> None:
    early, late = a_fact("1", pro("9")), a_fact("1", pro("9"), message_id="m2")
    with database.writing(TENANT) as store:
        store.facts.add([early], message_seq=a_message(store), received_at=MORNING)
        seq = a_message(store, "m2", received_at=hours_later(2))
        store.facts.add([late], message_seq=seq, received_at=hours_later(2))

    with database.reading(TENANT) as store:
        key = [pro("9").key]
        assert list(store.facts.naming(key)) == [early.fact_id, late.fact_id]
        assert list(store.facts.naming(key, MORNING)) == [early.fact_id]
        assert store.facts.naming(key, MORNING - timedelta(microseconds=1)) == {}
        assert len(store.facts.naming(key, hours_later(2))) == 2


def test_market_facts_are_found_by_what_they_are_about(database: Database) -> None:
    diesel = IndexValue(
        series="EIA", region="US", published_on=date(2026, 3, 2), price=Decimal("3.897")
    )
    index = a_fact("1", said=diesel)
    with database.writing(TENANT) as store:
        facts = [index, a_fact("2", position=1)]
        store.facts.add(facts, message_seq=a_message(store), received_at=MORNING)

    with database.reading(TENANT) as store:
        assert store.facts.of_entities(["index_value", "exchange_rate"]) == {index.fact_id: index}
        assert store.facts.of_entities(["index_value"], hours_later(-1)) == {}


def test_a_fact_knows_the_message_it_came_in(database: Database) -> None:
    one, two = a_fact("1"), a_fact("2", message_id="m2")
    with database.writing(TENANT) as store:
        store.facts.add([one], message_seq=a_message(store), received_at=MORNING)
        store.facts.add([two], message_seq=a_message(store, "m2"), received_at=MORNING)

    with database.reading(TENANT) as store:
        found = store.messages.of_facts([one.fact_id, two.fact_id, "nothing"])
    assert {key: message.source_message_id for key, message in found.items()} == {
        one.fact_id: "m1",
        two.fact_id: "m2",
    }


def test_thousands_of_facts_go_in_and_come_out_in_order(database: Database) -> None:
    facts = [a_fact(str(number), position=number) for number in range(3000)]
    with database.writing(TENANT) as store:
        new = store.facts.add(facts, message_seq=a_message(store), received_at=MORNING)

    with database.reading(TENANT) as store:
        found = store.facts.naming([pro(str(number)).key for number in range(3000)])
        assert list(found.values()) == facts
        assert len(list(store.facts.keys_of_kinds([ReferenceKind.PRO]))) == 3000
    assert new == tuple(fact.fact_id for fact in facts)
