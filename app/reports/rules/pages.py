"""A rule pack as people read it: each rule in English under the file that holds it, its tables.

The words are those of the rulebook; nothing about a rule is said here a second way.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

import msgspec

from app.judgement.rulebook.model import Derived, HoldKind, Kind, Rule, RulePack, Scope, Severity
from app.judgement.rulebook.sentences import rule_in_words
from app.judgement.rulebook.words import derivation_in_words
from app.reports.rules.tables import ShownTable, tables_of, tables_read_by

STANDARD = "standard"
PERMITS: Mapping[Kind, str] = {
    Kind.RELEASE: "permits the release",
    Kind.NO_BILL: "permits that nothing is billed",
    Kind.PROVISIONAL: "permits a provisional invoice",
}


class ShownHold(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule places, as the catalogue of holds says it."""

    code: str
    says: str
    owner: str
    """The queue that works it."""
    waits_for: str
    way_out: str
    due_hours: int
    waivable: bool
    warns: bool
    """Whether it only warns and stops nothing."""


class ShownRule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule in words."""

    rule_id: str
    kind: str
    title: str
    """What it says when it fires."""
    checklist: str
    sentence: str
    does: str
    """`holds the invoice with POD_MISSING`, `permits the release`."""
    owner: str
    ask: str
    """Who can mend what it finds; empty where the rule names nobody."""
    is_own: bool
    """Whether the pack has it beyond the rules for everybody."""
    file: str
    line: int
    hold: ShownHold | None = None
    tables: tuple[ShownTable, ...] = ()
    """What it looks its limits up in, directly or by way of other names."""

    @property
    def written_at(self) -> str:
        """`file:line` of the rule as accepted."""
        return f"{self.file}:{self.line}"


class ShownName(msgspec.Struct, frozen=True, kw_only=True):
    """A name that the rules work out themselves."""

    name: str
    says: str
    how: str
    owner: str
    written_at: str


class ShownChecklist(msgspec.Struct, frozen=True, kw_only=True):
    """The rules under one heading of a file, in the file's order."""

    title: str
    rules: tuple[ShownRule, ...]


class ShownFile(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of one file: it answers one question."""

    file: str
    checklists: tuple[ShownChecklist, ...]


class ShownPack(msgspec.Struct, frozen=True, kw_only=True):
    """A whole pack."""

    name: str
    counts: tuple[tuple[str, int], ...]
    """How many rules of each kind."""
    differs: tuple[str, ...]
    """What is different from the rules for everybody, a sentence each."""
    files: tuple[ShownFile, ...]
    tables: tuple[ShownTable, ...]
    names: tuple[ShownName, ...]

    def rule(self, rule_id: str) -> ShownRule | None:
        """The rule of that id, if the pack has it."""
        every = (r for f in self.files for each in f.checklists for r in each.rules)
        return next((rule for rule in every if rule.rule_id == rule_id), None)


def pack_shown(pack: RulePack, standard: RulePack) -> ShownPack:
    """The pack in words, and what of it is beyond the one for everybody."""
    common = {rule.rule_id: rule for rule in standard.rules}
    tables = tables_of(pack.derived)
    rules = sorted((_rule(each, pack, common, tables) for each in pack.rules), key=_place)
    return ShownPack(
        name=pack.name,
        counts=counts_of(pack),
        differs=tuple(_differences(pack, standard)),
        files=tuple(
            ShownFile(file=file, checklists=tuple(_checklists(within)))
            for file, within in groupby(rules, key=lambda rule: rule.file)
        ),
        tables=tables,
        names=tuple(map(name_shown, pack.derived)),
    )


def counts_of(pack: RulePack) -> tuple[tuple[str, int], ...]:
    """How many rules of each kind, kinds without any left out."""
    counted = [(kind.value, sum(rule.kind is kind for rule in pack.rules)) for kind in Kind]
    return tuple((kind, count) for kind, count in counted if count)


def name_shown(derived: Derived) -> ShownName:
    """A derived name as a sentence."""
    whose = "" if derived.entity == "unit" else f" of a {derived.entity.replace('_', ' ')}"
    return ShownName(
        name=f"{derived.name.replace('_', ' ')}{whose}",
        says=derived.says,
        how=derivation_in_words(derived),
        owner=derived.owner,
        written_at=derived.written_at,
    )


def hold_shown(kind: HoldKind) -> ShownHold:
    """An entry of the catalogue."""
    return ShownHold(
        code=kind.code,
        says=kind.says,
        owner=kind.owner,
        waits_for=kind.waits_for,
        way_out=kind.way_out,
        due_hours=kind.due_hours,
        waivable=kind.waivable,
        warns=kind.severity is Severity.WARN,
    )


def _rule(
    rule: Rule, pack: RulePack, common: Mapping[str, Rule], tables: tuple[ShownTable, ...]
) -> ShownRule:
    kind = pack.hold(rule.hold) if rule.hold else None
    read = tables_read_by(rule, pack)
    file, _, line = rule.written_at.rpartition(":")
    return ShownRule(
        rule_id=rule.rule_id,
        kind=rule.kind.value,
        title=rule.say,
        checklist=rule.checklist,
        sentence=rule_in_words(rule, pack),
        does=_does(rule, kind),
        owner=rule.owner,
        ask=rule.ask,
        is_own=common.get(rule.rule_id) != rule,
        file=file,
        line=int(line),
        hold=hold_shown(kind) if kind else None,
        tables=tuple(table for table in tables if table.name in read),
    )


def _does(rule: Rule, hold: HoldKind | None) -> str:
    if hold is None:
        return PERMITS[rule.kind]
    if hold.severity is Severity.WARN:
        return f"warns with {hold.code}"
    what = "the line" if rule.scope is Scope.LINE else "the invoice"
    return f"holds {what} with {hold.code}"


def _place(rule: ShownRule) -> tuple[bool, str, int]:
    """What is the customer's own comes first, then file by file from the top."""
    return not rule.is_own, rule.file, rule.line


def _checklists(rules: Iterable[ShownRule]) -> Iterator[ShownChecklist]:
    for title, within in groupby(rules, key=lambda rule: rule.checklist):
        yield ShownChecklist(title=title, rules=tuple(within))


def _differences(pack: RulePack, standard: RulePack) -> Iterator[str]:
    """What the pack has that the one for everybody has not, or has otherwise."""
    common = {rule.rule_id: rule for rule in standard.rules}
    for rule in pack.rules:
        if rule.rule_id not in common:
            yield f"Rule {rule.rule_id} of its own: {rule.checklist}"
        elif rule != common[rule.rule_id]:
            yield f"Rule {rule.rule_id} reads otherwise: {rule.checklist}"
    for table in tables_of(pack.derived):
        own = sum(row.is_own for row in table.rows)
        if own:
            yield f"{own} {'row' if own == 1 else 'rows'} of its own in {table.name}"
    known = {(each.entity, each.name) for each in standard.derived}
    for each in pack.derived:
        if (each.entity, each.name) not in known:
            yield f"A name of its own: {name_shown(each).name}"
    gone = sorted(common.keys() - {rule.rule_id for rule in pack.rules})
    if gone:
        yield f"Without {', '.join(gone)}"
