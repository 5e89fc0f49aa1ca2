"""A permission that cannot find its amount waives nothing; last known prices are never final."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from app.decide import conclude, prepare, second_answer
from app.dossier import METHODS_NOW, Editions
from app.evidence.facts.fact import Fact
from app.family.document import DocumentKind, FamilyDocument, line_of, planned
from app.judgement.decision import Decision
from app.judgement.rulebook.model import Kind, ProvisionalTerms, Rule
from app.judgement.verdict import Verdict
from app.money import Money, of_minor_units
from app.pricing.lines.charge import Taxed
from tests.unit.explanation import made_units as units
from tests.unit.pricing.made_facts import diesel

OLD = (diesel(date(2026, 2, 16), "3.698"),)
"""The week of the shipment is 2026-02-23; it is missing."""


def dollars(cents: int) -> Money:
    return of_minor_units(cents, "USD")


def with_terms(more: tuple[Rule, ...] = (), **terms: Any) -> Editions:
    """Northwind's editions, and a policy as theirs with other terms."""
    found = units.editions("NORTHWIND")
    own = next(each for each in found.rules.rules if each.rule_id == "NW-PRV-1")
    assert own.provisional is not None
    said: ProvisionalTerms = msgspec.structs.replace(own.provisional, **terms)
    policy = msgspec.structs.replace(
        own,
        rule_id="TRY-1",
        provisional=said,
        patterns=tuple(_delivered_only(own)),
    )
    rules = (*(each for each in found.rules.rules if each is not own), policy, *more)
    return msgspec.structs.replace(found, rules=msgspec.structs.replace(found.rules, rules=rules))


def _delivered_only(own: Rule) -> Any:
    for pattern in own.patterns:
        wanted = tuple(each for each in pattern.conditions if each.name != "priced")
        yield msgspec.structs.replace(pattern, conditions=wanted)


LAST_KNOWN: dict[str, Any] = {"waives": ("FSC_INDEX_MISSING",), "bills": "last known"}


def decided(in_force: Editions, *facts: Fact, market: Any = OLD, paper: bool = True) -> Decision:
    own = [units.shipment(), units.order(), *units.moved(), *([units.pod()] if paper else [])]
    return units.decided([*own, *facts], in_force, market=market)[2]


def why(decision: Decision, code: str) -> str:
    (hold,) = [each for each in decision.holds if each.code == code]
    return " | ".join(each.says for each in hold.evidence)


def test_a_missing_index_is_carried_forward_provisionally_and_stays_a_waived_hold() -> None:
    decision = decided(with_terms(**LAST_KNOWN))
    assert decision.verdict is Verdict.PROVISIONAL
    assert [line.key for line in decision.lines] == ["linehaul", "fuel_surcharge"]
    fuel = decision.lines[1].charge
    assert fuel.formula.endswith("index carried forward from 2026-02-16")
    assert decision.total == dollars(296_34 + 81_49)
    (hold,) = decision.holds
    assert (hold.code, hold.waived_by) == ("FSC_INDEX_MISSING", ("TRY-1",))
    assert decision.permitted_by == ("TRY-1",)
    assert [terms.bills for terms in decision.provisional] == ["last known"]


def test_the_same_without_the_policy_is_held_and_shows_no_carried_line() -> None:
    decision = decided(units.editions("NORTHWIND"))
    assert decision.verdict is Verdict.HOLD
    assert [line.key for line in decision.lines] == ["linehaul"]


def test_once_the_index_is_there_the_policy_changes_nothing() -> None:
    with_it, without = (
        decided(each, market=units.fuel())
        for each in (with_terms(**LAST_KNOWN), units.editions("NORTHWIND"))
    )
    assert with_it == without
    assert with_it.verdict is Verdict.RELEASE


def test_nothing_that_is_not_waived_goes_out_with_it() -> None:
    decision = decided(with_terms(**LAST_KNOWN), paper=False)
    assert decision.verdict is Verdict.HOLD
    assert {each.code for each in decision.holds} >= {"POD_MISSING", "FSC_INDEX_MISSING"}
    both = with_terms(**LAST_KNOWN | {"waives": ("FSC_INDEX_MISSING", "POD_MISSING")})
    assert decided(both, paper=False).verdict is Verdict.PROVISIONAL


def test_the_limit_counts_the_last_known_prices() -> None:
    for cents, verdict in ((377_83, Verdict.PROVISIONAL), (377_82, Verdict.HOLD)):
        assert decided(with_terms(**LAST_KNOWN, up_to=dollars(cents))).verdict is verdict


def test_another_policy_does_not_bill_at_them() -> None:
    for bills in ("full estimate", "percent of estimate"):
        found = decided(with_terms(waives=("FSC_INDEX_MISSING",), bills=bills, percent="90"))
        assert found.verdict is Verdict.HOLD
        assert [line.key for line in found.lines] == ["linehaul"]


def test_part_of_the_estimate_goes_out_as_a_document_of_its_own() -> None:
    nine_tenths = with_terms(bills="percent of estimate", percent="90")
    decision = decided(nine_tenths, market=units.fuel(), paper=False)
    assert decision.verdict is Verdict.PROVISIONAL
    assert decision.total == dollars(340_05)  # 90% of 377.83 is 340.047
    (document,) = decision.documents
    assert (document.kind, document.total) == ("provisional", dollars(340_05))
    assert {line.key: line.amount for line in document.lines} == {
        "linehaul": dollars(266_71),
        "fuel_surcharge": dollars(73_34),
    }
    linehaul = document.lines[0].description
    assert linehaul.endswith(": 266.71 USD of 296.34 USD, provisional")
    assert [line.charge.amount for line in decision.lines] == [dollars(296_34), dollars(81_49)]


def test_the_whole_estimate_is_simply_the_invoice_over_its_lines() -> None:
    for terms in ({}, {"not_to_exceed": dollars(377_83)}, {"bills": "last known"}):
        decision = decided(with_terms(**terms), market=units.fuel(), paper=False)
        assert (decision.verdict, decision.documents) == (Verdict.PROVISIONAL, ())
        assert decision.total == dollars(377_83)


def test_last_known_prices_keep_to_a_ceiling() -> None:
    decision = decided(with_terms(**LAST_KNOWN, not_to_exceed=dollars(350_00)))
    assert (decision.verdict, decision.total) == (Verdict.PROVISIONAL, dollars(350_00))
    assert sum(line.amount.amount for line in decision.documents[0].lines) == 350


def billed_before(decision: Decision) -> FamilyDocument:
    """The provisional invoice of a decision as its family keeps it."""
    lines = tuple(line_of(each.charge) for each in decision.lines)
    document = (*decision.documents, planned(DocumentKind.PROVISIONAL, lines, "USD"))[0]
    return FamilyDocument(
        reference="R-1",
        kind=document.kind,
        lines=document.lines,
        total=document.total,
        claimed_at=units.LAST_WORD,
        decision_id=decision.decision_id,
        waived=("POD_MISSING",),
        on_expiry="escalate",
        expires_at=units.LAST_WORD + timedelta(days=14),
    )


def test_what_was_not_billed_of_the_estimate_is_the_true_up() -> None:
    nine_tenths = with_terms(bills="percent of estimate", percent="90")
    family = (billed_before(decided(nine_tenths, market=units.fuel(), paper=False)),)
    facts = [units.shipment(), units.order(), *units.moved()]
    waits = units.decided(facts, nine_tenths, family=family)[2]
    assert (waits.verdict, waits.documents) == (Verdict.PROVISIONAL, ())
    known = units.decided([*facts, units.pod()], nine_tenths, family=family)[2]
    assert (known.verdict, known.total) == (Verdict.RELEASE, dollars(37_78))
    assert known.settles == "trued up"


def test_while_a_price_waits_the_last_known_one_stands_and_then_it_is_trued_up() -> None:
    carried = with_terms(**LAST_KNOWN)
    family = (billed_before(decided(carried)),)
    facts = [units.shipment(), units.order(), *units.moved(), units.pod()]
    waits = units.decided(facts, carried, market=OLD, family=family)[2]
    assert (waits.verdict, waits.documents) == (Verdict.PROVISIONAL, ())
    higher = (*OLD, diesel(date(2026, 2, 23), "3.998"))
    known = units.decided(facts, carried, market=higher, family=family)[2]
    assert known.verdict is Verdict.RELEASE
    assert [line.key for line in known.documents[0].lines] == ["fuel_surcharge"]


def test_a_quote_that_is_passed_at_the_last_known_prices_stops_it() -> None:
    quoted = units.shipment(quoted=dollars(300_00))
    facts = [quoted, units.order(), *units.moved(), units.pod()]
    decision = units.decided(facts, with_terms(**LAST_KNOWN), market=OLD)[2]
    assert decision.verdict is Verdict.HOLD
    assert "at the last known prices it is held by QUO-1" in why(decision, "FSC_INDEX_MISSING")


def test_what_was_never_published_has_no_last_known_price() -> None:
    decision = decided(with_terms(**LAST_KNOWN), market=())
    assert decision.verdict is Verdict.HOLD
    told = why(decision, "FSC_INDEX_MISSING")
    assert "TRY-1 bills nothing provisionally: fuel_surcharge has no last known price" in told


def test_without_the_rule_that_holds_for_the_index_it_is_provisional_all_the_same() -> None:
    found = with_terms(**LAST_KNOWN)
    rules = tuple(each for each in found.rules.rules if each.rule_id != "FSC-1")
    blind = msgspec.structs.replace(found, rules=msgspec.structs.replace(found.rules, rules=rules))
    decision = decided(blind)
    assert (decision.verdict, decision.holds) == (Verdict.PROVISIONAL, ())
    assert decision.permitted_by == ("TRY-1",)


def ended(in_force: Editions) -> Editions:
    """The same with a rate card whose last day was the one before the pickup."""
    assert in_force.card is not None
    card = msgspec.structs.replace(in_force.card, effective_before=date(2026, 3, 2))
    return msgspec.structs.replace(in_force, card=card)


def decided_now(in_force: Editions) -> Decision:
    facts = [units.shipment(), units.order(), *units.moved(), units.pod()]
    return units.decided(facts, in_force, methods=METHODS_NOW)[2]


def test_a_card_that_has_ended_is_carried_forward_only_where_that_may_be_waived() -> None:
    waives = LAST_KNOWN | {"waives": ("RATE_EXPIRED_OR_FUTURE",)}
    decision = decided_now(ended(with_terms(**waives)))
    assert decision.verdict is Verdict.PROVISIONAL
    assert [hold.code for hold in decision.holds] == ["RATE_EXPIRED_OR_FUTURE"]
    assert all("card carried forward from 2026-03-01" in x.charge.formula for x in decision.lines)
    held = decided_now(ended(with_terms(**LAST_KNOWN)))
    assert held.verdict is Verdict.HOLD
    assert held.lines == ()


def test_a_policy_stands_in_only_for_what_it_waives() -> None:
    waives = ("POD_MISSING", "FX_RATE_MISSING")
    decision = decided(with_terms(**LAST_KNOWN | {"waives": waives}), paper=False)
    assert decision.verdict is Verdict.HOLD
    assert "it does not waive FSC_INDEX_MISSING" in why(decision, "POD_MISSING")


def test_without_a_rule_that_releases_there_is_nothing_to_stand_in_for() -> None:
    found = with_terms(**LAST_KNOWN)
    rules = tuple(each for each in found.rules.rules if each.kind is not Kind.RELEASE)
    closed = msgspec.structs.replace(found, rules=msgspec.structs.replace(found.rules, rules=rules))
    decision = decided(closed)
    assert decision.verdict is Verdict.HOLD
    assert "no rule would release it" in why(decision, "FSC_INDEX_MISSING")


def test_the_same_dossier_gives_the_same_decision() -> None:
    in_force = with_terms(**LAST_KNOWN)
    assert decided(in_force) == decided(in_force)


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ({"bills": "cost plus", "percent": "12"}, "what the move costs is not known"),
        ({"not_to_exceed": Money(dollars(1_00).amount, "CAD")}, "no more than 1.00 CAD"),
    ],
)
def test_a_policy_without_an_amount_waives_nothing_and_says_why(
    terms: dict[str, Any], says: str
) -> None:
    decision = decided(with_terms(**terms), market=units.fuel(), paper=False)
    assert decision.verdict is Verdict.HOLD
    (hold,) = decision.holds
    assert (hold.code, hold.waived_by) == ("POD_MISSING", ())
    assert f"TRY-1 bills nothing provisionally: {says}" in why(decision, "POD_MISSING")


@pytest.mark.parametrize(
    ("terms", "verdict"),
    [
        ({}, Verdict.PROVISIONAL),
        ({"bills": "percent of estimate", "percent": "90"}, Verdict.HOLD),
        ({"not_to_exceed": dollars(377_83)}, Verdict.PROVISIONAL),
        ({"not_to_exceed": dollars(377_82)}, Verdict.HOLD),
    ],
)
def test_a_taxed_estimate_goes_out_whole_or_not_at_all(
    terms: dict[str, Any], verdict: Verdict
) -> None:
    own = [units.shipment(), units.order(), *units.moved()]
    dossier, in_force, _ = units.decided(own, with_terms(**terms))
    question = prepare(dossier, in_force)
    base, last = question.rated.charges
    tax = Taxed(
        tax="GST", jurisdiction="CA", percent=last.rate, taxable=base.amount, of=(base.code,)
    )
    taxed = msgspec.structs.replace(
        question.rated, charges=(base, msgspec.structs.replace(last, tax=tax))
    )
    asked = msgspec.structs.replace(question, rated=taxed)
    decision = conclude(asked, second_answer(asked)[0]).decision
    assert decision.verdict is verdict
    if verdict is Verdict.HOLD:
        assert "a part of a taxed estimate has no exact tax" in why(decision, "POD_MISSING")
