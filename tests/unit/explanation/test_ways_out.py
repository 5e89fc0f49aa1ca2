"""Each hold of the catalogue: the facts that end it, or what has to change instead."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from app.decide import conclude, prepare
from app.evidence.facts.freight import Fault, MilestoneStatus
from app.evidence.facts.money import Accessorial
from app.evidence.facts.party import Customer
from app.evidence.facts.surroundings import AccountingPeriod, FeedStatus
from app.evidence.facts.warehouse import Disposition
from app.explanation.unlock.search import TRIES, unlocking_of
from app.explanation.unlock.ways_out import BY_FACTS, NOT_BY_FACTS
from app.family.document import DocumentKind, FamilyDocument, line_of, planned
from app.judgement.rulebook.key import NoAnswer
from app.money import Money
from app.pricing.contract.contract import ClaimWindow, Trigger
from tests.unit.explanation.made_holds import (
    bill_that_tells,
    billed_twice,
    claimed,
    cost_differs,
    credited,
    detention,
    disputed,
    exception,
    halcyon,
    lumper,
    measured_twice,
    receipt,
    tendered,
    usd,
)
from tests.unit.explanation.made_units import (
    DELIVERED,
    LAST_WORD,
    PICKED_UP,
    Case,
    decided,
    drafts,
    editions,
    kestrel,
    milestone,
    moved,
    northwind,
    order,
    pod,
    sets_of,
    shipment,
    told,
    truckload,
    unlocked,
)
from tests.unit.pricing.made_facts import diesel, distance_of, place, pounds

PAPER = "dms: a signed POD without exceptions is received and accepted"
FREED = "erp: the credit hold of NORTHWIND is ended"
SOMEBODY = "ops: somebody who knows says that the document that names customer_po PO1"
ONE_DAY = ClaimWindow(charge="linehaul", days=1, source="Agreement, section 4")


def billed_at(linehaul: str) -> FamilyDocument:
    """Northwind's invoice, with another amount for the linehaul than it comes to."""
    lines = [line_of(each.charge) for each in northwind()[2].lines]
    amount = Money(Decimal(linehaul), "USD")
    first = msgspec.structs.replace(lines[0], amount=amount)
    out = planned(DocumentKind.FINAL, (first, *lines[1:]), "USD")
    return FamilyDocument(
        reference="R1",
        kind=out.kind,
        lines=out.lines,
        total=out.total,
        claimed_at=datetime(2026, 3, 5, tzinfo=UTC),
        decision_id="D1",
    )


@dataclass(frozen=True)
class Out:
    """A hold in a made-up unit, and every set that releases the unit."""

    code: str
    case: Callable[[], Case]
    sets: list[list[str]]


WAYS = [
    Out(
        # 296.34 - 246.33 = 50.01, a cent more than goes without asking
        "ADJUSTMENT_UNAPPROVED",
        lambda: northwind(family=(billed_at("246.33"),)),
        [
            ["ops: ops approves an adjustment up to 50.01 USD"],
            ["portal: the customer approves an adjustment up to 50.01 USD"],
        ],
    ),
    Out(
        "BILLING_RIGHT_EXPIRED",
        lambda: northwind(agreed={"claim_windows": (ONE_DAY,), "split_held_lines": False}),
        [["erp: finance says to bill linehaul all the same, up to 296.34 USD"]],
    ),
    Out("POD_MISSING", lambda: northwind(without=(pod(),)), [[PAPER]]),
    Out(
        "POD_UNSIGNED_OR_EXCEPTION",
        lambda: northwind(pod(signed=False)),
        [["dms: document POD-1 comes back signed and without exceptions"]],
    ),
    Out(
        "POD_UNSIGNED_OR_EXCEPTION",
        lambda: northwind(pod(exceptions_noted=True)),
        [["dms: document POD-1 is corrected: signed, and no exception is noted on it"]],
    ),
    Out(
        "DOC_SET_INCOMPLETE",
        lambda: northwind(agreed={"required_documents": ("POD", "BOL")}),
        [["dms: a signed BOL without exceptions is received and accepted"]],
    ),
    Out(
        "RATE_UNCONFIRMED",
        lambda: northwind(agreed={"rate_confirmation_required": True}),
        [["dms: a signed RATE_CON without exceptions is received and accepted"]],
    ),
    Out(
        "DELIVERY_NOT_CONFIRMED",
        lambda: northwind(without=(milestone("delivered", DELIVERED),)),
        [["carrier: the carrier confirms that it is delivered"]],
    ),
    Out(
        "PICKUP_NOT_CONFIRMED",
        lambda: northwind(without=moved()),
        [
            [
                "carrier: the carrier confirms that it is delivered",
                "carrier: the carrier confirms that it is picked up",
            ]
        ],
    ),
    Out(
        "RATE_EXPIRED_OR_FUTURE",
        lambda: northwind(without=(milestone("picked_up", PICKED_UP),)),
        [["carrier: the carrier confirms that it is picked up"]],
    ),
    Out(
        "SHIP_CONFIRM_MISSING",
        halcyon,
        [["wms: the warehouse confirms that everything ordered has left, and how it was packed"]],
    ),
    Out(
        "QTY_MISMATCH",
        lambda: halcyon(("LAMP", "17", Disposition.COMPLETE)),
        [["wms: the warehouse closes the line of LAMP: no more will ship"]],
    ),
    Out(
        "QTY_MISMATCH",
        lambda: halcyon(("LAMP", "23", Disposition.COMPLETE)),
        [["wms: the warehouse says that it meant to ship more of LAMP"]],
    ),
    Out(
        "PARTIAL_SHIPMENT_OPEN",
        lambda: halcyon(("LAMP", "14", Disposition.BACKORDERED)),
        [["wms: the warehouse closes the line of LAMP: no more will ship"]],
    ),
    Out(
        "ORDER_NOT_CLOSED",
        lambda: halcyon(("LAMP", "20", Disposition.COMPLETE), agreed="only_closed_orders"),
        [["oms: the order is closed: nothing is added any more"]],
    ),
    Out(
        "ACCESSORIAL_UNAPPROVED",
        lambda: claimed("liftgate"),
        [
            ["ops: ops approves liftgate/AC-1 up to 85.00 USD"],
            ["portal: the customer approves liftgate/AC-1 up to 85.00 USD"],
        ],
    ),
    Out(
        "ACCESSORIAL_UNSUPPORTED",
        lumper,
        [["dms: R-1 is received and accepted as evidence of LU-1"]],
    ),
    Out(
        "ACCESSORIAL_UNSUPPORTED",
        lambda: detention(None, None, quantity="3"),
        [["carrier: arrival and departure at stop 2 are reported"]],
    ),
    Out(
        "DETENTION_FAULT_UNKNOWN",
        lambda: detention(DELIVERED - timedelta(hours=5), DELIVERED, fault=Fault.UNMAPPED),
        [
            ["carrier: the reason of the delay is told, and it was the carrier's doing"],
            ["carrier: the reason of the delay is told, and it was the customer's doing"],
        ],
    ),
    Out(
        "STOP_TIMES_IMPOSSIBLE",
        lambda: detention(DELIVERED, DELIVERED - timedelta(hours=6)),
        [["tms: the times at stop 2 are corrected"]],
    ),
    Out(
        "FSC_INDEX_MISSING",
        lambda: northwind(market=[diesel(datetime(2026, 3, 2, tzinfo=UTC).date(), "3.742")]),
        [["pricing: EIA on-highway diesel US of 2026-02-23 is loaded"]],
    ),
    Out(
        "MILEAGE_SOURCE_MISSING",
        lambda: kestrel(truckload(distance=distance_of("488", "Rand McNally"))),
        [["tms: the miles are told as PC*MILER measures them"]],
    ),
    Out(
        "QUOTE_MISMATCH",
        lambda: northwind(shipment(quoted=usd("300.00"))),
        [["tms: the customer accepts 377.83 USD, and the quote says so"]],
    ),
    Out(
        "CARRIER_COST_VARIANCE",
        cost_differs,
        [
            ["carrier: ABFL corrects its invoice to 120.00 USD"],
            ["ops: freight audit lets a cost variance of up to 40.00 USD be"],
            ["tms: the cost of 160.00 USD is accepted and accrued"],
        ],
    ),
    Out(
        "CARRIER_COST_MISSING",
        lambda: northwind(told(tendered("120.00")), agreed={"cost_plus": True}),
        [["carrier: the invoice of ABFL comes"]],
    ),
    Out(
        "CARRIER_INVOICE_DUPLICATE",
        billed_twice,
        [
            ["carrier: ABFL withdraws its invoice 980 of 120.00 USD"],
            ["ops: freight audit accepts invoice 980 of ABFL for 120.00 USD"],
            ["ops: freight audit rejects invoice 980 of ABFL"],
        ],
    ),
    Out(
        "CARRIER_DISPUTE_OPEN",
        lambda: exception("carrier_dispute"),
        [["ops: exception EX-1 is closed by whoever opened it"]],
    ),
    Out(
        "MANUAL_HOLD",
        lambda: exception("manual_hold"),
        [["ops: exception EX-1 is closed by whoever opened it"]],
    ),
    Out(
        "SOURCE_CONFLICT",
        lambda: exception("damage"),
        [["ops: exception EX-1 is closed by whoever opened it"]],
    ),
    Out(
        "SOURCE_CONFLICT",
        lambda: northwind(
            told(
                bill_that_tells(destination=place("Macon GA 31201")),
                system="carrier",
            )
        ),
        [
            ["carrier: carrier one corrects the destination to Atlanta GA"],
            ["tms: tms corrects its destination to Macon GA"],
        ],
    ),
    Out(
        "WEIGHT_MISMATCH",
        lambda: northwind(told(bill_that_tells(weight=pounds("2610")), system="carrier")),
        [
            ["carrier: carrier one corrects the weight to 1,800 lb"],
            ["tms: tms corrects its weight to 2,610 lb"],
        ],
    ),
    Out(
        "CLASS_OR_DIM_RECLASS",
        measured_twice,
        [
            ["carrier: carrier one takes over what wms measured of package P-1"],
            ["wms: wms one takes over what carrier measured of package P-1"],
        ],
    ),
    Out(
        "CORRELATION_AMBIGUOUS",
        lambda: northwind(without=(pod(),), doubts=[pod(document="SCAN-1")]),
        [
            [f"{SOMEBODY} belongs here"],
            [f"{SOMEBODY} does not belong here", PAPER],
        ],
    ),
    Out(
        "CREDIT_HOLD",
        lambda: northwind(told(Customer(customer="NORTHWIND", credit_status="hold"), system="erp")),
        [[FREED]],
    ),
    Out(
        "CREDIT_HOLD",
        lambda: northwind(
            told(
                Customer(customer="NORTHWIND", credit_status="hold", factoring_pending=True),
                system="erp",
            )
        ),
        [[f"{FREED}, and it is told where invoices to NORTHWIND are paid"]],
    ),
    Out(
        "CUSTOMER_PROFILE_INCOMPLETE",
        lambda: northwind(agreed={"invoice_profile_required": True}),
        [["erp: it is told how the customer gets its invoices, and addressed to whom"]],
    ),
    Out(
        "BILL_TO_UNRESOLVED",
        lambda: northwind(agreed={"freight_terms_billed": ("prepaid",)}),
        [["tms: the freight terms are told"]],
    ),
    Out(
        "CUSTOMER_REF_MISSING",
        lambda: northwind(agreed={"customer_po_pattern": "AA-9999"}),
        [["oms: the customer's purchase order number is told"]],
    ),
    Out(
        "CUSTOMER_REF_MISSING",
        lambda: northwind(order(customer_po=None)),
        [["oms: the customer's purchase order number is told"]],
    ),
    Out(
        "PARTNER_DOC_RULE",
        lambda: northwind(agreed={"invoice_fields": ("container",)}),
        [["tms: the container number is told"]],
    ),
    Out(
        "PERIOD_CLOSED",
        lambda: northwind(
            surroundings=(
                told(AccountingPeriod(accounting_period="2026-03", closed=True), system="erp"),
            )
        ),
        [["erp: finance opens 2026-03 again"]],
    ),
    Out(
        "SOURCE_DOWN",
        lambda: decided(
            [shipment(), order(), milestone("picked_up", PICKED_UP)],
            editions("NORTHWIND", trigger=Trigger.PICKUP, required_documents=()),
            surroundings=(
                told(FeedStatus(feed_status="carrier ABFL", silent=True), system="integration"),
            ),
        ),
        [["integration: the feed carrier ABFL is heard again"]],
    ),
    Out(
        "DISPUTE_OPEN",
        disputed,
        [
            ["billing: dispute D-17 is rejected"],
            ["customer: the customer withdraws dispute D-17"],
        ],
    ),
    Out(
        "DISPUTE_CREDIT_UNAPPROVED",
        lambda: credited("20.01", "finance"),
        [["finance: finance approves the credit fuel_surcharge/dispute D-17 of 20.01 USD"]],
    ),
    Out(
        "TAX_EXEMPTION_EXPIRED",
        lambda: northwind(
            told(
                Customer(
                    customer="NORTHWIND",
                    tax_exempt=True,
                    exempt_until=datetime(2026, 2, 1, tzinfo=UTC).date(),
                ),
                system="erp",
            ),
            agreed={"taxed": True},
        ),
        [["erp: an exemption certificate that covers 2026-03-04 is on file"]],
    ),
]


@pytest.mark.parametrize("out", WAYS, ids=[f"{n}-{out.code}" for n, out in enumerate(WAYS)])
def test_the_hold_ends_with_what_is_said_and_with_nothing_else(out: Out) -> None:
    case = out.case()
    assert out.code in {hold.code for hold in case[2].holds}, case[2].holds
    assert sets_of(case) == out.sets


def test_every_hold_of_the_catalogue_has_a_way_out_or_says_what_has_to_change() -> None:
    codes = {hold.code for pack in drafts().packs for hold in pack.holds}
    assert BY_FACTS.keys() | NOT_BY_FACTS.keys() == codes
    assert {out.code for out in WAYS} == BY_FACTS.keys()


def test_only_the_customer_may_approve_what_is_above_the_limit_of_operations() -> None:
    case = claimed("layover", make=kestrel, quantity=Decimal(2), unit="day")
    assert [step for (step,) in sets_of(case)] == [
        "portal: the customer approves layover/AC-1 up to 500.00 USD"
    ]


def test_what_nobody_with_authority_may_say_is_not_shown() -> None:
    dossier, in_force, _ = northwind(without=(pod(),))
    owners = tuple(owner for owner in in_force.authority.owners if owner.attribute != "document")
    nobody = type(in_force.authority)(owners=owners)
    again = decided(
        [each.fact for each in dossier.facts],
        type(in_force)(
            rules=in_force.rules, authority=nobody, card=in_force.card, contract=in_force.contract
        ),
    )
    found = unlocked(again)
    assert not found.sets
    assert [need.code for need in found.needs] == ["POD_MISSING"]


def test_a_hold_of_the_engine_is_not_argued_away_by_the_other_key() -> None:
    dossier, in_force, _ = northwind(without=(pod(),))
    held = conclude(prepare(dossier, in_force), NoAnswer(why="it did not answer")).decision
    found = unlocking_of(dossier, in_force, held)
    assert not found.sets
    assert "ENGINE_FAILED" in {need.code for need in found.needs}
    assert all(need.changes for need in found.needs if need.code == "ENGINE_FAILED")


def test_what_was_told_of_who_pays_is_not_argued_away() -> None:
    case = northwind(
        shipment(freight_terms="collect"), agreed={"freight_terms_billed": ("prepaid",)}
    )
    (need,) = unlocked(case).needs
    assert (need.code, need.changes[:8]) == ("BILL_TO_UNRESOLVED", "who pays")


def test_many_lines_kept_back_are_bounded_and_told() -> None:
    claims = [
        told(
            Accessorial(accessorial=f"AC-{n}", charge="liftgate", evidence=("R-1",)),
            LAST_WORD - timedelta(minutes=n),
            "carrier",
        )
        for n in range(20)
    ]
    found = unlocked(northwind(*claims, told(receipt(), system="ops")))
    assert [len(each.steps) for each in found.sets] == [20] * len(found.sets)
    assert found.sets
    assert found.given_up
    assert found.tried == TRIES


def test_milestones_that_were_only_estimated_give_the_day_it_is_worked_out_with() -> None:
    case = northwind(without=(milestone("delivered", DELIVERED),))
    (only,) = unlocked(case).sets
    assert only.steps[0].assumes == f"on {LAST_WORD.date().isoformat()}"
    assert MilestoneStatus.DELIVERED.value in only.steps[0].says
