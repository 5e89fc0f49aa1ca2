"""What is certain goes out, a line that is held follows once it may, and nothing goes out twice."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from app.billing.release_token import release_token
from app.errors import ConflictError
from app.infrastructure.storage.rows import Release
from app.judgement.decision import Decision
from app.judgement.verdict import Verdict
from app.operations.changing.accept_editions import Drafts, accept_editions
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.family_of import family_of
from app.operations.deciding.replay_decisions import replay_decisions
from app.operations.house import House
from app.operations.releasing.claim_release import claim_by_token, claim_release
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import drafts

BASE = 35561
"""Linehaul 296.34 and fuel 59.27, in cents."""
DETENTION = 21320
"""An hour beyond 30 free minutes: 4 begun quarters x 53.30."""


def detained(number: str) -> list[dict[str, Any]]:
    """An hour and a half at the door, claimed, with the gate's log."""
    stop = {
        "stop": "2",
        "load": f"L-{number}",
        "stop_type": "delivery",
        "place": nw.DESTINATION,
        "appointment_early": "2026-03-04T09:30:00-05:00",
        "appointment_late": "2026-03-04T09:30:00-05:00",
        "arrived_at": "2026-03-04T09:30:00-05:00",
        "departed_at": "2026-03-04T11:00:00-05:00",
        "shipments": [number],
    }
    gate = {
        "document": f"GATE-{number}",
        "document_type": "GATE_LOG",
        "status": "accepted",
        "signed": True,
    }
    claim = {
        "accessorial": f"DT-{number}",
        "charge": "detention",
        "stop": "2",
        "claimed_by": "ABFL",
        "evidence": [f"GATE-{number}"],
    }
    of_it = {"references": nw.named("shipment", number), "time": "2026-03-04T11:30:00-05:00"}
    load = {"load": f"L-{number}", "shipments": [number]}
    return [
        nw.event("load", load, time="2026-03-02T09:00:00-06:00"),
        nw.event("stop", stop, **of_it),
        nw.event("document", gate, system="dms", **of_it),
        nw.event("accessorial", claim, **of_it),
    ]


def approved(number: str, up_to: str = "213.20") -> dict[str, Any]:
    word = {
        "approval": f"AP-{number}",
        "subject": f"DT-{number}",
        "granted": True,
        "approver": "s.lindqvist",
        "authority": "customer",
        "up_to": {"amount": up_to, "currency": "USD"},
    }
    references = nw.named("shipment", number)
    return nw.event("approval", word, system="portal", references=references)


def decided(house: House, number: str = "N1") -> Decision:
    return decide_unit(house, number).decision


def claimed(house: House, decision: Decision) -> Release:
    return claim_by_token(house, release_token(decision))


def billed_minor(house: House, number: str = "N1") -> list[tuple[str, int]]:
    with house.database.reading("main") as store:
        found = store.releases.of_unit(f"shipment:{number}")
    return [(each.kind, each.amount_minor) for each in found]


def whole(one: Drafts) -> Drafts:
    """The same, where no line of Northwind's waits alone."""
    contracts = tuple(
        msgspec.structs.replace(each, split_held_lines=False)
        if each.customer == "NORTHWIND"
        else each
        for each in one.contracts
    )
    return msgspec.structs.replace(one, contracts=contracts)


def test_the_base_goes_out_while_detention_waits_and_exactly_that_line_follows(
    house: House,
) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"), *detained("N1"))
    first = decided(house)
    assert (first.verdict, str(first.total)) == (Verdict.RELEASE, "355.61 USD")
    assert str(first.held_total) == "213.20 USD"
    assert [each.key for each in first.lines if not each.billed] == ["detention/DT-N1"]
    claimed(house, first)

    waits = decided(house)
    assert (waits.verdict, waits.documents, release_token(waits)) == (Verdict.BILLED, (), "")
    assert str(waits.held_total) == "213.20 USD"
    assert [(hold.code, hold.subject) for hold in waits.holds if hold.on_line] == [
        ("ACCESSORIAL_UNAPPROVED", "charge:detention/DT-N1")
    ]
    with pytest.raises(ConflictError, match="nothing to release"):
        claim_release(house, waits.decision_id)

    nw.record(house, approved("N1"))
    second = decided(house)
    assert (second.verdict, str(second.total)) == (Verdict.RELEASE, "213.20 USD")
    (document,) = second.documents
    assert document.kind == "supplemental"
    assert [(line.key, str(line.amount)) for line in document.lines] == [
        ("detention/DT-N1", "213.20 USD")
    ]

    with ThreadPoolExecutor(8) as threads:
        releases = list(threads.map(lambda _: claimed(house, second), range(8)))
    assert len({each.release_id for each in releases}) == 1
    assert billed_minor(house) == [("final", BASE), ("supplemental", DETENTION)]

    done = decided(house)
    assert (done.verdict, release_token(done)) == (Verdict.BILLED, "")
    with house.database.reading("main") as store:
        family = family_of(store, "shipment:N1")
    keys = [line.key for each in family for line in each.lines]
    assert sorted(keys) == ["detention/DT-N1", "fuel_surcharge", "linehaul"]
    target = sum(line.charge.amount.minor_units for line in done.lines)
    assert sum(each.total.minor_units for each in family) == target == BASE + DETENTION
    assert not [each for each in replay_decisions(house) if each.differs]


def test_an_approval_that_comes_before_the_claim_makes_one_invoice_of_all_of_it(
    house: House,
) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"), *detained("N1"), approved("N1"))
    claimed(house, decided(house))
    assert billed_minor(house) == [("final", BASE + DETENTION)]


def test_where_the_contract_does_not_split_all_of_it_waits_for_the_approval(house: House) -> None:
    accept_editions(house, whole(drafts()))
    nw.record(house, *nw.moved("N1"), nw.pod("N1"), *detained("N1"))
    held = decided(house)
    assert (held.verdict, release_token(held)) == (Verdict.HOLD, "")
    nw.record(house, approved("N1"))
    claimed(house, decided(house))
    assert billed_minor(house) == [("final", BASE + DETENTION)]
