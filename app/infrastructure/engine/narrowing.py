"""Which rules can apply to a unit, by the words that `applies to` asks for.

A rule that applies to LTL cannot fire on a parcel, so the engine need not hold it while it
looks at one: what it costs follows the rules that can apply and not all that exist.
"""

from collections.abc import Mapping, Sequence

import msgspec

from app.infrastructure.engine.encoded import Encoded
from app.infrastructure.engine.exact import Judged, exact, judged
from app.judgement.rulebook.model import Derived, Operator, Rule, ValueType

LISTS = frozenset({Operator.IS, Operator.IS_NOT, Operator.ONE_OF, Operator.NONE_OF})
WORDS = frozenset({ValueType.WORD, ValueType.TEXT})
"""Of numbers and amounts there are too many kinds of units to keep rules ready for each."""

KINDS_REMEMBERED = 4096
"""Of units, by their words; a customer's number is a word too, and there are many."""


class Narrowing:
    """Asks the conditions of `applies to` that are about words, each once."""

    def __init__(self, rules: Sequence[Rule], derived: Sequence[Derived]) -> None:
        own = {each.name for each in derived if each.entity == "unit"}
        asked: dict[bytes, tuple[str, Judged, list[int]]] = {}
        for number, rule in enumerate(rules):
            for condition in rule.applies:
                words = all(each.value_type in WORDS for each in condition.literals)
                if condition.operator not in LISTS or not condition.literals or not words:
                    continue
                if condition.name in own:  # it is worked out later
                    continue
                key = msgspec.msgpack.encode(condition)
                _, _, numbers = asked.setdefault(key, (condition.name, judged(condition), []))
                numbers.append(number)
        self._asked = tuple(
            (name, question, sum(1 << number for number in set(numbers)))
            for name, question, numbers in asked.values()
        )
        self._names = tuple(dict.fromkeys(name for name, _, _ in self._asked))
        self._known: dict[tuple[Encoded | None, ...], int] = {}

    def away(self, unit: Mapping[str, Encoded]) -> int:
        """The rules that cannot apply to the unit: bit n is rule n."""
        words = tuple(map(unit.get, self._names))
        away = self._known.get(words)
        if away is None:
            away = self._away(unit)
            if len(self._known) < KINDS_REMEMBERED:
                self._known[words] = away
        return away

    def _away(self, unit: Mapping[str, Encoded]) -> int:
        away = 0
        for name, question, rules in self._asked:
            value = unit.get(name)
            own = {} if value is None else {name: exact(value)}
            if question(own, own) is not True:
                away |= rules
        return away
