"""What each rule holds and permits, counted now and then for all rules at once.

A rule may hold a part of everything there is, and permit most of it: a page counts it only where
there is little.
"""

from datetime import datetime

import msgspec

from app.infrastructure.storage.store import Store
from app.judgement.rulebook.model import Kind
from app.operations.house import House
from app.operations.looking.counting import CHEAP_MS, Keeping, keep_counted
from app.reports.rules.effects import MoneyOfRule, RuleTotals
from app.reports.rules.pages import ShownRule

NAME = "rules"
REQUIRE = Kind.REQUIRE.value


class RuleCounted(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of one rule among the units of somebody."""

    placed_ever: int | None
    """None of a rule that places no holds."""
    now: tuple[MoneyOfRule, ...]
    at: datetime


def rule_counted(house: House, store: Store, rule: ShownRule, whose: str) -> RuleCounted:
    """The numbers of a rule as last counted; as they are now where counting all of them is cheap.

    Args:
        house: where.
        store: whose rows.
        rule: which.
        whose: of which customer; empty: of all.
    """
    last = store.counted.known(NAME)
    if last is None or last.took_ms <= CHEAP_MS:
        return _now(house, store, rule, whose)
    kept = store.counted.known(_name(rule.rule_id))
    # A rule that has done nothing at all by the last time may have a row of before.
    told = kept is not None and kept.counted_at == last.counted_at
    totals = msgspec.json.decode(kept.body, type=RuleTotals) if kept and told else RuleTotals()
    return RuleCounted(
        placed_ever=totals.placed_for(whose) if rule.kind == REQUIRE else None,
        now=totals.now_for(whose),
        at=last.counted_at,
    )


def keep_rules(house: House) -> int:
    """Count them anew, where that is due; always tells that nothing more waits."""
    keep_counted(house, _KEPT)
    return 0


def _now(house: House, store: Store, rule: ShownRule, whose: str) -> RuleCounted:
    told, rule_id = store.rule_firings, rule.rule_id
    if rule.kind == REQUIRE:
        ever, now = told.held_ever(rule_id, whose), told.held_now(rule_id, whose)
        return RuleCounted(placed_ever=ever, now=now, at=house.now())
    return RuleCounted(placed_ever=None, now=told.permitted_now(rule_id, whose), at=house.now())


def _rows(store: Store, moment: datetime) -> dict[str, object]:
    del moment
    totals = store.rule_firings.totals()
    return {NAME: len(totals), **{_name(rule_id): each for rule_id, each in totals.items()}}


def _name(rule_id: str) -> str:
    return f"{NAME} {rule_id}"


_KEPT = Keeping(name=NAME, count=_rows)
