"""A provisional invoice that runs out makes its unit due by itself, and is told of once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace as replaced
from datetime import timedelta

import msgspec

from app.dossier import Dossier
from app.entrypoints.working import watching_loops
from app.evidence.correlation.told import natural_key
from app.evidence.facts.fact import Fact
from app.evidence.intake.feed import Lane
from app.infrastructure.storage.rows import Release
from app.judgement.decision import Decision
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.drain_due import drain_due
from app.operations.deciding.replay_decisions import replay_decisions
from app.operations.house import House
from app.operations.looking.look_up import current_decisions
from app.operations.releasing.claim_release import claim_release
from app.operations.releasing.watch_expiries import watch_expiries
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import START, SetClock


def claimed(house: House, number: str = "N1") -> Release:
    """A provisional release of Northwind's, which runs out fourteen days after its claim."""
    nw.record(house, *nw.moved(number))
    drain(house)
    decision = decide_unit(house, number).decision
    assert decision.verdict == "provisional"
    return claim_release(house, decision.decision_id)


def drain(house: House) -> int:
    """Decide all that is due; how many rows were."""
    return sum(iter(lambda: sum(drain_due(house, lane).rows for lane in Lane), 0))


def now(house: House) -> Decision:
    (decision,) = current_decisions(house)
    return decision


def deadlines(house: House) -> list[Fact]:
    with house.database.reading(house.tenant) as store:
        return list(store.facts.of_entities(["deadline"]).values())


def test_on_its_last_day_it_still_stands_and_then_it_is_told_once(
    house: House, clock: SetClock
) -> None:
    release = claimed(house)
    clock.moment = START + timedelta(days=15) - timedelta(seconds=1)
    assert watch_expiries(house) == 0
    assert deadlines(house) == []

    clock.moment = START + timedelta(days=15)
    assert watch_expiries(house) == 1
    assert watch_expiries(house) == 0
    clock.forward(1)
    assert watch_expiries(house) == 0
    (fact,) = deadlines(house)
    assert natural_key(fact) == ("deadline", f"provisional {release.release_id}")
    assert fact.recorded_at == START + timedelta(days=15)
    assert str(fact.source).startswith("integration tollgate")


def test_the_unit_is_decided_anew_and_the_rule_of_expiry_fires(
    house: House, clock: SetClock
) -> None:
    claimed(house)
    before = now(house)
    assert "PROVISIONAL_EXPIRED" not in [hold.code for hold in before.holds]
    clock.moment = START + timedelta(days=20)
    assert drain(house) == 0
    watch_expiries(house)
    assert drain(house) == 1
    after = now(house)
    assert "PROVISIONAL_EXPIRED" in [hold.code for hold in after.holds]
    assert after.decision_id != before.decision_id
    assert decide_unit(house, "N1").decision == after
    assert {each.differs for each in replay_decisions(house)} == {""}


def test_a_deadline_changes_nothing_but_the_moment(house: House, clock: SetClock) -> None:
    claimed(house)
    before = of_now(house)
    clock.moment = START + timedelta(days=20)
    watch_expiries(house)
    drain(house)
    after = of_now(house)
    assert after.policy_at == START + timedelta(days=15)
    assert (after.market, after.surroundings) == (before.market, before.surroundings)
    assert len(after.facts) == len(before.facts) + 1


def of_now(house: House) -> Dossier:
    with house.database.reading(house.tenant) as store:
        row = store.decisions.decision(now(house).decision_id)
        return msgspec.json.decode(store.decisions.dossier(row.dossier_digest), type=Dossier)


def test_two_that_watch_at_once_tell_it_once(house: House, clock: SetClock) -> None:
    claimed(house)
    clock.moment = START + timedelta(days=15)
    both = [house, replaced(house, actor="another")]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(watch_expiries, both))
    assert len(deadlines(house)) == 1
    with house.database.reading(house.tenant) as store:
        told = [each for each in store.messages.latest(limit=10) if "deadline" in each.kind]
    assert len([each for each in told if each.outcome == "recorded"]) == 1


def test_what_is_billed_for_good_never_runs_out(house: House, clock: SetClock) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    decision = decide_unit(house, "N1").decision
    release = claim_release(house, decision.decision_id)
    assert release.kind == "final"
    clock.moment = START + timedelta(days=400)
    assert watch_expiries(house) == 0


def test_each_that_has_run_out_is_told_of(house: House, clock: SetClock) -> None:
    first = claimed(house)
    clock.moment = START + timedelta(days=3)
    second = claimed(house, "N2")
    clock.moment = START + timedelta(days=16)
    assert watch_expiries(house) == 1
    clock.moment = START + timedelta(days=18)
    assert watch_expiries(house) == 1
    names = {natural_key(fact)[1] for fact in deadlines(house)}
    assert names == {f"provisional {each.release_id}" for each in (first, second)}


def test_it_is_looked_after_by_every_process(house: House, clock: SetClock) -> None:
    claimed(house)
    clock.moment = START + timedelta(days=15)
    (loop,) = [each for each in watching_loops(house) if each.name == "watching expiries"]
    assert loop.act() == 1
    assert loop.act() == 0
