"""Sends events as files into a folder that somebody else empties.

A file appears whole or not at all: it is written under another name, forced to the disk, and
renamed. Its name is made from the event's moment and id, so that files sort by when it happened
and sending an event again writes the same file again.
"""

import os
import tempfile
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

from app.billing.destination import WrittenAs
from app.infrastructure.sending.sender import NotSentError, Outgoing, Sent

Written = Callable[[Outgoing], tuple[bytes, str]]
"""The bytes of an event in the form that the destination wants, and how their file's name ends."""
EXTENSION = {
    WrittenAs.JSON: "json",
    WrittenAs.CSV: "csv",
    WrittenAs.X12_810: "edi",
    WrittenAs.X12_210: "edi",
}
UNFINISHED = ".unfinished"


class FileSender:
    """Writes into one folder, which must be there: one that is missing may be a disk that is."""

    def __init__(self, folder: Path, written: Written) -> None:
        self._folder = folder
        self._written = written

    def send(self, outgoing: Outgoing) -> Sent:
        """Write it.

        Raises:
            NotSentError: the folder is not there or cannot be written to.
        """
        content, extension = self._written(outgoing)
        name = _name(outgoing, extension)
        try:
            self._write(name, content)
        except OSError as error:
            raise NotSentError(
                f"{self._folder / name} cannot be written: {error.strerror}", retry=True
            ) from error
        return Sent(reference=name)

    def _write(self, name: str, content: bytes) -> None:
        # A name of its own for each attempt: two processes may write the same event.
        number, unfinished = tempfile.mkstemp(UNFINISHED, ".", self._folder)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(content)
                os.fchmod(number, 0o644)
                file.flush()
                os.fsync(number)
            Path(unfinished).replace(self._folder / name)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _name(outgoing: Outgoing, extension: str) -> str:
    moment = outgoing.created_at.astimezone(UTC)
    return f"{moment:%Y%m%dT%H%M%S.%fZ}-{outgoing.event_id}.{extension}"
