"""`tollgate kpi`, as a person types it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.entrypoints.cli import main
from app.reports.kpis.catalogue import KPIS
from tests.integration.operations import northwind as nw


@pytest.fixture(autouse=True)
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLLGATE_DATABASE_URL", f"sqlite:///{tmp_path / 'tollgate.db'}")


def asked(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def test_before_anything_came_in_every_kpi_says_what_it_needs() -> None:
    shown = asked("kpi")

    assert shown.exit_code == 0, shown.output
    assert "%" not in shown.output
    assert all(f"\n{kpi.name} " in shown.output for kpi in KPIS)


def test_a_number_comes_with_its_definition_and_what_is_behind_it(tmp_path: Path) -> None:
    (tmp_path / "n1.json").write_text(json.dumps([*nw.moved("N1"), nw.pod("N1")]))
    assert asked("ingest", str(tmp_path / "n1.json")).exit_code == 0
    assert asked("decide", "N1").exit_code == 0

    printed = asked("kpi", "first-pass-release-rate", "--by", "customer", "--units").output
    report, listing = json.loads(
        asked("kpi", "first-pass-release-rate", "--units", "--json").output
    )

    assert "The share of units whose very first decision" in printed
    assert "  NORTHWIND" in printed
    assert "1 in all: 100.0% (1 of 1)" in printed
    assert [line["unit"] for line in listing["lines"]] == ["shipment:N1"]
    assert report["figures"][0]["measured"] == {"hits": 1, "n": 1}


def test_what_cannot_be_asked_is_refused() -> None:
    assert "say which" in asked("kpi", "--units").output
    assert asked("kpi", "--by", "colour").exit_code == 2
    refused = asked("kpi", "first-pass-release").output
    assert "is no KPI" in refused
    assert "the nearest are first-pass-release-rate, " in refused
    assert len(refused) < 400
    assert (
        "no list is behind hold-inflow-ratio" in asked("kpi", "hold-inflow-ratio", "--units").output
    )
    assert "is no window" in asked("kpi", "--from", "2026-03-02", "--to", "2026-03-02").output
