"""Replays by partner and window, back-fills and exports, a few things at a time."""

import csv
from datetime import timedelta
from pathlib import Path

import pytest

from app.errors import RequestError
from app.evidence.intake.feed import Lane
from app.infrastructure.lanes.job import Batch
from app.operations.deciding.decide_all import decide_all
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.drain_due import drain_due
from app.operations.house import House
from app.operations.jobs.kinds import DECIDE_ALL, EXPORT, LANES, REPLAY_MESSAGES, asked, kinds
from app.operations.looking.export_records import export_records
from app.operations.looking.look_up import all_units
from app.operations.receiving.quarantine import quarantine
from app.operations.receiving.replay_messages import (
    Replayed,
    Selection,
    replay_batch,
    replay_messages,
)
from app.operations.releasing.claim_release import claim_release
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import START, SetClock
from tests.integration.operations.remapped import interchange, maps_say, receive, status
from tests.integration.operations.test_mending import bad_count
from tests.integration.operations.test_rereading import counted, statuses


def test_all_that_a_mended_map_can_read_is_mended_at_once(house: House, clock: SetClock) -> None:
    maps_say(house, strict=True)
    receive(house, bad_count())
    receive(house, interchange(status("QQ", shipment="S-1"), number=5))
    receive(house, interchange(status("D1", shipment="S-2"), number=6))
    nw.record(house, nw.shipment("N1"))
    maps_say(house, {"QQ": "delivered"}, strict=False)
    clock.forward(1)

    unmapped = Selection(partner="bender", unmapped=True)
    replayed = replay_messages(house, unmapped, tag="map of March")

    assert replayed == Replayed(deliveries=2, recorded=2, unchanged=0, refused=0, closed=1)
    assert quarantine(house) == ()
    assert [statuses(house, number) for number in ("SHP-77", "S-1", "S-2")] == [["delivered"]] * 3
    before = counted(house)
    assert replay_messages(house, unmapped, tag="again").recorded == 0
    assert counted(house) == before


def test_a_window_a_partner_and_a_feed_are_kept_to(house: House, clock: SetClock) -> None:
    maps_say(house)
    for number in range(3):
        receive(house, interchange(status("QQ", shipment=f"S-{number}"), number=number))
        clock.forward(24)
    maps_say(house, {"QQ": "delivered"})

    for nothing in (Selection(partner="nobody"), Selection(feed="nothing")):
        assert replay_messages(house, nothing, tag="t").deliveries == 0
    day = Selection(since=START + timedelta(hours=24), before=START + timedelta(hours=48))
    assert replay_messages(house, day, tag="t").recorded == 1
    assert [statuses(house, f"S-{n}")[0] for n in range(3)] == ["unmapped", "delivered", "unmapped"]


def test_a_few_at_a_time_come_to_the_same_and_what_comes_meanwhile_is_left(
    house: House, clock: SetClock
) -> None:
    maps_say(house)
    for number in range(5):
        receive(house, interchange(status("QQ", shipment=f"S-{number}"), number=number))
    maps_say(house, {"QQ": "delivered"})
    clock.forward(1)
    selection = Selection(before=clock.moment)
    after: int | None = 0
    looked_at = []
    while after is not None:
        batch = replay_batch(house, selection, tag="t", after=after, at_most=2)
        again = replay_batch(house, selection, tag="t", after=after, at_most=2)
        assert not sum(each.recorded for each in again.reread)
        after = batch.after
        looked_at.append(batch.looked_at)
    assert looked_at == [2, 2, 1]
    assert all(statuses(house, f"S-{n}") == ["delivered"] for n in range(5))


def test_a_replay_needs_a_name(house: House) -> None:
    with pytest.raises(RequestError):
        replay_messages(house, Selection(), tag=" ")


def test_a_back_fill_decides_every_unit_in_the_bulk_lane(house: House) -> None:
    nw.record(house, *nw.moved("N1"), *nw.moved("N2")[1:])
    with house.database.writing("main") as store:
        store.due.done(store.due.next("critical", house.now(), 99))
        store.due.done(store.due.next("bulk", house.now(), 99))
    after: str | None = ""
    numbers = 0
    while after is not None:
        made = decide_all(house, tag="t", after=after, at_most=1)
        after, numbers = made.after, numbers + made.numbers
    assert numbers == 4  # two shipments, two orders
    with house.database.reading("main") as store:
        assert (store.due.waiting("critical"), store.due.waiting("bulk")) == (0, 4)
    while drain_due(house, Lane.BULK).rows:
        pass
    with house.database.reading("main") as store:
        assert tuple(each.unit for each in store.decisions.current()) == all_units(house)


def test_decisions_are_exported_in_parts_that_are_written_again_alike(
    house: House, tmp_path: Path
) -> None:
    nw.record(house, *nw.moved("N1"), *nw.moved("N2")[1:])
    while drain_due(house, Lane.CRITICAL).rows:
        pass
    folder = tmp_path / "out"

    def export(after: int) -> int | None:
        return export_records(
            house,
            folder,
            "decisions",
            since=START,
            before=START + timedelta(days=1),
            after=after,
            at_most=1,
        ).after

    after: int | None = 0
    while after is not None:
        once = export(after)
        after = export(after)
        assert after == once
    rows = []
    for part in sorted(folder.iterdir()):
        assert part.name.startswith("decisions-")
        rows += list(csv.DictReader(part.read_text().splitlines()))
    with house.database.reading("main") as store:
        decisions = list(store.decisions.in_order())
    assert [row["decision_id"] for row in rows] == [each.decision_id for each in decisions]
    assert rows[0]["decided_at"] == START.isoformat()


def test_releases_are_exported_too_and_an_empty_window_writes_nothing(
    house: House, tmp_path: Path
) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    released = claim_release(house, decide_unit(house, "N1").decision.decision_id)
    out, tomorrow = tmp_path / "out", START + timedelta(days=1)
    later = export_records(house, out, "releases", since=tomorrow, before=tomorrow)
    assert (later.after, later.written, out.exists()) == (None, 0, False)
    assert export_records(house, out, "releases", since=START, before=tomorrow).written == 1
    (row,) = csv.DictReader((out / "releases-000000000000.csv").read_text().splitlines())
    assert row["release_id"] == released.release_id
    assert row["amount_minor"] == str(released.amount_minor)


def test_a_folder_that_cannot_be_written_to_is_told(house: House, tmp_path: Path) -> None:
    nw.record(house, *nw.moved("N1"))
    while drain_due(house, Lane.CRITICAL).rows:
        pass
    (tmp_path / "file").write_text("")
    with pytest.raises(RequestError, match="cannot be written to"):
        export_records(
            house,
            tmp_path / "file",
            "decisions",
            since=START,
            before=START + timedelta(days=1),
        )


def test_every_kind_of_job_reads_its_arguments_and_acts(house: House, tmp_path: Path) -> None:
    maps_say(house)
    receive(house, interchange(status("QQ")))
    maps_say(house, {"QQ": "delivered"})
    acts = {kind.name: kind for kind in kinds(house)}
    assert {name: kind.lane for name, kind in acts.items()} == LANES
    day = (START + timedelta(days=1)).isoformat()
    replay = {"tag": "t", "until": day, "unmapped": "true", "lane": "critical"}
    assert acts[REPLAY_MESSAGES].act(replay, "") == Batch(cursor=None, done=1)
    assert statuses(house) == ["delivered"]
    assert acts[DECIDE_ALL].act({"tag": "t"}, "") == Batch(cursor=None, done=1)
    window = {"folder": str(tmp_path), "since": START.isoformat(), "until": day}
    assert acts[EXPORT].act(window, "") == Batch(cursor=None, done=0)


@pytest.mark.parametrize(
    "kind, args",
    [
        ("dance", {}),
        (DECIDE_ALL, {}),
        (REPLAY_MESSAGES, {"tag": "t"}),
        (REPLAY_MESSAGES, {"tag": "t", "until": "yesterday"}),
        (REPLAY_MESSAGES, {"tag": "t", "until": "2026-03-01T00:00:00Z", "colour": "red"}),
        (EXPORT, {"folder": "x", "since": "2026-03-01T00:00:00Z"}),
    ],
)
def test_a_job_that_cannot_be_read_is_refused_before_it_starts(
    kind: str, args: dict[str, str]
) -> None:
    with pytest.raises(RequestError):
        asked(kind, args)
