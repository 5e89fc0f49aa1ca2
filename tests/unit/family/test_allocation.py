"""What a load bears together is borne whole: the shares of all are the charge, to the cent."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest

from app.authoring.files.card_files import card_from
from app.decide import Concluded, Question, conclude, prepare, second_answer
from app.dossier import METHODS_NOW, Dossier
from app.evidence.correlation.unit import BillableUnit
from app.family.allocation import allocation_proofs
from app.judgement.verdict import Verdict
from app.money import Money
from app.pricing.lines.charge import Charge
from app.pricing.rating.rate import price
from tests.golden.keep import FOLDER
from tests.golden.test_golden import editions_of
from tests.unit.pricing import made_facts as made
from tests.unit.pricing.test_shapes import DATES, FLAT, HEAD, SINCE, shipment

BY_WEIGHT = FLAT.replace("by: pallets", "by: weight")
TABLE = f"row,amount,{DATES}\n1,742.15,{SINCE}\n"


def load(*pounds: str) -> tuple[BillableUnit, ...]:
    """Field notes 2.6, F1: 742.15 by these weights is 742.16 where each is rounded by itself."""
    return tuple(
        shipment(number=f"S{number}", load="L1", weight=made.pounds(weight))
        for number, weight in enumerate(pounds or ("1210", "3480", "905", "2405"), start=1)
    )


def share_of(units: tuple[BillableUnit, ...], at: int) -> Charge:
    card = card_from("T", {"card.yaml": HEAD + BY_WEIGHT, "t.csv": TABLE}.__getitem__)
    (charge,) = price(units[at], units, (), card, date(2026, 3, 8)).charges
    return charge


def usd(text: str) -> Money:
    return Money(Decimal(text), "USD")


def test_the_shares_of_all_units_are_the_charge_of_the_load() -> None:
    units = load()
    shares = [share_of(units, at) for at in range(4)]
    assert [str(each.amount.amount) for each in shares] == ["112.25", "322.83", "83.96", "223.11"]
    for unit, share in zip(units, shares, strict=True):
        (proof,) = allocation_proofs(unit.unit, [share], units)
        assert proof.holds
        assert proof.of == "allocation"
        assert proof.says == (
            "linehaul: 112.25 shipment:S1 + 322.83 shipment:S2 + 83.96 shipment:S3 + "
            f"223.11 shipment:S4 = 742.15 USD of 742.15 USD; billed here {share.amount}"
        )


def test_a_cent_that_a_naive_rounding_would_add_is_seen() -> None:
    units = load()
    naive = msgspec.structs.replace(share_of(units, 1), amount=usd("322.84"))
    (proof,) = allocation_proofs("shipment:S2", [naive], units)
    assert not proof.holds
    assert proof.says.endswith("billed here 322.84 USD")


@pytest.mark.parametrize(
    ("at_hand", "why"),
    [
        (load()[:3], "shipment:S4 is not"),
        (load("1210", "3480", "905", "2406"), "no share of a payable amount by weight"),
        ((*load()[:3], shipment(number="S4", load="L1")), ""),
    ],
    ids=["a unit is missing", "another weight", "no weight of its own"],
)
def test_what_cannot_be_split_again_proves_nothing(
    at_hand: tuple[BillableUnit, ...], why: str
) -> None:
    (proof,) = allocation_proofs("shipment:S1", [share_of(load(), 0)], at_hand)
    assert not proof.holds
    assert why in proof.says


def test_a_unit_that_is_not_among_those_who_share_proves_nothing() -> None:
    units = load()
    (proof,) = allocation_proofs("shipment:S9", [share_of(units, 0)], units)
    assert not proof.holds


def test_a_line_that_nobody_shares_needs_no_proof() -> None:
    alone = load("1210")
    assert allocation_proofs("shipment:S1", [share_of(alone, 0)], alone) == ()


def kestrel(*methods: str) -> Question:
    """KS-88123, which shares its load with KS-88124."""
    dossier = msgspec.json.decode(
        (FOLDER / "shipment-KS88123" / "dossier.json").read_bytes(), type=Dossier
    )
    if methods:
        dossier = msgspec.structs.replace(dossier, methods=methods)
    return prepare(dossier, editions_of(dossier))


def concluded(question: Question) -> Concluded:
    answer, _ = second_answer(question)
    return conclude(question, answer)


def test_a_decision_keeps_the_proof_of_each_share_it_bills() -> None:
    found = concluded(kestrel(*METHODS_NOW))
    assert found.decision.verdict is Verdict.RELEASE
    proofs = [each for each in found.trace.proofs if each.of == "allocation"]
    shared = [
        line for line in found.decision.lines if "largest_remainder_1" in line.charge.rounding
    ]
    assert len(proofs) == len(shared) > 1
    assert all(each.holds for each in proofs)


def test_a_share_that_is_off_by_a_cent_stops_the_invoice() -> None:
    question = kestrel(*METHODS_NOW)
    first = question.rated.charges[0]
    # To the other side of the exact share, which lies within a cent of both.
    below = Fraction(first.amount.amount) <= Fraction(first.unrounded)
    cent = usd("0.01" if below else "-0.01")
    off = msgspec.structs.replace(first, amount=first.amount + cent)
    assert abs(Fraction(off.amount.amount) - Fraction(off.unrounded)) < Fraction(1, 100)
    charges = (off, *question.rated.charges[1:])
    rated_so = msgspec.structs.replace(question.rated, charges=charges)
    found = concluded(msgspec.structs.replace(question, rated=rated_so))
    assert found.decision.verdict is Verdict.HOLD
    assert "TIE_OUT_FAILED" in {hold.code for hold in found.decision.holds}


def test_a_decision_of_before_has_no_such_proof() -> None:
    assert concluded(kestrel()).trace.proofs == ()
