"""Keep decisions for good: `python -m tests.golden.keep DATABASE_URL UNIT [UNIT ...]`.

Copies a unit's current decision, its trace, its dossier and the editions behind it out of a
database into a folder of its own. It only adds: what is kept is never written again, as its
bytes are the promise.
"""

import sys
from pathlib import Path

import msgspec

from app.dossier import Dossier
from app.infrastructure.storage.database import Database

FOLDER = Path(__file__).parent
EDITIONS = FOLDER / "editions"


def keep(database: Database, unit: str) -> Path:
    """The folder in which the unit's decision is kept now."""
    folder = FOLDER / unit.replace(":", "-")
    folder.mkdir()
    EDITIONS.mkdir(exist_ok=True)
    with database.reading("main") as store:
        row = store.decisions.current_of(unit)
        assert row is not None, f"{unit} has not been decided"
        body = store.decisions.dossier(row.dossier_digest)
        (folder / "dossier.json").write_bytes(body)
        (folder / "answers.json").write_bytes(row.answers)
        (folder / "decision.json").write_bytes(row.body)
        (folder / "trace.json").write_bytes(row.trace)
        used = msgspec.to_builtins(msgspec.json.decode(body, type=Dossier).editions)
        for digest in used.values():
            (EDITIONS / f"{digest}.json").write_bytes(store.editions.body(digest))
    return folder


if __name__ == "__main__":
    url, *units = sys.argv[1:]
    for name in units:
        print(keep(Database(url), name))
