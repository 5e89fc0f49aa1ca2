"""One message while it is read: what it says, what was noticed, where it fails.

A mapper asks for elements, and says facts. What it notices and can live with is a remark;
what it cannot is a `RefusalError`, which takes the whole message with it and no other.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Generic, NoReturn

import msgspec

from app.errors import Place
from app.evidence.facts.fact import Classifier, Fact, Quality, Remark, Said, Source, identified
from app.evidence.facts.reference import Reference
from app.evidence.intake.enveloped.segments import S
from app.evidence.intake.profile import Profile
from app.evidence.intake.received import IntakeFault, MessageHead, Received
from app.evidence.intake.references import references_of, united

LONGEST_NAME = 80
"""Of a number or id; the longest reference of any X12 version."""

STRICTLY_REFUSED = frozenset(
    (
        "SEGMENT_COUNT_WRONG",
        "TRANSACTION_COUNT_WRONG",
        "GROUP_COUNT_WRONG",
        "CONTROL_NUMBER_WRONG",
        "ENVELOPE_CUT",
        "GROUP_TIME_UNREADABLE",
        "LINES_DO_NOT_ADD_UP",
    )
)
"""Faults that refuse a message of a partner whose profile is strict."""


class RefusalError(Exception):
    """The message cannot be read; carries the fault that says why and where."""

    def __init__(self, fault: IntakeFault) -> None:
        super().__init__(fault.detail)
        self.fault = fault


class MessageReading(Generic[S]):
    """What is read as one, with a profile: an X12 transaction, or an EDIFACT consignment."""

    recorded_at: datetime
    """When its sender made it; each syntax finds it before anything is said."""

    def __init__(
        self,
        head: MessageHead,
        segments: Sequence[S],
        faults: Sequence[IntakeFault],
        profile: Profile,
        by: tuple[str, str, str],
    ) -> None:
        """Begin to read it.

        Args:
        head: what it is called.
        segments: its own.
        faults: what was wrong with its envelope.
        profile: how its sender is read.
        by: the file's name in places, whose facts these are, and by whose hand.
        """
        self.head = head
        self.segments = segments
        self.profile = profile
        self.instance = head.sender
        self._file, self._tenant, self._actor = by
        self._faults = list(faults)
        self._shared = [fault.as_remark() for fault in faults]
        self._own: list[Remark] = []
        self._facts: list[Fact] = []

    def say(
        self,
        said: Said,
        *,
        classifier: Classifier,
        references: tuple[Reference, ...] = (),
        occurred_at: datetime | None = None,
        revision: int = 0,
    ) -> None:
        """Add a fact; what was remarked since the last one, and not shared, is about it."""
        fact = Fact(
            fact_id="",
            tenant=self._tenant,
            actor=self._actor,
            source=Source(
                system=self.profile.systems.get(self.head.kind, "carrier"),
                instance=self.instance,
                message_id=self.head.message_id,
                position=len(self._facts),
            ),
            classifier=classifier,
            quality=Quality.EDI,
            occurred_at=occurred_at or self.recorded_at,
            recorded_at=self.recorded_at,
            revision=revision,
            references=united(references_of(said), references),
            remarks=tuple(self._own),
            said=said,
        )
        self._own = []
        self._facts.append(fact)

    def remark(self, code: str, detail: str, segment: S, element: int = 0) -> None:
        """Note something that does not stop the reading."""
        fault = IntakeFault(code=code, detail=detail, place=self._place(segment, element))
        self._faults.append(fault)
        self._own.append(fault.as_remark())

    def share(self) -> None:
        """What was remarked so far and belongs to no fact yet concerns all of them."""
        self._shared += self._own
        self._own = []

    def refuse(self, code: str, detail: str, segment: S, element: int = 0) -> NoReturn:
        """Give the message up.

        Raises:
            RefusalError: always.
        """
        place = self._place(segment, element)
        raise RefusalError(IntakeFault(code=code, detail=detail, place=place, refused=True))

    def word(self, element: str, segment: S, position: int) -> str | None:
        """Our word for a code; None, with a remark, where the partner's map lacks it."""
        code = segment.at(position)
        word = self.profile.word(element, code)
        if word is None:
            map_ = f"map {element} of {self.profile.name}, {self.profile.version_of(element)}"
            detail = f"{_name(segment, position)} {code[:40]!r} is not in {map_}"
            self.remark("CODE_UNMAPPED", detail, segment, position)
        return word

    def received(self) -> Received:
        """The facts said, each with the remarks about it; none at all if it is refused.

        Raises:
            RefusalError: where it says nothing, and nothing was wrong with it.
        """
        self.share()
        if not self._facts and not any(fault.refused for fault in self._faults):
            self.refuse("NOTHING_SAID", "nothing in it could become a fact", self.segments[0])
        faults = tuple(map(self._strictly, self._faults))
        if any(fault.refused for fault in faults):
            return Received(message=self.head, faults=faults)
        facts = tuple(identified(_with_remarks(fact, self._shared)) for fact in self._facts)
        return Received(message=self.head, facts=facts, faults=faults)

    def _strictly(self, fault: IntakeFault) -> IntakeFault:
        """The fault, for which a strict profile refuses the message."""
        if self.profile.strict and fault.code in STRICTLY_REFUSED:
            return msgspec.structs.replace(fault, refused=True)
        return fault

    def _place(self, segment: S, element: int) -> Place:
        field = _name(segment, element)
        return Place(file=self._file, byte_offset=segment.offset, field=field)


def _name(segment: S, element: int) -> str:
    tag = segment.tag[:8]
    return f"{tag}-{element:02}" if element else tag


def _with_remarks(fact: Fact, shared: list[Remark]) -> Fact:
    remarks = tuple(dict.fromkeys((*shared, *fact.remarks)))
    return msgspec.structs.replace(fact, remarks=remarks)
