"""Every hold, its rules and the three cases that show it: `python -m tests.hold_table`.

Three different cases: fires, does not fire though its rule applies, and the nearest value at
which it just does or just does not. Of several the table shows the one that says most plainly
what the hold's rules look at. Made from the files alone; a test fails where one is missing.
"""

from collections.abc import Iterator, Sequence

import msgspec

from app.authoring.workshop.case_files import RuleCase
from app.judgement.rulebook.model import Rule, RulePack
from app.judgement.rulebook.second_key import SecondKey
from app.judgement.rulebook.seen import Seen
from tests.rule_cases import packs_we_ship, read_rule_cases

BY_SERVICE = "placed by the service"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One hold of the catalogue."""

    code: str
    owner: str
    severity: str
    due_hours: int
    rules: tuple[str, ...]
    fires: str = ""
    silent: str = ""
    boundary: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """What the files do not show of it."""
        if self.rules == (BY_SERVICE,):
            return ()
        shown = {"rule": self.rules, "fires": self.fires, "does not fire": self.silent}
        return tuple(
            name for name, what in {**shown, "boundary": self.boundary}.items() if not what
        )


def hold_table() -> Iterator[Row]:
    """A row for each hold, in the catalogue's order."""
    pack = packs_we_ship()["standard"]
    cases = [case for case in read_rule_cases() if case.folder == "standard"]
    ordinary = {
        case.started_from: case
        for case in cases
        if case.name == f"an ordinary {case.started_from} unit"
    }
    applying = {case.name: set(_applying(pack, case)) for case in cases}
    for hold in pack.holds:
        rules = tuple(rule.rule_id for rule in pack.rules if rule.hold == hold.code)
        mine = [rule for rule in pack.rules if rule.hold == hold.code]
        plain = sorted(cases, key=lambda case: _plainness(mine, case, ordinary[case.started_from]))
        boundary = [case for case in plain if hold.code in case.boundary_of][:1]
        others = [case for case in plain if case not in boundary]
        fires = [case for case in others if {*rules} & {*case.fires}]
        silent = [
            case
            for case in others
            if {*rules} & applying[case.name] and not {*rules} & {*case.fires}
        ]
        yield Row(
            code=hold.code,
            owner=hold.owner,
            severity=hold.severity.value,
            due_hours=hold.due_hours,
            rules=(BY_SERVICE,) if hold.by_service else rules,
            fires=_first(fires),
            silent=_first(silent),
            boundary=_first(boundary),
        )


def _first(cases: Sequence[RuleCase]) -> str:
    return cases[0].name if cases else ""


def _plainness(rules: Sequence[Rule], case: RuleCase, ordinary: RuleCase) -> tuple[bool, bool, int]:
    """The less, the plainer: it tells what the rules look at, beside them, and little fires."""
    tells = any(
        _told(case, entity, name) != _told(ordinary, entity, name)
        for rule in rules
        for entity, name in _looked_at(rule)
    )
    files = {rule.written_at.rpartition(":")[0].replace(".yaml", ".cases.yaml") for rule in rules}
    return not tells, case.place.file not in files, len(case.fires)


def _looked_at(rule: Rule) -> Iterator[tuple[str, str]]:
    yield from (("unit", each.name) for each in rule.unless)
    for pattern in rule.patterns:
        for each in (*pattern.conditions, *pattern.unless):
            yield pattern.entity, each.name
            yield from (("unit", term.name) for term in each.terms if term.name)


def _told(case: RuleCase, entity: str, name: str) -> list[Seen | None]:
    if entity == "unit":
        return [case.view.unit.get(name)]
    return [item.values.get(name) for item in case.view.items if item.entity == entity]


def _applying(pack: RulePack, case: RuleCase) -> Iterator[str]:
    for seen in SecondKey(pack).truths(case.view):
        if all(truth is True for truth in seen.applies):
            yield seen.rule.rule_id


def table_in_words() -> Iterator[str]:
    """The table as lines of text."""
    for row in hold_table():
        rules = ", ".join(row.rules)
        yield f"{row.code}  ({row.severity}, {row.owner}, {row.due_hours} h): {rules}"
        shown = {"fires": row.fires, "does not": row.silent, "boundary": row.boundary}
        yield from (f"    {what:<9} {name}" for what, name in shown.items() if name)


if __name__ == "__main__":
    print("\n".join(table_in_words()))
