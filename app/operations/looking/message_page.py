"""One message with the bytes it came in and the facts it was made into."""

from app.errors import NotFoundError
from app.evidence.facts.fact import Fact
from app.evidence.facts.papers import Document
from app.explanation.story import fact_in_words
from app.infrastructure.storage.rows import Delivery, StoredMessage
from app.infrastructure.storage.store import Store
from app.operations.house import House
from app.operations.receiving.quarantine import faults_of
from app.reports.audit.message_page import FactMade, MessagePage
from app.reports.audit.received_text import received_text
from app.reports.unit.fact_head import head_of

MOST = 200
"""So many facts of one message are shown; the one that was asked for is among them."""


def message_page(house: House, seq: int) -> MessagePage:
    """The message at a place in the order of arrival.

    Raises:
        NotFoundError: there is none.
    """
    with house.database.reading(house.tenant) as store:
        return _page(store, store.messages.by_seq(seq))


def message_of_fact(house: House, fact_id: str) -> MessagePage:
    """The message in which a fact was told, with the fact pointed out.

    Raises:
        NotFoundError: there is no such fact.
    """
    with house.database.reading(house.tenant) as store:
        message = store.messages.of_facts([fact_id]).get(fact_id)
        if message is None:
            raise NotFoundError(f"there is no fact {fact_id}")
        return _page(store, message, fact_id)


def delivery_of(house: House, seq: int) -> Delivery:
    """The bytes in which a message came, with all that came beside it.

    Raises:
        NotFoundError: there is no such message.
    """
    with house.database.reading(house.tenant) as store:
        return store.messages.delivery(store.messages.by_seq(seq).delivery_id)


def _page(store: Store, message: StoredMessage, wanted: str = "") -> MessagePage:
    found = {each.fact.fact_id: each for each in store.facts.arrived_in(message.seq, MOST + 1)}
    more, shown = len(found) > MOST, list(found)[:MOST]
    if wanted and wanted not in shown:
        found |= {each.fact.fact_id: each for each in store.facts.arrived([wanted])}
        shown.insert(0, wanted)
    delivery = store.messages.delivery(message.delivery_id)
    return MessagePage(
        seq=message.seq,
        source=f"{message.source_system} {message.source_instance}".strip(),
        message_id=message.source_message_id,
        kind=message.kind,
        outcome=message.outcome,
        reading=message.reading,
        received_at=message.received_at,
        actor=message.actor,
        delivery_id=delivery.delivery_id,
        delivery_name=delivery.name,
        media=delivery.media,
        length=len(delivery.raw),
        text=received_text(delivery.raw, message.source_message_id),
        faults=faults_of(message),
        facts=tuple(_made(found[each].fact) for each in shown),
        more_facts=more,
        wanted=wanted,
    )


def _made(fact: Fact) -> FactMade:
    return FactMade(
        fact_id=fact.fact_id,
        entity=fact.entity.replace("_", " "),
        classifier=fact.classifier.value,
        head=head_of(fact),
        says=fact_in_words(fact),
        occurred_at=fact.occurred_at,
        names=tuple(str(reference) for reference in fact.references),
        paper=fact.said.delivery_id if isinstance(fact.said, Document) else "",
    )
