"""The samples of the format table, and the partners by whose mappings they are read."""

import io
import json
import os
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import yaml

from app.authoring.files.partner_files import profiles_of
from app.evidence.facts.fact import Fact
from app.evidence.intake.feed import Feed
from app.evidence.intake.profile import Profiles
from app.evidence.intake.read import read
from app.evidence.intake.received import Received

ROOT = Path(__file__).parents[3]
FORMATS = ROOT / "tests" / "cases" / "formats"
SHIPPED = (ROOT / "rules" / "partners", FORMATS / "partners")
SHARED = Path(os.environ.get("TOLLGATE_SHARED_DATA", ROOT.parent / "shared" / "data"))
PARTNER = "acme"


def partners() -> Profiles:
    """The standard partners of the repository, and the partner of the format table."""
    return profiles_of(
        {
            file.relative_to(folder).as_posix(): file.read_text("utf-8")
            for folder in SHIPPED
            for file in sorted(folder.rglob("*.yaml"))
        }
    )


PROFILES = partners()


def feed_named(name: str) -> Feed:
    """A feed of the format table's partner."""
    feed = PROFILES.feed(PARTNER, name)
    assert feed is not None, f"{PARTNER}/feeds.yaml has no feed {name}"
    return feed


def bytes_of(sample: str) -> bytes:
    """A sample: a file here, `shared:FILE`, `shared:FILE#EXAMPLE` of an OpenAPI, or `made:FILE`."""
    where, _, name = sample.rpartition(":")
    if where == "made":
        return MADE[name]()
    if where != "shared":
        return (FORMATS / sample).read_bytes()
    file, _, example = name.partition("#")
    path = SHARED / file
    if not path.exists():
        pytest.skip(f"the real messages are not here ({path}); see tests/README.md")
    return _example(path, example) if example else path.read_bytes()


def _example(openapi: Path, name: str) -> bytes:
    paths = yaml.load(openapi.read_text("utf-8"), yaml.CSafeLoader)["paths"].values()
    found = [
        example["value"]
        for path in paths
        for body in path.get("get", {})
        .get("responses", {})
        .get("200", {})
        .get("content", {})
        .values()
        for title, example in body.get("examples", {}).items()
        if title == name
    ]
    assert len(found) == 1, f"{openapi.name} has {len(found)} examples {name}"
    return json.dumps(found[0]).encode()


def _loads() -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "Loads"
    sheet.append(["Loads of the week"])
    sheet.append(["Load", "Shipments", "SCAC", "Miles", "Rate", "Planned", "Departs", "Revision"])
    planned = datetime.fromisoformat("2026-03-02T09:30")
    departs = datetime.fromisoformat("2026-03-03T06:00")
    sheet.append(["LD-77", "S-1, S-2", "TMBL", 346, 812.4, planned, departs, 0])
    sheet.append([7, "S-3", "PLVX", 120.5, None, planned, departs, 1])
    sheet.append(["LD-79", "S-4", "TMBL", "=3*40", 300, planned, departs, 0])
    sheet.append(["LD-80", "S-5", "TMBL", 88, 1 / 3, planned, departs, 0])
    sheet.append([None, None, None, None, None, None, None, None])
    sheet.append(["LD-81", "S-6", None, None, 250, planned, None, 0])
    sheet["A4"].number_format = "0000"
    sheet["E3"].number_format = "#,##0.00"
    workbook.create_sheet("Notes")
    made = io.BytesIO()
    workbook.save(made)
    return made.getvalue()


MADE = {"loads.xlsx": _loads}


def read_sample(sample: str, feed: str) -> tuple[Received, ...]:
    """What the sample says by the feed; places name the file without its folder."""
    name = sample.rpartition(":")[2].rpartition("/")[2]
    return read_bytes(bytes_of(sample), feed, name)


def read_bytes(raw: bytes, feed: str, name: str = "sample") -> tuple[Received, ...]:
    """What bytes say by a feed of the format table's partner."""
    return read(raw, name, PROFILES, "tenant", "tester", feed_named(feed))


def facts_in(received: tuple[Received, ...]) -> list[Fact]:
    """Every fact that was read."""
    return [fact for each in received for fact in each.facts]
