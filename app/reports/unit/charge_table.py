"""The charge lines of a decision as a table: what becomes of each, and what they come to.

Of a unit that was billed before, only what its documents name changes; the rest was billed.
"""

from collections.abc import Iterable, Iterator

import msgspec

from app.judgement.decision import DecidedLine, Decision
from app.judgement.verdict import Verdict
from app.money import Money, total

KEPT_BACK = "kept back"
NOT_NOW = "not now"
_NOW = {
    Verdict.RELEASE: "now",
    Verdict.CREDIT: "now",
    Verdict.PROVISIONAL: "provisionally",
    Verdict.HOLD: "waits",
    Verdict.NO_BILL: "never",
    Verdict.BILLED: "billed before",
}
_UNCHANGED = {Verdict.RELEASE, Verdict.CREDIT, Verdict.BILLED}
"""Where a line that was billed before and is in no document stays as it was billed."""


class ChargeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line, and whether it goes out."""

    line: DecidedLine
    goes_out: str
    """`now`, `provisionally`, `waits`, `kept back`, `billed before`, `not now` or `never`."""


class ChargeSum(msgspec.Struct, frozen=True, kw_only=True):
    """One row below the lines."""

    says: str
    amount: Money


class ChargeTable(msgspec.Struct, frozen=True, kw_only=True):
    """The lines and their sums."""

    rows: tuple[ChargeRow, ...]
    sums: tuple[ChargeSum, ...]


def charge_table(decision: Decision) -> ChargeTable:
    """The lines of a decision, and those sums that apply to it."""
    return ChargeTable(
        rows=tuple(
            ChargeRow(line=line, goes_out=_goes_out(decision, line)) for line in decision.lines
        ),
        sums=tuple(_sums(decision)),
    )


def _goes_out(decision: Decision, line: DecidedLine) -> str:
    if not line.billed:
        return KEPT_BACK
    verdict = decision.verdict
    if decision.billed_before is None or line.key in _in_documents(decision):
        return _NOW[verdict]
    return _NOW[Verdict.BILLED] if verdict in _UNCHANGED else NOT_NOW


def _in_documents(decision: Decision) -> set[str]:
    return {line.key for document in decision.documents for line in document.lines}


def _sums(decision: Decision) -> Iterator[ChargeSum]:
    amounts = [line.charge.amount for line in decision.lines]
    if _is_one_currency(amounts):
        says = "Total of the lines"
        yield ChargeSum(says=says, amount=total(amounts, amounts[0].currency))
    if decision.held_total is not None:
        yield ChargeSum(says="Of it kept back", amount=decision.held_total)
    if decision.billed_before is not None:
        yield ChargeSum(says="Billed before", amount=decision.billed_before)
    if decision.total is not None:
        yield ChargeSum(says=_last(decision.verdict), amount=decision.total)


def _is_one_currency(amounts: Iterable[Money]) -> bool:
    return len({each.currency for each in amounts}) == 1


def _last(verdict: Verdict) -> str:
    """What the total of a decision is, by its verdict."""
    match verdict:
        case Verdict.HOLD:
            return "Waits until nothing holds it"
        case Verdict.PROVISIONAL:
            return "To be billed provisionally now"
        case _:
            return "To be billed now"
