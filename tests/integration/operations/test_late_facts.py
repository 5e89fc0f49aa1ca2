"""What comes or is corrected after the invoice proposes the smallest adjustment, and once."""

from decimal import Decimal
from typing import Any

from app.evidence.intake.feed import Lane
from app.family.document import DocumentKind
from app.family.family import Family
from app.judgement.verdict import Verdict
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.drain_due import drain_due
from app.operations.deciding.family_of import family_of
from app.operations.house import House
from app.operations.looking.proposed_adjustments import ITS_CLAIM, Proposed, proposed_adjustments
from app.operations.releasing.claim_release import claim_release
from tests.integration.operations import northwind as nw

UNIT = "shipment:N1"


def drain(house: House) -> int:
    """Everything that is due now, in both lanes; how many units changed."""
    changed = 0
    while (done := [drain_due(house, lane) for lane in Lane]) and any(each.rows for each in done):
        changed += sum(each.changed for each in done)
    return changed


def proposed(house: House) -> dict[str, Proposed]:
    return {each.unit: each for each in proposed_adjustments(house)}


def balance(house: House) -> str:
    with house.database.reading(house.tenant) as store:
        return str(Family(documents=family_of(store, UNIT)).balance)


def claim(house: House) -> None:
    claim_release(house, decide_unit(house, UNIT).decision.decision_id)
    drain(house)


def bill(house: House, *more: dict[str, Any]) -> None:
    """1,800 lb rated as 2,000: 20.00 x 49.39 less 70% = 296.34; fuel 20.0% of it 59.27: 355.61."""
    nw.record(house, *nw.moved("N1"), nw.pod("N1"), *more)
    claim(house)
    assert balance(house) == "355.61 USD"
    assert proposed(house) == {}


def moneys(house: House) -> dict[str, Decimal]:
    (document,) = proposed(house)[UNIT].documents
    return {line.key: line.amount.amount for line in document.lines}


def test_a_reweigh_after_the_invoice_proposes_the_difference_once(house: House) -> None:
    bill(house)
    # 2,100 lb: 21.00 x 49.39 = 1,037.19, less 70% = 311.157: 311.16; fuel 20.0% of it 62.23.
    reweigh = nw.shipment("N1", weight="2100", revision=1, id="reweigh")
    nw.record(house, reweigh)
    assert drain(house) == 1
    found = proposed(house)[UNIT]
    assert [each.kind for each in found.documents] == [DocumentKind.SUPPLEMENTAL]
    assert moneys(house) == {"linehaul": Decimal("14.82"), "fuel_surcharge": Decimal("2.96")}
    assert (str(found.amount), found.verdict) == ("17.78 USD", Verdict.RELEASE)
    assert found.waits_for == (ITS_CLAIM,)

    nw.record(house, reweigh)
    nw.record(house, nw.shipment("N1", weight="2100", revision=2, id="reweigh again"))
    drain(house)
    again = proposed(house)[UNIT]
    assert (again.documents, again.amount) == (found.documents, found.amount)

    claim(house)
    assert balance(house) == "373.39 USD"
    nw.record(house, nw.shipment("N1", weight="2100", revision=3, id="reweigh once more"))
    drain(house)
    assert proposed(house) == {}


def test_an_adjustment_above_the_limit_waits_for_its_approval(house: House) -> None:
    bill(house)
    # 4,000 lb: 40.00 x 49.39 = 1,975.60, less 70% = 592.68; fuel 20.0% 118.54: 711.22.
    nw.record(house, nw.shipment("N1", weight="4000", revision=1, id="reweigh"))
    drain(house)
    found = proposed(house)[UNIT]
    assert (str(found.amount), found.verdict) == ("355.61 USD", Verdict.HOLD)
    assert [each.partition(" ")[0] for each in found.waits_for] == ["ADJUSTMENT_UNAPPROVED"]
    assert found.release_token == ""


def stop() -> dict[str, Any]:
    """50 minutes there at 1,800 lb, 30 of them free: two begun quarters of an hour at 53.30."""
    attributes = {
        "stop": "2",
        "shipment": "N1",
        "stop_type": "delivery",
        "appointment_early": "2026-03-04T11:00:00-05:00",
        "appointment_late": "2026-03-04T11:00:00-05:00",
        "arrived_at": "2026-03-04T11:00:00-05:00",
        "departed_at": "2026-03-04T11:50:00-05:00",
    }
    return nw.event("stop", attributes, system="carrier", time="2026-03-04T12:00:00-05:00")


def detention(**more: Any) -> dict[str, Any]:
    claimed = {"accessorial": "D-1", "charge": "detention", "stop": "2", "evidence": ["POD-N1"]}
    about = nw.named("shipment", "N1")
    return nw.event("accessorial", claimed, system="carrier", references=about, **more)


def approval() -> dict[str, Any]:
    allowed = {
        "approval": "APP-1",
        "subject": "D-1",
        "granted": True,
        "approver": "Ada",
        "authority": "customer",
    }
    about = nw.named("shipment", "N1")
    return nw.event("approval", allowed, system="portal", references=about)


def test_a_detention_claim_after_the_invoice_is_proposed_once_it_is_approved(
    house: House,
) -> None:
    bill(house, stop())
    nw.record(house, detention())
    drain(house)
    assert proposed(house) == {}

    nw.record(house, approval())
    drain(house)
    assert moneys(house) == {"detention/D-1": Decimal("106.60")}
    nw.record(house, detention(id="the same claim again"))
    drain(house)
    assert moneys(house) == {"detention/D-1": Decimal("106.60")}

    claim(house)
    assert balance(house) == "462.21 USD"
    nw.record(house, detention(id="the same claim once more"), approval())
    drain(house)
    assert proposed(house) == {}


def cheaper_diesel(house: House) -> dict[str, Any]:
    with house.database.reading(house.tenant) as store:
        (fact_id,) = store.facts.of_entities(["index_value"])
    attributes = {**nw.diesel()["data"]["index_value"], "price": "2.813"}
    time = "2026-03-20T16:00:00-05:00"
    more = {"id": "corrected", "supersedes": fact_id, "time": time}
    return nw.event("index_value", attributes, system="market", **more)


def test_a_corrected_index_value_reaches_what_was_billed_by_the_wrong_one(house: House) -> None:
    bill(house)
    # 2.813 is on the step of 19.0%: 296.34 x 0.19 = 56.3046: 56.30, 2.97 less than 59.27.
    corrected = cheaper_diesel(house)
    nw.record(house, corrected)
    assert drain(house) == 1
    found = proposed(house)[UNIT]
    assert [each.kind for each in found.documents] == [DocumentKind.CREDIT]
    assert moneys(house) == {"fuel_surcharge": Decimal("-2.97")}

    nw.record(house, corrected)
    assert drain(house) == 0
    claim(house)
    assert balance(house) == "352.64 USD"
    assert proposed(house) == {}


def test_an_index_value_that_is_taken_back_reaches_what_was_billed_by_it(house: House) -> None:
    bill(house)
    taken_back = {"withdrawal": nw.diesel()["id"]}
    nw.record(house, nw.event("withdrawal", taken_back, system="market"))
    assert drain(house) == 1
    assert decide_unit(house, UNIT).decision.verdict is Verdict.HOLD


def test_a_value_that_is_published_for_the_first_time_leaves_what_is_billed(house: House) -> None:
    bill(house)
    later = nw.diesel()
    later["id"] = "next week"
    later["data"]["index_value"]["published_on"] = "2026-03-02"
    nw.record(house, later)
    assert drain(house) == 0
    with house.database.reading(house.tenant) as store:
        current = store.decisions.current_of(UNIT)
    assert current is not None
