"""The forms an invoice is written in: exact bytes, the same cents when read back, no guesses."""

import csv as rows
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any, get_args

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.billing.destination import Destination, Kind, WrittenAs, written_for
from app.billing.invoice import Invoice, InvoiceLine
from app.billing.invoice import Kind as Kind_
from app.billing.written import csv, x12, x12_210, x12_810
from app.errors import UnwritableInvoiceError
from app.evidence.facts.money import Cost
from app.evidence.intake.x12.interchange import transactions
from app.money import Money, of_minor_units, total
from tests.unit.evidence.intake.made_up import ROOT, codes, read_one

TABLE = yaml.load((ROOT / "tests/cases/formats/written.yaml").read_text("utf-8"), yaml.CSafeLoader)
INVOICES = msgspec.convert(TABLE["invoices"], dict[str, Invoice])
GIVEN = msgspec.convert(TABLE["circumstances"], x12.Circumstances)
ORIGINAL = INVOICES["original"]

CODES_810 = x12_810.Codes(
    items={"linehaul": "LHS"},
    charges={"fuel_surcharge": "F060", "discount": "C310"},
    taxes={"GST of CA": "GS"},
)
CODES_210 = x12_210.Codes(
    charges={
        "linehaul": "400",
        "fuel_surcharge": "FUE",
        "discount": "DSC",
        "GST of CA": "GST",
    },
    units={"cwt": x12_210.UnitCodes("CW", "PH")},
)


def written(case: dict[str, Any]) -> bytes:
    invoice, codes_ = INVOICES[case["invoice"]], case.get("codes", {})
    if case["form"] == "x12_810":
        return x12_810.written(invoice, GIVEN, msgspec.convert(codes_, x12_810.Codes))
    if case["form"] == "x12_210":
        return x12_210.written(invoice, GIVEN, msgspec.convert(codes_, x12_210.Codes))
    return csv.written(invoice, csv.Circumstances(number=GIVEN.number))


def exchange_with(**changes: Any) -> x12.Exchange:
    return msgspec.structs.replace(GIVEN.exchange, **changes)


def changed(**changes: Any) -> Invoice:
    """The invoice with its first line changed, and its total after it."""
    lines = (msgspec.structs.replace(ORIGINAL.lines[0], **changes), *ORIGINAL.lines[1:])
    sum_ = total((line.amount for line in lines), ORIGINAL.currency)
    return msgspec.structs.replace(ORIGINAL, lines=lines, total=sum_)


def mistakes(write: Callable[[], bytes]) -> list[str]:
    with pytest.raises(UnwritableInvoiceError) as caught:
        write()
    return [str(mistake) for mistake in caught.value.mistakes]


@pytest.mark.parametrize("case", TABLE["cases"], ids=[case["name"] for case in TABLE["cases"]])
def test_an_invoice_is_written_byte_for_byte(case: dict[str, Any]) -> None:
    end = "\r\n" if case["form"] == "csv" else "\n"
    assert written(case).decode() == case["bytes"].replace("\n", end)


@pytest.mark.parametrize(
    "case",
    [case for case in TABLE["cases"] if case["form"] != "csv"],
    ids=[case["name"] for case in TABLE["cases"] if case["form"] != "csv"],
)
def test_the_envelope_of_what_is_written_is_without_a_fault(case: dict[str, Any]) -> None:
    (found,) = transactions(written(case), 0, "written.edi")
    assert found.faults == ()


def read_back(invoice: Invoice) -> Cost:
    received = read_one(x12_210.written(invoice, GIVEN, CODES_210))
    assert codes(received) == []
    costs = [fact.said for fact in received.facts if isinstance(fact.said, Cost)]
    return costs[0]


@pytest.mark.parametrize("name", INVOICES)
def test_a_210_is_read_back_with_the_same_cents_and_words(name: str) -> None:
    invoice, cost = INVOICES[name], read_back(INVOICES[name])
    assert cost.total == invoice.total
    assert [line.amount for line in cost.lines] == [line.amount for line in invoice.lines]
    assert [line.charge for line in cost.lines][:3] == [line.code for line in invoice.lines][:3]
    assert (cost.carrier, cost.number) == ("BWTR", "INV-1001")
    assert cost.bill_type == ("cancelled" if name == "credit" else "original")


def line_of(cents: int, quantity: Decimal, rate: Decimal) -> InvoiceLine:
    return msgspec.structs.replace(
        ORIGINAL.lines[0], amount=of_minor_units(cents, "USD"), quantity=quantity, rate=rate
    )


numbers = st.decimals(min_value=0, max_value=10**7, places=4)
lines_of_any_amount = st.lists(
    st.builds(line_of, st.integers(-(10**9), 10**9), numbers, numbers), min_size=1, max_size=6
)


@given(lines_of_any_amount)
def test_whatever_is_billed_a_210_says_the_same_cents_three_times(
    lines: list[InvoiceLine],
) -> None:
    sum_ = total((line.amount for line in lines), "USD")
    invoice = msgspec.structs.replace(ORIGINAL, lines=tuple(lines), total=sum_)
    cost = read_back(invoice)
    assert cost.total == sum_
    assert [line.amount for line in cost.lines] == [line.amount for line in lines]
    assert f"L3*****{sum_.minor_units}~" in x12_210.written(invoice, GIVEN, CODES_210).decode()


ONE_CODE = (
    x12_810.Codes(items={"linehaul": "X1"}),
    x12_810.Codes(charges={"linehaul": "X1"}),
)


@given(lines_of_any_amount, st.sampled_from(ONE_CODE))
def test_whatever_is_billed_the_parts_of_an_810_add_up_to_its_total(
    lines: list[InvoiceLine], codes_: x12_810.Codes
) -> None:
    sum_ = total((line.amount for line in lines), "USD")
    invoice = msgspec.structs.replace(ORIGINAL, lines=tuple(lines), total=sum_)
    raw = x12_810.written(invoice, GIVEN, codes_)
    (found,) = transactions(raw, 0, "written.edi")
    items = [each for each in found.segments if each.tag == "IT1"]
    charges = [each for each in found.segments if each.tag == "SAC"]
    signs = {"A": -1, "C": 1}
    parts = sum((Decimal(each.at(4)) * 100 for each in items), Decimal(0))
    parts += sum((signs[each.at(1)] * Decimal(each.at(5)) for each in charges), Decimal(0))
    (tds,) = [each.at(1) for each in found.segments if each.tag == "TDS"]
    (ctt,) = [each.at(1) for each in found.segments if each.tag == "CTT"]
    assert Decimal(tds) == parts == sum_.minor_units
    assert int(ctt) == len(items)


def test_a_word_without_a_code_is_named_and_never_guessed() -> None:
    no_codes = x12_210.Codes(charges={"linehaul": "400"})
    found = mistakes(lambda: x12_210.written(ORIGINAL, GIVEN, no_codes))
    assert [each.split("`")[1] for each in found] == ["fuel_surcharge", "discount", "GST of CA"]
    assert found[0] == (
        "210 of 4f1c lines[1].code: there is no code for `fuel_surcharge`; allowed: linehaul; "
        "add `fuel_surcharge` to the destination's charges"
    )
    found = mistakes(lambda: x12_810.written(ORIGINAL, GIVEN, x12_810.Codes()))
    assert [each.split("`")[1] for each in found] == [
        "linehaul",
        "fuel_surcharge",
        "discount",
        "GST of CA",
    ]


def test_a_word_that_is_item_and_charge_at_once_is_a_mistake() -> None:
    both = msgspec.structs.replace(CODES_810, charges={**CODES_810.charges, "linehaul": "X"})
    (found,) = mistakes(lambda: x12_810.written(ORIGINAL, GIVEN, both))
    assert "items.linehaul: it stands among the charges too" in found


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"sender": "X" * 16}, "sender: 'XXXXXXXXXXXXXXXX' has 16 characters"),
        ({"sender": ""}, "sender: it is empty"),
        ({"receiver": "A*B"}, "receiver: 'A*B' cannot stand in X12"),
        ({"receiver": "BLÜWAVE"}, "receiver: 'BLÜWAVE' cannot stand in X12"),
        ({"number": " 1"}, "number: ' 1' begins or ends with a blank"),
        ({"number": "1" * 23}, "number: '11111111111111111111111' has 23 characters"),
        ({"control_number": 0}, "control_number: it is 0"),
        ({"control_number": 10**9}, "control_number: it is 1000000000"),
        ({"scac": "bw"}, "scac: 'bw' is no SCAC"),
        ({"qualifiers": {"bol": "BMXX"}}, "qualifiers.bol: 'BMXX' has 4 characters"),
        ({"parties": (x12.Party(role="BT", name="東"),)}, "parties[0].name: '東' has no plain"),
        ({"parties": (x12.Party(role="BT", name="A", code="1"),)}, "parties[0].code: a code and"),
    ],
)
def test_circumstances_that_x12_cannot_hold_are_named(changes: dict[str, Any], says: str) -> None:
    own = {name: value for name, value in changes.items() if hasattr(GIVEN, name)}
    agreed = {name: value for name, value in changes.items() if name not in own}
    given_ = msgspec.structs.replace(GIVEN, exchange=exchange_with(**agreed), **own)
    for write in (
        lambda: x12_810.written(ORIGINAL, given_, CODES_810),
        lambda: x12_210.written(ORIGINAL, given_, CODES_210),
    ):
        (found,) = mistakes(write)
        assert says in found


def test_a_210_needs_our_scac_and_a_credit_the_number_it_takes_back() -> None:
    bare = msgspec.structs.replace(GIVEN, exchange=exchange_with(scac=""), credited_number="")
    (found,) = mistakes(lambda: x12_210.written(ORIGINAL, bare, CODES_210))
    assert "scac: it is empty" in found
    (found,) = mistakes(lambda: x12_810.written(INVOICES["credit"], bare, CODES_810))
    assert "credited_number: it is empty" in found


@pytest.mark.parametrize("amount", [Money(Decimal(100), "JPY"), Money(Decimal("1.005"), "KWD")])
def test_a_currency_without_two_decimals_is_never_written_with_two(amount: Money) -> None:
    for write in (
        lambda: x12_810.written(changed_to(amount), GIVEN, CODES_810),
        lambda: x12_210.written(changed_to(amount), GIVEN, CODES_210),
    ):
        assert any("has not two decimals" in each for each in mistakes(write))


def changed_to(amount: Money) -> Invoice:
    line = msgspec.structs.replace(ORIGINAL.lines[0], amount=amount)
    return msgspec.structs.replace(ORIGINAL, lines=(line,), total=amount, currency=amount.currency)


def test_a_number_that_could_be_cut_or_misread_is_not_written() -> None:
    for value in ("B~1", "9" * 31, "  "):
        other = msgspec.structs.replace(ORIGINAL, references=(("bol", value),))
        with pytest.raises(UnwritableInvoiceError, match=r"references\.bol"):
            x12_210.written(other, GIVEN, CODES_210)


def test_an_invoice_of_several_shipments_names_none_of_them_as_its_own() -> None:
    both = (("shipment", "SHIP-1"), ("shipment", "SHIP-2"))
    several = msgspec.structs.replace(ORIGINAL, references=both)
    raw = x12_210.written(several, GIVEN, CODES_210).decode()
    assert "B3**INV-1001**PP**20260305*109086****BWTR~" in raw


def test_a_test_interchange_says_that_it_is_one() -> None:
    testing = msgspec.structs.replace(GIVEN, exchange=exchange_with(test=True))
    raw = x12_810.written(ORIGINAL, testing, CODES_810)
    assert raw[:106].endswith(b"*0*T*>~")


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM", "\t=1", "\rx", " =1", "\uff1d1", "\u200b=1", "'x", "\ufeff@x"],
)
def test_no_text_of_a_csv_is_taken_for_a_formula(text: str) -> None:
    raw = csv.written(changed(description=text), csv.Circumstances())
    row = list(rows.reader(io.StringIO(raw.decode(), newline="")))[1]
    cell = row[csv.COLUMNS.index("description")]
    assert cell == f"'{text}"


@given(st.text(), numbers, st.integers(-(10**9), 10**9))
def test_a_csv_read_by_a_program_says_exactly_what_was_billed(
    text: str, quantity: Decimal, cents: int
) -> None:
    amount = of_minor_units(cents, "USD")
    invoice = changed(description=text, quantity=quantity, amount=amount)
    raw = csv.written(invoice, csv.Circumstances(marked=True))
    assert raw.startswith(b"\xef\xbb\xbf")
    header, *found = rows.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    first = dict(zip(header, found[0], strict=True))
    # Where one stands before it, the apostrophe is ours: a text's own gets a second.
    assert first["description"].removeprefix("'") == text
    assert Decimal(first["quantity"]) == quantity
    sums = [Decimal(row[header.index("amount")]) for row in found]
    assert sum(sums) == Decimal(first["total"]) == invoice.total.amount


@pytest.mark.parametrize("case", TABLE["cases"], ids=[case["name"] for case in TABLE["cases"]])
def test_a_destination_is_written_to_as_it_was_agreed(case: dict[str, Any]) -> None:
    codes_ = case.get("codes", {})
    destination = Destination(
        partner="acme",
        name="invoices",
        kind=Kind.FILE,
        events=("invoice.posted",),
        format=WrittenAs(case["form"]),
        exchange=GIVEN.exchange,
        codes_810=msgspec.convert(codes_, x12_810.Codes) if case["form"] == "x12_810" else None,
        codes_210=msgspec.convert(codes_, x12_210.Codes) if case["form"] == "x12_210" else None,
    )
    billed = msgspec.structs.replace(
        INVOICES[case["invoice"]], credited_number=GIVEN.credited_number
    )
    raw = written_for(
        destination,
        billed,
        number=GIVEN.number,
        control_number=GIVEN.control_number,
        written_at=GIVEN.written_at,
    )
    assert raw == written(case)


def test_each_kind_of_invoice_has_its_own_word_in_a_210() -> None:
    codes_210 = x12_210.Codes(charges={"linehaul": "400"}, provisional="PR")
    billed = next(each for each in INVOICES.values() if each.kind == "original")
    only = msgspec.structs.replace(billed.lines[0], code="linehaul", tax="")
    billed = msgspec.structs.replace(billed, lines=(only,), total=only.amount)
    told = {}
    for kind in get_args(Kind_):
        of_kind = msgspec.structs.replace(billed, kind=kind)
        (b3,) = [
            part
            for part in x12_210.written(of_kind, GIVEN, codes_210).decode().split("~")
            if part.strip().startswith("B3*")
        ]
        told[kind] = b3.strip().split("*")[8]
    assert told == {
        "original": "",
        "provisional": "PR",
        "supplemental": "BD",
        "credit": "CA",
        "rebill": "RB",
        "consolidated": "",
    }
