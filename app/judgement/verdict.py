"""How fired rules combine into one verdict.

The algebra, in order; no order of rules or facts matters:

0. What a person has waived for good (`waived`) stops nothing: neither its line nor the invoice, and
   it makes nothing provisional. Only a hold that a rule placed and the catalogue calls waivable
   can be, and each of several holds on a line has to be.
1. A blocking hold that no provisional permission waives holds the invoice.
2. A line hold keeps its line back where the contract lets lines wait; where it does not,
   it holds the invoice like any other. A credit never waits alone, as the invoice without it
   would be higher: a hold on it holds the invoice (since `verdict_2`). Beside a line that waits
   and was never billed, what was agreed to be credited of it waits, too.
3. What rule 5 would release, but for blocking holds that are all waived by permissions whose
   limit the whole amount keeps to (lines kept back included), may go out provisionally. Where no
   release fires because a price is still to be published, a permission that bills the last known
   one stands in for it, for a provisional at most (`provisional_amounts` has found that a release
   would fire at those prices).
4. No-bill needs a rule that says so, no hold at all and no charge: beside a charge it is a
   contradiction and holds.
5. Release needs a rule that permits it and at least one line to bill.
6. Everything else holds: nothing is released by default.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum

import msgspec

from app.evidence.correlation.waivers import KnownWaiver
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
from app.judgement.waived import NOBODY, waived_by
from app.money import Money
from app.remembered import Remembered

NOT_PERMITTED = "RELEASE_NOT_PERMITTED"
CONTRADICTION = "NO_BILL_CONTRADICTED"
NO_CREDITS: Mapping[str, str] = {}


class Verdict(StrEnum):
    """What may be done with the invoice; stored and sent to billing, so never renamed."""

    RELEASE = "release"
    PROVISIONAL = "provisional"
    HOLD = "hold"
    NO_BILL = "no_bill"
    CREDIT = "credit"
    """Of a unit that was billed: something is given back."""
    BILLED = "billed"
    """Of a unit that was billed: nothing is left to bill or to give back."""


class Placed(msgspec.Struct, frozen=True, kw_only=True, order=True, omit_defaults=True):
    """A hold as placed by a rule (or by the service, then without one)."""

    code: str
    rule_id: str = ""
    subject: str = ""
    on_line: bool = False
    blocks: bool = True
    waived_by: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The key of the line that it is on, where it is on one."""
        return self.subject.removeprefix("charge:")

    @property
    def stops(self) -> bool:
        """Whether it blocks, and no person has waived it; a permission may still."""
        return self.blocks and not self.waived_by


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict, every hold that was placed, and what permitted it."""

    verdict: Verdict
    holds: tuple[Placed, ...]
    held_lines: tuple[str, ...]
    permitted_by: tuple[str, ...] = ()
    at_last_known: bool = False
    """Whether what goes out is the lines at the last known prices."""


class Lines(msgspec.Struct, frozen=True, kw_only=True):
    """The unit's charge lines, by key and amount, and what may wait of them."""

    priced: Sequence[tuple[str, Money]]
    """Those that have a price."""
    last_known: Sequence[tuple[str, Money]] | None = None
    """All at the last known prices, where a price is still to be published."""
    may_wait: bool
    """Whether the contract lets held lines wait."""
    credits_wait: bool = False
    """As `verdict_1` had it, for what was decided by that."""
    credits_of: Mapping[str, str] = NO_CREDITS
    """Agreed credits of lines that were never billed, each with its line."""

    @property
    def estimates(self) -> tuple[Sequence[tuple[str, Money]], ...]:
        """The lines at each of the prices at which the unit may go out."""
        return (self.priced,) if self.last_known is None else (self.priced, self.last_known)

    def waiting(self, holds: Iterable[Placed]) -> set[str]:
        """The keys of the lines that these holds keep back while the others go out."""
        if not self.may_wait:
            return set()
        held = {each.line for each in holds if each.on_line and each.stops}
        may = {key for key, amount in self.priced if amount.amount >= 0 or self.credits_wait}
        waiting = held & may
        return waiting | {credit for credit, line in self.credits_of.items() if line in waiting}


def ruling_on(
    pack: RulePack,
    firings: Iterable[Firing],
    lines: Lines,
    *,
    placed_by_service: Collection[str] = (),
    cannot_bill: Collection[str] = (),
    waivers: Sequence[KnownWaiver] = NOBODY,
) -> Ruling:
    """The verdict on a unit with these charge lines.

    Args:
        pack: the rules in force.
        firings: what fired of them.
        lines: what there is to bill.
        placed_by_service: holds that the service itself places.
        cannot_bill: permissions whose amount cannot be found; they waive nothing.
        waivers: what people waived, and whether their word counts.
    """
    rules, kinds = _named.of(pack, lambda: _by_name(pack))
    fired = [(rules[firing.rule_id], firing) for firing in sorted(set(firings))]
    estimates = [dict(each) for each in lines.estimates]
    own = [
        _placed(kinds[rule.hold], rule, firing, estimates, waivers)
        for rule, firing in fired
        if rule.kind is Kind.REQUIRE
    ]
    service = [Placed(code=code) for code in sorted(placed_by_service)]
    waiting = lines.waiting(own)
    stops = [hold for hold in own if hold.stops and not _waits_alone(hold, waiting)]
    permitted: dict[Kind, list[Rule]] = {kind: [] for kind in Kind}
    for rule, _ in fired:
        permitted[rule.kind].append(rule)
    provisional = [
        rule
        for rule in permitted[Kind.PROVISIONAL]
        if rule.rule_id not in cannot_bill and _within_limit(rule, lines)
    ]
    waived = _waived(stops, kinds, provisional)
    stand_ins = _stand_ins(provisional, permitted, lines)
    billed = lines.last_known if stand_ins and lines.last_known is not None else lines.priced
    verdict, by, extra = _verdict(
        stopped=bool(service) or any(hold not in waived for hold in stops),
        waived=[rule for by in waived.values() for rule in by],
        releases=[rule.rule_id for rule in permitted[Kind.RELEASE]],
        no_bills=[rule.rule_id for rule in permitted[Kind.NO_BILL]],
        has_lines=bool(billed),
        has_billed=any(key not in waiting for key, _ in billed),
        stand_ins=stand_ins,
    )
    holds = [_waived_by(hold, waived.get(hold)) for hold in own]
    holds += [*service, *(Placed(code=code) for code in extra)]
    return Ruling(
        verdict=verdict,
        holds=tuple(sorted(holds)),
        held_lines=tuple(sorted(waiting)),
        permitted_by=tuple(sorted(set(by))),
        at_last_known=bool(stand_ins) and verdict is Verdict.PROVISIONAL,
    )


def _waived_by(hold: Placed, permissions: tuple[str, ...] | None) -> Placed:
    return msgspec.structs.replace(hold, waived_by=permissions) if permissions else hold


def _waived(
    stops: Iterable[Placed], kinds: Mapping[str, HoldKind], permissions: Sequence[Rule]
) -> dict[Placed, tuple[str, ...]]:
    """The holds that permissions waive, each with these."""
    waivable = (hold for hold in stops if kinds[hold.code].waivable)
    found = ((hold, _waivers(hold, permissions)) for hold in waivable)
    return {hold: by for hold, by in found if by}


def _stand_ins(
    permissions: Iterable[Rule], permitted: Mapping[Kind, Sequence[Rule]], lines: Lines
) -> list[str]:
    """The permissions to bill last known prices, where no other rule says what to do."""
    if lines.last_known is None or permitted[Kind.RELEASE] or permitted[Kind.NO_BILL]:
        return []
    return [each.rule_id for each in permissions if _bills_last_known(each)]


def _verdict(
    *,
    stopped: bool,
    waived: Sequence[str],
    releases: Sequence[str],
    no_bills: Sequence[str],
    has_lines: bool,
    has_billed: bool,
    stand_ins: Sequence[str],
) -> tuple[Verdict, Sequence[str], Sequence[str]]:
    """The verdict, what permitted it, and holds that follow from the algebra itself."""
    if no_bills and has_lines:
        return Verdict.HOLD, (), (CONTRADICTION,)
    if stopped:
        return Verdict.HOLD, (), ()
    if no_bills and not waived:
        return Verdict.NO_BILL, no_bills, ()
    if (releases or stand_ins) and has_billed:
        verdict = Verdict.PROVISIONAL if waived or stand_ins else Verdict.RELEASE
        return verdict, (*releases, *waived, *stand_ins), ()
    return Verdict.HOLD, (), (NOT_PERMITTED,)


_named: Remembered[RulePack, tuple[dict[str, Rule], dict[str, HoldKind]]] = Remembered(256)


def _by_name(pack: RulePack) -> tuple[dict[str, Rule], dict[str, HoldKind]]:
    """The pack's rules by id, and its holds by code."""
    return {each.rule_id: each for each in pack.rules}, {each.code: each for each in pack.holds}


def _placed(
    kind: HoldKind,
    rule: Rule,
    firing: Firing,
    estimates: Sequence[Mapping[str, Money]],
    waivers: Sequence[KnownWaiver],
) -> Placed:
    """The hold of a firing, already waived where a person did."""
    blocks = kind.severity is Severity.BLOCK
    given_up: tuple[str, ...] = ()
    if waivers and blocks:
        code, about = kind.code, firing.subject
        given_up = waived_by(waivers, code, about, estimates, waivable=kind.waivable)
    return Placed(
        code=rule.hold,
        rule_id=rule.rule_id,
        subject=firing.subject,
        on_line=rule.scope is Scope.LINE,
        blocks=blocks,
        waived_by=given_up,
    )


def _waits_alone(hold: Placed, waiting: Collection[str]) -> bool:
    return hold.on_line and hold.line in waiting


def _waivers(hold: Placed, permissions: Iterable[Rule]) -> tuple[str, ...]:
    """The permissions that waive this hold."""
    return tuple(
        sorted(
            rule.rule_id
            for rule in permissions
            if rule.provisional is not None and hold.code in rule.provisional.waives
        )
    )


def _within_limit(rule: Rule, lines: Lines) -> bool:
    """Whether the permission is given for this amount, whichever of the two goes out."""
    limit = rule.provisional.up_to if rule.provisional else None
    return limit is not None and all(_keeps_to(each, limit) for each in lines.estimates)


def _bills_last_known(rule: Rule) -> bool:
    return rule.provisional is not None and rule.provisional.bills == LAST_KNOWN


def _keeps_to(lines: Sequence[tuple[str, Money]], limit: Money) -> bool:
    """Lines kept back count, so that holding one more line never opens a way out."""
    if any(amount.currency != limit.currency for _, amount in lines):
        return False
    return sum(amount.amount for _, amount in lines) <= limit.amount
