"""A trace as it is stored, and written out: which rule saw what is in the bits and the rules."""

from collections.abc import Callable, Mapping
from datetime import UTC, date
from decimal import Decimal
from typing import Any, cast

import msgspec

from app.judgement.rulebook.looked import Looked, Numbers, Thing, unit_item
from app.judgement.rulebook.model import (
    PACKS_REMEMBERED,
    Kind,
    Rule,
    RulePack,
    ValueType,
    in_force,
)
from app.judgement.rulebook.seen import Item, Seen, Value, View
from app.judgement.trace import (
    PackSeen,
    RuleSeen,
    ThingSeen,
    Trace,
    ValueSeen,
    derived_seen,
    rules_seen,
)
from app.money import Money
from app.remembered import Remembered

Wanted = Callable[[Rule | RuleSeen], bool]


def _every_rule(_rule: Rule | RuleSeen) -> bool:
    return True


def pack_seen_in(looked: Looked, service_date: date | None) -> PackSeen:
    """What the second key saw, as it is stored."""
    return PackSeen(
        service_date=service_date,
        things=tuple(
            [
                ThingSeen(
                    entity=thing.item.entity,
                    key=thing.item.key,
                    true=f"{thing.true:x}",
                    unknown=f"{thing.unknown:x}",
                    # What is stored has their types no more; written, the two are alike.
                    values=cast(
                        Mapping[str, ValueSeen], _read(thing.item, looked.read[thing.item.entity])
                    ),
                )
                for things in looked.things.values()
                for thing in things
            ]
        ),
        fired=looked.firings,
    )


def _read(item: Item, names: tuple[str, ...]) -> dict[str, Seen]:
    values = item.values
    return {name: values[name] for name in names if name in values}


def written_out(trace: Trace, rules: RulePack, wanted: Wanted = _every_rule) -> Trace:
    """The trace with its rules and every condition in words, as it would be read.

    Args:
        trace: as stored.
        rules: the edition that the trace names.
        wanted: which of its rules; to write all of them out takes most of the time.
    """
    if trace.seen is None:
        told = tuple(filter(wanted, trace.rules))
        return trace if told == trace.rules else msgspec.structs.replace(trace, rules=told)
    pack = _pack_of(trace, trace.seen, rules)
    looked = _looked(trace.seen, pack)
    return msgspec.structs.replace(
        trace,
        rules=_written(pack, looked, wanted),
        derived=derived_seen(pack.derived, looked.view),
        seen=None,
        schema="trace-1",
    )


def permissions_in(trace: Trace, rules: RulePack) -> tuple[RuleSeen, ...]:
    """What the rules saw that permit something, written out: a tenth of the whole.

    Args:
        trace: as stored.
        rules: the edition that the trace names.
    """
    if trace.seen is None:
        return tuple(filter(_permits, trace.rules))
    pack = _pack_of(trace, trace.seen, rules)
    return _written(pack, _looked(trace.seen, pack), _permits)


def rules_asked(trace: Trace, rules: RulePack) -> tuple[str, ...]:
    """The ids of the rules that were in force, fired or not, in their order."""
    asked = trace.rules if trace.seen is None else _pack_of(trace, trace.seen, rules).rules
    return tuple(rule.rule_id for rule in asked)


def _permits(rule: Rule | RuleSeen) -> bool:
    return rule.kind != Kind.REQUIRE


def _written(pack: RulePack, looked: Looked, wanted: Wanted) -> tuple[RuleSeen, ...]:
    asked = [rule for rule in pack.rules if wanted(rule)]
    return rules_seen(_numbers_of(pack).truths(looked, asked), looked.view)


def _pack_of(trace: Trace, seen: PackSeen, rules: RulePack) -> RulePack:
    return in_force(rules, trace.policy_at.astimezone(UTC).date(), seen.service_date)


def _numbers_of(pack: RulePack) -> Numbers:
    return _numbers.of(pack, lambda: Numbers(pack.rules))


_numbers: Remembered[RulePack, Numbers] = Remembered(PACKS_REMEMBERED)


def _types_of(pack: RulePack) -> Mapping[tuple[str, str], ValueType]:
    return {
        (each.entity, each.name): each.value_type
        for declared in (pack.glossary, pack.derived)
        for each in declared
    }


_types: Remembered[RulePack, Mapping[tuple[str, str], ValueType]] = Remembered(PACKS_REMEMBERED)


def _looked(seen: PackSeen, pack: RulePack) -> Looked:
    types = _types.of(pack, lambda: _types_of(pack))
    things: dict[str, list[Thing]] = {}
    for each in seen.things:
        values = _values(each, types)
        item = Item(entity=each.entity, key=each.key, values=values)
        item = unit_item(values) if each.entity == "unit" else item
        thing = Thing(item, int(each.true, 16), int(each.unknown, 16))
        things.setdefault(each.entity, []).append(thing)
    (unit,) = things["unit"]
    items = [thing.item for found in things.values() for thing in found if thing is not unit]
    return Looked(
        view=View(unit=unit.item.values, items=tuple(items)),
        things={entity: tuple(found) for entity, found in things.items()},
        firings=seen.fired,
    )


def _values(thing: ThingSeen, types: Mapping[tuple[str, str], ValueType]) -> dict[str, Seen]:
    return {
        name: Seen(_value(told.value, types.get((thing.entity, name))), told.fact_ids)
        for name, told in thing.values.items()
    }


def _value(told: Any, value_type: ValueType | None) -> Value | None:
    """The value of the type that it had, which the glossary declares."""
    if isinstance(told, dict):
        return Money(Decimal(told["amount"]), told["currency"])
    if isinstance(told, str):
        if value_type is ValueType.DATE:
            return date.fromisoformat(told)
        if value_type in (ValueType.NUMBER, ValueType.WHOLE):
            return Decimal(told)
    value: Value | None = told
    return value
