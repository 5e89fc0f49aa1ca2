"""Alarms and dashboard speak of metrics that there are, and say what to do."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from app.entrypoints.alarms_command import FILES
from app.entrypoints.cli import main
from app.entrypoints.watched_metrics import business, queues, state
from app.reports.work.watched import Destination, HeldMoney, RightEnding, Watched
from app.telemetry import REGISTRY

HERE = Path(__file__).parent
ALARMS = HERE.parent.parent / "app" / "alarms"
MOMENT = datetime(2026, 4, 1, tzinfo=UTC)
EVERYTHING = Watched(
    units={"held": 1},
    held=(HeldMoney(code="POD_MISSING", currency="USD", holds=1, minor_units=1),),
    rights_ending=(RightEnding(currency="USD", units=1, minor_units=1),),
    destinations=(Destination(name="acme/erp"),),
)
OF_THE_TARGET = {"job", "instance"}
SUFFIXES = ("_bucket", "_count", "_sum")


def known() -> dict[str, set[str]]:
    """Every series that there is, by name, with its labels."""
    found: dict[str, set[str]] = {}
    for collector, names in REGISTRY._collector_to_names.items():
        labels = set(getattr(collector, "_labelnames", ()))
        for name in names:
            found[name] = labels | ({"le"} if name.endswith("_bucket") else set())
    families = (*state(MOMENT, MOMENT, 5), *business(EVERYTHING), *queues(EVERYTHING, MOMENT))
    for family in families:
        assert family.samples, family.name
        found[family.name] = set(family.samples[0].labels)
    return found


def rules() -> list[dict[str, Any]]:
    groups = yaml.load(
        (ALARMS / "tollgate.rules.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader
    )["groups"]
    return [rule for group in groups for rule in group["rules"]]


def dashboard() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((ALARMS / "grafana.json").read_text(encoding="utf-8"))
    return told


def expressions() -> Iterator[tuple[str, str]]:
    for rule in rules():
        yield rule["alert"], rule["expr"]
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]


@pytest.mark.parametrize("where, expression", tuple(expressions()))
def test_every_metric_there_is_asked_for_exists_with_its_labels(
    where: str, expression: str
) -> None:
    series = known()
    asked = re.findall(r"\b(tollgate_\w+)(?:\{([^}]*)\})?", expression)
    assert asked, where
    of_all: set[str] = set()
    for name, selectors in asked:
        assert name in series, f"{where} asks for {name}"
        assert set(re.findall(r"(\w+)\s*[=!]~?", selectors)) <= series[name] | OF_THE_TARGET, where
        of_all |= series[name]
    for by in re.findall(r"by \(([^)]*)\)", expression):
        assert {label.strip() for label in by.split(",")} <= of_all | OF_THE_TARGET, where


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_every_alarm_says_how_bad_it_is_what_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert rule["annotations"]["summary"].strip()
    assert len(rule["annotations"]["todo"]) > 40
    named = re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])
    kept = re.findall(r"by \(([^)]*)\)", rule["expr"])[0]
    assert set(named) <= {label.strip() for label in kept.split(",")}


@pytest.mark.parametrize(
    "word",
    [
        "MissedCutoff",
        "LatePod",
        "BlockedInvoice",
        "ValueAtRisk",
        "ProvisionalRunsOut",
        "BacklogGrowing",
        "QuarantineNotWorked",
        "FeedSilent",
        "EngineDisagreement",
        "EngineFailed",
        "DeadLetters",
        "CircuitOpen",
        "LoopFailing",
        "HttpErrors",
    ],
)
def test_what_goes_wrong_in_billing_is_an_alarm_as_much_as_a_call_that_failed(word: str) -> None:
    assert f"Tollgate{word}" in {rule["alert"] for rule in rules()}


def test_the_dashboard_has_both_rows_and_asks_one_source_that_is_chosen() -> None:
    panels = dashboard()["panels"]
    rows = [panel["title"].split(":")[0] for panel in panels if panel["type"] == "row"]
    assert rows == ["Business", "Technical"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    sources = {json.dumps(p["datasource"]) for p in panels if p["type"] != "row"}
    assert sources == {'{"type": "prometheus", "uid": "${datasource}"}'}


def test_no_two_panels_lie_over_each_other() -> None:
    taken: dict[tuple[int, int], str] = {}
    for panel in dashboard()["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        for x in range(at["x"], at["x"] + at["w"]):
            for y in range(at["y"], at["y"] + at["h"]):
                assert (x, y) not in taken, (panel["title"], taken[x, y])
                taken[x, y] = panel["title"]


def test_names_and_units_are_as_prometheus_wants_them() -> None:
    for name, labels in known().items():
        assert re.fullmatch(r"tollgate_[a-z_]+", name)
        assert not labels & {"unit", "decision_id", "release_id", "customer", "order"}
        assert not name.endswith(("_ms", "_minutes", "_hours", "_days"))


def test_the_command_writes_both_files(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["alarms", str(tmp_path / "new")])

    assert done.exit_code == 0, done.output
    for name in FILES:
        assert (tmp_path / "new" / name).read_bytes() == (ALARMS / name).read_bytes()


def promtool(*arguments: str) -> None:
    at = shutil.which("promtool")
    if at is None:
        pytest.skip("promtool is not on PATH: the Debian package prometheus has it")
    done = subprocess.run([at, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_accepts_the_rules() -> None:
    promtool("check", "rules", str(ALARMS / "tollgate.rules.yaml"))


@pytest.mark.parametrize("cases", sorted(HERE.glob("*.test.yaml")), ids=lambda path: path.stem)
def test_alarms_fire_when_they_should_and_not_otherwise(cases: Path) -> None:
    promtool("test", "rules", str(cases))
