"""A JSON document, item by item."""

from collections.abc import Iterator

from app.evidence.intake.mapped.model import MappedMessage, Mapping
from app.evidence.intake.mapped.paths import Found
from app.evidence.intake.mapped.records import Item, Record

WHOLE = ("$",)


def items_of(
    document: object, file: str, line: int | None, mapping: Mapping
) -> Iterator[tuple[MappedMessage, Record]]:
    """Every item of the document, with the kind of message that the mapping takes it for."""
    whole = root_of(document, file, line)
    for message in mapping.messages:
        for path in message.each or WHOLE:
            for item in whole.within(path):
                yield message, item


def root_of(document: object, file: str, line: int | None) -> Record:
    """The whole document as one item."""
    root = Found(document, "$")
    return Item(root, root, file, line)
