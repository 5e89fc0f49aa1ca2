"""Five typical mistakes: place, text, nearest name and what is allowed are all in the message."""

import shutil
from pathlib import Path

import pytest

from app.authoring.files.rule_files import load_packs
from app.authoring.workshop.case_files import read_cases
from app.errors import FileError
from tests.rule_cases import RULES, packs_we_ship

GOOD = "    unless: {quoted_total: unknown}\n"
WHERE = "rules/standard/price.yaml:"


def told(tmp_path: Path, good: str, bad: str, file: str = "standard/price.yaml") -> list[str]:
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules, dirs_exist_ok=True)
    text = (rules / file).read_text(encoding="utf-8")
    assert good in text
    (rules / file).write_text(text.replace(good, bad, 1), encoding="utf-8")
    with pytest.raises(FileError) as refused:
        read_cases(rules, load_packs(rules))
    return [str(mistake) for mistake in refused.value.mistakes]


SAMPLE = "rated_total: at most quoted_total + quote_tolerance"
MISTAKES = [
    ("rated_total: at most", "rated_totl: at most", ["'rated_totl'", "'rated_total'", "allowed:"]),
    ("problem: no_index", "problem: no_indx", ["'no_indx'", "'no_index'", "allowed:", "no_card"]),
    (SAMPLE, "rated_total: five", ["'five'", "is not a money", "75.00 USD"]),
    (SAMPLE, "rated_total: above 5.00 USD", ["'above 5.00 USD'", "did you mean 'more than 5.00"]),
    (SAMPLE, "rated_total: at mots 5.00 USD", ["'at mots 5", "did you mean 'at most 5.00 USD'"]),
    (SAMPLE, "rated_total: '>= 5.00 USD'", ["'>= 5.00 USD'", "'at least 5.00 USD'", "more than X"]),
    (SAMPLE, "rated_total: >= 5.00 USD", ["`- shipment: {rated_total: >=", "instead of a sign"]),
    (f"{{{SAMPLE}}}", f"{{{SAMPLE}", ["it began in line", "close every bracket"]),
]


@pytest.mark.parametrize(("good", "bad", "says"), MISTAKES, ids=[bad for _, bad, _ in MISTAKES])
def test_the_author_finds_the_mistake_at_once(
    tmp_path: Path, good: str, bad: str, says: list[str]
) -> None:
    line = (RULES / "standard/price.yaml").read_text(encoding="utf-8").split(good)[0].count("\n")
    message = "\n".join(told(tmp_path, good, bad))
    near = (f"{WHERE}{line + 1}:", f"{WHERE}{line + 2}:")  # an open bracket is noticed below
    assert any(place in message for place in near), message
    for words in says:
        assert words in message


CASE_MISTAKES = [
    ("fires: [QUO-1]", "fires: [QUO-11]", ["'QUO-11' is not a rule", "did you mean 'QUO-1'?"]),
    ("from: truckload", "from: truckloads", ["'truckloads'", "did you mean 'truckload'?"]),
    ("verdict: hold", "verdict: held", ["'held'", "did you mean 'hold'?", "provisional"]),
    ("rated_total:", "rated_totl:", ["'rated_totl'", "did you mean 'rated_total'?"]),
]


@pytest.mark.parametrize(("good", "bad", "says"), CASE_MISTAKES)
def test_a_mistake_in_a_case_has_its_place_too(
    tmp_path: Path, good: str, bad: str, says: list[str]
) -> None:
    (message,) = told(tmp_path, good, bad, "standard/price.cases.yaml")
    assert message.startswith("rules/standard/price.cases.yaml:")
    for words in says:
        assert words in message


def test_the_cases_we_ship_are_read() -> None:
    assert len(read_cases(RULES, packs_we_ship().values())) > 100


@pytest.mark.parametrize("file", ["glossary.yaml", "holds.yaml"])
def test_a_name_in_two_documents_of_a_file_is_a_mistake(tmp_path: Path, file: str) -> None:
    text = (RULES / file).read_text(encoding="utf-8")
    found = told(tmp_path, text, f"{text}---\n{text}", file)
    assert all(each.startswith(f"rules/{file}:") for each in found)
    assert all("is given twice in this file" in each for each in found)
