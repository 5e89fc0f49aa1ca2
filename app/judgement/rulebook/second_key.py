"""The second key: Python generated from the rule model, and what every condition saw.

It shares the model with the first key and nothing else: it compares exact typed values
where the first compares whole numbers, and is written and run as ordinary Python. Each
distinct condition is asked once of each thing; rules then ask about sets of conditions.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import msgspec

from app.judgement.rulebook.derived import with_derived
from app.judgement.rulebook.generated import source_of
from app.judgement.rulebook.key import Answer, Firing
from app.judgement.rulebook.looked import (
    Looked,
    Numbers,
    RuleTruths,
    Thing,
    names_of_pack,
    unit_item,
)
from app.judgement.rulebook.model import RulePack
from app.judgement.rulebook.seen import Item, View
from app.judgement.rulebook.sums import added, both, comparable, counted, share, total
from app.remembered import Remembered

KEYS_AT_ONCE, NAMES_AT_ONCE = 64, 256

_Values = dict[str, Any]


class SecondKey:
    """A pack turned into Python functions: one per kind of thing, and one for the rules."""

    def __init__(self, pack: RulePack) -> None:
        self.pack = pack
        self.numbers = Numbers(pack.rules)
        self.read = names_of_pack(self.numbers, pack.derived)
        self.source, constants = source_of(pack, self.numbers)
        namespace: dict[str, Any] = {
            **{f"K{number}": constant for number, constant in enumerate(constants)},
            **{each.__name__: each for each in (comparable, share, total, both, counted, added)},
            **{each.__name__: each for each in (_some, _none, _every)},
        }
        # The text is written from a checked model: names are quoted, constants numbered.
        code = compile(self.source, f"<second key of {pack.name}>", "exec")
        exec(code, namespace)  # noqa: S102
        self._look: dict[str, Callable[[_Values, _Values], tuple[int, int]]] = {
            entity: namespace[f"look_{number}"]
            for number, entity in enumerate(self.numbers.conditions)
        }
        self._fire: Callable[..., list[tuple[str, str]]] = namespace["fire"]
        self._derivations: tuple[Callable[..., None], ...] = tuple(
            namespace[f"derive_{number}"] for number in range(len(pack.derived))
        )

    def looked(self, view: View) -> Looked:
        """What every condition saw, and what fired."""
        if self._derivations:
            view, unit, items = self._derived(view)
        else:
            unit = {name: seen.value for name, seen in view.unit.items()}
            items = [({n: s.value for n, s in i.values.items()}, i) for i in view.items]
        look = self._look
        things: dict[str, list[Thing]] = {entity: [] for entity in look}
        subjects: dict[str, list[tuple[str, int, int]]] = {entity: [] for entity in look}
        for values, item in items:
            entity = item.entity
            if entity in look:
                true, unknown = look[entity](unit, values)
                things[entity].append(Thing(item, true, unknown))
                subjects[entity].append((f"{entity}:{item.key}", true, unknown))
        true, unknown = look["unit"](unit, unit)
        things["unit"] = [Thing(unit_item(view.unit), true, unknown)]
        fired = self._fire(true, subjects)
        return Looked(
            view=view,
            things={entity: tuple(found) for entity, found in things.items()},
            firings=tuple([Firing(rule_id, subject) for rule_id, subject in sorted(set(fired))]),
            read=self.read,
        )

    def _derived(self, view: View) -> tuple[View, _Values, list[tuple[_Values, Item]]]:
        unit = {name: seen.value for name, seen in view.unit.items()}
        held: dict[str, list[tuple[Item, _Values]]] = {}
        values = []
        for item in view.items:
            own = {name: seen.value for name, seen in item.values.items()}
            values.append(own)
            held.setdefault(item.entity, []).append((item, own))
        for derive in self._derivations:
            derive(unit, held)
        view = with_derived(self.pack.derived, view, unit, held)
        return view, unit, list(zip(values, view.items, strict=True))

    def truths(self, view: View) -> tuple[RuleTruths, ...]:
        """What every rule of the pack saw, in the pack's order."""
        return self.seen(view)[1]

    def seen(self, view: View) -> tuple[View, tuple[RuleTruths, ...]]:
        """The view with what the pack derives from it, and what every rule saw."""
        looked = self.looked(view)
        return looked.view, self.numbers.truths(looked)

    def judge(self, view: View) -> Answer:
        """The firings, sorted."""
        return Answer(firings=self.looked(view).firings)


_Subjects = Iterable[tuple[str, int, int]]


def _some(items: _Subjects, wanted: int) -> bool:
    return any(true & wanted == wanted for _, true, _ in items)


def _none(items: _Subjects, wanted: int) -> bool:
    return all((true | unknown) & wanted != wanted for _, true, unknown in items)


def _every(items: _Subjects, wanted: int, excepted: int) -> bool:
    return all(
        true & wanted == wanted or (excepted and true & excepted == excepted)
        for _, true, _ in items
    )


_kept: Remembered[RulePack, SecondKey] = Remembered(NAMES_AT_ONCE)


@lru_cache(maxsize=KEYS_AT_ONCE)
def _second_key(pack_bytes: bytes) -> SecondKey:
    return SecondKey(msgspec.json.decode(pack_bytes, type=RulePack))


def second_key_for(pack: RulePack) -> SecondKey:
    """The key of a pack; building one takes longer than many decisions, so they are kept."""
    return _kept.of(pack, lambda: _second_key(msgspec.json.encode(pack)))
