"""The bytes of a paper that a person attached."""

import msgspec

from app.access import May, Person, must_be_allowed
from app.errors import NotFoundError
from app.evidence.facts.papers import Document
from app.evidence.facts.reference import paper_key
from app.evidence.intake.paper import PLAIN, problem_with
from app.operations.house import House


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A scan, photograph or text, as it was attached."""

    name: str
    """What the file was called; only a text."""
    media: str
    """One of `PAPER_MEDIA`, and the bytes begin like it."""
    raw: bytes


def attached_paper(house: House, person: Person, delivery_id: str) -> Paper:
    """The paper that is kept under this id.

    Any other delivery is a partner's message, and none: a paper is what some document names as
    its bytes, and what is of the kind that the document says. A text that came as something else
    is none either.

    Raises:
        ForbiddenError: the person may not look.
        NotFoundError: there is no such paper.
    """
    must_be_allowed(person, May.LOOK)
    missing = NotFoundError(f"there is no paper {delivery_id}")
    with house.database.reading(house.tenant) as store:
        named = store.facts.naming([paper_key(delivery_id)]).values()
        said = [fact.said for fact in named if isinstance(fact.said, Document)]
        found = [each for each in said if each.delivery_id == delivery_id]
        if not found:
            raise missing
        kept, document = store.messages.delivery(delivery_id), found[-1]
    is_message = document.media == PLAIN and kept.media != PLAIN
    if is_message or problem_with(kept.raw, document.media):
        raise missing
    return Paper(name=document.file_name, media=document.media, raw=kept.raw)
