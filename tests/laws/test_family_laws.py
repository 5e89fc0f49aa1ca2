"""The law of the family: whatever happens in whatever order, what was billed is what is owed.

Random families live through random events: late facts, resends, corrections, extra services,
disputes, papers refused and accepted, closed months, new tariffs, cancellations, timers; claims are
made at any of their moments or not at all. At every step the family is compared with a ledger that
knows nothing of the application (`family_ledger`). Many more of them: `make fuzz`.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from app.family import family, plan
from app.family.document import DocumentKind, DocumentLine, FamilyDocument, Planned, planned
from app.family.family import Family, IllegalMoveError
from app.judgement import outcome
from app.judgement.outcome import Outcome
from app.judgement.verdict import Verdict
from app.money import Money
from app.pricing.contract.contract import AdjustmentStyle
from tests.laws import family_world
from tests.laws.family_laws import BrokenLawError, Life, counted

EVENTS = 40
"""Of each family."""
SEEN_OFTEN = {
    "verdict: release",
    "verdict: provisional",
    "verdict: hold",
    "verdict: credit",
    "verdict: billed",
    "verdict: no_bill",
    "document: final",
    "document: provisional",
    "document: supplemental",
    "document: credit",
    "document: credit that reverses",
    "document: rebill",
}
Patch = pytest.MonkeyPatch


def live(seeds: Iterable[int]) -> list[Life]:
    """The families of these seeds, each to its end."""
    return [Life(seed).lives(EVENTS) for seed in seeds]


@pytest.mark.parametrize("first", range(0, 80, 40))
def test_at_every_step_the_balance_is_what_an_independent_ledger_says(first: int) -> None:
    seen = counted(live(range(first, first + 40)))
    assert seen["events"] == 40 * EVENTS
    assert not SEEN_OFTEN - seen.keys(), "a law of what never happens says nothing"


@pytest.mark.parametrize("seed", range(200, 206))
def test_claims_at_any_moment_come_to_the_same_in_the_end(seed: int) -> None:
    """Claimed at the end alone, now and then, or at once: every line is billed the same."""
    lives = [Life(seed, eager=eager).lives(EVENTS) for eager in (0, 0.4, 1)]
    told = [each.told for each in lives]
    assert told[1:] == told[:-1], "the same has happened to each"
    billed = [each.world.ledger.live for each in lives]
    assert billed[1:] == billed[:-1]


def a_credit_is_worked_out_from_a_percentage(patch: Patch) -> None:
    """Of a line that changes so many percent are given back, instead of the stored cents."""

    def changed(before: DocumentLine, now: DocumentLine) -> DocumentLine:
        percent = (now.amount.amount / before.amount.amount - 1).quantize(Decimal("0.001"))
        cents = (before.amount.amount * percent).quantize(Decimal("0.01"))
        delta = Money(cents, now.amount.currency)
        return msgspec.structs.replace(now, quantity=Decimal(1), rate=cents, amount=delta)

    patch.setattr(plan, "_changed", changed)


def a_reversal_takes_back_the_total_in_one_line(patch: Patch) -> None:
    right = plan._reversed

    def lumped(taken: FamilyDocument) -> Planned:
        back = right(taken)
        return msgspec.structs.replace(
            back, lines=(msgspec.structs.replace(back.lines[0], amount=back.total),)
        )

    patch.setattr(plan, "_reversed", lumped)


def held_lines_are_forgotten(patch: Patch) -> None:
    """What is held is billed with the rest, by plan and proof alike."""
    rights = plan.plan_of, plan.wanted_lines

    def planned_without(
        before: Family,
        target: Sequence[DocumentLine],
        *,
        held: Collection[str],
        style: AdjustmentStyle,
    ) -> tuple[Planned, ...]:
        assert held is not None
        return rights[0](before, target, style=style)

    def wanted_without(
        before: Family, target: Sequence[DocumentLine], _held: Collection[str]
    ) -> dict[str, DocumentLine]:
        return rights[1](before, target)

    patch.setattr(outcome, "plan_of", planned_without)
    patch.setattr(outcome, "wanted_lines", wanted_without)


def held_lines_are_taken_back(patch: Patch) -> None:
    """What is held is not billed, also where it was."""
    rights = plan.plan_of, plan.wanted_lines

    def left(target: Sequence[DocumentLine], held: Collection[str]) -> list[DocumentLine]:
        return [line for line in target if line.key not in held]

    def planned_without(
        before: Family,
        target: Sequence[DocumentLine],
        *,
        held: Collection[str],
        style: AdjustmentStyle,
    ) -> tuple[Planned, ...]:
        return rights[0](before, left(target, held), style=style)

    def wanted_without(
        before: Family, target: Sequence[DocumentLine], held: Collection[str]
    ) -> dict[str, DocumentLine]:
        return rights[1](before, left(target, held))

    patch.setattr(outcome, "plan_of", planned_without)
    patch.setattr(outcome, "wanted_lines", wanted_without)


def what_waits_is_billed_provisionally_once_more(patch: Patch) -> None:
    def again(before: Family, _at: object) -> Outcome:
        lines = tuple(before.live_lines.values())
        second = planned(DocumentKind.PROVISIONAL, lines, before.currency)
        return Outcome(verdict=Verdict.PROVISIONAL, documents=(second,), owed=lines)

    patch.setattr(outcome, "_while_it_waits", again)


def a_provisional_invoice_never_ends(patch: Patch) -> None:
    patch.setattr(family_world, "ended_by", lambda *_told: None)


def a_negated_tax_keeps_its_base(patch: Patch) -> None:
    right = DocumentLine.__neg__

    def negated(self: DocumentLine) -> DocumentLine:
        return msgspec.structs.replace(right(self), tax=self.tax)

    patch.setattr(DocumentLine, "__neg__", negated)


def what_was_taken_back_is_taken_back_again(patch: Patch) -> None:
    everything = property(lambda self: self.documents)
    patch.setattr(Family, "standing", everything)


def what_was_billed_first_is_all_that_was_billed(patch: Patch) -> None:
    """The difference is taken to the original invoice, not to the balance."""
    right = plan.plan_of

    def of_the_first(before: Family, *told: Any, **more: Any) -> tuple[Planned, ...]:
        return right(Family(documents=before.documents[:1]), *told, **more)

    patch.setattr(outcome, "plan_of", of_the_first)


def two_lines_of_a_service_are_one_of_them(patch: Patch) -> None:
    patch.setattr(family, "merged", lambda _first, second: second)


BUGS = (
    a_credit_is_worked_out_from_a_percentage,
    a_reversal_takes_back_the_total_in_one_line,
    held_lines_are_forgotten,
    held_lines_are_taken_back,
    what_waits_is_billed_provisionally_once_more,
    a_provisional_invoice_never_ends,
    a_negated_tax_keeps_its_base,
    what_was_taken_back_is_taken_back_again,
    what_was_billed_first_is_all_that_was_billed,
    two_lines_of_a_service_are_one_of_them,
)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_each_bug_breaks_a_law(bug: Callable[[Patch], None], monkeypatch: Patch) -> None:
    """Put in on purpose, one at a time; each is found among the families of the law."""
    bug(monkeypatch)
    with pytest.raises((BrokenLawError, IllegalMoveError)):
        live(range(80))
