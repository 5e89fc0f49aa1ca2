"""What messages look like, and what is different in the last of them."""

import io
from itertools import count
from typing import Any

import msgspec
import openpyxl
import pytest
import yaml

from app.errors import Place
from app.evidence.intake.feed import Format
from app.evidence.intake.received import IntakeFault
from app.evidence.intake.shape.documents import MOST_ITEMS
from app.evidence.intake.shape.drift import drift
from app.evidence.intake.shape.rows import Layout, layout_of
from app.evidence.intake.shape.shape import Shape, UnmappedCode, traits_of, unmapped_in
from app.evidence.intake.shape.traits import LOOKED_AT, MOST_TRAITS, Kind, kind_of_text
from tests.unit.evidence.intake.made_up import ROOT
from tests.unit.evidence.mapped_samples import PROFILES as PARTNERS
from tests.unit.evidence.mapped_samples import bytes_of, feed_named

CASES = ROOT / "tests" / "cases" / "drift"
Case = dict[str, Any]


def cases(name: str) -> list[Any]:
    found = yaml.load((CASES / name).read_text("utf-8"), yaml.CSafeLoader)
    return [pytest.param(each, id=each["name"]) for each in found]


def traits(raw: bytes, form: Format | None = None, layout: Layout | None = None) -> list[str]:
    return [f"{each.path}: {each.kind}" for each in sorted(traits_of(raw, form, layout))]


@pytest.mark.parametrize("case", cases("traits.yaml"))
def test_a_message_has_the_traits_of_the_table(case: Case) -> None:
    form = Format(case["form"]) if "form" in case else None
    layout = msgspec.convert(case.get("layout", {}), Layout)
    assert sorted(traits(case["bytes"].encode(), form, layout)) == sorted(case["traits"])


def test_a_sheet_has_its_columns() -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["Load", "Miles", None])
    workbook.active.append(["LD-1", 346.5, "beside"])
    made = io.BytesIO()
    workbook.save(made)

    found = ["Load: column", "Load: text", "Miles: column", "Miles: number"]
    assert traits(made.getvalue(), Format.XLSX) == [": table", *found]
    assert traits(made.getvalue()[:-200], Format.XLSX) == [": unreadable"]
    no_sheet = Layout(sheet="Loads")
    assert traits(made.getvalue(), Format.XLSX, no_sheet) == [": unreadable"]


def test_of_a_long_list_items_from_all_over_it_are_looked_at() -> None:
    items = [{"a": 1}] * (10 * MOST_ITEMS)
    items[5 * MOST_ITEMS] = {"b": 1}
    found = traits(msgspec.json.encode({"items": items}))
    assert "$.items[].b: number" in found


def test_of_a_long_text_the_beginning_is_looked_at_and_never_half_a_value() -> None:
    rows = "load,miles\n" + "LD-1,346\n" * LOOKED_AT
    found = traits(rows.encode(), Format.CSV)
    assert found == [": table", "load: column", "load: text", "miles: column", "miles: digits"]

    isa = (
        "ISA*00*          *00*          *ZZ*S              *ZZ*R              *260302*1430*U*00401"
    )
    begin = f"{isa}*000000001*0*P*>~GS*QM*S*R*20260302*1430*1*X*004010~ST*214*0001~"
    found = traits((begin + "L11*PO12345678*PO~" * LOOKED_AT).encode())
    assert [each for each in found if "L11-" in each] == [
        "214 L11-01: letters and digits",
        "214 L11-02: letters",
    ]


def test_whoever_uses_values_as_names_has_no_more_traits_than_others() -> None:
    wide = msgspec.json.encode({f"1Z{at}": at for at in range(10 * MOST_TRAITS)})
    assert len(traits_of(wide)) <= MOST_TRAITS + 1
    deep = b'{"a":' * 400 + b"1" + b"}" * 400
    assert sum(len(each.path) for each in traits_of(deep)) < 40_000
    assert traits(b"[" * 100_000) == [": unreadable"]


def test_names_that_cannot_be_printed_or_stored_are_made_so() -> None:
    (name,) = {each.path for each in traits_of(b'{"a\\u0000\\n' + b"x" * 500 + b'": 1}')} - {""}
    assert name == f"$.a??{'x' * 57}..."


def shape_of(place: int, document: Any, code: list[str] | None = None) -> Shape:
    raw = document.encode() if isinstance(document, str) else msgspec.json.encode(document)
    codes = frozenset((UnmappedCode(*code),)) if code else frozenset()
    return Shape(message=f"message {place}", place=place, traits=traits_of(raw), codes=codes)


def span(told: list[list[Any]]) -> list[Shape]:
    places = count(1)
    return [shape_of(next(places), *what) for number, *what in told for _ in range(number)]


@pytest.mark.parametrize("case", cases("drifts.yaml"))
def test_two_spans_differ_as_the_table_says(case: Case) -> None:
    found = drift(span(case["before"]), span(case["now"]))
    told = [f"{each.code} {each.path}, {each.kind}: {each.now}, {each.before}" for each in found]
    assert told == case["drifts"]


def test_a_drift_names_the_first_message_that_shows_it() -> None:
    before = span([[40, {"id": 1, "weight": 3}]])
    now = span([[1, {"id": 1, "weight": 3}], [19, {"id": "1", "kg": 3}, ["AT7-01", "X9"]]])
    found = drift(before, now)
    assert {str(each.code): each.message for each in found} == dict.fromkeys(
        ("MISSING_FIELD", "NEW_FIELD", "RETYPED_FIELD", "NEW_CODE"), "message 2"
    )
    assert str(found[0]) == (
        "$.weight, number: in 1 of 20 messages now, in 40 of 40 before; first shown by message 2"
    )


@pytest.mark.parametrize(
    "field, detail, told",
    [
        ("AT7-01", "AT7-01 'X9' is not in map 1650 of standard, 1", ("AT7-01", "X9")),
        ("$.events[12].code", 'code "it\'s" is not on the map', ("$.events[].code", "it's")),
        ("S5-02", "nothing is quoted", ("S5-02", "nothing is quoted")),
    ],
)
def test_codes_that_no_map_knows_are_taken_from_faults(
    field: str, detail: str, told: tuple[str, str]
) -> None:
    fault = IntakeFault(code="CODE_UNMAPPED", detail=detail, place=Place(field=field))
    other = msgspec.structs.replace(fault, code="SEGMENT_COUNT_WRONG")
    assert unmapped_in([other, fault, fault]) == {UnmappedCode(*told)}


@pytest.mark.parametrize(
    "feed, sample, some",
    [
        ("movements", "samples/wms_movements.csv", ["Booked: date", "Pallets: digits"]),
        ("telematics", "samples/telematics.txt", ["event: text", "truck: column"]),
        ("loads", "made:loads.xlsx", ["Miles: number", "SCAC: text"]),
    ],
)
def test_a_table_is_split_as_its_mapping_says(feed: str, sample: str, some: list[str]) -> None:
    by = feed_named(feed)
    layout = layout_of(PARTNERS.mapping(by.partner, by.mapping))
    found = traits(bytes_of(sample), by.format, layout)
    assert ": table" in found
    assert set(some) <= set(found)
    assert found != traits(bytes_of(sample), by.format)


@pytest.mark.parametrize(
    "text, kind",
    [
        ("20260302", Kind.DATE),
        ("202603021430", Kind.DATE),
        ("2026-03-02", Kind.DATE),
        ("2026-03-02T14:30:00Z", Kind.DATE),
        ("02.03.2026", Kind.DATE),
        ("3/2/26", Kind.DATE),
        ("03.03.2026 08:15", Kind.DATE),
        ("3/2.26", Kind.TEXT),
        ("20261302", Kind.DIGITS),
        ("-1,300.50", Kind.DIGITS),
        ("0815", Kind.DIGITS),
        ("48 cases", Kind.TEXT),
        ("  ", Kind.NOTHING),
    ],
)
def test_texts_are_of_a_kind(text: str, kind: Kind) -> None:
    assert kind_of_text(text) is kind
