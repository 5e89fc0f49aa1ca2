"""The units that somebody may mean by a number they type."""

import msgspec

from app.errors import ConflictError, NotFoundError
from app.infrastructure.storage.store import Store
from app.operations.deciding.gather_dossier import find_unit, units_going_by
from app.operations.house import House

LONGEST = 200
"""More signs than any number has."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a search came to."""

    typed: str
    """Without the blanks around it."""
    units: tuple[str, ...] = ()
    why_none: str = ""
    """Empty where nothing was typed, or something was found."""


def units_found(house: House, typed: str) -> Found:
    """The units that go by a number, or that were billed under it as an invoice's."""
    text = typed.strip()
    if not text or len(text) > LONGEST or not text.isprintable():
        return Found(typed=text[:LONGEST], why_none="this is no number" if text else "")
    with house.database.reading(house.tenant) as store:
        if store.decisions.last_answers_of(text, 1):
            return Found(typed=text, units=(text,))
        named, why_none = _going_by(store, text)
        units = tuple(sorted({*named, *store.invoices.units_of(text)}))
    return Found(typed=text, units=units, why_none="" if units else why_none)


def _going_by(store: Store, text: str) -> tuple[tuple[str, ...], str]:
    """The units, or why there are none."""
    try:
        return (find_unit(store, text, None)[0],), ""
    except ConflictError:
        return units_going_by(store, text), ""
    except NotFoundError as error:
        return (), str(error)
