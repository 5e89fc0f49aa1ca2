"""Numbers that are missing in the streams of partners who number, and messages that came late.

What is found is kept once, as a finding about the feed. A number is missing only when the one
after it has been here for a while: messages overtake each other by seconds, not by quarters.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from app.digest import digest_of
from app.evidence.intake.numbering import Run, runs_of
from app.infrastructure.storage.rows import Finding
from app.operations.house import House

GAP, LATE, ANEW = "SEQUENCE_GAP", "ARRIVED_LATE", "NUMBERED_ANEW"
GRACE = timedelta(minutes=15)
LONGEST_SHOWN = 100
"""Signs of a stream's name in a finding, which must fit into one line as it is stored."""
LOOKS_BACK = timedelta(days=7)


class StreamGaps(msgspec.Struct, frozen=True, kw_only=True):
    """One numbered stream of a partner in a window."""

    partner: str
    feed: str
    stream: str
    runs: tuple[Run, ...]
    """More than one where the sender began to count anew."""


def gaps(
    house: House, *, since: datetime | None = None, before: datetime | None = None
) -> tuple[StreamGaps, ...]:
    """Every stream whose sender numbers: what is missing between the first number and the last."""
    numbers: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    with house.database.reading(house.tenant) as store:
        for each in store.messages.numbered(since=since, before=before):
            numbers[each.partner, each.feed, each.stream].append(each.sequence)
    return tuple(
        StreamGaps(partner=partner, feed=feed, stream=stream, runs=runs_of(seen))
        for (partner, feed, stream), seen in sorted(numbers.items())
    )


def watch_gaps(house: House, *, looks_back: timedelta = LOOKS_BACK) -> int:
    """Keep what is missing or late as findings, each once; how many are new."""
    moment = house.now()
    found = gaps(house, since=moment - looks_back, before=moment - GRACE)
    findings = [finding for stream in found for finding in _findings(stream, moment)]
    if not findings:
        return 0
    with house.database.writing(house.tenant) as store:
        return sum(store.findings.add(finding) for finding in findings)


def _findings(stream: StreamGaps, moment: datetime) -> Iterator[Finding]:
    for place, run in enumerate(stream.runs):
        if place:
            before = stream.runs[place - 1].last
            yield _finding(stream, ANEW, f"{run.first} came after {before}", moment)
        for gap in run.gaps:
            yield _finding(stream, GAP, f"{gap} never came", moment)
        for late in run.late:
            yield _finding(stream, LATE, f"{late.number} came after {late.after}", moment)


def _finding(stream: StreamGaps, code: str, what: str, moment: datetime) -> Finding:
    return Finding(
        finding_id=digest_of((code, stream.partner, stream.feed, stream.stream, what)),
        partner=stream.partner,
        feed=stream.feed,
        code=code,
        detail=f"{stream.stream[:LONGEST_SHOWN]}: {what}",
        at=moment,
    )
