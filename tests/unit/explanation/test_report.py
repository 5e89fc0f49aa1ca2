"""The story of a decision as people read it: why, why not, and what would release it."""

from app.decide import conclude, prepare, second_answer
from app.explanation.report import explanation_report, unlocking_report
from tests.unit.explanation.made_units import (
    DELIVERED,
    Case,
    milestone,
    northwind,
    order,
    pod,
    unlocked,
)


def story(case: Case) -> list[str]:
    dossier, in_force, _ = case
    question = prepare(dossier, in_force)
    concluded = conclude(question, second_answer(question)[0])
    return list(explanation_report(concluded.decision, concluded.trace, unlocked(case)))


def under(lines: list[str], rule_id: str) -> str:
    """What the report says of one rule."""
    start = next(n for n, line in enumerate(lines) if line.startswith(f"  {rule_id} "))
    rest = lines[start + 1 :]
    return "\n".join([lines[start], *rest[: next(n for n, x in enumerate(rest) if x[:6].strip())]])


def test_a_rule_that_stayed_silent_shows_each_value_and_the_message_that_told_it() -> None:
    said = under(story(northwind()), "DEL-1")
    assert "satisfied: delivered is yes" in said
    assert "applies: cancelled is no is true; it saw no" in said
    assert "delivered is yes is true; it saw yes   <- carrier one, message m1" in said


def test_a_rule_that_does_not_apply_shows_what_it_saw_all_the_same() -> None:
    said = under(story(northwind()), "SHP-1")
    assert "does not apply: unit kind is order, but it is shipment" in said
    assert "applies: unit kind is order is false; it saw shipment" in said
    assert "ship confirmed is yes is false; it saw no" in said


def test_a_rule_that_fired_shows_its_exception_and_where_it_looked_in_vain() -> None:
    lines = story(northwind(order(customer_po=None), without=(pod(),)))
    assert "unless: customer po required is no is false; it saw yes" in under(lines, "REF-1")
    assert "nothing of the kind has been reported" in under(lines, "POD-1")


def test_what_is_assumed_what_waits_and_who_tells_it_stand_beside_each_step() -> None:
    case = northwind(without=(milestone("delivered", DELIVERED), pod()))
    lines = list(unlocking_report(unlocked(case)))
    assert lines == [
        "",
        "What would release it",
        "  1. unlocks 377.83 USD, by 2026-03-07 12:00 UTC",
        "      - the carrier confirms that it is delivered",
        "        told by carrier, by 2026-03-07 12:00 UTC; carrier desk (ask carrier desk)",
        "        ends DELIVERY_NOT_CONFIRMED",
        "        assumed: on 2026-03-06",
        "      - a signed POD without exceptions is received and accepted",
        "        told by dms, by 2026-03-08 12:00 UTC; carrier desk (ask carrier desk)",
        "        ends POD_MISSING",
        "",
        "What would let it go out provisionally",
        "  1. unlocks 377.83 USD, by 2026-03-07 12:00 UTC",
        "      - the carrier confirms that it is delivered",
        "        told by carrier, by 2026-03-07 12:00 UTC; carrier desk (ask carrier desk)",
        "        ends DELIVERY_NOT_CONFIRMED",
        "        assumed: on 2026-03-06",
    ]


def test_what_facts_cannot_end_says_who_has_to_change_what() -> None:
    dossier, in_force, _ = northwind()
    bare = type(in_force)(rules=in_force.rules, authority=in_force.authority, card=in_force.card)
    question = prepare(dossier, bare)
    decision = conclude(question, second_answer(question)[0]).decision
    text = "\n".join(unlocking_report(unlocked((dossier, bare, decision))))
    assert "no set of facts could be proved to; it waits for" in text
    assert "CUSTOMER_PROFILE_INCOMPLETE: the contract is added (finance, by 2026-03-07" in text
    assert "has to change: the contract: one with this customer has to be in force" in text
