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

LOOKS_OF_A_SIGHT = 60
"""A fact that matches more than 64 nodes at once is lost with error 303, and one with more than
252 properties without an error, and all facts after it. A look is a node and a property."""

FOUND_AT_ONCE = 12
"""An engine rule binds at most 16 facts."""

ABSENT_AT_ONCE = 40
"""Facts that must not be found bind nothing; more than so many were never tried."""

CLAUSES_TO_A_GOAL = 200
SIGHTS_AT_MOST = 400
"""512 different conditions under one node, and loading never returns."""

CLAUSES_AT_MOST = 3900
"""The engine has room for 4,095 rules in a set."""

ECHO, PRIME = "echo", "prime"
"""Rules that are not the customer's: one returns every fact that was seen, one runs once."""


class Sight(msgspec.Struct, frozen=True):
    """A kind of fact: for which things it is made, and what is looked for in it."""

    code: int
    entity: str
    looks: tuple[tuple[Test, ...], ...]
    """Look n is shown as `ln` on a fact of which all its tests hold; no test holds of anything."""
    once: bool = False
    """Equal facts are shown once: only whether there is one matters."""


Places = dict[tuple[str, str, tuple[Test, ...]], tuple[int, int]]
"""By kind of thing, whose facts and tests: the code of the sight, and the number of the look."""


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
    with_goal = 0
    for chunk in chunks:
        places: Places = {}
        for key, looks in _by_sight(chunk).items():
            sight = Sight(len(sights) + 1, key[0], looks, once=key[1] != "")
            sights.append(sight)
            places |= {(*key, tests): (sight.code, n) for n, tests in enumerate(looks)}
        for clause in chunk:
            name = f"r{len(meaning)}"
            goal = f"go{with_goal // CLAUSES_TO_A_GOAL}"
            with_goal += needs_goal(clause)
            written[name], meaning[name] = _in_engine_notation(clause, goal, places)
    goals = -(-with_goal // CLAUSES_TO_A_GOAL)
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
        ECHO: {"all": [{"g": {"goe": 1}}, {"z": {"$ex": {"t": 1}}}], "cap": 65535},
        PRIME: {"all": [{"z": {"zzprime": 1}}]},
    }


def _in_engine_notation(
    clause: Clause, goal: str, places: Places
) -> tuple[dict[str, Any], Meaning]:
    """The clause as an engine rule: the goal, then every none, then every positive pattern.

    A clause that looks for a single fact needs no goal: it costs something only if it fires.

    In no other order is the engine right: a `none` written first never fires, and one
    written after a positive pattern does not see the fact which that pattern has bound.
    """
    found: list[dict[str, Any]] = [{"g": {goal: 1}}] if needs_goal(clause) else []
    for number, look in enumerate(clause.none_of):
        found.append({f"n{number}$not": _antecedent(look, places)})
    for number, look in enumerate(clause.all_of):
        found.append({f"p{number}": _antecedent(look, places)})
    subject = f"p{len(clause.all_of) - 1}" if clause.about_item else ""
    return {"all": found, "cap": 1000}, Meaning(clause.rule_id, subject)


def needs_goal(clause: Clause) -> bool:
    """Whether the engine has to wait until every fact is there before it looks."""
    return bool(clause.none_of) or len(clause.all_of) != 1


def _antecedent(look: Look, places: Places) -> dict[str, Any]:
    """One key in each dict and the kind first: of two keys the engine reads only one."""
    code, number = places[look.entity, look.alone, look.tests]
    return {"$and": [{"t": code}, {f"l{number}": 1}]}


def _by_sight(clauses: Iterable[Clause]) -> dict[tuple[str, str], tuple[tuple[Test, ...], ...]]:
    """By kind of thing and whose facts they are: what is looked for, each once."""
    looks: dict[tuple[str, str], dict[tuple[Test, ...], None]] = {}
    for clause in clauses:
        for look in (*clause.none_of, *clause.all_of):
            looks.setdefault((look.entity, look.alone), {})[look.tests] = None
    return {key: tuple(found) for key, found in looks.items()}


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
        if len(clause.all_of) > FOUND_AT_ONCE:
            return f"looks for {len(clause.all_of)} things at once, more than {FOUND_AT_ONCE}"
        if len(clause.none_of) > ABSENT_AT_ONCE:
            return f"excludes {len(clause.none_of)} things at once, more than {ABSENT_AT_ONCE}"
    for (entity, _), looks in _by_sight(clauses).items():
        if len(looks) > LOOKS_OF_A_SIGHT:
            return f"looks at {entity} in {len(looks)} ways, more than {LOOKS_OF_A_SIGHT}"
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
