"""The invoices of one billable unit as one: what they come to, and what may follow.

    state         allowed                                   then
    unbilled      final                                     billed
    unbilled      provisional                               provisional
    provisional   supplemental, credit, rebill              billed: it is trued up
    provisional   (no document: settled as it was billed)   billed
    provisional   credit of all of it                       credited
    billed        supplemental, credit, rebill              billed
    billed        credit of all of it                       credited
    credited      rebill                                    billed

Whatever is not in the table cannot be stored. So a unit has never two provisional invoices, is
never provisional again once it was final, and never two invoices that each bill all of it.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

import msgspec

from app.family.document import DocumentKind, DocumentLine, FamilyDocument, Planned, merged
from app.money import Money, total


class State(StrEnum):
    """Where a family stands."""

    UNBILLED = "unbilled"
    PROVISIONAL = "provisional"
    BILLED = "billed"
    CREDITED = "credited"


_ADJUSTING = {DocumentKind.SUPPLEMENTAL, DocumentKind.CREDIT, DocumentKind.REBILL}
MOVES: Mapping[State, Mapping[DocumentKind, State]] = {
    State.UNBILLED: {
        DocumentKind.FINAL: State.BILLED,
        DocumentKind.PROVISIONAL: State.PROVISIONAL,
    },
    State.PROVISIONAL: dict.fromkeys(_ADJUSTING, State.BILLED),
    State.BILLED: dict.fromkeys(_ADJUSTING, State.BILLED),
    State.CREDITED: {DocumentKind.REBILL: State.BILLED},
}
"""What may follow; a document that leaves nothing billed leads to `credited` instead."""


class IllegalMoveError(ValueError):
    """A document that may not follow on what was billed."""


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was billed for a unit, in order."""

    documents: tuple[FamilyDocument, ...] = ()

    @property
    def currency(self) -> str:
        """In which all of it is; empty where nothing was billed."""
        return self.documents[0].total.currency if self.documents else ""

    @property
    def balance(self) -> Money | None:
        """What all documents come to; None where there is none."""
        if not self.documents:
            return None
        return total((each.total for each in self.documents), self.currency)

    @property
    def first(self) -> FamilyDocument | None:
        """The original invoice, provisional or final."""
        return self.documents[0] if self.documents else None

    @property
    def open_provisional(self) -> FamilyDocument | None:
        """The provisional invoice that is neither trued up nor settled."""
        first = self.first
        is_open = first and first.kind is DocumentKind.PROVISIONAL and not first.settled
        return first if is_open else None

    @property
    def provisional_error(self) -> Decimal | None:
        """How far the estimate was from what it came to, in percent of that; None where unknown.

        To two places, as people compare it; nothing is billed by it.
        """
        first, comes_to = self.first, self.balance
        is_open = self.open_provisional is not None
        if first is None or first.kind is not DocumentKind.PROVISIONAL or is_open:
            return None
        if comes_to is None or comes_to.amount == 0:
            return None
        away = comes_to.amount - first.total.amount
        return (away * 100 / comes_to.amount).quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def state(self) -> State:
        """Where the family stands."""
        state = State.UNBILLED
        for at, document in enumerate(self.documents, start=1):
            state = _next(state, document, _live(self.documents[:at]))
        settled = state is State.PROVISIONAL and self.open_provisional is None
        return State.BILLED if settled else state

    @property
    def live_lines(self) -> Mapping[str, DocumentLine]:
        """What is billed for each service by now, by key; what came to nothing is left out."""
        return _live(self.documents)

    @property
    def standing(self) -> tuple[FamilyDocument, ...]:
        """The documents that were not taken back whole, and take none back whole themselves."""
        reversed_ = {each.reverses for each in self.documents if each.reverses}
        return tuple(
            each for each in self.documents if each.reference not in reversed_ and not each.reverses
        )


def must_follow(family: Family, documents: Sequence[Planned]) -> None:
    """Check that documents may follow, each on the one before.

    Raises:
        IllegalMoveError: the table of moves does not have it.
    """
    state, live = family.state, dict(family.live_lines)
    for document in documents:
        live = _with(live, document.lines)
        state = _next(state, document, live)


def _next(
    state: State, document: FamilyDocument | Planned, live: Mapping[str, DocumentLine]
) -> State:
    after = MOVES[state].get(document.kind)
    if after is None:
        allowed = ", ".join(MOVES[state])
        raise IllegalMoveError(f"no {document.kind} follows on {state}; allowed: {allowed}")
    return State.CREDITED if not live else after


def _live(documents: Sequence[FamilyDocument]) -> dict[str, DocumentLine]:
    live: dict[str, DocumentLine] = {}
    for document in documents:
        live = _with(live, document.lines)
    return live


def _with(
    live: Mapping[str, DocumentLine], lines: Sequence[DocumentLine]
) -> dict[str, DocumentLine]:
    after = dict(live)
    for line in lines:
        known = after.get(line.key)
        now = line if known is None else merged(known, line)
        if is_nothing(now):
            after.pop(line.key, None)
        else:
            after[line.key] = now
    return after


def is_nothing(line: DocumentLine) -> bool:
    """Whether a line bills nothing and taxes nothing."""
    return line.amount.amount == 0 and (line.tax is None or line.tax.taxable.amount == 0)
