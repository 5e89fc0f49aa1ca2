"""The verdict algebra, as laws."""

from datetime import date
from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.judgement.rulebook.key import Firing
from app.judgement.rulebook.model import (
    HoldKind,
    Kind,
    Pattern,
    ProvisionalTerms,
    Quantifier,
    Rule,
    RulePack,
    Scope,
)
from app.judgement.verdict import Lines, Ruling, Verdict, ruling_on
from app.money import Money


def dollars(amount: int) -> Money:
    return Money(Decimal(amount), "USD")


def rule(rule_id: str, kind: Kind, **more: object) -> Rule:
    return Rule(
        rule_id=rule_id,
        kind=kind,
        checklist="",
        owner="",
        effective_from=date.min,
        patterns=(Pattern(quantifier=Quantifier.UNIT, entity="unit", conditions=()),),
        say="",
        written_at="",
        **more,  # type: ignore[arg-type]
    )


def hold(code: str, *, waivable: bool) -> HoldKind:
    return HoldKind(
        code=code, says="", owner="o", waits_for="", way_out="", due_hours=1, waivable=waivable
    )


PACK = RulePack(
    name="laws",
    glossary=(),
    holds=(hold("SOFT", waivable=True), hold("HARD", waivable=False)),
    rules=(
        rule("soft", Kind.REQUIRE, hold="SOFT"),
        rule("hard", Kind.REQUIRE, hold="HARD"),
        rule("line", Kind.REQUIRE, hold="SOFT", scope=Scope.LINE),
        rule("release", Kind.RELEASE),
        rule("no bill", Kind.NO_BILL),
        rule(
            "provisional",
            Kind.PROVISIONAL,
            provisional=ProvisionalTerms(
                waives=("SOFT", "HARD"),
                up_to=dollars(100),
                exposure_up_to=dollars(1000),
                expires_after_days=14,
                on_expiry="escalate",
            ),
        ),
    ),
)
REQUIREMENTS = [
    Firing("soft"),
    Firing("hard"),
    Firing("line", "charge:linehaul"),
    Firing("line", "charge:detention"),
]
firings = st.lists(
    st.sampled_from([*REQUIREMENTS, Firing("release"), Firing("no bill"), Firing("provisional")]),
    unique=True,
)
lines = st.lists(
    st.tuples(st.sampled_from(["linehaul", "detention"]), st.integers(1, 200).map(dollars)),
    unique_by=lambda line: line[0],
)
GOES_OUT = {Verdict.RELEASE, Verdict.PROVISIONAL, Verdict.NO_BILL}
RANK = {Verdict.HOLD: 2, Verdict.PROVISIONAL: 1, Verdict.RELEASE: 0, Verdict.NO_BILL: 0}


def verdict(
    fired: list[Firing], lines: list[tuple[str, Money]], *, split: bool = True, service: str = ""
) -> Ruling:
    placed = [service] if service else []
    return ruling_on(PACK, fired, Lines(priced=lines, may_wait=split), placed_by_service=placed)


@given(fired=firings, lines=lines, split=st.booleans(), data=st.data())
def test_no_order_of_rules_or_lines_matters(
    fired: list[Firing], lines: list[tuple[str, Money]], split: bool, data: st.DataObject
) -> None:
    other = verdict(
        data.draw(st.permutations(fired)), data.draw(st.permutations(lines)), split=split
    )
    assert verdict(fired, lines, split=split) == other


@given(fired=firings, lines=lines, split=st.booleans(), more=st.sampled_from(REQUIREMENTS))
def test_another_hold_never_releases_anything(
    fired: list[Firing], lines: list[tuple[str, Money]], split: bool, more: Firing
) -> None:
    before = verdict(fired, lines, split=split)
    after = verdict([*fired, more], lines, split=split)
    assert RANK[after.verdict] >= RANK[before.verdict]
    if before.verdict is Verdict.HOLD:
        assert after.verdict is Verdict.HOLD
    assert set(before.held_lines) <= set(after.held_lines)


@given(fired=firings, lines=lines, split=st.booleans())
def test_what_the_service_places_always_stops(
    fired: list[Firing], lines: list[tuple[str, Money]], split: bool
) -> None:
    ruling = verdict(fired, lines, split=split, service="ENGINE_FAILED")
    assert ruling.verdict is Verdict.HOLD


@given(lines=lines, split=st.booleans())
def test_without_a_rule_that_permits_it_nothing_goes_out(
    lines: list[tuple[str, Money]], split: bool
) -> None:
    ruling = verdict([], lines, split=split)
    assert ruling.verdict is Verdict.HOLD
    assert [placed.code for placed in ruling.holds] == ["RELEASE_NOT_PERMITTED"]


@given(fired=firings, lines=lines, split=st.booleans())
def test_whatever_goes_out_was_permitted_by_a_rule_that_fired(
    fired: list[Firing], lines: list[tuple[str, Money]], split: bool
) -> None:
    ruling = verdict(fired, lines, split=split)
    if ruling.verdict in GOES_OUT:
        assert ruling.permitted_by
        assert set(ruling.permitted_by) <= {firing.rule_id for firing in fired}


@given(fired=firings, lines=lines, split=st.booleans())
def test_no_bill_never_stands_beside_a_charge(
    fired: list[Firing], lines: list[tuple[str, Money]], split: bool
) -> None:
    ruling = verdict(fired, lines, split=split)
    if ruling.verdict is Verdict.NO_BILL:
        assert not lines
    if lines and Firing("no bill") in fired:
        assert ruling.verdict is Verdict.HOLD


@given(fired=firings, lines=lines, split=st.booleans())
def test_a_hold_that_may_not_be_waived_is_not_waived(
    fired: list[Firing], lines: list[tuple[str, Money]], split: bool
) -> None:
    ruling = verdict([*fired, Firing("hard")], lines, split=split)
    assert ruling.verdict is Verdict.HOLD


def test_a_provisional_ends_at_its_limit() -> None:
    fired = [Firing("soft"), Firing("provisional"), Firing("release")]
    assert verdict(fired, [("linehaul", dollars(100))]).verdict is Verdict.PROVISIONAL
    assert verdict(fired, [("linehaul", dollars(101))]).verdict is Verdict.HOLD


CARRIES = msgspec.structs.replace(
    PACK,
    rules=(
        *PACK.rules,
        rule(
            "carries",
            Kind.PROVISIONAL,
            provisional=ProvisionalTerms(
                waives=("SOFT",),
                up_to=dollars(150),
                exposure_up_to=dollars(1000),
                expires_after_days=14,
                on_expiry="escalate",
                bills="last known",
            ),
        ),
    ),
)
with_carrying = st.lists(
    st.sampled_from(
        [
            *REQUIREMENTS,
            *(Firing(each) for each in ("release", "no bill", "provisional", "carries")),
        ]
    ),
    unique=True,
)


def at_last_known(
    fired: list[Firing],
    lines: list[tuple[str, Money]],
    fuel: int,
    *,
    split: bool,
    refused: tuple[str, ...] = (),
) -> Ruling:
    """The verdict where the fuel has a price only at the last known index."""
    both = [*lines, ("fuel", dollars(fuel))]
    told = Lines(priced=lines, last_known=both, may_wait=split)
    return ruling_on(CARRIES, fired, told, cannot_bill=refused)


fuels = st.integers(1, 150)


@given(fired=with_carrying, lines=lines, fuel=fuels, split=st.booleans())
def test_last_known_prices_are_provisional_within_their_limit_or_nothing(
    fired: list[Firing], lines: list[tuple[str, Money]], fuel: int, split: bool
) -> None:
    ruling = at_last_known(fired, lines, fuel, split=split)
    if ruling.at_last_known:
        assert ruling.verdict is Verdict.PROVISIONAL
        assert "carries" in ruling.permitted_by
        assert sum(amount.amount for _, amount in lines) + fuel <= 150


@given(fired=with_carrying, lines=lines, fuel=fuels, split=st.booleans())
def test_who_bills_last_known_prices_makes_of_a_hold_a_provisional_and_changes_nothing_else(
    fired: list[Firing], lines: list[tuple[str, Money]], fuel: int, split: bool
) -> None:
    before = at_last_known([f for f in fired if f.rule_id != "carries"], lines, fuel, split=split)
    after = at_last_known([*fired, Firing("carries")], lines, fuel, split=split)
    if before.verdict is Verdict.HOLD:
        assert after.verdict in {Verdict.HOLD, Verdict.PROVISIONAL}
    else:
        assert (after.verdict, after.at_last_known) == (before.verdict, False)


@given(
    fired=with_carrying,
    lines=lines,
    fuel=fuels,
    split=st.booleans(),
    more=st.sampled_from(REQUIREMENTS),
)
def test_another_hold_releases_nothing_at_last_known_prices_either(
    fired: list[Firing], lines: list[tuple[str, Money]], fuel: int, split: bool, more: Firing
) -> None:
    before = at_last_known(fired, lines, fuel, split=split)
    after = at_last_known([*fired, more], lines, fuel, split=split)
    assert RANK[after.verdict] >= RANK[before.verdict]
    if after.verdict is Verdict.PROVISIONAL:
        assert after.at_last_known == before.at_last_known or before.verdict is Verdict.RELEASE


@given(fired=with_carrying, lines=lines, fuel=fuels, split=st.booleans())
def test_a_permission_whose_amount_cannot_be_found_is_as_if_it_had_not_fired(
    fired: list[Firing], lines: list[tuple[str, Money]], fuel: int, split: bool
) -> None:
    refused = at_last_known(fired, lines, fuel, split=split, refused=("carries", "provisional"))
    silent = [each for each in fired if each.rule_id not in {"carries", "provisional"}]
    assert refused == at_last_known(silent, lines, fuel, split=split)


def test_a_held_line_waits_alone_only_where_the_contract_lets_it() -> None:
    fired = [Firing("line", "charge:detention"), Firing("release")]
    both = [("linehaul", dollars(10)), ("detention", dollars(5))]
    apart = verdict(fired, both, split=True)
    assert (apart.verdict, apart.held_lines) == (Verdict.RELEASE, ("detention",))
    assert verdict(fired, both, split=False).verdict is Verdict.HOLD
