"""Decisions in which everything that a customer must not see carries a canary."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from app.family.document import DocumentKind, DocumentLine, Planned
from app.judgement.decision import Clock, DecidedLine, Decision, Evidence, Hold, Runs
from app.judgement.rulebook.model import ProvisionalTerms
from app.judgement.verdict import Verdict
from app.money import Money, total
from app.pricing.lines.charge import Charge, Input, RowUsed, Taxed
from app.pricing.reckoned.loads import ALLOCATED
from app.reports.customer.charges import BY_CARD, NOT_SHOWN
from app.reports.customer.waits import CHECKED, HIDDEN, SHOWN

CANARY = "CANARY"
CARRIER_COST = "31,337.77"
SECRETS = (CANARY, CARRIER_COST, CARRIER_COST.replace(",", ""), "3133777")
BATCH_ON = date(2026, 3, 13)


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


COST = usd("31337.77")


def poisoned_hold(code: str, **values: Any) -> Hold:
    """A hold of which only the code may show, and that only by way of the table of words."""
    told: dict[str, Any] = {
        "code": code,
        "says": f"{CANARY}-says {CARRIER_COST}",
        "owner": f"{CANARY}-owner",
        "waits_for": f"{CANARY}-waits",
        "way_out": f"{CANARY}-way-out",
        "due_at": datetime(2026, 3, 6, tzinfo=UTC),
        "rule_id": f"{CANARY}-1",
        "subject": f"charge:{CANARY}-subject",
        "ask": f"{CANARY}-ask",
        "waived_by": (f"{CANARY}-2",),
        "evidence": (
            Evidence(says=f"{CANARY}-evidence {CARRIER_COST}", source=f"{CANARY}-source"),
        ),
        "value": COST,
    }
    return Hold(**(told | values))


def poisoned_charge(method: str, *, code: str = "linehaul", **values: Any) -> Charge:
    """A charge whose amount, description and clause are the customer's, and nothing else is."""
    told: dict[str, Any] = {
        "code": code,
        "subject": f"{CANARY}-{code}",
        "description": f"Our {code}",
        "quantity": COST.amount,
        "unit": f"{CANARY}-unit",
        "rate": COST.amount,
        "amount": usd("512.40"),
        "formula": "20.00 cwt x 25.62 = 512.40",
        "inputs": (Input(name=f"{CANARY}-input", value=CARRIER_COST, fact_ids=(CANARY,)),),
        "rows": (RowUsed(table=f"{CANARY}.csv", line=1, row=CANARY),),
        "card": CANARY,
        "method": method,
        "unrounded": "31337.77",
        "rounding": "half_up_1",
        "clause": "Schedule B, item 100",
        "rejected": (f"{CANARY}: 1 x {CARRIER_COST}",),
    }
    if method not in BY_CARD:
        told["formula"] = f"cost {CARRIER_COST} of {CANARY}, plus 12%"
    return Charge(**(told | values))


def shared(charge_code: str = "linehaul") -> Charge:
    """A share of a load that others ride with."""
    formula = f"1 x {CARRIER_COST} = {CARRIER_COST} for the load; of it 5 of {CARRIER_COST} lb"
    return poisoned_charge("flat_1", code=charge_code, formula=formula, rounding=ALLOCATED)


def taxed() -> Charge:
    tax = Taxed(tax="VAT", jurisdiction=CANARY, percent=Decimal(20), taxable=usd("512.40"), of=())
    return poisoned_charge("tax_1", code="vat", tax=tax, amount=usd("102.48"))


def credited() -> Charge:
    """An agreed credit, whose formula names who granted it."""
    return poisoned_charge("agreed_credit_1", of_dispute="D-17", amount=usd("-20.00"))


def poisoned_decision(
    holds: Iterable[Hold] = (),
    charges: Iterable[Charge] = (),
    verdict: Verdict = Verdict.HOLD,
    **values: Any,
) -> Decision:
    lines = tuple(
        DecidedLine(key=each.key, charge=each, billed=number % 2 == 0)
        for number, each in enumerate(charges)
    )
    told: dict[str, Any] = {
        "decision_id": CANARY,
        "tenant": CANARY,
        "unit": "shipment:S1",
        "customer": "NORTHWIND",
        "verdict": verdict,
        "total": COST,
        "held_total": COST,
        "lines": lines,
        "holds": tuple(holds),
        "permitted_by": (f"{CANARY}-3",),
        "provisional": (
            ProvisionalTerms(
                waives=(CANARY,),
                up_to=COST,
                exposure_up_to=COST,
                expires_after_days=14,
                on_expiry=CANARY,
                percent="31337.77",
            ),
        ),
        "documents": (_planned(),),
        "clocks": (
            Clock(runs=Runs.CUTOFF, last_day=BATCH_ON, source=CANARY),
            Clock(runs=Runs.RIGHT, last_day=date(2026, 3, 10), line=CANARY, source=CANARY),
        ),
        "dossier": CANARY,
    }
    return Decision(**(told | values))


def _planned() -> Planned:
    line = DocumentLine(
        key=CANARY,
        code=CANARY,
        description=CANARY,
        quantity=Decimal(1),
        unit=CANARY,
        rate=COST.amount,
        amount=COST,
    )
    amount = total((COST,), "USD")
    return Planned(kind=DocumentKind.FINAL, lines=(line,), total=amount, reverses=CANARY)


CODES = st.sampled_from(sorted({*SHOWN, *CHECKED, *HIDDEN, "NEVER_HEARD_OF"}))
METHODS = st.sampled_from(sorted({*BY_CARD, *NOT_SHOWN, "method_of_next_year_1"}))
HOLDS = st.builds(
    poisoned_hold, CODES, blocks=st.booleans(), on_line=st.booleans(), waived_by=st.just((CANARY,))
)
CHARGES = st.one_of(
    st.builds(poisoned_charge, METHODS, code=st.sampled_from(["linehaul", "fuel", "detention"])),
    st.just(shared()),
    st.just(taxed()),
    st.just(credited()),
)
DECISIONS = st.builds(
    poisoned_decision,
    st.lists(HOLDS, max_size=6),
    st.lists(CHARGES, max_size=6),
    st.sampled_from(Verdict),
    billed_before=st.sampled_from([None, COST]),
)
"""Any decision at all, poisoned throughout."""
