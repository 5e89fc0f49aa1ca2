"""Every hold, its rules and the three cases that show it: `python -m tests.hold_table`.

Fires, does not fire though its rule applies, and the nearest value at which it just does or
just does not. Made from the files alone; a test fails where one of them is missing.
"""

from collections.abc import Iterator

import msgspec

from app.authoring.workshop.case_files import RuleCase
from app.judgement.rulebook.model import RulePack
from app.judgement.rulebook.second_key import SecondKey
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
    applying = {case.name: set(_applying(pack, case)) for case in cases}
    for hold in pack.holds:
        rules = tuple(rule.rule_id for rule in pack.rules if rule.hold == hold.code)
        fires = (case.name for case in cases if set(rules) & set(case.fires))
        silent = (
            case.name
            for case in cases
            if set(rules) & applying[case.name] and not set(rules) & set(case.fires)
        )
        boundary = (case.name for case in cases if hold.code in case.boundary_of)
        yield Row(
            code=hold.code,
            owner=hold.owner,
            severity=hold.severity.value,
            due_hours=hold.due_hours,
            rules=(BY_SERVICE,) if hold.by_service else rules,
            fires=next(fires, ""),
            silent=next(silent, ""),
            boundary=next(boundary, ""),
        )


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
