"""How a mapping reads: what is split how, what is refused where, and what is only remarked."""

import builtins
import io
import json
import zipfile
from typing import Any

import pytest

from app.authoring.files.partner_files import profiles_of
from app.evidence.facts.fact import Fact
from app.evidence.intake.feed import Feed, Format
from app.evidence.intake.mapped import sheets
from app.evidence.intake.mapped.model import Numbers
from app.evidence.intake.mapped.paths import Found, follow, parsed
from app.evidence.intake.mapped.texts import is_format, number, written
from app.evidence.intake.read import read
from app.evidence.intake.received import Received
from tests.unit.evidence.mapped_samples import bytes_of, read_bytes

TABLE = """
mapping: moves
format: csv
version: moves-1
codes: {status: {version: s-1, words: {D: delivered, P: picked_up}}}
facts:
  - entity: milestone
    occurred_at: {from: When, zone: America/Chicago}
    recorded_at: {from: When, zone: America/Chicago}
    fields: {status: {from: Code, map: status}, shipment: {from: Shipment, needed: yes}}
"""
ROW = "S-1,D,2026-03-03T08:00\n"
HEADER = "Shipment,Code,When\n"


def by(mapping: str, raw: bytes | str, format_: Format = Format.CSV) -> tuple[Received, ...]:
    texts = {"standard/profile.yaml": "partner: standard", "acme/mappings/moves.yaml": mapping}
    feed = Feed(partner="acme", name="moves", format=format_, mapping="moves", system="carrier")
    given = raw.encode() if isinstance(raw, str) else raw
    return read(given, "in.dat", profiles_of(texts), "tenant", "tester", feed)


def refusals(received: tuple[Received, ...]) -> list[str]:
    return [
        f"{fault.place}: {fault.detail}"
        for each in received
        for fault in each.faults
        if fault.refused
    ]


def facts(received: tuple[Received, ...]) -> list[Fact]:
    return [fact for each in received for fact in each.facts]


def said(received: tuple[Received, ...], name: str) -> list[Any]:
    return [getattr(fact.said, name) for fact in facts(received)]


def test_the_head_says_which_mapping_read_it() -> None:
    (received,) = by(TABLE, HEADER + ROW)
    head = received.message
    assert (head.format, head.kind, head.sender) == ("csv", "moves", "acme")
    assert head.profile == "acme/moves moves-1"
    assert received.facts[0].source.message_id == head.message_id


def test_a_row_is_named_by_its_content_so_that_the_same_again_is_a_duplicate() -> None:
    one, other, same = by(TABLE, HEADER + ROW + ROW.replace("S-1", "S-2") + ROW)
    assert one == same
    assert one.message.message_id != other.message.message_id


def test_a_column_that_was_renamed_refuses_the_file() -> None:
    found = refusals(by(TABLE, "Shipment,Code,Whn\n" + ROW))
    assert found == [
        "in.dat:1: no column `When`, did you mean `Whn`?; allowed: Shipment, Code, Whn"
    ]


def test_a_column_that_is_there_twice_refuses_the_file() -> None:
    found = refusals(by(TABLE, "Shipment,Code,When,Code\nS-1,D,2026-03-03T08:00,P\n"))
    assert found == ["in.dat:1: column `Code` is there twice; allowed: each once"]


def test_an_open_quote_refuses_the_rest_and_what_came_before_counts() -> None:
    received = by(TABLE, HEADER + ROW + '"S-2,D,2026-03-03T08:00\n' + ROW)
    assert said(received, "shipment") == ["S-1"]
    (found,) = refusals(received)
    assert found.startswith("in.dat:3: from here on the rows cannot be told apart")


def test_a_row_over_several_lines_is_one_row_and_the_next_keeps_its_line() -> None:
    received = by(TABLE, HEADER + '"S\n1",D,2026-03-03T08:00\nS-2,X9,today\n')
    assert said(received, "shipment") == ["S\n1"]
    assert [each.split(" ", 1)[0] for each in refusals(received)] == ["in.dat:4:3"]


def test_bytes_of_another_encoding_refuse_the_file_with_their_place() -> None:
    (found,) = refusals(by(TABLE, (HEADER + "Stück,D,2026-03-03T08:00\n").encode("latin-1")))
    assert found == "in.dat byte 21: the text is not utf-8, which the mapping says it is"


@pytest.mark.parametrize("raw", ("", "\n\n"))
def test_a_file_without_its_header_is_refused(raw: str) -> None:
    assert refusals(by(TABLE, raw))


def test_a_header_alone_is_a_day_without_messages() -> None:
    assert by(TABLE, HEADER) == ()


def test_a_local_time_that_came_twice_or_never_is_remarked() -> None:
    (fact,) = facts(by(TABLE, HEADER + "S-1,D,2026-11-01T01:30\n"))
    assert [remark.code for remark in fact.remarks] == ["TIME_DOUBTFUL"]


def test_a_time_with_an_offset_needs_no_zone() -> None:
    (fact,) = facts(by(TABLE, HEADER + "S-1,D,2026-03-03T08:00+01:00\n"))
    assert fact.occurred_at.isoformat() == "2026-03-03T08:00:00+01:00"
    assert fact.remarks == ()


def test_a_day_beyond_use_is_refused() -> None:
    found, *_ = refusals(by(TABLE, HEADER + "S-1,D,1066-10-14T09:00+00:00\n"))
    assert "is not within 1980 to 2999" in found


def test_a_row_to_which_nothing_applies_is_refused() -> None:
    mapping = TABLE.replace("    occurred", "    when: {from: Code, is: [D, P]}\n    occurred", 1)
    received = by(mapping, HEADER + ROW + ROW.replace(",D,", ",Q,"))
    assert refusals(received) == ["in.dat:3: no entry of the mapping's `facts` applies to it"]


def test_a_number_that_names_nothing_is_refused() -> None:
    (found,) = refusals(by(TABLE, HEADER + "---,D,2026-03-03T08:00\n"))
    assert "shipment '---' names nothing" in found


def test_columns_may_be_named_by_the_mapping_alone() -> None:
    columns = "csv: {columns: [Shipment, Code, When], delimiter: tab}"
    received = by(
        TABLE.replace("version: moves-1", f"version: moves-1\n{columns}"),
        "S-1\tD\t2026-03-03T08:00\n",
    )
    assert said(received, "shipment") == ["S-1"]


ITEMS = """
mapping: moves
format: json
version: moves-1
each: "loads[*].stops[*]"
message_id: [{from: ^.id}, {from: nr}]
facts:
  - entity: milestone
    occurred_at: {first_of: [left, came]}
    recorded_at: {from: $.sent}
    fields:
      status: delivered
      load: {from: ^.id}
      raw_reason: {from: "notes[*]", take: last}
      place: {name: {from: "codes[kind=site].value"}}
    references:
      - {kind: order, number: {from: "orders[*]"}}
"""
LOADS: dict[str, Any] = {
    "sent": "2026-03-03T20:00:00Z",
    "loads": {
        "id": "LD-1",
        "stops": [
            {
                "nr": 1,
                "came": "2026-03-03T08:00:00Z",
                "notes": ["a", "b"],
                "codes": [{"kind": "x", "value": "y"}, {"kind": "site", "value": "DOCK"}],
                "orders": ["O-1", "O-2"],
            },
            {"nr": 2, "came": "2026-03-03T09:00:00Z", "left": "2026-03-03T10:00:00Z"},
        ],
    },
}


def test_items_are_found_wherever_they_stand_and_see_what_they_stand_in() -> None:
    one, two = by(ITEMS, json.dumps(LOADS), Format.JSON)
    assert (one.message.message_id, two.message.message_id) == ("LD-1:1", "LD-1:2")
    (fact,) = one.facts
    assert str(fact.said.place) == "DOCK"  # type: ignore[union-attr]
    assert said((one, two), "raw_reason") == ["b", ""]
    assert [str(each) for each in fact.references] == ["load LD-1", "order O-1", "order O-2"]
    assert two.facts[0].occurred_at.isoformat() == "2026-03-03T10:00:00+00:00"


def test_several_values_where_one_is_meant_refuse_the_item_at_its_path() -> None:
    mapping = ITEMS.replace(", take: last", "")
    (found,) = refusals(by(mapping, json.dumps(LOADS), Format.JSON))
    assert found == (
        "in.dat $.loads.stops[0].notes[0]: 2 values stand where one is meant; allowed: one value"
    )


def test_one_document_a_line_names_its_line() -> None:
    wrong = json.dumps({**LOADS, "sent": "soon"})
    received = by(ITEMS, f"{json.dumps(LOADS)}\n\n{wrong}\n", Format.JSON)
    assert len(facts(received)) == 2
    assert refusals(received)[0].startswith("in.dat:3 $.sent: 'soon' is not a day or moment")


def test_text_that_is_no_json_is_refused_at_its_byte() -> None:
    assert refusals(by(ITEMS, '{"loads": ', Format.JSON)) == [
        "in.dat byte 10: the text ends inside the JSON"
    ]


def test_half_of_a_surrogate_pair_is_refused() -> None:
    mapping = ITEMS.replace("message_id: [{from: ^.id}, {from: nr}]\n", "")
    raw = json.dumps(LOADS).replace('"a"', '"\\ud800"')
    assert any("surrogate" in each for each in refusals(by(mapping, raw, Format.JSON)))


def test_a_path_leads_where_it_says() -> None:
    document = {"a": [{"b": 1, "c": "x"}, {"b": 2, "c": "y"}], "d": {"b": 3}}

    def found(path: str) -> list[tuple[Any, str]]:
        way = parsed(path)
        return [(each.value, each.at) for each in follow(way.steps, Found(document, "$"))]

    assert found("a[*].b") == [(1, "$.a[0].b"), (2, "$.a[1].b")]
    assert found("a[1].c") == [("y", "$.a[1].c")]
    assert found("a[b=2].c") == [("y", "$.a[1].c")]
    assert found("d[*].b") == [(3, "$.d.b")]
    assert found("d[b=3].b") == [(3, "$.d.b")]
    assert found("d[b=4].b") == found("e.f") == found("a[9]") == []


@pytest.mark.parametrize("path", ("", ".a", "a.", "a..b", "a[", "a[b]", "a.$", "a.^", "a b["))
def test_what_is_no_path_is_told(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        parsed(path)


@pytest.mark.parametrize(
    ("text", "numbers", "value"),
    (
        ("1250.5", Numbers(), "1250.5"),
        ("-12", Numbers(), "-12"),
        ("1.250,5", Numbers(decimal=",", thousands="."), "1250.5"),
        ("1250,5", Numbers(decimal=",", thousands="."), "1250.5"),
        ("1'250.50", Numbers(thousands="'"), "1250.50"),
    ),
)
def test_a_number_is_read_as_its_sender_writes_it(text: str, numbers: Numbers, value: str) -> None:
    assert str(number(text, numbers)) == value


@pytest.mark.parametrize(
    ("text", "numbers"),
    (
        ("1,250", Numbers()),
        ("12.50", Numbers(decimal=",", thousands=".")),
        ("1.25.000", Numbers(decimal=",", thousands=".")),
        ("1e3", Numbers()),
        ("", Numbers()),
        ("٣", Numbers()),
        ("9" * 31, Numbers()),
    ),
)
def test_a_number_that_could_mean_two_things_is_none(text: str, numbers: Numbers) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        number(text, numbers)


def test_implied_decimals_are_implied_or_shown_but_not_both() -> None:
    assert str(number("12345", Numbers(), 2)) == "123.45"
    with pytest.raises(ValueError, match="implied"):
        number("123.45", Numbers(), 2)


@pytest.mark.parametrize(
    ("text", "form", "moment"),
    (
        ("20260303 0815", "YYYYMMDD hhmm", "2026-03-03T08:15:00"),
        ("3/9/2026", "M/D/YYYY", "2026-03-09T00:00:00"),
        ("2026-03-03 08:15:30 -0600", "YYYY-MM-DD hh:mm:ss Z", "2026-03-03T08:15:30-06:00"),
        ("03.03.2026T08:15Z", "DD.MM.YYYYThh:mmZ", "2026-03-03T08:15:00+00:00"),
    ),
)
def test_a_moment_is_read_as_its_format_says(text: str, form: str, moment: str) -> None:
    assert written(text, (form,)).moment.isoformat() == moment


@pytest.mark.parametrize(
    ("text", "form"),
    (("31.02.2026", "DD.MM.YYYY"), ("3.3.2026", "DD.MM.YYYY"), ("03.03.2026 x", "DD.MM.YYYY")),
)
def test_what_is_not_written_so_is_no_moment(text: str, form: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        written(text, (form,))


def test_a_format_names_year_month_and_day_once() -> None:
    assert is_format("DD.MM.YYYY hh:mm")
    for text in ("DD.MM", "DD.MM.YY", "YYYY-MM-DD DD", "today"):
        assert not is_format(text)


def test_without_the_extra_workbooks_are_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loaded = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "openpyxl":
            raise ModuleNotFoundError(name)
        return loaded(name, *rest)

    raw = bytes_of("made:loads.xlsx")
    monkeypatch.setattr(builtins, "__import__", without)
    assert refusals(read_bytes(raw, "loads")) == [
        "sample: workbooks are read by the optional extra: pip install 'tollgate[xlsx]'"
    ]


def test_bytes_that_are_no_workbook_are_refused() -> None:
    assert refusals(read_bytes(b"Load;Miles\n", "loads")) == [
        "sample: the bytes are no workbook (.xlsx)"
    ]


def test_a_workbook_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "LARGEST", 10_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b"0" * 10_001)
    (found,) = refusals(read_bytes(packed.getvalue(), "loads"))
    assert found == "sample: unpacked the workbook has 10001 bytes; allowed: up to 10000"


def test_a_sheet_that_is_not_there_is_told_with_those_that_are() -> None:
    mapping = (
        "mapping: moves\nformat: xlsx\nversion: m-1\nxlsx: {sheet: Stops}\n"
        + TABLE[TABLE.index("codes:") :]
    )
    raw = bytes_of("made:loads.xlsx")
    assert refusals(by(mapping, raw, Format.XLSX)) == [
        "in.dat: there is no sheet 'Stops'; allowed: Loads, Notes"
    ]
    (found,) = refusals(by(mapping.replace("xlsx: {sheet: Stops}\n", ""), raw, Format.XLSX))
    assert found.startswith("in.dat: 2 sheets are visible, and the mapping names none")
