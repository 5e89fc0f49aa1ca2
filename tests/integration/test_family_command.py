"""`tollgate family`, as a person types it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.entrypoints.cli import main
from tests.integration.operations import northwind as nw


@pytest.fixture
def events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shipment that may be billed."""
    monkeypatch.setenv("TOLLGATE_DATABASE_URL", f"sqlite:///{tmp_path / 'tollgate.db'}")
    path = tmp_path / "events.json"
    path.write_text(json.dumps([*nw.moved("N1"), nw.pod("N1")]))
    return path


def asked(*words: str) -> str:
    answer = CliRunner().invoke(main, words)
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def test_a_unit_that_was_never_billed_shows_what_may_be_claimed(events: Path) -> None:
    asked("ingest", str(events))
    asked("decide", "N1")
    lines = asked("family", "N1").splitlines()
    assert lines[:2] == ["shipment:N1  customer NORTHWIND", "nothing was billed"]
    assert "final 355.61 USD may be claimed" in lines
    assert any(line.startswith("release token ") for line in lines)
    assert lines[-1] == "may follow: final, provisional"
    known = json.loads(asked("family", "N1", "--json"))
    assert (known["state"], known["next_moves"]) == ("unbilled", ["final", "provisional"])


def test_before_the_first_decision_nothing_is_to_be_claimed(events: Path) -> None:
    asked("ingest", str(events))
    assert "nothing is to be claimed now" in asked("family", "N1").splitlines()
