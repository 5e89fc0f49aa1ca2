"""A person attaches a paper and accepts it; its bytes are kept as a delivery of their own."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

import msgspec

from app.access import May, Person
from app.digest import digest
from app.errors import Mistake
from app.evidence.correlation.acts import ACTS
from app.evidence.facts.papers import Document, DocumentStatus
from app.evidence.intake.paper import media_of, plain_name, problem_with
from app.infrastructure.storage.store import Store
from app.operations.clearing.desk import Acted, Desk, desk_of
from app.operations.clearing.forms import blank, refuse, wrong
from app.operations.clearing.since import ActedOn, must_be_as_seen
from app.operations.house import House
from app.reports.standing.missing_paper import papers_claimed, papers_of
from app.reports.unit.document_types import document_types


class File(msgspec.Struct, frozen=True, kw_only=True):
    """What a person chose on a disk."""

    name: str
    media: str
    raw: bytes


def attach_document(
    house: House,
    person: Person,
    unit: str,
    *,
    form_id: str,
    document_type: str,
    most_bytes: int,
    document: str = "",
    signed: bool | None = None,
    exceptions_noted: bool | None = None,
    signed_by: str = "",
    signed_at: datetime | None = None,
    note: str = "",
    kept_at: str = "",
    file: File | None = None,
    since: str = "",
) -> Acted:
    """Record an accepted document: with its bytes, or with where it is.

    Args:
        house: who acts where.
        person: who attaches it.
        unit: by its name or any of its numbers.
        form_id: names the form, the same each time that it is sent.
        document_type: `POD`, `LUMPER_RECEIPT`, ...
        most_bytes: the largest file that is taken.
        document: the number of a paper that was told of or that a claim names, and of which this
            is a new copy; empty for another paper.
        signed: whether it is signed; None where that cannot be told.
        exceptions_noted: whether overage, shortage or damage is written on it.
        signed_by: who signed.
        signed_at: when, with its offset.
        note: what the person says of it.
        kept_at: where the paper is, where there is no scan of it.
        file: a scan or photograph of it.
        since: the decision that the form shows.

    Raises:
        ForbiddenError: the person may not attach documents.
        NotFoundError: no unit goes by the number.
        RequestError: nothing asks for a document of the type, the number is none that the unit's
            papers and claims name, there is neither a file nor a place where the paper is, the
            file is none of the kinds that are taken or too large, or it was signed in the future.
        ConflictError: the console's word does not count, the form said something else before, or
            something was told of this paper since the decision that the form shows.
    """
    desk = desk_of(house, person, May.ATTACH, unit)
    kind = document_type.strip().upper()
    refuse(
        (
            *_wrong_kind(desk, kind, document),
            *_unknown(desk, document),
            *_not_signed_then(signed_at, house.now()),
            *(_wrong_file(file, most_bytes) if file else _nowhere(kept_at)),
        )
    )
    said = Document(
        document=document or desk.number(kind, form_id),
        document_type=kind,
        status=DocumentStatus.ACCEPTED,
        signed=signed,
        signed_by=signed_by.strip() or None,
        signed_at=signed_at,
        exceptions_noted=exceptions_noted,
        delivery_id=digest(file.raw) if file else "",
        file_name=plain_name(file.name) if file else "",
        media=media_of(file.media) if file else "",
        note=note.strip(),
        replaces_earlier=bool(document),
        kept_at=kept_at.strip(),
    )
    again = desk.sent_before(form_id, said)
    if again is not None:
        return again
    acted_on = ActedOn(
        word=lambda fact: isinstance(fact.said, Document) and fact.said.document == said.document
    )
    must_be_as_seen(desk, since, acted_on)
    desk.must_count(ACTS[Document])
    return desk.record(form_id, said, partial(_keep, house, person, file) if file else None)


def _keep(house: House, person: Person, file: File, store: Store) -> str:
    """The bytes, named by their digest: the same scan attached twice is kept once."""
    return store.messages.keep_delivery(
        raw=file.raw,
        name=plain_name(file.name),
        media=media_of(file.media),
        received_at=house.now(),
        actor=person.name,
    )


def _wrong_kind(desk: Desk, kind: str, document: str) -> Iterable[Mistake]:
    yield from blank("document_type", kind)
    told = {each.document_type for each in papers_of(document, desk.unit)}
    known = document_types(desk.editions.rules, desk.editions.contract)
    if not kind or kind in told:
        return
    if told:
        allowed = ", ".join(sorted(told))
        yield wrong("document_type", f"{document} is no {kind}", allowed=allowed)
    elif kind not in known:
        what = f"nothing asks for a document of type {kind[:40]!r}"
        yield wrong("document_type", what, allowed=", ".join(known))


def _unknown(desk: Desk, document: str) -> Iterable[Mistake]:
    """A number that nobody gave a paper of this unit."""
    known = papers_claimed(desk.unit)
    if document and document not in known and not papers_of(document, desk.unit):
        yield wrong("document", f"the unit has no paper {document[:40]!r}")


def _nowhere(kept_at: str) -> Iterable[Mistake]:
    if not kept_at.strip():
        what = "there is no file, and nothing says where the paper is"
        yield wrong("file", what, mend="choose a file, or say where the paper is")


def _not_signed_then(signed_at: datetime | None, now: datetime) -> Iterable[Mistake]:
    if signed_at is None:
        return
    if signed_at.tzinfo is None:
        yield wrong("signed_at", "the time has no offset", allowed="a time with its offset")
    elif signed_at > now:
        yield wrong("signed_at", f"{signed_at.isoformat()} is still to come")


def _wrong_file(file: File, most_bytes: int) -> Iterable[Mistake]:
    if len(file.raw) > most_bytes:
        allowed = f"at most {most_bytes:,}"
        yield wrong("file", f"the file has {len(file.raw):,} bytes", allowed=allowed)
    elif problem := problem_with(file.raw, media_of(file.media)):
        yield wrong("file", problem)
