"""The verdict algebra as laws over any pack; rules/README.md lists them for those who write rules.

tests/unit/judgement/test_verdict.py has the same algebra over one pack, with its corners.
"""

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
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
    Severity,
)
from app.judgement.verdict import CONTRADICTION, NOT_PERMITTED, Lines, Ruling, Verdict, ruling_on
from app.money import Money

CODES = ("LATE", "PAPER", "PRICE", "LIMIT")
KEYS = ("linehaul", "fuel", "detention", "allowance")
GOES_OUT = (Verdict.RELEASE, Verdict.PROVISIONAL)


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


def requirement(rule_id: str, code: str, scope: Scope) -> Rule:
    return rule(rule_id, Kind.REQUIRE, hold=code, scope=scope)


def waiver(rule_id: str, waives: tuple[str, ...], up_to: int) -> Rule:
    terms = ProvisionalTerms(
        waives=waives,
        up_to=dollars(up_to),
        exposure_up_to=dollars(1000),
        expires_after_days=14,
        on_expiry="escalate",
    )
    return rule(rule_id, Kind.PROVISIONAL, provisional=terms)


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A pack, what fired of it, and the charge lines."""

    pack: RulePack
    fired: tuple[Firing, ...]
    lines: tuple[tuple[str, Money], ...]
    split: bool

    def ruling(self, *more: Firing, service: str = "") -> Ruling:
        return ruling_on(
            self.pack,
            (*self.fired, *more),
            Lines(priced=self.lines, may_wait=self.split),
            placed_by_service=[service] if service else (),
        )

    def with_rule(self, extra: Rule) -> "Case":
        pack = msgspec.structs.replace(self.pack, rules=(*self.pack.rules, extra))
        return msgspec.structs.replace(self, pack=pack)

    def billed(self, ruling: Ruling) -> Decimal:
        """What the customer is asked for."""
        if ruling.verdict not in GOES_OUT:
            return Decimal(0)
        return sum((m.amount for k, m in self.lines if k not in ruling.held_lines), Decimal(0))


def kind_of(code: str, waivable: bool, warns: bool) -> HoldKind:
    return HoldKind(
        code=code,
        says="",
        owner="o",
        waits_for="",
        way_out="",
        due_hours=1,
        waivable=waivable,
        severity=Severity.WARN if warns else Severity.BLOCK,
    )


subjects = st.sampled_from(["", "document:1", *(f"charge:{key}" for key in KEYS)])
requirements = st.builds(
    requirement, st.just("?"), st.sampled_from(CODES), st.sampled_from(list(Scope))
)
waivers = st.builds(
    waiver,
    st.just("?"),
    st.lists(st.sampled_from(CODES), min_size=1, unique=True).map(tuple),
    st.integers(0, 300),
)
permissions = st.sampled_from([rule("?", Kind.RELEASE), rule("?", Kind.NO_BILL)])
amounts = st.integers(-80, 200).filter(bool).map(dollars)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any pack; permissions fire more often than not, or there would be little to hold."""
    kinds = tuple(
        kind_of(code, draw(st.booleans()), draw(st.sampled_from([True, False, False])))
        for code in CODES
    )
    made = [
        *draw(st.lists(requirements, max_size=4)),
        *draw(st.lists(waivers, max_size=3)),
        *draw(st.lists(permissions, max_size=2)),
        rule("?", Kind.RELEASE),
    ]
    rules = tuple(
        msgspec.structs.replace(each, rule_id=f"R-{number}") for number, each in enumerate(made)
    )
    fired: list[Firing] = []
    for each in rules:
        if each.kind is Kind.REQUIRE:
            about = draw(st.lists(subjects, max_size=2, unique=True))
            fired += [Firing(each.rule_id, subject) for subject in about]
        elif draw(st.sampled_from([True, True, False])):
            fired.append(Firing(each.rule_id))
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True))
    return Case(
        pack=RulePack(name="any", glossary=(), holds=kinds, rules=rules),
        fired=tuple(fired),
        lines=tuple((key, draw(amounts)) for key in keys),
        split=draw(st.booleans()),
    )


@given(case=cases(), data=st.data())
def test_no_order_of_rules_holds_firings_or_lines_matters(case: Case, data: st.DataObject) -> None:
    pack = msgspec.structs.replace(
        case.pack,
        rules=tuple(data.draw(st.permutations(case.pack.rules))),
        holds=tuple(data.draw(st.permutations(case.pack.holds))),
    )
    other = Case(
        pack=pack,
        fired=tuple(data.draw(st.permutations(case.fired))),
        lines=tuple(data.draw(st.permutations(case.lines))),
        split=case.split,
    )
    assert other.ruling() == case.ruling()


@given(case=cases())
def test_without_a_permission_that_fired_nothing_goes_out(case: Case) -> None:
    by_id = {each.rule_id: each for each in case.pack.rules}
    kinds = {by_id[firing.rule_id].kind for firing in case.fired}
    ruling = case.ruling()
    if Kind.RELEASE not in kinds:
        assert ruling.verdict not in GOES_OUT
    if Kind.NO_BILL not in kinds:
        assert ruling.verdict is not Verdict.NO_BILL
    if ruling.verdict is Verdict.HOLD:
        assert ruling.holds, "every hold has a reason"


@given(case=cases(), extra=requirements, subject=subjects)
def test_one_more_hold_never_releases_anything_and_never_bills_more(
    case: Case, extra: Rule, subject: str
) -> None:
    case = case.with_rule(msgspec.structs.replace(extra, rule_id="EXTRA"))
    before, after = case.ruling(), case.ruling(Firing("EXTRA", subject))
    softer = {before.verdict, Verdict.HOLD}
    if before.verdict is Verdict.RELEASE:
        softer.add(Verdict.PROVISIONAL)
    assert after.verdict in softer
    if after.verdict in GOES_OUT:
        assert case.billed(after) <= case.billed(before)
    assert set(before.held_lines) <= set(after.held_lines)


@given(case=cases(), extra=st.one_of(requirements, waivers, permissions))
def test_a_rule_that_does_not_fire_changes_nothing(case: Case, extra: Rule) -> None:
    grown = case.with_rule(msgspec.structs.replace(extra, rule_id="EXTRA"))
    assert grown.ruling() == case.ruling()


@given(case=cases(), extra=waivers)
def test_a_waiver_makes_of_a_hold_a_provisional_at_most_and_of_nothing_else_anything(
    case: Case, extra: Rule
) -> None:
    case = case.with_rule(msgspec.structs.replace(extra, rule_id="EXTRA"))
    before, after = case.ruling(), case.ruling(Firing("EXTRA"))
    if before.verdict is Verdict.HOLD:
        assert after.verdict in {Verdict.HOLD, Verdict.PROVISIONAL}
    else:
        assert after.verdict is before.verdict
    assert after.held_lines == before.held_lines


@settings(max_examples=1000)  # some eighty of them are provisional
@given(case=cases())
def test_what_goes_out_provisionally_keeps_to_every_limit_it_was_permitted_by(case: Case) -> None:
    ruling = case.ruling()
    if ruling.verdict is not Verdict.PROVISIONAL:
        return
    by_id = {each.rule_id: each for each in case.pack.rules}
    limits = [by_id[each].provisional for each in ruling.permitted_by]
    assert any(limits)
    for terms in limits:
        if terms is not None:
            assert case.billed(ruling) <= terms.up_to.amount
    for hold in ruling.holds:
        if hold.blocks and hold.subject.removeprefix("charge:") not in ruling.held_lines:
            assert hold.waived_by, "nothing that stops was left standing"
            assert case.pack.hold(hold.code).waivable


@given(case=cases())
def test_no_bill_never_stands_beside_a_charge_or_a_hold(case: Case) -> None:
    by_id = {each.rule_id: each for each in case.pack.rules}
    ruling = case.ruling()
    if ruling.verdict is Verdict.NO_BILL:
        assert not case.lines
        assert not [hold for hold in ruling.holds if hold.blocks]
    if case.lines and any(by_id[each.rule_id].kind is Kind.NO_BILL for each in case.fired):
        assert ruling.verdict is Verdict.HOLD
        assert CONTRADICTION in [hold.code for hold in ruling.holds]


@given(case=cases())
def test_only_a_charge_with_a_hold_of_its_own_waits(case: Case) -> None:
    ruling = case.ruling()
    own = {hold.subject for hold in ruling.holds if hold.on_line and hold.blocks}
    assert {f"charge:{key}" for key in ruling.held_lines} <= own
    assert not [key for key, amount in case.lines if key in ruling.held_lines and amount.amount < 0]
    if not case.split:
        assert not ruling.held_lines


@given(case=cases())
def test_where_lines_do_not_wait_a_line_s_hold_is_the_invoice_s(case: Case) -> None:
    whole = msgspec.structs.replace(
        case.pack,
        rules=tuple(msgspec.structs.replace(r, scope=Scope.INVOICE) for r in case.pack.rules),
    )
    together = msgspec.structs.replace(case, split=False)
    assert (
        msgspec.structs.replace(together, pack=whole).ruling().verdict is together.ruling().verdict
    )


@given(case=cases())
def test_a_hold_that_only_warns_is_listed_and_changes_nothing_else(case: Case) -> None:
    by_id = {each.rule_id: each for each in case.pack.rules}

    def warns(firing: Firing) -> bool:
        code = by_id[firing.rule_id].hold
        return bool(code) and case.pack.hold(code).severity is Severity.WARN

    silent = tuple(firing for firing in case.fired if not warns(firing))
    with_warnings = case.ruling()
    without = msgspec.structs.replace(case, fired=silent).ruling()
    assert msgspec.structs.replace(with_warnings, holds=()) == msgspec.structs.replace(
        without, holds=()
    )
    assert [hold for hold in with_warnings.holds if hold.blocks] == list(without.holds)


@given(case=cases(), code=st.sampled_from(["ENGINE_FAILED", "ENGINE_DISAGREEMENT"]))
def test_what_the_service_places_holds_whatever_is_permitted(case: Case, code: str) -> None:
    ruling = case.ruling(service=code)
    assert ruling.verdict is Verdict.HOLD
    assert not ruling.permitted_by
    assert code in [hold.code for hold in ruling.holds]


@given(case=cases())
def test_every_requirement_that_fired_is_listed(case: Case) -> None:
    by_id = {each.rule_id: each for each in case.pack.rules}
    required = sorted(
        (f.rule_id, f.subject) for f in case.fired if by_id[f.rule_id].kind is Kind.REQUIRE
    )
    listed = sorted((hold.rule_id, hold.subject) for hold in case.ruling().holds if hold.rule_id)
    assert listed == required


@pytest.mark.parametrize(
    "credits_wait, verdict", [(True, Verdict.PROVISIONAL), (False, Verdict.HOLD)]
)
def test_a_credit_waits_alone_only_in_what_was_decided_when_it_did(
    credits_wait: bool, verdict: Verdict
) -> None:
    """Without its credit the invoice is 150 dollars, above the limit that 90 keep to."""
    pack = RulePack(
        name="credit",
        glossary=(),
        holds=(kind_of("LATE", waivable=True, warns=False), kind_of("PRICE", False, False)),
        rules=(
            requirement("late", "LATE", Scope.INVOICE),
            requirement("price", "PRICE", Scope.LINE),
            waiver("waives", ("LATE",), 100),
            rule("release", Kind.RELEASE),
        ),
    )
    fired = [*map(Firing, ("late", "waives", "release")), Firing("price", "charge:allowance")]
    lines = [("linehaul", dollars(150)), ("allowance", dollars(-60))]
    ruling = ruling_on(pack, fired, Lines(priced=lines, may_wait=True, credits_wait=credits_wait))
    assert ruling.verdict is verdict
    assert NOT_PERMITTED not in [hold.code for hold in ruling.holds]
