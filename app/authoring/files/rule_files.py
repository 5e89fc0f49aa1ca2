"""Rule files, glossary and hold catalogue become rule packs, one for each customer.

The language is explained to the people who write it in `rules/README.md`.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec

from app.authoring.files.conditions import Vocabulary
from app.authoring.files.derived_files import DerivationReader, declared, is_derivation
from app.authoring.files.located_yaml import Mapping, Node, Scalar, load
from app.authoring.files.rule_documents import RuleReader
from app.authoring.files.rule_tables import RuleTable, tables_in
from app.authoring.files.typed_fields import Fields, Notes, scalars_in
from app.errors import FileError, Mistake, Place
from app.judgement.rulebook.model import (
    Derived,
    HoldKind,
    Name,
    Rule,
    RulePack,
    Severity,
    ValueType,
)

STANDARD = "standard"
SERVICE_HOLDS = (
    "ENGINE_FAILED",
    "ENGINE_DISAGREEMENT",
    "TIE_OUT_FAILED",
    "RELEASE_NOT_PERMITTED",
    "NO_BILL_CONTRADICTED",
    "PROVISIONAL_LIMIT",
)


def load_packs(folder: Path) -> tuple[RulePack, ...]:
    """The standard pack and one pack for each customer with files of its own.

    Raises:
        FileError: with all mistakes of all files; then no pack is accepted.
    """
    notes = Notes()
    glossary = tuple(_glossary(_documents(folder / "glossary.yaml", folder, notes), notes))
    holds = tuple(_holds(_documents(folder / "holds.yaml", folder, notes), notes))
    shelf = _Shelf(folder, glossary, holds, notes)
    standard = shelf.read(folder / STANDARD)
    packs = {STANDARD: standard}
    for path in sorted((folder / "customers").glob("*/")):
        packs[path.name] = shelf.read(path, standard)
    own = [rule for pack in packs.values() for rule in pack.own]
    _unique_ids(own, notes)
    _service_holds_present(holds, folder, notes)
    if notes.mistakes:
        raise FileError("the rules are not accepted; nothing was changed", notes.once())
    return tuple(
        RulePack(
            name=name,
            rules=tuple(sorted(pack.rules, key=lambda rule: rule.rule_id)),
            glossary=glossary,
            holds=holds,
            derived=pack.derived,
        )
        for name, pack in sorted(packs.items())
    )


class _Read(msgspec.Struct, frozen=True):
    """One folder of rules as read, with what it stands on."""

    own: tuple[Rule, ...]
    rules: tuple[Rule, ...]
    derivations: tuple[Node, ...]
    derived: tuple[Derived, ...]
    tables: dict[str, RuleTable]


class _Shelf:
    """Reads folders of rules against one glossary and one catalogue."""

    def __init__(
        self, root: Path, glossary: tuple[Name, ...], holds: tuple[HoldKind, ...], notes: Notes
    ) -> None:
        self.root, self.glossary, self.holds, self.notes = root, glossary, holds, notes

    def read(self, folder: Path, standard: "_Read | None" = None) -> _Read:
        """The folder's rules and derived facts; a customer's stand on the standard ones."""
        documents = [
            (path, _documents(path, self.root, self.notes)) for path in _rule_files(folder)
        ]
        own_derivations = [n for _, nodes in documents for n in nodes if is_derivation(n)]
        derivations = (*(standard.derivations if standard else ()), *own_derivations)
        tables = tables_in(folder, self.root, self.notes, own=standard is not None)
        below = standard.tables if standard else {}
        together = {
            name: [each[name] for each in (tables, below) if name in each]
            for name in sorted({*tables, *below})
        }
        words = Vocabulary(self.glossary)
        words.by_entity.setdefault("unit", {})
        named = declared(derivations, words, self.notes)
        derived = DerivationReader(words, together, self.notes).derived(named)
        reader = RuleReader(words, self.glossary, self.holds, self.notes)
        own = tuple(rule for path, nodes in documents for rule in self._rules(reader, path, nodes))
        self._refuse_idle(tables, derived)
        return _Read(
            own=own,
            rules=(*(standard.rules if standard else ()), *own),
            derivations=derivations,
            derived=derived,
            tables=tables,
        )

    def _rules(self, reader: RuleReader, path: Path, documents: list[Node]) -> tuple[Rule, ...]:
        rules = reader.rules(documents)
        if not rules and not any(map(is_derivation, documents)):
            name = path.relative_to(self.root.parent).as_posix()
            self.notes.add(Place(file=name), "there is no rule in this file")
        return rules

    def _refuse_idle(self, tables: dict[str, RuleTable], derived: tuple[Derived, ...]) -> None:
        """A table that nothing looks up is a misspelt name or a forgotten file."""
        read = {row.written_at.rpartition(":")[0] for each in derived for row in each.rows}
        for table in tables.values():
            if any(table.table.lines) and table.table.file not in read and not self.notes.mistakes:
                self.notes.add(
                    Place(file=table.table.file),
                    "no derivation looks anything up in this table",
                    mend="name it in `look up:`, or remove it",
                )


def load_withdrawn(folder: Path) -> frozenset[str]:
    """What `rules/withdrawn.yaml` says is gone on purpose: rule ids, `card CUSTOMER`, ...

    Raises:
        FileError: with every mistake of the file.
    """
    notes = Notes()
    path = folder / "withdrawn.yaml"
    documents = _documents(path, folder, notes) if path.exists() else []
    found = {scalar.text for each in documents for scalar in scalars_in(each, notes)}
    if notes.mistakes:
        raise FileError("the withdrawals are not accepted", notes.mistakes)
    return frozenset(found)


def _rule_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.yaml") if not path.name.endswith(".cases.yaml"))


def _documents(path: Path, root: Path, notes: Notes) -> list[Node]:
    name = path.relative_to(root.parent).as_posix()
    try:
        return load(path.read_text(encoding="utf-8"), name)
    except FileNotFoundError:
        notes.add(Place(file=name), "this file is missing")
    except UnicodeDecodeError as error:
        notes.add(Place(file=name, byte_offset=error.start), "the file is not UTF-8 text")
    except FileError as error:
        notes.mistakes.extend(error.mistakes)
    return []


def _glossary(documents: Iterable[Node], notes: Notes) -> Iterable[Name]:
    seen: set[tuple[str, str]] = set()
    for document in documents:
        for entity, names in _entries(document):
            for key, node in _entries(names):
                _refuse_again(key, (entity.text, key.text), seen, notes)
                fields = Fields(node, notes, f"name `{key.text}`")
                allowed = tuple(word.text for word in fields.words("allowed"))
                word = fields.word("type", [kind.value for kind in ValueType])
                yield Name(
                    entity=entity.text,
                    name=key.text,
                    value_type=ValueType(word) if word else ValueType.TEXT,
                    says=fields.text("says"),
                    source=fields.text("from"),
                    unit=fields.text("unit", ""),
                    allowed=allowed,
                    always=fields.yes_no("always", default=False),
                    personal=fields.yes_no("personal", default=False),
                )
                fields.finish()


def _holds(documents: Iterable[Node], notes: Notes) -> Iterable[HoldKind]:
    seen: set[tuple[str, str]] = set()
    for document in documents:
        for key, node in _entries(document):
            _refuse_again(key, ("hold", key.text), seen, notes)
            fields = Fields(node, notes, f"hold `{key.text}`")
            yield HoldKind(
                code=key.text,
                says=fields.text("says"),
                owner=fields.text("owner"),
                waits_for=fields.text("waits for"),
                way_out=fields.text("way out"),
                due_hours=fields.whole("due hours"),
                waivable=fields.yes_no("waivable"),
                severity=Severity(fields.word("severity", ("block", "warn"), "block")),
                by_service=fields.yes_no("placed by the service", default=False),
            )
            fields.finish()


def _refuse_again(
    key: Scalar, what: tuple[str, str], seen: set[tuple[str, str]], notes: Notes
) -> None:
    """A name in two documents of one file would silently be its last meaning."""
    if what in seen:
        notes.add(key.place, f"`{key.text}` of {what[0]} is given twice in this file")
    seen.add(what)


def _entries(node: Node) -> tuple[tuple[Scalar, Node], ...]:
    return node.entries if isinstance(node, Mapping) else ()


def _unique_ids(rules: Iterable[Rule], notes: Notes) -> None:
    counted = Counter(rule.rule_id for rule in rules)
    for rule in rules:
        if rule.rule_id and counted[rule.rule_id] > 1:
            file, _, line = rule.written_at.rpartition(":")
            notes.add(Place(file=file, line=int(line)), f"id {rule.rule_id} is used twice")


def _service_holds_present(holds: Iterable[HoldKind], folder: Path, notes: Notes) -> None:
    known = {hold.code for hold in holds if hold.by_service}
    notes.mistakes.extend(
        Mistake(
            place=Place(file=f"{folder.name}/holds.yaml"),
            what=f"the service places {code}, and the catalogue does not explain it",
        )
        for code in SERVICE_HOLDS
        if code not in known
    )
