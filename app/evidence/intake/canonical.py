"""Our own JSON: facts as CloudEvents 1.0, one object, an array of them, or one a line.

    {
      "specversion": "1.0",
      "id": "sh-4711/3",
      "source": "/tms/bluewave",
      "type": "tollgate.fact.shipment.v1",
      "time": "2026-03-02T14:05:00-06:00",
      "datacontenttype": "application/json",
      "data": {
        "classifier": "actual",
        "quality": "api",
        "occurred_at": "2026-03-02T13:58:00-06:00",
        "revision": 0,
        "supersedes": null,
        "references": [{"kind": "bol", "value": "B-77120"}],
        "shipment": {
          "shipment": "4711",
          "customer": "BLUEWAVE",
          "weight": {"value": "5472.5", "unit": "lb"}
        }
      }
    }

`source` is the role of the system and which one; `time` is when it wrote the fact down
and needs an offset, as every time does. The last word of `type` before its version is the
entity, and `data` holds its attributes under that same word. `classifier` and
`occurred_at` are required; `quality` is `api` unless said. References that the attributes
imply (the shipment's number, its load) are added, so `references` holds the others.

A decimal is written as text, or as a JSON number, whose digits are taken exactly and never
through a binary float. Attributes CloudEvents allows beside its own (`traceparent`) are
let through; a key unknown in `data` is an error. Each wrong event of a batch is refused
with its JSON path, the others count. Two of them are looked at: `sequence`, a whole number
that counts the events of the source, and `correlationid`.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, get_args

import msgspec

from app.errors import Place
from app.evidence.facts.fact import Classifier, Fact, Quality, Said, Source, identified
from app.evidence.facts.reference import Reference
from app.evidence.intake.explained import Explained, explained, key_problem, plainly, unlikely
from app.evidence.intake.received import IntakeFault, MessageHead, Received, sequence_in
from app.evidence.intake.references import names_something, references_of, united
from app.measures import Instant

ENTITIES: Mapping[str, type[msgspec.Struct]] = {
    str(struct.__struct_config__.tag): struct for struct in get_args(Said)
}
REQUIRED = ("specversion", "id", "source", "type", "time", "data")
LONGEST_NAME = 200
OPTIONAL = ("datacontenttype", "dataschema", "subject")

_source = re.compile(r"/([a-z][a-z0-9_]*)/([^/\s]+)")
_type = re.compile(r"tollgate\.fact\.([a-z_]+)\.v1")
_extension = re.compile(r"[a-z0-9]{1,40}")


class Circumstances(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `data` says beside the entity's own attributes."""

    classifier: Classifier
    quality: Quality = Quality.API
    occurred_at: Instant
    revision: Annotated[int, msgspec.Meta(ge=0)] = 0
    supersedes: str | None = None
    references: tuple[Reference, ...] = ()


# Made known before threads begin: see app/operations/prepared.py.
_circumstances = msgspec.json.Decoder(Circumstances)
_entities = tuple(msgspec.json.Decoder(each) for each in ENTITIES.values())


class _WrongError(Exception):
    """The event cannot be read further; its problems are noted already."""


def read_event(event: object, path: str, file: str, tenant: str, actor: str) -> Received:
    """One event, already parsed from JSON with its decimals exact.

    Args:
        event: what the JSON text holds at `path`.
        path: where it stands: `$`, or `$[3]` in a batch.
        file: the name to give in places.
        tenant: whose fact this is.
        actor: by whose hand it is recorded.
    """
    reading = _Event(event, path, file)
    try:
        fact = reading.fact(tenant, actor)
    except _WrongError:
        return Received(message=reading.head, faults=tuple(reading.faults))
    return Received(message=reading.head, facts=(fact,))


class _Event:
    """One event while it is read; collects everything that is wrong with it."""

    def __init__(self, event: object, path: str, file: str) -> None:
        self._event: dict[str, Any] = event if isinstance(event, dict) else {}
        self._is_object = isinstance(event, dict)
        self._path = path
        self._file = file
        self.faults: list[IntakeFault] = []
        self.head = MessageHead(
            format="cloudevents",
            kind=plainly(self._text("type"))[:LONGEST_NAME],
            sender=plainly(self._text("source"))[:LONGEST_NAME],
            message_id=plainly(self._text("id"))[:LONGEST_NAME],
            stream=plainly(self._text("source"))[:LONGEST_NAME],
            sequence=sequence_in(self._event.get("sequence")),
            correlation_id=plainly(self._text("correlationid"))[:LONGEST_NAME],
        )

    def fact(self, tenant: str, actor: str) -> Fact:
        """The event's one fact.

        Raises:
            _WrongError: when `faults` say what is wrong.
        """
        if not self._is_object:
            self._wrong("", "an event is a JSON object", "{...}")
            raise _WrongError
        source = self._checked_source()
        entity = self._checked_envelope()
        recorded_at = self._converted(self._event.get("time"), Instant, ".time")
        circumstances, said = self._data(entity)
        self._stop_if_wrong()
        assert circumstances is not None, "nothing was wrong with the circumstances"
        fact = Fact(
            fact_id="",
            tenant=tenant,
            actor=actor,
            source=source,
            classifier=circumstances.classifier,
            quality=circumstances.quality,
            occurred_at=circumstances.occurred_at,
            recorded_at=recorded_at,
            revision=circumstances.revision,
            supersedes=circumstances.supersedes,
            references=united(references_of(said), circumstances.references),
            said=said,
        )
        return self._sound(fact, entity, circumstances.references)

    def _sound(self, fact: Fact, entity: str, given: tuple[Reference, ...]) -> Fact:
        """The fact with its id, if nothing in it is beyond what can be stored or compared."""
        implied = [(f".data.{entity}", named) for named in references_of(fact.said)]
        stated = [(f".data.references[{at}].value", named) for at, named in enumerate(given)]
        for path, named in (*implied, *stated):
            if not names_something(named):
                self._wrong(path, f"{named.kind} {named.value!r} names nothing", "a number")
        parts = (
            (fact.said, f".data.{entity}"),
            (given, ".data.references"),
            (fact.revision, ".data.revision"),
            (fact.supersedes, ".data.supersedes"),
            (fact.occurred_at, ".data.occurred_at"),
            (fact.recorded_at, ".time"),
            (fact.source.message_id, ".id"),
            (fact.source.instance, ".source"),
        )
        for value, below in parts:
            for path, problem in unlikely(value, below):
                self._wrong(path, problem)
        self._stop_if_wrong()
        return identified(fact)

    def _checked_source(self) -> Source:
        found = _source.fullmatch(self._text("source"))
        if found is None:
            self._wrong(".source", self._given("source"), "/{system}/{instance}: /tms/bluewave")
        system, instance = found.groups() if found else ("", "")
        return Source(system=system, instance=instance, message_id=self._text("id"))

    def _checked_envelope(self) -> str:
        """The entity that `type` names, after the other attributes were looked at."""
        if self._event.get("specversion") != "1.0":
            self._wrong(".specversion", self._given("specversion"), '"1.0"')
        if not self._text("id").strip():
            self._wrong(".id", self._given("id"), "a text that names the message")
        for key in ("id", "source"):
            if len(self._text(key)) > LONGEST_NAME:
                self._wrong(f".{key}", f"longer than {LONGEST_NAME}", "a shorter text")
        content = self._event.get("datacontenttype", "application/json")
        if content != "application/json":
            self._wrong(".datacontenttype", self._given("datacontenttype"), "application/json")
        for key, value in self._event.items():
            self._check_extension(key, value)
        found = _type.fullmatch(self._text("type"))
        entity = found.group(1) if found else ""
        if entity not in ENTITIES:
            names = ", ".join(ENTITIES)
            allowed = f"tollgate.fact.ENTITY.v1 with one of {names}"
            self._wrong(".type", self._given("type"), allowed)
            raise _WrongError
        return entity

    def _check_extension(self, key: str, value: object) -> None:
        if key in REQUIRED or key in OPTIONAL:
            return
        if not _extension.fullmatch(key) or key == "data_base64":
            problem, allowed = key_problem(key, (*REQUIRED, *OPTIONAL))
            self._wrong(f".{key}", problem, f"{allowed}, or lower-case letters and digits")
        elif not isinstance(value, str | bool | int):
            self._wrong(f".{key}", "an extension attribute holds no single value", "a text")

    def _data(self, entity: str) -> tuple[Circumstances | None, Any]:
        data = self._event.get("data")
        if not isinstance(data, dict):
            self._wrong(".data", self._given("data"), "an object")
            raise _WrongError
        beside = {key: value for key, value in data.items() if key != entity}
        said = None
        if entity not in data:
            self._wrong(".data", f"`{entity}` is missing", f"the attributes under `{entity}`")
        elif not isinstance(data[entity], dict) or "entity" in data[entity]:
            self._wrong(f".data.{entity}", "not the attributes alone", "{...} without `entity`")
        else:
            said = self._converted(data[entity], ENTITIES[entity], f".data.{entity}")
        return self._converted(beside, Circumstances, ".data"), said

    def _converted(self, value: object, type_: Any, path: str) -> Any:
        try:
            return msgspec.convert(value, type_)
        except UnicodeEncodeError:
            self._wrong(path, "a key or text holds half of a surrogate pair")
            return None
        except (msgspec.ValidationError, OverflowError) as error:
            problem: Explained = explained(error, type_)
            self._wrong(path + problem.path, problem.what, problem.allowed)
            return None

    def _text(self, key: str) -> str:
        value = self._event.get(key)
        return value if isinstance(value, str) else ""

    def _given(self, key: str) -> str:
        if key not in self._event:
            return f"`{key}` is missing"
        shown = repr(self._event[key])
        return f"{shown if len(shown) <= 60 else shown[:60] + '...'} is not allowed"

    def _wrong(self, path: str, what: str, allowed: str = "") -> None:
        place = Place(file=self._file, field=plainly(f"{self._path}{path}")[:LONGEST_NAME])
        detail = plainly(f"{what}; allowed: {allowed}" if allowed else what)
        self.faults.append(
            IntakeFault(code="EVENT_WRONG", detail=detail, place=place, refused=True)
        )

    def _stop_if_wrong(self) -> None:
        if self.faults:
            raise _WrongError
