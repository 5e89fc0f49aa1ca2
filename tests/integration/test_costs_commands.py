"""`tollgate costs` as a person types it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.entrypoints.cli import main

DAY = "2026-03-04T12:00:00Z"


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLLGATE_DATABASE_URL", f"sqlite:///{tmp_path / 'tollgate.db'}")


def asked(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def dollars(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def cost(kind: str, number: str, amount: str, **lines: str) -> dict[str, Any]:
    said = {
        "kind": kind,
        "carrier": "ABFL",
        "number": number,
        "total": dollars(amount),
        "lines": [
            {"line": charge, "charge": charge, "amount": dollars(of)}
            for charge, of in lines.items()
        ],
    }
    return {"cost": said, "references": [{"kind": "shipment", "value": "S-1"}]}


def told(folder: Path, *data: dict[str, Any]) -> None:
    events = [
        {
            "specversion": "1.0",
            "id": f"E-{place}",
            "source": "/carrier/abfl" if "invoiced" in str(each) else "/tms/one",
            "type": f"tollgate.fact.{next(iter(each))}.v1",
            "time": DAY,
            "datacontenttype": "application/json",
            "data": {"classifier": "actual", "occurred_at": DAY, **each},
        }
        for place, each in enumerate(data)
    ]
    (folder / "told.json").write_text(json.dumps(events), encoding="utf-8")
    done = asked("ingest", str(folder / "told.json"))
    assert done.exit_code == 0, done.output


def test_bills_comparison_tolerance_and_holds_are_shown(tmp_path: Path) -> None:
    told(
        tmp_path,
        {"shipment": {"shipment": "S-1", "customer": "NORTHWIND", "mode": "LTL"}},
        cost("accrued", "A-1", "553.36", linehaul="528.52", detention="24.84"),
        cost("invoiced", "INV-000123", "570.36", linehaul="530.52", detention="39.84"),
        cost("invoiced", "inv 123", "570.36", linehaul="530.52", detention="39.84"),
    )
    shown = asked("costs", "S-1")
    assert shown.exit_code == 0, shown.output
    for text in (
        "shipment:S1: costs 570.36 USD",
        "accrued: ABFL A-1, 553.36 USD",
        "duplicate K1",
        ", sent again",
        "tolerated of ABFL in all: 25.00 USD above, 25.00 USD below; rules/",
        "standard/tables/cost-tolerances.csv:",
        "tolerated of ABFL detention: 25.00 USD and 5% above, 25.00 USD and 5% below; rules/",
        "standard/tables/cost-line-tolerances.csv:",
        "held: CARRIER_COST_VARIANCE cost_line:ABFL/detention: ",
    ):
        assert text in shown.output, shown.output
    (line,) = (
        each
        for each in shown.output.splitlines()
        if " 24.84 USD " in each and " 39.84 USD " in each
    )
    assert line.split()[-2:] == ["60.3865%", "held"]


def test_a_unit_without_bills_and_a_number_that_nobody_knows(tmp_path: Path) -> None:
    told(tmp_path, {"shipment": {"shipment": "S-1", "customer": "NORTHWIND"}})
    shown = asked("costs", "S-1").output
    assert "costs what nobody can say" in shown
    assert "no carrier has billed anything" in shown
    assert "nothing about the costs holds the invoice" in shown
    assert asked("costs", "S-9").exit_code == 1
