"""`tollgate quarantine`, `replay-messages`, `gaps` and `jobs` as a person types them."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.entrypoints.cli import main
from tests.integration.operations.remapped import interchange, status

GOOD = interchange(status("D1"), number=7)
BAD = GOOD.replace(b"*20260302*0815*", b"*2026o302*0815*")


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOLLGATE_DATABASE_URL", f"sqlite:///{tmp_path / 'tollgate.db'}")
    (tmp_path / "bad.edi").write_bytes(BAD)
    (tmp_path / "good.edi").write_bytes(GOOD)
    assert asked("ingest", str(tmp_path / "bad.edi")).exit_code == 1
    return tmp_path


def asked(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def test_a_message_is_listed_shown_and_mended(files: Path) -> None:
    listed = asked("quarantine", "list").output
    assert "VALUE_UNREADABLE at bad.edi AT7-05 byte" in listed
    seq = listed.split()[0]
    shown = asked("quarantine", "show", seq).output
    assert "LX*1~\\x0a>>>AT7*D1*NS***2026o302*0815*LT~" in shown
    assert "waits to be mended" in shown

    again = asked("quarantine", "mend", seq, str(files / "bad.edi"), "--because", "hope")
    assert again.exit_code == 1
    assert f"message {seq} still waits" in again.output
    assert "VALUE_UNREADABLE" in again.output

    mended = asked("quarantine", "mend", seq, str(files / "good.edi"), "--because", "a zero")
    assert (mended.exit_code, f"mended: {seq}" in mended.output) == (0, True)
    assert asked("quarantine", "list").output == ""
    assert "operator: a zero: recorded" in asked("quarantine", "show", seq).output


def test_what_came_is_read_again_and_gaps_are_told(files: Path) -> None:
    refused = asked("replay-messages", "--unmapped")
    assert refused.exit_code == 1
    assert "1 deliveries read again: 0 messages recorded, 0 unchanged, 1 not read" in refused.output
    (files / "later.edi").write_bytes(interchange(status("D1", shipment="S-9"), number=9))
    asked("ingest", str(files / "later.edi"))
    assert "7 to 9  missing: 8  late: none" in asked("gaps").output


def test_jobs_are_started_listed_run_and_cancelled(files: Path) -> None:
    assert "waits for a process" in asked("jobs", "start", "decide-all", "--tag", "a").output
    assert "decide-all:a  waiting" in asked("jobs", "list").output
    assert "decide-all:a  cancelled" in asked("jobs", "cancel", "decide-all:a").output
    for _ in range(2):
        ran = asked("jobs", "start", "replay-messages", "--tag", "r", "--here")
        assert (ran.exit_code, "replay-messages:r  done  1 done" in ran.output) == (0, True)
    out = str(files / "out")
    begins = ("--from", "2026-01-01T00:00Z", "--tag", "e")
    assert asked("jobs", "start", "export", out, *begins).exit_code == 0
    assert "decide-all:a  cancelled" in asked("jobs", "list").output
    unknown = asked("jobs", "cancel", "nobody:knows")
    assert (unknown.exit_code, "there is no job nobody:knows" in unknown.output) == (1, True)
