"""One X12 transaction while it is read: what mappers may ask of it."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from app.evidence.intake import zones
from app.evidence.intake.enveloped import dates
from app.evidence.intake.enveloped.reading import LONGEST_NAME, MessageReading, RefusalError
from app.evidence.intake.profile import Profile
from app.evidence.intake.received import MessageHead, Received, sequence_in
from app.evidence.intake.x12.interchange import Transaction
from app.evidence.intake.x12.segments import Segment

T = TypeVar("T")


def sender_of(transaction: Transaction) -> str:
    """Who sent it: GS02, or ISA06 where the group names nobody."""
    return (transaction.group.at(2) or transaction.interchange.at(6))[:LONGEST_NAME]


class Reading(MessageReading[Segment]):
    """A transaction being read with a profile; mappers call it, nobody else."""

    def __init__(
        self, transaction: Transaction, profile: Profile, by: tuple[str, str, str]
    ) -> None:
        """Begin to read it; `by` is the file's name, whose facts these are, and by whose hand.

        Raises:
            RefusalError: where nothing says when it was made.
        """
        head = head_of(transaction, profile)
        super().__init__(head, transaction.segments, transaction.faults, profile, by)
        self._transaction = transaction
        self.recorded_at = self._moment_of_recording()

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

    def given_up(self, refusal: RefusalError) -> Received:
        """The transaction refused; what was noticed before is kept beside the reason."""
        return Received(message=self.head, faults=(*self._faults, refusal.fault))

    def _moment_of_recording(self) -> datetime:
        """GS04 and GS05, or ISA09 and ISA10 where the group's are unreadable."""
        isa, gs = self._transaction.interchange, self._transaction.group
        try:
            local = dates.moment(gs.at(4), gs.at(5))
        except ValueError as error:
            detail = f"{error}; the interchange's date was taken"
            self.remark("GROUP_TIME_UNREADABLE", detail, gs, 4)
            self.share()
            try:
                local = dates.moment(isa.at(9), isa.at(10))
            except ValueError as worse:
                self.refuse("VALUE_UNREADABLE", str(worse), isa, 9)
        return zones.in_zone(local, self.profile.envelope_zone)


def head_of(transaction: Transaction, profile: Profile) -> MessageHead:
    """What names the transaction: the same bytes always give the same message id."""
    isa, gs, st = transaction.interchange, transaction.group, transaction.header
    named = (isa.at(6), isa.at(9) + isa.at(10), isa.at(13), gs.at(6), st.at(2))
    return MessageHead(
        format="x12",
        kind=st.at(1)[:8],
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
