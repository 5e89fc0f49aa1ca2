"""`tollgate entitlements` as a person types it: found, claimed, and dismissed with a reason."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.entrypoints.cli import main
from tests.integration.operations import northwind as nw

RATECARDS = Path(__file__).parents[2] / "ratecards"
WAITED = "shipment:N1/detention/stop-2"


@pytest.fixture(autouse=True)
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two shipments that were kept at their delivery for three hours, and nobody claims it."""
    monkeypatch.setenv("TOLLGATE_DATABASE_URL", f"sqlite:///{tmp_path / 'tollgate.db'}")
    events = [
        *nw.moved("N1"),
        nw.pod("N1"),
        kept_at_delivery("N1"),
        *nw.moved("N2"),
        nw.pod("N2"),
        kept_at_delivery("N2"),
    ]
    file = tmp_path / "told.json"
    file.write_text(json.dumps(events), encoding="utf-8")
    assert asked("ingest", str(file)).exit_code == 0
    return tmp_path


def kept_at_delivery(number: str) -> dict[str, Any]:
    """From 09:00 to 12:00, of which 30 minutes are free for 1,800 lb: 10 begun quarters."""
    attributes = {
        "stop": "2",
        "shipment": number,
        "stop_type": "delivery",
        "appointment_early": "2026-03-04T09:00:00-05:00",
        "appointment_late": "2026-03-04T09:00:00-05:00",
        "arrived_at": "2026-03-04T08:50:00-05:00",
        "departed_at": "2026-03-04T12:00:00-05:00",
    }
    return nw.event("stop", attributes, system="carrier", id=f"stop-{number}")


def asked(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def known(*words: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(asked("entitlements", *words, "--json").stdout)
    return answer


def test_what_nobody_claims_is_listed_with_its_sum_and_the_clock_behind_it() -> None:
    listed = asked("entitlements").output
    assert f"{WAITED}: 533.00 USD  customer NORTHWIND" in listed
    assert "180 min less 30 free = 150 min, 10 x 15 min x 53.30 = 533.00" in listed
    assert "fault: consignee, the truck was in time" in listed
    assert "150 min  beyond free time" in listed
    assert "NORTHWIND        detention                     2       1,066.00 USD" in listed
    assert len(known("N1")["owed"]) == 1
    assert known("--customer", "KESTREL")["owed"] == []


def test_a_claim_is_a_fact_that_bills_exactly_what_was_found() -> None:
    assert asked("entitlements", "claim", WAITED).exit_code == 1
    body = json.loads(asked("entitlements", "claim", WAITED, "--body", "--reason", "r").stdout)
    assert body["data"]["accessorial"]["charge"] == "detention"

    claimed = asked("entitlements", "claim", WAITED, "--reason", "three hours at the dock")
    assert (claimed.exit_code, f"claimed: {WAITED}" in claimed.output) == (0, True)
    decided = asked("decide", "N1").output
    assert f"detention/{WAITED}" in decided
    assert "533.00 USD" in decided
    assert [each["entitlement"]["unit"] for each in known()["owed"]] == ["shipment:N2"]
    explained = asked("explain", "N1").output
    assert f"detention/{WAITED}: SUPPORTED  533.00 USD" in explained
    again = asked("entitlements", "claim", WAITED, "--reason", "once more")
    assert again.exit_code == 1
    assert "there is no entitlement" in again.output


def test_what_is_not_billable_is_dismissed_with_a_reason_and_warns_no_more() -> None:
    assert "ACCESSORIAL_ENTITLEMENT_UNCLAIMED" in asked("decide", "N1").output
    dismissed = asked("entitlements", "dismiss", WAITED, "--reason", "a favour to the customer")
    assert dismissed.exit_code == 0
    assert "ACCESSORIAL_ENTITLEMENT_UNCLAIMED" not in asked("decide", "N1").output
    assert known("N1")["owed"] == []
    (gone,) = known("N1")["barred"]
    assert gone["why"] == "WAIVED: by operator (ops): a favour to the customer"
    assert asked("entitlements", "dismiss", WAITED, "--reason", "again").exit_code == 1


def test_what_can_be_claimed_no_more_is_told_apart_from_what_is_found(
    told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = told / "ratecards"
    shutil.copytree(RATECARDS, cards)
    contract = cards / "NORTHWIND" / "contract.yaml"
    window = "claim windows: [{charge: detention, days: 5, source: item 500}]\n"
    contract.write_text(contract.read_text(encoding="utf-8") + window, encoding="utf-8")
    monkeypatch.setenv("TOLLGATE_RATECARDS", str(cards))
    listed = asked("entitlements", "N1").output
    assert "to be claimed by 2026-03-09, TOO LATE (item 500)" in listed
    assert known("N1")["lost"] == [{"amount": "533.00", "currency": "USD"}]
    assert "found" not in known("N1")


def test_an_act_for_no_reason_and_an_unknown_number_are_refused() -> None:
    refused = asked("entitlements", "dismiss", WAITED, "--reason", " ")
    assert (refused.exit_code, "there is no reason given" in refused.output) == (1, True)
    assert asked("entitlements", "N9").exit_code == 1
    assert asked("entitlements", "claim", "shipment:N1/layover/stop-2").exit_code == 1


def test_a_claim_that_is_waived_is_excluded_and_holds_nothing(told: Path) -> None:
    asked("entitlements", "claim", WAITED, "--reason", "three hours at the dock")
    assert "ACCESSORIAL_UNAPPROVED" in asked("decide", "N1").output
    waived = {
        "approval": "W-1",
        "subject": WAITED,
        "granted": False,
        "outcome": "waived",
        "approver": "p.lane",
        "authority": "ops_manager",
        "reason": "goodwill",
    }
    event = nw.event(
        "approval",
        waived,
        system="ops",
        references=nw.named("shipment", "N1"),
        time=datetime.now(UTC).isoformat(),
    )
    (told / "waived.json").write_text(json.dumps(event), encoding="utf-8")
    assert asked("ingest", str(told / "waived.json")).exit_code == 0
    decided = asked("decide", "N1").output
    assert "RELEASE" in decided
    assert "ACCESSORIAL" not in decided
    explained = asked("explain", "N1").output
    assert "excluded detention" in explained
    assert "533.00 USD, WAIVED: by p.lane (ops_manager): goodwill" in explained
    replayed = asked("replay", "--all")
    assert replayed.exit_code == 0
