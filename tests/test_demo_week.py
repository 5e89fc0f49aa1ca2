"""The made-up week: every unit against what a biller reckons, in any order of arrival."""

import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from app.digest import canonical
from app.entrypoints.demo import (
    BILLING,
    DEMO,
    END,
    OPENED,
    URL,
    arrivals,
    live_week,
    run_demo,
)
from app.entrypoints.demo_billing import billing_turns
from app.entrypoints.demo_report import WHOLE_LIFE, one_life
from app.entrypoints.drafts import bring_into_force
from app.errors import NotFoundError
from app.evidence.facts.fact import Fact
from app.evidence.intake.profile import Profiles
from app.evidence.intake.read import read
from app.explanation.report import decision_report
from app.explanation.story import story_report
from app.judgement.decision import Decision
from app.main import open_house, upgrade_database
from app.operations.changing.editions_in_force import profiles_in_force
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.replay_decisions import replay_decisions
from app.operations.house import House
from app.operations.looking.family import known_family
from app.operations.looking.look_up import all_units, current_decisions
from app.operations.looking.story import unit_story
from app.operations.receiving.record_messages import record_messages
from app.settings import Settings
from tests.cases.demo.pure_week import Purely, bare
from tests.copied import copy_of
from tests.kept import as_kept
from tests.printed_working import reckoned
from tests.real.demo import SAID
from tests.unit.pricing.arithmetic import holds, result_of

CASES = Path(__file__).parent / "cases" / "demo" / "week.yaml"
ORDERS, PARTS = 100, 5
ORDERS_THROUGH_THE_DATABASE = 3
Case = dict[str, Any]


def read_cases() -> tuple[Case, ...]:
    """Every case; all values are text, as billers typed them."""
    return tuple(yaml.load_all(CASES.read_text(encoding="utf-8"), yaml.CBaseLoader))


def each_case(*having: str) -> list[Any]:
    return [
        pytest.param(case, id=case["unit"])
        for case in read_cases()
        if all(key in case for key in having)
    ]


@dataclass(frozen=True)
class Week:
    """The week, loaded and decided."""

    house: House
    settings: Settings
    file: Path
    decisions: dict[str, Decision]


def quiet() -> Console:
    return Console(file=io.StringIO(), width=80)


def settings_for(file: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{file}")  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def week(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Week]:
    file = copy_of(demo_database, tmp_path_factory.mktemp("demo") / "week.db")
    settings = settings_for(file)
    with open_house(settings) as house:
        decisions = {bare(each.unit): each for each in current_decisions(house)}
        yield Week(house, settings, file, decisions)


@pytest.mark.parametrize("case", each_case())
def test_every_unit_comes_to_what_a_biller_reckons(week: Week, case: Case) -> None:
    decision = week.decisions[bare(case["unit"])]
    assert decision.customer == case["customer"]
    check_answer(decision, case)
    check_lines(decision, case.get("lines", []))
    trace = decide_unit(week.house, decision.unit).trace
    assert [each.charge for each in trace.unpriced] == case.get("unpriced", [])
    excluded = case.get("excluded", [])
    assert [(each.charge, str(each.amount.amount)) for each in trace.excluded] == [
        (each["charge"], each["amount"]) for each in excluded
    ]
    for each in excluded:
        check_reckoning(each)


def test_every_line_can_be_reckoned_from_what_is_printed_beside_it(week: Week) -> None:
    lines = 0
    for decision in week.decisions.values():
        charges = [line.charge for line in decision.lines]
        amounts: dict[str, Decimal] = {}
        for charge in charges:
            so_far = amounts.get(charge.code, Decimal(0))
            amounts[charge.code] = so_far + charge.amount.amount
        for charge in charges:
            assert reckoned(charge.formula, amounts) == charge.amount.amount, charge.formula
            lines += 1
    assert lines > 100


@pytest.mark.parametrize(
    "working",
    [
        "20.00 cwt x 49.39 = 987.90, less 70% = 296.37",
        "1,820 lb rated as 2,000 lb (deficit 190 lb): 20.00 cwt x 49.39 = 987.80",
        "1,820 lb rated as 2,000 lb (deficit 180 lb): 21.00 cwt x 49.39 = 1,037.19",
        "27.5% of linehaul 95.00 = 26.125, rounded 26.12",
        "27.5% of linehaul 96.00 = 26.40",
        "305 min less 120 free = 186 min, 3.1 x 60 min x 35.00 = 108.50",
        "305 min less 120 free = 185 min, 5 x 60 min x 35.00 = 175.00",
        "297 mi x 2.10 = 623.70 for the load; of it 10,200 of 25,500 lb = 249.50",
        "53.30 of 40.00 USD claimed in dispute D-1 of linehaul (rate), granted = -53.30",
        "53.30 of 80.00 USD claimed in dispute D-1 of linehaul (rate), granted = 53.30",
        "a fair price = 100.00",
    ],
)
def test_a_working_that_does_not_come_to_its_amount_is_found(working: str) -> None:
    with pytest.raises(AssertionError):
        reckoned(working, {"linehaul": Decimal("95.00")})


def check_answer(decision: Decision, expected: Case) -> None:
    assert decision.verdict.value == expected["verdict"].replace(" ", "_")
    assert sorted({hold.code for hold in decision.holds}) == expected.get("holds", [])
    for key, money in (("total", decision.total), ("kept back", decision.held_total)):
        if key in expected:
            assert holds(expected[key]), expected[key]
            assert money is not None
            assert money.amount == result_of(expected[key])
        elif money is not None:
            assert not money.amount


def check_lines(decision: Decision, expected: Sequence[Case]) -> None:
    assert [(line.charge.code, line.charge.subject) for line in decision.lines] == [
        (each["charge"], each.get("for", "")) for each in expected
    ]
    for line, each in zip(decision.lines, expected, strict=True):
        check_reckoning(each)
        assert line.charge.amount.amount == Decimal(each["amount"]), line.charge.formula
        assert line.billed == (each.get("kept back") != "yes")


def check_reckoning(line: Case) -> None:
    """Each sentence is true, and the last one comes to the amount."""
    because = line["because"]
    sentences = [because] if isinstance(because, str) else because
    for sentence in sentences:
        assert holds(sentence), sentence
    assert result_of(sentences[-1]) == Decimal(line["amount"])


@pytest.mark.parametrize("case", each_case("documents"))
def test_every_document_comes_to_what_a_biller_reckons(week: Week, case: Case) -> None:
    family = known_family(week.house, case["unit"])
    told = [
        (each.document.kind.value, each.invoice_number, str(each.document.total.amount))
        for each in family.documents
    ]
    expected = [
        (each["kind"], each["invoice"], str(result_of(each["total"]))) for each in case["documents"]
    ]
    assert told == expected
    for sentence in (case["balance"], *(each["total"] for each in case["documents"])):
        assert holds(sentence), sentence
    assert family.balance is not None
    assert family.balance.amount == result_of(case["balance"])


def test_the_block_of_the_whole_life_reads_the_same_each_time(week: Week) -> None:
    as_kept(list(one_life(known_family(week.house, WHOLE_LIFE))))


def test_the_story_of_the_whole_life_is_kept_word_for_word(week: Week) -> None:
    as_kept(list(story_report(unit_story(week.house, WHOLE_LIFE))))


def test_what_was_billed_and_what_follows_is_kept_word_for_word(week: Week) -> None:
    family = known_family(week.house, WHOLE_LIFE)
    lines = list(decision_report(week.decisions[bare(WHOLE_LIFE)], family.documents))
    # The id of the decision is another one with each edition of the rules.
    as_kept(lines[: lines.index(f"decision {family.decision_id}")])


def test_every_decision_was_taken_within_the_week(week: Week) -> None:
    with week.house.database.reading(week.house.tenant) as store:
        taken = {unit: store.decisions.taken_of(unit) for unit in all_units(week.house)}
        assert not store.due.waiting()
    for decision in week.decisions.values():
        times = [each.taken_at for each in taken[decision.unit]]
        assert times == sorted(times)
        assert taken[decision.unit][-1].decision_id == decision.decision_id
        # The last decision stands since the last thing was said, not since the end.
        assert arrivals()[0].arrived_at <= times[0] <= times[-1] < END
    assert sum(map(len, taken.values())) > 5 * len(taken)


def test_a_hold_opens_and_closes_when_what_was_said_came(week: Week) -> None:
    with week.house.database.reading(week.house.tenant) as store:
        story = [
            (f"{each.taken_at:%d %b %H:%M}", store.decisions.decision(each.decision_id).verdict)
            for each in store.decisions.taken_of("shipment:KS88142")
        ]
    turns = [
        one for one, before in zip(story, [("", ""), *story], strict=False) if one[1] != before[1]
    ]
    assert turns == [("02 Mar 13:00", "hold"), ("04 Mar 22:39", "release")]


def test_the_clock_of_the_database_stands_in_the_week(week: Week) -> None:
    assert week.house.told_time
    assert END <= week.house.now() < END + timedelta(days=1)


def test_beside_other_messages_the_demo_keeps_the_real_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = arrivals()[:8]
    monkeypatch.setattr("app.entrypoints.demo.arrivals", lambda: first)
    monkeypatch.setattr("app.entrypoints.demo.billing_turns", lambda _: ())
    settings = settings_for(tmp_path / "both.db")
    upgrade_database(settings)
    with open_house(settings) as house:
        bring_into_force(settings, house, at=OPENED)
        record_messages(house, b"somebody else's", "other.edi", media="")
        began = house.now()
        lived = live_week(settings, house, quiet())
        assert lived.decisions
        with house.database.reading(house.tenant) as store:
            for each in lived.decisions:
                (taken,) = store.decisions.taken_of(each.unit)
                assert taken.taken_at >= began
    with open_house(settings) as house:
        assert not house.told_time
        assert house.now() >= began


def test_every_unit_has_a_case_and_every_case_a_unit(week: Week) -> None:
    assert sorted(week.decisions) == sorted(bare(case["unit"]) for case in read_cases())


@pytest.mark.parametrize("case", each_case("moments"))
def test_what_was_known_when_is_decided_as_of_then(week: Week, case: Case) -> None:
    for moment in case["moments"]:
        known_at = datetime.fromisoformat(moment["known at"])
        if "waits" in moment:
            with pytest.raises(NotFoundError, match="wait for the shipment"):
                decide_unit(week.house, case["unit"], known_at)
            continue
        check_answer(decide_unit(week.house, case["unit"], known_at).decision, moment)


@pytest.mark.parametrize("case", each_case("after"))
def test_the_next_message_ends_the_hold(week: Week, case: Case, tmp_path: Path) -> None:
    copy = copy_of(week.file, tmp_path / "after.db")
    after = case["after"]
    raw = (DEMO / "next" / after["file"]).read_bytes()
    with open_house(settings_for(copy)) as house:
        record_messages(house, raw, after["file"], media="application/json")
        check_answer(decide_unit(house, case["unit"]).decision, after)


def test_a_second_load_changes_nothing(week: Week, tmp_path: Path) -> None:
    copy = copy_of(week.file, tmp_path / "twice.db")
    said = io.StringIO()
    with open_house(settings_for(copy)) as house:
        before = counted(house)
        run_demo(settings_for(copy), house, Console(file=said, width=80))
        assert counted(house) == before
    first = said.getvalue().splitlines()[0]
    recorded = dict(before)["recorded"]
    assert first == (
        f"nothing new: 0 messages recorded, {recorded} known before; 0 decisions changed"
    )


def counted(house: House) -> list[tuple[str, int]]:
    units = all_units(house)
    with house.database.reading(house.tenant) as store:
        return [
            *store.messages.counted().items(),
            ("facts", store.facts.counted()),
            ("decisions", store.decisions.counted()),
            *((f"documents of {unit}", len(store.releases.of_unit(unit))) for unit in units),
        ]


def test_every_decision_is_computed_again_to_the_byte(week: Week) -> None:
    replayed = list(replay_decisions(week.house))
    assert len(replayed) >= len(week.decisions)
    assert not [each for each in replayed if each.differs]


def test_the_piped_answer_is_plain_whole_and_aligned(demo_database: Path) -> None:
    said = demo_database.with_suffix(SAID).read_text(encoding="utf-8")
    assert "\x1b" not in said
    assert "…" not in said
    lines = said.splitlines()
    assert any("tollgate serve" in line and URL in line for line in lines)
    assert lines[-1] == (
        "the clock of this database stands in the demo's week: it is Friday, 13 March 2026"
    )
    for case in read_cases():
        assert sum(1 for line in lines if f":{bare(case['unit'])} " in line) == 1
    table = lines[lines.index("") + 1 :]
    table = table[: table.index("")]
    starts = {line.index(word) for line, word in ((table[0], "verdict"), (table[2], "release"))}
    assert len(starts) == 1


def test_the_list_of_arrivals_names_every_file_once() -> None:
    listed = [each.file for each in arrivals()]
    assert sorted(listed) == sorted((DEMO / "week").iterdir())
    assert listed == sorted(listed, key=lambda file: file.name)
    assert sum(file.stat().st_size for file in listed) < 400_000


def messages_of_the_week(profiles: Profiles, house: House) -> list[tuple[Fact, ...]]:
    """What each message says, message by message."""
    return [
        received.facts
        for arrival in arrivals()
        for received in read(
            arrival.file.read_bytes(), arrival.file.name, profiles, house.tenant, house.actor
        )
        if received.facts
    ]


def shuffled(messages: Sequence[Any], seed: int) -> list[Any]:
    """The messages in another order, some of them twice."""
    chance = random.Random(seed)
    order = [*messages, *chance.sample(messages, len(messages) // 5)]
    chance.shuffle(order)
    return order


def test_a_hundred_orders_of_arrival_give_the_same_bytes(week: Week) -> None:
    """Every dossier of every order, and in each order a part of the decisions, all in turn."""
    stored = {name: decide_unit(week.house, each.unit) for name, each in week.decisions.items()}
    names = sorted(stored)
    with week.house.database.reading(week.house.tenant) as store:
        purely = Purely(store)
        messages = messages_of_the_week(profiles_in_force(store), week.house)
        for seed in range(ORDERS):
            facts = [fact for message in shuffled(messages, seed) for fact in message]
            dossiers = purely.dossiers(facts)
            assert {name: each.digest for name, each in dossiers.items()} == {
                name: each.decision.dossier for name, each in stored.items()
            }, f"order {seed}"
            for name in names[seed % PARTS :: PARTS]:
                assert purely.decided(dossiers[name]) == canonical(stored[name]), f"order {seed}"


@pytest.mark.parametrize("seed", range(ORDERS_THROUGH_THE_DATABASE))
def test_the_order_of_files_leaves_no_trace_in_the_database(
    week: Week, seed: int, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path / "shuffled.db")
    upgrade_database(settings)
    with open_house(settings) as house:
        bring_into_force(settings, house, at=OPENED)
        for arrival in shuffled(arrivals(), seed):
            record_messages(house, arrival.file.read_bytes(), arrival.file.name, media="")
        units = all_units(house)
        decisions = {bare(unit): decide_unit(house, unit).decision for unit in units}
    # What was billed in between depends on what was known by then, and what is decided on that.
    billed = {bare(turn.unit) for turn in billing_turns(BILLING)}
    assert {name: canonical(each) for name, each in decisions.items() if name not in billed} == {
        name: canonical(each) for name, each in week.decisions.items() if name not in billed
    }
