"""How fired rules combine into one verdict.

The algebra, in order; no order of rules or facts matters:

1. A blocking hold that no provisional permission waives holds the invoice.
2. A line hold keeps its line back where the contract lets lines wait; where it does not,
   it holds the invoice like any other. A credit never waits alone, as the invoice without it
   would be higher: a hold on it holds the invoice (since `verdict_2`).
3. What rule 5 would release, but for blocking holds that are all waived by permissions whose
   limit the whole amount keeps to (lines kept back included), may go out provisionally. A
   permission that bills last known prices stands in for a release, which asks for a price of
   everything: it waives what says that one is missing, and `provisional_amounts` has found that
   a release would fire at those prices. They are never released by anything else.
4. No-bill needs a rule that says so, no hold at all and no charge: beside a charge it is a
   contradiction and holds.
5. Release needs a rule that permits it and at least one line to bill.
6. Everything else holds: nothing is released by default.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum

import msgspec

from app.judgement.rulebook.key import Firing
from app.judgement.rulebook.model import (
    LAST_KNOWN,
    HoldKind,
    Kind,
    Rule,
    RulePack,
    Scope,
    Severity,
)
from app.money import Money
from app.remembered import Remembered

PRICE_WAITS = ("FSC_INDEX_MISSING", "FX_RATE_MISSING")
"""Holds that say of a line that its price is still to be published."""
NOT_PERMITTED = "RELEASE_NOT_PERMITTED"
CONTRADICTION = "NO_BILL_CONTRADICTED"


class Verdict(StrEnum):
    """What may be done with the invoice; stored and sent to billing, so never renamed."""

    RELEASE = "release"
    PROVISIONAL = "provisional"
    HOLD = "hold"
    NO_BILL = "no_bill"


class Placed(msgspec.Struct, frozen=True, kw_only=True, order=True, omit_defaults=True):
    """A hold as placed by a rule (or by the service, then without one)."""

    code: str
    rule_id: str = ""
    subject: str = ""
    on_line: bool = False
    blocks: bool = True
    waived_by: tuple[str, ...] = ()


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict, every hold that was placed, and what permitted it."""

    verdict: Verdict
    holds: tuple[Placed, ...]
    held_lines: tuple[str, ...]
    permitted_by: tuple[str, ...] = ()
    at_last_known: bool = False
    """Whether what goes out is the lines at the last known prices."""


def ruling_on(
    pack: RulePack,
    firings: Iterable[Firing],
    lines: Sequence[tuple[str, Money]],
    *,
    split_held_lines: bool,
    placed_by_service: Collection[str] = (),
    credits_wait: bool = False,
    last_known: Sequence[tuple[str, Money]] | None = None,
    cannot_bill: Collection[str] = (),
) -> Ruling:
    """The verdict on a unit with these charge lines (key and amount).

    Args:
        pack: the rules in force.
        firings: what fired of them.
        lines: the charge lines that have a price.
        split_held_lines: whether the contract lets held lines wait.
        placed_by_service: holds that the service itself places.
        credits_wait: as `verdict_1` had it, for what was decided by that.
        last_known: the lines at the last known prices, where a price is still to be published.
        cannot_bill: permissions whose amount cannot be found; they waive nothing.
    """
    rules, holds_by_code = _named.of(pack, lambda: _by_name(pack))
    fired = [(rules[firing.rule_id], firing) for firing in sorted(set(firings))]
    own = [
        _placed(holds_by_code[rule.hold], rule, firing)
        for rule, firing in fired
        if rule.kind is Kind.REQUIRE
    ]
    service = [Placed(code=code) for code in sorted(placed_by_service)]
    waiting: Collection[str] = ()
    if split_held_lines:
        may_wait = {key for key, amount in lines if amount.amount >= 0 or credits_wait}
        waiting = {
            hold.subject.removeprefix("charge:") for hold in own if hold.on_line and hold.blocks
        } & may_wait
    stops = [hold for hold in own if hold.blocks and not _waits_alone(hold, waiting)]
    permissions: dict[Kind, list[Rule]] = {kind: [] for kind in Kind}
    for rule, _ in fired:
        permissions[rule.kind].append(rule)
    waived: dict[Placed, tuple[str, ...]] = {}
    if permissions[Kind.PROVISIONAL]:
        waivable = [hold for hold in stops if holds_by_code[hold.code].waivable]
        may = [each for each in permissions[Kind.PROVISIONAL] if each.rule_id not in cannot_bill]
        found = [(hold, _waivers(hold, may, lines, last_known)) for hold in waivable]
        waived = {hold: by for hold, by in found if by}
    at_last_known = last_known is not None and _bill_last_known(waived, rules)
    if at_last_known and last_known is not None:
        lines = last_known
    holds = [
        msgspec.structs.replace(hold, waived_by=waived[hold]) if hold in waived else hold
        for hold in own
    ] + service
    verdict, permitted, extra = _verdict(
        stopped=bool(service) or any(hold not in waived for hold in stops),
        waived=[rule for rules in waived.values() for rule in rules],
        releases=[rule.rule_id for rule in permissions[Kind.RELEASE]],
        no_bills=[rule.rule_id for rule in permissions[Kind.NO_BILL]],
        has_lines=bool(lines),
        has_billed=any(key not in waiting for key, _ in lines),
        at_last_known=at_last_known,
    )
    return Ruling(
        verdict=verdict,
        holds=tuple(sorted([*holds, *(Placed(code=code) for code in extra)])),
        held_lines=tuple(sorted(waiting)),
        permitted_by=tuple(sorted(set(permitted))),
        at_last_known=at_last_known and verdict is Verdict.PROVISIONAL,
    )


def _verdict(
    *,
    stopped: bool,
    waived: Sequence[str],
    releases: Sequence[str],
    no_bills: Sequence[str],
    has_lines: bool,
    has_billed: bool,
    at_last_known: bool,
) -> tuple[Verdict, Sequence[str], Sequence[str]]:
    """The verdict, what permitted it, and holds that follow from the algebra itself."""
    if no_bills and has_lines:
        return Verdict.HOLD, (), (CONTRADICTION,)
    if stopped:
        return Verdict.HOLD, (), ()
    if no_bills and not waived:
        return Verdict.NO_BILL, no_bills, ()
    if (releases or at_last_known) and has_billed:
        verdict = Verdict.PROVISIONAL if waived else Verdict.RELEASE
        return verdict, (*releases, *waived), ()
    return Verdict.HOLD, (), (NOT_PERMITTED,)


_named: Remembered[RulePack, tuple[dict[str, Rule], dict[str, HoldKind]]] = Remembered(256)


def _by_name(pack: RulePack) -> tuple[dict[str, Rule], dict[str, HoldKind]]:
    """The pack's rules by id, and its holds by code."""
    return {each.rule_id: each for each in pack.rules}, {each.code: each for each in pack.holds}


def _placed(kind: HoldKind, rule: Rule, firing: Firing) -> Placed:
    return Placed(
        code=rule.hold,
        rule_id=rule.rule_id,
        subject=firing.subject,
        on_line=rule.scope is Scope.LINE,
        blocks=kind.severity is Severity.BLOCK,
    )


def _waits_alone(hold: Placed, waiting: Collection[str]) -> bool:
    return hold.on_line and hold.subject.removeprefix("charge:") in waiting


def _waivers(
    hold: Placed,
    permissions: Iterable[Rule],
    lines: Sequence[tuple[str, Money]],
    last_known: Sequence[tuple[str, Money]] | None,
) -> tuple[str, ...]:
    """The permissions that waive this hold for this amount, whichever of the two goes out."""
    return tuple(
        sorted(
            rule.rule_id
            for rule in permissions
            if rule.provisional is not None
            and hold.code in rule.provisional.waives
            and _keeps_to(lines, rule.provisional.up_to)
            and (last_known is None or _keeps_to(last_known, rule.provisional.up_to))
        )
    )


def _bill_last_known(waived: Mapping[Placed, tuple[str, ...]], rules: Mapping[str, Rule]) -> bool:
    """Whether every hold for a price that waits is waived by who bills the last known one."""
    waiting = [by for hold, by in waived.items() if hold.code in PRICE_WAITS]
    return bool(waiting) and all(
        any(
            terms is not None and terms.bills == LAST_KNOWN
            for terms in (rules[rule_id].provisional for rule_id in by)
        )
        for by in waiting
    )


def _keeps_to(lines: Sequence[tuple[str, Money]], limit: Money) -> bool:
    """Lines kept back count, so that holding one more line never opens a way out."""
    if any(amount.currency != limit.currency for _, amount in lines):
        return False
    return sum(amount.amount for _, amount in lines) <= limit.amount
