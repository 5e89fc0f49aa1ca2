"""Secrets: a folder with one file for each, named in partners' files and never written there."""

import re
from pathlib import Path

from app.errors import DeploymentError, Mistake, Place

SETTING = "TOLLGATE_SECRETS"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def read_secret(folder: Path | None, name: str) -> str:
    """What the secret of this name is, without the line's end that an editor leaves.

    Raises:
        DeploymentError: no folder is set, or the secret is not there, is empty or is no text; what
            it holds is never repeated in the message.
    """
    if not _NAME.fullmatch(name):
        allowed = "letters, digits, `.`, `_` and `-`"
        raise _missing(name, "this cannot be a secret's name", allowed)
    if folder is None:
        raise _missing(name, "no folder of secrets is set", "a folder with one file for each")
    try:
        found = (folder / name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise _missing(name, f"{folder / name} cannot be read: {why}") from None
    if not found:
        raise _missing(name, f"{folder / name} is empty")
    return found


def _missing(name: str, what: str, allowed: str = "") -> DeploymentError:
    mistake = Mistake(
        place=Place(field=SETTING),
        what=what,
        allowed=allowed,
        mend=f"put the secret into a file named {name} in the folder that {SETTING} names",
    )
    return DeploymentError(f"the secret {name!r} is missing", [mistake])
