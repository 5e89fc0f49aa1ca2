"""`tollgate value-at-risk`, as a person types it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.entrypoints.cli import main
from tests.integration.operations import northwind as nw


@pytest.fixture(autouse=True)
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLLGATE_DATABASE_URL", f"sqlite:///{tmp_path / 'tollgate.db'}")


def asked(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def test_before_anything_was_decided_nothing_waits() -> None:
    shown = asked("value-at-risk")
    assert (shown.exit_code, shown.output) == (
        0,
        "nothing that was decided waits to be released\n",
    )


def test_what_no_clock_runs_for_is_shown_with_its_hold_and_owner(tmp_path: Path) -> None:
    events = [*nw.moved("N1"), nw.pod("N1")]
    (tmp_path / "n1.json").write_text(json.dumps(events))
    assert asked("ingest", str(tmp_path / "n1.json")).exit_code == 0
    assert asked("decide", "N1").exit_code == 0
    told = json.loads(asked("value-at-risk", "--json", "--by", "month").output)
    assert (told["by"], told["rows"], len(told["without_clock"])) == ("month", [], 2)
    printed = asked("value-at-risk").output
    assert "no clock: 355.61 USD in 2 line(s)" in printed
    assert "only to be claimed" in printed
    assert asked("value-at-risk", "--by", "year").exit_code == 2
