"""What tests of single edges come to, word for word: working, refusal, reason.

A working is stored and replayed, so it may never change under its method's name; and a refusal
is read by people. `pytest --keep` writes down what is new and changes nothing that is kept.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "golden" / "workings"


class _Running:
    """The test that runs now, and how often it has asked."""

    name = ""
    asked = 0
    writes = False


@contextmanager
def running(name: str, *, writes: bool) -> Iterator[None]:
    """What is asked inside belongs to the test of this name."""
    _Running.name, _Running.asked, _Running.writes = name, 0, writes
    yield
    _Running.name = ""


def as_kept(value: Any) -> None:
    """The value is what is kept of this test, at this place in it."""
    file, _, test = _Running.name.partition("::")
    place = FOLDER / f"{Path(file).stem.removeprefix('test_')}-edges.yaml"
    kept = yaml.load(place.read_text(encoding="utf-8"), yaml.CSafeLoader) if place.is_file() else {}
    _Running.asked += 1
    name = f"{test} {_Running.asked}"
    if name not in kept and _Running.writes:
        kept[name] = value
        text = yaml.safe_dump(kept, allow_unicode=True, width=100)
        place.write_text(text, encoding="utf-8")
    assert name in kept, f"nothing is kept of {name}: `pytest --keep` keeps it"
    assert value == kept[name], name
