"""A whole file by a mapping: every row or item is a message of its own."""

from collections.abc import Iterator

from app.evidence.intake.feed import Format
from app.evidence.intake.json_text import Document, documents_in
from app.evidence.intake.mapped.facts import Hand, message_of
from app.evidence.intake.mapped.items import items_of, root_of
from app.evidence.intake.mapped.model import Mapping
from app.evidence.intake.mapped.sheets import sheet_rows
from app.evidence.intake.mapped.tables import NotATableError, csv_rows, fixed_rows
from app.evidence.intake.mapped.values import Reading
from app.evidence.intake.received import IntakeFault, MessageHead, Received, refusal

UTF_8_MARK = b"\xef\xbb\xbf"
ROWS = {Format.CSV: csv_rows, Format.FIXED_WIDTH: fixed_rows, Format.XLSX: sheet_rows}
READ_BY_MAPPING = (*ROWS, Format.JSON)


def read_mapped(raw: bytes, file: str, mapping: Mapping, hand: Hand) -> tuple[Received, ...]:
    """What each row or item says, in their order; bad ones are refused and keep none else out.

    A row that the mapping ignores is no message, and a table with nothing under its header
    brings none. A document in which the mapping finds no item is refused, unless the mapping
    ignores such documents.

    Args:
        raw: the file or body, whole.
        file: what to call it in places.
        mapping: of the feed's format.
        hand: whose facts they are, and by what feed they come.
    """
    head = MessageHead(
        format=mapping.format,
        kind=mapping.name,
        sender=hand.feed.instance or hand.feed.partner,
        profile=f"{mapping.partner}/{mapping.name} {mapping.version}",
    )
    if mapping.format is Format.JSON:
        return tuple(_json(raw, file, mapping, hand, head))
    return tuple(_table(raw, file, mapping, hand, head))


def _table(
    raw: bytes, file: str, mapping: Mapping, hand: Hand, head: MessageHead
) -> Iterator[Received]:
    (message,) = mapping.messages
    try:
        for row in ROWS[mapping.format](raw, file, mapping):
            if isinstance(row, IntakeFault):
                yield Received(message=head, faults=(row,))
            elif received := message_of(mapping, message, row, hand):
                yield received
    except NotATableError as error:
        yield Received(message=head, faults=(error.fault,))


def _json(
    raw: bytes, file: str, mapping: Mapping, hand: Hand, head: MessageHead
) -> Iterator[Received]:
    start = len(UTF_8_MARK) if raw.startswith(UTF_8_MARK) else 0
    for document in documents_in(raw, start, file, head):
        if isinstance(document, Received):
            yield document
        else:
            yield from _document(document, file, mapping, hand, head)


def _document(
    document: Document, file: str, mapping: Mapping, hand: Hand, head: MessageHead
) -> Iterator[Received]:
    root = root_of(document.found, file, document.line)
    reading = Reading(mapping, root)
    if any(reading.holds(conditions, root) for conditions in mapping.ignore_documents):
        return
    items = 0
    for message, item in items_of(document.found, file, document.line, mapping):
        items += 1
        if received := message_of(mapping, message, item, hand):
            yield received
    if not items:
        what = "there is nothing in it that the mapping reads"
        yield refusal(head, "NOTHING_SAID", what, root.place())
