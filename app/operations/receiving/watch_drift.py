"""What partners send is watched for drift: what changes is found before somebody misses it.

Every span of the last deliveries of a stream is compared with those before it. What was found is
kept once, as a finding about the feed; a process that begins anew, or another beside it, finds the
same and adds nothing.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from app.digest import digest_of
from app.evidence.intake.feed import Format
from app.evidence.intake.profile import Profiles
from app.evidence.intake.received import IntakeFault
from app.evidence.intake.shape.drift import ENOUGH, Drift, drift
from app.evidence.intake.shape.rows import Layout, layout_of
from app.evidence.intake.shape.shape import Shape, traits_of, unmapped_in
from app.infrastructure.storage.columns import shortened
from app.infrastructure.storage.rows import Finding
from app.infrastructure.storage.store import Store
from app.infrastructure.storage.streams import Arrived, Stream
from app.operations.changing.editions_in_force import profiles_in_force
from app.operations.house import House
from app.telemetry import DRIFT

NOW = 20
"""Deliveries that are looked at as what is sent now: few, so that a change shows soon."""
BEFORE = 100
"""Deliveries before them: enough that what one in thirty has is nearly always among them."""
STEP = 5
"""As many as show that something is new: spans overlap, so that a change in the middle of one does
not count as what was before."""
AT_MOST = BEFORE + 10 * NOW
"""Deliveries of a stream that one look goes back; of a flood the last ones stand for all."""
MESSAGES = 20_000
"""Of a stream in one look: of files with thousands of rows only the last few are looked at."""
FAULTS = 500
"""Messages with faults of one delivery."""
FIRST_LOOK = timedelta(days=1)
"""A process that begins looks at the streams that were heard since; others have not changed."""
SHAPES = 10_000

_faults = msgspec.json.Decoder(tuple[IntakeFault, ...])


class _ReadAs(msgspec.Struct, frozen=True):
    """A stream, and how its bytes are split."""

    stream: Stream
    format: Format | None
    layout: Layout


class Looks:
    """What one process has looked at, so that it looks at nothing twice."""

    def __init__(self) -> None:
        self.until = 0
        """The place of the last message that was looked at."""
        self._shapes: OrderedDict[tuple[_ReadAs, str], Shape] = OrderedDict()

    def shape(self, store: Store, read_as: _ReadAs, arrived: Arrived) -> Shape:
        """What a delivery looks like; its bytes never change."""
        key = read_as, arrived.delivery_id
        found = self._shapes.get(key) or _shape(store, read_as, arrived)
        self._shapes[key] = found
        self._shapes.move_to_end(key)
        if len(self._shapes) > SHAPES:
            self._shapes.popitem(last=False)
        return found


def watch_drift(house: House, looks: Looks) -> int:
    """Look at every stream of which something new came; how many findings are new."""
    moment = house.now()
    since = None if looks.until else moment - FIRST_LOOK
    with house.database.reading(house.tenant) as store:
        heard = store.streams.heard(after=looks.until, since=since)
    new = sum(_watch(house, looks, stream, moment) for stream in sorted(heard))
    looks.until = max(heard.values(), default=looks.until)
    return new


def _watch(house: House, looks: Looks, stream: Stream, moment: datetime) -> int:
    with house.database.reading(house.tenant) as store:
        arrived = store.streams.arrived(stream, messages=MESSAGES, deliveries=AT_MOST)
        if len(arrived) <= ENOUGH:
            return 0
        read_as = _read_as(profiles_in_force(store), stream)
        shapes = [looks.shape(store, read_as, each) for each in arrived]
    findings = {
        finding.finding_id: finding
        for found in _drifts(shapes, looks.until)
        for finding in [_finding(stream, found, moment)]
    }
    if not findings:
        return 0
    with house.database.writing(house.tenant) as store:
        new = [each for each in findings.values() if store.findings.add(each)]
    for each in new:
        DRIFT.labels(each.partner, each.feed, each.code).inc()
    return len(new)


def _drifts(shapes: Sequence[Shape], looked_until: int) -> Iterator[Drift]:
    """Every drift of every span that ends with something new, the oldest span first."""
    looked = sum(1 for shape in shapes if shape.place <= looked_until)
    for end in sorted(range(len(shapes), looked, -STEP)):
        begin = max(0, end - NOW)
        yield from drift(shapes[max(0, begin - BEFORE) : begin], shapes[begin:end])


def _read_as(profiles: Profiles, stream: Stream) -> _ReadAs:
    feed = profiles.feed(stream.partner, stream.feed)
    if feed is None:
        return _ReadAs(stream, None, layout_of(None))
    return _ReadAs(stream, feed.format, layout_of(profiles.mapping(feed.partner, feed.mapping)))


def _shape(store: Store, read_as: _ReadAs, arrived: Arrived) -> Shape:
    raw = store.messages.delivery(arrived.delivery_id).raw
    told = store.streams.faults_of(read_as.stream, arrived, FAULTS)
    return Shape(
        message=arrived.delivery_id,
        place=arrived.place,
        traits=traits_of(raw, read_as.format, read_as.layout),
        codes=unmapped_in(fault for each in told for fault in _faults.decode(each)),
    )


def _finding(stream: Stream, found: Drift, moment: datetime) -> Finding:
    sender = f"from {stream.sender}: " if stream.sender else ""
    return Finding(
        finding_id=digest_of((found.code, stream, found.path, found.kind)),
        partner=stream.partner,
        feed=stream.feed,
        code=found.code,
        detail=shortened(f"{sender}{found}"),
        at=moment,
    )
