"""997, functional acknowledgement: which transactions of a group were accepted, and why not.

Each received interchange is answered by one of its own, with a 997 for each of its groups.
Acknowledgements are never acknowledged, and what stands outside a group cannot be: X12 has
no 997 for it. Codes are those of elements 715 to 723 of the standard, release 004010.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

import msgspec

from app.evidence.intake.received import IntakeFault, Received
from app.evidence.intake.x12.interchange import X12, Transaction
from app.evidence.intake.x12.segments import Segment

Read = tuple[Transaction, Received]
"""A transaction and what came of reading it."""

ACKNOWLEDGEMENT = "FA"
"""GS-01 of a group of acknowledgements."""
SEPARATOR, TERMINATOR, COMPONENT = "*", "~", ">"
MOST_NUMBER = 999_999_999

ACCEPTED, WITH_ERRORS, PARTIALLY, REJECTED = "A", "E", "P", "R"

SET_ERRORS = {
    "SET_NOT_READ": "1",
    "TRANSACTION_CUT": "2",
    "SEGMENT_COUNT_WRONG": "4",
    "MESSAGE_ID_REUSED": "23",
}
"""Fault to transaction set syntax error (element 718)."""
NUMBERS_DIFFER, SEGMENTS_IN_ERROR = "3", "5"
GROUP_WITHOUT_END, GROUP_NUMBERS_DIFFER, GROUP_COUNT_WRONG = "3", "4", "5"
"""Functional group syntax errors (element 716)."""
ELEMENT_ERRORS = {"VALUE_MISSING": "1", "VALUE_UNREADABLE": "6", "CODE_UNMAPPED": "7"}
"""Fault to data element syntax error (element 723)."""
ELEMENTS_IN_ERROR = "8"
"""Segment syntax error (element 720)."""
OURS = frozenset(("TIME_DOUBTFUL", "AMOUNT_ROUNDED", "UNIT_NOT_READ"))
MOST_ERRORS = 5
"""AK5 and AK9 have room for so many codes."""
LONGEST_COPY = 99
LONGEST_COUNT = 6


class _Answer(msgspec.Struct, frozen=True):
    """What a 997 says of one transaction."""

    word: str
    segments: tuple[str, ...]


def acknowledgements(
    read: Sequence[Read], control_number: int, moment: datetime
) -> tuple[bytes, ...]:
    """An interchange of 997s for each interchange that was read and holds a group.

    Args:
        read: the transactions of a file with what came of each, in their order.
        control_number: of the first interchange written (ISA13); the others count on from it.
        moment: when they are written; its local time stands in ISA and GS.

    Returns:
        Whole interchanges, each of its own bytes, in the order of what they answer.
    """
    parts = answerable(read)
    assert 0 < control_number <= MOST_NUMBER + 1 - len(parts), "ISA13 has nine digits"
    return tuple(
        _interchange(part, number, moment) for number, part in enumerate(parts, control_number)
    )


def answerable(read: Sequence[Read]) -> tuple[list[Read], ...]:
    """What is answered of each interchange that holds a group, in the order of the file."""
    by_interchange = groupby(read, key=lambda each: _interchange_of(each[0]))
    parts = ([each for each in part if _can_be_answered(each[0])] for _, part in by_interchange)
    return tuple(part for part in parts if part)


def _interchange_of(transaction: Transaction) -> tuple[int, tuple[str, ...]]:
    return transaction.interchange.offset, transaction.interchange.elements


def _can_be_answered(transaction: Transaction) -> bool:
    gs, st = transaction.group, transaction.header
    return gs.tag == "GS" and gs.at(1) != ACKNOWLEDGEMENT and st.tag == "ST"


def _interchange(read: list[Read], number: int, moment: datetime) -> bytes:
    isa = read[0][0].interchange
    day, clock = moment.strftime("%y%m%d"), moment.strftime("%H%M")
    header = [
        *("ISA", "00", " " * 10, "00", " " * 10),
        *(_wide(isa.at(7), 2), _wide(isa.at(8), 15), _wide(isa.at(5), 2), _wide(isa.at(6), 15)),
        *(day, clock, "U", "00401", f"{number:09}", "0", _wide(isa.at(15) or "P", 1), COMPONENT),
    ]
    groups = [list(group) for _, group in groupby(read, key=lambda each: each[0].group.offset)]
    segments = [SEPARATOR.join(header)]
    for at, group in enumerate(groups, start=1):
        segments += _group(group, at, moment)
    segments.append(_segment("IEA", str(len(groups)), f"{number:09}"))
    return "".join(f"{segment}{TERMINATOR}\n" for segment in segments).encode("ascii")


def _group(read: list[Read], number: int, moment: datetime) -> list[str]:
    """GS to GE: one 997 that answers one group."""
    isa, gs = read[0][0].interchange, read[0][0].group
    of, to = gs.at(3) or isa.at(8), gs.at(2) or isa.at(6)
    day, clock = moment.strftime("%Y%m%d"), moment.strftime("%H%M")
    answers = [_answer(transaction, received) for transaction, received in read]
    body = [
        _segment("AK1", gs.at(1), gs.at(6)),
        *(segment for answer in answers for segment in answer.segments),
        _group_verdict(read, [answer.word for answer in answers]),
    ]
    control = f"{number:04}"
    return [
        _segment("GS", ACKNOWLEDGEMENT, of, to, day, clock, str(number), "X", "004010"),
        _segment("ST", "997", control),
        *body,
        _segment("SE", str(len(body) + 2), control),
        _segment("GE", "1", str(number)),
    ]


def _answer(transaction: Transaction, received: Received) -> _Answer:
    st = transaction.segments[0]
    faults = [fault for fault in received.faults if _is_an_error(fault)]
    notes = [segment for at, where in _placed(transaction) for segment in _notes(at, where, faults)]
    codes = _distinct(code for fault in faults if (code := _set_error(fault)))
    accepted = WITH_ERRORS if codes else ACCEPTED
    word = REJECTED if received.refused else accepted
    return _Answer(
        word,
        (
            _segment("AK2", st.at(1), st.at(2)),
            *notes,
            _segment("AK5", word, *(codes[:MOST_ERRORS] if word != ACCEPTED else ())),
        ),
    )


def _is_an_error(fault: IntakeFault) -> bool:
    """What a profile lets a sender leave unsaid, or only we cannot use, is no error of theirs."""
    return not fault.code.endswith("_ASSUMED") and fault.code not in OURS


def _set_error(fault: IntakeFault) -> str:
    """Element 718; empty for what is wrong with the group or interchange around it."""
    if fault.code in SET_ERRORS:
        return SET_ERRORS[fault.code]
    if fault.code == "CONTROL_NUMBER_WRONG":
        return NUMBERS_DIFFER if fault.place.field == "SE" else ""
    return "" if _group_error(fault) or _is_of_the_envelope(fault) else SEGMENTS_IN_ERROR


def _group_error(fault: IntakeFault) -> str:
    """Element 716; empty for what is not wrong with the group."""
    if fault.code == "TRANSACTION_COUNT_WRONG":
        return GROUP_COUNT_WRONG
    if fault.code == "CONTROL_NUMBER_WRONG" and fault.place.field == "GE":
        return GROUP_NUMBERS_DIFFER
    if fault.code == "ENVELOPE_CUT" and fault.detail == X12.no_group_end:
        return GROUP_WITHOUT_END
    return ""


def _is_of_the_envelope(fault: IntakeFault) -> bool:
    """Whether it is wrong with GS, ISA or IEA, of which a 997 has nothing to say."""
    return fault.code in {"GROUP_COUNT_WRONG", "ENVELOPE_CUT", "GROUP_TIME_UNREADABLE"}


def _placed(transaction: Transaction) -> Iterable[tuple[int, Segment]]:
    """The segments between ST and SE with their position, which counts from ST as 1."""
    for at, segment in enumerate(transaction.segments, start=1):
        if segment.tag not in ("ST", "SE"):
            yield at, segment


def _notes(at: int, segment: Segment, faults: list[IntakeFault]) -> Iterable[str]:
    """AK3 for a segment with elements in error, and AK4 for each of them."""
    elements = [
        (int(number), ELEMENT_ERRORS[fault.code])
        for fault in faults
        if fault.code in ELEMENT_ERRORS and fault.place.byte_offset == segment.offset
        if (number := fault.place.field.rpartition("-")[2]).isdigit()
    ]
    if not elements:
        return
    yield _segment("AK3", segment.tag[:3], str(at), "", ELEMENTS_IN_ERROR)
    for position, code in dict.fromkeys(elements):
        yield _segment("AK4", str(position), "", code, segment.at(position)[:LONGEST_COPY])


def _group_verdict(read: list[Read], words: list[str]) -> str:
    """AK9: the verdict on the group, and how many it said it held, held, and were accepted."""
    faults = [fault for _, received in read for fault in received.faults]
    codes = _distinct(code for fault in faults if (code := _group_error(fault)))
    accepted = sum(word != REJECTED for word in words)
    if accepted == len(words):
        word = WITH_ERRORS if codes or WITH_ERRORS in words else ACCEPTED
    else:
        word = PARTIALLY if accepted else REJECTED
    held = str(len(words))
    said = read[0][0].included
    said = said if said.isascii() and said.isdigit() and len(said) <= LONGEST_COUNT else held
    return _segment("AK9", word, said, held, str(accepted), *codes[:MOST_ERRORS])


def _distinct(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))


def _segment(tag: str, *elements: str) -> str:
    """A segment without the empty elements at its end."""
    return SEPARATOR.join((tag, *map(_plain, elements))).rstrip(SEPARATOR)


def _wide(text: str, width: int) -> str:
    return _plain(text)[:width].ljust(width)


def _plain(text: str) -> str:
    """The text without what would separate here, or is no printable ASCII."""
    return "".join(
        sign if " " <= sign <= "~" and sign not in (SEPARATOR, TERMINATOR, COMPONENT) else " "
        for sign in text
    )
