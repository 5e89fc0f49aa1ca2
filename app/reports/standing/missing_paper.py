"""Which paper would end a hold, and the number that it has to have.

Most holds that wait for a paper are ended by any of its type. One on a paper that is not signed is
ended by a copy of that very paper, and an extra charge by the paper that its claim names. No
copy ends a hold for what is noted on a paper: the note stays true.
"""

from collections.abc import Mapping

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.money import Accessorial
from app.evidence.facts.papers import Document

PAPER_OF: Mapping[str, str] = {"POD_MISSING": "POD", "RATE_UNCONFIRMED": "RATE_CON"}
"""The holds that any paper of a type ends."""
EVIDENCE = "EVIDENCE"
"""The type of a paper of which nobody has told yet what it is."""


class MissingPaper(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A paper that would end a hold."""

    document_type: str
    document: str = ""
    """The number that it has to have; empty where any does."""


def missing_paper(code: str, subject: str, unit: BillableUnit) -> MissingPaper | None:
    """The paper that would end the hold of this code and subject; None where none does."""
    if code in PAPER_OF:
        return MissingPaper(document_type=PAPER_OF[code])
    kind, _, key = subject.partition(":")
    match code, kind:
        case "DOC_SET_INCOMPLETE", "required_document":
            return MissingPaper(document_type=key)
        case "POD_UNSIGNED_OR_EXCEPTION", "document":
            return _copy_of(key, unit)
        case "ACCESSORIAL_UNSUPPORTED", "charge":
            return _named_by_claim(key.partition("/")[2], unit)
        case _:
            return None


def papers_of(document: str, unit: BillableUnit) -> tuple[Document, ...]:
    """What is told of the paper of this number."""
    said = (fact.said for fact in unit.documents)
    return tuple(s for s in said if isinstance(s, Document) and s.document == document)


def papers_claimed(unit: BillableUnit) -> tuple[str, ...]:
    """The numbers of the papers that claims name as their evidence."""
    said = [fact.said for fact in unit.accessorials]
    return tuple(name for s in said if isinstance(s, Accessorial) for name in s.evidence)


def _copy_of(document: str, unit: BillableUnit) -> MissingPaper | None:
    told = papers_of(document, unit)
    if not told or any(each.exceptions_noted for each in told):
        return None
    return MissingPaper(document_type=told[0].document_type, document=document)


def _named_by_claim(accessorial: str, unit: BillableUnit) -> MissingPaper | None:
    """A claim that names no paper has to name one first: none that is attached is its evidence."""
    claims = [fact.said for fact in unit.accessorials if isinstance(fact.said, Accessorial)]
    named = next((s.evidence for s in claims if s.accessorial == accessorial), ())
    if not named:
        return None
    told = papers_of(named[0], unit)
    return MissingPaper(
        document_type=told[0].document_type if told else EVIDENCE, document=named[0]
    )
