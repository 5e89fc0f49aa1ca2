"""What stands beside and below the charge lines of a decision."""

from decimal import Decimal

import msgspec
import pytest

from app.decide import conclude, prepare, second_answer
from app.dossier import METHODS_NOW
from app.family.document import DocumentKind, DocumentLine, planned
from app.judgement.decision import Decision
from app.judgement.verdict import Verdict
from app.money import Money, of_minor_units
from app.reports.unit.charge_table import charge_table
from tests.unit.explanation.made_units import DELIVERED, Case, milestone, northwind


def decided(case: Case) -> Decision:
    dossier, in_force, _ = case
    question = prepare(msgspec.structs.replace(dossier, methods=METHODS_NOW), in_force)
    return conclude(question, second_answer(question)[0]).decision


RELEASED = decided(northwind())
HELD = decided(northwind(without=(milestone("delivered", DELIVERED),)))
COMES_TO = sum(line.charge.amount.minor_units for line in RELEASED.lines)


def usd(minor: int) -> Money:
    return of_minor_units(minor, "USD")


def sums_of(decision: Decision) -> dict[str, Money]:
    return {each.says: each.amount for each in charge_table(decision).sums}


def words_of(decision: Decision) -> set[str]:
    return {each.goes_out for each in charge_table(decision).rows}


def test_a_release_tells_what_the_lines_come_to_and_that_all_of_it_goes_out() -> None:
    assert words_of(RELEASED) == {"now"}
    assert sums_of(RELEASED) == {
        "Total of the lines": usd(COMES_TO),
        "To be billed now": usd(COMES_TO),
    }


def test_of_a_held_unit_nothing_is_called_billed() -> None:
    assert HELD.verdict is Verdict.HOLD
    assert words_of(HELD) == {"waits"}
    assert list(sums_of(HELD)) == ["Total of the lines", "Waits until nothing holds it"]


def test_a_line_kept_back_has_its_sum_beside_the_rest() -> None:
    first, *rest = RELEASED.lines
    kept = first.charge.amount
    decision = msgspec.structs.replace(
        RELEASED,
        lines=(msgspec.structs.replace(first, billed=False), *rest),
        held_total=kept,
        total=usd(COMES_TO - kept.minor_units),
    )
    table = charge_table(decision)
    assert [row.goes_out for row in table.rows] == ["kept back", *("now" for _ in rest)]
    assert sums_of(decision) == {
        "Total of the lines": usd(COMES_TO),
        "Of it kept back": kept,
        "To be billed now": usd(COMES_TO - kept.minor_units),
    }


def test_what_was_billed_before_is_neither_billed_again_nor_zero_without_a_reason() -> None:
    decision = msgspec.structs.replace(
        RELEASED, verdict=Verdict.BILLED, billed_before=usd(COMES_TO), total=usd(0)
    )
    assert words_of(decision) == {"billed before"}
    assert sums_of(decision) == {
        "Total of the lines": usd(COMES_TO),
        "Billed before": usd(COMES_TO),
        "To be billed now": usd(0),
    }


@pytest.mark.parametrize(
    ("verdict", "changed", "others"),
    [
        (Verdict.RELEASE, "now", "billed before"),
        (Verdict.CREDIT, "now", "billed before"),
        (Verdict.HOLD, "waits", "not now"),
    ],
)
def test_after_an_invoice_only_what_a_document_names_goes_out(
    verdict: Verdict, changed: str, others: str
) -> None:
    first, *rest = RELEASED.lines
    assert rest
    line = DocumentLine(
        key=first.key,
        code=first.charge.code,
        description="",
        quantity=Decimal(1),
        unit="each",
        rate=Decimal(5),
        amount=usd(500),
    )
    decision = msgspec.structs.replace(
        RELEASED,
        verdict=verdict,
        billed_before=usd(COMES_TO - 500),
        documents=(planned(DocumentKind.SUPPLEMENTAL, (line,), "USD"),),
        total=usd(500),
    )
    told = [row.goes_out for row in charge_table(decision).rows]
    assert told == [changed, *(others for _ in rest)]


def test_two_currencies_are_not_added() -> None:
    first, *rest = RELEASED.lines
    charge = msgspec.structs.replace(first.charge, amount=of_minor_units(100, "EUR"))
    decision = msgspec.structs.replace(
        RELEASED, lines=(msgspec.structs.replace(first, charge=charge), *rest), total=None
    )
    assert sums_of(decision) == {}
