"""A rule pack compiled for the engine: flags, kinds of facts, and its own JSON.

Rules are divided into chunks small enough for every limit of the engine that was measured,
each chunk with facts of its own. What does not fit is refused here, with the limit named;
past most of these limits the engine would be wrong in silence, hang or crash.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from app.errors import FileError
from app.infrastructure.engine.clauses import Clause, Flag, Flags, Look, Test, clauses_of
from app.infrastructure.engine.names import refuse_names_of_one_hash
from app.judgement.rulebook.model import Derived, Rule, RulePack

RULES_IN_A_CHUNK = 30
CLAUSES_IN_A_CHUNK = 150
"""A node of the engine hands over to at most 255 rules; the 257th is refused, the 256th is not."""

NODES_OF_A_SIGHT = 60
"""A fact that matches more than 64 nodes at once is lost with error 303."""

FLAGS_OF_A_SIGHT = 200
"""A fact with more than 252 properties is lost without an error, and all facts after it."""

FOUND_AT_ONCE = 12
"""An engine rule binds at most 16 facts."""

ABSENT_AT_ONCE = 40
"""Facts that must not be found bind nothing; more than so many were never tried."""

TESTS_IN_A_LOOK = 24
CLAUSES_TO_A_GOAL = 200
SIGHTS_AT_MOST = 400
"""512 different conditions under one node, and loading never returns."""

CLAUSES_AT_MOST = 3900
"""The engine has room for 4,095 rules in a set."""

ECHO, PRIME = "echo", "prime"
"""Rules that are not the customer's: one returns every fact that was seen, one runs once."""


class Sight(msgspec.Struct, frozen=True):
    """A kind of fact: for which things it is made, and which flags it shows."""

    code: int
    entity: str
    flags: tuple[tuple[int, bool], ...]
    """The number of each flag, and whether it is shown as `not false` (`d`) or as true (`c`)."""
    once: bool = False
    """Equal facts are shown once: only whether there is one matters."""


class Meaning(msgspec.Struct, frozen=True):
    """What it means when an engine rule fires."""

    rule_id: str
    subject: str = ""
    """The alias under which the engine returns the item that the firing is about."""


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the engine needs to judge by one pack, as plain data."""

    flags: tuple[Flag, ...]
    sights: tuple[Sight, ...]
    rules: dict[str, dict[str, Any]]
    """In the engine's own notation, by name."""
    meaning: dict[str, Meaning]
    goals: tuple[str, ...]
    """Properties of the last fact, which sets everything off."""
    derived: tuple[Derived, ...] = ()
    """What is worked out before any flag is judged."""


def compile_pack(pack: RulePack) -> Program:
    """The program for the pack.

    Raises:
        FileError: when a rule, or the pack as a whole, is more than the engine can hold.
    """
    return compile_rules(pack.rules, pack.derived)


def compile_rules(rules: Sequence[Rule], derived: Sequence[Derived] = ()) -> Program:
    """The program for the rules and what they derive; nothing else changes what fires."""
    flags = Flags()
    chunks = _divided([clauses_of(rule, flags) for rule in rules])
    sights: list[Sight] = []
    written: dict[str, dict[str, Any]] = {}
    meaning: dict[str, Meaning] = {}
    for chunk in chunks:
        codes = {}
        for key, looks in _by_sight(chunk).items():
            codes[key] = len(sights) + 1
            shown = {(test.flag, test.not_false) for look in looks for test in look.tests}
            sights.append(Sight(codes[key], key[0], tuple(sorted(shown)), once=key[1] != ""))
        for clause in chunk:
            name = f"r{len(meaning)}"
            goal = f"go{len(meaning) // CLAUSES_TO_A_GOAL}"
            written[name], meaning[name] = _in_engine_notation(clause, goal, codes)
    goals = -(-len(meaning) // CLAUSES_TO_A_GOAL)
    program = Program(
        flags=tuple(flags.given),
        sights=tuple(sights),
        rules=written | _own_rules(),
        meaning=meaning,
        goals=tuple(f"go{number}" for number in range(goals)),
        derived=tuple(derived),
    )
    _refuse_too_much(program)
    refuse_names_of_one_hash(program.rules, program.goals)
    return program


def _own_rules() -> dict[str, dict[str, Any]]:
    """The rule that returns every fact seen, and the one that initialises the engine's memory."""
    return {
        ECHO: {"all": [{"g": {"goe": 1}}, {"z": {"$ex": {"zf": 1}}}], "cap": 65535},
        PRIME: {"all": [{"z": {"zzprime": 1}}]},
    }


def _in_engine_notation(
    clause: Clause, goal: str, codes: dict[tuple[str, str], int]
) -> tuple[dict[str, Any], Meaning]:
    """The clause as an engine rule: the goal, then every none, then every positive pattern.

    In no other order is the engine right: a `none` written first never fires, and one
    written after a positive pattern does not see the fact which that pattern has bound.
    """
    found: list[dict[str, Any]] = [{"g": {goal: 1}}]
    for number, look in enumerate(clause.none_of):
        found.append({f"n{number}$not": _antecedent(look, codes)})
    for number, look in enumerate(clause.all_of):
        found.append({f"p{number}": _antecedent(look, codes)})
    subject = f"p{len(clause.all_of) - 1}" if clause.about_item else ""
    return {"all": found, "cap": 1000}, Meaning(clause.rule_id, subject)


def _antecedent(look: Look, codes: dict[tuple[str, str], int]) -> dict[str, Any]:
    """One key in each dict and the kind first: of two keys the engine reads only one."""
    kind: dict[str, Any] = {"t": codes[_sight_key(look)]}
    if not look.tests:
        return kind
    return {"$and": [kind, *({property_of(test): test.value} for test in look.tests)]}


def property_of(test: Test) -> str:
    """The name under which a fact shows the flag."""
    return f"d{test.flag}" if test.not_false else f"c{test.flag}"


def _sight_key(look: Look) -> tuple[str, str]:
    return look.entity, look.alone


def _by_sight(clauses: Iterable[Clause]) -> dict[tuple[str, str], list[Look]]:
    looks: dict[tuple[str, str], list[Look]] = {}
    for clause in clauses:
        for look in (*clause.none_of, *clause.all_of):
            looks.setdefault(_sight_key(look), []).append(look)
    return looks


def _divided(rules: Sequence[tuple[Clause, ...]]) -> list[list[Clause]]:
    """The clauses in as few chunks as the limits allow, a rule never divided."""
    chunks: list[list[Clause]] = []
    rules_in_chunk = 0
    for clauses in rules:
        together = [*(chunks[-1] if chunks else ()), *clauses]
        if chunks and rules_in_chunk < RULES_IN_A_CHUNK and not _too_much_in(together):
            chunks[-1] = together
            rules_in_chunk += 1
            continue
        problem = _too_much_in(clauses)
        if problem:
            raise FileError(f"rule {clauses[0].rule_id} {problem}; write it as several rules")
        chunks.append(list(clauses))
        rules_in_chunk = 1
    return [chunk for chunk in chunks if chunk]


def _too_much_in(clauses: Sequence[Clause]) -> str:
    """Which limit the clauses break together, empty when none."""
    if len(clauses) > CLAUSES_IN_A_CHUNK:
        return f"can fire in {len(clauses)} ways, more than {CLAUSES_IN_A_CHUNK}"
    for clause in clauses:
        looks = (*clause.none_of, *clause.all_of)
        if len(clause.all_of) > FOUND_AT_ONCE:
            return f"looks for {len(clause.all_of)} things at once, more than {FOUND_AT_ONCE}"
        if len(clause.none_of) > ABSENT_AT_ONCE:
            return f"excludes {len(clause.none_of)} things at once, more than {ABSENT_AT_ONCE}"
        if any(len(look.tests) > TESTS_IN_A_LOOK for look in looks):
            return f"has more than {TESTS_IN_A_LOOK} conditions on one thing"
    for (entity, _), looks_of_sight in _by_sight(clauses).items():
        nodes = {look.tests[: n + 1] for look in looks_of_sight for n in range(len(look.tests))}
        if len(nodes) > NODES_OF_A_SIGHT:
            return f"looks at {entity} in {len(nodes)} ways, more than {NODES_OF_A_SIGHT}"
        shown = {(test.flag, test.not_false) for look in looks_of_sight for test in look.tests}
        if len(shown) > FLAGS_OF_A_SIGHT:
            return f"has {len(shown)} conditions on {entity}, more than {FLAGS_OF_A_SIGHT}"
    return ""


def _refuse_too_much(program: Program) -> None:
    """Refuse what no division into chunks makes fit."""
    for count, limit, what in (
        (len(program.meaning), CLAUSES_AT_MOST, "ways in which its rules fire"),
        (len(program.sights), SIGHTS_AT_MOST, "kinds of facts to look at"),
    ):
        if count > limit:
            raise FileError(
                f"the pack has {count} {what}, more than the {limit} that the engine holds;"
                " split it into a pack for each group of customers"
            )
