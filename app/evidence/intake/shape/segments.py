"""The traits of X12 and EDIFACT: which elements of which segments of which sets have a value."""

from collections.abc import Iterable, Iterator, Sequence

from app.evidence.intake.edifact.interchange import messages
from app.evidence.intake.shape.traits import (
    LOOKED_AT,
    MOST_TRAITS,
    Kind,
    Trait,
    kind_of_element,
    step,
    trait,
    whole,
)
from app.evidence.intake.x12.interchange import transactions

Cut = tuple[str, Sequence[str]]
"""A tag and its elements."""
Held = tuple[str, list[Cut]]
"""A set, and the segments of one transaction of it."""
X12_ENVELOPE = frozenset(("ST", "SE"))
EDIFACT_ENVELOPE = frozenset(("UNH", "UNT"))


def x12_traits(raw: bytes) -> frozenset[Trait]:
    """What stands in the transactions of the interchanges."""
    found: list[Held] = [
        (each.header.at(1), [(segment.tag, segment.elements) for segment in each.segments])
        for each in transactions(raw[:LOOKED_AT], 0, "")
        if each.header.tag
    ]
    return _traits(found, Kind.X12, X12_ENVELOPE, cut=len(raw) > LOOKED_AT)


def edifact_traits(raw: bytes) -> frozenset[Trait]:
    """What stands in the messages of the interchanges."""
    found: list[Held] = [
        (
            each.header.at(2),
            [(segment.tag, [":".join(e) for e in segment.elements]) for segment in each.segments],
        )
        for each in messages(raw[:LOOKED_AT], 0, "")
        if each.header.tag
    ]
    return _traits(found, Kind.EDIFACT, EDIFACT_ENVELOPE, cut=len(raw) > LOOKED_AT)


def _traits(
    sets: Sequence[Held], kind: Kind, envelope: frozenset[str], *, cut: bool
) -> frozenset[Trait]:
    if not sets:
        return frozenset((whole(Kind.UNREADABLE),))
    if cut:
        # Where the bytes were cut stands half an element.
        sets[-1][1].pop()
    found = {whole(kind)}
    for name, segments in sets:
        for each in _of_set(step(name), segments, envelope):
            if len(found) < MOST_TRAITS:
                found.add(each)
    return frozenset(found)


def _of_set(name: str, segments: Iterable[Cut], envelope: frozenset[str]) -> Iterator[Trait]:
    yield trait(name, "", Kind.SET)
    for tag, elements in segments:
        if tag in envelope:
            continue
        path = f"{name} {step(tag)}"
        yield trait(path, name, Kind.SEGMENT)
        for position, element in enumerate(elements, start=1):
            if element.strip(": "):
                yield trait(f"{path}-{position:02}", path, kind_of_element(element))
