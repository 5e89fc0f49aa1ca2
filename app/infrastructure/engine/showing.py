"""A view as the facts that the engine is shown: whole numbers 0 and 1, and a code of the kind.

Every condition is judged once for each thing; a fact then shows the flags of one chunk of
rules. A thing nobody asks about is not shown.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from app.errors import EngineError
from app.infrastructure.engine.clauses import UNIT
from app.infrastructure.engine.compile import Program, Sight
from app.infrastructure.engine.deriving import Deriving
from app.infrastructure.engine.exact import Exact, Judged, exact, judged
from app.judgement.rulebook.seen import Value

FACTS_AT_MOST = 50_000
"""Ids f0 to f99999 were compared: no two have the same hash. Of two that do, one is dropped."""

Told = Mapping[str, Value]
"""Values by name; what nobody has told is not in it."""


class Thing(msgspec.Struct, frozen=True, array_like=True):
    """An item of the unit with the values somebody has told."""

    entity: str
    key: str
    values: Mapping[str, Value]


class Shown(msgspec.Struct, frozen=True):
    """The facts as one JSON text, and what each of them is about."""

    text: str
    subjects: tuple[str, ...]
    """By the number in the fact's id: `entity:key`, empty for the unit."""


class Display:
    """Makes the facts that one program looks at."""

    def __init__(self, program: Program) -> None:
        self._deriving = Deriving(program.derived)
        self._questions: dict[str, list[Judged]] = {}
        places: dict[int, int] = {}
        for number, flag in enumerate(program.flags):
            questions = self._questions.setdefault(flag.entity, [])
            places[number] = len(questions)
            questions.append(judged(flag.condition))
        self._sights: dict[str, list[_Showing]] = {}
        for sight in program.sights:
            self._sights.setdefault(sight.entity, []).append(_Showing(sight, places))

    def show(self, unit: Told, items: Sequence[Thing]) -> Shown:
        """The facts of a view.

        Raises:
            EngineError: when a value is not of the type that a condition needs.
        """
        exact_unit = _exact(unit)
        facts: list[str] = []
        subjects: list[str] = []
        for showing, values in self._seen(exact_unit, self._things(exact_unit, items)):
            subject, text = values
            facts.append(showing.fact(len(facts), text))
            subjects.append(subject)
        if len(facts) > FACTS_AT_MOST:
            raise EngineError(f"the unit makes {len(facts)} facts, more than {FACTS_AT_MOST}")
        return Shown(f"[{','.join(facts)}]", tuple(subjects))

    def _seen(
        self, unit: Mapping[str, Exact], things: Iterable[tuple[str, str, Mapping[str, Exact]]]
    ) -> Iterator[tuple["_Showing", tuple[str, str]]]:
        once: set[tuple[int, str]] = set()
        for entity, key, own in things:
            truths = [question(own, unit) for question in self._questions.get(entity, ())]
            true = [truth is True for truth in truths]
            not_false = [truth is not False for truth in truths]
            for showing in self._sights[entity]:
                flags = showing.flags_of(true, not_false)
                if showing.once:
                    if (showing.code, flags) in once:
                        continue
                    once.add((showing.code, flags))
                yield showing, (key, flags)

    def _things(
        self, unit: dict[str, Exact], items: Sequence[Thing]
    ) -> list[tuple[str, str, Mapping[str, Exact]]]:
        """Whatever a rule looks at, with its own values and those derived."""
        held: dict[str, list[dict[str, Exact]]] = {}
        things: list[tuple[str, str, Mapping[str, Exact]]] = []
        if UNIT in self._sights:
            things.append((UNIT, "", unit))
        for item in items:
            if item.entity in self._sights or item.entity in self._deriving.kinds:
                own = _exact(item.values)
                held.setdefault(item.entity, []).append(own)
                if item.entity in self._sights:
                    things.append((item.entity, f"{item.entity}:{item.key}", own))
        self._deriving.add_to(unit, held)
        return things


class _Showing:
    """One kind of fact, ready to be written."""

    __slots__ = ("_not_false", "_template", "_true", "code", "once")

    def __init__(self, sight: Sight, places: Mapping[int, int]) -> None:
        self.code, self.once = sight.code, sight.once
        self._true = tuple(places[flag] for flag, not_false in sight.flags if not not_false)
        self._not_false = tuple(places[flag] for flag, not_false in sight.flags if not_false)
        ordered = sorted(sight.flags, key=lambda shown: shown[1])
        self._template = "".join(
            f',"{"d" if not_false else "c"}{flag}":%d' for flag, not_false in ordered
        )

    def flags_of(self, true: Sequence[bool], not_false: Sequence[bool]) -> str:
        """`,"c0":1,"d3":0`: what is unknown is not true, and not false either."""
        shown = [true[place] for place in self._true]
        shown += [not_false[place] for place in self._not_false]
        return self._template % tuple(shown)

    def fact(self, number: int, flags: str) -> str:
        """The fact's JSON, with an id of its own: ids that the engine makes up collide."""
        return f'{{"id":"f{number}","sid":"s","zf":1,"t":{self.code}{flags}}}'


def _exact(values: Told) -> dict[str, Exact]:
    return {name: exact(value) for name, value in values.items()}
