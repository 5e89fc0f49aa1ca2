"""KPIs checked against arithmetic done by hand: `tests/cases/kpi/`."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from app.errors import NotFoundError
from app.reports.kpis.catalogue import KPIS, kpi_named, parts_of
from app.reports.kpis.definition import HELD_BY, By, Kpi, Table
from app.reports.kpis.report import Figure, figure_of
from app.reports.kpis.taken import Taken, taken
from app.reports.kpis.window import Window
from app.reports.standing.standing import BilledInvoice, Spell, Stage, Standing
from tests.kpi_rows import as_row

CASES = Path(__file__).parents[3] / "cases" / "kpi"
CUSTOMER = ZoneInfo("America/Chicago")
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = {"units": Table.UNIT, "holds": Table.SPELL, "invoices": Table.INVOICE}


def _cases() -> list[dict[str, Any]]:
    found = [
        case
        for path in sorted(CASES.glob("*.yaml"))
        for case in yaml.load(path.read_text(), yaml.CSafeLoader)
    ]
    assert len(found) > 10, "there are cases"
    return found


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case["case"])
def test_the_number_is_what_was_worked_out_by_hand(case: dict[str, Any]) -> None:
    figure = _figure(case)

    assert _told(figure, case["expect"]) == case["expect"], case["arithmetic"]


def test_what_is_missing_is_no_source_and_never_a_zero() -> None:
    kpi = kpi_named("dispute-rate")

    figure = figure_of(kpi, {kpi.name: []}, kpi.needs[1:], None)

    assert (figure.says, figure.lacking, figure.measured) == ("no source", "a dispute", None)


def test_errors_are_told_by_cause_over_all_invoices() -> None:
    case = {
        "kpi": "billing-error-rate",
        "from": date(2026, 3, 1),
        "to": date(2026, 4, 1),
        "counted now": datetime(2026, 4, 10, tzinfo=UTC),
        "invoices": [
            {"release_id": "I1", "invoiced": datetime(2026, 3, 5, tzinfo=UTC)},
            {"release_id": "I2", "invoiced": datetime(2026, 3, 5, tzinfo=UTC)},
            *(
                {
                    "release_id": f"C{number}",
                    "invoiced": datetime(2026, 3, 6, tzinfo=UTC),
                    "kind": "credit",
                    "reason": reason,
                }
                for number, reason in enumerate(("rate", "rate", "weight"))
            ),
        ],
    }

    figure = _figure(case, By.REASON)

    assert figure.says == "1.50 (3 to 2)"
    told = {each.value: each.says for each in figure.groups}
    assert (told["rate"], told["weight"]) == ("1.00 (2 to 2)", "0.50 (1 to 2)")


FIELD_ROWS = """
Shipment-to-bill latency|Shipment-to-bill cycle time|Invoice cycle time
First-pass release rate (straight-through)|Provisional release rate|Billing cut-off miss rate
POD delay|Accessorial blocking rate|Exception backlog|Exception resolution time
Integration failure rate|Integration reprocessing rate|Fact freshness
Invoice accuracy (first pass)|Billing error rate by cause|Dispute rate|Dispute cycle time
Manual reconciliation effort|Customer service handling time|DSO effect|Revenue leakage rate
Value at risk|Over/under billing|Provisional error|Duplicate prevention
Tolerance exception rate|Decision determinism|Rule change lead time and regression
Data quality|Automation saving
"""


def test_every_row_of_the_field_is_measured_or_says_what_it_lacks() -> None:
    rows = {row for line in FIELD_ROWS.split("\n") for row in line.split("|") if row}

    assert {kpi.field for kpi in KPIS} == rows
    assert all(kpi.cohort or kpi.made_of or kpi.lacking for kpi in KPIS)
    assert all(kpi.needs for kpi in KPIS if not kpi.lacking)


def _figure(case: dict[str, Any], by: By | None = None) -> Figure:
    kpi, window = kpi_named(case["kpi"]), _window(case)
    takings = {part.name: _takings(part, case, window) for part in parts_of(kpi)}
    return figure_of(kpi, takings, (), by)


def _takings(kpi: Kpi, case: dict[str, Any], window: Window) -> list[Taken]:
    assert kpi.cohort is not None
    named = next(name for name, table in ROWS.items() if table is kpi.cohort.table)
    rows = (_row(kpi.cohort.table, given) for given in case[named])
    return [taken(kpi, row, window) for row in rows]


def _window(case: dict[str, Any]) -> Window:
    return Window(since=case["from"], before=case["to"], now=case["counted now"])


def _row(table: Table, given: dict[str, Any]) -> dict[str, Any]:
    """The row of a case: a moment `released` is `released_at`, and its day in Chicago."""
    columns: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, datetime):
            columns[f"{name}_at"] = value
            columns[f"{name}_on"] = value.astimezone(CUSTOMER).date()
        else:
            columns[name] = value
    if table is Table.UNIT:
        return as_row(_standing(columns), **dict.fromkeys(HELD_BY, False))
    if table is Table.SPELL:
        return as_row(_spell(columns), excluded="")
    return as_row(_invoice(columns))


def _standing(columns: dict[str, Any]) -> Standing:
    columns.pop("complete_by_on", None)
    columns.setdefault("complete_by_at", columns.get("cutoff_at"))
    usual = {
        "decision_id": "d",
        "stage": Stage.HELD,
        "verdict": "hold",
        "currency": "USD",
        "amount_minor": 0,
        "first_fact_at": MOMENT,
        "last_fact_at": MOMENT,
        "decided_at": MOMENT,
        "decided_on": MOMENT.date(),
        "first_verdict": "hold",
        "changed_at": MOMENT,
    }
    return Standing(**{**usual, **columns})


def _spell(columns: dict[str, Any]) -> Spell:
    usual = {
        "owner": "billing",
        "says": "",
        "waits_for": "",
        "currency": "USD",
        "due_at": MOMENT,
        "decision_id": "d",
    }
    return Spell(**{**usual, **columns})


def _invoice(columns: dict[str, Any]) -> BilledInvoice:
    columns.pop("disputed_on", None)
    usual = {
        "unit": "S1",
        "customer": "Acme",
        "place": 1,
        "kind": "final",
        "currency": "USD",
        "amount_minor": 10000,
        "claimed_at": MOMENT,
        "claimed_on": MOMENT.date() - timedelta(days=1),
    }
    return BilledInvoice(**{**usual, **columns})


def _told(figure: Figure, wanted: dict[str, Any]) -> dict[str, Any]:
    """What a case may expect, as far as this one does."""
    number = figure.measured
    assert number is not None
    spread, still = number.spread, number.open
    told: dict[str, Any] = {
        "says": figure.says,
        "n": number.n,
        "hits": number.hits,
        "p50": spread and spread.p50,
        "p90": spread and spread.p90,
        "mean": spread and spread.mean,
        "open": still and still.n,
        "so far": still and still.hits,
        "oldest open": still and still.age and still.age.longest,
        "left out": {each.why: each.n for each in number.left_out},
        "money": {each.currency: [each.minor, each.over] for each in number.money},
        "unpriced": number.unpriced,
        "buckets": {each.span: each.n for each in number.buckets},
    }
    return {name: told[name] for name in wanted}


def test_what_people_read_of_a_kpi_carries_no_marks_of_a_source_text() -> None:
    for kpi in KPIS:
        excluded = [each.why for each in kpi.cohort.leaves_out] if kpi.cohort else []
        for text in (kpi.title, kpi.sentence, kpi.formula, kpi.lacking, *excluded):
            assert "`" not in text, kpi.name


def test_a_name_that_is_no_kpi_is_answered_with_the_nearest_ones() -> None:
    with pytest.raises(NotFoundError) as refused:
        kpi_named("nonsense" * 50)
    (mistake,) = refused.value.mistakes
    assert len(mistake.mend.split(",")) == 3
    assert len(str(refused.value)) < 400
