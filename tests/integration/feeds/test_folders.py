"""Files put into watched folders: taken when whole, put away with a receipt, never lost."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from app.entrypoints.api.examples.sent import X12
from app.entrypoints.feeds.folder import FolderFeeds, WatchedFolder, look
from app.entrypoints.feeds.open_feeds import open_feeds
from app.errors import DeploymentError
from app.operations.house import House
from app.settings import Settings
from tests.integration.feeds.conftest import away, body, breaking, findings, outcomes, wait_for
from tests.integration.operations import northwind as nw


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "drops" / "northwind" / "events"
    found.mkdir(parents=True)
    return found


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_file_is_settled_when_two_looks_saw_the_same(folder: Path) -> None:
    (folder / "b.json").write_bytes(b"whole")
    (folder / "a.json").write_bytes(b"half")
    first = look(folder, {})
    assert first.settled == ()

    (folder / "a.json").write_bytes(b"half and more")
    second = look(folder, first.seen)
    assert second.settled == ("b.json",)

    os.utime(folder / "b.json", ns=(1, 1))
    assert look(folder, second.seen).settled == ("a.json",)


@pytest.mark.parametrize("ending", [".tmp", ".part", ".filepart"])
def test_a_file_that_was_renamed_is_settled_at_once_and_before_never(
    folder: Path, ending: str
) -> None:
    writing = folder / f"a.json{ending}"
    writing.write_bytes(b"half")
    first = look(folder, {})
    second = look(folder, first.seen)
    assert (first.settled, second.settled) == ((), ())

    writing.replace(folder / "a.json")
    assert look(folder, second.seen).settled == ("a.json",)


def test_links_pipes_and_hidden_files_are_not_taken(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"outside")
    (folder / "link.json").symlink_to(tmp_path / "secret")
    (folder / ".hidden.json").write_bytes(b"{}")
    os.mkfifo(folder / "pipe.json")
    found = look(folder, look(folder, {}).seen)
    assert (found.settled, found.odd) == ((), ("link.json", "pipe.json"))


def taken(folder: Path, house: House) -> WatchedFolder:
    """The folder, looked into until everything in it was taken."""
    watched = WatchedFolder(house, folder)
    watched.take()
    watched.take()
    return watched


def test_x12_is_put_away_with_its_997_and_nothing_else_is(tmp_path: Path, house: House) -> None:
    folder = tmp_path / "drops" / "northwind" / "edi"
    folder.mkdir(parents=True)
    (folder / "status.edi").write_text(X12, encoding="ascii")
    (folder / "odd.edi").write_bytes(b"no X12 at all")
    taken(folder, house)

    assert names(folder / "done") == ["status.edi", "status.edi.997.edi", "status.edi.receipt.json"]
    assert names(folder / "refused") == ["odd.edi", "odd.edi.receipt.json"]
    answer = (folder / "done" / "status.edi.997.edi").read_bytes()
    assert b"AK1*QM*7~\nAK2*214*0001~\nAK5*A~\nAK9*A*1*1*1~\n" in answer


def test_files_are_recorded_in_order_and_put_away_with_their_receipts(
    folder: Path, house: House
) -> None:
    (folder / "2.json").write_bytes(body(nw.shipment("N2")))
    (folder / "1.json").write_bytes(body(nw.shipment("N1")))
    (folder / "3.json").write_bytes(b"\x00 noise")
    taken(folder, house)

    assert outcomes(house) == {"recorded": 2, "refused": 1}
    assert names(folder) == ["done", "refused"]
    assert names(folder / "done") == [
        "1.json",
        "1.json.receipt.json",
        "2.json",
        "2.json.receipt.json",
    ]
    receipt = json.loads((folder / "refused" / "3.json.receipt.json").read_bytes())
    assert receipt["messages"][0]["faults"][0]["code"]
    with house.database.reading("main") as store:
        second, first = store.messages.latest(outcome="recorded", limit=9)
        assert store.messages.delivery(first.delivery_id).name == "1.json"
    assert (first.partner, first.feed, second.feed) == ("northwind", "events", "events")


def test_a_crash_between_recording_and_putting_away_records_a_duplicate(
    folder: Path, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "1.json").write_bytes(body(nw.shipment("N1")))
    with monkeypatch.context() as crashing:
        crashing.setattr(WatchedFolder, "_put_away", _killed)
        with pytest.raises(KeyboardInterrupt):
            taken(folder, house)
    assert names(folder) == ["1.json"]

    taken(folder, house)
    assert outcomes(house) == {"recorded": 1}
    receipt = json.loads((folder / "done" / "1.json.receipt.json").read_bytes())
    assert receipt["messages"][0]["outcome"] == "duplicate"


def _killed(*_: Any) -> None:
    raise KeyboardInterrupt


def test_the_same_name_with_other_content_is_kept_under_another_name(
    folder: Path, house: House
) -> None:
    for number in ("N1", "N2", "N1"):
        (folder / "daily.json").write_bytes(body(nw.shipment(number)))
        taken(folder, house)

    kept = [name for name in names(folder / "done") if not name.endswith(".receipt.json")]
    assert len(kept) == 2
    assert (folder / "done" / "daily.json").read_bytes() == body(nw.shipment("N1"))
    assert outcomes(house) == {"recorded": 2}


def test_a_file_that_cannot_be_read_is_found_once_and_holds_up_no_other(
    folder: Path, house: House
) -> None:
    (folder / "1.json").write_bytes(body(nw.shipment("N1")))
    (folder / "2.json").write_bytes(body(nw.shipment("N2")))

    def without_rights(path: Path) -> bytes:
        if path.name == "1.json":
            raise PermissionError(13, "Permission denied")
        return path.read_bytes()

    watched = WatchedFolder(house, folder, without_rights)
    for _ in range(3):
        watched.take()

    assert findings(house) == [("FILE_NOT_READ", "1.json: Permission denied")]
    assert names(folder) == ["1.json", "done"]
    taken(folder, house)
    assert outcomes(house) == {"recorded": 2}


def test_a_file_that_breaks_us_stays_and_is_found_and_holds_up_no_other(
    folder: Path, house: House
) -> None:
    (folder / "1.json").write_bytes(body(nw.shipment("N1")))
    (folder / "2.json").write_bytes(body(nw.shipment("N2")))
    watched = WatchedFolder(breaking(house, ZeroDivisionError("ours"), times=1), folder)
    for _ in range(3):
        watched.take()

    assert findings(house) == [("FILE_NOT_TAKEN", "1.json: ZeroDivisionError")]
    assert names(folder) == ["1.json", "done"]
    assert outcomes(house) == {"recorded": 1}


def test_while_the_database_is_away_files_stay(folder: Path, house: House) -> None:
    (folder / "1.json").write_bytes(body(nw.shipment("N1")))
    watched = WatchedFolder(away(house, times=2), folder)
    watched.take()
    for _ in range(2):
        with pytest.raises(DeploymentError):
            watched.take()
    assert names(folder) == ["1.json"]
    assert watched.take() == 1
    assert outcomes(house) == {"recorded": 1}


def test_in_the_folder_of_a_feed_nobody_knows_files_are_kept_unread(
    tmp_path: Path, house: House
) -> None:
    unknown = tmp_path / "drops" / "stranger" / "things"
    unknown.mkdir(parents=True)
    (unknown / "1.json").write_bytes(body(nw.shipment("N1")))
    feeds = FolderFeeds(tmp_path / "drops", replace(house))
    assert (feeds.look_once(), feeds.look_once()) == (0, 1)

    assert outcomes(house) == {"refused": 1}
    assert names(unknown / "refused") == ["1.json", "1.json.receipt.json"]


def test_folders_of_drops_that_are_not_there_hold_nothing(tmp_path: Path, house: House) -> None:
    assert FolderFeeds(tmp_path / "nowhere", house).look_once() == 0


def test_all_doors_open_as_the_settings_say_and_close_again(
    folder: Path, tmp_path: Path, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.entrypoints.feeds.open_feeds.LOOKS_EVERY_S", 0.02)
    with open_feeds(Settings(drops=tmp_path / "drops"), house):
        (folder / "1.json").write_bytes(body(nw.shipment("N1")))
        wait_for(lambda: names(folder / "done") != [], "it is put away")
    (folder / "2.json").write_bytes(body(nw.shipment("N2")))

    assert outcomes(house) == {"recorded": 1}
    with open_feeds(Settings(), house):
        assert names(folder) == ["2.json", "done"]


def test_a_url_that_means_no_broker_opens_nothing(house: House) -> None:
    settings = Settings(broker_url=SecretStr("redis://user:s3cret@host"))
    with pytest.raises(DeploymentError) as refused, open_feeds(settings, house):
        pass
    assert "nats://" in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_a_folder_that_cannot_be_read_keeps_no_other_partner_from_being_taken(
    folder: Path, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = folder.parent.parent / "acme" / "events"
    locked.mkdir(parents=True)
    (folder / "1.json").write_bytes(body(nw.shipment("N1")))
    right = os.scandir

    def refused(path: Path) -> Any:
        if path == locked:
            raise PermissionError(13, "Permission denied")
        return right(path)

    monkeypatch.setattr(os, "scandir", refused)
    feeds = FolderFeeds(folder.parent.parent, house)
    assert [feeds.look_once(), feeds.look_once()] == [0, 1]

    assert outcomes(house) == {"recorded": 1}
    assert [code for code, _ in findings(house)] == ["FOLDER_NOT_READ"]
