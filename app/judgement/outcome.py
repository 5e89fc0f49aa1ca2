"""What a ruling means: which documents go out, or none.

Of a unit that was never billed its invoice goes out, provisional or final; none over nothing. Of
one that was:

    ruling                       its provisional invoice is open         it is not
    release                      trued up: the difference, or settled    the difference: release or
                                                                         credit; none: billed
    provisional                  waits, until it expires; then as its    (a second provisional is
                                 terms say                               never ruled)
    no bill                      all of it is taken back                 all of it is taken back
    hold                         waits                                   waits; where nothing
                                                                         differs: billed
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC

import msgspec

from app.family.document import DocumentKind, DocumentLine, Planned, planned
from app.family.estimate import AmountRule, billed_ahead
from app.family.family import Family
from app.family.plan import plan_of, reposted, wanted_lines
from app.judgement.rulebook.key import Firing
from app.judgement.rulebook.model import Kind, RulePack
from app.judgement.verdict import NOT_PERMITTED, Placed, Ruling, Verdict
from app.measures import Instant
from app.money import Money, total
from app.pricing.contract.contract import AdjustmentStyle

PROVISIONAL_EXPIRED = "PROVISIONAL_EXPIRED"
TRUED_UP, AT_ESTIMATE, CREDITED = "trued up", "final at estimate", "credited in full"
"""How a provisional invoice ends; stored."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on a family, and what goes out by it."""

    verdict: Verdict
    documents: tuple[Planned, ...] = ()
    owed: tuple[DocumentLine, ...] = ()
    """What is billed once the documents are out, a line for each service."""
    settles: str = ""
    is_part: bool = False
    """Other than the whole estimate goes out provisionally."""
    overdue: bool = False
    """A provisional invoice has run out, and a person must say what becomes of it."""

    def total(self, currency: str) -> Money:
        """What the documents come to."""
        return total((document.total for document in self.documents), currency)


def counting(pack: RulePack, firings: Iterable[Firing], family: Family) -> Collection[Firing]:
    """The firings that count: nothing is billed provisionally a second time.

    That a provisional invoice has run out does not stop the facts it waited for from ending it.
    """
    if not family.documents:
        return set(firings)
    rules = {rule.rule_id: rule for rule in pack.rules}
    is_open = family.open_provisional is not None
    return {
        firing
        for firing in firings
        if rules[firing.rule_id].hold != PROVISIONAL_EXPIRED
        and (is_open or rules[firing.rule_id].kind is not Kind.PROVISIONAL)
    }


def outcome_of(
    ruling: Ruling,
    family: Family,
    lines: Sequence[DocumentLine] | None,
    style: AdjustmentStyle,
    policy_at: Instant,
    terms: Sequence[AmountRule] = (),
    cost: Money | None = None,
) -> Outcome:
    """What becomes of the family.

    Args:
        ruling: over the firings that count for it.
        family: what was billed.
        lines: what the unit comes to; None where that is not known.
        style: how its customer wants changes.
        policy_at: the moment against which the expiry counts.
        terms: of a provisional: how much of the estimate goes out.
        cost: what the move costs, where that is known.
    """
    if lines is None and ruling.verdict is not Verdict.NO_BILL:
        return Outcome(verdict=Verdict.HOLD, overdue=_has_expired(family, policy_at))
    if not family.documents:
        return _first(ruling, lines or (), terms, cost)
    return _next(ruling, family, lines or (), style, policy_at)


def _first(
    ruling: Ruling,
    lines: Sequence[DocumentLine],
    terms: Sequence[AmountRule],
    cost: Money | None,
) -> Outcome:
    """The unit's first invoice, where it may go out."""
    kinds = {
        Verdict.RELEASE: DocumentKind.FINAL,
        Verdict.PROVISIONAL: DocumentKind.PROVISIONAL,
    }
    if ruling.verdict not in kinds:
        return Outcome(verdict=ruling.verdict)
    billed = tuple(line for line in lines if line.key not in ruling.held_lines)
    goes_out: tuple[DocumentLine, ...] | str = billed
    if ruling.verdict is Verdict.PROVISIONAL:
        goes_out = billed_ahead(billed, terms, cost)
    if isinstance(goes_out, str):
        return Outcome(verdict=Verdict.HOLD)  # of what does not wait alone there is no part
    document = planned(kinds[ruling.verdict], goes_out, billed[0].amount.currency)
    return Outcome(
        verdict=ruling.verdict,
        documents=(document,),
        owed=goes_out,
        is_part=goes_out != billed,
    )


def unless_nothing(outcome: Outcome, ruling: Ruling, family: Family) -> tuple[Ruling, Outcome]:
    """A first invoice bills something.

    Where the agreed credits come to all of the price there is nothing to bill, and nothing goes
    out. Where they come to all of what does not wait, or with their tax to more than the lines
    with theirs, somebody looks at it.
    """
    if family.documents or not outcome.documents:
        return ruling, outcome
    comes_to = outcome.total(outcome.documents[0].total.currency)
    if comes_to.amount > 0:
        return ruling, outcome
    if ruling.verdict is Verdict.RELEASE and comes_to.amount == 0 and not ruling.held_lines:
        return ruling, Outcome(verdict=Verdict.NO_BILL)
    holds = tuple(sorted((*ruling.holds, Placed(code=NOT_PERMITTED))))
    stopped = msgspec.structs.replace(ruling, verdict=Verdict.HOLD, holds=holds, permitted_by=())
    return stopped, Outcome(verdict=Verdict.HOLD)


def _next(
    ruling: Ruling,
    family: Family,
    lines: Sequence[DocumentLine],
    style: AdjustmentStyle,
    policy_at: Instant,
) -> Outcome:
    """What follows on the invoices there are."""
    if ruling.verdict is Verdict.PROVISIONAL:
        return _while_it_waits(family, policy_at)
    wanted = () if ruling.verdict is Verdict.NO_BILL else lines
    documents = plan_of(family, wanted, held=ruling.held_lines, style=style)
    owed = tuple(wanted_lines(family, wanted, ruling.held_lines).values())
    opened = family.open_provisional
    if ruling.verdict is Verdict.HOLD:
        waits = opened is not None or bool(documents)
        overdue = opened is not None and _has_expired(family, policy_at)
        verdict = Verdict.HOLD if waits else Verdict.BILLED
        return Outcome(verdict=verdict, documents=documents, owed=owed, overdue=overdue)
    settles = "" if opened is None else TRUED_UP if wanted else CREDITED
    return Outcome(
        verdict=_verdict(ruling.verdict, documents, family.currency),
        documents=documents,
        owed=owed,
        settles=settles,
    )


def _while_it_waits(family: Family, policy_at: Instant) -> Outcome:
    """An open provisional invoice whose facts are still missing."""
    opened = family.open_provisional
    assert opened is not None, "only an open provisional invoice waits"
    live = tuple(family.live_lines.values())
    if not _has_expired(family, policy_at):
        return Outcome(verdict=Verdict.PROVISIONAL, owed=live)
    if opened.on_expiry == "credit in full":
        back = reposted(family, ())
        return Outcome(verdict=Verdict.CREDIT, documents=back, settles=CREDITED)
    if opened.on_expiry == "final at estimate":
        return Outcome(verdict=Verdict.BILLED, owed=live, settles=AT_ESTIMATE)
    return Outcome(verdict=Verdict.HOLD, owed=live, overdue=True)


def _has_expired(family: Family, policy_at: Instant) -> bool:
    """By days, as rules count them: its last day is still its own."""
    opened = family.open_provisional
    if opened is None or opened.expires_at is None:
        return False
    return policy_at.astimezone(UTC).date() > opened.expires_at.astimezone(UTC).date()


def _verdict(ruled: Verdict, documents: Sequence[Planned], currency: str) -> Verdict:
    if not documents:
        return Verdict.BILLED if ruled is Verdict.RELEASE else ruled
    comes_to = total((document.total for document in documents), currency)
    return Verdict.CREDIT if comes_to.amount < 0 else Verdict.RELEASE
