"""`tollgate feeds`, as a person types it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.entrypoints.cli import main
from app.infrastructure.storage.database import Database
from app.infrastructure.storage.rows import Finding
from app.main import now
from tests.integration.operations.remapped import interchange, status


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    where = f"sqlite:///{tmp_path / 'tollgate.db'}"
    monkeypatch.setenv("TOLLGATE_DATABASE_URL", where)
    monkeypatch.setenv("COLUMNS", "60")
    return where


def asked(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def test_with_nothing_there_it_says_so(url: str, tmp_path: Path) -> None:
    del url
    (tmp_path / "empty").mkdir()
    assert asked("ingest", str(tmp_path / "empty")).exit_code == 0
    assert "nothing ever came" in asked("feeds").output


def test_feeds_are_lines_of_a_table_and_findings_stand_below(url: str, tmp_path: Path) -> None:
    (tmp_path / "good.edi").write_bytes(interchange(status()))
    assert asked("ingest", str(tmp_path / "good.edi")).exit_code == 0
    detail = "AT7-01, X9: in 1 of 20 messages now, in 0 of 100 before"
    finding = Finding(
        finding_id="f", partner="acme", feed="status", code="NEW_CODE", detail=detail, at=now()
    )
    database = Database(url)
    with database.writing("main") as store:
        store.findings.add(finding)
    database.close()

    shown = asked("feeds")

    assert shown.exit_code == 0
    header, line, found = shown.output.splitlines()
    assert header.split()[:4] == ["feed", "last", "message", "rhythm"]
    assert line.startswith("standard, from BENDR (not configured)")
    assert line.split()[-6:] == ["1", "0", "0", "0", "1", "0"]
    assert found.endswith(f"acme/status NEW_CODE: {detail}")
