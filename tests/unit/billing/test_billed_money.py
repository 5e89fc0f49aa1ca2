"""What of a decision is money, and what is not."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from app.billing.billed_money import changed_money
from app.billing.documents import references_of
from app.billing.release_token import decision_in, must_belong, release_token
from app.errors import NotFoundError, RequestError
from app.judgement.decision import DecidedLine, Decision
from app.judgement.rulebook.model import ProvisionalTerms
from app.judgement.verdict import Verdict
from app.money import Money, of_minor_units
from app.pricing.lines.charge import Taxed
from tests.unit.explanation.made_units import northwind

READY: Decision = northwind()[2]
TERMS = ProvisionalTerms(
    waives=("POD_MISSING",),
    up_to=of_minor_units(250_000, "USD"),
    exposure_up_to=of_minor_units(500_000, "USD"),
    expires_after_days=14,
    on_expiry="escalate",
)
TERMS_IN_WORDS = (
    "waives POD_MISSING up to 2,500.00 USD, 5,000.00 USD of the customer's at once, for 14 days, "
    "then escalate"
)
TAX = Taxed(
    tax="GST",
    jurisdiction="CA",
    percent=Decimal(5),
    taxable=of_minor_units(29634, "USD"),
    of=("linehaul",),
)


def but(**more: Any) -> Decision:
    return msgspec.structs.replace(READY, **more)


def with_line(place: int, **more: Any) -> Decision:
    """The decision with one charge line different."""
    lines = list(READY.lines)
    charge = msgspec.structs.replace(lines[place].charge, **more)
    lines[place] = msgspec.structs.replace(lines[place], charge=charge)
    return but(lines=tuple(lines))


def release_id_of(decision: Decision) -> str:
    (reference,) = references_of(decision, ())
    return reference


def dollars(cents: int, currency: str = "USD") -> Money:
    return of_minor_units(cents, currency)


def test_the_example_is_ready_and_has_two_lines() -> None:
    assert READY.verdict is Verdict.RELEASE
    assert [str(line.charge.amount) for line in READY.lines] == ["296.34 USD", "81.49 USD"]


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (but(verdict=Verdict.HOLD), {"verdict": ("release", "hold")}),
        (but(verdict=Verdict.NO_BILL, total=None), {"verdict": ("release", "no_bill")}),
        (but(customer="ACME"), {"customer": ("NORTHWIND", "ACME")}),
        (but(total=dollars(37783, "CAD")), {"total": ("377.83 USD", "377.83 CAD")}),
        (with_line(0, amount=dollars(29635)), {"line linehaul": ("296.34 USD", "296.35 USD")}),
        (
            with_line(0, tax=TAX),
            {"line linehaul": ("296.34 USD", "296.34 USD (GST of CA, 5% of 296.34 USD)")},
        ),
        (but(lines=READY.lines[:1]), {"line fuel_surcharge": ("81.49 USD", "nothing")}),
        (
            but(lines=(READY.lines[0], msgspec.structs.replace(READY.lines[1], billed=False))),
            {"line fuel_surcharge": ("81.49 USD", "nothing")},
        ),
        (
            but(provisional=(TERMS,)),
            {
                "provisional terms": (
                    "none",
                    TERMS_IN_WORDS,
                )
            },
        ),
    ],
    ids=[
        "it must wait",
        "nothing is billed",
        "another customer",
        "another currency",
        "one cent",
        "the same amount, but a tax",
        "a line less",
        "a line that waits",
        "other terms",
    ],
)
def test_this_is_money(now: Decision, told: dict[str, tuple[str, str]]) -> None:
    found = {each.what: (each.before, each.after) for each in changed_money(READY, now)}
    assert told.items() <= found.items()


@pytest.mark.parametrize(
    "now",
    [
        but(decision_id="0" * 64, dossier="0" * 64),
        but(permitted_by=("REL-9",)),
        but(lines=tuple(reversed(READY.lines))),
        with_line(0, formula="worked out otherwise", quantity=Decimal(21)),
        with_line(1, rows=(), inputs=()),
    ],
    ids=[
        "another dossier",
        "another rule that permits it",
        "lines in another order",
        "another way to the same amount",
        "other sources of the same amount",
    ],
)
def test_this_is_no_money_and_the_release_has_the_same_id(now: Decision) -> None:
    assert changed_money(READY, now) == ()
    assert release_id_of(now) == release_id_of(READY)


def test_a_line_that_waits_may_change_without_touching_what_goes_out() -> None:
    def waiting(cents: int) -> Decision:
        line: DecidedLine = with_line(1, amount=dollars(cents)).lines[1]
        return but(lines=(READY.lines[0], msgspec.structs.replace(line, billed=False)))

    assert changed_money(waiting(8149), waiting(9999)) == ()


def test_other_money_another_unit_or_another_kind_of_invoice_is_another_release() -> None:
    others = [
        READY,
        with_line(0, amount=dollars(29635)),
        but(unit="shipment:S2"),
        but(tenant="other"),
        but(customer="ACME"),
        but(verdict=Verdict.PROVISIONAL, provisional=(TERMS,)),
    ]
    assert len({release_id_of(each) for each in others}) == len(others)


def test_a_token_names_its_decision_and_belongs_to_no_other() -> None:
    token = release_token(READY)
    assert decision_in(token) == READY.decision_id
    must_belong(token, READY)
    for other in (but(unit="shipment:S2"), but(tenant="other"), but(decision_id="0" * 64)):
        with pytest.raises(NotFoundError):
            must_belong(token, other)


def test_what_may_not_go_out_has_no_token() -> None:
    assert release_token(but(verdict=Verdict.HOLD)) == ""
    assert release_token(but(verdict=Verdict.NO_BILL)) == ""
    assert release_token(but(total=None)) == ""


@pytest.mark.parametrize("text", ["", "x", "0" * 64, f"{'0' * 64}.{'g' * 32}", "0" * 97])
def test_what_is_no_token_is_told_what_one_looks_like(text: str) -> None:
    with pytest.raises(RequestError) as refused:
        decision_in(text)
    (mistake,) = refused.value.mistakes
    assert mistake.allowed.startswith("64 hexadecimal digits")
