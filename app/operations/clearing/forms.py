"""What is wrong with a form a person filled in, field by field."""

import re
from collections.abc import Iterable
from datetime import datetime

from app.errors import Mistake, Place, RequestError

FORM_ID = re.compile(r"[A-Za-z0-9_-]{8,80}", re.ASCII)


def wrong(field: str, what: str, *, allowed: str = "", mend: str = "") -> Mistake:
    """One field and what is wrong with it."""
    return Mistake(place=Place(field=field), what=what, allowed=allowed, mend=mend)


def refuse(mistakes: Iterable[Mistake]) -> None:
    """Stop where anything is wrong, and say all of it together.

    Raises:
        RequestError: with every mistake.
    """
    found = tuple(mistakes)
    if found:
        fields = ", ".join(dict.fromkeys(mistake.place.field for mistake in found))
        raise RequestError(f"nothing was recorded; the form is wrong at {fields}", found)


def blank(field: str, text: str) -> Iterable[Mistake]:
    """A field that has to say something and does not."""
    if not text.strip():
        yield wrong(field, f"there is no {field.replace('_', ' ')} given")


def unusable_moment(field: str, moment: datetime | None, *, after: datetime) -> Iterable[Mistake]:
    """A moment that names no offset, or is not to come after another."""
    if moment is None:
        return
    if moment.tzinfo is None:
        yield wrong(field, "the time has no offset", allowed="a time with its offset from UTC")
    elif moment <= after:
        yield wrong(field, f"{moment.isoformat()} has passed", allowed="a moment to come")


def unusable_form(form_id: str) -> Iterable[Mistake]:
    """The name by which a form that is sent twice is known."""
    if not FORM_ID.fullmatch(form_id):
        allowed = "8 to 80 letters, digits, `-` or `_`, the same each time the form is sent"
        yield wrong("form_id", f"{form_id!r} does not name the form", allowed=allowed)
