"""From EDI to money: what terminals and warehouses report is what days and stock are counted by."""

from datetime import date, datetime

from app.authoring.files.card_files import load_card
from app.evidence.correlation.links import correlate
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import MilestoneStatus, Shipment
from app.evidence.facts.warehouse import StoragePeriod
from app.pricing.rating.rate import price
from tests.unit.evidence.correlation.told import told
from tests.unit.evidence.intake.made_up import FORMATS, ROOT, read_all
from tests.unit.pricing import made_facts as made

CARDS = ROOT / "tests" / "cases" / "pricing" / "cards"


def facts_in(*names: str) -> list[Fact]:
    files = [(FORMATS / name).read_bytes() for name in names]
    return [fact for raw in files for each in read_all(raw) for fact in each.facts]


def unit_of(name: str, facts: list[Fact]) -> BillableUnit:
    linked = {link.fact_id for link in correlate(facts).units[name].links}
    kind, _, number = name.partition(":")
    return made.unit(number, *(fact for fact in facts if fact.fact_id in linked), kind=kind)


def test_per_diem_is_counted_from_out_gate_to_the_empty_in_gate_of_the_terminal() -> None:
    planned = told(Shipment(shipment="IMP-1"), "bol MAEU577012345", system="tms")
    unit = unit_of("shipment:IMP1", [planned, *facts_in("315.edi", "322.edi")])
    assert len(unit.happened(MilestoneStatus.CONTAINER_DISCHARGED)) == 1
    assert len(unit.happened(MilestoneStatus.CUSTOMS_HELD)) == 1
    assert len(unit.happened(MilestoneStatus.CUSTOMS_RELEASED)) == 1
    unit = made.unit("IMP1", *unit.facts.values(), made.picked_up())
    rated = price(unit, (unit,), (), load_card(CARDS / "per-diem"), date(2026, 3, 31))
    (line,) = [charge for charge in rated.charges if charge.code == "per_diem"]
    # Out 5 March, in 12 March: free are 5, 6, 9 and 10 March; 11 and 12 March are charged.
    assert str(line.amount) == "300.00 USD"
    assert line.subject == "MSCU1234566"


def test_a_receipt_is_stock_of_the_period_that_its_depositor_is_billed_for() -> None:
    period = told(
        StoragePeriod(
            storage_period="ST-3",
            customer="0079000000000",
            warehouse="JOL1",
            starts_on=date(2026, 3, 1),
            ends_before=date(2026, 4, 1),
        ),
        system="wms",
    )
    unit = unit_of("storage:ST3", [period, *facts_in("943.edi", "944.edi")])
    moments = {fact.occurred_at for fact in unit.movements if fact.classifier == "actual"}
    assert moments == {datetime.fromisoformat("2026-03-04T12:00:00-06:00")}
    assert len(unit.movements) == 4  # two announced and two received; only these have moved
