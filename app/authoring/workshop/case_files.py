"""Cases beside the rules, read into views: the same names, the same types, places for mistakes."""

from collections.abc import Collection, Iterable
from pathlib import Path

import msgspec

from app.authoring.files.located_yaml import Mapping, Node, Scalar, Sequence, load
from app.authoring.files.sums import literal_in
from app.authoring.files.typed_fields import Fields, Notes
from app.errors import FileError, Place
from app.judgement.rulebook.model import Name, RulePack, ValueType, constant_of
from app.judgement.rulebook.seen import Item, Seen, View
from app.judgement.verdict import Verdict
from app.money import Money

VERDICTS = tuple(each.value for each in Verdict)
LAID_OVER = ("unit", "items")


class RuleCase(msgspec.Struct, frozen=True, kw_only=True):
    """A unit as a biller describes it, and what the rules must say of it."""

    name: str
    folder: str
    """The pack it is a case of."""
    view: View
    fires: tuple[str, ...]
    """Ids of the requirements that must fire; no other may."""
    verdict: str
    boundary_of: tuple[str, ...] = ()
    """Holds of which it shows the nearest value that just does, or just does not, place them."""
    started_from: str
    """The ordinary unit it is laid over."""
    place: Place

    @property
    def lines(self) -> list[tuple[str, Money]]:
        """The charge lines, for the verdict."""
        charges = [item for item in self.view.items if item.entity == "charge"]
        amounts = [(item.key, item.values.get("amount", Seen(None)).value) for item in charges]
        return [(key, amount) for key, amount in amounts if isinstance(amount, Money)]


def read_cases(folder: Path, packs: Collection[RulePack]) -> tuple[RuleCase, ...]:
    """Every case under the rules, each laid over the ordinary unit it starts from.

    Raises:
        FileError: with every mistake of every file.
    """
    notes = Notes()
    documents = [
        (path.parent.name, node)
        for path in sorted(folder.rglob("*.cases.yaml"))
        for node in _documents(path, folder, notes)
    ]
    reader = _CaseReader(packs, notes)
    reader.learn(node for _, node in documents)
    cases = [case for name, node in documents if (case := reader.case(name, node))]
    if notes.mistakes:
        raise FileError("the cases are not accepted", notes.once())
    return tuple(cases)


def _documents(path: Path, root: Path, notes: Notes) -> list[Node]:
    name = path.relative_to(root.parent).as_posix()
    try:
        return load(path.read_text(encoding="utf-8"), name)
    except UnicodeDecodeError as error:
        notes.add(Place(file=name, byte_offset=error.start), "the file is not UTF-8 text")
    except FileError as error:
        notes.mistakes.extend(error.mistakes)
    return []


class _CaseReader:
    """Reads cases against the packs' glossary, rules and holds."""

    def __init__(self, packs: Collection[RulePack], notes: Notes) -> None:
        self.packs = {pack.name: pack for pack in packs}
        self.notes = notes
        self.ordinary: dict[str, Mapping] = {}
        self.names: dict[str, dict[str, Name]] = {}
        for pack in packs:
            for name in pack.glossary:
                self.names.setdefault(name.entity, {})[name.name] = name

    def learn(self, documents: Iterable[Node]) -> None:
        """Remember the ordinary units, which stand in any of the files."""
        for node in documents:
            name = node.get("ordinary") if isinstance(node, Mapping) else None
            if isinstance(node, Mapping) and isinstance(name, Scalar):
                if name.text in self.ordinary:
                    self.notes.add(name.place, f"an ordinary {name.text!r} is there already")
                self.ordinary.setdefault(name.text, node)

    def case(self, folder: str, node: Node) -> RuleCase | None:
        """The case, or None where it cannot be read at all."""
        before = len(self.notes.mistakes)
        fields = Fields(node, self.notes, "case")
        if fields.map.get("ordinary") is not None:
            started_from = fields.text("ordinary")
            name, base = f"an ordinary {started_from} unit", fields.map
            fields.asked.update(LAID_OVER)
        else:
            name, start = fields.text("case"), fields.scalar("from")
            if start is None or start.text not in self.ordinary:
                if start is not None:
                    self.notes.wrong_word(start, "ordinary unit", self.ordinary)
                return None
            started_from, base = start.text, self.ordinary[start.text]
        pack = self.packs.get(folder)
        if pack is None:
            self.notes.add(node.place, f"there are no rules for {folder!r}", ", ".join(self.packs))
            return None
        view = View(
            unit=self._values("unit", (base.get("unit"), fields.node("but"))),
            items=tuple(self._items((base.get("items"), fields.node("items")))),
        )
        case = RuleCase(
            name=name,
            folder=folder,
            view=view,
            fires=self._fires(fields, pack),
            verdict=fields.word("verdict", VERDICTS),
            boundary_of=self._boundary_of(fields, pack),
            started_from=started_from,
            place=node.place,
        )
        fields.finish()
        return case if len(self.notes.mistakes) == before else None

    def _values(self, entity: str, maps: Iterable[Node | None]) -> dict[str, Seen]:
        """The values of later maps over those of earlier ones."""
        known = self.names.get(entity, {})
        laid: dict[str, tuple[Scalar, Node]] = {}
        for node in maps:
            if isinstance(node, Mapping):
                laid |= {key.text: (key, value) for key, value in node.entries}
            elif node is not None:
                self.notes.add(node.place, "values are written as {name: value, name: value}")
        found = {}
        for key, node in laid.values():
            if key.text not in known:
                self.notes.wrong_word(key, f"name of a {entity}", known)
            elif not isinstance(node, Scalar):
                self.notes.add(node.place, f"`{key.text}` needs one value")
            else:
                found[key.text] = self._value(known[key.text], node)
        return found

    def _value(self, name: Name, node: Scalar) -> Seen:
        """`unknown` is no value, except where it is the customer's name or an allowed word."""
        text = node.text.strip()
        word = name.always and name.value_type is ValueType.TEXT
        if text == "unknown" and not word and text not in name.allowed:
            return Seen(None)
        literal = literal_in(name, text, node, self.notes)
        return Seen(constant_of(literal) if literal else None)

    def _items(self, maps: Iterable[Node | None]) -> Iterable[Item]:
        """The items; a kind that is named again replaces all of its kind."""
        kinds: dict[str, Node] = {}
        for node in maps:
            for key, value in node.entries if isinstance(node, Mapping) else ():
                if key.text == "unit" or key.text not in self.names:
                    self.notes.wrong_word(key, "kind of thing", self.names.keys() - {"unit"})
                else:
                    kinds[key.text] = value
        for entity, listed in kinds.items():
            if not isinstance(listed, Sequence):
                self.notes.add(listed.place, f"the {entity} items are a list, perhaps empty: []")
                continue
            for number, one in enumerate(listed.items):
                values = self._values(entity, (one,))
                charge = values["charge"].value if entity == "charge" and "charge" in values else ""
                yield Item(entity=entity, key=str(charge or number), values=values)

    def _fires(self, fields: Fields, pack: RulePack) -> tuple[str, ...]:
        ids = {rule.rule_id for rule in pack.rules}
        words = fields.words("fires")
        if fields.map.get("fires") is None:
            self.notes.add(fields.place, "the case does not say what fires", "fires: [], or ids")
        for word in words:
            if word.text not in ids:
                self.notes.wrong_word(word, "rule", ids)
        return tuple(sorted({word.text for word in words}))

    def _boundary_of(self, fields: Fields, pack: RulePack) -> tuple[str, ...]:
        codes = {hold.code for hold in pack.holds}
        words = fields.words("boundary of")
        for word in words:
            if word.text not in codes:
                self.notes.wrong_word(word, "hold", codes)
        return tuple(word.text for word in words)
