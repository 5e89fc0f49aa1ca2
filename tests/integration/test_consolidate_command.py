"""`tollgate consolidate`, as a person types it."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.entrypoints.cli import main
from app.entrypoints.drafts import working_house
from app.operations.changing.accept_editions import accept_editions
from app.operations.deciding.decide_unit import decide_unit
from app.operations.releasing.claim_release import claim_release
from app.settings import Settings
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import drafts
from tests.integration.operations.test_consolidating import gathered


@pytest.fixture(autouse=True)
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLLGATE_DATABASE_URL", f"sqlite:///{tmp_path / 'tollgate.db'}")


def asked(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def claimed() -> None:
    """One release, which waits for the end of the week."""
    with working_house(Settings()) as house:
        accept_editions(house, gathered(drafts()))
        nw.record(house, *nw.moved("N1"), nw.pod("N1"))
        claim_release(house, decide_unit(house, "N1").decision.decision_id)


def test_what_waits_is_shown_and_what_has_not_ended_is_not_closed() -> None:
    claimed()
    shown = asked("consolidate", "--preview")
    assert shown.exit_code == 0, shown.output
    assert "NORTHWIND, 1 unit until " in shown.output
    assert "would be 355.61 USD" in shown.output
    assert "shipment:N1" in shown.output
    (period,) = json.loads(asked("consolidate", "--preview", "--json").output)
    assert (period["closed"], period["invoice"]["kind"]) == (False, "consolidated")

    before = date.fromisoformat(period["closes_on"]) - timedelta(days=1)
    nothing = "nothing waits for a close that is asked for\n"
    assert asked("consolidate", "--preview", "--until", before.isoformat()).output == nothing
    assert asked("consolidate", "--preview", "--customer", "KESTREL").output == nothing
    assert asked("consolidate").output == nothing
    assert json.loads(asked("consolidate", "--preview", "--json").output) == [period]


def test_a_day_is_written_as_a_day() -> None:
    assert asked("consolidate", "--until", "Friday").exit_code == 2
