"""Tables are read line by line, keep what is shared once, and know where a cell stands."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.authoring.files import rate_tables
from app.authoring.files.rate_tables import Table, rows_in, table_in
from app.authoring.files.typed_fields import Notes
from app.pricing.agreed.rows import Row
from app.pricing.shapes.per_mile import MileRow

HEAD = "row,origin,destination,rate,effective from,known from,note\n"


def read(text: str) -> tuple[Table, Notes]:
    notes = Notes()
    return table_in(text, "t.csv", notes), notes


def rows(text: str) -> tuple[tuple[Row, ...], list[str]]:
    table, notes = read(text)
    found = rows_in(table, MileRow, "linehaul", "t.csv", notes, {})
    return found, [str(mistake) for mistake in notes.mistakes]


def test_what_many_rows_share_is_kept_once() -> None:
    (one, other), _ = rows(
        HEAD + "1,IL,GA,2.10,2026-01-01,2025-12-01,\n2,IL,FL,2.10,2026-01-01,2025-12-01,\n"
    )
    assert isinstance(one, MileRow)
    assert isinstance(other, MileRow)
    assert one.origin is other.origin
    assert one.rate is other.rate
    assert one.effective_from is other.effective_from
    assert one.known_from is other.known_from


def test_more_different_texts_than_are_remembered_are_read_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = HEAD + "".join(f"{at},IL,GA,{at % 7}.{at},2026-01-01,2025-12-01,\n" for at in range(60))
    before, _ = rows(text)
    monkeypatch.setattr(rate_tables, "KEPT", 3)
    assert rows(text) == (before, [])
    assert len(before) == 60


def test_a_cell_in_quotes_may_hold_commas_and_quotes_and_has_its_place() -> None:
    text = HEAD + '1,"IL","GA",2.1O,2026-01-01,2025-12-01,"schools, ""churches"""\n'
    found, told = rows(text)
    assert found == ()
    assert told == ["t.csv:2:13: '2.1O' is not a number; allowed: for example 12.50"]
    (line,) = read(text)[0].lines
    assert line.cells[-1] == 'schools, "churches"'


def test_a_mistake_that_stands_in_two_lines_is_told_in_both() -> None:
    line = "{},IL,GA,two,2026-01-01,2025-12-01,\n"
    _, told = rows(HEAD + line.format(1) + line.format(2))
    assert [each.partition(": ")[0] for each in told] == ["t.csv:2:9", "t.csv:3:9"]


def test_quotes_that_cannot_be_read_and_missing_cells_are_told_and_give_no_row() -> None:
    good = "3,IL,GA,2.10,2026-01-01,2025-12-01,\n"
    found, told = rows(HEAD + '1,"IL,GA,2.10,2026-01-01,2025-12-01,\n2,IL,GA\n' + good)
    assert [(row.row, row.line) for row in found] == [("3", 4)]
    assert "t.csv:2:3: " in told[0]
    assert "cannot be read; allowed: quotes are doubled inside" in told[0]
    assert "t.csv:2:1: 1 cells under 7 columns" in told
    assert "t.csv:3:1: 3 cells under 7 columns" in told


def test_comments_and_empty_lines_count_as_lines_and_are_no_rows() -> None:
    table, notes = read(f"# prices\r\n\r\n{HEAD}\n# more\n1,IL,GA,2.10,2026-01-01,2025-12-01,\r\n")
    assert notes.mistakes == []
    (line,) = table.lines
    assert line.number == 6
    assert table.line(6).cells == line.cells
    rate = line.cell("rate")
    assert rate is not None
    assert (rate.text, str(rate.place)) == ("2.10", "t.csv:6:9")
    assert line.cell("minimum") is None


BREAKS = ("\n", "\r\n", "\r", "\x0b", "\u2028", "\n\n", "\n#\n")


@given(st.lists(st.sampled_from(BREAKS), min_size=1, max_size=12))
def test_lines_are_those_that_the_whole_text_has_wherever_they_end(breaks: Iterable[str]) -> None:
    text = "row,rate\n" + "".join(f"{at},2.10{end}" for at, end in enumerate(breaks))
    table, _ = read(text)
    whole = text.splitlines()
    assert [line.cells[0] for line in table.lines] == [
        line.partition(",")[0] for line in whole[1:] if line and not line.startswith("#")
    ]
    for line in table.lines:
        assert whole[line.number - 1] == line.text == table.line(line.number).text


def test_a_table_without_a_line_is_empty() -> None:
    table, notes = read("# nothing yet\n")
    assert [str(each) for each in notes.mistakes] == ["t.csv:1: the table is empty"]
    assert list(table.lines) == []
