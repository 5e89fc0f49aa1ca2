"""Which holds people have waived for good, and why a waiver waives nothing.

Only a hold that a rule placed and that the catalogue calls waivable can be waived. A limit covers
what hangs on the hold: its line, or all lines of the unit (lines kept back included); where that
has no price, no limit covers it.
"""

from collections.abc import Mapping, Sequence

from app.evidence.correlation.waivers import KnownWaiver
from app.money import Money, total

NOBODY: Sequence[KnownWaiver] = ()
WAIVER = "waiver "
"""Begins what a hold says it was waived by where a person did; rules are named by their ids."""


def waived_by(
    waivers: Sequence[KnownWaiver],
    code: str,
    subject: str,
    estimates: Sequence[Mapping[str, Money]],
    *,
    waivable: bool,
) -> tuple[str, ...]:
    """The waivers that let this hold stop nothing, as the hold names them.

    Args:
        waivers: of the unit.
        code: of the hold.
        subject: what the hold is about.
        estimates: the amount of every charge line by its key, at each of the prices at which
            the unit may go out.
        waivable: whether the catalogue lets anybody waive it.
    """
    found = {
        f"{WAIVER}{each.waiver}"
        for each in waivers
        if each.is_about(code, subject) and not why_not(each, subject, estimates, waivable=waivable)
    }
    return tuple(sorted(found))


def why_not(
    waiver: KnownWaiver,
    subject: str,
    estimates: Sequence[Mapping[str, Money]],
    *,
    waivable: bool,
) -> str:
    """Why the waiver does not end a hold that it names; empty where it does."""
    if waiver.void:
        return waiver.void
    if not waivable:
        return f"{waiver.hold} can never be waived"
    for value in (at_stake(subject, lines) for lines in estimates if waiver.up_to):
        if value is None:
            return f"it is given up to {waiver.up_to}, and what hangs on the hold has no price"
        if waiver.up_to and not _covers(waiver.up_to, value):
            return f"it is given up to {waiver.up_to}, and {value} hangs on the hold"
    return ""


def at_stake(subject: str, lines: Mapping[str, Money]) -> Money | None:
    """The amount of the line that the hold is on, or of all; None where there is no one amount."""
    if subject.startswith("charge:"):
        return lines.get(subject.removeprefix("charge:"))
    currencies = {amount.currency for amount in lines.values()}
    if len(currencies) != 1:
        return None
    return total(lines.values(), currencies.pop())


def _covers(limit: Money, value: Money) -> bool:
    """A credit counts by its size."""
    return limit.currency == value.currency and abs(value.amount) <= limit.amount
