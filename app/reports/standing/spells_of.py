"""How long each hold of a unit was open, and how it ended.

A hold is open from the decision that placed it to the one that no longer does, or no longer keeps
money because of it. A hold that comes back is a new spell; within seven days the one before was
not resolved.

It is due on one day, which no later decision puts off: the one that it was given when it opened or,
where the freight was on its way then, by the first decision that knew of its arrival.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec

from app.judgement.decision import Decision, Hold
from app.judgement.verdict import Verdict
from app.pricing.contract.contract import Contract
from app.reports.standing.cutoff import Cutoff, cutoff_in
from app.reports.standing.history import About, DecisionTook
from app.reports.standing.standing import Spell

COMES_BACK_WITHIN = timedelta(days=7)
Key = tuple[str, str]
"""Code and subject of a hold."""


class _Now(msgspec.Struct, frozen=True):
    """A decision, with what is the same for each of its holds."""

    about: About
    taken: DecisionTook
    cutoff: Cutoff
    on: date
    """The customer's day on which it was taken."""
    due_anew: bool
    """Whether it is the first that knew of the arrival: from it on something can be done."""


def spells_of(
    taken: Sequence[DecisionTook],
    about: About,
    contract: Contract | None,
    day_of: Callable[[datetime], date],
    assigned: Mapping[Key, str],
    *,
    moving: bool,
    arrived: DecisionTook | None,
) -> tuple[Spell, ...]:
    """Every spell in the order of opening.

    Args:
        taken: the decisions as they were taken.
        about: by what they are taken together.
        contract: the one by which was decided last, whose calendar says when batches close.
        day_of: the customer's calendar.
        assigned: to whom holds were assigned last.
        moving: whether the unit's freight is on its way.
        arrived: the first decision that knew that it is not; None while it is.
    """
    spells: dict[Key, list[Spell]] = {}
    for each in taken:
        keeping = {} if each.gone else dict(_keeping(each.decision))
        cutoff = cutoff_in(each.decision, contract)
        now = _Now(about, each, cutoff, day_of(each.at), due_anew=each is arrived)
        for key, mine in spells.items():
            if mine[-1].closed_at is None and key not in keeping:
                how = "gone" if each.gone else _how(each.decision, key)
                mine[-1] = _closed(mine[-1], each.at, now.on, how)
        for key, hold in keeping.items():
            _keep_open(spells.setdefault(key, []), hold, now)
    told = [
        msgspec.structs.replace(_assigned(spell, assigned), moving=moving)
        for mine in spells.values()
        for spell in _with_returns(mine)
    ]
    return tuple(sorted(told, key=lambda each: (each.opened_at, each.code, each.subject)))


def keeps_money(hold: Hold, decision: Decision) -> bool:
    """Whether money waits because of the hold, by this decision."""
    if not hold.blocks or hold.waived_by:
        return False
    if decision.verdict is Verdict.HOLD:
        return True
    return hold.on_line and decision.held_total is not None


def _keeping(decision: Decision) -> Iterator[tuple[Key, Hold]]:
    """The holds that keep money, each once."""
    seen: set[Key] = set()
    for hold in decision.holds:
        key = (hold.code, hold.subject)
        if keeps_money(hold, decision) and key not in seen:
            seen.add(key)
            yield key, hold


def _keep_open(mine: list[Spell], hold: Hold, now: _Now) -> None:
    """Open a spell, or carry on the open one with what its hold says now."""
    told = _opened(hold, len(mine) + 1, now)
    if mine and mine[-1].closed_at is None:
        mine[-1] = _carried_on(mine[-1], told, due_anew=now.due_anew)
    else:
        mine.append(told)


def _opened(hold: Hold, place: int, now: _Now) -> Spell:
    """The hold as a spell that begins with this decision."""
    about, decision = now.about, now.taken.decision
    value = hold.value or (decision.total if decision.lines else None)
    return Spell(
        unit=about.unit,
        code=hold.code,
        subject=hold.subject,
        place=place,
        customer=about.customer,
        carrier=about.carrier,
        mode=about.mode,
        lane=about.lane,
        owner=hold.owner,
        rules=about.rules,
        rule_id=hold.rule_id,
        says=hold.says,
        waits_for=hold.waits_for,
        currency=value.currency if value else "",
        value_minor=value.minor_units if value else None,
        alone=_alone((hold.code, hold.subject), decision),
        opened_at=now.taken.at,
        opened_on=now.on,
        due_at=hold.due_at,
        right_until=hold.right_to_bill_expires_on,
        cutoff_at=now.cutoff.at,
        decision_id=decision.decision_id,
    )


def _carried_on(spell: Spell, now: Spell, *, due_anew: bool) -> Spell:
    """What the hold says now, open since it was opened."""
    return msgspec.structs.replace(
        now,
        place=spell.place,
        opened_at=spell.opened_at,
        opened_on=spell.opened_on,
        due_at=now.due_at if due_anew else spell.due_at,
        decision_id=spell.decision_id,
    )


def _alone(key: Key, decision: Decision) -> bool:
    """Whether the hold is the only one on what it keeps.

    A line that waits alone is kept by its own holds; the invoice by all that are on it.
    """
    keeping = dict(_keeping(decision))
    if decision.verdict is Verdict.HOLD:
        return set(keeping) == {key}
    return [each for each in keeping if each[1] == key[1]] == [key]


def _how(decision: Decision, key: Key) -> str:
    waived = any((h.code, h.subject) == key and h.waived_by for h in decision.holds)
    return "waived" if waived else "cleared"


def _closed(spell: Spell, at: datetime, on: date, how: str) -> Spell:
    return msgspec.structs.replace(spell, closed_at=at, closed_on=on, how=how)


def _with_returns(mine: Sequence[Spell]) -> Iterator[Spell]:
    """The spells of one hold, those marked that came back too soon to have been resolved."""
    for spell, following in zip(mine, [*mine[1:], None], strict=True):
        if following is None or spell.closed_at is None:
            yield spell
            continue
        soon = following.opened_at - spell.closed_at <= COMES_BACK_WITHIN
        yield msgspec.structs.replace(spell, reopened=soon)


def _assigned(spell: Spell, assigned: Mapping[Key, str]) -> Spell:
    to = assigned.get((spell.code, spell.subject)) or assigned.get((spell.code, ""), "")
    return msgspec.structs.replace(spell, assigned_to=to) if to else spell
