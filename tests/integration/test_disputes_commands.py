"""`tollgate disputes`, as a person types it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.entrypoints.cli import main
from tests.integration.operations import northwind as nw


@pytest.fixture
def events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shipment with an open dispute, and one that a portal says is resolved."""
    monkeypatch.setenv("TOLLGATE_DATABASE_URL", f"sqlite:///{tmp_path / 'tollgate.db'}")
    claim = {
        "dispute": "D-17",
        "charge": "linehaul",
        "shipment": "N1",
        "reason": "weight",
        "amount": {"amount": "20.00", "currency": "USD"},
        "state": "opened",
    }
    rejected = {
        **claim,
        "state": "resolved",
        "outcome": "rejected",
        "resolved_by": "A. Customer",
        "authority": "customer",
    }
    told = [
        nw.shipment("N1"),
        nw.event("dispute", claim, system="portal", id="1"),
        nw.event("dispute", rejected, system="portal", id="2", time="2026-03-03T09:00:00-06:00"),
    ]
    path = tmp_path / "events.json"
    path.write_text(json.dumps(told))
    return path


def asked(*words: str) -> str:
    answer = CliRunner().invoke(main, words)
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_each_dispute_is_told_with_its_line_its_times_and_what_is_wrong_with_it(
    events: Path,
) -> None:
    asked("ingest", str(events))
    shown = asked("disputes", "--open", "--customer", "NORTHWIND").splitlines()
    assert shown[0] == "D-17  NORTHWIND  shipment:N1 linehaul  weight  20.00 USD  opened"
    assert "opened 2026-03-02 09:00-0600" in shown[1]
    assert "answered after -, resolved after -" in shown[1]
    assert "somebody who may not has resolved it" in shown[2]
    assert shown[3] == "1 disputes: 1 open, 0 credited, 0 rejected, 0 withdrawn"
    assert shown[4] == "claimed 20.00 USD, of it open 20.00 USD; granted 0.00 USD"


def test_as_json_it_is_the_whole_list_and_of_nobody_else_there_is_none(events: Path) -> None:
    asked("ingest", str(events))
    (only,) = json.loads(asked("disputes", "--json"))["disputes"]
    assert (only["dispute"], only["resolved_in_vain"]) == ("D-17", True)
    assert asked("disputes", "--customer", "ACME").strip() == "there is no such dispute"
