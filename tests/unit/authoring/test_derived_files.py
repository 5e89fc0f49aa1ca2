"""Names that rules define: read, typed, put in order, and every mistake where it stands."""

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.authoring.files.rule_files import load_packs
from app.errors import FileError
from app.judgement.rulebook.model import Derivation, RulePack, in_force
from app.judgement.rulebook.second_key import SecondKey
from app.judgement.rulebook.seen import Item, Seen, Value, View
from app.money import Money
from tests.rule_cases import RULES

COMMON = "says: A trial\nowner: finance\neffective: 2026-01-01 onwards\n"
RULE = """---
checklist: Trial
applies to: every unit
effective: 2026-01-01 onwards
owner: finance
require:
  - shipment: {priced: yes}
    id: TRY-1
    otherwise: hold POD_MISSING
    say: Trial
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder, ignore=shutil.ignore_patterns("standard", "customers"))
    (folder / "standard" / "tables").mkdir(parents=True)
    (folder / "customers" / "ACME" / "tables").mkdir(parents=True)
    return folder


def pack_in(rules: Path, *derivations: str, customer: str = "standard") -> RulePack:
    text = "---\n".join(f"{each}\n{COMMON}" for each in derivations) + RULE
    (rules / "standard" / "trial.yaml").write_text(text)
    return {pack.name: pack for pack in load_packs(rules)}[customer]


def mistakes(rules: Path, *derivations: str) -> list[str]:
    with pytest.raises(FileError) as refused:
        pack_in(rules, *derivations)
    return [str(mistake) for mistake in refused.value.mistakes]


def table(rules: Path, name: str, text: str, folder: str = "standard") -> None:
    (rules / folder / "tables" / f"{name}.csv").write_text(text)


def told(pack: RulePack, name: str, *items: Item, **unit: Value | None) -> Value | None:
    view = View(unit={key: Seen(value) for key, value in unit.items()}, items=items)
    return SecondKey(pack).seen(view)[0].unit[name].value


def line(key: str, **values: Value | None) -> Item:
    seen = {name: Seen(value) for name, value in values.items()}
    return Item(entity="order_line", key=key, values=seen)


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def test_a_part_of_an_amount_is_exact_and_not_rounded(rules: Path) -> None:
    pack = pack_in(rules, "derive: cap\nis: money\nvalue: 105% of quoted_total + 0.10 USD")
    # 33.33 * 1.05 = 34.9965, and ten cents
    assert told(pack, "cap", quoted_total=usd("33.33")) == usd("35.0965")


def test_days_are_added_to_a_day_and_a_day_less_a_day_is_a_number(rules: Path) -> None:
    pack = pack_in(
        rules,
        "derive: bill_by\nis: date\nvalue: delivered_on + 2 days",
        "derive: transit_days\nis: whole number\nvalue: delivered_on - picked_up_on",
    )
    days = {"picked_up_on": date(2026, 2, 26), "delivered_on": date(2026, 3, 2)}
    assert told(pack, "bill_by", **days) == date(2026, 3, 4)
    assert told(pack, "transit_days", **days) == 4  # 26 to 28 February, then two days of March


def test_what_is_counted_and_added_up_is_unknown_where_one_item_is(rules: Path) -> None:
    pack = pack_in(
        rules,
        "derive: open_lines\nis: whole number\ncount: order line\nwhere: {settled: no}",
        "derive: short\nis: number\nsum: missing\nover: order line\nwhere: {settled: no}",
    )
    known = (
        line("1", settled=False, missing=Decimal(4)),
        line("2", settled=True),
        line("3", settled=False, missing=Decimal("0.5")),
    )
    assert told(pack, "open_lines", *known) == 2
    assert told(pack, "short", *known) == Decimal("4.5")
    assert told(pack, "open_lines", *known, line("4", settled=None)) is None
    assert told(pack, "short", *known, line("4", settled=False)) is None
    assert told(pack, "short") == 0


def test_no_amount_is_not_an_amount_of_nothing(rules: Path) -> None:
    pack = pack_in(rules, "derive: extras\nis: money\nsum: amount\nover: charge")
    assert told(pack, "extras") is None


LIMIT = "derive: limit\nis: money\nlook up: limits\nby: [customer, mode]\ntake: limit"


def test_the_row_with_more_cells_counts_and_a_customers_own_comes_first(rules: Path) -> None:
    table(rules, "limits", "customer,mode,limit\nany,any,10 USD\nany,LTL,20 USD\n")
    own = "customer,mode,limit\nany,any,30 USD\n"
    table(rules, "limits", own, "customers/ACME")
    (rules / "customers" / "ACME" / "own.yaml").write_text(
        RULE.replace("---\n", "", 1).replace("TRY-1", "ACME-1")
    )
    standard = pack_in(rules, LIMIT)
    assert told(standard, "limit", customer="X", mode="TL") == usd("10")
    assert told(standard, "limit", customer="X", mode="LTL") == usd("20")
    assert told(standard, "limit", customer="X", mode=None) is None
    acme = pack_in(rules, LIMIT, customer="ACME")
    assert told(acme, "limit", customer="X", mode="LTL") == usd("30")


def test_a_row_counts_only_on_its_days(rules: Path) -> None:
    table(
        rules,
        "limits",
        "customer,mode,limit,effective\n"
        "any,any,10 USD,2026-01-01 until 2026-03-31\nany,any,12 USD,2026-04-01 onwards\n",
    )
    pack = pack_in(rules, LIMIT)
    march, april = date(2026, 3, 31), date(2026, 4, 1)
    unit = {"customer": "X", "mode": "TL"}
    assert told(in_force(pack, march, None), "limit", **unit) == usd("10")
    assert told(in_force(pack, april, None), "limit", **unit) == usd("12")


def test_derived_facts_stand_behind_those_they_are_built_on(rules: Path) -> None:
    pack = pack_in(
        rules,
        "derive: a_cap\nis: money\nvalue: z_base + 1 USD",
        "derive: z_base\nis: money\nvalue: 2 USD",
    )
    assert [each.name for each in pack.derived] == ["z_base", "a_cap"]
    assert told(pack, "a_cap") == usd("3")


def test_rules_may_use_what_is_derived(rules: Path) -> None:
    pack = pack_in(rules, "derive: heavy\nis: yes or no\nwhen: {weight_lb: at least 10000}")
    (heavy,) = pack.derived
    assert heavy.derivation is Derivation.WHEN
    assert told(pack, "heavy", weight_lb=Decimal(9999)) is False
    assert told(pack, "heavy", weight_lb=None) is None


WRONG = [
    (
        ("derive: a\nis: money\nvalue: b", "derive: b\nis: money\nvalue: a"),
        ["built on each other", "a <- b"],
    ),
    (("derive: mode\nis: money\nvalue: 1 USD",), ["trial.yaml:1:9", "is a name already"]),
    (("derive: a\nis: money\nvalue: quotd_total",), ["3:8", "did you mean 'quoted_total'?"]),
    (("derive: a\nis: money\nvalue: weight_lb",), ["`a` is a money, `weight_lb` is a number"]),
    (("derive: a\nis: date\nvalue: delivered_on + picked_up_on",), ["one day"]),
    (("derive: a\nis: whole number\ncount: order lin",), ["did you mean 'order_line'?"]),
    (("derive: a\nis: money\nsum: amont\nover: charge",), ["did you mean 'amount'?"]),
    (("derive: a\nis: money\nlook up: none\nby: [mode]\ntake: x",), ["'none' is not a table"]),
    (("derive: a\nis: money",), ["`a` is derived in one way"]),
    (("derive: a\nis: mony\nvalue: 1 USD",), ["'mony' is not a is", "did you mean 'money'?"]),
    (("derive: a\nis: text\nvalue: 50% of mode",), ["has no percentage"]),
]


@pytest.mark.parametrize(("derivations", "found"), WRONG)
def test_a_mistake_is_found_at_once(
    rules: Path, derivations: tuple[str, ...], found: list[str]
) -> None:
    together = "\n".join(mistakes(rules, *derivations))
    for each in found:
        assert each in together


TABLES = [
    ("customer,mode,limit\nany,any,10 USD\nany,any,11 USD\n", ["limits.csv:3", "neither comes"]),
    ("customer,mode,limit\nX,any,10 USD\nany,LTL,11 USD\n", ["fit the same thing"]),
    ("customer,mode,limit\nany,LLT,10 USD\n", ["limits.csv:2:5", "'LLT'", "LTL"]),
    ("customer,mode,limit\nany,,10 USD\n", ["this key is empty"]),
    ("customer,mode,limit\nany,any,ten\n", ["limits.csv:2:9", "not a money"]),
    ("customer,mod,limit\nany,any,10 USD\n", ["'mode' is not a column", "did you mean 'mod'?"]),
    ("customer,mode,limit\nany,any\n", ["2 cells under 3 columns"]),
]


@pytest.mark.parametrize(("text", "found"), TABLES)
def test_a_mistake_in_a_table_is_found_at_its_cell(
    rules: Path, text: str, found: list[str]
) -> None:
    table(rules, "limits", text)
    together = "\n".join(mistakes(rules, LIMIT))
    for each in found:
        assert each in together


def test_a_table_nobody_looks_anything_up_in_is_a_mistake(rules: Path) -> None:
    table(rules, "limits", "mode,limit\nany,10 USD\n")
    (mistake,) = mistakes(rules, "derive: a\nis: money\nvalue: 1 USD")
    assert "no derivation looks anything up in this table" in mistake


def test_the_facts_behind_a_derived_value_are_those_of_what_it_is_made_of(rules: Path) -> None:
    pack = pack_in(rules, "derive: cap\nis: money\nvalue: quoted_total + quote_tolerance")
    unit = {"quoted_total": Seen(usd("1"), ("q",)), "quote_tolerance": Seen(usd("2"), ("t",))}
    seen, _ = SecondKey(pack).seen(View(unit=unit, items=()))
    assert seen.unit["cap"] == Seen(usd("3"), ("q", "t"))
