"""One consignment while it is read: what the mapper of its message may ask of it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from app.evidence.facts.reference import Reference
from app.evidence.intake import zones
from app.evidence.intake.edifact import moments
from app.evidence.intake.edifact.interchange import Message
from app.evidence.intake.edifact.places import carrier_in
from app.evidence.intake.edifact.segments import Segment
from app.evidence.intake.enveloped import dates
from app.evidence.intake.enveloped.numbers import number_as_mapped
from app.evidence.intake.enveloped.reading import LONGEST_NAME, MessageReading, RefusalError
from app.evidence.intake.profile import Profile
from app.evidence.intake.received import MessageHead, Received
from app.evidence.intake.references import names_something

KIND = "IFTSTA"
MESSAGE_DATE = "137"


class Consignment(MessageReading[Segment]):
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
        super().__init__(head, segments, message.faults, profile, by)
        self.header = header
        self.carrier = carrier_in((*segments, *header))
        self.instance = self.carrier or head.sender
        self._unb = message.interchange

    def read(self, read: Callable[["Consignment"], None]) -> Received:
        """What a reader makes of it: its facts, or why it is refused."""
        try:
            self.recorded_at = self._moment_of_recording()
            read(self)
            return self.received()
        except RefusalError as refusal:
            self.noted(refusal)
            return self.received()

    def noted(self, refusal: RefusalError) -> None:
        """Keep a refusal and read on, so that one reading shows every one of them."""
        self._faults.append(refusal.fault)

    def reference(self, element: str, qualifier: str, segment: Segment, value: str) -> Reference:
        """A number of the kind its qualifier is mapped to, else `other` issued by the qualifier."""
        named = number_as_mapped(self.profile, element, qualifier, value, self.instance)
        return self.checked(named, segment)

    def checked(self, named: Reference, segment: Segment) -> Reference:
        """The same; one that names nothing or is longer than any refuses the consignment."""
        if not names_something(named):
            self.refuse("VALUE_MISSING", f"{named.value[:40]!r} names nothing", segment)
        if max(len(named.value), len(named.issuer)) > LONGEST_NAME:
            detail = f"{named.value[:40]!r}... is longer than {LONGEST_NAME}"
            self.refuse("VALUE_UNREADABLE", detail, segment)
        return named

    def _moment_of_recording(self) -> datetime:
        """When the interchange was made (UNB-04), or the message where that is unreadable."""
        try:
            local = dates.moment(self._unb.at(4, 1), self._unb.at(4, 2))
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
