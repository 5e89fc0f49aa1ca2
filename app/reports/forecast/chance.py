"""How likely a unit misses its cut-off, and what there is to say where nobody can tell."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

import msgspec

from app.reports.forecast import words
from app.reports.forecast.clear_times import Basis
from app.reports.moments import written


class Outlook(StrEnum):
    """What can be said of a unit's cut-off."""

    LIKELY = "likely"
    """There is a chance, and its interval."""
    AT_LEAST = "at least"
    """Of one hold there is not enough history; the others alone make it so likely."""
    NO_HISTORY = "not enough history"
    MISSED = "missed"
    """The batch has closed, and it is still held."""
    NOTHING_HOLDS = "nothing holds it"
    NO_CUTOFF = "no cut-off"
    NOT_COMPLETE = "not complete"
    """Its service is under way; its holds come when it ends."""
    UNKNOWN = "unknown"
    """It is held, and by more than the holds that were handed over."""


class Outlasts(msgspec.Struct, frozen=True, kw_only=True):
    """How likely one hold outlasts the cut-off, in thousandths."""

    basis: Basis
    likely: int | None = None
    low: int | None = None
    high: int | None = None
    known: int = 0
    """Of how many such holds it is known whether they did."""


class Chance(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How likely a unit misses its cut-off, in thousandths; never none and never all."""

    outlook: Outlook
    cutoff_at: datetime | None = None
    likely: int | None = None
    """Of the holds taken together, as independent; those without history are left out."""
    worst_alone: int | None = None
    """Of the worst hold alone: what it comes to if they all clear together."""
    low: int | None = None
    high: int | None = None
    """None where one of the holds has not enough history."""
    known: int = 0
    """The smallest number of holds that one of the chances rests on."""
    holds: tuple[Outlasts, ...] = ()
    """The worst first, those without history last."""

    @property
    def short(self) -> str:
        """`59%`, `at least 43%`, `less than 1 in 40`; or why there is none to tell."""
        if self.likely is None or self.low is None:
            return self.outlook.value
        if self.outlook is Outlook.AT_LEAST:
            return f"at least {words.percent(self.low)}"
        return words.share(self.likely, self.known)

    @property
    def words(self) -> str:
        """As a sentence."""
        return _SENTENCES[self.outlook](self)


def _likely(chance: Chance) -> str:
    assert chance.low is not None
    assert chance.high is not None
    between = f"{words.percent(chance.low)} to {words.percent(chance.high)}"
    return f"{chance.short} to miss the cut-off at {_when(chance)} ({between}); {_why(chance)}"


def _at_least(chance: Chance) -> str:
    lacking = next(each.basis for each in chance.holds if each.likely is None)
    return (
        f"{chance.short} to miss the cut-off at {_when(chance)}; "
        f"{_why(chance)}; {words.basis(lacking)}"
    )


def _why(chance: Chance) -> str:
    worst = chance.holds[0]
    others = sum(each.likely is not None for each in chance.holds) - 1
    more = f", and {others} more {'hold' if others == 1 else 'holds'}" if others else ""
    return f"{words.basis(worst.basis)}{more}"


def _no_history(chance: Chance) -> str:
    return words.basis(chance.holds[0].basis)


def _missed(chance: Chance) -> str:
    return f"the cut-off at {_when(chance)} is missed"


def _when(chance: Chance) -> str:
    assert chance.cutoff_at is not None, "what is said of a cut-off has one"
    return written(chance.cutoff_at)


def _always(sentence: str) -> Callable[[Chance], str]:
    def says(_: Chance) -> str:
        return sentence

    return says


_SENTENCES: dict[Outlook, Callable[[Chance], str]] = {
    Outlook.LIKELY: _likely,
    Outlook.AT_LEAST: _at_least,
    Outlook.NO_HISTORY: _no_history,
    Outlook.MISSED: _missed,
    Outlook.NOTHING_HOLDS: _always("nothing holds its invoice"),
    Outlook.NO_CUTOFF: _always("it has no cut-off"),
    Outlook.NOT_COMPLETE: _always("its service is not complete"),
    Outlook.UNKNOWN: _always("not known: not all of its holds were at hand"),
}
