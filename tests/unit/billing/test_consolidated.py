"""Many documents as one invoice: whose each line is, that they add up, and how it is written."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest

from app.billing.consolidated import consolidated, part_of
from app.billing.invoice import Invoice
from app.billing.written import x12_210, x12_810
from app.billing.written.csv import Circumstances, written
from app.billing.written.x12 import Circumstances as X12Circumstances
from app.billing.written.x12 import Exchange, Party
from app.money import Money
from app.pricing.contract.consolidation import Closing
from tests.invoices import LINES, credit_of, invoice, line

FRIDAY = Closing(at=datetime(2026, 11, 6, 23, tzinfo=UTC), on=date(2026, 11, 6))


def whole(*parts: Invoice) -> Invoice:
    found = consolidated("main", FRIDAY, parts, [each.total for each in parts])
    assert found.adds_up
    return found.invoice


def test_every_line_keeps_its_amount_and_says_whose_it_is() -> None:
    one, other = invoice(), invoice(line("linehaul", "10.00"))
    taken_back = credit_of(other)
    found = whole(one, other, taken_back)
    assert [(each.of_unit, each.amount) for each in found.lines] == [
        *((one.unit, each.amount) for each in LINES),
        (other.unit, Money(Decimal("10.00"), "USD")),
        (other.unit, Money(Decimal("-10.00"), "USD")),
    ]
    assert found.total == one.total
    assert found.lines[-1].description == f"Linehaul, {other.unit} (credit)"
    assert found.parts[-1].credits == other.reference
    assert found.references == (*one.references, other.references[0], taken_back.references[0])
    for each in (one, other, taken_back):
        again = part_of(found, each.reference)
        assert (again.total, again.unit, again.kind) == (each.total, each.unit, each.kind)


def test_what_is_billed_makes_its_name_and_nothing_else_does() -> None:
    one, other = invoice(), invoice()
    assert whole(one, other).reference == whole(other, one).reference
    names = {
        whole(one).reference,
        whole(one, other).reference,
        consolidated("other", FRIDAY, [one], [one.total]).invoice.reference,
        consolidated(
            "main", Closing(at=FRIDAY.at.replace(day=13), on=FRIDAY.on), [one], [one.total]
        ).invoice.reference,
    }
    assert len(names) == 4


def test_a_document_that_is_not_what_its_release_says_does_not_add_up() -> None:
    one = invoice()
    found = consolidated("main", FRIDAY, [one], [Money(Decimal("455.55"), "USD")])
    assert not found.adds_up
    (wrong,) = [proof for proof in found.proofs if not proof.holds]
    assert "released at 455.55 USD" in wrong.says


def test_customers_and_currencies_are_never_mixed() -> None:
    for other in (invoice(customer="GLOBEX"), invoice(line("linehaul", "1.00", currency="CAD"))):
        with pytest.raises(AssertionError):
            whole(invoice(), other)


def test_parts_that_are_not_the_total_are_no_invoice() -> None:
    found = whole(invoice(), invoice())
    with pytest.raises(AssertionError, match="its parts add up"):
        msgspec.structs.replace(found, parts=found.parts[:1])


def test_each_row_of_the_csv_names_its_unit_its_decision_and_its_numbers() -> None:
    one, other = invoice(), invoice(line("linehaul", "10.00"))
    text = written(whole(one, other), Circumstances(number="INV-1")).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["unit"] for row in rows] == [one.unit] * 4 + [other.unit]
    assert rows[-1]["decision"] == other.decision_id
    assert rows[-1]["references"].startswith(f"bol {other.references[0][1]}")
    assert {row["kind"] for row in rows} == {"consolidated"}
    assert sum(Decimal(row["amount"]) for row in rows) == Decimal(rows[0]["total"])


EXCHANGE = Exchange(
    sender_qualifier="02",
    sender="BWTR",
    receiver_qualifier="ZZ",
    receiver="ACME",
    scac="BWTR",
    test=True,
    parties=(Party(role="BT", name="Acme"),),
)
GIVEN = X12Circumstances(
    exchange=EXCHANGE, control_number=7, written_at=datetime(2026, 11, 6, tzinfo=UTC), number="I1"
)
CODES_810 = x12_810.Codes(
    charges={"linehaul": "D240", "fuel_surcharge": "F060", "detention": "D300"},
    taxes={"GST of CA": "GS"},
)
CODES_210 = x12_210.Codes(
    charges={
        "linehaul": "400",
        "fuel_surcharge": "FUE",
        "detention": "DTL",
        "GST of CA": "GST",
    },
    payment="PP",
    credit="CA",
)


@pytest.mark.parametrize("gives_back", [False, True])
def test_it_is_written_as_x12_and_a_sum_below_nothing_as_a_credit(*, gives_back: bool) -> None:
    one, other = invoice(), invoice(line("linehaul", "10.00"))
    parts = (credit_of(one), other) if gives_back else (one, other)
    found = whole(*parts)
    as_810 = x12_810.written(found, GIVEN, CODES_810).decode()
    assert f"BIG*20261106*I1*****{'CR' if gives_back else 'DI'}~" in as_810
    assert f"TDS*{'-44556' if gives_back else '46556'}~" in as_810
    assert f"Linehaul, {other.unit}" in as_810
    as_210 = x12_210.written(found, GIVEN, CODES_210).decode()
    (b3,) = [each for each in as_210.split("~") if "B3*" in each and "LB3" not in each]
    assert ("*CA*" in b3) is gives_back


@pytest.mark.parametrize("kind", ["supplemental", "rebill"])
def test_what_follows_on_an_invoice_is_written_as_a_210_too(kind: str) -> None:
    follows = msgspec.structs.replace(invoice(), kind=kind)
    assert b"B3*" in x12_210.written(follows, GIVEN, CODES_210)
