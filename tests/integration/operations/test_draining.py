"""Facts come, and what they touch is decided without anybody asking."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from threading import Thread

import msgspec
import pytest

from app.billing.events import DecisionChanged
from app.dossier import Dossier
from app.evidence.intake.feed import Lane
from app.infrastructure.storage.rows import Due, OutboxEvent
from app.infrastructure.storage.store import Store
from app.judgement.rulebook.key import Answer, NoAnswer
from app.judgement.rulebook.model import RulePack
from app.judgement.rulebook.seen import View
from app.judgement.verdict import Verdict
from app.operations.deciding import drain_due as drain_due_module
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.drain_due import Drained, drain_due
from app.operations.deciding.gather_dossier import Neighbourhood
from app.operations.deciding.keep_decision import decoded
from app.operations.house import House
from app.operations.looking.look_up import current_decisions
from app.operations.receiving.came import Came
from app.operations.receiving.record_messages import record_messages
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import SetClock


def drain(house: House) -> int:
    """Everything that is due now, in both lanes; how many units changed."""
    changed = 0
    for _ in range(100):
        done = [drain_due(house, lane) for lane in Lane]
        changed += sum(each.changed for each in done)
        if not any(each.rows for each in done):
            return changed
    raise AssertionError("there is no end to what is due")


def verdicts(house: House) -> dict[str, Verdict]:
    return {decision.unit: decision.verdict for decision in current_decisions(house)}


def told(house: House, unit: str) -> list[DecisionChanged]:
    with house.database.reading(house.tenant) as store:
        events = store.outbox.about(unit)
    return [msgspec.json.decode(event.body, type=DecisionChanged) for event in events]


def due(house: House) -> int:
    with house.database.reading(house.tenant) as store:
        return store.due.waiting()


@pytest.fixture
def quiet(house: House) -> House:
    """A house in which nothing is due any more, not even what its first editions made so."""
    drain(house)
    return house


def test_a_unit_is_decided_when_its_facts_come_and_again_when_more_come(quiet: House) -> None:
    nw.record(quiet, *nw.moved("N1"))
    assert drain(quiet) == 1
    assert verdicts(quiet) == {"shipment:N1": Verdict.PROVISIONAL}

    nw.record(quiet, nw.pod("N1"))
    assert drain(quiet) == 1
    assert verdicts(quiet) == {"shipment:N1": Verdict.RELEASE}
    assert due(quiet) == 0


def test_the_outside_is_told_of_each_change_once_with_what_it_was_before(quiet: House) -> None:
    nw.record(quiet, *nw.moved("N1"))
    drain(quiet)
    nw.record(quiet, nw.pod("N1"))
    drain(quiet)
    nw.record(quiet, nw.pod("N1"))
    drain(quiet)

    first, second = told(quiet, "shipment:N1")
    assert (first.verdict, first.before) == ("provisional", "")
    assert (second.verdict, second.before) == ("release", first.decision_id)
    assert str(second.total) == "355.61 USD"


def test_the_affair_of_the_message_is_the_affair_of_the_decision(quiet: House) -> None:
    raw = msgspec.json.encode([*nw.moved("N1"), nw.pod("N1")])
    came = Came(correlation_id="affair-7")
    record_messages(quiet, raw, "events", media="application/json", came=came)
    drain(quiet)

    with quiet.database.reading(quiet.tenant) as store:
        (event,) = store.outbox.about("shipment:N1")
        (taken,) = store.decisions.taken_of("shipment:N1")
    assert (event.correlation_id, taken.correlation_id) == ("affair-7", "affair-7")


def test_the_same_message_twice_makes_nothing_due(quiet: House) -> None:
    nw.record(quiet, *nw.moved("N1"))
    drain(quiet)
    nw.record(quiet, *nw.moved("N1"))
    assert due(quiet) == 0


def test_a_published_value_reaches_every_unit_that_waits_for_it_and_none_that_is_billed(
    quiet: House,
) -> None:
    without_index = [each for each in nw.moved("N1") if "index_value" not in each["type"]]
    nw.record(quiet, *without_index, nw.pod("N1"))
    drain(quiet)
    assert verdicts(quiet) == {"shipment:N1": Verdict.HOLD}

    nw.record(quiet, nw.diesel())
    assert drain(quiet) == 1
    assert verdicts(quiet) == {"shipment:N1": Verdict.RELEASE}


def test_a_whole_year_of_prices_makes_a_unit_due_once(quiet: House) -> None:
    nw.record(quiet, *nw.moved("N1"), nw.pod("N1"))
    drain(quiet)
    for week in range(30):
        published = nw.diesel()
        published["id"] = f"week {week}"
        published["data"]["index_value"]["published_on"] = f"2025-03-{1 + week:02}"
        nw.record(quiet, published)
    assert due(quiet) == 30

    assert drain_due(quiet, Lane.BULK, at_most=5).rows == 30
    assert due(quiet) == 1
    assert drain(quiet) == 0


def test_a_correction_reaches_the_unit_of_what_it_corrects(quiet: House) -> None:
    nw.record(quiet, *nw.moved("N1"), nw.pod("N1"))
    drain(quiet)
    with quiet.database.reading(quiet.tenant) as store:
        facts = store.facts.of_entities(["shipment"])
    (fact_id,) = facts
    lighter = nw.shipment("N1", weight="900", id="lighter", supersedes=fact_id)
    nw.record(quiet, lighter)
    assert drain(quiet) == 1
    (decision,) = current_decisions(quiet)
    assert str(decision.total) != "355.61 USD"


def test_deciding_twice_at_the_same_time_is_one_decision(quiet: House) -> None:
    for number in range(8):
        nw.record(quiet, *nw.moved(f"N{number}"), nw.pod(f"N{number}"))

    def work() -> None:
        while drain_due(quiet, Lane.CRITICAL, at_most=2).rows:
            pass

    workers = [Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    drain(quiet)

    assert set(verdicts(quiet).values()) == {Verdict.RELEASE}
    assert Counter(len(told(quiet, f"shipment:N{number}")) for number in range(8)) == {1: 8}
    with quiet.database.reading(quiet.tenant) as store:
        assert store.counts().decisions == 8


def test_the_order_in_which_facts_come_changes_no_decision(quiet: House) -> None:
    events = [each for n in range(4) for each in (*nw.moved(f"N{n}"), nw.pod(f"N{n}"))]
    random.Random(11).shuffle(events)
    for at, event in enumerate(events):
        nw.record(quiet, event)
        if at % 5 == 0:
            drain_due(quiet, Lane.CRITICAL, at_most=1)
    drain(quiet)

    found = {decision.unit: decision.decision_id for decision in current_decisions(quiet)}
    assert len(found) == 4
    for unit, decision_id in found.items():
        assert decide_unit(quiet, unit).decision.decision_id == decision_id


def test_a_unit_that_was_decided_by_itself_and_belongs_to_another_stands_no_more(
    quiet: House,
) -> None:
    nw.record(quiet, nw.order("N1"))
    drain(quiet)
    assert set(verdicts(quiet)) == {"order:ON1"}

    nw.record(quiet, *nw.moved("N1"))
    drain(quiet)
    assert set(verdicts(quiet)) == {"shipment:N1"}
    with quiet.database.reading(quiet.tenant) as store:
        assert [each.type for each in store.outbox.about("order:ON1")] == [
            "decision.changed",
            "unit.gone",
        ]


class FailingFor:
    """A first key that breaks in a way nobody foresaw, for one weight."""

    def __init__(self, house: House) -> None:
        self.key = house.first_key
        self.broken = True

    def judge(self, pack: RulePack, view: View) -> Answer | NoAnswer:
        if self.broken and "910" in str(view.unit.get("billable_weight_lb", view.unit)):
            raise ZeroDivisionError("nobody foresaw this")
        return self.key.judge(pack, view)


def test_what_cannot_be_decided_takes_no_other_with_it_and_is_tried_again_later(
    quiet: House, clock: SetClock
) -> None:
    key = FailingFor(quiet)
    house = replace(quiet, first_key=key)
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    nw.record(house, *nw.moved("BAD", weight="910"), nw.pod("BAD"))
    nw.record(house, *nw.moved("N2"), nw.pod("N2"))

    drain(house)
    assert set(verdicts(house)) == {"shipment:N1", "shipment:N2"}
    with house.database.reading(house.tenant) as store:
        stuck = store.due.stuck(1)
    assert {each.last_error for each in stuck} == {"ZeroDivisionError: nobody foresaw this"}

    key.broken = False
    drain(house)
    assert "shipment:BAD" not in verdicts(house), "it is not yet time to try again"
    clock.forward(1)
    drain(house)
    assert verdicts(house)["shipment:BAD"] is Verdict.RELEASE
    assert due(house) == 0


class NotThere:
    """A first key whose processes are all gone, until they come back."""

    def __init__(self, house: House) -> None:
        self.key = house.first_key
        self.gone = True

    def judge(self, pack: RulePack, view: View) -> Answer | NoAnswer:
        return NoAnswer(why="the process ended") if self.gone else self.key.judge(pack, view)


def test_a_hold_for_want_of_an_engine_moves_by_itself_once_it_is_back(
    quiet: House, clock: SetClock
) -> None:
    key = NotThere(quiet)
    house = replace(quiet, first_key=key)
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    drain(house)
    (decision,) = current_decisions(house)
    assert [hold.code for hold in decision.holds if hold.blocks] == ["ENGINE_FAILED"]

    key.gone = False
    clock.forward(1)
    drain(house)
    assert verdicts(house) == {"shipment:N1": Verdict.RELEASE}
    assert due(house) == 0


def a_row(share: str, number: int, house: House) -> Due:
    return Due(
        lane=Lane.CRITICAL,
        share=share,
        keys=(f"shipment::{share}{number}",),
        cause="facts",
        correlation_id="",
        due_at=house.now(),
    )


def test_a_flood_of_one_partner_leaves_the_others_their_turn(quiet: House) -> None:
    with quiet.database.writing(quiet.tenant) as store:
        store.due.add(a_row("flood", number, quiet) for number in range(500))
        store.due.add(a_row("small", number, quiet) for number in range(3))

    assert drain_due(quiet, Lane.CRITICAL, at_most=10) == Drained(rows=8)
    with quiet.database.reading(quiet.tenant) as store:
        assert store.due.waiting(share="small") == 0
        assert store.due.waiting(share="flood") == 495


class Meanwhile:
    """A first key during whose first answer something happens."""

    def __init__(self, house: House, happens: Callable[[], object]) -> None:
        self.key, self.happens = house.first_key, happens
        self.asked = 0

    def judge(self, pack: RulePack, view: View) -> Answer | NoAnswer:
        self.asked += 1
        if self.asked == 1:
            self.happens()
        return self.key.judge(pack, view)


def test_a_fact_that_comes_while_its_unit_is_decided_is_not_lost(quiet: House) -> None:
    nw.record(quiet, *nw.moved("N1"))
    drain(replace(quiet, first_key=Meanwhile(quiet, lambda: nw.record(quiet, nw.pod("N1")))))
    assert verdicts(quiet) == {"shipment:N1": Verdict.RELEASE}
    assert [each.verdict for each in told(quiet, "shipment:N1")] == ["release"]


def test_a_price_published_while_a_unit_is_decided_for_the_first_time_does_not_lose_it(
    quiet: House,
) -> None:
    """What is spread reaches units that were decided before; this one was not yet."""
    published = nw.diesel()
    published["id"] = "diesel a week later"
    published["data"]["index_value"]["published_on"] = "2026-03-02"
    nw.record(quiet, *nw.moved("N1"), nw.pod("N1"))

    drain(replace(quiet, first_key=Meanwhile(quiet, lambda: nw.record(quiet, published))))

    assert verdicts(quiet) == {"shipment:N1": Verdict.RELEASE}
    assert due(quiet) == 0


def at_the_last_moment(
    monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]
) -> Callable[[], None]:
    """Something happens between a turn's last look at what is known and the end of the turn.

    Returns what waits for its end: while the turn has not ended it may be made to wait.
    """
    right = drain_due_module._has_moved
    running: list[Thread] = []

    def looked(store: Store, near: Neighbourhood, dossier: Dossier) -> bool:
        moved = right(store, near, dossier)
        if not running:
            running.append(Thread(target=happens))
            running[0].start()
            running[0].join(1.0)
        return moved

    def finish() -> None:
        running[0].join()

    monkeypatch.setattr(drain_due_module, "_has_moved", looked)
    return finish


def test_a_decision_that_knows_more_is_never_followed_by_one_that_knows_less(
    quiet: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def paper_comes() -> None:
        nw.record(quiet, nw.pod("N1"))
        drain_due(quiet, Lane.CRITICAL)

    nw.record(quiet, *nw.moved("N1"))
    finished = at_the_last_moment(monkeypatch, paper_comes)
    drain_due(quiet, Lane.CRITICAL)
    finished()
    drain(quiet)

    assert verdicts(quiet) == {"shipment:N1": Verdict.RELEASE}
    assert [each.verdict for each in told(quiet, "shipment:N1")] == ["provisional", "release"]


def test_a_price_that_is_spread_while_a_first_decision_is_stored_reaches_it(
    quiet: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_index = [each for each in nw.moved("N1") if "index_value" not in each["type"]]

    def price_comes() -> None:
        nw.record(quiet, nw.diesel())
        drain_due(quiet, Lane.BULK)

    nw.record(quiet, *without_index, nw.pod("N1"))
    finished = at_the_last_moment(monkeypatch, price_comes)
    drain_due(quiet, Lane.CRITICAL)
    finished()
    drain(quiet)

    assert verdicts(quiet) == {"shipment:N1": Verdict.RELEASE}


def test_an_event_that_was_told_is_not_told_again(quiet: House) -> None:
    event = OutboxEvent(
        event_id="e1",
        type="decision.changed",
        subject="shipment:N1",
        customer="NORTHWIND",
        body=b"{}",
        correlation_id="",
        created_at=quiet.now(),
    )
    with quiet.database.writing(quiet.tenant) as store:
        store.outbox.add(event)
        store.outbox.add(event)
        waiting = store.outbox.waiting(10)
    assert [each.event_id for each in waiting] == ["e1"]


def test_the_decisions_stored_are_those_that_were_told(quiet: House) -> None:
    nw.record(quiet, *nw.moved("N1"), nw.pod("N1"))
    drain(quiet)
    (event,) = told(quiet, "shipment:N1")
    with quiet.database.reading(quiet.tenant) as store:
        stored = decoded(store.decisions.decision(event.decision_id)).decision
    assert (stored.verdict.value, stored.total) == (event.verdict, event.total)
