"""The engine itself, in a process that may crash: the only importer of durable_rules_engine.

Run as `python -m app.infrastructure.engine.child SECONDS`: questions arrive on standard
input, answers leave on standard output, and it ends when its input ends. A question that
takes longer than SECONDS ends the process, whatever the engine is doing.

The protocol with the engine gave no wrong answer in 93,000 decisions with errors among
them. One ruleset for each pack, one live state at a time, always of the same sid; explicit
ids; a priming fact after loading, because deleting a state in which nothing ever fired
frees memory that was never set; the goal asserted alone and last; and an echo rule that
returns every fact the engine has really seen, because it drops facts without an error.
"""

import gc
import os
import signal
import sys
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, BinaryIO

import durable_rules_engine
import msgspec

from app.digest import digest
from app.errors import EngineError, FileError, TollgateError
from app.infrastructure.engine.compile import ECHO, Program, compile_rules
from app.infrastructure.engine.encoded import Thing
from app.infrastructure.engine.narrowing import Narrowing
from app.infrastructure.engine.protocol import (
    HEADER_BYTES,
    Ask,
    AskMany,
    Failed,
    Fired,
    FiredMany,
    Load,
    NotLoaded,
    Question,
    Ready,
    Reply,
    asked,
    body_length,
    frame,
    question_in,
)
from app.infrastructure.engine.showing import Display, Shown, Told
from app.judgement.rulebook.key import Answer, Firing, NoAnswer
from app.judgement.rulebook.model import Derived, Rule, RulePack
from app.judgement.rulebook.seen import View

COLLECTED_AFTER = 10_000
"""So many questions."""

RULESETS_AT_ONCE = 32
"""Packs kept ready; a thousand rules take about 15 MB."""

NARROW_AT_ONCE = 48
"""Rulesets of a pack with only the rules that can apply; of more kinds of units, all rules."""


class _Fact(msgspec.Struct, gc=False):
    """A fact as the engine returns it; only the id is of interest."""

    id: str


Pairs = tuple[tuple[str, str], ...]
"""Rule and subject of every firing, sorted, each once."""

_Match = dict[str, _Fact]
_encoder = msgspec.json.Encoder()
_fired = msgspec.json.Decoder(dict[str, list[_Match] | _Match])
_rules = msgspec.json.Decoder(tuple[tuple[Rule, ...], tuple[Derived, ...]])


class Ruleset:
    """One program, loaded into the engine."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._display = Display(program)
        self._goal = {"id": "go", "sid": "s", "goe": 1} | dict.fromkeys(program.goals, 1)
        self._handle = durable_rules_engine.create_ruleset("x", _text(program.rules))
        code, self._place = durable_rules_engine.assert_fact(
            self._handle, _text({"zzprime": 1, "sid": "s", "id": "zz"})
        )
        if code != 0:
            raise EngineError(f"the engine could not be primed: code {code}")
        primed = list(self._drained())
        durable_rules_engine.delete_state(self._handle, "s")
        if len(primed) != 1:
            raise EngineError("the engine could not be primed: its rule did not fire")

    def judge(self, unit: Told, items: Sequence[Thing]) -> Pairs:
        """The firings, sorted and each once.

        Raises:
            EngineError: when the engine did not look at everything, or said anything unusual.
        """
        shown = self._display.show(unit, items)
        try:
            return self._firings(shown, self._matches(shown))
        except durable_rules_engine.error as problem:
            raise EngineError(f"the engine refused: {problem}") from problem
        finally:
            with suppress(durable_rules_engine.error):  # there is no state when it took no fact
                durable_rules_engine.delete_state(self._handle, "s")

    def close(self) -> None:
        """Give the engine's memory back; a ruleset that is not deleted leaks."""
        durable_rules_engine.delete_ruleset(self._handle)

    def _matches(self, shown: Shown) -> Iterator[tuple[str, Sequence[_Match]]]:
        """Assert the facts, then the goal, and yield each rule that fires with its matches."""
        if shown.subjects:  # an empty batch crashes the process
            code, _ = durable_rules_engine.assert_facts(self._handle, shown.text)
            # The place returned with it is not set when the first fact cannot be parsed.
            if code != 0:
                raise EngineError(f"the engine took the facts with code {code}")
        code, place = durable_rules_engine.assert_fact(self._handle, _text(self._goal))
        if code != 0 or place != self._place:
            raise EngineError(f"the engine took the goal with code {code} at place {place}")
        for text in self._drained():
            for name, found in _fired.decode(text).items():
                yield name, found if isinstance(found, list) else (found,)

    def _drained(self) -> Iterator[str]:
        """What fired, one text at a time, until nothing is left."""
        started = durable_rules_engine.start_action_for_state(self._handle, self._place)
        text: str | None = started and started[1]
        while text is not None:
            yield text
            text = durable_rules_engine.complete_and_start_action(self._handle, self._place)

    def _firings(self, shown: Shown, matches: Iterator[tuple[str, Sequence[_Match]]]) -> Pairs:
        seen: set[str] = set()
        firings: set[tuple[str, str]] = set()
        for name, found in matches:
            if name == ECHO:
                seen.update([match["z"].id for match in found])
                continue
            meaning = self.program.meaning[name]
            if not meaning.subject:
                firings.add((meaning.rule_id, ""))
                continue
            for match in found:
                subject = shown.subjects[int(match[meaning.subject].id[1:])]
                firings.add((meaning.rule_id, subject))
        if len(seen) != len(shown.subjects):
            raise EngineError(f"the engine saw {len(seen)} of {len(shown.subjects)} facts")
        return tuple(sorted(firings))


class Loaded:
    """A pack in the engine: all its rules, and those that can apply to the units it has met."""

    def __init__(self, rules: Sequence[Rule], derived: Sequence[Derived]) -> None:
        self._rules, self._derived = rules, derived
        self._narrowing = Narrowing(rules, derived)
        self._by_away = {0: Ruleset(compile_rules(rules, derived))}

    def judge(self, unit: Told, items: Sequence[Thing]) -> Pairs:
        """The firings, sorted and each once.

        Raises:
            EngineError: when there is no complete answer.
        """
        return self._ruleset(self._narrowing.away(unit)).judge(unit, items)

    def close(self) -> None:
        """Give the engine's memory back."""
        for ruleset in self._by_away.values():
            with suppress(durable_rules_engine.error):
                ruleset.close()

    def _ruleset(self, away: int) -> Ruleset:
        ruleset = self._by_away.get(away)
        if ruleset is not None:
            return ruleset
        rules = [rule for n, rule in enumerate(self._rules) if not away >> n & 1]
        if not rules or len(self._by_away) > NARROW_AT_ONCE:
            return self._by_away[0]
        self._by_away[away] = ruleset = Ruleset(compile_rules(rules, self._derived))
        return ruleset


class Child:
    """Answers questions, one after the other, with many packs ready."""

    def __init__(self, rulesets_at_once: int = RULESETS_AT_ONCE) -> None:
        self._rulesets: OrderedDict[str, Loaded] = OrderedDict()
        self._at_once = rulesets_at_once

    def reply_to(self, question: Question) -> Reply:
        """The answer to a question; never raises."""
        try:
            match question:
                case Load():
                    return self._load(question)
                case Ask():
                    return self._judge(question)
                case AskMany():
                    return self._judge_many(question)
        except Exception as problem:  # noqa: BLE001 - whatever it is, there is no answer
            self._forget(question.digest)
            kind = "" if isinstance(problem, TollgateError) else f"{type(problem).__name__}: "
            return Failed(question.question, f"{kind}{problem}")

    def close(self) -> None:
        """Give all memory back."""
        while self._rulesets:
            self._forget(next(iter(self._rulesets)))

    def _load(self, load: Load) -> Reply:
        if digest(load.rules) != load.digest:
            raise EngineError("the rules are not those of their digest")
        if load.digest not in self._rulesets:
            while len(self._rulesets) >= self._at_once:
                self._forget(next(iter(self._rulesets)))
            self._rulesets[load.digest] = Loaded(*_rules.decode(load.rules))
        return Ready(load.question)

    def _judge(self, ask: Ask) -> Reply:
        ruleset = self._rulesets.get(ask.digest)
        if ruleset is None:
            return NotLoaded(ask.question)
        self._rulesets.move_to_end(ask.digest)
        return Fired(ask.question, ruleset.judge(ask.unit, ask.items))

    def _judge_many(self, many: AskMany) -> Reply:
        """All of them or none: what spoils one is found by asking one after the other."""
        found = []
        for unit, items in many.views:
            reply = self._judge(Ask(many.question, many.digest, unit, items))
            if not isinstance(reply, Fired):
                return reply
            found.append(reply.firings)
        return FiredMany(many.question, tuple(found))

    def _forget(self, key: str) -> None:
        ruleset = self._rulesets.pop(key, None)
        if ruleset is not None:
            ruleset.close()


class EngineInProcess:
    """The first key without a process of its own: for tests and benchmarks only.

    Where invoices are decided a crash of the engine must not be a crash of the product.
    """

    def __init__(self) -> None:
        self._rulesets: dict[int, tuple[RulePack, Loaded]] = {}

    def judge(self, pack: RulePack, view: View) -> Answer | NoAnswer:
        """The firings of the pack over the view; never raises."""
        try:
            if id(pack) not in self._rulesets:
                self._rulesets[id(pack)] = pack, Loaded(pack.rules, pack.derived)
            ask = asked(0, "", view)
            pairs = self._rulesets[id(pack)][1].judge(ask.unit, ask.items)
            return Answer(firings=tuple([Firing(rule, about) for rule, about in pairs]))
        except (EngineError, FileError) as problem:
            return NoAnswer(why=str(problem))

    def judge_many(self, pack: RulePack, views: Sequence[View]) -> list[Answer | NoAnswer]:
        """Each view's answer."""
        return [self.judge(pack, view) for view in views]

    def close(self) -> None:
        """Give all memory back."""
        while self._rulesets:
            _, (_, ruleset) = self._rulesets.popitem()
            ruleset.close()


def _text(value: object) -> str:
    """The value as JSON in a string of its own: the engine writes into it while it reads."""
    return _encoder.encode(value).decode()


def answer_until_the_end(questions: BinaryIO, replies: BinaryIO, seconds: float) -> None:
    """Answer until the input ends; one question may take so many seconds."""
    child = Child()
    # A question leaves nothing that only the collector could free; looking for it would cost
    # more than many questions. What a failure leaves goes with the next round.
    gc.disable()
    replies.write(frame(Ready(0)))
    replies.flush()
    asked_since = 0
    while len(header := questions.read(HEADER_BYTES)) == HEADER_BYTES:
        # The engine holds the interpreter's lock, so only the kernel can end a hang of which
        # no parent is left to know: the alarm's default action kills.
        signal.setitimer(signal.ITIMER_REAL, seconds)
        body = questions.read(body_length(header))
        replies.write(frame(child.reply_to(question_in(body))))
        signal.setitimer(signal.ITIMER_REAL, 0)
        replies.flush()
        asked_since += 1
        if asked_since == COLLECTED_AFTER:
            asked_since = 0
            gc.collect()
    child.close()


def _pipes_of_our_own() -> tuple[Any, Any]:
    """The two pipes under new numbers; what the engine prints goes to standard error."""
    questions, replies = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return os.fdopen(questions, "rb"), os.fdopen(replies, "wb")


if __name__ == "__main__":
    answer_until_the_end(*_pipes_of_our_own(), float(sys.argv[1]))
