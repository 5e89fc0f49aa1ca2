"""Files arrive in watched folders, as SFTP leaves them: `TOLLGATE_DROPS/PARTNER/FEED/`.

A file is taken when it stands still: its size and time are those of the look before, or it was
just renamed from `.tmp` or `.part`. It is recorded, and then moved to `done/` or `refused/` with
its receipt beside it, and with a 997 where it is X12. A crash in between records it again, which is
known as a duplicate.
"""

import logging
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from app.digest import canonical, digest, digest_of
from app.entrypoints.feeds.arriving import record_arrived
from app.errors import BusyError, DeploymentError, NotFoundError
from app.infrastructure.storage.rows import Finding
from app.operations.house import House
from app.operations.receiving.acknowledge import acknowledgement
from app.operations.receiving.came import Came
from app.operations.receiving.record_messages import Receipt
from app.telemetry import FEED_FILES

DONE, REFUSED = "done", "refused"
LOOKS_EVERY_S = 2.0
"""Between two looks: whoever writes a file is never silent for so long."""
UNFINISHED = (".tmp", ".part", ".filepart")
"""How a file is called while it is still being written."""
_MEDIA = {
    ".json": "application/json",
    ".csv": "text/csv",
    ".edi": "application/edi-x12",
    ".x12": "application/edi-x12",
}
_log = logging.getLogger("tollgate.feeds")


class Sight(msgspec.Struct, frozen=True):
    """A file as one look saw it."""

    size: int
    changed_ns: int


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """One look at a folder."""

    seen: Mapping[str, Sight]
    """Every file, finished or not; the next look compares with it."""
    settled: tuple[str, ...]
    """Files that stand still, by name."""
    odd: tuple[str, ...] = ()
    """What is no plain file: links, pipes, devices. Nothing outside the folder is ever read."""


def look(folder: Path, before: Mapping[str, Sight]) -> Look:
    """What is in the folder now, and which of it stands still since the look before."""
    seen: dict[str, Sight] = {}
    odd: list[str] = []
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda each: each.name):
            if entry.name.startswith(".") or entry.is_dir(follow_symlinks=False):
                continue
            try:
                found = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # renamed or taken back while we looked
            if stat.S_ISREG(found.st_mode):
                seen[entry.name] = Sight(found.st_size, found.st_mtime_ns)
            else:
                odd.append(entry.name)
    settled = tuple(
        name
        for name, sight in seen.items()
        if not name.endswith(UNFINISHED)
        and (before.get(name) == sight or _renamed(name, before, seen))
    )
    return Look(seen=seen, settled=settled, odd=tuple(odd))


def _renamed(name: str, before: Mapping[str, Sight], seen: Mapping[str, Sight]) -> bool:
    """Whether the file was there under the name of an unfinished one, which is gone."""
    earlier = (name + ending for ending in UNFINISHED)
    return any(each in before and each not in seen for each in earlier)


class WatchedFolder:
    """One feed's folder, and what was seen in it last."""

    def __init__(
        self, house: House, folder: Path, read: Callable[[Path], bytes] = Path.read_bytes
    ) -> None:
        self._house, self._folder, self._read = house, folder, read
        self._partner, self._feed = folder.parent.name, folder.name
        self._seen: Mapping[str, Sight] = {}
        self._failed: dict[str, Sight] = {}

    def take(self) -> int:
        """Look once, and take what stands still; how many files that were.

        Raises:
            BusyError: too much of the partner's waits to be decided; the rest stays.
            DeploymentError: the database does not answer; the rest stays.
        """
        try:
            found = look(self._folder, self._seen)
        except OSError as error:
            # Other partners' folders can be read; at the next look perhaps this one can.
            self._find("FOLDER_NOT_READ", f"{self._folder.name}: {error.strerror or error}")
            return 0
        self._seen = found.seen
        for name in found.odd:
            self._find("NO_PLAIN_FILE", f"{name} is no plain file, and is not read")
        ready = [name for name in found.settled if self._failed.get(name) != found.seen[name]]
        return sum(self._taken(name, found.seen[name]) for name in ready)

    def _taken(self, name: str, sight: Sight) -> int:
        try:
            self._take(name)
        except (BusyError, DeploymentError):
            raise
        except OSError as error:
            # Tried again at each look: rights may be given without the file changing.
            self._find("FILE_NOT_READ", f"{name}: {error.strerror or error}")
        except Exception as error:  # noqa: BLE001  one file never holds up the others
            # Not tried again before it changes or we are started anew; it stays where it is.
            _log.exception("%s could not be taken", self._folder / name)
            self._failed[name] = sight
            self._find("FILE_NOT_TAKEN", f"{name}: {type(error).__name__}")
        else:
            return 1
        return 0

    def _take(self, name: str) -> None:
        raw = self._read(self._folder / name)
        receipt = record_arrived(
            self._house,
            raw,
            name,
            media=_MEDIA.get(Path(name).suffix.lower(), ""),
            came=Came(partner=self._partner, feed=self._feed),
        )
        self._put_away(name, raw, receipt)

    def _put_away(self, name: str, raw: bytes, receipt: Receipt) -> None:
        where = DONE if _all_counts(receipt) else REFUSED
        folder = self._folder / where
        folder.mkdir(exist_ok=True)
        target = _free(folder / name, raw)
        _write(target.with_name(target.name + ".receipt.json"), canonical(receipt))
        answer = self._answer(receipt)
        if answer:
            _write(target.with_name(target.name + ".997.edi"), answer)
        (self._folder / name).replace(target)
        FEED_FILES.labels(where).inc()

    def _answer(self, receipt: Receipt) -> bytes:
        try:
            return acknowledgement(self._house, receipt.delivery_id)
        except NotFoundError:
            return b""  # it is no X12, or nothing that is answered

    def _find(self, code: str, detail: str) -> None:
        finding = Finding(
            # The same about the same file is found once.
            finding_id=digest_of((self._partner, self._feed, code, detail)),
            partner=self._partner,
            feed=self._feed,
            code=code,
            detail=detail,
            at=self._house.now(),
        )
        self._house.database.together(self._house.tenant, lambda store: store.findings.add(finding))


def _all_counts(receipt: Receipt) -> bool:
    taken = receipt.counted("recorded") + receipt.counted("duplicate")
    return taken == len(receipt.messages)


def _write(target: Path, content: bytes) -> None:
    """A file that is there whole or not at all."""
    writing = target.with_name(target.name + ".tmp")
    writing.write_bytes(content)
    writing.replace(target)


def _free(target: Path, raw: bytes) -> Path:
    """The target, or another name beside a file of the same name that says something else."""
    if not target.exists() or target.read_bytes() == raw:
        return target
    return target.with_name(f"{target.stem}.{digest(raw)[:12]}{target.suffix}")


class FolderFeeds:
    """Every feed's folder; looked into once at a time, never twice without a pause."""

    def __init__(self, drops: Path, house: House) -> None:
        self._drops, self._house = drops, house
        self._folders: dict[Path, WatchedFolder] = {}

    def look_once(self) -> int:
        """Look into every folder once; how many files were taken.

        Raises:
            DeploymentError: the database does not answer, or the folder of drops is not there.
        """
        taken = 0
        for path in self._paths():
            folder = self._folders.setdefault(path, WatchedFolder(self._house, path))
            try:
                taken += folder.take()
            except BusyError as error:
                _log.info("%s waits: %s", path, error)  # the other partners' do not
        return taken

    def _paths(self) -> Iterator[Path]:
        """`PARTNER/FEED` of all partners, by name."""
        try:
            yield from sorted(
                path
                for path in self._drops.glob("*/*/")
                if path.is_dir() and not path.is_symlink() and not path.parent.is_symlink()
            )
        except OSError as error:
            raise DeploymentError(f"TOLLGATE_DROPS cannot be read: {error.strerror}") from error
