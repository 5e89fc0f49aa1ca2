"""Rule files, glossary and hold catalogue become rule packs, one for each customer.

The language is explained to the people who write it in `rules/README.md`.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec

from app.authoring.files.conditions import Vocabulary
from app.authoring.files.derived_files import WORD as DERIVE
from app.authoring.files.derived_files import DerivationReader, declared, is_derivation
from app.authoring.files.located_yaml import Mapping, Node, Scalar, Sequence, load, nearest
from app.authoring.files.rule_tables import RuleTable, tables_in
from app.authoring.files.typed_fields import Fields, Notes, scalars_in
from app.errors import FileError, Mistake, Place
from app.judgement.rulebook.model import (
    Condition,
    Derived,
    HoldKind,
    Kind,
    Name,
    Pattern,
    ProvisionalTerms,
    Quantifier,
    Rule,
    RulePack,
    Scope,
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
)
PERMISSIONS = {
    "release": Kind.RELEASE,
    "no bill": Kind.NO_BILL,
    "provisional": Kind.PROVISIONAL,
}
BEGINNINGS = ("checklist", *PERMISSIONS, DERIVE)
ON_EXPIRY = ("escalate", "credit in full", "final at estimate")


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
        reader = _RuleReader(words, self.glossary, self.holds, self.notes)
        own = reader.rules(documents, self.root)
        self._refuse_idle(tables, derived)
        return _Read(
            own=own,
            rules=(*(standard.rules if standard else ()), *own),
            derivations=derivations,
            derived=derived,
            tables=tables,
        )

    def _refuse_idle(self, tables: dict[str, RuleTable], derived: tuple[Derived, ...]) -> None:
        """A table that nothing looks up is a misspelt name or a forgotten file."""
        read = {row.written_at.rpartition(":")[0] for each in derived for row in each.rows}
        for table in tables.values():
            if table.table.lines and table.table.file not in read and not self.notes.mistakes:
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
    for document in documents:
        for entity, names in _entries(document):
            for key, node in _entries(names):
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
    for document in documents:
        for key, node in _entries(document):
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


def _entries(node: Node) -> tuple[tuple[Scalar, Node], ...]:
    return node.entries if isinstance(node, Mapping) else ()


class _RuleReader:
    """Reads rule documents against one glossary and one catalogue."""

    def __init__(
        self,
        words: Vocabulary,
        glossary: tuple[Name, ...],
        holds: tuple[HoldKind, ...],
        notes: Notes,
    ) -> None:
        self.words = words
        self.always = {name.name for name in glossary if name.entity == "unit" and name.always}
        self.holds = {hold.code: hold for hold in holds}
        self.notes = notes

    def rules(self, files: Iterable[tuple[Path, list[Node]]], root: Path) -> tuple[Rule, ...]:
        """All rules of these files."""
        found: list[Rule] = []
        for path, documents in files:
            before = len(found)
            for document in documents:
                if not is_derivation(document):
                    found.extend(self._document(document))
            if len(found) == before and not any(map(is_derivation, documents)):
                name = path.relative_to(root.parent).as_posix()
                self.notes.add(Place(file=name), "there is no rule in this file")
        return tuple(found)

    def _document(self, node: Node) -> Iterable[Rule]:
        keys = node.keys() if isinstance(node, Mapping) else ()
        if "checklist" in keys:
            return list(self._checklist(Fields(node, self.notes, "checklist")))
        for word, kind in PERMISSIONS.items():
            if word in keys:
                return list(self._permission(Fields(node, self.notes, word), word, kind))
        close = nearest(keys[0], BEGINNINGS) if keys else ""
        self.notes.add(
            node.place,
            "a document begins with what it is",
            ", ".join(BEGINNINGS),
            f"did you mean {close!r}?" if close else "",
        )
        return []

    def _checklist(self, fields: Fields) -> Iterable[Rule]:
        name, owner = fields.text("checklist"), fields.text("owner")
        applies = self._applies(fields)
        first, before = fields.days("effective")
        edition_by = fields.word("edition by", ("as-of", "service date"), "as-of")
        required = fields.node("require")
        fields.finish()
        if not isinstance(required, Sequence):
            self.notes.add(fields.place, "`require` lists at least one requirement")
            return
        for node in required.items:
            entry = Fields(node, self.notes, "requirement")
            pattern = self._pattern(entry, item_unless=True)
            outcome = entry.scalar("otherwise")
            hold, scope = self._outcome(outcome, pattern)
            rule = Rule(
                rule_id=entry.text("id"),
                kind=Kind.REQUIRE,
                checklist=name,
                owner=owner,
                effective_from=first,
                effective_before=before,
                edition_by=edition_by,
                applies=applies,
                patterns=(pattern,) if pattern else (),
                unless=self._unit_unless(entry, pattern),
                hold=hold,
                scope=scope,
                say=entry.text("say"),
                ask=entry.text("ask", ""),
                written_at=f"{node.place.file}:{node.place.line}",
            )
            entry.finish()
            yield rule

    def _permission(self, fields: Fields, word: str, kind: Kind) -> Iterable[Rule]:
        first, before = fields.days("effective")
        when = fields.node("when")
        patterns = []
        for node in when.items if isinstance(when, Sequence) else ():
            entry = Fields(node, self.notes, "pattern")
            if pattern := self._pattern(entry, item_unless=True):
                patterns.append(pattern)
            entry.finish()
        if not patterns:
            self.notes.add(fields.place, "`when` lists at least one pattern")
        yield Rule(
            rule_id=fields.text("id"),
            kind=kind,
            checklist=fields.text(word),
            owner=fields.text("owner"),
            effective_from=first,
            effective_before=before,
            edition_by=fields.word("edition by", ("as-of", "service date"), "as-of"),
            applies=self._applies(fields),
            patterns=tuple(patterns),
            say=fields.text("say"),
            provisional=self._terms(fields) if kind is Kind.PROVISIONAL else None,
            written_at=f"{fields.place.file}:{fields.place.line}",
        )
        fields.finish()

    def _terms(self, fields: Fields) -> ProvisionalTerms | None:
        waives = fields.words("waives")
        for code in waives:
            if code.text not in self.holds:
                self.notes.wrong_word(code, "hold", self.holds)
            elif not self.holds[code.text].waivable:
                self.notes.add(code.place, f"{code.text} can never be waived (see holds.yaml)")
        up_to, exposure = fields.money("up to"), fields.money("exposure up to")
        after = fields.text("expires after").split()
        if not (len(after) == 2 and after[0].isdecimal() and after[1] == "days"):
            self.notes.add(fields.place, "`expires after` is a number of days", "14 days")
            after = ["0", "days"]
        on_expiry = fields.word("on expiry", ON_EXPIRY)
        if not waives or up_to is None or exposure is None:
            self.notes.add(fields.place, "a provisional needs `waives`, `up to`, `exposure up to`")
            return None
        return ProvisionalTerms(
            waives=tuple(code.text for code in waives),
            up_to=up_to,
            exposure_up_to=exposure,
            expires_after_days=int(after[0]),
            on_expiry=on_expiry,
        )

    def _applies(self, fields: Fields) -> tuple[Condition, ...]:
        node = fields.node("applies to")
        if isinstance(node, Scalar) and node.text == "every unit":
            return ()
        if node is None:
            self.notes.add(fields.place, f"the {fields.thing} has no `applies to`", "every unit")
            return ()
        for key, _ in _entries(node):
            if key.text in self.words.by_entity["unit"] and key.text not in self.always:
                self.notes.add(
                    key.place,
                    f"`{key.text}` may be missing, and a rule must not vanish with it",
                    ", ".join(sorted(self.always)),
                    "put it into the requirement instead",
                )
        return self.words.conditions("unit", node, self.notes)

    def _pattern(self, fields: Fields, *, item_unless: bool) -> Pattern | None:
        """The one key of the entry that is a pattern: `a document`, `no conflict`, `shipment`."""
        for key, node in fields.map.entries:
            first, _, thing = key.text.partition(" ")
            if key.text in {"shipment", "unit"}:
                quantifier, entity = Quantifier.UNIT, "unit"
            elif thing and first in {"a", "an", "no", "every"}:
                quantifier = Quantifier.SOME if first == "an" else Quantifier(first)
                entity = thing.strip().replace(" ", "_")
            else:
                continue
            fields.asked.add(key.text)
            if entity != "unit" and entity not in self.words.entities():
                self.notes.wrong_word(
                    Scalar(thing, key.place), "kind of thing", self.words.entities()
                )
                return None
            conditions = self.words.conditions(entity, node, self.notes)
            unless: tuple[Condition, ...] = ()
            if item_unless and quantifier is Quantifier.EVERY:
                unless = self.words.conditions(entity, fields.node("unless"), self.notes)
            return Pattern(
                quantifier=quantifier, entity=entity, conditions=conditions, unless=unless
            )
        self.notes.add(
            fields.place,
            "nothing says what is required",
            "`a document: {...}`, `no conflict: {...}`, `every charge: {...}`, `shipment: {...}`",
        )
        return None

    def _unit_unless(self, entry: Fields, pattern: Pattern | None) -> tuple[Condition, ...]:
        """`unless` speaks of the item where every item is meant, else of the unit."""
        if pattern is None or pattern.quantifier is Quantifier.EVERY:
            return self.words.conditions("unit", entry.node("unless unit"), self.notes)
        return self.words.conditions("unit", entry.node("unless"), self.notes)

    def _outcome(self, outcome: Scalar | None, pattern: Pattern | None) -> tuple[str, Scope]:
        """`hold CODE` or `hold the line CODE`."""
        if outcome is None:
            return "", Scope.INVOICE
        words = outcome.text.split()
        code = words[-1]
        if words[:-1] not in (["hold"], ["hold", "the", "line"]):
            self.notes.add(outcome.place, f"{outcome.text!r}", "hold CODE, hold the line CODE")
        elif code not in self.holds:
            self.notes.wrong_word(Scalar(code, outcome.place), "hold", self.holds)
        elif self.holds[code].by_service:
            self.notes.add(outcome.place, f"{code} is placed by the service, never by a rule")
        on_line = words[:-1] == ["hold", "the", "line"]
        if (
            on_line
            and pattern
            and (pattern.entity, pattern.quantifier)
            != (
                "charge",
                Quantifier.EVERY,
            )
        ):
            self.notes.add(outcome.place, "only `every charge` can hold a line")
        return code, Scope.LINE if on_line else Scope.INVOICE


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
