"""`tollgate rates import` as a person types it."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook

from app.entrypoints.cli import main


def imported(*words: str) -> Result:
    return CliRunner().invoke(main, ["rates", "import", *words])


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Linehaul"
    sheet.append(["row", "rate"])
    sheet.append([1, 49.39])
    path = tmp_path / "rates.xlsx"
    book.save(path)
    return path


def test_import_writes_a_table_for_each_sheet_and_never_over_one(
    workbook: Path, tmp_path: Path
) -> None:
    into = tmp_path / "ratecards" / "X" / "tables"
    result = imported(str(workbook), "--into", str(into))
    assert result.exit_code == 0, result.output
    assert "linehaul.csv, 1 rows" in result.output
    assert (into / "linehaul.csv").read_text(encoding="utf-8") == "row,rate\n1,49.39\n"
    (into / "linehaul.csv").write_text("mine", encoding="utf-8")
    again = imported(str(workbook), "--into", str(into))
    assert again.exit_code == 1
    assert "linehaul.csv: is there already" in again.output
    assert (into / "linehaul.csv").read_text(encoding="utf-8") == "mine"
    assert imported(str(workbook), "--into", str(into), "--replace").exit_code == 0
    assert "49.39" in (into / "linehaul.csv").read_text(encoding="utf-8")


def test_import_without_the_extra_says_how_to_get_it(
    workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    result = imported(str(workbook), "--into", str(tmp_path / "tables"))
    assert result.exit_code == 1
    assert "pip install 'tollgate[xlsx]'" in result.output
