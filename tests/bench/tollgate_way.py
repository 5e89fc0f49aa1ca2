"""The same rules the way tollgate's service decides: both keys, the ruling, the stored trace."""

from collections.abc import Sequence

import msgspec

from app.digest import canonical
from app.infrastructure.engine.child import EngineInProcess
from app.infrastructure.engine.pool import EnginePool
from app.judgement.rulebook.key import Answer, NoAnswer
from app.judgement.rulebook.model import RulePack, ValueType
from app.judgement.rulebook.second_key import second_key_for
from app.judgement.rulebook.seen import Item, Seen, Value, View
from app.judgement.trace import PackSeen
from app.judgement.trace_as_stored import pack_seen_in
from app.judgement.verdict import Lines, Ruling, ruling_on
from app.money import Money
from tests.bench.shipments import NAMES, Shipment

PYTHON_TYPES: dict[ValueType, type] = {
    ValueType.WORD: str,
    ValueType.YES_NO: bool,
    ValueType.WHOLE: int,
    ValueType.MONEY: Money,
}
TYPES = {
    entity: {name: PYTHON_TYPES[kind] for name, kind in names.items()}
    for entity, names in NAMES.items()
}


class Kept(msgspec.Struct, frozen=True):
    """What is stored of a decision as far as rules have a part in it."""

    ruling: Ruling
    seen: PackSeen


def view_of(shipment: Shipment) -> View:
    """The shipment as rules see it, each value of the type that the glossary declares."""
    items = tuple(
        Item(entity=entity, key=key, values=_typed(entity, values, key))
        for entity, key, values in shipment["items"]
    )
    return View(unit=_typed("unit", shipment["unit"], "unit"), items=items)


def _typed(entity: str, values: dict[str, Value], fact_id: str) -> dict[str, Seen]:
    types, facts = TYPES[entity], (fact_id,)
    for name, value in values.items():
        assert type(value) is types[name], f"{name} of {entity} is {value!r}"
    return {name: Seen(value, facts) for name, value in values.items()}


def traced(pack: RulePack, view: View) -> tuple[Answer, bytes]:
    """The second key's answer, and its trace as stored."""
    looked = second_key_for(pack).looked(view)
    return Answer(firings=looked.firings), canonical(pack_seen_in(looked, None))


def decided(
    pack: RulePack,
    shipments: Sequence[Shipment],
    key: EnginePool | EngineInProcess,
    *,
    together: bool = False,
) -> list[tuple[Answer, bytes]]:
    """Each shipment's answer, and what is stored of the decision."""
    views = [view_of(each) for each in shipments]
    firsts = key.judge_many(pack, views) if together else [key.judge(pack, view) for view in views]
    return [_decided(pack, view, first) for view, first in zip(views, firsts, strict=True)]


def _decided(pack: RulePack, view: View, first: Answer | NoAnswer) -> tuple[Answer, bytes]:
    looked = second_key_for(pack).looked(view)
    second = Answer(firings=looked.firings)
    assert first == second, f"a benchmark of failures says nothing: {first}"
    lines = [(e.key, v.value) for e in view.items if (v := e.values.get("amount"))]
    priced = [(key, value) for key, value in lines if isinstance(value, Money)]
    ruling = ruling_on(pack, set(second.firings), Lines(priced=priced, may_wait=False))
    return second, canonical(Kept(ruling, pack_seen_in(looked, None)))
