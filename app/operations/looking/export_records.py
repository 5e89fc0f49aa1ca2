"""Decisions and releases of a window as CSV, in parts that a batch writes whole or not at all.

A part is named by where it begins, and written beside its place and then moved there: the batch
that is done again writes the same part again.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from app.errors import RequestError
from app.infrastructure.storage.rows import Release, StoredDecision
from app.operations.house import House

Records = Literal["decisions", "releases"]
AT_ONCE = 200
DECISION = ("decision_id", "unit", "customer", "verdict", "currency", "amount_minor", "decided_at")
RELEASE = (
    "release_id",
    "unit",
    "decision_id",
    "customer",
    "kind",
    "currency",
    "amount_minor",
    "claimed_at",
    "invoice_number",
)


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """What one batch wrote."""

    after: int | None
    """The last record's place, where the next batch begins; None where none is left."""
    written: int


def export_records(
    house: House,
    folder: Path,
    records: Records,
    *,
    since: datetime,
    before: datetime,
    after: int = 0,
    at_most: int = AT_ONCE,
) -> Exported:
    """Write the next part: `decisions-000000000001.csv` begins behind place 1.

    Raises:
        RequestError: the folder cannot be written to.
    """
    found: Sequence[tuple[int, StoredDecision | Release]]
    with house.database.reading(house.tenant) as store:
        rows = store.decisions if records == "decisions" else store.releases
        found = rows.page(since=since, before=before, after_seq=after, limit=at_most)
    if found:
        head = DECISION if records == "decisions" else RELEASE
        _write(folder, f"{records}-{after:012}.csv", _csv(head, [each for _, each in found]))
    return Exported(after=found[-1][0] if len(found) == at_most else None, written=len(found))


def _csv(head: Sequence[str], records: Iterable[StoredDecision | Release]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_shown(getattr(each, name)) for name in head] for each in records)
    return text.getvalue()


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)


def _write(folder: Path, name: str, text: str) -> None:
    part = folder / f".{name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8", newline="")
        part.replace(folder / name)
    except OSError as error:
        raise RequestError(f"{folder} cannot be written to: {error.strerror}") from error
