"""Mapping files as people write them, `rules/partners/P/mappings/*.yaml`, read and checked.

What a mapping may fill is what the facts themselves declare: names, types and words come from
there, so a new field of a fact needs no new reader. Every mistake is reported at its line and
column, with the nearest name and what is allowed.
"""

from collections.abc import Callable
from typing import TypeVar

from msgspec import inspect

from app.authoring.files import located_yaml
from app.authoring.files.located_yaml import Mapping as MapNode
from app.authoring.files.located_yaml import Node, Scalar, Sequence
from app.authoring.files.mapping_layouts import layout_in
from app.authoring.files.mapping_values import (
    TEXT,
    Source,
    conditions_in,
    ignored_in,
    names_of,
    one_document,
    read_value,
    struct_of,
    words_of,
)
from app.authoring.files.typed_fields import Fields, Notes
from app.errors import FileError, Place
from app.evidence.facts.fact import Classifier, Quality
from app.evidence.facts.reference import ReferenceKind
from app.evidence.intake.canonical import ENTITIES
from app.evidence.intake.feed import Format
from app.evidence.intake.mapped.model import (
    CodeMap,
    Entries,
    Entry,
    Field,
    Group,
    MappedFact,
    MappedMessage,
    NamedNumber,
    Value,
)
from app.evidence.intake.mapped.model import Mapping as FileMapping
from app.evidence.intake.mapped.reading import READ_BY_MAPPING
from app.evidence.intake.mapped.shapes import declared, given_type
from app.measures import Instant

MESSAGE_KEYS = ("each", "ignore", "message_id", "instance", "facts")
_moment = inspect.type_info(Instant)
_whole = inspect.IntType()
T = TypeVar("T")
KINDS = tuple(kind.value for kind in ReferenceKind if kind is not ReferenceKind.MESSAGE)
"""Kinds of number a mapping may give a fact; only a withdrawal names a message."""


def mapping_of(file: str, text: str, notes: Notes) -> FileMapping | None:
    """The mapping in a text, or None where it has mistakes, which are noted.

    Args:
        file: `acme/mappings/wms.yaml`; the folder is the partner, the name the mapping's.
        text: the whole file.
        notes: takes the mistakes.
    """
    before = len(notes.mistakes)
    try:
        top = one_document(located_yaml.load(text, file), notes, Place(file=file))
    except FileError as error:
        notes.mistakes += error.mistakes
        return None
    made = _MappingFile(file, top, notes).mapping() if top else None
    return made if len(notes.mistakes) == before else None


class _MappingFile:
    """One mapping file while it is read."""

    def __init__(self, file: str, top: Node, notes: Notes) -> None:
        self.partner = file.split("/", maxsplit=1)[0]
        self.name = file.rsplit("/", maxsplit=1)[-1].removesuffix(".yaml")
        self.notes = notes
        self.fields = Fields(top, notes, "mapping")

    def mapping(self) -> FileMapping | None:
        fields = self.fields
        name = fields.scalar("mapping")
        if name and name.text != self.name:
            self.notes.add(
                name.place, f"`mapping` is {name.text!r}", f"the file's name, {self.name}"
            )
        form = fields.word("format", READ_BY_MAPPING)
        version = fields.text("version")
        codes, words = self._codes(fields.node("codes"))
        layout = layout_in(fields, form)
        source = Source(
            self.notes,
            is_json=form == Format.JSON,
            columns=layout.columns,
            codes=codes,
            words=words,
        )
        ignored = ignored_in(source, fields.node("ignore_documents")) if source.is_json else ()
        messages = self._messages(source)
        fields.finish()
        if form not in tuple(READ_BY_MAPPING):
            return None
        return FileMapping(
            partner=self.partner,
            name=self.name,
            format=Format(form),
            version=version,
            csv=layout.csv,
            fixed_width=layout.fixed_width,
            xlsx=layout.xlsx,
            numbers=layout.numbers,
            ignore_documents=ignored,
            codes=codes,
            messages=messages,
        )

    def _codes(self, node: Node | None) -> tuple[dict[str, CodeMap], dict[tuple[str, str], Scalar]]:
        """The code maps by name, and where each of their words stands."""
        maps: dict[str, CodeMap] = {}
        places: dict[tuple[str, str], Scalar] = {}
        for name, part in Fields(node, self.notes, "codes").map.entries if node else ():
            fields = Fields(part, self.notes, f"code map `{name.text}`")
            words = fields.node("words")
            pairs = Fields(words, self.notes, "words").map.entries if words else ()
            found = {code.text: word for code, word in pairs if isinstance(word, Scalar)}
            if not found:
                self.notes.add(part.place, f"code map `{name.text}` has no `words`")
            maps[name.text] = CodeMap(
                version=fields.text("version"),
                words={code: word.text for code, word in found.items()},
            )
            places |= {(name.text, code): word for code, word in found.items()}
            fields.finish()
        return maps, places

    def _messages(self, source: Source) -> tuple[MappedMessage, ...]:
        """The kinds of message: a list of them, or the one that the file itself describes."""
        several = self.fields.node("messages") if source.is_json else None
        if several is None:
            return (_message(source, self.fields),)
        self._refuse_both()
        if not isinstance(several, Sequence):
            self.notes.add(several.place, "`messages` is no list", "- each: ...")
            return ()
        return tuple(self._one_of_several(source, node) for node in several.items)

    def _refuse_both(self) -> None:
        for key in MESSAGE_KEYS:
            if (node := self.fields.node(key)) is not None:
                self.notes.add(node.place, f"`{key}` stands beside `messages`", "one of the two")

    def _one_of_several(self, source: Source, node: Node) -> MappedMessage:
        fields = Fields(node, self.notes, "message")
        made = _message(source, fields)
        fields.finish()
        return made


def _message(source: Source, fields: Fields) -> MappedMessage:
    instance = fields.node("instance")
    return MappedMessage(
        each=source.paths(fields, "each") if source.is_json else (),
        ignore=ignored_in(source, fields.node("ignore")),
        message_id=_message_id(source, fields.node("message_id")),
        instance=read_value(source, instance, TEXT, "instance") if instance else None,
        facts=_listed(fields, "facts", lambda node: _fact(source, node)),
    )


def _message_id(source: Source, node: Node | None) -> tuple[Value, ...]:
    if node is None:
        return (Value(row_digest=True),)
    nodes = node.items if isinstance(node, Sequence) else (node,)
    return tuple(read_value(source, each, TEXT, "message_id") for each in nodes)


def _listed(fields: Fields, key: str, read: Callable[[Node], T | None]) -> tuple[T, ...]:
    """What a list holds, each read; it may not be empty."""
    node = fields.node(key)
    if not isinstance(node, Sequence) or not node.items:
        fields.notes.add(node.place if node else fields.place, f"`{key}` needs a list", "- ...")
        return ()
    return tuple(made for each in node.items if (made := read(each)) is not None)


def _fact(source: Source, node: Node) -> MappedFact | None:
    fields = Fields(node, source.notes, "fact")
    entity = fields.word("entity", tuple(ENTITIES))
    if entity not in ENTITIES:
        return None
    struct = declared(ENTITIES[entity])
    classifier, revision = fields.node("classifier"), fields.node("revision")
    body = fields.node("fields")
    made = MappedFact(
        entity=entity,
        each=source.named(fields, "each") if source.is_json else "",
        when=conditions_in(source, fields.node("when")),
        classifier=read_value(source, classifier, inspect.EnumType(Classifier), "classifier")
        if classifier
        else Value(constant=Classifier.ACTUAL),
        quality=Quality(fields.word("quality", tuple(Quality), Quality.API) or Quality.API),
        occurred_at=_moment_in(source, fields, "occurred_at"),
        recorded_at=_moment_in(source, fields, "recorded_at"),
        revision=read_value(source, revision, _whole, "revision") if revision else None,
        fields=_filled(source, body, struct, entity) if body else {},
        references=_references(source, fields.node("references")),
    )
    if body is None:
        source.notes.add(node.place, f"the {entity} has no `fields`")
    fields.finish()
    return made


def _moment_in(source: Source, fields: Fields, key: str) -> Value:
    node = fields.node(key)
    if node is None:
        source.notes.add(fields.place, f"the fact has no `{key}`", "{from: COLUMN OR PATH}")
        return Value()
    return read_value(source, node, _moment, key)


def _filled(source: Source, node: Node, struct: inspect.StructType, thing: str) -> dict[str, Field]:
    """The fields of a struct; one that it does not have or lacks is a mistake."""
    names = names_of(struct)
    found: dict[str, Field] = {}
    for key, value in Fields(node, source.notes, thing).map.entries:
        if key.text not in names:
            source.notes.wrong_word(key, f"field of a {thing}", tuple(names))
        else:
            found[key.text] = _field(source, value, names[key.text], f"{thing} {key.text}")
    for name, field in names.items():
        if field.required and name not in found:
            source.notes.add(node.place, f"the {thing} has no `{name}`, which it needs")
    return found


def _field(source: Source, node: Node, field: inspect.Field, thing: str) -> Field:
    type_ = given_type(field.type)
    if struct := struct_of(type_):
        return Group(fields=_filled(source, node, struct, field.name))
    if isinstance(type_, inspect.VarTupleType):
        item = given_type(type_.item_type)
        if struct := struct_of(item):
            nodes = node.items if isinstance(node, Sequence) else (node,)
            entries = tuple(_entry(source, each, struct, field.name) for each in nodes)
            return Entries(entries=entries)
        return read_value(source, node, item, thing)
    return read_value(source, node, type_, thing)


def _entry(source: Source, node: Node, struct: inspect.StructType, thing: str) -> Entry:
    """One struct of a list: `each` and `when` beside its fields."""
    fields = Fields(node, source.notes, thing)
    each = source.named(fields, "each") if source.is_json else ""
    when = conditions_in(source, fields.node("when"))
    aside = ("each", "when") if source.is_json else ("when",)
    rest = tuple(pair for pair in fields.map.entries if pair[0].text not in aside)
    return Entry(
        each=each, when=when, fields=_filled(source, MapNode(rest, node.place), struct, thing)
    )


def _references(source: Source, node: Node | None) -> tuple[NamedNumber, ...]:
    if node is None:
        return ()
    nodes = node.items if isinstance(node, Sequence) else (node,)
    return tuple(_reference(source, each) for each in nodes)


def _reference(source: Source, node: Node) -> NamedNumber:
    fields = Fields(node, source.notes, "reference")
    each = source.named(fields, "each") if source.is_json else ""
    when = conditions_in(source, fields.node("when"))
    kinds = inspect.LiteralType(KINDS)
    values: dict[str, Value] = {}
    for key, type_ in (("kind", kinds), ("number", TEXT), ("issuer", TEXT)):
        part = fields.node(key)
        if part is not None:
            values[key] = read_value(source, part, type_, key)
        elif key != "issuer":
            allowed = ", ".join(words_of(type_))
            source.notes.add(fields.place, f"the reference has no `{key}`", allowed)
            values[key] = Value()
    fields.finish()
    return NamedNumber(
        each=each,
        when=when,
        kind=values["kind"],
        value=values["number"],
        issuer=values.get("issuer"),
    )
