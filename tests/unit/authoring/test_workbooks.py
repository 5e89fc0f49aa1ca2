"""A workbook becomes tables with the values that it shows, or says which cell is not certain."""

import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.cell import Cell

from app.authoring.files.rate_tables import rows_in, table_in
from app.authoring.files.typed_fields import Notes
from app.authoring.files.workbooks import Sheet, sheets_of, write_tables
from app.errors import FileError
from app.pricing.shapes.flat import FlatRow


def saved(tmp_path: Path, *rows: list[Any], title: str = "Rates") -> Path:
    """A workbook with one sheet; a pair is a value and its number format."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for number, row in enumerate(rows, start=1):
        for at, each in enumerate(row, start=1):
            cell = sheet.cell(number, at)
            assert isinstance(cell, Cell)
            cell.value, form = each if isinstance(each, tuple) else (each, "")
            cell.number_format = form or cell.number_format
    path = tmp_path / "book.xlsx"
    book.save(path)
    return path


def lines(tmp_path: Path, *rows: list[Any], **how: bool) -> list[str]:
    (sheet,) = sheets_of(saved(tmp_path, *rows), **how)
    return sheet.text.splitlines()


def refused(tmp_path: Path, *rows: list[Any]) -> str:
    with pytest.raises(FileError) as error:
        sheets_of(saved(tmp_path, *rows))
    return str(error.value)


@pytest.mark.parametrize(
    "value, number_format, text",
    [
        (49.39, "General", "49.39"),
        (85, "General", "85"),
        (85, "0.00", "85.00"),
        (85.0, "0.00", "85.00"),
        (1047.78, "#,##0.00", "1047.78"),
        (1234567, "#,##0", "1234567"),
        (0.1, "0.0###", "0.1"),
        (0.1 + 0.7, "0.00", None),
        (0.7, "0%", "70"),
        (0.285, "0.0%", "28.5"),
        (0.285, "0%", None),
        (49.386, "0.00", None),
        (49.386, "#,##0.000", "49.386"),
        (85.5, '"$"#,##0.00', "85.50"),
        (85.5, "[$$-409]#,##0.00_);(0.00)", "85.50"),
        (-5.25, "0.00;[Red]-0.00", "-5.25"),
        (30301, "00000", "30301"),
        (2134, "00000", "02134"),
        (1500000, "0.0,,", None),
        (0.5, "# ?/?", None),
        (1200, "0.00E+00", None),
        (3.742, "@", "3.742"),
        (0, "0.00", "0.00"),
        (date(2026, 1, 31), "d/m/yy", "2026-01-31"),
        (datetime.fromisoformat("2026-01-31"), "d-mmm-yy", "2026-01-31"),
        (datetime.fromisoformat("2026-01-31T08:30"), "d/m/yy h:mm", None),
        (True, "General", None),
        ("030301", "General", "030301"),
        (" IL ", "General", "IL"),
        ('5" pipe, long', "General", '"5"" pipe, long"'),
        ("#12", "General", '"#12"'),
        ("two\nlines", "General", None),
        ("#N/A", "General", None),
    ],
)
def test_a_value_is_written_as_it_is_shown_or_refused(
    tmp_path: Path, value: object, number_format: str, text: str | None
) -> None:
    rows = ["a", "b"], ["x", (value, number_format)]
    if text is None:
        assert "book.xlsx Rates!B2: " in refused(tmp_path, *rows)
    else:
        assert lines(tmp_path, *rows) == ["a,b", f"x,{text}"]


@settings(max_examples=60, deadline=None)
@given(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 8))
def test_every_decimal_of_fifteen_digits_comes_back_to_the_digit(
    tmp_path_factory: pytest.TempPathFactory, digits: int, places: int
) -> None:
    typed = Decimal(digits).scaleb(-places)
    tmp_path = tmp_path_factory.mktemp("book")
    (_, line) = lines(tmp_path, ["a"], [(float(typed), f"0.{'0' * places}" if places else "0")])
    assert line == f"{typed:f}"


def test_a_number_stored_with_seventeen_digits_is_what_was_typed(tmp_path: Path) -> None:
    path = with_text(saved(tmp_path, ["a"], [49.39]), "<v>49.39</v>", "<v>49.390000000000001</v>")
    assert sheets_of(path)[0].text == "a\n49.39\n"


def with_text(path: Path, old: str, new: str) -> Path:
    """The workbook with other text in its first sheet, as another program would write it."""
    other = path.with_name("book2.xlsx")
    with zipfile.ZipFile(path) as book, zipfile.ZipFile(other, "w") as written:
        for name in book.namelist():
            text = book.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert old.encode() in text
                text = text.replace(old.encode(), new.encode())
            written.writestr(name, text)
    return other


def test_a_formula_is_refused_unless_its_last_value_is_asked_for(tmp_path: Path) -> None:
    path = saved(tmp_path, ["a"], [("=1+1", "0.00")])
    with pytest.raises(FileError, match=r"Rates!A2: is a formula \(=1\+1\)"):
        sheets_of(path)
    with pytest.raises(FileError, match="is a formula"):
        sheets_of(path, computed=True)  # nothing has computed it yet
    computed = with_text(path, "<v />", "<v>2</v>")
    (sheet,) = sheets_of(computed, computed=True)
    assert sheet.text == "a\n2.00\n"
    assert sheet.said == ("Rates!A2: =1+1 taken as 2.00",)


def test_a_percentage_is_said(tmp_path: Path) -> None:
    (sheet,) = sheets_of(saved(tmp_path, ["a"], [(0.7, "0%")]))
    assert sheet.said == ("Rates!A2: 70% taken as 70",)


def test_every_uncertain_cell_is_shown_at_once(tmp_path: Path) -> None:
    said = refused(tmp_path, ["a", None, "c"], [True, "=A1", 1], [1, 2, 3, 4])
    for place in ("B1: the column has no name", "A2: is TRUE", "B2: is a formula", "D3: stands"):
        assert f"Rates!{place}" in said


def test_empty_rows_and_columns_are_left_out(tmp_path: Path) -> None:
    rows = [None], ["a", "b", None], [None], [1, None, None], [None, 2]
    assert lines(tmp_path, *rows) == ["a,b", "1,", ",2"]


def test_each_sheet_is_a_table_and_two_of_one_name_are_refused(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].title = "Linehaul 2026 (IL)"
    book.worksheets[0].append(["a"])
    hidden = book.create_sheet("Fuel")
    hidden.append(["b"])
    hidden.sheet_state = "hidden"
    book.create_sheet("Empty")
    book.save(tmp_path / "two.xlsx")
    sheets = sheets_of(tmp_path / "two.xlsx")
    assert [each.file for each in sheets] == ["linehaul-2026-il.csv", "fuel.csv"]
    assert sheets[1].said == ("Fuel: is hidden in the workbook",)
    book.create_sheet("FUEL ").append(["c"])
    book.save(tmp_path / "two.xlsx")
    with pytest.raises(FileError, match=r"two sheets would become fuel.csv"):
        sheets_of(tmp_path / "two.xlsx")


def test_what_is_written_reads_back_as_rows_of_a_card(tmp_path: Path) -> None:
    header = ["row", "amount", "effective from", "known from", "note"]
    day = (date(2026, 1, 1), "d/m/yyyy")
    path = saved(tmp_path, header, [1, (12.5, "0.00"), day, day, "signed, by fax"])
    (written,) = write_tables(sheets_of(path), tmp_path / "tables")
    notes = Notes()
    table = table_in(written.read_text(encoding="utf-8"), "rates.csv", notes)
    (row,) = rows_in(table, FlatRow, "admin", "rates.csv", notes, {})
    assert notes.mistakes == []
    assert isinstance(row, FlatRow)
    assert (row.row, row.amount, row.effective_from) == ("1", Decimal("12.50"), date(2026, 1, 1))


def test_nothing_is_written_over_and_nothing_in_part(tmp_path: Path) -> None:
    sheets = (Sheet(file="new.csv", text="a\n"), Sheet(file="old.csv", text="b\n"))
    (tmp_path / "old.csv").write_text("kept\n", encoding="utf-8")
    with pytest.raises(FileError, match=r"old.csv: is there already"):
        write_tables(sheets, tmp_path)
    assert not (tmp_path / "new.csv").exists()
    assert (tmp_path / "old.csv").read_text(encoding="utf-8") == "kept\n"
    write_tables(sheets, tmp_path, replace=True)
    assert (tmp_path / "old.csv").read_text(encoding="utf-8") == "b\n"


def test_what_is_no_workbook_is_said(tmp_path: Path) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(FileError, match="workbook"):
        sheets_of(path)
