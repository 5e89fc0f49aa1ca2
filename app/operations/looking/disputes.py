"""Every dispute as it stands: what is claimed, what was granted, and how long it took.

Each is folded by the function that decisions use, from the facts known now; what belongs to no
unit yet is told as well.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from app.evidence.correlation.authority import Authority
from app.evidence.correlation.disputes import KnownDispute, disputes_of
from app.evidence.correlation.in_force import in_force
from app.evidence.correlation.unit import customer_of, unit_of
from app.evidence.facts.dispute import Dispute, DisputeOutcome
from app.evidence.facts.fact import Fact
from app.infrastructure.storage.store import Store
from app.money import Money, total
from app.operations.changing.editions_in_force import authority_in_force
from app.operations.deciding.gather_dossier import Neighbourhood, neighbourhood
from app.operations.house import House


class DisputeShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One dispute; durations are whole seconds."""

    dispute: str
    unit: str = ""
    """Empty where it belongs to no unit yet, or may belong to several."""
    customer: str = ""
    line: str
    reason: str
    text: str = ""
    invoice: str = ""
    state: str
    outcome: str
    open: bool
    amount: Money
    granted: Money | None = None
    granted_by: str = ""
    authority: str = ""
    opened_at: datetime
    answered_at: datetime | None = None
    resolved_at: datetime | None = None
    reopened: int = 0
    age_days: int
    """Whole days from the opening until it was resolved; until now where it is open."""
    to_answer_s: int | None = None
    to_resolve_s: int | None = None
    unclear: str = ""
    """Why nobody can act on it."""
    resolved_in_vain: bool = False
    """Whether somebody who may not has resolved it."""


class DisputedSum(msgspec.Struct, frozen=True, kw_only=True):
    """All shown disputes of one currency."""

    claimed: Money
    claimed_open: Money
    granted: Money


class DisputesShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Disputes, the oldest first, and what they come to; half or nine of ten took no longer."""

    disputes: tuple[DisputeShown, ...]
    open: int
    credited: int
    rejected: int
    withdrawn: int
    sums: tuple[DisputedSum, ...] = ()
    to_answer_p50_s: int | None = None
    to_answer_p90_s: int | None = None
    to_resolve_p50_s: int | None = None
    to_resolve_p90_s: int | None = None


def known_disputes(house: House, *, only_open: bool = False, customer: str = "") -> DisputesShown:
    """Every dispute, or only those that are open, or only one customer's."""
    moment = house.now()
    with house.database.reading(house.tenant) as store:
        found = [_shown(*each, moment) for each in _known(store)]
    shown = sorted(
        (
            each
            for each in found
            if (each.open or not only_open) and customer in {"", each.customer}
        ),
        key=lambda each: (each.opened_at, each.unit, each.dispute),
    )
    return _summed(shown)


def _known(store: Store) -> Iterator[tuple[str, str, KnownDispute]]:
    """Unit, customer and dispute, from one neighbourhood after the other."""
    _, authority = authority_in_force(store, None)
    told = store.facts.of_entities(("dispute",))
    seen: set[str] = set()
    for fact_id, fact in sorted(told.items()):
        if fact_id not in seen:
            near = neighbourhood(store, [ref.key for ref in fact.references], None)
            seen |= {fact_id, *near.facts}
            yield from _near(near, authority)


def _near(near: Neighbourhood, authority: Authority) -> Iterator[tuple[str, str, KnownDispute]]:
    placed: set[str] = set()
    for name, links in near.correlation.units.items():
        facts = [near.facts[link.fact_id] for link in links.links]
        placed |= {fact.fact_id for fact in facts}
        yield from _of_unit(name, facts, authority)
    waiting = [
        fact
        for fact in in_force(near.facts.values())
        if isinstance(fact.said, Dispute) and fact.fact_id not in placed
    ]
    yield from _of_unit("", waiting, authority)


def _of_unit(
    name: str, facts: Sequence[Fact], authority: Authority
) -> Iterator[tuple[str, str, KnownDispute]]:
    if any(isinstance(fact.said, Dispute) for fact in facts):
        customer = customer_of(name, facts, authority)
        for dispute in disputes_of(unit_of(name, facts, authority)):
            yield name, customer, dispute


def _shown(unit: str, customer: str, known: KnownDispute, moment: datetime) -> DisputeShown:
    times, grant = known.times, known.grant
    return DisputeShown(
        dispute=known.dispute,
        unit=unit,
        customer=customer,
        line=known.line,
        reason=known.reason.value,
        text=known.text,
        invoice=known.invoice,
        state=known.state.value,
        outcome=known.outcome.value,
        open=known.open,
        amount=known.claimed,
        granted=grant.amount if grant else None,
        granted_by=grant.granted_by if grant else "",
        authority=known.authority,
        opened_at=times.opened_at,
        answered_at=times.answered_at,
        resolved_at=times.resolved_at,
        reopened=times.reopened,
        age_days=((times.resolved_at or moment).astimezone(UTC) - times.opened_at).days,
        to_answer_s=_seconds(times.to_answer),
        to_resolve_s=_seconds(times.to_resolve),
        unclear=known.unclear,
        resolved_in_vain=known.resolved_by_authority is False,
    )


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else span // timedelta(seconds=1)


def _summed(shown: Sequence[DisputeShown]) -> DisputesShown:
    answered = sorted(each.to_answer_s for each in shown if each.to_answer_s is not None)
    resolved = sorted(each.to_resolve_s for each in shown if each.to_resolve_s is not None)
    closed = [each.outcome for each in shown if not each.open]
    return DisputesShown(
        disputes=tuple(shown),
        open=sum(1 for each in shown if each.open),
        credited=closed.count(DisputeOutcome.CREDITED.value),
        rejected=closed.count(DisputeOutcome.REJECTED.value),
        withdrawn=closed.count(DisputeOutcome.WITHDRAWN.value),
        sums=tuple(
            _sum(currency, shown) for currency in sorted({each.amount.currency for each in shown})
        ),
        to_answer_p50_s=_nearest_rank(answered, 50),
        to_answer_p90_s=_nearest_rank(answered, 90),
        to_resolve_p50_s=_nearest_rank(resolved, 50),
        to_resolve_p90_s=_nearest_rank(resolved, 90),
    )


def _sum(currency: str, shown: Iterable[DisputeShown]) -> DisputedSum:
    mine = [each for each in shown if each.amount.currency == currency]
    granted = [each.granted for each in mine if each.granted and each.granted.currency == currency]
    return DisputedSum(
        claimed=total((each.amount for each in mine), currency),
        claimed_open=total((each.amount for each in mine if each.open), currency),
        granted=total(granted, currency),
    )


def _nearest_rank(ordered: Sequence[int], percent: int) -> int | None:
    """The value that so many percent of all do not exceed."""
    return ordered[-(-len(ordered) * percent // 100) - 1] if ordered else None
