"""A view as the facts that the engine is shown: a code of the kind, and what was found in it.

Every condition is judged once for each thing. A fact then shows, for one chunk of rules, which
looks hold of the thing: a look is the conditions that some rule wants of one thing together.
Combining what was found (some, none, every, applies, unless) is left to the engine. A thing in
which nothing was found cannot matter to any rule and is not shown.
"""

from collections.abc import Mapping, Sequence

import msgspec

from app.errors import EngineError
from app.infrastructure.engine.clauses import UNIT, Test
from app.infrastructure.engine.compile import Program, Sight
from app.infrastructure.engine.deriving import Deriving
from app.infrastructure.engine.encoded import Encoded, Thing
from app.infrastructure.engine.exact import Exact, Judged, exact, judged
from app.judgement.rulebook.model import Condition

WORDS_REMEMBERED = 4096
"""Of each name; a customer's number is a word too, and there are many."""

THINGS_REMEMBERED = 2048
"""Kinds of things by what is true of them and of their unit: few, however many things there are."""

NEVER = -1
"""What no bits are."""

FACTS_AT_MOST = 50_000
"""Ids f0 to f99999 were compared: no two have the same hash. Of two that do, one is dropped."""

Told = Mapping[str, Encoded]
"""Values by name; what nobody has told is not in it."""


class Shown(msgspec.Struct, frozen=True):
    """The facts as one JSON text, and what each of them is about."""

    text: str
    subjects: tuple[str, ...]
    """By the number in the fact's id: `entity:key`, empty for the unit."""


class Display:
    """Makes the facts that one program looks at."""

    def __init__(self, program: Program) -> None:
        self._deriving = Deriving(program.derived)
        flags: dict[str, list[int]] = {}
        for number, flag in enumerate(program.flags):
            flags.setdefault(flag.entity, []).append(number)
        self._asking = {
            entity: _Asking(
                [program.flags[number].condition for number in numbers],
                {name for kind, name in self._deriving.names if kind == entity},
            )
            for entity, numbers in flags.items()
        }
        self._needed = _needed(program, self._asking, self._deriving)
        self._sights: dict[str, list[_Showing]] = {}
        self._remembered: dict[tuple[str, int, int], tuple[tuple[str, bool], ...]] = {}
        of_unit = {number: place for place, number in enumerate(flags.get(UNIT, ()))}
        for sight in program.sights:
            numbers = flags.get(sight.entity, ()) if sight.entity != UNIT else ()
            own = {number: place for place, number in enumerate(numbers)}
            self._sights.setdefault(sight.entity, []).append(_Showing(sight, own, of_unit))

    def show(self, unit: Told, items: Sequence[Thing]) -> Shown:
        """The facts of a view; a thing in which nothing is found that is looked for makes none.

        Raises:
            EngineError: when a value is not of the type that a condition needs.
        """
        exact_unit = self._exact(UNIT, unit)
        things = self._things(unit, exact_unit, items)
        asking = self._asking.get(UNIT)
        of_unit = asking.truths(unit, exact_unit, exact_unit) if asking else 0
        facts: list[str] = []
        subjects: list[str] = []
        shown: set[str] = set()
        for entity, key, told, own in things:
            asking = self._asking.get(entity) if entity != UNIT else None
            truths = asking.truths(told, own, exact_unit) if asking else 0
            for found, once in self._found(entity, of_unit, truths):
                if once:
                    if found in shown:
                        continue
                    shown.add(found)
                # An id of its own: ids that the engine makes up collide.
                facts.append(f'{{"id":"f{len(subjects)}","sid":"s",{found}}}')
                subjects.append(key)
        if len(facts) > FACTS_AT_MOST:
            raise EngineError(f"the unit makes {len(facts)} facts, more than {FACTS_AT_MOST}")
        return Shown(f"[{','.join(facts)}]", tuple(subjects))

    def _found(self, entity: str, of_unit: int, truths: int) -> Sequence[tuple[str, bool]]:
        """What is shown of a thing with these truths, and whether equal ones are shown once."""
        known = self._remembered.get((entity, of_unit, truths))
        if known is None:
            known = tuple(
                (f'"t":{showing.code}{found}', showing.once)
                for showing in self._sights[entity]
                if (found := showing.found(of_unit, truths))
            )
            if len(self._remembered) < THINGS_REMEMBERED:
                self._remembered[entity, of_unit, truths] = known
        return known

    def _things(
        self, unit: Told, exact_unit: dict[str, Exact], items: Sequence[Thing]
    ) -> list[tuple[str, str, Told, dict[str, Exact]]]:
        """Whatever a rule looks at: its values as told, and those needed in exact form."""
        held: dict[str, list[dict[str, Exact]]] = {}
        things: list[tuple[str, str, Told, dict[str, Exact]]] = []
        if UNIT in self._sights:
            things.append((UNIT, "", unit, exact_unit))
        for item in items:
            entity = item.entity
            if entity in self._sights or entity in self._deriving.kinds:
                own = self._exact(entity, item.values)
                held.setdefault(entity, []).append(own)
                if entity in self._sights:
                    things.append((entity, f"{entity}:{item.key}", item.values, own))
        self._deriving.add_to(exact_unit, held)
        return things

    def _exact(self, entity: str, values: Told) -> dict[str, Exact]:
        """What sums and derived facts need of it."""
        needed = self._needed.get(entity, ())
        return {name: exact(values[name]) for name in needed if name in values}


def _needed(
    program: Program, asking: Mapping[str, "_Asking"], deriving: Deriving
) -> dict[str, tuple[str, ...]]:
    """The names by kind of thing that are added up, compared with or derived from."""
    needed = {(entity, name) for entity, name in deriving.reads if name}
    for flag in program.flags:
        if flag.condition.name in asking[flag.entity].alone:
            continue
        needed.add((flag.entity, flag.condition.name))
        for term in flag.condition.terms:
            if not term.name:
                continue
            needed.add((UNIT if term.of_unit else flag.entity, term.name))
    found: dict[str, list[str]] = {}
    for entity, name in sorted(needed):
        found.setdefault(entity, []).append(name)
    return {entity: tuple(names) for entity, names in found.items()}


class _Asking:
    """Every condition about one kind of thing, asked at once: two bits for each.

    Of n conditions, bit p says that the one at place p is true, bit n + p that it is not false.
    Conditions on one name alone are asked once for each word the name was seen with.
    """

    def __init__(self, conditions: Sequence[Condition], derived: set[str]) -> None:
        self._count = len(conditions)
        together: dict[str, list[tuple[int, Judged]]] = {}
        self._others: list[tuple[int, Judged]] = []
        compared = {each.name for each in conditions if each.terms} | derived
        for place, condition in enumerate(conditions):
            asked = place, judged(condition)
            if condition.name in compared:
                self._others.append(asked)
            else:
                together.setdefault(condition.name, []).append(asked)
        self.alone = frozenset(together)
        self._alone: list[
            tuple[str, list[tuple[int, Judged]], int, dict[Encoded, int], dict[Encoded, int]]
        ] = [(name, asked, self._bits(asked, {}, {}), {}, {}) for name, asked in together.items()]

    def truths(self, told: Told, own: Mapping[str, Exact], unit: Mapping[str, Exact]) -> int:
        """The bits of all conditions."""
        bits = self._bits(self._others, own, unit) if self._others else 0
        for name, asked, unknown, by_word, by_yes_no in self._alone:
            value = told.get(name)
            if value is None:
                bits |= unknown
                continue
            kind = type(value)
            # Of two dicts, because yes is the number one to a dict.
            known = by_word if kind is str else by_yes_no if kind is bool else None
            found = known.get(value) if known is not None else None
            if found is None:
                found = self._bits(asked, {name: exact(value)}, unit)
                if known is not None and len(known) < WORDS_REMEMBERED:
                    known[value] = found
            bits |= found
        return bits

    def _bits(
        self,
        asked: Sequence[tuple[int, Judged]],
        own: Mapping[str, Exact],
        unit: Mapping[str, Exact],
    ) -> int:
        bits = 0
        for place, question in asked:
            truth = question(own, unit)
            if truth is True:
                bits |= 1 << place | 1 << (self._count + place)
            elif truth is None:
                bits |= 1 << (self._count + place)
        return bits


class _Showing:
    """One kind of fact: what is looked for in it, of the thing and of the unit it belongs to."""

    __slots__ = ("_looks", "code", "once")

    def __init__(self, sight: Sight, own: Mapping[int, int], of_unit: Mapping[int, int]) -> None:
        self.code, self.once = sight.code, sight.once
        looks = []
        for number, tests in enumerate(sight.looks):
            of_own = _bits_wanted([test for test in tests if test.flag in own], own)
            rest = _bits_wanted([test for test in tests if test.flag not in own], of_unit)
            looks.append((rest, (*of_own, f',"l{number}":1')))
        self._looks = tuple(looks)

    def found(self, of_unit: int, truths: int) -> str:
        """The looks that hold of a thing, as its fact shows them."""
        return "".join(
            [
                text
                for (of_units, wanted), (mask, bits, text) in self._looks
                if of_unit & of_units == wanted and truths & mask == bits
            ]
        )


def _bits_wanted(tests: Sequence[Test], places: Mapping[int, int]) -> tuple[int, int]:
    """Which bits the tests ask for, and which of them are set where all hold."""
    mask = wanted = 0
    for test in tests:
        bit = 1 << (places[test.flag] + (len(places) if test.not_false else 0))
        value = bit if test.value else 0
        if mask & bit and wanted & bit != value:
            return 0, NEVER  # a rule that applies where it cannot be broken asks for both
        mask |= bit
        wanted |= value
    return mask, wanted
