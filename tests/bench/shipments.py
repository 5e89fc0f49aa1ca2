"""Sixty rules as finance writes them, and shipments with some four items each, by a seed.

Every value is known and every amount is in dollars, so that engines that know neither
unknown values nor currencies can be asked the same; tollgate is asked no other way.
"""

from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from app.judgement.rulebook.model import (
    Condition,
    HoldKind,
    Kind,
    Literal,
    Name,
    Operator,
    Pattern,
    ProvisionalTerms,
    Quantifier,
    Rule,
    RulePack,
    Term,
    ValueType,
)
from app.money import Money, of_minor_units

CUSTOMERS = ("NORTHWIND", "ACME", "HOOLI", "INITECH")
MODES = ("LTL", "TL", "PARCEL")
COUNTRIES = ("US", "CA", "MX")
PAPERS = ("POD", "BOL", "WEIGHT", "CUSTOMS", "LUMPER")
STATUSES = ("accepted", "received", "rejected")
CHARGES = ("LINEHAUL", "FUEL", "DETENTION", "LIFTGATE", "REDELIVERY")
WORD, YES_NO, MONEY = ValueType.WORD, ValueType.YES_NO, ValueType.MONEY

NAMES: dict[str, dict[str, ValueType]] = {
    "unit": {
        "customer": WORD,
        "mode": WORD,
        "country": WORD,
        "hazardous": YES_NO,
        "weight": ValueType.WHOLE,
        "total": MONEY,
        "quoted": MONEY,
    },
    "document": {"document_type": WORD, "status": WORD, "signed": YES_NO},
    "charge": {"charge": WORD, "amount": MONEY, "limit": MONEY, "approved": YES_NO},
    "stop": {"delay": ValueType.WHOLE, "times_possible": YES_NO},
    "accessorial": {"charge": WORD, "evidenced": YES_NO, "billed": YES_NO},
}

Shipment = dict[str, Any]
"""`unit`: values by name; `items`: entity, key and values of each."""


def shipments(count: int, seed: int = 7) -> list[Shipment]:
    """So many shipments; most are in order."""
    random = Random(seed)
    return [_shipment(random) for _ in range(count)]


def _shipment(random: Random) -> Shipment:
    def often(chance: float = 0.9) -> bool:
        return random.random() < chance

    def paper() -> dict[str, Any]:
        status = STATUSES[0] if often() else random.choice(STATUSES)
        return {"document_type": random.choice(PAPERS), "status": status, "signed": often()}

    def charge() -> dict[str, Any]:
        amount = random.randrange(2_000, 150_000)
        limit = amount + random.randrange(-2_000, 30_000)
        return {
            "charge": random.choice(CHARGES),
            "amount": of_minor_units(amount, "USD"),
            "limit": of_minor_units(limit, "USD"),
            "approved": often(),
        }

    def stop() -> dict[str, Any]:
        return {"delay": random.randrange(0, 240), "times_possible": often(0.97)}

    def accessorial() -> dict[str, Any]:
        return {"charge": random.choice(CHARGES), "evidenced": often(), "billed": often()}

    makes = {"document": paper, "charge": charge, "stop": stop, "accessorial": accessorial}
    kinds = ["document", "charge", *random.choices(list(makes), k=random.randrange(1, 4))]
    total = random.randrange(10_000, 300_000)
    return {
        "unit": {
            "customer": random.choice(CUSTOMERS),
            "mode": random.choice(MODES),
            "country": random.choice(COUNTRIES),
            "hazardous": often(0.1),
            "weight": random.randrange(10, 20_000),
            "total": of_minor_units(total, "USD"),
            "quoted": of_minor_units(total + random.randrange(-2_000, 20_000), "USD"),
        },
        "items": [(kind, f"{kind[0]}{n}", makes[kind]()) for n, kind in enumerate(kinds)],
    }


def sixty_rules() -> RulePack:
    """A pack as it is when one customer's rules stand beside everybody's."""
    rules = [*_requirements(), *_permissions()]
    assert len(rules) == 60, f"{len(rules)} rules"
    glossary = [
        Name(entity=entity, name=name, value_type=kind, says="", source="made up", always=True)
        for entity, names in NAMES.items()
        for name, kind in names.items()
    ]
    return RulePack(name="bench", rules=tuple(rules), glossary=tuple(glossary), holds=HOLDS)


HOLDS = tuple(
    HoldKind(
        code=code,
        says=code,
        owner="billing",
        waits_for="evidence",
        way_out="send it",
        due_hours=48,
        waivable=True,
    )
    for code in ("PAPER_MISSING", "PRICE_IN_DOUBT", "SERVICE_IN_DOUBT", "NOTHING_PERMITS")
)


def _requirements() -> list[Rule]:
    rules = []
    for mode in MODES:
        by_mode = (_is("mode", mode),)
        rules += [_paper(f"{mode}-{paper}", paper, by_mode) for paper in PAPERS[:3]]
        for code in CHARGES:
            least = _size("amount", Operator.MORE_THAN, Money(Decimal("900.00"), "USD"))
            found = _a("no", "charge", _is("charge", code), least, _is("approved", False))
            rules.append(_rule(f"{mode}-{code}-APPROVED", found, "PRICE_IN_DOUBT", by_mode))
        late = _size("delay", Operator.AT_MOST, 60 * (1 + MODES.index(mode)))
        lost = _a("no", "accessorial", _is("billed", False), _is("evidenced", True))
        rules.append(_rule(f"{mode}-BILLED", lost, "PRICE_IN_DOUBT", by_mode))
        rules.append(_rule(f"{mode}-LATE", _a("every", "stop", late), "SERVICE_IN_DOUBT", by_mode))
    for customer in CUSTOMERS:
        its = (_is("customer", customer),)
        signed = _a("no", "document", _is("document_type", "POD"), _is("signed", False))
        heavy = (*its, _size("weight", Operator.AT_LEAST, 10_000))
        papers = Condition(
            name="status",
            operator=Operator.NONE_OF,
            literals=(_literal("rejected"), _literal("received")),
        )
        proved = _a("every", "accessorial", _is("evidenced", True), unless=_is("billed", False))
        rules += [
            _rule(f"{customer}-SIGNED", signed, "PAPER_MISSING", its),
            _paper(f"{customer}-HEAVY", "WEIGHT", heavy),
            _rule(f"{customer}-PAPERS", _a("every", "document", papers), "PAPER_MISSING", its),
            _rule(f"{customer}-PROVED", proved, "SERVICE_IN_DOUBT", its),
        ]
    for country in COUNTRIES[1:]:
        abroad = (_is("country", country),)
        rules.append(_paper(f"{country}-CUSTOMS", "CUSTOMS", abroad))
    within = Condition(name="amount", operator=Operator.AT_MOST, terms=(Term(name="limit"),))
    quoted = Condition(name="total", operator=Operator.AT_MOST, terms=(Term(name="quoted"),))
    possible = _a("every", "stop", _is("times_possible", True))
    safe = (_is("hazardous", True),)
    rules += [
        _rule("WITHIN-LIMIT", _a("every", "charge", within), "PRICE_IN_DOUBT"),
        _rule("WITHIN-QUOTE", _a("unit", "unit", quoted), "PRICE_IN_DOUBT"),
        _rule("TIMES-POSSIBLE", possible, "SERVICE_IN_DOUBT"),
        _paper("HAZARDOUS-BOL", "BOL", safe),
        _rule("HAZARDOUS-TL", _a("unit", "unit", _is("mode", "TL")), "SERVICE_IN_DOUBT", safe),
        _rule("LINEHAUL", _a("a", "charge", _is("charge", "LINEHAUL")), "PRICE_IN_DOUBT"),
    ]
    return rules


def _permissions() -> list[Rule]:
    rules = []
    billed = _a("a", "charge", _size("amount", Operator.MORE_THAN, Money(Decimal("0.00"), "USD")))
    for mode in MODES:
        papers = _a("a", "document", _is("status", "accepted"))
        rules.append(
            _rule(f"RELEASE-{mode}", billed, "", (_is("mode", mode),), Kind.RELEASE, papers)
        )
    for customer in CUSTOMERS[:3]:
        here = _a("a", "document", _is("document_type", "BOL"))
        none = _a("no", "accessorial", _is("evidenced", False))
        applies = (_is("customer", customer),)
        rules.append(_rule(f"EARLY-{customer}", here, "", applies, Kind.PROVISIONAL, none))
    return rules


def _rule(
    rule_id: str,
    pattern: Pattern,
    hold: str,
    applies: tuple[Condition, ...] = (),
    kind: Kind = Kind.REQUIRE,
    *more: Pattern,
) -> Rule:
    terms = ProvisionalTerms(
        waives=("PAPER_MISSING",),
        up_to=Money(Decimal("2000.00"), "USD"),
        exposure_up_to=Money(Decimal("50000.00"), "USD"),
        expires_after_days=14,
        on_expiry="escalate",
    )
    return Rule(
        rule_id=rule_id,
        kind=kind,
        checklist="Road delivery",
        owner="billing",
        effective_from=date(2026, 1, 1),
        applies=applies,
        patterns=(pattern, *more),
        hold=hold,
        say="",
        provisional=terms if kind is Kind.PROVISIONAL else None,
        written_at="bench.yaml:1",
    )


def _paper(rule_id: str, paper: str, applies: tuple[Condition, ...]) -> Rule:
    there = _a("a", "document", _is("document_type", paper), _is("status", "accepted"))
    return _rule(rule_id, there, "PAPER_MISSING", applies)


def _a(how: str, entity: str, *conditions: Condition, unless: Condition | None = None) -> Pattern:
    return Pattern(
        quantifier=Quantifier(how),
        entity=entity,
        conditions=conditions,
        unless=(unless,) if unless else (),
    )


def _is(name: str, value: str | bool) -> Condition:
    return Condition(name=name, operator=Operator.IS, literals=(_literal(value),))


def _size(name: str, operator: Operator, value: int | Money) -> Condition:
    return Condition(name=name, operator=operator, terms=(Term(literal=_literal(value)),))


def _literal(value: str | bool | int | Money) -> Literal:
    match value:
        case bool():
            return Literal(value_type=YES_NO, text="yes" if value else "no")
        case int():
            return Literal(value_type=ValueType.WHOLE, text=str(value))
        case Money():
            return Literal(value_type=MONEY, text=f"{value.amount} {value.currency}")
        case str():
            return Literal(value_type=WORD, text=value)
