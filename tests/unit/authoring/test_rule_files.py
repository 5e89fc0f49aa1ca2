"""Mistakes in rule files are found all at once, each where it stands, with the nearest name."""

import shutil
from pathlib import Path

import pytest

from app.authoring.files.authority_files import load_authority
from app.authoring.files.rule_files import load_packs
from app.errors import FileError
from app.judgement.rulebook.model import Operator, Quantifier, Rule
from tests.rule_cases import RULES

GOOD = """checklist: Trial
applies to: {mode: LTL, cancelled: no}
effective: 2026-01-01 until 2026-12-31
owner: finance
require:
  - a document: {document_type: POD, status: [accepted, received]}
    id: TRY-1
    otherwise: hold POD_MISSING
    say: Trial
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder, ignore=shutil.ignore_patterns("standard", "customers"))
    (folder / "standard").mkdir()
    return folder


def read(rules: Path, text: str) -> list[Rule]:
    (rules / "standard" / "trial.yaml").write_text(text)
    (pack,) = load_packs(rules)
    return list(pack.rules)


def mistakes(rules: Path, text: str) -> list[str]:
    with pytest.raises(FileError) as refused:
        read(rules, text)
    return [str(mistake) for mistake in refused.value.mistakes]


def test_a_good_file_becomes_a_rule_with_its_place_and_days(rules: Path) -> None:
    (rule,) = read(rules, GOOD)
    assert rule.written_at == "rules/standard/trial.yaml:6"
    assert (str(rule.effective_from), str(rule.effective_before)) == ("2026-01-01", "2027-01-01")
    assert rule.patterns[0].quantifier is Quantifier.SOME
    assert rule.patterns[0].conditions[1].operator is Operator.ONE_OF


MISTAKES = [
    # what was typed instead, and what the author must find in the message
    ("status:", "staus:", ["trial.yaml:6:38", "'staus'", "did you mean 'status'?"]),
    ("[accepted, received]", "acepted", ["6:46", "'acepted'", "did you mean 'accepted'?"]),
    ("a document", "a dokument", ["6:5", "'dokument'", "did you mean 'document'?"]),
    ("POD_MISSING", "POD_MISING", ["8:16", "'POD_MISING'", "did you mean 'POD_MISSING'?"]),
    ("mode: LTL", "mode: LLT", ["2:20", "'LLT'", "allowed: INTERMODAL, LTL"]),
    ("cancelled: no", "cancelled: nope", ["2:36", "'nope'", "yes, no"]),
    ("mode: LTL", "weight_lb: 5", ["2:14", "may be missing", "put it into the requirement"]),
    ("until 2026-12-31", "until 2025-12-31", ["3:12", "span of days"]),
    ("a document", "some document", ["nothing says what is required"]),
    ("hold POD_MISSING", "release", ["8:16", "hold CODE"]),
    ("hold POD_MISSING", "hold the line POD_MISSING", ["only `every charge` can hold a line"]),
    ("hold POD_MISSING", "hold ENGINE_FAILED", ["placed by the service"]),
    ("    say: Trial\n", "", ["6:5", "no `say`"]),
    ("    say: Trial", "    say: Trial\n    sya: x", ["10:5", "'sya'", "did you mean 'say'?"]),
    ("checklist:", "cheklist:", ["1:1", "did you mean 'checklist'?"]),
    ("require:\n", "require:\n\t", ["tab"]),
    ("{mode: LTL", "{mode: [LTL", ["trial.yaml:"]),
    ("status: [accepted, received]", "status: at least accepted", ["no more and no less"]),
]


@pytest.mark.parametrize(("good", "bad", "says"), MISTAKES, ids=[bad for _, bad, _ in MISTAKES])
def test_a_mistake_is_shown_where_it_is(rules: Path, good: str, bad: str, says: list[str]) -> None:
    assert good in GOOD
    text = "\n".join(mistakes(rules, GOOD.replace(good, bad, 1)))
    for words in says:
        assert words in text


def test_all_mistakes_are_shown_together(rules: Path) -> None:
    bad = GOOD.replace("staus", "x").replace("status:", "staus:").replace("mode: LTL", "mode: LLT")
    assert len(mistakes(rules, bad)) == 2


def test_an_id_is_used_once(rules: Path) -> None:
    assert any("TRY-1 is used twice" in text for text in mistakes(rules, f"{GOOD}---\n{GOOD}"))


def test_amounts_are_compared_with_amounts(rules: Path) -> None:
    text = GOOD.replace(
        "a document: {document_type: POD, status: [accepted, received]}",
        "shipment: {rated_total: at most quoted_total + weight_lb}",
    )
    (mistake,) = mistakes(rules, text)
    assert "`rated_total` is a money, `weight_lb` is a number" in mistake


def test_what_can_never_be_waived_is_not_waived_by_a_policy(rules: Path) -> None:
    text = """provisional: Too much
id: PRV-1
applies to: every unit
effective: 2026-01-01 onwards
owner: finance
waives: [RATE_NOT_FOUND]
up to: 10.00 USD
exposure up to: 10.00 USD
expires after: 14 days
on expiry: escalate
when:
  - shipment: {delivered: yes}
say: No
"""
    (mistake,) = mistakes(rules, text)
    assert "RATE_NOT_FOUND can never be waived" in mistake


def test_the_words_no_and_010_stay_what_was_typed(rules: Path) -> None:
    text = GOOD.replace("document_type: POD", "document_type: 010").replace("TRY-1", "NO")
    (rule,) = read(rules, text)
    assert rule.rule_id == "NO"
    assert rule.patterns[0].conditions[0].literals[0].text == "010"


def test_a_missing_file_is_a_mistake_too(rules: Path) -> None:
    (rules / "holds.yaml").unlink()
    assert any("holds.yaml: this file is missing" in text for text in mistakes(rules, GOOD))


def test_authority_over_an_attribute_nobody_reports_is_a_mistake(rules: Path) -> None:
    (rules / "authority.yaml").write_text("wieght: {systems: [wms]}\n")
    with pytest.raises(FileError, match=r"authority.yaml:1:1.*did you mean 'weight'"):
        load_authority(rules)


def test_a_rule_file_that_was_emptied_is_a_mistake(rules: Path) -> None:
    assert mistakes(rules, "# nothing\n") == [
        "rules/standard/trial.yaml: there is no rule in this file"
    ]


def test_an_attribute_that_nobody_owns_is_a_mistake(rules: Path) -> None:
    (rules / "authority.yaml").write_text("{}\n")
    with pytest.raises(FileError, match="nobody has authority over `weight`"):
        load_authority(rules)
