"""A published tariff is corrected for a month that was billed: what it touches, and for how much.

The tariff is 400NG as it was published. Every expected amount is worked out here from its own
tables, in whole cents, and not by our rating.
"""

import csv
import json
import os
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.entrypoints.cli import main
from app.evidence.intake.feed import Lane
from app.family.family import Family
from app.main import open_house, read_drafts
from app.operations.changing.accept_editions import accept_editions
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.drain_due import drain_due
from app.operations.deciding.family_of import family_of
from app.operations.house import House
from app.operations.releasing.claim_release import claim_release
from app.settings import Settings
from tests.integration.operations import northwind as nw

SHARED = Path(os.environ.get("TOLLGATE_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
TARIFF = SHARED / "tariff-400ng"
pytestmark = pytest.mark.skipif(
    not TARIFF.exists(), reason=f"the real files are not here ({TARIFF}); see tests/README.md"
)

CONTRACT = """\
customer: DOD
name: Household goods by tariff 400NG
agreed in: Tariff 400NG 2020
currency: USD
effective: 2020-05-15 onwards

billable unit: shipment
trigger: proof of delivery
required documents: [POD]
approval needed above: 10000.00 USD
"""
SHIPMENTS = {
    # number: pounds, miles, day of the pickup
    "A1": ("5472", "1050", "2020-07-01"),
    "A2": ("5499", "1100.9", "2020-07-31"),
    "A3": ("5472", "1050", "2020-06-30"),
    "A4": ("5472", "1050", "2020-08-01"),
    "A5": ("5472", "1101", "2020-07-15"),
    "B1": ("2150", "450", "2020-07-10"),
    "C1": ("8020", "2010", "2020-07-20"),
    "D1": ("3300", "1210", "2020-07-21"),
}
CORRECTED = {
    # a shipment on the row: what the row should have said in July, in cents
    "A1": 857300,  # it says 8,753.00: two digits changed places
    "B1": 336400,  # it says 3,346.00
    "C1": 1645500,  # it says 16,545.00
}
"""One row each; of the other shipments only A2 moved in July by one of these rows."""


def published(number: str) -> Mapping[str, str]:
    """The row of the linehaul table by which a shipment goes: bounds are exclusive above."""
    pounds, miles = (Decimal(each) for each in SHIPMENTS[number][:2])
    with (TARIFF / "tariff400ng_linehaul_rates_2020.csv").open(encoding="utf-8") as file:
        found = [
            row
            for row in csv.DictReader(file)
            if row["type"] == "ConusLinehaul"
            and int(row["weight_lbs_lower"]) <= pounds < int(row["weight_lbs_upper"])
            and int(row["distance_miles_lower"]) <= miles < int(row["distance_miles_upper"])
        ]
    (row,) = found
    return row


def differences() -> dict[str, int]:
    """What July's shipments on the corrected rows owe more or less, in cents."""
    found = {}
    for number, (_, _, day) in SHIPMENTS.items():
        row = published(number)
        for other, cents in CORRECTED.items():
            if row == published(other) and day.startswith("2020-07"):
                found[f"shipment:{number}"] = cents - int(row["rate_cents"])
    return found


def dollars(cents: int) -> str:
    sign = "-" if cents < 0 else "+"
    return f"{sign}{abs(cents) // 100:,}.{abs(cents) % 100:02} USD"


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The first version: the tariff as it was published, imported by the command."""
    folder = tmp_path / "ratecards" / "DOD"
    asked("tariffs", "from-400ng", str(TARIFF), "--into", str(folder))
    (folder / "contract.yaml").write_text(CONTRACT, encoding="utf-8")
    monkeypatch.setenv("TOLLGATE_RATECARDS", str(folder.parent))
    monkeypatch.setenv("TOLLGATE_DATABASE_URL", f"sqlite:///{tmp_path / 'tollgate.db'}")
    asked("db", "upgrade")
    return folder


@pytest.fixture
def billed(card: Path) -> Path:
    """Every shipment billed by the first version."""
    with open_house(Settings()) as house:
        accept_editions(house, read_drafts(Settings()))
        for number, told in SHIPMENTS.items():
            receipt = nw.record(house, *moved(number, *told))
            assert receipt.counted("recorded") == 4, receipt.messages
            claim_release(house, decide_unit(house, f"shipment:{number}").decision.decision_id)
    return card


def moved(number: str, pounds: str, miles: str, day: str) -> Iterator[dict[str, Any]]:
    attributes = {
        "shipment": number,
        "customer": "DOD",
        "mode": "TL",
        "service": "ConusLinehaul",
        "weight": {"value": pounds, "unit": "lb"},
        "distance": {"value": miles, "unit": "mi", "measured_by": "DTOD"},
        "origin_code": "8",
        "destination_code": "12",
        "origin": nw.ORIGIN,
        "destination": nw.DESTINATION,
    }
    yield nw.event("shipment", attributes, time=f"{day}T08:00:00-05:00")
    yield nw.milestone(number, "picked_up", f"{day}T09:00:00-05:00")
    yield nw.milestone(number, "delivered", "2020-08-05T11:00:00-05:00")
    yield nw.pod(number)


def correct_july(folder: Path) -> None:
    """The second version: a new row for each of the corrected ones, on July's days only."""
    table = folder / "tables" / "linehaul.csv"
    lines = [table.read_text(encoding="utf-8").rstrip("\n")]
    for at, (number, cents) in enumerate(CORRECTED.items(), start=1):
        row = published(number)
        bounds = ("distance_miles", "weight_lbs")
        cells = [row[f"{each}_{end}"] for each in bounds for end in ("lower", "upper")]
        amount = f"{cents // 100}.{cents % 100:02}"
        dates = ("2020-07-01", "2020-08-01", "2020-09-10")
        lines.append(",".join((f"C{at}", "ConusLinehaul", *cells, amount, *dates)))
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")


def asked(*words: str) -> Result:
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == 0, result.output
    return result


def listed(*words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in asked(*words, "--json").stdout.splitlines()]


def overwrite_a_row(folder: Path) -> str:
    """The mistake that is refused: the price of the past itself is edited; what it was before."""
    table = folder / "tables" / "linehaul.csv"
    good = table.read_text(encoding="utf-8")
    assert ",8753.00,2020-05-15" in good
    table.write_text(good.replace(",8753.00,2020-05-15", ",8573.00,2020-05-15"), encoding="utf-8")
    return good


def approve(house: House, number: str) -> None:
    allowed = {
        "approval": f"APP-{number}",
        "subject": "adjustment",
        "granted": True,
        "approver": "B. Controller",
        "authority": "finance",
    }
    about = nw.named("shipment", number)
    nw.record(house, nw.event("approval", allowed, system="erp", references=about))


def drained(house: House) -> None:
    while any(drain_due(house, lane).rows for lane in Lane):
        pass


def balance(house: House, unit: str) -> str:
    with house.database.reading(house.tenant) as store:
        return str(Family(documents=family_of(store, unit)).balance)


def test_the_rows_say_what_is_corrected_here_and_july_moved_by_them_four_times() -> None:
    said = {number: published(number)["rate_cents"] for number in CORRECTED}
    assert said == {"A1": "875300", "B1": "334600", "C1": "1654500"}
    assert all(published(number) == published("A1") for number in ("A2", "A3", "A4"))
    assert differences() == {
        "shipment:A1": -18000,
        "shipment:A2": -18000,
        "shipment:B1": 1800,
        "shipment:C1": -9000,
    }


def test_a_month_of_a_published_tariff_is_corrected_by_one_command(billed: Path) -> None:
    expected = differences()
    good = overwrite_a_row(billed)
    refused = CliRunner().invoke(main, ["rates", "correct"])
    assert refused.exit_code == 1
    assert "was accepted and is overwritten: rate was 8,753.00, is 8,573.00" in refused.stderr
    assert "a correction is a row with a later `known from`" in refused.stderr

    (billed / "tables" / "linehaul.csv").write_text(good, encoding="utf-8")
    correct_july(billed)
    *units, sums = listed("rates", "correct")
    assert [each["unit"] for each in units] == sorted(expected)
    for each in units:
        cents = expected[each["unit"]]
        before, after = Decimal(each["billed"]["amount"]), Decimal(each["comes_to"]["amount"])
        assert after - before == Decimal(each["difference"]["amount"]) == Decimal(cents) / 100
        (document,) = each["documents"]
        assert document["kind"] == ("credit" if cents < 0 else "supplemental")
        assert [line["key"] for line in document["lines"]] == ["linehaul"]
        asks = abs(cents) > 5000
        assert each["verdict"] == ("hold" if asks else "release")
        assert each.get("holds", []) == (["ADJUSTMENT_UNAPPROVED"] if asks else [])
        assert [charge["key"] for charge in each["why"]] == ["linehaul"]
        assert each["why"][0]["rows_after"][0]["known_from"] == "2020-09-10"
    # 54.72 cwt: factors 6.57 and 29.55, services 268.68 and 410.95, and the linehaul's 8,753.00.
    assert units[0]["billed"]["amount"] == "9468.75"
    assert (sums["looked_at"], sums["changed"]) == (8, 4)
    assert sums["release_state_changed"] == 3
    (dod,) = sums["sums"]
    assert dod["net"]["amount"] == "-432.00"  # 18.00 - 180.00 - 180.00 - 90.00
    assert (dod["up"]["amount"], dod["down"]["amount"]) == ("18.00", "-450.00")

    assert listed("adjustments") == []  # nothing was stored
    said = asked("rates", "correct", "--accept").stdout
    assert f"8 units looked at, 4 change, net {dollars(sum(expected.values()))} " in said
    for each in units:
        assert f"decided: {each['unit']} {each['verdict']} {each['decision_id']}" in said
    assert {each["unit"]: each["decision_id"] for each in listed("adjustments")} == {
        each["unit"]: each["decision_id"] for each in units
    }
    waits = {each["unit"]: each["waits_for"] for each in listed("adjustments")}
    assert waits["shipment:B1"] == ["its claim"]
    assert waits["shipment:A1"][0].startswith("ADJUSTMENT_UNAPPROVED")

    *again, sums = listed("rates", "correct", "--accept")
    assert (again, sums["looked_at"]) == ([], 0)

    with open_house(Settings()) as house:
        drained(house)
        for number in ("A1", "A2", "C1"):
            approve(house, number)
        for unit in expected:
            claim_release(house, decide_unit(house, unit).decision.decision_id)
        drained(house)
        balances = {each["unit"]: balance(house, each["unit"]) for each in units}
        assert balance(house, "shipment:A3") == "9,468.75 USD"
    assert balances["shipment:A1"] == "9,288.75 USD"  # 9,468.75 - 180.00
    for each in units:
        assert f"{Decimal(each['comes_to']['amount']):,} USD" == balances[each["unit"]]
    assert listed("adjustments") == []
