"""One document of a rule file becomes rules: a checklist, or a permission."""

from collections.abc import Iterable

from app.authoring.files.conditions import Vocabulary
from app.authoring.files.derived_files import WORD as DERIVE
from app.authoring.files.derived_files import is_derivation
from app.authoring.files.located_yaml import Mapping, Node, Scalar, Sequence, nearest
from app.authoring.files.provisional_terms import terms_in
from app.authoring.files.typed_fields import Fields, Notes
from app.judgement.rulebook.model import (
    Condition,
    HoldKind,
    Kind,
    Name,
    Pattern,
    Quantifier,
    Rule,
    Scope,
)

PERMISSIONS = {
    "release": Kind.RELEASE,
    "no bill": Kind.NO_BILL,
    "provisional": Kind.PROVISIONAL,
}
BEGINNINGS = ("checklist", *PERMISSIONS, DERIVE)


class RuleReader:
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

    def rules(self, documents: Iterable[Node]) -> tuple[Rule, ...]:
        """All rules of these documents; what derives a name is read elsewhere."""
        return tuple(
            rule
            for document in documents
            if not is_derivation(document)
            for rule in self._document(document)
        )

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
            provisional=terms_in(fields, self.holds) if kind is Kind.PROVISIONAL else None,
            written_at=f"{fields.place.file}:{fields.place.line}",
        )
        fields.finish()

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


def _entries(node: Node | None) -> tuple[tuple[Scalar, Node], ...]:
    return node.entries if isinstance(node, Mapping) else ()
