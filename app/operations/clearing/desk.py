"""One person at one unit: what is known there, and the act that is recorded.

The message is named after the form, so that a form that is sent twice is recorded once, also where
both come at the same moment: the second finds the first, or is refused by the database and then
finds it. What is sent under a known name with other content is refused.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from app.access import May, Person, must_be_allowed
from app.digest import canonical, digest_of
from app.dossier import Editions, EditionsUsed
from app.errors import ConflictError, Mistake, OtherContentError, RecordedError
from app.evidence.correlation.links import reference_of
from app.evidence.correlation.told import natural_key
from app.evidence.correlation.unit import BillableUnit, unit_of
from app.evidence.facts.fact import Fact, Said
from app.evidence.intake.received import IntakeFault
from app.infrastructure.storage.store import Store
from app.judgement.decision import Decision, Hold
from app.operations.changing.editions_in_force import editions_by_digest
from app.operations.clearing.forms import refuse, unusable_form, wrong
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.gather_dossier import find_unit
from app.operations.house import House
from app.operations.looking.keep_standing import keep_standing_of
from app.operations.receiving.came import Came
from app.operations.receiving.record_messages import CONSOLE, OPS, kept_by

SYSTEM, INSTANCE = OPS, CONSOLE
SOURCE = f"/{SYSTEM}/{INSTANCE}"
MEDIA = "application/cloudevents+json"


class HoldNamed(msgspec.Struct, frozen=True, kw_only=True, order=True, omit_defaults=True):
    """A hold by its code and what it is about."""

    code: str
    subject: str = ""


class Acted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a person's act changed."""

    unit: str
    message_id: str
    decision_id: str
    """The current decision, with the act."""
    before: str
    """The verdict before it."""
    after: str
    """The verdict with it."""
    gone: tuple[HoldNamed, ...] = ()
    """What stopped something before, and no longer does."""
    placed: tuple[HoldNamed, ...] = ()
    """What stops something since."""
    repeated: bool = False
    """The form was sent before; nothing was recorded again, and before and after are today's."""


class _SentBeforeError(Exception):
    """The form was recorded by somebody else a moment ago; nothing of this one is kept."""


@dataclass(frozen=True)
class Desk:
    """A unit as a person finds it: its current decision, its facts, and what decides about it."""

    house: House
    person: Person
    decision: Decision
    editions: Editions
    facts: tuple[Fact, ...]
    """Those that belong to it."""
    policy_at: datetime
    """The moment against which its current decision lets things expire."""
    around: tuple[Fact, ...]
    """All that name its numbers, also what decides nothing."""

    @property
    def name(self) -> str:
        """The unit's name."""
        return self.decision.unit

    @property
    def unit(self) -> BillableUnit:
        """The unit folded."""
        return unit_of(self.name, self.facts, self.editions.authority)

    def open_holds(self, code: str, subject: str = "") -> tuple[Hold, ...]:
        """The holds of the code that nobody has waived, about the subject where one is named."""
        return tuple(
            hold
            for hold in self.decision.holds
            if hold.code == code and subject in {"", hold.subject} and not hold.waived_for_good
        )

    def number(self, prefix: str, form_id: str) -> str:
        """What the thing is called that comes of this form: `W-3F81A0C24E`."""
        return f"{prefix}-{digest_of((self.name, form_id))[:10].upper()}"

    def must_count(self, act: str) -> None:
        """Refuse an act that would be recorded and count for nothing.

        Raises:
            ConflictError: `rules/authority.yaml` lets others do it, not the console.
        """
        owner = self.editions.authority.owner_of(act, self.decision.customer)
        systems = owner.systems if owner else ()
        if SYSTEM not in systems:
            may = ", ".join(systems) or "nobody"
            raise ConflictError(
                f"rules/authority.yaml gives `{act}` to {may}; it would not count from {SYSTEM}, "
                f"as which the console speaks"
            )

    def record(
        self, form_id: str, said: Said, keep_too: Callable[[Store], object] | None = None
    ) -> Acted:
        """Record the act, once for each form, and decide the unit.

        Args:
            form_id: names the form, the same each time that it is sent.
            said: what the person says.
            keep_too: what is stored with it, in the same transaction.

        Raises:
            RequestError: it cannot be read as a message.
            OtherContentError: the form was sent before and said something else.
            RecordedError: it is recorded, and the unit could not be decided.
        """
        message_id = _message_id(form_id, said)
        raw = canonical(self._event(message_id, said))
        keep = kept_by(
            self.house,
            raw,
            SOURCE,
            media=MEDIA,
            whole_or_nothing=True,
            came=Came(correlation_id=self.house.correlation_id),
            by_console=True,
        )

        def act(store: Store) -> None:
            if store.messages.last_reading(SYSTEM, INSTANCE, message_id) is not None:
                raise _SentBeforeError
            if keep_too is not None:
                keep_too(store)
            (message,) = keep(store).messages
            if message.outcome == "conflict":
                raise _SentBeforeError
            if message.outcome != "recorded":
                refuse(_field_by_field(message.faults))
            store.standings.due([self.name])  # who works on it changes no decision

        try:
            self.house.database.together(self.house.tenant, act)
        except _SentBeforeError:
            again = self.sent_before(form_id, said)
            assert again is not None, "what was recorded a moment ago is found"
            return again
        return self._acted(message_id)

    def sent_before(self, form_id: str, said: Said) -> Acted | None:
        """What came of the form, where it was sent before.

        Raises:
            RequestError: the form has no usable name.
            OtherContentError: it said something else then.
            RecordedError: it was recorded, and the unit cannot be decided.
        """
        refuse(unusable_form(form_id))
        message_id = _message_id(form_id, said)
        with self.house.database.reading(self.house.tenant) as store:
            found = store.facts.of_message(SYSTEM, INSTANCE, message_id)
        if not found:
            return None
        if found[0].said != said:
            raise OtherContentError("this form was sent before with other content")
        return self._acted(message_id, repeated=True)

    def _event(self, message_id: str, said: Said) -> Mapping[str, Any]:
        """The act as any other system would tell it."""
        moment = self.house.now().isoformat()
        reference = reference_of(self.name)
        fields = msgspec.json.decode(canonical(said))
        entity = fields.pop("entity")
        return {
            "specversion": "1.0",
            "id": message_id,
            "source": SOURCE,
            "type": f"tollgate.fact.{entity}.v1",
            "time": moment,
            "data": {
                "classifier": "actual",
                "quality": "manual",
                "occurred_at": moment,
                # Of two words on one thing at one moment the second counts.
                "revision": sum(1 for fact in self.around if _is_earlier(fact, entity, said)),
                "references": [{"kind": reference.kind.value, "value": reference.value}],
                entity: fields,
            },
        }

    def _acted(self, message_id: str, *, repeated: bool = False) -> Acted:
        now = self._decided()
        before, after = _standing(self.decision), _standing(now)
        return Acted(
            unit=self.name,
            message_id=message_id,
            decision_id=now.decision_id,
            before=self.decision.verdict.value,
            after=now.verdict.value,
            gone=tuple(sorted(before - after)),
            placed=tuple(sorted(after - before)),
            repeated=repeated,
        )

    def _decided(self) -> Decision:
        """The unit decided after an act, so that the next page shows what came of it.

        Whatever goes wrong here, the act is recorded, and must not be told as one that is not.
        """
        try:
            decision = decide_unit(self.house, self.name).decision
            keep_standing_of(self.house, self.name)
        except Exception as error:
            raise RecordedError(
                f"what was sent is recorded, and is not to be sent again; {self.name} could not be "
                f"decided after it, and is decided as soon as it can be"
            ) from error
        return decision


def desk_of(house: House, person: Person, may: May, reference: str, *or_else: May) -> Desk:
    """The person at the unit that goes by this number, decided as of now.

    Raises:
        ForbiddenError: the person may neither do it nor anything else that is named.
        NotFoundError: no unit goes by the number.
        ConflictError: several do.
    """
    must_be_allowed(person, may, *or_else)
    # Whatever the request is called, the act belongs to the unit's own affair.
    acting = replace(house, actor=person.name, correlation_id="")
    concluded = decide_unit(acting, reference)
    with house.database.reading(house.tenant) as store:
        unit, near = find_unit(store, concluded.decision.unit, None)
        own = [link.fact_id for link in near.correlation.units[unit].links]
        last = max(store.messages.of_facts(own).values(), key=lambda message: message.seq)
        used = msgspec.convert(concluded.trace.editions, EditionsUsed)
        editions = editions_by_digest(store, used)
    return Desk(
        house=replace(acting, correlation_id=last.correlation_id),
        person=person,
        decision=concluded.decision,
        editions=editions,
        facts=tuple(near.facts[each] for each in own),
        policy_at=concluded.trace.policy_at,
        around=tuple(near.facts.values()),
    )


def _field_by_field(faults: Iterable[IntakeFault]) -> Iterable[Mistake]:
    """What the reader of messages found, at the fields of the form."""
    return [wrong(fault.place.field.rpartition(".")[2], fault.detail) for fault in faults]


def _message_id(form_id: str, said: Said) -> str:
    return f"{type(said).__struct_config__.tag}/{form_id}"


def _is_earlier(fact: Fact, entity: str, said: Said) -> bool:
    """Whether the console said something of the same thing before."""
    by_console = (fact.source.system, fact.source.instance) == (SYSTEM, INSTANCE)
    return by_console and natural_key(fact) == (entity, str(getattr(said, entity)))


def _standing(decision: Decision) -> set[HoldNamed]:
    return {HoldNamed(code=h.code, subject=h.subject) for h in decision.holds if h.stands}
