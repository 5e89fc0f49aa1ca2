"""What came between two decisions about a unit, told to whoever holds the token of the first."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache

import msgspec

from app.billing.billed_money import MoneyChange
from app.dossier import Dossier
from app.errors import Mistake, Place
from app.evidence.correlation.authority import shown
from app.evidence.correlation.told import natural_key, rank
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Shipment
from app.evidence.facts.order import Order

LONGEST = 300
"""Characters of what a fact says; the whole of it is read with the unit."""


def told_changes(money: Iterable[MoneyChange], was: Dossier, now: Dossier) -> tuple[Mistake, ...]:
    """What the invoice would say differently, and every fact and edition that came since."""
    return (
        *(_change(each) for each in money),
        *_facts(was, now),
        *(_change(each) for each in _editions(was, now)),
    )


def bill_to_changed(was: Dossier, now: Dossier) -> tuple[MoneyChange, ...]:
    """Another party to send the invoice to, by the last word of whoever names one.

    A decision names the customer only; the invoice goes to whom shipment and order say.
    """
    before, after = _bill_to(was), _bill_to(now)
    return (MoneyChange(what="bill-to", before=before, after=after),) if before != after else ()


def said_in_words(fact: Fact) -> str:
    """`shipment N1, weight 1,800 lb, mode LTL`: what a fact says, without what it leaves open."""
    said = fact.said
    parts = [
        f"{name.replace('_', ' ')} {_shown(value)}"
        for name, unsaid in _fields_of(type(said))
        if (value := getattr(said, name)) not in (unsaid, None, "", ())
    ]
    text = ", ".join(parts)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


@cache
def _fields_of(kind: type[msgspec.Struct]) -> tuple[tuple[str, object], ...]:
    """Each field and what it is where nothing was said; to ask for them takes long."""
    return tuple((field.name, field.default) for field in msgspec.structs.fields(kind))


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return "; ".join(_shown(each) for each in value)
    if isinstance(value, msgspec.Struct) and type(value).__str__ is object.__str__:
        named = ((name, getattr(value, name)) for name in value.__struct_fields__)
        return " ".join(_shown(each) for _, each in named if each not in (None, "", ()))
    return shown(value)


def _change(change: MoneyChange) -> Mistake:
    return Mistake(place=Place(field=change.what), what=f"{change.before} -> {change.after}")


def _facts(was: Dossier, now: Dossier) -> Iterator[Mistake]:
    before, after = _all(was), _all(now)
    for fact_id in sorted(after.keys() - before.keys()):
        yield _fact("new", after[fact_id])
    for fact_id in sorted(before.keys() - after.keys()):
        yield _fact("no longer counts", before[fact_id])


def _fact(how: str, fact: Fact) -> Mistake:
    return Mistake(
        place=Place(field=f"fact {fact.entity}"),
        what=f"{how}, from {fact.source}: {said_in_words(fact)}",
    )


def _all(dossier: Dossier) -> Mapping[str, Fact]:
    facts = (
        *(linked.fact for linked in dossier.facts),
        *(doubtful.fact for doubtful in dossier.doubts),
        *(fact for sibling in dossier.siblings for fact in sibling.facts),
        *dossier.market,
        *dossier.surroundings,
    )
    return {fact.fact_id: fact for fact in facts}


def _editions(was: Dossier, now: Dossier) -> Iterator[MoneyChange]:
    """Which rules, cards, contracts and methods differ, and what was billed before."""
    pairs = {
        f"edition {name}": (getattr(was.editions, name), getattr(now.editions, name))
        for name in was.editions.__struct_fields__
    }
    for name in ("methods", "billed_as", "provisional_until"):
        pairs[name.replace("_", " ")] = getattr(was, name), getattr(now, name)
    for what, (before, after) in pairs.items():
        if before != after:
            yield MoneyChange(what=what, before=_or_none(before), after=_or_none(after))


def _or_none(value: object) -> str:
    return _shown(value) if value else "none"


def _bill_to(dossier: Dossier) -> str:
    last: dict[tuple[str, ...], Fact] = {}
    for fact in sorted((linked.fact for linked in dossier.facts), key=rank):
        if isinstance(fact.said, Shipment | Order) and fact.said.bill_to is not None:
            last[fact.source.system, fact.source.instance, *natural_key(fact)] = fact
    named = {_shown(getattr(fact.said, "bill_to", None)) for fact in last.values()}
    return "; ".join(sorted(named)) or "nobody named"
