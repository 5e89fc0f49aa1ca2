"""Laws of where units stand: spells of one hold follow each other, whatever was decided."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.standing.standing import Spell, Stage
from app.reports.standing.standing_of import stands
from tests.standing_cases import history_of

MARCH = datetime(2026, 3, 1, tzinfo=UTC)
HOLDS = st.fixed_dictionaries(
    {
        "code": st.sampled_from(["POD_MISSING", "PO_MISSING"]),
        "subject": st.sampled_from(["", "charge:detention"]),
        "blocks": st.booleans(),
        "on line": st.booleans(),
        "waived by": st.sampled_from([[], ["PRV-1"]]),
    }
)
DECISIONS = st.fixed_dictionaries(
    {
        "what": st.sampled_from(["decided", "decided", "decided", "gone"]),
        "verdict": st.sampled_from(["hold", "hold", "release", "provisional", "no_bill"]),
        "holds": st.lists(HOLDS, max_size=4),
    },
    optional={"total": st.just("5.00 USD"), "held back": st.just("1.00 USD")},
)


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A unit that was delivered, and any decisions about it, hours or days apart."""
    hour = 0
    happened: list[dict[str, Any]] = [{"at": MARCH, "what": "delivered"}]
    for each in draw(st.lists(DECISIONS, min_size=1, max_size=8)):
        hour += draw(st.sampled_from([1, 30, 168, 169]))
        happened.append({**each, "at": MARCH + timedelta(hours=hour)})
    return {"case": "any", "happened": happened}


def by_hold(spells: tuple[Spell, ...]) -> dict[tuple[str, str], list[Spell]]:
    found: dict[tuple[str, str], list[Spell]] = {}
    for each in sorted(spells, key=lambda spell: spell.place):
        found.setdefault((each.code, each.subject), []).append(each)
    return found


@given(cases())
def test_spells_of_a_hold_follow_each_other_and_only_the_last_may_be_open(
    case: dict[str, Any],
) -> None:
    for spells in by_hold(stands(history_of(case)).spells).values():
        assert [each.place for each in spells] == list(range(1, len(spells) + 1))
        for first, second in pairwise(spells):
            assert first.closed_at is not None
            assert first.opened_at < first.closed_at <= second.opened_at
            soon = second.opened_at - first.closed_at <= timedelta(days=7)
            assert first.reopened is soon


@given(cases())
def test_what_is_open_is_what_the_last_decision_keeps_money_for(case: dict[str, Any]) -> None:
    found = stands(history_of(case))
    last = case["happened"][-1]
    still = {(s.code, s.subject) for s in found.spells if s.closed_at is None}
    said = {(hold["code"], hold["subject"]) for hold in last["holds"]}

    assert still <= said
    assert all(bool(each.how) is (each.closed_at is not None) for each in found.spells)
    if last["what"] == "gone":
        assert not still
        assert found.standing is None
    else:
        assert found.standing is not None
        assert found.standing.holds == len(still)


@given(cases())
def test_what_was_closed_once_stays_as_it_was(case: dict[str, Any]) -> None:
    """Rows made after each decision and rows made once at the end are the same."""
    whole = by_hold(stands(history_of(case)).spells)
    happened = case["happened"]
    for number in range(2, len(happened)):
        before = by_hold(stands(history_of({**case, "happened": happened[:number]})).spells)
        for key, spells in before.items():
            for spell in spells:
                now = whole[key][spell.place - 1]
                assert (now.opened_at, now.decision_id) == (spell.opened_at, spell.decision_id)
                if spell.closed_at is not None:
                    assert (now.closed_at, now.how) == (spell.closed_at, spell.how)


@pytest.mark.parametrize("verdict", ["hold", "release", "provisional", "no_bill"])
@given(holds=st.lists(HOLDS, max_size=3))
def test_what_nobody_billed_is_in_no_stage_of_billing(
    verdict: str, holds: list[dict[str, Any]]
) -> None:
    decided = {
        "at": MARCH + timedelta(days=1),
        "what": "decided",
        "verdict": verdict,
        "holds": holds,
    }
    case = {"happened": [{"at": MARCH, "what": "delivered"}, decided]}
    standing = stands(history_of(case)).standing
    assert standing is not None
    assert standing.stage in {Stage.HELD, Stage.READY, Stage.NO_BILL}
    assert (standing.billed_minor, standing.claimed_at) == (0, None)
