"""`tollgate rules` as a person types it."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.entrypoints.cli import main
from tests.rule_cases import RULES


@pytest.fixture(autouse=True)
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder)
    monkeypatch.setenv("TOLLGATE_RULES", str(folder))
    return folder


def asked(*words: str) -> Result:
    return CliRunner().invoke(main, ["rules", *words])


def test_check_sums_up_what_is_right() -> None:
    result = asked("check")
    assert result.exit_code == 0, result.output
    assert "both keys agree" in result.output
    assert "note: rules/standard/warehouse.yaml:" in result.output


def test_check_shows_the_mistakes_of_all_files_at_once(rules: Path) -> None:
    for name, good, bad in (
        ("standard/price.yaml", "problem: no_index", "problem: no_indx"),
        ("holds.yaml", "due hours: 24", "due hours: soon"),
        ("authority.yaml", "weight:", "wieght:"),
    ):
        text = (rules / name).read_text(encoding="utf-8")
        (rules / name).write_text(text.replace(good, bad, 1), encoding="utf-8")
    result = asked("check")
    assert result.exit_code == 1
    for words in ("'no_indx'", "'soon' is not a whole number", "'wieght'"):
        assert words in result.output


def test_check_runs_the_cases(rules: Path) -> None:
    path = rules / "standard" / "price.cases.yaml"
    text = path.read_text(encoding="utf-8").replace("fires: [QUO-1]", "fires: []", 1)
    path.write_text(text, encoding="utf-8")
    result = asked("check")
    assert result.exit_code == 1
    assert "QUO-1 fires, and the case does not say so" in result.output


def test_show_reads_a_pack_aloud() -> None:
    result = asked("show", "NORTHWIND")
    assert result.exit_code == 0
    assert "bill provisionally in spite of POD_MISSING" in result.output
    assert "owner finance" in result.output
    assert "there are: NORTHWIND, standard" in asked("show", "NOBODY").output


def test_schema_writes_one_file_for_each_kind(tmp_path: Path) -> None:
    assert asked("schema", "--out", str(tmp_path / "out")).exit_code == 0
    written = {path.name for path in (tmp_path / "out").iterdir()}
    kinds = ("rules", "cases", "glossary", "holds", "feeds", "mappings")
    assert written == {f"{each}.schema.json" for each in kinds}
    assert json.loads((tmp_path / "out" / "holds.schema.json").read_text(encoding="utf-8"))
