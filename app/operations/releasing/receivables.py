"""What became of posted invoices comes back as facts: still owed, paid, cancelled.

Where a billing system has another document under the reference of an invoice, this is the look that
comes last: a late draft of the same is taken away, and anything else is told each time.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from app.billing.posted import PostedInvoice
from app.digest import canonical, digest
from app.errors import IntakeError
from app.evidence.correlation.told import rank
from app.evidence.facts.fact import Fact
from app.evidence.facts.ledger import Receivable
from app.evidence.facts.reference import Reference, ReferenceKind
from app.infrastructure.sending.connector import Connector
from app.infrastructure.sending.send_invoice import look_again
from app.infrastructure.sending.sender import NotSentError
from app.infrastructure.storage.rows import StoredInvoice
from app.infrastructure.storage.store import Store
from app.operations.house import House
from app.operations.receiving.came import Came
from app.operations.receiving.record_messages import record_messages
from app.operations.releasing.creation_notes import CreationNotes
from app.operations.releasing.went_out import stands_for, went_out

AT_ONCE = 100
"""Invoices asked about in one question."""
ENDED = ("paid", "cancelled")


def poll_receivables(house: House, connector: Connector, system: str) -> int:
    """Ask about every invoice of a billing system that is not settled, and record what changed.

    What the system says again is not recorded again; two that ask at once record it once.

    Returns:
        How many invoices had something new said of them.

    Raises:
        NotSentError: the system did not answer; what it said before that is recorded.
        IntakeError: some of what it said cannot be kept as a fact, or is there twice and is for a
            person; everything else is recorded.
    """
    with house.database.reading(house.tenant) as store:
        open_now = _not_settled(store, system)
    news = 0
    refused: list[str] = []
    for reference, found in _answers(connector, tuple(open_now)):
        invoice = open_now[reference]
        posted, fault = _the_one(house, connector, invoice, found)
        refused += [fault] if fault else []
        if posted is not None and _is_news(house, invoice, posted):
            fault = _recorded(house, invoice, posted)
            news += not fault
            refused += [fault] if fault else []
    if refused:
        raise IntakeError("; ".join(refused))
    return news


def said_of(store: Store, invoice: StoredInvoice) -> tuple[Fact, ...]:
    """What was said of an invoice since it was posted, the last word last.

    A word that names no release counts from the invoice's own system alone: two billing systems
    may give the same number.
    """
    return _said_of(invoice, store.facts.naming([_key_of(invoice)]).values())


def _key_of(invoice: StoredInvoice) -> str:
    return Reference(kind=ReferenceKind.INVOICE, value=invoice.number).key


def _said_of(invoice: StoredInvoice, facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Those of the facts that name its number which are about it."""
    return tuple(
        fact
        for fact in sorted(facts, key=rank)
        if isinstance(fact.said, Receivable)
        and (
            fact.said.release == reference_of(invoice)
            or (not fact.said.release and fact.source.instance == instance_of(invoice.system))
        )
    )


def reference_of(invoice: StoredInvoice) -> str:
    """What the billing system knows it by: the release, or the consolidated invoice it is in."""
    return msgspec.json.decode(invoice.body, type=_Told).posted.reference


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """What of a stored invoice says how it was sent."""

    posted: PostedInvoice


def instance_of(system: str) -> str:
    """A billing system as a source of facts: `acme.erp` where the destination is `acme/erp`."""
    return ".".join(system.replace("/", " ").split())


def receivable_of(store: Store, invoice: StoredInvoice) -> Receivable | None:
    """The last word on what is owed on an invoice, if there was any."""
    return _last(said_of(store, invoice))


def receivables_of(
    store: Store, invoices: Mapping[str, StoredInvoice]
) -> dict[str, Receivable | None]:
    """The last word on what is owed on each invoice, under the names they are given by."""
    keys = {name: _key_of(invoice) for name, invoice in invoices.items()}
    found = tuple(store.facts.naming(set(keys.values())).values()) if keys else ()
    return {
        name: _last(_said_of(invoice, _naming(found, keys[name])))
        for name, invoice in invoices.items()
    }


def _naming(facts: Iterable[Fact], key: str) -> Iterator[Fact]:
    return (fact for fact in facts if any(each.key == key for each in fact.references))


def _last(facts: Sequence[Fact]) -> Receivable | None:
    said = facts[-1].said if facts else None
    return said if isinstance(said, Receivable) else None


def _answers(
    connector: Connector, references: tuple[str, ...]
) -> Iterator[tuple[str, list[PostedInvoice]]]:
    """Each reference that the system has something of, with all it has."""
    for start in range(0, len(references), AT_ONCE):
        asked = references[start : start + AT_ONCE]
        found: dict[str, list[PostedInvoice]] = {}
        for posted in connector.receivables(asked):
            assert posted.reference in asked, "a connector answers what it was asked"
            found.setdefault(posted.reference, []).append(posted)
        yield from found.items()


def _the_one(
    house: House, connector: Connector, invoice: StoredInvoice, found: Sequence[PostedInvoice]
) -> tuple[PostedInvoice | None, str]:
    """The invoice itself, after its doubles were taken away; or what a person must see."""
    if len(found) == 1:
        return found[0], ""
    with house.database.reading(house.tenant) as store:
        went = went_out(store, store.releases.by_id(invoice.release_id))
    notes = CreationNotes(
        house,
        stands_for(went.invoice),
        subject=went.subject,
        system=invoice.system,
        settles_within_s=connector.settles_within_s,
    )
    try:
        return look_again(connector, went.invoice, invoice.number, notes), ""
    except NotSentError as error:
        ours = [each for each in found if each.number == invoice.number]
        return (ours[0] if len(ours) == 1 else None), error.detail


def _not_settled(store: Store, system: str) -> dict[str, StoredInvoice]:
    # Releases that were billed together have one invoice, which is asked about once.
    invoices = {reference_of(each): each for each in tuple(store.invoices.of_system(system))}
    return {
        reference: each
        for reference, each in invoices.items()
        if (last := receivable_of(store, each)) is None or last.state not in ENDED
    }


def _is_news(house: House, invoice: StoredInvoice, posted: PostedInvoice) -> bool:
    if posted.state == "draft":
        return False  # an invoice whose number is known was posted: it is being worked on there
    with house.database.reading(house.tenant) as store:
        last = receivable_of(store, invoice)
    said = None if last is None else (last.state, last.amount, last.amount_due)
    return said != (posted.state, posted.total, posted.amount_due)


def _recorded(house: House, invoice: StoredInvoice, posted: PostedInvoice) -> str:
    """Record it; what is wrong with it, where it cannot be."""
    receipt = record_messages(
        house,
        canonical(_event(house, invoice, posted)),
        f"receivables of {invoice.system}",
        media="application/cloudevents+json",
        whole_or_nothing=True,
        came=Came(correlation_id=invoice.correlation_id),
    )
    if receipt.counted("recorded") + receipt.counted("duplicate"):
        return ""
    faults = "; ".join(fault.detail for each in receipt.messages for fault in each.faults)
    return f"what {invoice.system} says of {invoice.number}: {faults}"


def _event(house: House, invoice: StoredInvoice, posted: PostedInvoice) -> Mapping[str, Any]:
    """The CloudEvent; its id is made from what it says, so that the same word is one message."""
    moment = (posted.changed_at or house.now()).isoformat()
    said = {
        # The number it was posted under, by which it is found, whatever it is called by now.
        "receivable": invoice.number,
        "state": posted.state,
        "amount": posted.total,
        "amount_due": posted.amount_due,
        "release": reference_of(invoice),
        "changed_on": posted.changed_at.date() if posted.changed_at else None,
    }
    return {
        "specversion": "1.0",
        "id": digest(canonical((invoice.system, said, moment))),
        "source": f"/erp/{instance_of(invoice.system)}",
        "type": "tollgate.fact.receivable.v1",
        "time": moment,
        "data": {"classifier": "actual", "occurred_at": moment, "receivable": said},
    }
