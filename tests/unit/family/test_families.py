"""Stories of invoices, told in `tests/cases/family`: billed, what it comes to, what goes out."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from app.family.document import DocumentKind, DocumentLine, FamilyDocument, Planned, planned
from app.family.family import MOVES, Family, IllegalMoveError, State, must_follow
from app.family.plan import plan_of, wanted_lines
from app.family.proof import Proof, proofs_of, tax_proofs
from app.money import Money, largest_remainder, zero
from app.pricing.contract.contract import AdjustmentStyle
from app.pricing.lines.charge import Taxed

CASES = Path(__file__).parents[2] / "cases" / "family"
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def stories() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yaml")):
        # Every number stays as it is written: 18.50 is never a binary fraction.
        for case in yaml.load_all(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader):
            yield pytest.param(case, id=case["case"])


def usd(text: str) -> Money:
    return Money(Decimal(text), "USD")


def a_line(key: str, amount: str, tax: list[str] | None = None) -> DocumentLine:
    code, _, subject = key.partition("/")
    taxed = None
    if tax is not None:
        taxed = Taxed(
            tax=code, jurisdiction=subject, percent=Decimal(tax[0]), taxable=usd(tax[1]), of=()
        )
    return DocumentLine(
        key=key,
        code=code,
        description=code,
        quantity=Decimal(tax[1]) if tax else Decimal(1),
        unit="each",
        rate=Decimal(amount),
        amount=usd(amount),
        tax=taxed,
    )


def lines_of(step: Mapping[str, Any], which: str) -> tuple[DocumentLine, ...]:
    services = tuple(a_line(key, amount) for key, amount in step[which].items())
    taxes = step.get("taxes", {}).items()
    return (*services, *(a_line(key, told[2], told) for key, told in taxes))


def went_out(family: Family, document: Planned) -> Family:
    """The family with one document more."""
    must_follow(family, [document])
    claimed = FamilyDocument(
        reference=f"R{len(family.documents) + 1}",
        kind=document.kind,
        lines=document.lines,
        total=document.total,
        claimed_at=NOON,
        decision_id="D",
        reverses=document.reverses,
        adjusts=document.adjusts,
    )
    before = tuple(
        msgspec.structs.replace(each, settled="trued up")
        if each is family.open_provisional
        else each
        for each in family.documents
    )
    return Family(documents=(*before, claimed))


def as_told(document: Planned) -> dict[str, Any]:
    """A document as the stories write it."""
    told: dict[str, Any] = {
        "kind": document.kind.value,
        "lines": sorted((line.key, str(line.amount.amount)) for line in document.lines),
        "total": str(document.total.amount),
    }
    for name in ("reverses", "adjusts"):
        if reference := getattr(document, name):
            told[name] = reference.removeprefix("R")
    return told


def as_wanted(document: dict[str, Any]) -> dict[str, Any]:
    lines = document["lines"]
    pairs = lines.items() if isinstance(lines, dict) else lines
    return {**document, "lines": sorted((key, amount) for key, amount in pairs)}


@pytest.mark.parametrize("case", list(stories()))
def test_a_story_ends_with_the_documents_and_the_balance_it_tells(case: dict[str, Any]) -> None:
    family = Family()
    for step in case["story"]:
        if "bill" in step:
            first = planned(DocumentKind(step["bill"]), lines_of(step, "lines"), "USD")
            assert first.total == usd(step["total"]), "the story's own arithmetic"
            family = went_out(family, first)
            continue
        target, held = lines_of(step, "comes to"), step.get("held", [])
        style = AdjustmentStyle(step["style"])
        documents = plan_of(family, target, held=held, style=style)
        owed = {line.key: line.amount for line in wanted_lines(family, target, held).values()}
        assert all(proof.holds for proof in proofs_of(family, documents, owed, "USD"))
        assert [as_told(each) for each in documents] == [as_wanted(d) for d in step["goes out"]]
        for document in documents:
            family = went_out(family, document)
    if "split" in case:
        split = case["split"]
        by = [(key, Decimal(weight)) for key, weight in split["by"].items()]
        billed = {key: usd(amount) for key, amount in case["story"][0]["lines"].items()}
        assert dict(largest_remainder(usd(split["amount"]), by)) == billed
    if "provisional error" in case:
        assert f"{family.provisional_error:.2f}" == case["provisional error"]
    assert family.balance == usd(case["balance"])
    assert family.state is State(case["state"])


def a_family(*documents: tuple[DocumentKind, str]) -> Family:
    family = Family()
    for kind, amount in documents:
        family = went_out(family, planned(kind, (a_line("linehaul", amount),), "USD"))
    return family


BEFORE = {
    State.UNBILLED: a_family(),
    State.PROVISIONAL: a_family((DocumentKind.PROVISIONAL, "100.00")),
    State.BILLED: a_family((DocumentKind.FINAL, "100.00")),
    State.CREDITED: a_family((DocumentKind.FINAL, "100.00"), (DocumentKind.CREDIT, "-100.00")),
}


def test_there_is_a_family_in_every_state() -> None:
    assert {state: family.state for state, family in BEFORE.items()} == {s: s for s in State}


@pytest.mark.parametrize("kind", list(DocumentKind))
@pytest.mark.parametrize("state", list(State))
def test_a_document_follows_where_the_table_has_it_and_nowhere_else(
    state: State, kind: DocumentKind
) -> None:
    document = planned(kind, (a_line("linehaul", "10.00"),), "USD")
    if kind in MOVES[state]:
        assert went_out(BEFORE[state], document).state is MOVES[state][kind]
    else:
        with pytest.raises(IllegalMoveError, match=f"no {kind} follows on {state}"):
            must_follow(BEFORE[state], [document])


def test_what_leaves_nothing_billed_is_credited_whatever_it_is_called() -> None:
    for state in (State.PROVISIONAL, State.BILLED):
        back = planned(DocumentKind.CREDIT, (a_line("linehaul", "-100.00"),), "USD")
        assert went_out(BEFORE[state], back).state is State.CREDITED


def test_a_provisional_that_was_settled_is_billed() -> None:
    first = BEFORE[State.PROVISIONAL].documents[0]
    settled = FamilyDocument(
        reference=first.reference,
        kind=first.kind,
        lines=first.lines,
        total=first.total,
        claimed_at=first.claimed_at,
        decision_id="D",
        settled="final at estimate",
    )
    assert Family(documents=(settled,)).state is State.BILLED


def test_a_wrong_document_is_proved_wrong() -> None:
    family = BEFORE[State.BILLED]
    wrong_total = Planned(
        kind=DocumentKind.CREDIT, lines=(a_line("linehaul", "-10.00"),), total=usd("-10.01")
    )
    no_negation = Planned(
        kind=DocumentKind.CREDIT,
        lines=(a_line("linehaul", "-99.99"),),
        total=usd("-99.99"),
        reverses="R1",
    )
    for document, failing in ((wrong_total, {"lines"}), (no_negation, {"reversal", "family"})):
        left = {"linehaul": usd("90.00") if document is wrong_total else zero("USD")}
        proofs = proofs_of(family, [document], left, "USD")
        assert {proof.of for proof in proofs if not proof.holds} == failing


def test_what_is_taxed_in_all_provinces_is_what_was_billed() -> None:
    # 600 at 13% and 400 at 5%: 78.00 + 20.00
    freight = a_line("linehaul", "1000.00")
    places = [("HST/CA-ON", ["13", "600.00", "78.00"]), ("HST/CA-AB", ["5", "400.00", "20.00"])]

    def proved(places: list[tuple[str, list[str]]]) -> tuple[Proof, ...]:
        lines = [a_line(key, told[2], told) for key, told in places]
        of = [
            msgspec.structs.replace(line, tax=msgspec.structs.replace(line.tax, of=("linehaul",)))
            for line in lines
            if line.tax is not None
        ]
        return tax_proofs([freight, *of], "USD")

    (right,) = proved(places)
    assert right.holds
    assert right.says.endswith("taxed in all 1,000.00 USD of 1,000.00 USD")
    (wrong,) = proved([places[0], ("HST/CA-AB", ["5", "399.99", "20.00"])])
    assert not wrong.holds
