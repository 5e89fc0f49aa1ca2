"""What has to be so of a contract's consolidation beyond each single value."""

from collections.abc import Iterator

from app.authoring.files.contract_clocks import LAST_DAY_OF_MONTH, TIME_OF_DAY
from app.authoring.files.located_yaml import Node
from app.authoring.files.struct_fields import place_of
from app.authoring.files.typed_fields import Notes
from app.evidence.intake.zones import is_zone
from app.pricing.contract.consolidation import Consolidation, Every
from app.pricing.contract.contract import Contract


def prove_consolidation(contract: Contract, node: Node, notes: Notes) -> None:
    """A zone and a time that there are, and one day on which it closes."""
    if contract.consolidation is None:
        return
    for key, what, allowed in _wrong_in(contract.consolidation):
        notes.add(place_of(node, "consolidation", key), what, allowed)


def _wrong_in(agreed: Consolidation) -> Iterator[tuple[str, str, str]]:
    """Key, what is wrong with it, and what is allowed."""
    if not is_zone(agreed.time_zone):
        what = f"{agreed.time_zone!r} is no time zone"
        yield "time zone", what, "an IANA name such as America/Chicago"
    if not TIME_OF_DAY.fullmatch(agreed.time_of_day):
        yield "time of day", f"{agreed.time_of_day!r} is no time of day", "00:00 to 23:59"
    day = agreed.day_of_month
    if day is not None and not 1 <= day <= LAST_DAY_OF_MONTH:
        yield "day of month", f"no month has a day {day}", "1 to 31"
    said = {
        "weekday": agreed.weekday is not None,
        "day of month": day is not None,
        "last working day": agreed.last_working_day,
    }
    allowed = _DAYS[agreed.every]
    for key in (key for key, is_said in said.items() if is_said and key not in allowed):
        yield key, f"a {agreed.every} that closes on it is none", _words(allowed)
    if allowed and sum(said[key] for key in allowed) != 1:
        many = any(said[key] for key in allowed)
        what = "it closes on " + ("several kinds of days" if many else "no day")
        yield "", what, "one of " + _words(allowed)


_DAYS = {
    Every.DAY: (),
    Every.WEEK: ("weekday",),
    Every.MONTH: ("day of month", "last working day"),
}
"""By which key each says when it closes."""


def _words(keys: tuple[str, ...]) -> str:
    return ", ".join(f"`{key}`" for key in keys) or "nothing"
