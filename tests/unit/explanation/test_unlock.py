"""What would release each held unit of the week: every set is tried, none longer than needed."""

import io
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from app.decide import conclude, prepare, second_answer
from app.dossier import Dossier, Editions
from app.entrypoints.demo import OPENED, decide_week, record_week
from app.entrypoints.drafts import bring_into_force
from app.explanation.report import unlocking_report
from app.explanation.unlock import search as unlock
from app.explanation.unlock.answer import Unlocking
from app.explanation.unlock.search import unlocking_of
from app.judgement.decision import Decision
from app.judgement.verdict import Verdict
from app.main import open_house, upgrade_database
from app.operations.changing.editions_in_force import editions_by_digest
from app.operations.deciding.decide_unit import dossier_of
from app.settings import Settings
from tests.test_demo_week import read_cases

EARLIER = [
    (case["unit"], moment["known at"])
    for case in read_cases()
    for moment in case.get("moments", [])
    if "waits" not in moment
]
"""What the week's stories look at before their end."""
Known = dict[str, tuple[Dossier, Editions, Decision]]


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Known:
    """Every unit of the week, then and at earlier moments, with what it was decided from."""
    file: Path = tmp_path_factory.mktemp("unlock") / "week.db"
    settings = Settings(database_url=f"sqlite:///{file}")  # type: ignore[arg-type]
    upgrade_database(settings)
    known: Known = {}
    with open_house(settings) as house:
        bring_into_force(settings, house, at=OPENED)
        record_week(house, Console(file=io.StringIO()))
        decisions = list(decide_week(house, Console(file=io.StringIO())))
        with house.database.reading(house.tenant) as store:
            for decision in decisions:
                dossier = dossier_of(store, decision.unit)
                editions = editions_by_digest(store, dossier.editions)
                known[decision.unit] = dossier, editions, decision
            for unit, moment in EARLIER:
                dossier = dossier_of(store, unit, datetime.fromisoformat(moment))
                editions = editions_by_digest(store, dossier.editions)
                question = prepare(dossier, editions)
                decision = conclude(question, second_answer(question)[0]).decision
                known[f"{decision.unit} at {moment}"] = dossier, editions, decision
    return known


def unlocking(week: Known, number: str) -> Unlocking:
    return unlocking_of(*next(known for unit, known in week.items() if unit.endswith(number)))


def said(found: Unlocking) -> list[list[str]]:
    return [[f"{step.system}: {step.says}" for step in each.steps] for each in found.sets]


def test_whatever_waits_has_a_proved_set_or_says_what_it_needs(week: Known) -> None:
    for dossier, editions, decision in week.values():
        found = unlocking_of(dossier, editions, decision)
        waits = decision.verdict in {Verdict.HOLD, Verdict.PROVISIONAL} or decision.held_total
        assert bool(found.sets or found.needs) == bool(waits), decision.unit
        assert not found.given_up, decision.unit


def test_every_set_releases_and_has_no_step_that_it_can_do_without(week: Known) -> None:
    for dossier, editions, decision in week.values():
        search = unlock.Search(dossier, editions, decision)
        final = search.sets() if not unlock.is_free(decision) else ()
        for goal, chains in (
            (unlock.is_free, final),
            (unlock.goes_out, search.provisional_sets(final)),
        ):
            for chain in chains:
                whole = search.with_steps(chain)
                assert whole is not None
                assert goal(whole.decision), decision.unit
                for each in chain:
                    rest = search.with_steps(tuple(o for o in chain if o is not each))
                    assert rest is not None
                    assert not goal(rest.decision), (decision.unit, each.way.says)


def test_the_order_of_the_facts_changes_nothing(week: Known) -> None:
    for dossier, editions, decision in week.values():
        turned = msgspec.structs.replace(
            dossier,
            facts=dossier.facts[::-1],
            doubts=dossier.doubts[::-1],
            market=dossier.market[::-1],
            siblings=tuple(
                msgspec.structs.replace(each, facts=each.facts[::-1])
                for each in dossier.siblings[::-1]
            ),
        )
        assert unlocking_of(turned, editions, decision) == unlocking_of(dossier, editions, decision)


def test_a_missing_paper_is_asked_of_whoever_may_accept_it(week: Known) -> None:
    found = unlocking(week, "NS10409")
    assert said(found) == [["dms: a signed POD without exceptions is received and accepted"]]
    (only,) = found.sets
    assert (only.steps[0].owner, str(only.unlocks)) == ("carrier desk", "1,690.84 USD")


def test_what_stands_behind_a_hold_is_found_with_it(week: Known) -> None:
    (steps,) = said(unlocking(week, "NS10413"))
    assert steps == [
        "carrier: the carrier confirms that it is delivered",
        "dms: a signed POD without exceptions is received and accepted",
    ]


def test_what_a_policy_waives_need_not_be_waited_for(week: Known) -> None:
    (ahead,) = unlocking(week, "NS10413").provisional
    assert [step.says for step in ahead.steps] == ["the carrier confirms that it is delivered"]
    # above the limit of the policy nothing but the paper helps
    assert not unlocking(week, "NS10409").provisional


def test_what_has_hardly_begun_is_told_its_whole_way(week: Known) -> None:
    steps = said(unlocking(week, "KS88123 at 2026-03-03T20:00:00Z"))[0]
    assert steps == [
        f"carrier: the carrier confirms that {what}"
        for what in (
            "it is delivered",
            "shipment:KS88124 of the same load is delivered",
            "it is picked up",
            "shipment:KS88124 of the same load is picked up",
        )
    ]


def test_a_line_kept_back_is_unlocked_by_either_approval_for_its_own_amount(week: Known) -> None:
    found = unlocking(week, "KS88123")
    assert said(found) == [
        ["ops: ops approves detention/DT-88123 up to 107.92 USD"],
        ["portal: the customer approves detention/DT-88123 up to 107.92 USD"],
    ]
    assert {str(each.unlocks) for each in found.sets} == {"107.92 USD"}


def test_one_word_about_a_doubtful_paper_is_less_than_a_new_paper(week: Known) -> None:
    first, second = said(unlocking(week, "NS10421"))
    assert first == [
        "ops: somebody who knows says that the document that names customer_po PO88421 belongs here"
    ]
    assert second[1] == "dms: a signed POD without exceptions is received and accepted"


def test_what_another_unit_of_the_load_waits_for_is_asked_for_by_its_name(week: Known) -> None:
    (only,) = unlocking(week, "KS88136").sets
    assert [step.says for step in only.steps] == [
        "the carrier confirms that shipment:KS88138 of the same load is delivered"
    ]


def test_a_step_is_for_whoever_can_take_it(week: Known) -> None:
    (only,) = unlocking(week, "HH3310").sets
    (step,) = only.steps
    assert (step.owner, step.ends) == ("warehouse", "SHIP_CONFIRM_MISSING")
    assert step.assumes == "0 cartons and 0 pallets, on 2026-03-06"


def test_a_missing_index_is_worked_out_with_the_nearest_week_and_says_so(week: Known) -> None:
    (only,) = unlocking(week, "NS10416").sets
    (step,) = only.steps
    assert (step.system, step.says) == (
        "market",
        "EIA on-highway diesel US of 2026-02-09 is loaded",
    )
    assert step.assumes == "3.698, as published 2026-02-23"


def test_of_two_sources_that_differ_either_may_correct_itself(week: Known) -> None:
    found = unlocking(week, "NS10417")
    assert sorted(said(found)) == [
        ["carrier: carrier PLVX corrects the weight to 2,240 lb"],
        ["wms: wms corrects its weight to 2,610 lb"],
    ]
    # 22.40 cwt and 26.10 cwt are in two weight breaks: the money differs with the word
    assert len({str(each.unlocks) for each in found.sets}) == 2


@pytest.mark.parametrize(
    ("number", "step"),
    [
        ("HH3308", "wms: the warehouse closes the line of HH-CHAIR-OAK: no more will ship"),
        ("HH3311", "wms: the warehouse closes the line of HH-VASE-M: no more will ship"),
        ("HH3312", "erp: the credit hold of HALCYON is ended"),
        ("NS10410", "dms: document POD-10410 comes back signed and without exceptions"),
        ("NS10429", "ops: exception EX-3301 is closed by whoever opened it"),
        ("NS10430", "oms: the customer's purchase order number is told"),
        ("NS10431", "tms: the customer accepts 200.83 USD, and the quote says so"),
    ],
)
def test_each_hold_has_its_own_way_out(week: Known, number: str, step: str) -> None:
    assert [step] in said(unlocking(week, number))


def test_nobody_makes_up_a_price_a_weight_or_a_code(week: Known) -> None:
    for number, code, changes in (
        ("NS10415", "RATE_NOT_FOUND", "the rate card"),
        ("NS10419", "SCHEMA_OR_CODE_UNMAPPED", "code map"),
        ("KS88130", "ALLOCATION_WITHOUT_WEIGHTS", "weights"),
    ):
        found = unlocking(week, number)
        assert not found.sets
        assert code in {need.code for need in found.needs}
        assert all(need.owner and need.way_out for need in found.needs)
        assert all(changes in need.changes for need in found.needs)


def test_what_goes_out_has_nothing_to_unlock(week: Known) -> None:
    assert unlocking(week, "NS10405") == Unlocking(
        decision_id=next(d.decision_id for u, (_, _, d) in week.items() if u.endswith("NS10405"))
    )


def test_a_search_that_reaches_its_bound_says_so(
    week: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unlock, "TRIES", 1)
    found = unlocking(week, "NS10413")
    assert found.given_up
    assert "no set was found within 1 tries" in "\n".join(unlocking_report(found))


def test_the_report_says_who_by_when_and_for_how_much(week: Known) -> None:
    text = "\n".join(unlocking_report(unlocking(week, "NS10409")))
    assert "unlocks 1,690.84 USD, by 2026-" in text
    assert "told by dms, by 2026-03-09 04:08 UTC; carrier desk" in text
