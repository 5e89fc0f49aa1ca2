"""`tollgate rates` as a person types it."""

import json
import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.entrypoints.cli import main
from app.main import open_house
from app.operations.changing.accept_editions import accept_editions
from app.operations.deciding.decide_unit import decide_unit
from app.operations.looking.look_up import all_units
from app.settings import PRODUCT, Settings
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import drafts

ASKED = (
    *("NORTHWIND", "--from", "Chicago IL 60601", "--to", "Atlanta GA 30301"),
    *("--weight", "1800 lb", "--class", "70", "--on", "2026-03-05"),
    *("--index", "EIA on-highway diesel US=2.913", "--claim", "liftgate"),
    *("--miles", "786 mi PC*MILER", "--pallets", "4"),
)
WEIGHTS = {"N1": "1800", "N2": "900", "N3": "4900"}


@pytest.fixture(autouse=True)
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of our own rate cards, and no database yet."""
    folder = tmp_path / "ratecards"
    shutil.copytree(PRODUCT / "ratecards", folder)
    monkeypatch.setenv("TOLLGATE_RATECARDS", str(folder))
    monkeypatch.setenv("TOLLGATE_DATABASE_URL", f"sqlite:///{tmp_path / 'tollgate.db'}")
    return folder


@pytest.fixture
def accepted() -> None:
    """Our own drafts in force."""
    CliRunner().invoke(main, ["db", "upgrade"])
    with open_house(Settings()) as house:
        accept_editions(house, drafts())


@pytest.fixture
def shipped(accepted: None) -> None:  # noqa: ARG001  it goes first
    """Three shipments of Northwind's that moved."""
    with open_house(Settings()) as house:
        for number, weight in WEIGHTS.items():
            nw.record(house, *nw.moved(number, weight))


def asked(*words: str) -> Result:
    return CliRunner().invoke(main, ["rates", *words])


def edit(file: Path, *pairs: tuple[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for good, bad in pairs:
        assert good in text
        text = text.replace(good, bad, 1)
    file.write_text(text, encoding="utf-8")


def test_check_reports_what_good_cards_cover() -> None:
    result = asked("check")
    assert result.exit_code == 0, result.output
    assert "NORTHWIND: Northwind LTL 2026, USD, 2026-01-01 onwards, prices of pickup" in (
        result.output
    )
    assert re.search(r"linehaul +cwt breaks +31 +2026-01-01 onwards", result.output)
    assert "note: no edition of this card is accepted yet" in result.output
    assert "KESTREL: " in result.output


def test_check_shows_the_mistakes_of_all_cards_at_once(cards: Path) -> None:
    edit(cards / "NORTHWIND" / "card.yaml", ("shape: fuel", "shape: feul"))
    edit(cards / "KESTREL" / "tables" / "linehaul.csv", ("2.10", "2,1O"))
    edit(cards / "HALCYON" / "contract.yaml", ("trigger:", "triger:"))
    result = asked("check")
    assert result.exit_code == 1
    assert re.search(r"NORTHWIND/card.yaml:\d+:\d+: 'feul' is not a shape", result.output)
    assert "did you mean 'fuel'?" in result.output
    assert "allowed: accessorial, " in result.output
    assert re.search(r"KESTREL/tables/linehaul.csv:\d+:\d+: ", result.output)
    assert "'triger'" in result.output


def test_check_looks_only_at_the_folders_that_are_named(cards: Path) -> None:
    edit(cards / "KESTREL" / "card.yaml", ("currency: USD", "currency: USX"))
    result = asked("check", str(cards / "NORTHWIND"))
    assert result.exit_code == 0
    assert "KESTREL" not in result.output
    assert asked("check", str(cards / "KESTREL")).exit_code == 1


@pytest.mark.usefixtures("accepted")
def test_check_refuses_a_price_that_was_edited_in_place(cards: Path) -> None:
    edit(cards / "NORTHWIND" / "tables" / "linehaul.csv", (",58.21,", ",58.22,"))
    result = asked("check", str(cards / "NORTHWIND"))
    assert result.exit_code == 1
    where = r"NORTHWIND/tables/linehaul.csv:2:1: row 1 of linehaul was accepted and is overwritten"
    assert re.search(f"{where}: 1M was 58.21, is 58.22", result.output)
    assert "a new row with a later `effective from`" in result.output


@pytest.mark.usefixtures("accepted")
def test_check_takes_a_correction_and_says_what_is_new(cards: Path) -> None:
    edit(
        cards / "NORTHWIND" / "tables" / "linehaul.csv",
        ("58.21,49.39,41.49,36.05,70,95.00,2026-01-01,2025-11-17", NEW_ROW),
    )
    edit(cards / "NORTHWIND" / "card.yaml", ("clause: Schedule B, item 100", "clause: item 101"))
    result = asked("check", str(cards / "NORTHWIND"))
    assert result.exit_code == 0, result.output
    assert "note: 2 rows differ from the accepted edition" in result.output
    assert "linehaul: clause was Schedule B, item 100, is item 101" in result.output


NEW_ROW = "58.21,49.39,41.49,36.05,70,95.00,2026-01-01,2026-03-01"


def test_quote_shows_the_whole_working() -> None:
    result = asked("quote", *ASKED)
    assert result.exit_code == 0, result.output
    for words in (
        "the draft: no edition of it is accepted yet",
        "20.00 cwt x 49.39 = 987.80, less 70% = 296.34",
        "Schedule B, item 100 (Northwind LTL 2026; cwt_deficit_on_net_1)",
        "row 1 of tables/linehaul.csv:2, counts from 2026-01-01, known from 2025-11-17",
        "weight: 1,800 lb   <- asked: the command line",
        "EIA on-highway diesel US: 2.913, published 2026-03-02   <- asked: --index",
        "rejected: 1M: 18.00 x 58.21 = 1,047.78, less 70% = 314.334; dearer by 17.994",
        "20.0% of linehaul 296.34 = 59.268, rounded 59.27",
        "total: 440.61 USD",
    ):
        assert words in result.output


def test_quote_explains_itself_on_the_phone() -> None:
    said = asked("quote", *ASKED, "--explain").output
    sentences = (
        "Your shipment weighs 1,800 lb. It is cheaper billed as 2,000 lb",
        "That is 20.00 hundredweight times 49.39.",
        "It comes to 987.80.",
        "The discount of 70% is taken off.",
        "It comes to 296.34.",
        "At 18.00 times 58.21 it would be 1,047.78, and 314.334 after the discount of 70%",
        "It is 20.0% of the linehaul, which is 296.34.",
        "It comes to 59.268, rounded to 59.27.",
        "Together that is 440.61 USD.",
    )
    places = [said.index(each) for each in sentences]
    assert places == sorted(places)


def test_quote_gives_json_with_the_working_and_its_sources() -> None:
    answer = json.loads(asked("quote", *ASKED, "--json").output.splitlines()[-1])
    assert answer["total"] == {"amount": "440.61", "currency": "USD"}
    used = {
        fact
        for line in answer["rated"]["charges"]
        for i in line["inputs"]
        for fact in i.get("fact_ids", [])
    }
    assert used <= answer["facts"].keys()


def test_quote_without_what_a_price_needs_says_so_and_fails() -> None:
    result = asked("quote", "NORTHWIND", "--from", "IL", "--to", "GA", "--on", "2026-03-05")
    assert result.exit_code == 1
    assert "linehaul: no price (no_weight)" in result.output
    assert "total: 0.00 USD, without linehaul and fuel_surcharge (no price)" in (result.output)


def test_quote_names_the_option_that_is_wrong() -> None:
    result = asked("quote", "NORTHWIND", "--weight", "1800", "--on", "2026-03-05")
    assert result.exit_code == 1
    assert "--weight: '1800' is not a weight; allowed: 1800 lb" in result.output
    result = asked("quote", "NORTHWND", "--on", "2026-03-05")
    assert "no card for NORTHWND" in result.output
    assert "did you mean 'NORTHWIND'?" in result.output
    assert asked("quote", "NORTHWIND", "--weight", "1800 lb").exit_code == 2


@pytest.mark.usefixtures("accepted")
def test_quote_takes_the_accepted_edition_before_the_draft(cards: Path) -> None:
    edit(cards / "NORTHWIND" / "tables" / "linehaul.csv", (",49.39,", ",1.00,"))
    assert "accepted edition" in asked("quote", *ASKED).output
    assert "total: 440.61 USD" in asked("quote", *ASKED).output
    draft = asked("quote", *ASKED, "--card", str(cards / "NORTHWIND")).output
    assert "the draft in " in draft
    assert "1.00 = 20.00" in draft


def test_quote_counts_only_prices_that_were_known() -> None:
    early = asked("quote", *ASKED, "--known-on", "2025-11-16")
    assert early.exit_code == 1
    assert "no_rate" in early.output
    assert asked("quote", *ASKED, "--known-on", "2025-11-17").exit_code == 0


def test_quote_reads_cases_as_billers_write_them(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(CASE, encoding="utf-8")
    result = asked("quote", "--case", str(file))
    assert result.exit_code == 0, result.output
    assert "== two on one truck" in result.output
    assert "weight: 1,800 lb   <- asked: " in result.output
    assert "case.yaml:5:7" in result.output
    assert result.output.count("total: 355.61 USD") == 1
    assert asked("quote", "--case", str(file), "--weight", "1 lb").exit_code == 2
    assert asked("quote", "--shipment", "N1", "--on", "2026-03-05").exit_code == 2


CASE = """case: two on one truck
customer: NORTHWIND
on: 2026-03-04
shipments:
  S1: {weight: 1800 lb, lane: Chicago IL to Atlanta GA}
  S2: {weight: 900 lb, lane: Chicago IL to Atlanta GA}
index: {2026-03-02: 2.913}
"""


@pytest.mark.usefixtures("shipped")
def test_quote_of_a_stored_unit_equals_its_decision_and_names_the_messages() -> None:
    with open_house(Settings()) as house:
        decisions = [decide_unit(house, unit).decision for unit in all_units(house)]
    assert len(decisions) == len(WEIGHTS)
    for decision in decisions:
        result = asked("quote", "--shipment", decision.unit)
        assert f"total: {decision.total}" in result.output
        for line in decision.lines:
            assert line.charge.formula in result.output
        assert "<- tms north, message" in result.output
        answer = json.loads(asked("quote", "--shipment", decision.unit, "--json").output)
        formulas = [line["formula"] for line in answer["rated"]["charges"]]
        assert formulas == [line.charge.formula for line in decision.lines]


@pytest.mark.usefixtures("shipped")
def test_quote_of_a_stored_unit_by_a_draft(cards: Path) -> None:
    edit(cards / "NORTHWIND" / "tables" / "linehaul.csv", (",49.39,", ",50.00,"))
    result = asked("quote", "--shipment", "N1", "--card", str(cards / "NORTHWIND"))
    assert "total: 360.00 USD" in result.output
    other = asked("quote", "--shipment", "N1", "--card", str(cards / "KESTREL"))
    assert "shipment:N1 is of NORTHWIND, and Kestrel truckload 2026 is KESTREL's" in other.output
    assert "no fact names 'X9'" in asked("quote", "--shipment", "X9").output


@pytest.mark.usefixtures("shipped")
def test_diff_shows_rows_terms_and_the_exact_money(cards: Path) -> None:
    edit(cards / "NORTHWIND" / "tables" / "linehaul.csv", (",49.39,", ",50.00,"))
    edit(cards / "NORTHWIND" / "card.yaml", ("clause: Schedule B, item 100", "clause: item 101"))
    result = asked("diff", "--customer", "NORTHWIND")
    assert result.exit_code == 0, result.output
    assert "tables/linehaul.csv\n  row 1 (line 2) changed: 2M was 49.39, is 50.00" in result.output
    assert "linehaul: clause was Schedule B, item 100, is item 101" in result.output
    assert "3 stored units rated by both; 1 change" in result.output
    assert "shipment:N1: 355.61 USD -> 360.00 USD (+4.39 USD)" in result.output
    assert sums(result) == (totals(asked_totals(), {}), totals(asked_totals(), {"N1": "360.00"}))


def asked_totals() -> dict[str, str]:
    """What each unit comes to by the accepted edition."""
    found = {}
    for number in WEIGHTS:
        output = asked("quote", "--shipment", number).output
        found[number] = re.findall(r"total: ([\d,.]+) USD", output)[0]
    return found


def totals(by_unit: dict[str, str], otherwise: dict[str, str]) -> Decimal:
    amounts = {**by_unit, **otherwise}.values()
    return sum((Decimal(amount.replace(",", "")) for amount in amounts), Decimal(0))


def sums(result: Result) -> tuple[Decimal, Decimal]:
    (found,) = re.findall(r"^sum: ([\d,.]+) USD -> ([\d,.]+) USD", result.output, re.MULTILINE)
    old, new = (Decimal(each.replace(",", "")) for each in found)
    return old, new


@pytest.mark.usefixtures("shipped")
def test_diff_of_two_folders_tells_rows_that_came_and_went(cards: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    shutil.copytree(cards / "NORTHWIND", old)
    table = cards / "NORTHWIND" / "tables" / "linehaul.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    gone = lines.pop(1)
    table.write_text("\n".join([*lines, f"900{gone[1:]}".replace(",GA,", ",FL,")]), "utf-8")
    result = asked("diff", str(old), str(cards / "NORTHWIND"))
    assert "row 1 (line 2) removed: origin IL, destination GA" in re.sub(
        r"effective.*?(?=origin)", "", result.output
    )
    assert "row 900 (line 32) added: " in result.output
    assert "loses its price: linehaul" in result.output
    back = asked("diff", str(cards / "NORTHWIND"), str(old))
    assert "gains a price: linehaul" in back.output


@pytest.mark.usefixtures("shipped")
def test_diff_of_what_is_the_same_says_so() -> None:
    result = asked("diff", "--customer", "NORTHWIND")
    assert "the cards say the same" in result.output
    assert "3 stored units rated by both; 0 change" in result.output


@pytest.mark.usefixtures("accepted")
def test_diff_asks_for_two_cards_of_one_customer(cards: Path) -> None:
    assert asked("diff", str(cards / "NORTHWIND")).exit_code == 2
    assert asked("diff").exit_code == 2
    result = asked("diff", str(cards / "NORTHWIND"), str(cards / "KESTREL"))
    assert "one card is of NORTHWIND, the other of KESTREL" in result.output
    assert "no card of NOBODY was accepted yet" in asked("diff", "--customer", "NOBODY").output
