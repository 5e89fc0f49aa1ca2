"""Every kind of long work the product knows, in the lane it waits in, with what may be asked of it.

Arguments are kept as texts for as long as the job lasts; they are read here, once a batch.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from app.errors import RequestError
from app.evidence.intake.feed import Lane
from app.infrastructure.lanes.job import Act, Args, Batch, Kind
from app.measures import Instant
from app.operations.deciding.decide_all import decide_all
from app.operations.house import House
from app.operations.looking.export_records import export_records
from app.operations.receiving.replay_messages import Selection, replay_batch

REPLAY_MESSAGES, DECIDE_ALL, EXPORT = "replay-messages", "decide-all", "export"


class ReplayAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Read what came again."""

    tag: str
    until: Instant
    """What came before; what comes later is read by the maps in force anyway."""
    since: Instant | None = None
    partner: str = ""
    feed: str = ""
    unmapped: bool = False
    lane: Lane = Lane.BULK


class DecideAllAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Decide every unit."""

    tag: str


class ExportAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Write what happened in a window to a folder."""

    folder: str
    since: Instant
    until: Instant
    records: Literal["decisions", "releases"] = "decisions"


ASKED: Mapping[str, type[msgspec.Struct]] = {
    REPLAY_MESSAGES: ReplayAsked,
    DECIDE_ALL: DecideAllAsked,
    EXPORT: ExportAsked,
}


LANES: Mapping[str, str] = {REPLAY_MESSAGES: "replay", DECIDE_ALL: "back-fill", EXPORT: "export"}
"""Jobs of one lane wait for each other; lanes do not."""


def kinds(house: House) -> tuple[Kind, ...]:
    """Every kind, acting in this house."""
    acts: Mapping[str, Callable[[House, Any, str], Batch]] = {
        REPLAY_MESSAGES: _replay,
        DECIDE_ALL: _decide_all,
        EXPORT: _export,
    }
    return tuple(
        Kind(name=name, lane=LANES[name], act=_acting(house, name, do)) for name, do in acts.items()
    )


def _acting(house: House, name: str, do: Callable[[House, Any, str], Batch]) -> Act:
    return lambda args, cursor: do(house, asked(name, args), cursor)


def asked(name: str, args: Args) -> Any:
    """The arguments of a job, read.

    Raises:
        RequestError: there is no such kind, or an argument is wrong.
    """
    if name not in ASKED:
        raise RequestError(f"no job is of kind {name}; there are: {', '.join(ASKED)}")
    try:
        return msgspec.convert(dict(args), ASKED[name], strict=False)
    except msgspec.ValidationError as error:
        allowed = ", ".join(ASKED[name].__struct_fields__)
        raise RequestError(f"{name}: {error}; it may be asked for by {allowed}") from None


def _replay(house: House, job: ReplayAsked, cursor: str) -> Batch:
    selection = Selection(
        partner=job.partner,
        feed=job.feed,
        since=job.since,
        before=job.until,
        unmapped=job.unmapped,
    )
    batch = replay_batch(house, selection, tag=job.tag, lane=job.lane, after=int(cursor or 0))
    return Batch(cursor=_cursor(batch.after), done=batch.looked_at)


def _decide_all(house: House, job: DecideAllAsked, cursor: str) -> Batch:
    batch = decide_all(house, tag=job.tag, after=cursor)
    return Batch(cursor=batch.after, done=batch.numbers)


def _export(house: House, job: ExportAsked, cursor: str) -> Batch:
    batch = export_records(
        house,
        Path(job.folder),
        job.records,
        since=job.since,
        before=job.until,
        after=int(cursor or 0),
    )
    return Batch(cursor=_cursor(batch.after), done=batch.written)


def _cursor(place: int | None) -> str | None:
    return None if place is None else str(place)
