"""One consignment while it is read: what it says, what was noticed, where it fails.

What is noticed and can be lived with is a remark; what cannot is a `RefusalError`, which takes
the consignment with it and no other.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NoReturn

import msgspec

from app.errors import Place
from app.evidence.facts.fact import Classifier, Fact, Quality, Remark, Said, Source, identified
from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.intake import zones
from app.evidence.intake.edifact import moments
from app.evidence.intake.edifact.interchange import Message
from app.evidence.intake.edifact.places import carrier_in
from app.evidence.intake.edifact.segments import Segment
from app.evidence.intake.profile import Profile
from app.evidence.intake.received import IntakeFault, MessageHead, Received
from app.evidence.intake.references import names_something, references_of, united
from app.evidence.intake.x12 import values
from app.evidence.intake.x12.numbers import ISSUED_BY_CARRIER
from app.evidence.intake.x12.transaction import LONGEST_NAME, STRICTLY_REFUSED, RefusalError

KIND = "IFTSTA"
MESSAGE_DATE = "137"


class Consignment:
    """A consignment being read with a profile."""

    def __init__(
        self,
        message: Message,
        header: Sequence[Segment],
        segments: Sequence[Segment],
        head: MessageHead,
        profile: Profile,
        by: tuple[str, str, str],
    ) -> None:
        """Begin to read it.

        Args:
        message: the message it stands in, whose faults are its own.
        header: what the message says of all its consignments.
        segments: its own, from CNI on.
        head: what it is called.
        profile: how its sender is read.
        by: the file's name in places, whose facts these are, and by whose hand.
        """
        self.profile = profile
        self.header = header
        self.segments = segments
        self.head = head
        self.carrier = carrier_in((*segments, *header))
        self._file, self._tenant, self._actor = by
        self._unb = message.unb
        self._faults = list(message.faults)
        self._shared = [fault.as_remark() for fault in message.faults]
        self._own: list[Remark] = []
        self._facts: list[Fact] = []
        self.recorded_at: datetime

    def read(self, read: Callable[["Consignment"], None]) -> Received:
        """What a reader makes of it: its facts, or why it is refused."""
        try:
            self.recorded_at = self._moment_of_recording()
            read(self)
        except RefusalError as error:
            self._faults.append(error.fault)
        return self._received()

    def say(
        self,
        said: Said,
        *,
        classifier: Classifier,
        references: tuple[Reference, ...],
        occurred_at: datetime | None = None,
    ) -> None:
        """Add a fact; what was remarked since the last one, and not shared, is about it."""
        fact = Fact(
            fact_id="",
            tenant=self._tenant,
            actor=self._actor,
            source=Source(
                system=self.profile.systems.get(KIND, "carrier"),
                instance=self.carrier or self.head.sender,
                message_id=self.head.message_id,
                position=len(self._facts),
            ),
            classifier=classifier,
            quality=Quality.EDI,
            occurred_at=occurred_at or self.recorded_at,
            recorded_at=self.recorded_at,
            references=united(references_of(said), references),
            remarks=tuple(self._own),
            said=said,
        )
        self._own = []
        self._facts.append(fact)

    def remark(self, code: str, detail: str, segment: Segment, element: int = 0) -> None:
        """Note something that does not stop the reading."""
        fault = IntakeFault(code=code, detail=detail, place=self._place(segment, element))
        self._faults.append(fault)
        self._own.append(fault.as_remark())

    def share(self) -> None:
        """What was remarked so far and belongs to no fact yet concerns all of them."""
        self._shared += self._own
        self._own = []

    def refuse(self, code: str, detail: str, segment: Segment, element: int = 0) -> NoReturn:
        """Give the consignment up.

        Raises:
            RefusalError: always.
        """
        place = self._place(segment, element)
        raise RefusalError(IntakeFault(code=code, detail=detail, place=place, refused=True))

    def noted(self, refusal: RefusalError) -> None:
        """Keep a refusal and read on, so that one reading shows every one of them."""
        self._faults.append(refusal.fault)

    def word(self, element: str, segment: Segment, at: tuple[int, int]) -> str | None:
        """Our word for a code; None, with a remark, where the partner's map lacks it."""
        code = segment.at(*at)
        word = self.profile.word(element, code)
        if word is None:
            map_ = f"map {element} of {self.profile.name}, {self.profile.version_of(element)}"
            detail = f"{_name(segment, at[0])} {code[:40]!r} is not in {map_}"
            self.remark("CODE_UNMAPPED", detail, segment, at[0])
        return word

    def reference(self, element: str, qualifier: str, segment: Segment, value: str) -> Reference:
        """A number of the kind its qualifier is mapped to, else `other` issued by the qualifier."""
        kind = ReferenceKind(self.profile.word(element, qualifier) or ReferenceKind.OTHER)
        issuer = (self.carrier or self.head.sender) if kind in ISSUED_BY_CARRIER else ""
        issuer = qualifier if kind is ReferenceKind.OTHER else issuer
        return self.checked(Reference(kind=kind, value=value, issuer=issuer), segment)

    def checked(self, named: Reference, segment: Segment) -> Reference:
        """The same; one that names nothing or is longer than any refuses the consignment."""
        if not names_something(named):
            self.refuse("VALUE_MISSING", f"{named.value[:40]!r} names nothing", segment)
        if max(len(named.value), len(named.issuer)) > LONGEST_NAME:
            detail = f"{named.value[:40]!r}... is longer than {LONGEST_NAME}"
            self.refuse("VALUE_UNREADABLE", detail, segment)
        return named

    def _received(self) -> Received:
        self.share()
        if not self._facts and not any(fault.refused for fault in self._faults):
            detail = "nothing in it could become a fact"
            place = self._place(self.segments[0], 0)
            self._faults.append(
                IntakeFault(code="NOTHING_SAID", detail=detail, place=place, refused=True)
            )
        strict = STRICTLY_REFUSED if self.profile.strict else frozenset()
        faults = tuple(
            msgspec.structs.replace(fault, refused=fault.refused or fault.code in strict)
            for fault in self._faults
        )
        if any(fault.refused for fault in faults):
            return Received(message=self.head, faults=faults)
        facts = tuple(identified(_with_remarks(fact, self._shared)) for fact in self._facts)
        return Received(message=self.head, facts=facts, faults=faults)

    def _moment_of_recording(self) -> datetime:
        """When the interchange was made (UNB-04), or the message where that is unreadable."""
        try:
            local = values.moment(self._unb.at(4, 1), self._unb.at(4, 2))
        except ValueError as error:
            detail = f"{error}; the message's own date was taken"
            self.remark("GROUP_TIME_UNREADABLE", detail, self._unb, 4)
            self.share()
            local = self._message_date(error)
        if local.tzinfo is not None:
            return local
        return zones.in_zone(local, self.profile.envelope_zone)

    def _message_date(self, unreadable: ValueError) -> datetime:
        dated = (each for each in self.header if each.tag == "DTM" and each.at(1) == MESSAGE_DATE)
        dtm = next(dated, None)
        if dtm is None:
            self.refuse("VALUE_UNREADABLE", str(unreadable), self._unb, 4)
        try:
            return moments.moment(dtm).local
        except ValueError as error:
            self.refuse("VALUE_UNREADABLE", str(error), dtm, 1)

    def _place(self, segment: Segment, element: int) -> Place:
        field = _name(segment, element)
        return Place(file=self._file, byte_offset=segment.offset, field=field)


def _name(segment: Segment, element: int) -> str:
    tag = segment.tag[:8]
    return f"{tag}-{element:02}" if element else tag


def _with_remarks(fact: Fact, shared: list[Remark]) -> Fact:
    remarks = tuple(dict.fromkeys((*shared, *fact.remarks)))
    return msgspec.structs.replace(fact, remarks=remarks)
