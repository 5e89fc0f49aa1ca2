"""What comes of reading bytes: for each transaction or event its facts and its faults."""

import msgspec

from app.errors import Place
from app.evidence.facts.fact import Fact, Remark

MOST_DIGITS_OF_A_NUMBER = 18
"""Of a number in a stream; more do not fit where it is stored."""


class IntakeFault(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong with a message: what, where, and whether it was refused for it."""

    code: str
    """A closed list of words in capitals; the ones not refused are remarks on facts too."""
    detail: str
    place: Place
    refused: bool = False

    def as_remark(self) -> Remark:
        """The fault as it travels on the facts it concerns."""
        return Remark(code=self.code, detail=self.detail)


class MessageHead(msgspec.Struct, frozen=True, kw_only=True):
    """Which message it was, as far as it could be read."""

    format: str
    """`x12`, `cloudevents`, `edifact` or `unknown`."""
    kind: str = ""
    """The X12 transaction set (`214`), the EDIFACT message type or the event's type."""
    sender: str = ""
    message_id: str = ""
    profile: str = ""
    """The partner profile it was read with."""
    stream: str = ""
    """Whose numbering `sequence` counts in: sender and receiver of an interchange, or a source."""
    sequence: int | None = None
    """Its number in the stream (ISA13); several transactions of one interchange share it."""
    correlation_id: str = ""
    """What the sender follows it by, where it says so."""


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """One X12 transaction, one consignment of an EDIFACT message, or one event, read.

    A refused one has no facts: nothing is ever read by half.
    """

    message: MessageHead
    facts: tuple[Fact, ...] = ()
    faults: tuple[IntakeFault, ...] = ()

    def __post_init__(self) -> None:
        """Keep the promise that a refused message says nothing."""
        assert not (self.facts and self.refused), "a refused message yields no facts"

    @property
    def refused(self) -> bool:
        """Whether it could not be read."""
        return any(fault.refused for fault in self.faults)


def sequence_in(value: object) -> int | None:
    """The number in a stream that a value states; None where it is no whole number from 0 on."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value) if len(value) <= MOST_DIGITS_OF_A_NUMBER else None
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value < 10**MOST_DIGITS_OF_A_NUMBER else None


def refusal(message: MessageHead, code: str, detail: str, place: Place) -> Received:
    """A message that could not be read, for one reason."""
    fault = IntakeFault(code=code, detail=detail, place=place, refused=True)
    return Received(message=message, faults=(fault,))
