"""What would release each held unit of the week: every set is tried, none longer than needed."""

import io
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from app.dossier import Dossier, Editions
from app.entrypoints.demo import OPENED, decide_week, record_week
from app.entrypoints.drafts import bring_into_force
from app.explanation.report import unlocking_report
from app.explanation.unlock import search as unlock
from app.explanation.unlock.search import Unlocking, unlocking_of
from app.judgement.decision import Decision
from app.judgement.verdict import Verdict
from app.main import open_house, upgrade_database
from app.operations.decide_unit import dossier_of
from app.operations.editions_in_force import editions_by_digest
from app.settings import Settings

Known = dict[str, tuple[Dossier, Editions, Decision]]


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Known:
    """Every unit of the made-up week with all its decision was computed from."""
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


def test_no_set_has_a_step_that_it_can_do_without(week: Known) -> None:
    """Every shown set releases; without any one of its steps it does not."""
    for dossier, editions, decision in week.values():
        search = unlock._Search(dossier, editions, decision)
        chosen = search._first_set()
        for number in range(len(chosen)):
            rest = search._with([*chosen[:number], *chosen[number + 1 :]])
            assert rest is not None
            assert not unlock._is_free(rest.decision), decision.unit
        if chosen:
            whole = search._with(chosen)
            assert whole is not None
            assert whole.decision.verdict is Verdict.RELEASE


def test_the_order_of_the_facts_changes_nothing(week: Known) -> None:
    for dossier, editions, decision in week.values():
        turned = msgspec.structs.replace(dossier, facts=tuple(reversed(dossier.facts)))
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


def test_a_line_kept_back_is_unlocked_by_its_approval_for_its_own_amount(week: Known) -> None:
    (only,) = unlocking(week, "KS88123").sets
    assert only.steps[0].says == "the customer approves detention/DT-88123 up to 107.92 USD"
    assert str(only.unlocks) == "107.92 USD"


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
        ("HH3308", "wms: the warehouse closes the line of HH-CHAIR-OAK: nothing more will ship"),
        ("HH3311", "wms: the warehouse closes the line of HH-VASE-M: nothing more will ship"),
        ("HH3312", "erp: the ERP ends the credit hold of HALCYON"),
        ("NS10410", "dms: document POD-10410 comes back signed and without exceptions"),
        ("NS10429", "ops: exception EX-3301 is closed by whoever opened it"),
        ("NS10430", "oms: the customer's purchase order number is told"),
        ("NS10431", "tms: the customer accepts 200.83 USD, and the quote says so"),
    ],
)
def test_each_hold_has_its_own_way_out(week: Known, number: str, step: str) -> None:
    assert [step] in said(unlocking(week, number))


def test_nobody_makes_up_a_price_an_index_or_a_code(week: Known) -> None:
    for number, code in (
        ("NS10415", "RATE_NOT_FOUND"),
        ("NS10416", "FSC_INDEX_MISSING"),
        ("NS10419", "SCHEMA_OR_CODE_UNMAPPED"),
    ):
        found = unlocking(week, number)
        assert not found.sets
        assert code in {need.code for need in found.needs}
        assert all(need.owner and need.way_out for need in found.needs)


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
    assert "ended at its bound" in "\n".join(unlocking_report(found))


def test_the_report_says_who_by_when_and_for_how_much(week: Known) -> None:
    text = "\n".join(unlocking_report(unlocking(week, "NS10409")))
    assert "unlocks 1,690.84 USD, by 2026-" in text
    assert "told by dms; carrier desk" in text
