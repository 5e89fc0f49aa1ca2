"""What a method prints beside an amount never changes under the method's name."""

from pathlib import Path

import pytest

from tests.golden.workings import files_of_cases, kept_workings, workings_now


@pytest.mark.parametrize("file", files_of_cases(), ids=lambda file: file.stem)
def test_every_working_is_word_for_word_what_is_kept(file: Path) -> None:
    kept, now = kept_workings(file), workings_now(file)
    assert kept.keys() == now.keys(), "keep new ones with `python -m tests.golden.workings`"
    for name, working in now.items():
        assert working == kept[name], name
