"""What people waive, as laws over any pack: it ends what may be ended, and nothing else.

The packs and what fired of them are those of test_verdict_laws.py.
"""

from collections.abc import Sequence
from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.evidence.correlation.waivers import KnownWaiver
from app.judgement.rulebook.model import Kind
from app.judgement.verdict import Lines, Ruling, Verdict, ruling_on
from app.judgement.waived import WAIVER
from tests.laws.test_verdict_laws import CODES, GOES_OUT, Case, cases, dollars, subjects

ENGINE = "ENGINE_FAILED"


def known(number: int, hold: str, subject: str, limit: int | None, void: str) -> KnownWaiver:
    return KnownWaiver(
        waiver=f"W-{number}",
        hold=hold,
        subject=subject,
        approver="R. Roe",
        reason="the customer accepts it",
        up_to=None if limit is None else dollars(limit),
        void=void,
        fact_id=f"f{number}",
    )


def known_waivers(void: st.SearchStrategy[str]) -> st.SearchStrategy[list[KnownWaiver]]:
    made = st.builds(
        known,
        st.integers(1, 9),
        st.sampled_from([*CODES, ENGINE]),
        subjects,
        st.one_of(st.none(), st.none(), st.integers(0, 300)),
        void,
    )
    return st.lists(made, max_size=5)


some = known_waivers(st.sampled_from(["", "", "it has expired"]))
void = known_waivers(st.just("wms may not waive holds"))


def ruled(case: Case, waivers: Sequence[KnownWaiver], service: str = "") -> Ruling:
    return ruling_on(
        case.pack,
        case.fired,
        Lines(priced=case.lines, may_wait=case.split),
        placed_by_service=[service] if service else (),
        waivers=waivers,
    )


@given(case=cases(), waivers=some, service=st.sampled_from(["", ENGINE]))
def test_no_waiver_releases_past_a_hold_that_cannot_be_waived(
    case: Case, waivers: list[KnownWaiver], service: str
) -> None:
    ruling = ruled(case, waivers, service)
    for hold in ruling.holds:
        can = bool(hold.rule_id) and case.pack.hold(hold.code).waivable
        assert can or not hold.waived_by
        if ruling.verdict in GOES_OUT and hold.stops:
            assert hold.subject.removeprefix("charge:") in ruling.held_lines
    if service:
        assert ruling.verdict is Verdict.HOLD


@given(case=cases(), waivers=void)
def test_a_waiver_that_does_not_count_changes_nothing(
    case: Case, waivers: list[KnownWaiver]
) -> None:
    assert ruled(case, waivers) == case.ruling()


@given(case=cases(), waivers=some, data=st.data())
def test_no_order_of_waivers_matters(
    case: Case, waivers: list[KnownWaiver], data: st.DataObject
) -> None:
    assert ruled(case, data.draw(st.permutations(waivers))) == ruled(case, waivers)


@given(case=cases(), waivers=some)
def test_a_waiver_only_ever_lets_more_go_out_and_for_good(
    case: Case, waivers: list[KnownWaiver]
) -> None:
    before, after = case.ruling(), ruled(case, waivers)
    if before.verdict is Verdict.PROVISIONAL:
        assert after.verdict in GOES_OUT
    elif before.verdict is not Verdict.HOLD:
        assert after.verdict is before.verdict
    assert set(after.held_lines) <= set(before.held_lines)
    assert [(h.code, h.rule_id, h.subject) for h in after.holds if h.rule_id] == [
        (h.code, h.rule_id, h.subject) for h in before.holds if h.rule_id
    ]


@given(case=cases(), waivers=some)
def test_what_is_final_in_spite_of_a_hold_names_the_waivers(
    case: Case, waivers: list[KnownWaiver]
) -> None:
    ruling = ruled(case, waivers)
    if ruling.verdict is not Verdict.RELEASE:
        return
    for hold in ruling.holds:
        if hold.waived_by:
            assert all(each.startswith(WAIVER) for each in hold.waived_by)
            names = {each.removeprefix(WAIVER) for each in hold.waived_by}
            assert names <= {each.waiver for each in waivers if not each.void}


@given(case=cases())
def test_with_every_hold_waived_what_a_rule_releases_is_released_for_good(case: Case) -> None:
    soft = tuple(msgspec.structs.replace(kind, waivable=True) for kind in case.pack.holds)
    open_to_all = msgspec.structs.replace(case, pack=msgspec.structs.replace(case.pack, holds=soft))
    everything = [known(place, code, "", None, "") for place, code in enumerate(CODES)]
    by_id = {each.rule_id: each.kind for each in case.pack.rules}
    kinds = {by_id[each.rule_id] for each in case.fired}
    ruling = ruled(open_to_all, everything)
    assert not ruling.held_lines
    if case.lines and Kind.RELEASE in kinds and Kind.NO_BILL not in kinds:
        assert ruling.verdict is Verdict.RELEASE
    elif Kind.RELEASE not in kinds:
        assert ruling.verdict not in GOES_OUT


@given(case=cases(), code=st.sampled_from(CODES), limit=st.integers(0, 300))
def test_a_limit_below_what_hangs_on_a_hold_waives_nothing(
    case: Case, code: str, limit: int
) -> None:
    amounts = {f"charge:{key}": amount.amount for key, amount in case.lines}
    ruling = ruled(case, [known(1, code, "", limit, "")])
    for hold in ruling.holds:
        if f"{WAIVER}W-1" in hold.waived_by:
            assert case.lines, "without a price no limit covers anything"
            everything = sum(amounts.values(), Decimal(0))
            assert abs(amounts.get(hold.subject, everything)) <= limit
