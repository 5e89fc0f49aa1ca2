"""One transaction while it is read: what it says, what was noticed, where it fails.

A mapper asks for elements, and says facts. What it notices and can live with is a remark;
what it cannot is a `RefusalError`, which takes the whole transaction with it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NoReturn, TypeVar

import msgspec

from app.errors import Place
from app.evidence.facts.fact import Classifier, Fact, Quality, Remark, Said, Source, identified
from app.evidence.facts.reference import Reference
from app.evidence.intake import zones
from app.evidence.intake.profile import Profile
from app.evidence.intake.received import IntakeFault, MessageHead, Received, sequence_in
from app.evidence.intake.references import references_of, united
from app.evidence.intake.x12 import values
from app.evidence.intake.x12.interchange import Transaction
from app.evidence.intake.x12.segments import Segment

T = TypeVar("T")

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
"""Faults that refuse a transaction of a partner whose profile is strict."""


class RefusalError(Exception):
    """The transaction cannot be read; carries the fault that says why and where."""

    def __init__(self, fault: IntakeFault) -> None:
        super().__init__(fault.detail)
        self.fault = fault


def sender_of(transaction: Transaction) -> str:
    """Who sent it: GS02, or ISA06 where the group names nobody."""
    return (transaction.gs.at(2) or transaction.isa.at(6))[:LONGEST_NAME]


class Reading:
    """A transaction being read with a profile; mappers call it, nobody else."""

    def __init__(
        self, transaction: Transaction, profile: Profile, file: str, tenant: str, actor: str
    ) -> None:
        self.profile = profile
        self.segments = transaction.segments
        self.instance = sender_of(transaction)
        self.head = head_of(transaction, profile)
        self._transaction = transaction
        self._file = file
        self._by = (tenant, actor)
        self._faults = list(transaction.faults)
        self._shared = [fault.as_remark() for fault in transaction.faults]
        self._own: list[Remark] = []
        self._facts: list[Fact] = []
        self.recorded_at = self._moment_of_recording()

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
        tenant, actor = self._by
        fact = Fact(
            fact_id="",
            tenant=tenant,
            actor=actor,
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

    def remark(self, code: str, detail: str, segment: Segment, position: int = 0) -> None:
        """Note something that does not stop the reading."""
        fault = IntakeFault(code=code, detail=detail, place=self._place(segment, position))
        self._faults.append(fault)
        self._own.append(fault.as_remark())

    def share(self) -> None:
        """What was remarked so far and belongs to no fact yet concerns all of them."""
        self._shared += self._own
        self._own = []

    def refuse(self, code: str, detail: str, segment: Segment, position: int = 0) -> NoReturn:
        """Give the transaction up.

        Raises:
            RefusalError: always.
        """
        place = self._place(segment, position)
        raise RefusalError(IntakeFault(code=code, detail=detail, place=place, refused=True))

    def parsed(self, parse: Callable[[str], T], segment: Segment, position: int) -> T:
        """The element's value; the transaction is refused where it has none."""
        try:
            return parse(segment.at(position))
        except ValueError as error:
            self.refuse("VALUE_UNREADABLE", str(error), segment, position)

    def required(self, segment: Segment, position: int) -> str:
        """The element's text, which must name something."""
        text = segment.at(position)
        if not any(sign.isalnum() for sign in text):
            self.refuse("VALUE_MISSING", f"{text[:40]!r} names nothing", segment, position)
        if len(text) > LONGEST_NAME:
            detail = f"{text[:40]!r}... is longer than {LONGEST_NAME}"
            self.refuse("VALUE_UNREADABLE", detail, segment, position)
        return text

    def only(self, tag: str) -> Segment:
        """The first segment with this tag; without it the transaction is refused."""
        found = self.first(tag)
        if found is None:
            self.refuse("SEGMENT_MISSING", f"there is no {tag}", self.segments[0])
        return found

    def first(self, tag: str) -> Segment | None:
        """The first segment with this tag, or None."""
        return next((segment for segment in self.segments if segment.tag == tag), None)

    def word(self, element: str, segment: Segment, position: int) -> str | None:
        """Our word for a code; None, with a remark, where the partner's map lacks it."""
        code = segment.at(position)
        word = self.profile.word(element, code)
        if word is None:
            map_ = f"map {element} of {self.profile.name}, {self.profile.version_of(element)}"
            detail = f"{_name(segment, position)} {code[:40]!r} is not in {map_}"
            self.remark("CODE_UNMAPPED", detail, segment, position)
        return word

    def received(self) -> Received:
        """The facts said, each with the remarks about it; none at all if it is refused."""
        self.share()
        if not self._facts:
            self.refuse("NOTHING_SAID", "nothing in it could become a fact", self.segments[0])
        if self.profile.strict and any(f.code in STRICTLY_REFUSED for f in self._faults):
            return Received(message=self.head, faults=tuple(map(_strict, self._faults)))
        facts = tuple(identified(_with_remarks(fact, self._shared)) for fact in self._facts)
        return Received(message=self.head, facts=facts, faults=tuple(self._faults))

    def given_up(self, refusal: RefusalError) -> Received:
        """The transaction refused; what was noticed before is kept beside the reason."""
        return Received(message=self.head, faults=(*self._faults, refusal.fault))

    def _moment_of_recording(self) -> datetime:
        """GS04 and GS05, or ISA09 and ISA10 where the group's are unreadable."""
        isa, gs = self._transaction.isa, self._transaction.gs
        try:
            local = values.moment(gs.at(4), gs.at(5))
        except ValueError as error:
            detail = f"{error}; the interchange's date was taken"
            self.remark("GROUP_TIME_UNREADABLE", detail, gs, 4)
            self.share()
            try:
                local = values.moment(isa.at(9), isa.at(10))
            except ValueError as worse:
                self.refuse("VALUE_UNREADABLE", str(worse), isa, 9)
        return zones.in_zone(local, self.profile.envelope_zone)

    def _place(self, segment: Segment, position: int) -> Place:
        return Place(file=self._file, byte_offset=segment.offset, field=_name(segment, position))


def head_of(transaction: Transaction, profile: Profile) -> MessageHead:
    """What names the transaction: the same bytes always give the same message id."""
    isa, gs = transaction.isa, transaction.gs
    first = transaction.segments[0] if transaction.segments else None
    is_set = first is not None and first.tag == "ST"
    control = first.at(2) if first and is_set else ""
    named = (isa.at(6), isa.at(9) + isa.at(10), isa.at(13), gs.at(6), control)
    return MessageHead(
        format="x12",
        kind=first.at(1)[:8] if first and is_set else "",
        sender=sender_of(transaction),
        message_id=":".join(part[:LONGEST_NAME] for part in named),
        profile=profile.name,
        stream=_stream(isa),
        sequence=sequence_in(isa.at(13)),
    )


def _stream(isa: Segment) -> str:
    """From whom to whom, and whether in production or test: each pair counts ISA13 by itself."""
    parts = (isa.at(5), isa.at(6), isa.at(7), isa.at(8), isa.at(15))
    return ":".join(part[:LONGEST_NAME] for part in parts) if any(parts) else ""


def _name(segment: Segment, position: int) -> str:
    tag = segment.tag[:8]
    return f"{tag}-{position:02}" if position else tag


def _strict(fault: IntakeFault) -> IntakeFault:
    return IntakeFault(
        code=fault.code,
        detail=fault.detail,
        place=fault.place,
        refused=fault.refused or fault.code in STRICTLY_REFUSED,
    )


def _with_remarks(fact: Fact, shared: list[Remark]) -> Fact:
    remarks = tuple(dict.fromkeys((*shared, *fact.remarks)))
    return msgspec.structs.replace(fact, remarks=remarks)
