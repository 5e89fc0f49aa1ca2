"""Real messages that nobody here wrote, through the command line."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.entrypoints.cli import main

SHARED = Path(os.environ.get("TOLLGATE_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
X12 = SHARED / "x12"
pytestmark = pytest.mark.skipif(
    not X12.exists(), reason=f"the real X12 files are not here ({X12}); see tests/README.md"
)
Tollgate = Callable[..., Result]


@pytest.fixture
def tollgate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tollgate:
    """The command line on a new database."""
    monkeypatch.setenv("TOLLGATE_DATABASE_URL", f"sqlite:///{tmp_path / 'real.db'}")
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def told(tollgate: Tollgate) -> Tollgate:
    ingested = tollgate("ingest", *sorted(X12.glob("*mgctlyst*.edi")))
    assert ingested.exit_code == 0, ingested.output
    return tollgate


def holds(tollgate: Tollgate) -> dict[str, list[tuple[str, str]]]:
    """Each hold of load 75027674, with what its evidence says and which message said it."""
    decision = json.loads(tollgate("decide", "75027674", "--json").stdout)
    assert decision["verdict"] == "hold"
    found: dict[str, list[tuple[str, str]]] = {}
    for hold in decision["holds"]:
        found.setdefault(hold["code"], []).extend(
            (each["says"], each.get("source", "")) for each in hold["evidence"]
        )
    return found


TENDER = "tms MGCTLYST, message MGCTLYST:1607261256:000018718:17878:178780001"
STATUS = "carrier SCAC, message SCAC:1607261303:000082265:82265:822650001"
INVOICE = "carrier SCAC, message SCAC:1607260528:000001838:1838:18380001"


def test_the_weights_that_disagree_are_named_with_their_messages(told: Tollgate) -> None:
    # AT8 and L3-01 of the 204 say 5472; L0-04 and L3-01 of the 210 say 7889.
    assert holds(told)["WEIGHT_MISMATCH"] == [
        ("weight: 5,472 lb", TENDER),
        ("weight: 7,889 lb", INVOICE),
    ]


def test_the_three_places_of_delivery_are_named_with_their_messages(told: Tollgate) -> None:
    assert holds(told)["SOURCE_CONFLICT"] == [
        ("destination: West Allis WI", TENDER),
        ("destination: Brattleboro VT", STATUS),
        ("destination: Concord OH", INVOICE),
    ]


def test_the_carriers_cost_is_a_variance_and_never_a_price(told: Tollgate) -> None:
    # L3-05 of the 204: 55721 cents; B3-07 of the 210: 65940 cents.
    found = holds(told)
    assert found["CARRIER_COST_VARIANCE"] == [
        ("SCAC/09851270: expected 557.21 USD", TENDER),
        ("SCAC/09851270: invoiced 659.40 USD", INVOICE),
    ]
    decision = json.loads(told("decide", "75027674", "--json").stdout)
    assert (decision["total"], decision["lines"]) == (None, [])


def test_there_is_no_rate_card_for_this_customer(told: Tollgate) -> None:
    assert ("no rate card for customer NPBTO", "") in holds(told)["RATE_NOT_FOUND"]


def test_people_read_the_same_as_machines(told: Tollgate) -> None:
    text = told("decide", "75027674").stdout
    for word in ("5,472 lb", "7,889 lb", "557.21", "659.40", "West Allis", "Concord", "HOLD"):
        assert word in text
    assert TENDER in told("explain", "75027674").stdout


def test_the_decision_replays(told: Tollgate) -> None:
    told("decide", "75027674")
    replayed = told("replay", "--all")
    assert replayed.exit_code == 0
    assert "1 decisions byte-identical, 0 different" in replayed.stdout


def test_reading_the_files_again_changes_nothing(told: Tollgate) -> None:
    before = told("decide", "75027674", "--json").stdout
    again = told("ingest", *sorted(X12.glob("*mgctlyst*.edi"), reverse=True))
    assert again.stdout.count("duplicate") == 4
    assert told("decide", "75027674", "--json").stdout == before


def test_whatever_cannot_be_read_is_kept_with_its_reason_and_the_rest_counts(
    tollgate: Tollgate, tmp_path: Path
) -> None:
    folder = tmp_path / "received"
    folder.mkdir()
    for file in X12.glob("*.edi"):
        (folder / file.name).write_bytes(file.read_bytes())
    answered = (folder / "990_mgctlyst.edi").read_bytes()
    (folder / "850_unknown.edi").write_bytes(answered.replace(b"ST*990", b"ST*850"))
    ingested = tollgate("ingest", folder)
    assert ingested.exit_code == 1
    assert "transaction set 850 is not read" in ingested.stdout
    assert ingested.stdout.count("214_canadapost.edi: recorded") == 19
