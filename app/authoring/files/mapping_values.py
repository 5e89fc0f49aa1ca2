"""Single values of a mapping file: where they stand, what they mean, how they are written."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Literal, cast

from msgspec import inspect

from app.authoring.files.located_yaml import Mapping as MapNode
from app.authoring.files.located_yaml import Node, Scalar, Sequence
from app.authoring.files.typed_fields import Fields, Notes, scalars_in
from app.errors import Place
from app.evidence.intake.mapped.model import CodeMap, Condition, Value
from app.evidence.intake.mapped.paths import parsed
from app.evidence.intake.mapped.shapes import MEASURES, given_type
from app.evidence.intake.mapped.texts import PARTS, is_format, point_number
from app.evidence.intake.mapped.values import YES_NO
from app.evidence.intake.zones import is_zone
from app.measures import Distance, DistanceUnit, Weight, WeightUnit
from app.money import MINOR_UNITS, Money

TEXT = inspect.StrType()
VALUE_FORM = "a text, or {from: COLUMN OR PATH, ...}"


class Source:
    """What a value may refer to: the columns of the table, and the mapping's code maps."""

    def __init__(
        self,
        notes: Notes,
        *,
        is_json: bool,
        columns: Collection[str] = (),
        codes: Mapping[str, CodeMap],
        words: Mapping[tuple[str, str], Scalar],
    ) -> None:
        self.notes, self.is_json, self.columns = notes, is_json, tuple(columns)
        self.codes, self.words = codes, words

    def path(self, scalar: Scalar) -> str:
        """A column, or a path into JSON; a mistake is noted."""
        text = scalar.text.strip()
        if self.is_json:
            try:
                parsed(text)
            except ValueError as error:
                self.notes.add(scalar.place, str(error), "tracking_details[*].status, ^.id, $.id")
        elif self.columns and text not in self.columns:
            self.notes.wrong_word(scalar, "column", self.columns)
        return text

    def named(self, fields: Fields, key: str) -> str:
        """The column or path under a key, or nothing."""
        scalar = fields.scalar(key, needed=False)
        return self.path(scalar) if scalar else ""

    def paths(self, fields: Fields, key: str) -> tuple[str, ...]:
        """The columns or paths under a key."""
        return tuple(self.path(scalar) for scalar in fields.words(key))


def read_value(source: Source, node: Node, type_: inspect.Type, thing: str) -> Value:
    """The value a node describes, checked against the type of the field it is for."""
    if isinstance(node, Scalar):
        _check_constant(source.notes, node, type_, thing)
        return Value(constant=node.text.strip())
    fields = Fields(node, source.notes, f"value of `{thing}` ({VALUE_FORM})")
    value = _value(source, fields, type_, thing)
    fields.finish()
    return value


def _value(source: Source, fields: Fields, type_: inspect.Type, thing: str) -> Value:
    constant = fields.scalar("is", needed=False)
    joined = fields.node("joined_by")
    alternatives = source.paths(fields, "first_of")
    value = Value(
        constant=constant.text.strip() if constant else None,
        paths=source.paths(fields, "from") or alternatives,
        first_of=bool(alternatives),
        joined_by=joined.text if isinstance(joined, Scalar) else " ",
        joins_many=joined is not None,
        take=cast(Literal["", "first", "last"], fields.word("take", ("first", "last"), "")),
        after=fields.text("after", ""),
        prefix=_verbatim(fields, "prefix"),
        code_map=_code_map(source, fields, type_),
        needed=fields.yes_no("needed", default=False),
        implied_decimals=fields.whole("implied_decimals", 0),
        formats=formats_in(fields, "written"),
        zone=_zone(fields),
        zone_from=source.named(fields, "zone_from"),
        offset_from=source.named(fields, "offset_from"),
        region_from=source.named(fields, "region_from"),
        country_from=source.named(fields, "country_from"),
        split_at=_verbatim(fields, "split_at"),
        row_digest=fields.yes_no("row_digest", default=False),
        without=tuple(scalar.text for scalar in fields.words("without")),
        **_measured(source, fields, type_, thing),
    )
    if constant:
        _check_constant(source.notes, constant, type_, thing)
    if sum((constant is not None, bool(value.paths), value.row_digest)) != 1:
        what = f"`{thing}` needs one of `from`, `first_of`, `is` and `row_digest`"
        source.notes.add(fields.place, what, VALUE_FORM)
    return value


def _verbatim(fields: Fields, key: str) -> str:
    """A text with its blanks."""
    scalar = fields.scalar(key, needed=False)
    return scalar.text if scalar else ""


def _zone(fields: Fields) -> str:
    scalar = fields.scalar("zone", needed=False)
    if scalar and not is_zone(scalar.text):
        what = f"{scalar.text!r} is no time zone"
        fields.notes.add(scalar.place, what, "an IANA zone: America/Chicago")
    return scalar.text if scalar else ""


def formats_in(fields: Fields, key: str) -> tuple[str, ...]:
    """How days and moments are written."""
    found = fields.words(key)
    for scalar in found:
        if not is_format(scalar.text):
            what = f"{scalar.text!r} does not say how a day is written"
            allowed = f"year, month and day, each once, of {', '.join(PARTS)}"
            fields.notes.add(scalar.place, what, allowed)
    return tuple(scalar.text for scalar in found)


def _measured(
    source: Source, fields: Fields, type_: inspect.Type, thing: str
) -> dict[str, Value | None]:
    """The unit or currency of a number, which a measure is nothing without."""
    parts: dict[str, Value | None] = {}
    cls = type_.cls if isinstance(type_, inspect.StructType) else None
    for key, (owners, words) in MEASURED.items():
        node = fields.node(key)
        if cls in owners and node is None:
            source.notes.add(fields.place, f"`{thing}` has no `{key}`", ", ".join(words(cls)))
        elif node is not None and cls not in owners:
            source.notes.add(node.place, f"`{thing}` is no measure with a `{key}`")
        elif node is not None:
            allowed = words(cls)
            parts[key] = read_value(source, node, TEXT, f"{thing} {key}")
            _check_words(source, parts[key], node, allowed, key)
    return parts


MEASURED: Mapping[str, tuple[tuple[type, ...], Callable[[type | None], tuple[str, ...]]]] = {
    "unit": (
        (Weight, Distance),
        lambda cls: tuple(WeightUnit) if cls is Weight else tuple(DistanceUnit),
    ),
    "measured_by": ((Distance,), lambda _: ()),
    "currency": ((Money,), lambda _: tuple(MINOR_UNITS)),
}
assert {cls for owners, _ in MEASURED.values() for cls in owners} == set(MEASURES), "all measures"


def _check_words(
    source: Source, value: Value | None, node: Node, allowed: tuple[str, ...], thing: str
) -> None:
    if value is None or not allowed:
        return
    if isinstance(node, Scalar) and node.text.strip() not in allowed:
        source.notes.wrong_word(node, thing, allowed)
    _check_map(source, value.code_map, allowed, thing)


def _code_map(source: Source, fields: Fields, type_: inspect.Type) -> str:
    scalar = fields.scalar("map", needed=False)
    if scalar is None:
        return ""
    if scalar.text not in source.codes:
        source.notes.wrong_word(scalar, "map under `codes`", tuple(source.codes))
        return ""
    _check_map(source, scalar.text, words_of(type_), fields.thing)
    return scalar.text


def _check_map(source: Source, name: str, allowed: tuple[str, ...], thing: str) -> None:
    """Whether every word of the map is one the field knows."""
    for code, word in source.codes[name].words.items() if name and allowed else ():
        if word not in allowed:
            source.notes.wrong_word(source.words[name, code], f"word for the {thing}", allowed)


def words_of(type_: inspect.Type) -> tuple[str, ...]:
    """The words a type allows, where it allows only some."""
    match given_type(type_):
        case inspect.EnumType(cls):
            return tuple(str(member.value) for member in cls)
        case inspect.LiteralType(values):
            return tuple(map(str, values))
        case inspect.BoolType():
            return tuple(YES_NO)
        case _:
            return ()


def _check_constant(notes: Notes, scalar: Scalar, type_: inspect.Type, thing: str) -> None:
    text = scalar.text.strip()
    if words := words_of(type_):
        if text not in words:
            notes.wrong_word(scalar, thing, words)
    elif isinstance(type_, inspect.StructType):
        notes.add(scalar.place, f"`{thing}` is no single text", "key: value lines")
    elif not text:
        notes.add(scalar.place, f"`{thing}` is empty", VALUE_FORM)
    elif reader := READERS.get(type(type_)):
        try:
            reader(text)
        except ValueError as error:
            notes.add(scalar.place, f"`{thing}`: {error}")


READERS: Mapping[type[inspect.Type], Callable[[str], object]] = {
    inspect.DecimalType: point_number,
    inspect.IntType: int,
    inspect.DateType: date.fromisoformat,
    inspect.DateTimeType: datetime.fromisoformat,
}
"""How a constant of a type is written."""


def conditions_in(source: Source, node: Node | None) -> tuple[Condition, ...]:
    """One condition or a list of them, which must all hold."""
    if node is None:
        return ()
    nodes = node.items if isinstance(node, Sequence) else (node,)
    return tuple(_condition(source, each) for each in nodes)


def _condition(source: Source, node: Node) -> Condition:
    fields = Fields(node, source.notes, "condition ({from: PATH, is: TEXT})")
    path = fields.scalar("from")
    known = fields.node("known")
    made = Condition(
        path=source.path(path) if path else "",
        is_one_of=_texts(fields.node("is"), source.notes),
        is_none_of=_texts(fields.node("not"), source.notes),
        known=fields.yes_no("known") if known is not None else None,
    )
    said = (made.is_one_of != (), made.is_none_of != (), made.known is not None)
    if isinstance(node, MapNode) and sum(said) != 1:
        source.notes.add(node.place, "a condition needs one of `is`, `not` and `known`")
    fields.finish()
    return made


def _texts(node: Node | None, notes: Notes) -> tuple[str, ...]:
    return tuple(scalar.text for scalar in scalars_in(node, notes))


def ignored_in(source: Source, node: Node | None) -> tuple[tuple[Condition, ...], ...]:
    """A list of what is ignored: each a condition, or several that hold together."""
    if node is None:
        return ()
    nodes = node.items if isinstance(node, Sequence) else (node,)
    return tuple(conditions_in(source, each) for each in nodes)


def struct_of(type_: inspect.Type) -> inspect.StructType | None:
    """The struct whose fields are written one by one, or None."""
    found = given_type(type_)
    is_group = isinstance(found, inspect.StructType) and found.cls not in MEASURES
    return cast(inspect.StructType, found) if is_group else None


def names_of(struct: inspect.StructType) -> dict[str, inspect.Field]:
    """The fields a mapping may fill, by name; what tags the struct is no such field."""
    return {field.encode_name: field for field in struct.fields if field.name != struct.tag_field}


def one_document(documents: list[Node], notes: Notes, place: Place) -> Node | None:
    """The only document of a file; several are a mistake."""
    if len(documents) == 1:
        return documents[0]
    notes.add(place, f"{len(documents)} documents", "one document")
    return None
