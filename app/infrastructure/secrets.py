"""Secrets by name: files in the folder `TOLLGATE_SECRETS`, never in rules/ and never repeated."""

import re
from pathlib import Path

from app.errors import DeploymentError, Mistake, Place

_SETTING = "TOLLGATE_SECRETS"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


def secret(folder: Path | None, name: str) -> str:
    """What the file of this name holds, without white space around it.

    Raises:
        DeploymentError: there is no folder, no such file in it, or nothing in the file.
    """
    if folder is None:
        raise _missing(name, f"{_SETTING} is not set", "a folder with one file per secret")
    if not _NAME.fullmatch(name):
        raise _missing(name, "this is no name of a secret", "letters, digits, '_', '-' and '.'")
    try:
        text = (folder / name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise _missing(name, f"its file cannot be read: {reason}", "a file of this name") from None
    if not text:
        raise _missing(name, "its file is empty", "the secret, as text")
    return text


def _missing(name: str, what: str, allowed: str) -> DeploymentError:
    mistake = Mistake(place=Place(field=_SETTING), what=what, allowed=allowed)
    return DeploymentError(f"there is no secret {name!r}", [mistake])
