"""What the mapping says of one value, as the value itself."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from msgspec import inspect

from app.errors import Place
from app.evidence.facts.fact import Remark
from app.evidence.intake import zones
from app.evidence.intake.explained import plainly
from app.evidence.intake.mapped import texts
from app.evidence.intake.mapped.model import Condition, Mapping, Value
from app.evidence.intake.mapped.paths import Found, as_text
from app.evidence.intake.mapped.records import Record, Shown, Unreadable
from app.evidence.intake.received import IntakeFault
from app.measures import MOST_DIGITS, Distance, Weight
from app.money import Money

UNMAPPED = "unmapped"
NOON = time(12)
"""Taken, with a remark, where only a day is given; X12 is read the same way."""
YES_NO = {"yes": True, "true": True, "no": False, "false": False}
NUMBERS = (inspect.DecimalType, inspect.IntType)


class MISSING:
    """No value is given, or what is given is wrong and was noted."""


class Reading:
    """One row or item while it is read; collects everything that is wrong with it."""

    def __init__(self, mapping: Mapping, record: Record) -> None:
        self.mapping, self.record = mapping, record
        self.faults: list[IntakeFault] = []
        self.problems = 0
        """How often something was wrong, the same thing too."""
        self.remarks: list[Remark] = []
        """Of the fact that is read now."""

    @property
    def is_wrong(self) -> bool:
        """Whether it is refused."""
        return self.problems > 0

    def wrong(self, place: Place, what: str, allowed: str = "") -> type[MISSING]:
        """Note one thing for which the row is refused."""
        detail = plainly(f"{what}; allowed: {allowed}" if allowed else what)
        fault = IntakeFault(code="RECORD_WRONG", detail=detail, place=place, refused=True)
        self.problems += 1
        self.faults += [] if fault in self.faults else [fault]
        return MISSING

    def missing(self, place: Place, what: str) -> None:
        """Note that a value is not given, unless it was noted that the one there is wrong."""
        self.problems += 1
        if not any(fault.refused and fault.place == place for fault in self.faults):
            self.wrong(place, what)

    def remark(self, code: str, detail: str, place: Place) -> None:
        """Note something that does not stop the row, on the fact too."""
        fault = IntakeFault(code=code, detail=plainly(detail), place=place)
        self.faults += [] if fault in self.faults else [fault]
        remark = fault.as_remark()
        self.remarks += [] if remark in self.remarks else [remark]

    def holds(self, conditions: Iterable[Condition], record: Record) -> bool:
        """Whether all conditions hold; a cell that cannot be read holds nothing."""
        return all(self._holds(each, record) for each in conditions)

    def _holds(self, condition: Condition, record: Record) -> bool:
        found = record.values(condition.path)
        if condition.known is not None:
            return bool(found) == condition.known
        words = {self.text(each, record) for each in found}
        if condition.is_none_of:
            return not words & set(condition.is_none_of)
        return bool(words & set(condition.is_one_of))

    def text(self, found: Found, record: Record) -> str | None:
        """A single value as text, or None where it is noted as none."""
        value = found.value
        if isinstance(value, Unreadable):
            self.wrong(record.place(found.at), value.why)
            return None
        if isinstance(value, date | datetime):
            return value.isoformat()
        text = as_text(value)
        if text is None:
            kind = "a list" if isinstance(value, list) else "an object"
            self.wrong(record.place(found.at), f"{kind} stands here", "a single value")
        return text


def place_of(value: Value, record: Record) -> Place:
    """Where the value stands, or would stand."""
    for path in value.paths:
        for found in record.values(path):
            return record.place(found.at)
    return record.place(value.paths[0] if len(value.paths) == 1 else "")


def one(
    reading: Reading, record: Record, value: Value, type_: inspect.Type, *, unmapped: bool = False
) -> Any:
    """The value as its type wants it, or MISSING.

    Args:
        reading: takes what is wrong.
        record: the row or item.
        value: what the mapping says of it.
        type_: the declared type of the field.
        unmapped: whether the field may say that a code is on no map.
    """
    found = many(reading, record, value, type_, unmapped=unmapped)
    if len(found) > 1:
        place = place_of(value, record)
        reading.wrong(place, f"{len(found)} values stand where one is meant", "one value")
        return MISSING
    if not found and value.needed:
        reading.missing(place_of(value, record), f"{shown(value)} is needed and not given")
    return found[0] if found else MISSING


def many(
    reading: Reading, record: Record, value: Value, type_: inspect.Type, *, unmapped: bool = False
) -> list[Any]:
    """Every value that is given, as their type wants them."""
    if isinstance(type_, inspect.StructType):
        made = _measure(reading, record, value, type_)
        return [] if made is MISSING else [made]
    words = [
        _worded(reading, record, value, each, unmapped=unmapped)
        for each in _given(reading, record, value)
    ]
    made_ = [_typed(reading, record, value, each, type_) for each in words if each is not None]
    return [each for each in made_ if each is not MISSING]


def shown(value: Value) -> str:
    """The value as its mapping names it."""
    return " and ".join(f"`{path}`" for path in value.paths) or "the value"


def _given(reading: Reading, record: Record, value: Value) -> Sequence[Found]:
    """The texts or values that stand there, joined, cut and split as the mapping says."""
    if value.constant is not None:
        return (Found(value.constant, ""),)
    if value.row_digest:
        return (_digest(reading, record, value),)
    found = [record.values(path) for path in value.paths]
    if value.first_of:
        found = [next(filter(None, found), ())]
    if not all(found):
        return ()
    chosen = [_chosen(each, value) for each in found]
    if len(chosen) == 1 and not (value.after or value.prefix or value.split_at):
        return chosen[0] if not value.joins_many else _joined(reading, record, value, chosen)
    if len(chosen) > 1 or value.joins_many:
        chosen = [_joined(reading, record, value, chosen)]
    return [part for each in chosen[0] for part in _cut(reading, record, value, each)]


def _digest(reading: Reading, record: Record, value: Value) -> Found:
    try:
        return Found(record.digest(value.without), "")
    except UnicodeEncodeError:
        reading.wrong(record.place(), "a text in it holds half of a surrogate pair")
        return Found("", "")


def _chosen(found: Sequence[Found], value: Value) -> Sequence[Found]:
    if value.take:
        return found[:1] if value.take == "first" else found[-1:]
    return found


def _joined(
    reading: Reading, record: Record, value: Value, groups: Sequence[Sequence[Found]]
) -> Sequence[Found]:
    if not value.joins_many and (twice := next((g for g in groups if len(g) > 1), None)):
        reading.wrong(record.place(twice[0].at), f"{len(twice)} values stand where one is meant")
        return ()
    parts = [reading.text(each, record) for group in groups for each in group]
    if None in parts:
        return ()
    return (Found(value.joined_by.join(map(str, parts)), groups[0][0].at),)


def _cut(reading: Reading, record: Record, value: Value, found: Found) -> Iterable[Found]:
    text = reading.text(found, record)
    if text is None:
        return
    text = text[1 + max((text.rfind(sign) for sign in value.after), default=-1) :]
    for part in text.split(value.split_at) if value.split_at else (text,):
        if part.strip():
            yield Found(f"{value.prefix}{part.strip()}", found.at)


def _worded(
    reading: Reading, record: Record, value: Value, found: Found, *, unmapped: bool
) -> Found | None:
    """Our word for a code; one that no map knows is unmapped or refuses the row."""
    if not value.code_map:
        return found
    code = reading.text(found, record)
    if code is None:
        return None
    code_map = reading.mapping.codes[value.code_map]
    if (word := code_map.words.get(code)) is not None:
        return Found(word, found.at)
    place = record.place(found.at)
    what = f"code {code!r} is not on the map `{value.code_map}` ({code_map.version})"
    if not unmapped:
        reading.wrong(place, what, ", ".join(code_map.words))
        return None
    reading.remark("CODE_UNMAPPED", what, place)
    return Found(UNMAPPED, found.at)


def _typed(
    reading: Reading, record: Record, value: Value, found: Found, type_: inspect.Type
) -> Any:
    try:
        if isinstance(type_, NUMBERS):
            return _number(reading, value, found.value, type_)
        if isinstance(type_, inspect.DateType):
            return _written(reading, value, found.value).moment.date()
        if isinstance(type_, inspect.DateTimeType):
            return _moment(reading, record, value, found)
        text = reading.text(found, record)
        if text is not None and isinstance(type_, inspect.BoolType):
            return _yes_no(text)
        return MISSING if text is None else text
    except (ValueError, OverflowError) as error:
        return reading.wrong(record.place(found.at), str(error))


def _yes_no(text: str) -> bool:
    if text.lower() not in YES_NO:
        raise ValueError(f"{text[:40]!r} is neither yes nor no")
    return YES_NO[text.lower()]


def _number(reading: Reading, value: Value, given: object, type_: inspect.Type) -> Any:
    made = _decimal(reading, value, given)
    if isinstance(type_, inspect.DecimalType):
        return made
    if abs(made.adjusted()) > MOST_DIGITS or made != made.to_integral_value():
        raise ValueError(f"{made} is not a whole number")
    return int(made)


def _decimal(reading: Reading, value: Value, given: object) -> Decimal:
    match given:
        case bool():
            raise ValueError("yes or no stands where a number is meant")
        case Decimal():
            return given
        case int():
            return Decimal(given)
        case Shown():
            return texts.point_number(given)
        case str() if value.constant is not None:
            return texts.point_number(given)
        case str():
            return texts.number(given, reading.mapping.numbers, value.implied_decimals)
        case Unreadable():
            raise ValueError(given.why)
        case _:
            raise ValueError("what stands here is no number")


def _written(reading: Reading, value: Value, given: object) -> texts.Written:
    match given:
        case datetime():
            return texts.Written(given, has_clock=True)
        case date():
            return texts.Written(datetime.combine(given, time()), has_clock=False)
        case bool() | Decimal() | Unreadable() | list() | dict():
            why = given.why if isinstance(given, Unreadable) else "what stands here is no moment"
            raise ValueError(why)
        case str() if value.constant is not None:
            return texts.written(given, ())
        case _:
            return texts.written(str(given), value.formats or reading.mapping.numbers.formats)


def _moment(reading: Reading, record: Record, value: Value, found: Found) -> datetime:
    written = _written(reading, value, found.value)
    moment = written.moment
    if not written.has_clock:
        detail = f"{moment.date()} has no time of day; {NOON:%H:%M} was taken"
        reading.remark("TIME_ASSUMED", detail, record.place(found.at))
        moment = datetime.combine(moment.date(), NOON, moment.tzinfo)
    if moment.tzinfo is not None:
        return moment
    if offset := _said(reading, record, value.offset_from):
        return texts.at_offset(moment, offset)
    zone = _zone(reading, record, value, found)
    if zones.is_doubtful(moment, zone):
        detail = f"clocks change in {zone}: {moment} is there twice or never"
        reading.remark("TIME_DOUBTFUL", detail, record.place(found.at))
    return zones.in_zone(moment, zone)


def _zone(reading: Reading, record: Record, value: Value, found: Found) -> str:
    """The zone of a local time, by what the mapping says of it first: its place, its name."""
    if region := _said(reading, record, value.region_from):
        zone = zones.zone_of(region, _said(reading, record, value.country_from))
        if zone and not zone.certain:
            detail = f"{region} lies in two zones; {zone.name} was taken"
            reading.remark("TIME_ZONE_ASSUMED", detail, record.place(found.at))
        if zone:
            return zone.name
    if name := _said(reading, record, value.zone_from):
        if not zones.is_zone(name):
            raise ValueError(f"{name[:40]!r} is no time zone such as America/Chicago")
        return name
    if value.zone:
        return value.zone
    raise ValueError("the time says no offset, and neither place nor mapping says its zone")


def _said(reading: Reading, record: Record, path: str) -> str:
    """The first text at a path, or nothing."""
    found = record.values(path) if path else ()
    return (reading.text(found[0], record) or "") if found else ""


_text_type = inspect.StrType()
_decimal_type = inspect.DecimalType()


def _measure(reading: Reading, record: Record, value: Value, type_: inspect.StructType) -> Any:
    """A weight, distance or amount of money: a number that is nothing without its unit."""
    number = one(reading, record, value, _decimal_type)
    if number is MISSING:
        return MISSING
    if type_.cls is Money:
        parts = {"amount": number, "currency": _of(reading, record, value.currency, "currency")}
    elif type_.cls is Weight:
        parts = {"value": number, "unit": _of(reading, record, value.unit, "unit")}
    else:
        assert type_.cls is Distance, f"{type_.cls.__name__} is written as a group of fields"
        parts = {
            "value": number,
            "unit": _of(reading, record, value.unit, "unit"),
            "measured_by": _of(reading, record, value.measured_by, "measured by"),
        }
    return MISSING if MISSING in parts.values() else parts


def _of(reading: Reading, record: Record, value: Value | None, thing: str) -> Any:
    assert value is not None, f"the mapping was accepted without a {thing}"
    found = one(reading, record, value, _text_type)
    if found is MISSING:
        reading.missing(place_of(value, record), f"the number has no {thing}: {shown(value)}")
    return found
