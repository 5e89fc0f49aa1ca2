"""How much a provisional bills is read as it is written; a mistake is shown where it is."""

import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.authoring.files.rule_files import load_packs
from app.errors import FileError
from app.judgement.rulebook.model import ProvisionalTerms
from app.money import of_minor_units
from tests.rule_cases import RULES

GOOD = """provisional: Ahead of the paper
id: TRY-1
applies to: every unit
effective: 2026-01-01 onwards
owner: finance
waives: [POD_MISSING]
up to: 2,500.00 USD
exposure up to: 5,000.00 USD
expires after: 14 days
on expiry: escalate
when:
  - shipment: {delivered: yes}
say: Ahead of the paper
"""
AS_BEFORE = ProvisionalTerms(
    waives=("POD_MISSING",),
    up_to=of_minor_units(250_000, "USD"),
    exposure_up_to=of_minor_units(500_000, "USD"),
    expires_after_days=14,
    on_expiry="escalate",
)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder, ignore=shutil.ignore_patterns("standard", "customers"))
    (folder / "standard").mkdir()
    return folder


def terms(rules: Path, *more: str) -> ProvisionalTerms:
    (rules / "standard" / "trial.yaml").write_text(GOOD + "".join(f"{line}\n" for line in more))
    (pack,) = load_packs(rules)
    assert pack.rules[0].provisional is not None
    return pack.rules[0].provisional


WRITTEN: list[tuple[str, dict[str, Any]]] = [
    ("bills: full estimate", {}),
    ("bills: 90 % of the estimate", {"bills": "percent of estimate", "percent": "90"}),
    ("bills: 33.5% of the estimate", {"bills": "percent of estimate", "percent": "33.5"}),
    ("bills: cost plus 12 %", {"bills": "cost plus", "percent": "12"}),
    ("bills: cost plus 0%", {"bills": "cost plus", "percent": "0"}),
    ("bills: last known", {"bills": "last known"}),
    ("not to exceed: 1,200.00 USD", {"not_to_exceed": of_minor_units(120_000, "USD")}),
    ("no older open than: 30 days", {"oldest_open_days": 30}),
]


@pytest.mark.parametrize(("line", "fields"), WRITTEN, ids=[line for line, _ in WRITTEN])
def test_each_way_to_bill_is_read(rules: Path, line: str, fields: dict[str, Any]) -> None:
    assert terms(rules, line) == msgspec.structs.replace(AS_BEFORE, **fields)


def test_without_a_word_the_full_estimate_is_billed_and_its_bytes_are_as_before(
    rules: Path,
) -> None:
    read = terms(rules)
    assert read == AS_BEFORE
    assert set(msgspec.to_builtins(read)) == {
        "waives",
        "up_to",
        "exposure_up_to",
        "expires_after_days",
        "on_expiry",
    }


def test_what_was_read_comes_back_from_its_stored_bytes(rules: Path) -> None:
    read = terms(rules, *(line for line, _ in WRITTEN[3:4] + WRITTEN[6:]))
    assert msgspec.json.decode(msgspec.json.encode(read), type=ProvisionalTerms) == read


MISTAKES = [
    ("bills: 90 % of estimate", ["14:8", "'90 % of estimate'", "90 % of the estimate", "did you"]),
    ("bills: last know", ["14:8", "did you mean 'last known'?"]),
    ("bills: [last known]", ["14:8", "needs one value"]),
    ("bills: 0 % of the estimate", ["14:8", "0 % is no part", "more than 0 and less than 100 %"]),
    ("bills: 100 % of the estimate", ["14:8", "`full estimate`"]),
    ("bills: -5 % of the estimate", ["14:8", "'-5 % of the estimate'"]),
    ("not to exceed: 1,200.00", ["14:16", "not an amount of money", "75.00 USD"]),
    ("not to exceed: 0.00 USD", ["14:16", "no amount that an invoice can come to"]),
    ("not to exceed: 10.005 USD", ["14:16", "to the cent"]),
    ("not to exceed: 10.00 EUR", ["14:16", "is in EUR and `up to` in USD", "allowed: USD"]),
    ("no older open than: a month", ["14:21", "is a number of days", "14 days"]),
    ("not to exeed: 1.00 USD", ["14:1", "did you mean 'not to exceed'?"]),
]


@pytest.mark.parametrize(("line", "says"), MISTAKES, ids=[line for line, _ in MISTAKES])
def test_a_mistake_is_shown_where_it_is(rules: Path, line: str, says: list[str]) -> None:
    with pytest.raises(FileError) as refused:
        terms(rules, line)
    (mistake,) = refused.value.mistakes
    for words in ["rules/standard/trial.yaml", *says]:
        assert words in str(mistake)
