"""The columns and paths a mapping asks for: one that a table lacks refuses the table."""

from collections.abc import Iterable, Iterator

from app.evidence.intake.mapped.model import (
    Condition,
    Entries,
    Field,
    Group,
    MappedFact,
    MappedMessage,
    Mapping,
    Value,
)


def columns_asked_for(mapping: Mapping) -> tuple[str, ...]:
    """Every column, once, in the order first named."""
    found = (path for message in mapping.messages for path in _of_message(message))
    return tuple(dict.fromkeys(found))


def _of_message(message: MappedMessage) -> Iterator[str]:
    for conditions in message.ignore:
        yield from _of_conditions(conditions)
    for value in (*message.message_id, message.instance):
        yield from _of_value(value)
    for fact in message.facts:
        yield from _of_fact(fact)


def _of_fact(fact: MappedFact) -> Iterator[str]:
    yield from _of_conditions(fact.when)
    for value in (fact.classifier, fact.occurred_at, fact.recorded_at, fact.revision):
        yield from _of_value(value)
    for field in fact.fields.values():
        yield from _of_field(field)
    for number in fact.references:
        yield from _of_conditions(number.when)
        for value in (number.kind, number.value, number.issuer):
            yield from _of_value(value)


def _of_field(field: Field) -> Iterator[str]:
    if isinstance(field, Value):
        yield from _of_value(field)
    elif isinstance(field, Group):
        for each in field.fields.values():
            yield from _of_field(each)
    else:
        yield from _of_entries(field)


def _of_entries(field: Entries) -> Iterator[str]:
    for entry in field.entries:
        yield from _of_conditions(entry.when)
        for each in entry.fields.values():
            yield from _of_field(each)


def _of_conditions(conditions: Iterable[Condition]) -> Iterator[str]:
    return (condition.path for condition in conditions)


def _of_value(value: Value | None) -> Iterator[str]:
    if value is None:
        return
    yield from value.paths
    beside = (value.zone_from, value.offset_from, value.region_from, value.country_from)
    yield from (path for path in beside if path)
    for part in (value.unit, value.measured_by, value.currency):
        yield from _of_value(part)
